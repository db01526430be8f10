"""Connections as stored; secrets are elsewhere (the vault), here only which are set."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import peewee

from app.domain.connections import Connection, ConnectionStatus
from app.domain.kinds import ConnectionKind
from app.errors import UsageError
from app.i18n import _
from app.store.listings import forget_listings
from app.store.mappings import forget_mappings
from app.store.models import ConnectionRow, DeviceRow, EmployeeRow, OfficeRow, RunRow
from app.store.schedule_rows import ScheduleRow
from app.store.values import from_json, from_strings, from_time, now, to_json, to_strings, to_time


def connections() -> list[Connection]:
    """All connections by name."""
    return [_to_connection(row) for row in ConnectionRow.select().order_by(ConnectionRow.name)]


def find_connection(name_or_id: str) -> Connection | None:
    """The connection of that name or id."""
    row = ConnectionRow.get_or_none((ConnectionRow.name == name_or_id) | (ConnectionRow.id == name_or_id))
    return _to_connection(row) if row else None


def add_connection(connection: Connection) -> Connection:
    """Store a new connection.

    Raises `UsageError` when the name is taken.
    """
    stamped = replace(connection, created_at=now(), updated_at=now())
    try:
        ConnectionRow.insert(_to_row(stamped)).execute()
    except peewee.IntegrityError as error:
        raise UsageError(_("There is already a connection named {name}.").format(name=connection.name)) from error
    return stamped


def change_connection(connection: Connection) -> Connection:
    """Store the new values of a connection; its history goes on under a new name.

    Raises `UsageError` when the new name is taken.
    """
    stamped = replace(connection, updated_at=now())
    old = ConnectionRow.get_or_none(ConnectionRow.id == connection.id)
    if old is not None and old.name != connection.name:
        RunRow.update(connection=connection.name).where(RunRow.connection == old.name).execute()
    try:
        ConnectionRow.update(_to_row(stamped)).where(ConnectionRow.id == connection.id).execute()
    except peewee.IntegrityError as error:
        raise UsageError(_("There is already a connection named {name}.").format(name=connection.name)) from error
    return stamped


def swap_secrets(connection_id: str, gained: str, lost: Collection[str]) -> frozenset[str]:
    """Remember that one secret was set and others forgotten; a connection that is gone stays gone.

    Returns those of them that were otherwise before.
    """
    row = ConnectionRow.get_or_none(ConnectionRow.id == connection_id)
    if row is None:
        return frozenset()
    before = set(from_strings(row.secrets))
    after = {*before, gained} - set(lost)
    ConnectionRow.update(secrets=to_strings(sorted(after))).where(ConnectionRow.id == connection_id).execute()
    return frozenset(before ^ after)


def remove_connection(connection_id: str) -> None:
    """Forget a connection; the records it brought stay and are found again by whichever connection lists them.

    Its schedules go with it.
    """
    for table in (OfficeRow, EmployeeRow, DeviceRow):
        table.update(connection=None).where(table.connection == connection_id).execute()
    EmployeeRow.update(supabase_connection=None).where(EmployeeRow.supabase_connection == connection_id).execute()
    ScheduleRow.delete().where(ScheduleRow.connection == connection_id).execute()
    forget_mappings(connection_id)
    forget_listings()
    ConnectionRow.delete().where(ConnectionRow.id == connection_id).execute()


def note_sync(
    connection_id: str, *, error: str | None, kind: str | None = None, at: datetime | None = None
) -> tuple[str, str] | None:
    """Remember the end of a sync: its time when it went well, else the sentence and the kind of what went wrong.

    Returns the status before and after, where it changed.
    """
    before = _status(connection_id)
    changes: dict[str, Any] = {"last_error": error, "last_error_kind": kind, "updated_at": to_time(now())}
    if error is None:
        changes |= {"last_sync": to_time(at or now()), "status": ConnectionStatus.ACTIVE.value}
    else:
        changes["status"] = ConnectionStatus.ERROR.value
    ConnectionRow.update(changes).where(
        ConnectionRow.id == connection_id, ConnectionRow.status != ConnectionStatus.INACTIVE.value
    ).execute()
    return _moved(before, _status(connection_id))


def note_test(
    connection_id: str, report: dict[str, Any], *, ok: bool, error: str | None, kind: str | None = None
) -> tuple[str, str] | None:
    """Remember a connection test; a good one clears the error (connections.md §6), and a paused one stays paused.

    Returns the status before and after, where it changed.
    """
    before = _status(connection_id)
    moment = to_time(now())
    ConnectionRow.update(
        last_test=to_json(report),
        last_test_ok=ok,
        last_test_at=moment,
        last_error=error,
        last_error_kind=kind,
        updated_at=moment,
    ).where(ConnectionRow.id == connection_id).execute()
    status = ConnectionStatus.ACTIVE if ok else ConnectionStatus.ERROR
    ConnectionRow.update(status=status.value).where(
        ConnectionRow.id == connection_id, ConnectionRow.status != ConnectionStatus.INACTIVE.value
    ).execute()
    return _moved(before, _status(connection_id))


def _status(connection_id: str) -> str:
    found = ConnectionRow.select(ConnectionRow.status).where(ConnectionRow.id == connection_id).tuples().first()
    return found[0] if found else ""


def _moved(before: str, after: str) -> tuple[str, str] | None:
    return (before, after) if before and after and before != after else None


def _to_row(connection: Connection) -> dict[str, Any]:
    return {
        "id": connection.id,
        "name": connection.name,
        "kind": connection.kind.value,
        "status": connection.status.value,
        "settings": to_json(connection.settings),
        "secrets": to_strings(connection.secrets),
        "last_sync": to_time(connection.last_sync),
        "last_error": connection.last_error,
        "last_error_kind": connection.last_error_kind,
        "last_test_at": to_time(connection.last_test_at),
        "last_test_ok": connection.last_test_ok,
        "last_test": to_json(connection.last_test) if connection.last_test is not None else None,
        "detailed_since": to_time(connection.detailed_since),
        "created_at": to_time(connection.created_at),
        "updated_at": to_time(connection.updated_at),
    }


def _to_connection(row: ConnectionRow) -> Connection:
    return Connection(
        id=row.id,
        name=row.name,
        kind=ConnectionKind(row.kind),
        status=ConnectionStatus(row.status),
        settings=from_json(row.settings, dict[str, Any]) or {},
        secrets=from_strings(row.secrets),
        last_sync=from_time(row.last_sync),
        last_error=row.last_error,
        last_error_kind=row.last_error_kind,
        last_test_at=from_time(row.last_test_at),
        last_test_ok=row.last_test_ok,
        last_test=from_json(row.last_test, dict[str, Any]),
        detailed_since=from_time(row.detailed_since),
        created_at=from_time(row.created_at),
        updated_at=from_time(row.updated_at),
    ).at(now())
