"""Schedules as the command line and the window show them, and what comes next for a connection (connections.md §7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.connections import Connection
from app.domain.schedule_texts import when_text
from app.domain.schedules import Schedule
from app.i18n import _
from app.operations.connections import time_text
from app.operations.hindrances import hindrance, sync_interval_s
from app.store import connections
from app.store import schedules as stored

if TYPE_CHECKING:
    from app.workspace import Workspace

_LATE = timedelta(minutes=2)


async def schedule_row(workspace: Workspace, schedule: Schedule) -> dict[str, Any]:
    """One schedule as the command line names it."""
    connection = None
    if schedule.connection:
        connection = await workspace.store.read(connections.find_connection, schedule.connection)
    return await _row(workspace, schedule, connection, await workspace.scheduler.now())


async def schedule_rows(workspace: Workspace) -> list[dict[str, Any]]:
    """All schedules by name."""
    planned = await workspace.store.read(stored.schedules)
    by_id = {c.id: c for c in await workspace.store.read(connections.connections)} if planned else {}
    moment = await workspace.scheduler.now()
    return [await _row(workspace, schedule, by_id.get(schedule.connection), moment) for schedule in planned]


async def _row(
    workspace: Workspace, schedule: Schedule, connection: Connection | None, moment: datetime
) -> dict[str, Any]:
    """`next_sync` is null while it is paused or would be skipped, for the reason given."""
    reason = schedule.pause_reason or _("It is paused.") if schedule.paused else ""
    reason = reason or await hindrance(workspace, schedule, connection)
    interval_s = sync_interval_s(workspace, connection)
    own = msgspec.to_builtins(schedule.timing)
    return {
        "id": schedule.id,
        "name": schedule.name,
        "operation": schedule.operation,
        "connection": connection.name if connection else None,
        "params": schedule.params,
        "every": own.pop("every_s"),
        "jitter": own.pop("jitter_percent"),
        **own,
        "interval": None if schedule.timing.cron else schedule.timing.every_s or interval_s,
        "when": when_text(schedule.timing, interval_s),
        "paused": schedule.paused,
        "due_at": time_text(schedule.due_at),
        "next_sync": None if reason else time_text(schedule.due_at),
        "next_sync_reason": reason or _overdue(schedule, moment) or schedule.skip_reason,
        "last_run_id": schedule.last_run_id or None,
        "last_state": schedule.last_state.value if schedule.last_state else None,
        "last_started_at": time_text(schedule.last_started_at),
        "failures": schedule.failures,
    }


def _overdue(schedule: Schedule, moment: datetime) -> str:
    """Schedules work only while a program does (connections.md §11)."""
    if schedule.due_at is None or moment < schedule.due_at + _LATE:
        return ""
    return _("It is overdue: schedules start only while the window is open or muster schedule run works.")


async def next_syncs(workspace: Workspace, wanted: Iterable[Connection]) -> dict[str, dict[str, Any]]:
    """By the id of a connection, `next_sync` and in words why there is none or it was put off (connections.md §7)."""
    by_id = {connection.id: connection for connection in wanted}
    none = {"next_sync": None, "next_sync_reason": _("No schedule: syncs run when somebody starts them.")}
    planned = [s for s in await workspace.store.read(stored.schedules) if s.connection in by_id]
    moment = await workspace.scheduler.now()
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for schedule in planned:
        connection = by_id[schedule.connection]
        rows[connection.id].append(await _row(workspace, schedule, connection, moment))
    return {key: _first(rows[key]) if key in rows else none for key in by_id}


async def next_sync(workspace: Workspace, connection: Connection) -> dict[str, Any]:
    """`next_syncs` of one connection."""
    return (await next_syncs(workspace, [connection]))[connection.id]


def _first(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    coming = sorted((row for row in rows if row["next_sync"]), key=lambda row: str(row["next_sync"]))
    first = coming[0] if coming else rows[0]
    return {"next_sync": first["next_sync"], "next_sync_reason": first["next_sync_reason"]}
