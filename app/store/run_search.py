"""Finds runs: by how they ended, by what they did for whom, and by a text, newest first, out of any number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from peewee import JOIN, fn

from app.domain.outcomes import Run, RunState, Status, Trigger
from app.store.database import fetch
from app.store.models import RunRow
from app.store.run_digest_rows import RunDigestRow
from app.store.runs import to_run, without_results
from app.store.values import to_time


@dataclass(frozen=True)
class RunFilter:
    """Which runs; what is empty does not narrow.

    `status` means runs with an outcome of that status, `troubled` those with any that needs a look. Every word of
    `text` has to be in what a run is about: its operation, connection, actor, id or error, or a name in its outcomes.
    `titled` names, word by word, the operations whose titles hold it, in whatever language they are shown.
    """

    states: tuple[RunState, ...] = ()
    operation: str = ""
    connection: str = ""
    actor: str = ""
    trigger: Trigger | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: Status | None = None
    troubled: bool = False
    text: str = ""
    titled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def find_runs(wanted: RunFilter, *, limit: int = 1000) -> list[Run]:
    """The newest runs first, without their results."""
    query = without_results().where(*_conditions(wanted)).order_by(RunRow.started_at.desc()).limit(limit)
    return [to_run(row) for row in _joined(query, wanted)]


def runs_after(wanted: RunFilter, last: Run | None, *, limit: int = 1000) -> list[Run]:
    """The runs that follow `last` in a list newest first, the newest after None: for going through all of them."""
    r = RunRow
    found = _conditions(wanted)
    if last is not None:
        at = to_time(last.started_at)
        found.append((r.started_at < at) | ((r.started_at == at) & (r.run_id < last.run_id)))
    query = without_results().where(*found).order_by(r.started_at.desc(), r.run_id.desc()).limit(limit)
    return [to_run(row) for row in _joined(query, wanted)]


def count_states(wanted: RunFilter) -> dict[RunState, int]:
    """How many runs there are in each state, whatever states are wanted."""
    counted = RunRow.select(RunRow.state, fn.COUNT(RunRow.run_id)).group_by(RunRow.state)
    query = _joined(counted.where(*_conditions(wanted, states=False)), wanted)
    return {RunState(state): count for state, count in fetch(query)}


def _joined(query: Any, wanted: RunFilter) -> Any:
    if not (wanted.text or wanted.troubled or wanted.status):
        return query
    return query.join(RunDigestRow, JOIN.LEFT_OUTER, on=(RunDigestRow.run_id == RunRow.run_id))


def _conditions(wanted: RunFilter, *, states: bool = True) -> list[Any]:
    r, d = RunRow, RunDigestRow
    found: list[Any] = [r.run_id.is_null(False)]
    if states and wanted.states:
        found.append(r.state.in_([state.value for state in wanted.states]))
    for column, value in ((r.operation, wanted.operation), (r.connection, wanted.connection), (r.actor, wanted.actor)):
        if value:
            found.append(column == value)
    if wanted.trigger is not None:
        found.append(r.trigger == wanted.trigger.value)
    if wanted.since is not None:
        found.append(r.started_at >= to_time(wanted.since))
    if wanted.until is not None:
        found.append(r.started_at < to_time(wanted.until))
    if wanted.status is not None:
        found.append(d.statuses.contains(f'"{wanted.status.value}"'))
    if wanted.troubled:
        found.append(d.troubled > 0)
    for word in wanted.text.lower().split():
        columns = (r.operation, r.connection, r.actor, r.run_id, r.first_fatal, r.error, d.words)
        own = reduce(or_, (column.contains(word) for column in columns))
        titled = wanted.titled.get(word, ())
        found.append(own | r.operation.in_(titled) if titled else own)
    return found
