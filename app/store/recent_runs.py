"""How the last runs of each connection ended, for its health, in one question for all of them (connections.md §7)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from peewee import SQL, fn

from app.domain.health import RecentRun
from app.domain.outcomes import RunState
from app.store.database import fetch
from app.store.models import RunRow
from app.store.runs import not_refused
from app.store.values import from_json

COUNTED = 10
_NOT_DONE = ("failed", "fatal", "partial", "not_attempted", "errors")


def recent_runs() -> dict[str, tuple[RecentRun, ...]]:
    """The last ten runs of every connection by its name, newest first, but for those refused for what was asked."""
    place = fn.ROW_NUMBER().over(partition_by=[RunRow.connection], order_by=[RunRow.started_at.desc()])
    numbered = RunRow.select(RunRow.connection, RunRow.state, RunRow.summary, place.alias("place")).where(
        RunRow.connection != "", ~RunRow.operation.startswith("connections."), not_refused()
    )
    query = (
        numbered.select_from(SQL("connection"), SQL("state"), SQL("summary"))
        .where(SQL("place") <= COUNTED)
        .order_by(SQL("connection"), SQL("place"))
    )
    found: dict[str, list[RecentRun]] = defaultdict(list)
    for connection, state, summary in fetch(query):
        found[connection].append(RecentRun(RunState(state), _partly(from_json(summary, dict[str, Any]) or {})))
    return {name: tuple(runs) for name, runs in found.items()}


def _partly(summary: dict[str, Any]) -> bool:
    """Whether some of a run was not done; a run in two halves counts each of them."""
    halves = [half for half in summary.values() if isinstance(half, dict)] or [summary]
    return any(half.get(key) for half in halves for key in _NOT_DONE)
