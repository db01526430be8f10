"""What a run is found by: its counts and the names in it, gathered once when it is over.

A million outcomes are 300 MB; what can be searched in them is a few. Records that a run left as they were are not among
the names, as they are not in a record's own history either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import JOIN, fn

from app.domain.outcomes import RunState, Status
from app.store.database import fetch, put_rows
from app.store.models import OutcomeRow, RunRow
from app.store.run_digest_rows import RunDigestRow
from app.store.values import to_json

_FINE = (Status.SUCCESS.value, Status.SKIPPED.value)
_AT_ONCE = 200


def digest_runs(run_ids: Iterable[str]) -> None:
    """Gather what these runs are found by, in the transaction that stores their end."""
    put_rows(RunDigestRow, [_digest(run_id) for run_id in run_ids])


def catch_up() -> int:
    """Gather it for up to 200 runs that ended without it; how many those were. Newest first."""
    over = [state.value for state in RunState if state.over]
    query = (
        RunRow.select(RunRow.run_id)
        .join(RunDigestRow, JOIN.LEFT_OUTER, on=(RunDigestRow.run_id == RunRow.run_id))
        .where(RunDigestRow.run_id.is_null(), RunRow.state.in_(over))
        .order_by(RunRow.started_at.desc())
        .limit(_AT_ONCE)
    )
    missing = [run_id for (run_id,) in fetch(query)]
    digest_runs(missing)
    return len(missing)


def _digest(run_id: str) -> tuple[Any, ...]:
    o = OutcomeRow
    of_run = o.run_id == run_id
    counts = dict(fetch(o.select(o.status, fn.COUNT(o.run_id)).where(of_run).group_by(o.status)))
    names = [name for (name,) in fetch(o.select(o.subject).where(of_run).distinct())]
    names += [name for (name,) in fetch(o.select(o.target).where(of_run).distinct())]
    names += [text for (text,) in fetch(o.select(o.message).where(of_run, o.status.not_in(_FINE)).distinct())]
    troubled = sum(count for status, count in counts.items() if status not in _FINE)
    return run_id, troubled, to_json(counts), "\n".join(names).lower()
