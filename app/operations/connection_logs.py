"""The sync log of a connection: what ran over it, when, how it ended (connections.md §8)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from app import __version__
from app.access import Permission
from app.domain.attempts import Attempts
from app.domain.outcomes import Outcome, Status, Trigger
from app.domain.sync_logs import Direction, SyncLog, SyncStatus
from app.i18n import N_
from app.operations.connections import ALL, time_text
from app.operations.context import RunContext
from app.operations.registry import operation, operations
from app.redaction import redact
from app.store import sync_logs as stored
from app.store.attempts import attempts_of
from app.store.sync_logs import SyncLogFilter

_OUTBOUND = frozenset(
    {"onec.send_schedule", "onec.send_fact_work_time", "onec.post_worked_time", "cc.send_status", "cc.export_data"}
)
_INBOUND_WRITES = frozenset({"customers.check"})
_FINE = (Status.SUCCESS, Status.SKIPPED)
_MOST_OUTCOMES = 50


@dataclass(frozen=True)
class SyncLogsParams:
    """Which runs; what is empty does not narrow. `since` counts in, `until` does not.

    `run` is the id of the one run that is told alone, with each of its requests.
    """

    run: str = ""
    operation: str = ""
    status: SyncStatus | None = None
    direction: Direction | None = None
    trigger: Trigger | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, msgspec.Meta(ge=0)] = 0


@operation(
    "connections.sync_logs", N_("Sync log of a connection"), Permission.READ, SyncLogsParams,
    kinds=ALL, writes=False, history=False, remote=False, works_paused=True,
)  # fmt: skip
async def list_sync_logs(context: RunContext, params: SyncLogsParams) -> None:
    """The runs of a connection, newest first, with the number of all that fit."""
    wanted = SyncLogFilter(
        context.own_connection.name,
        operations=wanted_operations(params.operation, params.direction),
        status=params.status,
        trigger=params.trigger,
        since=_aware(params.since),
        until=_aware(params.until),
        run_id=params.run,
    )
    read = context.workspace.store.read
    found = await read(stored.sync_logs, wanted, limit=params.limit, offset=params.offset)
    total = await read(stored.count_sync_logs, wanted)
    context.summary["total"] = total
    context.result |= {"total": total, "limit": params.limit, "offset": params.offset}
    rows = context.result["logs"] = [sync_log_row(log) for log in found]
    if params.run and rows:
        rows[0] |= attempt_rows(await read(attempts_of, params.run))


def direction_of(operation_id: str) -> Direction | None:
    """Which way records go; None for what only changes something here, and what this Muster no longer has.

    No operation goes both ways: whoever sends and fetches does so in two of them.
    """
    known = operations().get(operation_id)
    if known is None:
        return None
    if operation_id in _OUTBOUND:
        return Direction.OUTBOUND
    inbound = known.permission in (Permission.READ, Permission.SYNC) or operation_id in _INBOUND_WRITES
    return Direction.INBOUND if inbound else None


def wanted_operations(operation_id: str, direction: Direction | None) -> tuple[str, ...] | None:
    """The operations that are meant; None for any."""
    if direction is None:
        return (operation_id,) if operation_id else None
    fitting = tuple(key for key in operations() if direction_of(key) is direction)
    return tuple(key for key in fitting if operation_id in ("", key))


def sync_log_row(log: SyncLog) -> dict[str, Any]:
    """One run as the command line names it."""
    run = log.run
    return {
        "id": run.run_id,
        "operation": run.operation,
        "direction": direction_of(run.operation),
        "status": log.status.value,
        "trigger": run.trigger.value,
        "start_time": time_text(run.started_at),
        "end_time": time_text(log.ended_at),
        "duration_ms": run.duration_ms,
        "records_processed": log.processed,
        "records_successful": log.successful,
        "records_failed": log.failed,
        "message": log.message,
        "initiated_by": run.actor,
        "params": run.params,
        "error": asdict(run.error) if run.error is not None else None,
    }


def attempt_rows(attempts: Attempts) -> dict[str, Any]:
    """The requests of a run, oldest first, and how many there were in all."""
    kept = [asdict(attempt) | {"at": time_text(attempt.at)} for attempt in attempts.kept]
    return {"attempts": kept, "attempts_total": attempts.total}


def support_text(log: SyncLog, outcomes: list[Outcome], attempts: Attempts) -> str:
    """A run to be handed to support, as JSON and without secrets: what was asked, how it ended, what went wrong.

    Bodies are not among it: they hold the data of people.
    """
    bare = replace(attempts, kept=tuple(replace(each, sent="", answered="") for each in attempts.kept))
    troubled = [o for o in outcomes if o.status not in _FINE]
    told = {
        "muster": __version__,
        **sync_log_row(log),
        "state": log.run.state.value,
        "summary": log.run.summary,
        "warnings": log.run.warnings,
        "outcomes_that_need_a_look": [asdict(replace(o, changes=())) for o in troubled[:_MOST_OUTCOMES]],
        "more_of_these": max(0, len(troubled) - _MOST_OUTCOMES),
        **attempt_rows(bare),
    }
    return redact(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())


def _aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is on this computer's clock."""
    return moment.astimezone(UTC) if moment is not None else None
