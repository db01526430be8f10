"""What of the history is older than it is kept, how much that is, and taking it away (connections.md §3, §8).

First the details of runs go - their outcomes, requests and results, which are nearly all of the weight - later the runs
themselves. Runs that are not over stay whatever their age. The audit trail is pruned by `store.audit`, webhooks'
deliveries by `store.webhook_pruning`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from app.domain.outcomes import RunState
from app.store.attempt_rows import RunAttemptsRow
from app.store.database import fetch
from app.store.models import JournalRow, OutcomePackRow, OutcomeRow, RunRow
from app.store.run_digest_rows import RunDigestRow
from app.store.values import from_time, to_time

_OVER = [state.value for state in RunState if state.over]
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Amount:
    """So many rows, about so many bytes of text, the oldest of then."""

    rows: int = 0
    size: int = 0
    oldest: datetime | None = None


def old_details(before: datetime) -> Amount:
    """Outcomes, packs, attempts and results of runs that began before."""
    total, size = 0, 0
    for table, columns in _DETAILS:
        text = sum((fn.COALESCE(fn.LENGTH(column), 0) for column in columns[1:]), fn.LENGTH(columns[0]))
        query = table.select(fn.COUNT(table.run_id), fn.COALESCE(fn.SUM(text), 0)).where(table.run_id.in_(_old(before)))
        ((count, weight),) = fetch(query)
        total, size = total + count, size + int(weight)
    results = RunRow.select(fn.COUNT(RunRow.run_id), fn.COALESCE(fn.SUM(fn.LENGTH(RunRow.result)), 0))
    ((count, weight),) = fetch(results.where(RunRow.run_id.in_(_old(before)), RunRow.result.is_null(False)))
    return Amount(total + count, size + int(weight), _oldest(before) if total + count else None)


def old_runs(before: datetime) -> Amount:
    """Runs that began before."""
    ((count, weight),) = fetch(
        RunRow.select(
            fn.COUNT(RunRow.run_id), fn.COALESCE(fn.SUM(fn.LENGTH(RunRow.params) + fn.LENGTH(RunRow.summary)), 0)
        ).where(RunRow.run_id.in_(_old(before)))
    )
    return Amount(count, int(weight), _oldest(before))


def drop_details(before: datetime) -> None:
    """Take outcomes, packs, journal, attempts and results of old runs away; the runs with their counts stay."""
    for run_ids in _slices(_old(before)):
        _drop_details(run_ids)


def drop_runs(before: datetime) -> None:
    """Take old runs away with everything of theirs."""
    _drop_runs(_old(before))


def count_runs_of(connection: str) -> int:
    """How many runs the connection of that name has that are over."""
    return int(fetch(RunRow.select(fn.COUNT(RunRow.run_id)).where(_of(connection)))[0][0])


def drop_runs_of(connection: str) -> None:
    """Take all runs of the connection of that name away that are over, with everything of theirs."""
    _drop_runs(RunRow.select(RunRow.run_id).where(_of(connection)))


def _drop_runs(query: Any) -> None:
    for run_ids in _slices(query):
        _drop_details(run_ids)
        for table in (RunDigestRow, RunRow):
            table.delete().where(table.run_id.in_(run_ids)).execute()


def _drop_details(run_ids: list[str]) -> None:
    for table in (OutcomeRow, OutcomePackRow, JournalRow, RunAttemptsRow):
        table.delete().where(table.run_id.in_(run_ids)).execute()
    RunRow.update(result=None).where(RunRow.run_id.in_(run_ids), RunRow.result.is_null(False)).execute()


_DETAILS: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (OutcomeRow, (OutcomeRow.message, OutcomeRow.subject, OutcomeRow.changes, OutcomeRow.asked, OutcomeRow.answered)),
    (OutcomePackRow, (OutcomePackRow.outcomes,)),
    (RunAttemptsRow, (RunAttemptsRow.attempts,)),
)


def _old(before: datetime) -> Any:
    return RunRow.select(RunRow.run_id).where(RunRow.started_at < to_time(before), RunRow.state.in_(_OVER))


def _of(connection: str) -> Any:
    return (RunRow.connection == connection) & RunRow.state.in_(_OVER)


def _slices(query: Any) -> Iterator[list[str]]:
    """Ids of runs in handfuls: an `IN` of thousands is more than a database takes."""
    found = [run_id for (run_id,) in fetch(query)]
    for start in range(0, len(found), _AT_ONCE):
        yield found[start : start + _AT_ONCE]


def _oldest(before: datetime) -> datetime | None:
    ((oldest,),) = fetch(RunRow.select(fn.MIN(RunRow.started_at)).where(RunRow.run_id.in_(_old(before))))
    return from_time(oldest)
