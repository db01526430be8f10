"""What the audit trail says of a changed connection or device: fields before and after, of secrets their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.domain.audit import AuditKind, AuditNote, changed
from app.domain.connections import Connection
from app.domain.devices import Device
from app.domain.outcomes import Run

_DEVICE_FIELDS = ("name", "host", "port", "https", "username", "site", "status", "fingerprint", "pinned")


def connection_notes(
    run: Run,
    before: Connection | None,
    after: Connection | None,
    *,
    given: Iterable[str] = (),
    lost: Iterable[str] = (),
) -> list[AuditNote]:
    """A connection was added (`before` None), changed or removed (`after` None).

    `given` names the secrets that were stored, `lost` those that were forgotten.
    """
    known = after or before
    return _notes(run, known, _connection_fields(before), _connection_fields(after), given, lost)


def device_notes(run: Run, before: Device | None, after: Device | None, *, password: bool = False) -> list[AuditNote]:
    """A device was added, changed or removed; `password` says that another password was stored."""
    lost = ["password"] if after is None and before is not None and before.has_password else []
    given = ["password"] if password else []
    return _notes(run, after or before, _device_fields(before), _device_fields(after), given, lost)


def _notes(
    run: Run,
    known: Connection | Device | None,
    before: dict[str, Any],
    after: dict[str, Any],
    given: Iterable[str],
    lost: Iterable[str],
) -> list[AuditNote]:
    assert known is not None
    was, is_now = changed(before, after)
    about = (run.operation, known.name, known.id)
    notes = []
    if is_now:
        notes.append(AuditNote(AuditKind.SETTING_CHANGED, *about, before=was, after=is_now, run_id=run.run_id))
    if secrets := {key: names for key, names in (("set", sorted(given)), ("forgotten", sorted(lost))) if names}:
        notes.append(AuditNote(AuditKind.SECRET_CHANGED, *about, after=secrets, run_id=run.run_id))
    return notes


def _connection_fields(connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        return {}
    settings = {f"settings.{key}": value for key, value in connection.settings.items()}
    return {"name": connection.name, "kind": connection.kind.value, "status": connection.status.value, **settings}


def _device_fields(device: Device | None) -> dict[str, Any]:
    return {} if device is None else {name: getattr(device, name) for name in _DEVICE_FIELDS}
