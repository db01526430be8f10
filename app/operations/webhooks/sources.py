"""What happens in Muster as events of the catalogue (webhooks.md §3): the one place that knows which is which.

Nothing but ids, counters, names of fields and kinds of errors goes in: no personal data, no texts of remote systems.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.access import Permission
from app.domain.connections import Connection
from app.domain.outcomes import Run, RunState
from app.domain.webhooks.events import Event, EventType, event

if TYPE_CHECKING:
    from app.domain.schedules import Schedule
    from app.operations.registry import Operation

_SILENT = ("connections.", "webhooks.")
"""Families with events of their own, or none."""
_FAILED = ("failed", "fatal", "partial", "not_attempted", "unknown", "conflict", "invalid")
_ALSO: Mapping[str, tuple[EventType, ...]] = {
    "onec.sync_personnel": (EventType.PERSONNEL_SYNCED, EventType.ONEC_PERSONNEL),
    "onec.send_schedule": (EventType.SCHEDULE_SENT, EventType.ONEC_SCHEDULE),
    "onec.send_fact_work_time": (EventType.TIMESHEET_SENT, EventType.ONEC_TIMESHEET),
    "onec.deviations": (EventType.ONEC_DEVIATIONS,),
    "cc.bulk_import": (EventType.DATA_IMPORTED,),
    "cc.export_data": (EventType.DATA_EXPORTED,),
}
_WITH_RUN = frozenset({EventType.PERSONNEL_SYNCED, EventType.SCHEDULE_SENT, EventType.TIMESHEET_SENT})
_BULK = frozenset({EventType.DATA_IMPORTED, EventType.DATA_EXPORTED})


def run_started(run: Run, connection: Connection | None, operation: Operation) -> list[Event]:
    """Any run that is kept, but those of a person who sets something up."""
    if not _is_told(operation):
        return []
    return [event(EventType.SYNC_STARTED, _ran(run, connection), at=run.started_at)]


def run_ended(run: Run, connection: Connection | None, operation: Operation) -> list[Event]:
    """How it ended, and where it finished what that means for the system it worked with."""
    if not _is_told(operation):
        return []
    if run.state is not RunState.FINISHED:
        why = run.error.kind if run.error else run.state.value
        return [event(EventType.SYNC_FAILED, _ran(run, connection) | {"error": str(why)})]
    further = [event(kind, _further(kind, run, connection)) for kind in _ALSO.get(run.operation, ())]
    return [event(EventType.SYNC_COMPLETED, _ran(run, connection)), *further]


def run_interrupted(run: Run, connection: Connection | None) -> list[Event]:
    """The program of a run ended without saying so; whoever noticed tells."""
    if run.operation.startswith(_SILENT):
        return []
    return [event(EventType.SYNC_FAILED, _ran(run, connection) | {"error": RunState.INTERRUPTED.value})]


def connection_changed(kind: EventType, connection: Connection, changed: Iterable[str] = ()) -> Event:
    """A connection was added, changed in these fields or removed."""
    values = {
        "connection_id": connection.id,
        "name": connection.name,
        "integration_type": connection.kind.value,
        "changed_fields": sorted(changed),
    }
    return event(kind, values)


def changed_fields(old: Connection, new: Connection, secrets: Iterable[str]) -> set[str]:
    """Names of what differs, and of secrets that were given anew."""
    keys = {key for key in {*old.settings, *new.settings} if old.settings.get(key) != new.settings.get(key)}
    own = {name for name in ("name", "status") if getattr(old, name) != getattr(new, name)}
    return keys | set(secrets) | own


def status_changed(connection_id: str, old: str, new: str, reason: str) -> Event:
    """A connection began to fail, works again, was paused or resumed; `reason` is a kind of error or a word."""
    values = {"connection_id": connection_id, "old_status": old, "new_status": new, "reason": reason}
    return event(EventType.CONNECTION_STATUS, values)


def schedule_paused(schedule: Schedule) -> Event:
    """A schedule paused itself (connections.md §4, automatic pause); null for one that needs no connection."""
    from app.domain.schedules import MOST_FAILURES

    reason = "failures_in_a_row" if schedule.failures >= MOST_FAILURES else "failing_for_days"
    return _schedule_moved(schedule, "schedule_active", "schedule_paused", reason)


def schedule_resumed(schedule: Schedule) -> Event:
    """A person resumed a schedule that had paused itself."""
    return _schedule_moved(schedule, "schedule_paused", "schedule_active", "resumed")


def _schedule_moved(schedule: Schedule, old: str, new: str, reason: str) -> Event:
    values = {"connection_id": schedule.connection or None, "old_status": old, "new_status": new, "reason": reason}
    return event(EventType.CONNECTION_STATUS, values)


def breaker_moved(connection_id: str, old: str, new: str) -> list[Event]:
    """A circuit breaker opened, closed, or was forced to stay open or released."""
    told = [status_changed(connection_id, f"circuit_{old}", f"circuit_{new}", "circuit_breaker")]
    scope = {"scope": f"connection:{connection_id}"}
    if new == "forced_open":
        told.append(event(EventType.MAINTENANCE_STARTED, scope))
    elif old == "forced_open":
        told.append(event(EventType.MAINTENANCE_COMPLETED, scope))
    return told


def threshold_crossed(connection_id: str, group_id: str, metric: str, value: float, threshold: float) -> Event:
    """A number of a queue went over (or under) its limit."""
    values = {"group_id": group_id, "metric": metric, "value": value, "threshold": threshold}
    return replace(event(EventType.QUEUE_METRICS, values), about=connection_id)


def _is_told(operation: Operation) -> bool:
    return operation.permission is not Permission.ADMIN and not operation.id.startswith(_SILENT)


def _ran(run: Run, connection: Connection | None) -> dict[str, Any]:
    return {
        "connection_id": connection.id if connection else None,
        "sync_id": run.run_id,
        "operation": run.operation,
        "duration_ms": run.duration_ms,
        **_counters(run.summary),
    }


def _further(kind: EventType, run: Run, connection: Connection | None) -> dict[str, Any]:
    values = {"connection_id": connection.id if connection else None, **_counters(run.summary)}
    if kind in _WITH_RUN:
        return values | {"sync_id": run.run_id}
    if kind in _BULK:
        return values | {"data_type": str(run.params.get("data_type", "")), "batch_id": run.run_id}
    return values


def _counters(summary: Mapping[str, Any]) -> dict[str, int]:
    """The three counters from a summary, or from the summaries of its halves."""
    parts = [part for part in summary.values() if isinstance(part, Mapping)] or [summary]
    total = sum(_count(part, "total") for part in parts)
    failed = min(total, sum(_count(part, key) for part in parts for key in _FAILED))
    return {"records_processed": total, "records_successful": total - failed, "records_failed": failed}


def _count(part: Mapping[str, Any], key: str) -> int:
    value = part.get(key, 0)
    return value if isinstance(value, int) else 0
