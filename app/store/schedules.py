"""Schedules as stored, and the claim on one that is due: of all programs on one database exactly one starts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import peewee

from app.domain.outcomes import RunState
from app.domain.schedules import Schedule
from app.domain.timing import Timing
from app.errors import UsageError
from app.i18n import _
from app.store.database import clock_s
from app.store.leases import Claim, take_lease
from app.store.schedule_rows import ScheduleRow
from app.store.values import from_json, from_time, now, to_json, to_time


def shared_now() -> datetime:
    """The present on the clock that all programs on this database share."""
    return datetime.fromtimestamp(clock_s(), UTC)


def schedules() -> list[Schedule]:
    """All schedules by name."""
    return [_to_schedule(row) for row in ScheduleRow.select().order_by(ScheduleRow.name)]


def find_schedule(name_or_id: str) -> Schedule | None:
    """The schedule of that name or id."""
    row = ScheduleRow.get_or_none((ScheduleRow.name == name_or_id) | (ScheduleRow.id == name_or_id))
    return _to_schedule(row) if row else None


def add_schedule(schedule: Schedule) -> Schedule:
    """Store a new schedule.

    Raises `UsageError` when the name is taken.
    """
    stamped = replace(schedule, created_at=now(), updated_at=now())
    try:
        ScheduleRow.insert(_to_row(stamped)).execute()
    except peewee.IntegrityError as error:
        raise _taken(schedule) from error
    return stamped


def change_schedule(schedule: Schedule) -> Schedule:
    """Store the new values of a schedule.

    Raises `UsageError` when the new name is taken.
    """
    stamped = replace(schedule, updated_at=now())
    try:
        ScheduleRow.update(_to_row(stamped)).where(ScheduleRow.id == schedule.id).execute()
    except peewee.IntegrityError as error:
        raise _taken(schedule) from error
    return stamped


def remove_schedule(schedule_id: str) -> None:
    """Forget a schedule; what it ran stays in the history."""
    ScheduleRow.delete().where(ScheduleRow.id == schedule_id).execute()


def claim(seen: Schedule, following: Schedule, lease: Claim) -> bool:
    """Take a due schedule for this program: hold its lease and move it on to its following time.

    False when another program moved it on first. Raises `Busy` when its last run is still going on; it is due as before
    then.
    """
    if not move(seen, following):
        return False
    take_lease(lease)
    return True


def move(seen: Schedule, to: Schedule) -> bool:
    """Store when and why a schedule goes on, unless it was changed since it was seen."""
    query = ScheduleRow.update(
        due_at=to_time(to.due_at),
        planned_at=to_time(to.planned_at),
        skip_reason=to.skip_reason,
        paused=to.paused,
        pause_reason=to.pause_reason,
    ).where(ScheduleRow.id == seen.id, ScheduleRow.due_at == to_time(seen.due_at), ScheduleRow.paused == seen.paused)
    return bool(query.execute())


def settle(before: Schedule, after: Schedule) -> bool:
    """Store what became of a run; a time or a pause that a person set meanwhile stays, and then it is False."""
    state: dict[str, Any] = {
        key: value
        for key, value in _to_row(after).items()
        if key in {"last_run_id", "last_state", "last_started_at", "skip_reason", "failures", "failing_since"}
    }
    ScheduleRow.update(state).where(ScheduleRow.id == before.id).execute()
    return move(before, after)


def _taken(schedule: Schedule) -> UsageError:
    return UsageError(_("There is already a schedule named {name}.").format(name=schedule.name))


def _to_row(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.id,
        "name": schedule.name,
        "operation": schedule.operation,
        "connection": schedule.connection,
        "params": to_json(schedule.params),
        "timing": to_json(schedule.timing),
        "paused": schedule.paused,
        "pause_reason": schedule.pause_reason,
        "due_at": to_time(schedule.due_at),
        "planned_at": to_time(schedule.planned_at),
        "last_run_id": schedule.last_run_id,
        "last_state": schedule.last_state.value if schedule.last_state else "",
        "last_started_at": to_time(schedule.last_started_at),
        "skip_reason": schedule.skip_reason,
        "failures": schedule.failures,
        "failing_since": to_time(schedule.failing_since),
        "created_at": to_time(schedule.created_at),
        "updated_at": to_time(schedule.updated_at),
    }


def _to_schedule(row: ScheduleRow) -> Schedule:
    return Schedule(
        id=row.id,
        name=row.name,
        operation=row.operation,
        connection=row.connection,
        params=from_json(row.params, dict[str, Any]) or {},
        timing=from_json(row.timing, Timing) or Timing(),
        paused=row.paused,
        pause_reason=row.pause_reason,
        due_at=from_time(row.due_at),
        planned_at=from_time(row.planned_at),
        last_run_id=row.last_run_id,
        last_state=RunState(row.last_state) if row.last_state else None,
        last_started_at=from_time(row.last_started_at),
        skip_reason=row.skip_reason,
        failures=row.failures,
        failing_since=from_time(row.failing_since),
        created_at=from_time(row.created_at),
        updated_at=from_time(row.updated_at),
    )
