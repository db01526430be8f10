"""The sync log of one connection: its runs, filtered, page by page, with the number of their outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from app.domain.outcomes import RunState, Trigger
from app.domain.sync_logs import STATES, SyncLog, SyncStatus
from app.store.database import fetch
from app.store.models import RunRow
from app.store.run_digest_rows import RunDigestRow
from app.store.runs import not_refused, to_run, without_results
from app.store.values import from_json, to_time


@dataclass(frozen=True)
class SyncLogFilter:
    """Which runs of the connection of that name; what is empty does not narrow.

    `operations` None means any, an empty tuple none at all; `syncs_only` leaves out what only changed its settings
    and what was refused for what was asked;
    `run_id` is the one run that is meant.
    """

    connection: str
    operations: tuple[str, ...] | None = None
    status: SyncStatus | None = None
    states: tuple[RunState, ...] = ()
    trigger: Trigger | None = None
    since: datetime | None = None
    until: datetime | None = None
    syncs_only: bool = False
    run_id: str = ""


def sync_logs(wanted: SyncLogFilter, *, limit: int = 100, offset: int = 0) -> list[SyncLog]:
    """The newest first."""
    query = _matching(without_results(), wanted).order_by(RunRow.started_at.desc(), RunRow.run_id.desc())
    found = [to_run(row) for row in query.limit(limit).offset(offset)]
    d = RunDigestRow
    digests = d.select(d.run_id, d.statuses).where(d.run_id.in_([run.run_id for run in found]))
    counts = {run_id: from_json(text, dict[str, int]) or {} for run_id, text in fetch(digests)}
    return [SyncLog(run, counts.get(run.run_id, {})) for run in found]


def count_sync_logs(wanted: SyncLogFilter) -> int:
    """How many there are on all pages."""
    ((count,),) = fetch(_matching(RunRow.select(fn.COUNT(RunRow.run_id)), wanted))
    return int(count)


def logged_operations(connection: str) -> list[str]:
    """The operations that ever ran on a connection, for a choice of them."""
    query = RunRow.select(RunRow.operation).where(RunRow.connection == connection).distinct()
    return sorted(operation for (operation,) in fetch(query))


def _matching(query: Any, wanted: SyncLogFilter) -> Any:
    r, d = RunRow, RunDigestRow
    found: list[Any] = [r.connection == wanted.connection, *([r.run_id == wanted.run_id] if wanted.run_id else ())]
    if wanted.operations is not None:
        found.append(r.operation.in_(wanted.operations))
    if wanted.states:
        found.append(r.state.in_([state.value for state in wanted.states]))
    if wanted.syncs_only:
        found += [~r.operation.startswith("connections."), not_refused()]
    if wanted.trigger is not None:
        found.append(r.trigger == wanted.trigger.value)
    if wanted.since is not None:
        found.append(r.started_at >= to_time(wanted.since))
    if wanted.until is not None:
        found.append(r.started_at < to_time(wanted.until))
    if wanted.status is not None:
        found.append(r.state.in_([state.value for state in STATES[wanted.status]]))
        query = query.join(d, JOIN.LEFT_OUTER, on=(d.run_id == r.run_id))
        if wanted.status is SyncStatus.PARTIAL:
            found.append(d.troubled > 0)
        if wanted.status is SyncStatus.COMPLETED:
            found.append(fn.COALESCE(d.troubled, 0) == 0)
    return query.where(*found)
