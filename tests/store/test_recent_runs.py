"""The last runs of each connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.outcomes import RunState
from app.store import runs
from app.store.database import Store
from app.store.recent_runs import recent_runs
from tests.store.test_repositories import a_run


def test_the_newest_ten_of_each_connection_are_told_newest_first(store: Store) -> None:
    first = a_run(state=RunState.FINISHED)
    for number in range(14):
        state = RunState.STOPPED if number >= 12 else RunState.FINISHED
        run = replace(first, run_id=f"r{number}", connection="a", state=state)
        store.run_now(runs.begin_run, replace(run, started_at=first.started_at + timedelta(minutes=number)))
    store.run_now(runs.begin_run, replace(first, run_id="b", connection="b", summary={"offices": {"failed": 1}}))
    store.run_now(runs.begin_run, replace(first, run_id="t", connection="b", operation="connections.test"))
    store.run_now(runs.begin_run, replace(first, run_id="n", connection=""))
    found = store.run_now(recent_runs)
    assert set(found) == {"a", "b"}
    assert [run.state for run in found["a"]] == [RunState.STOPPED] * 2 + [RunState.FINISHED] * 8
    assert [run.partly for run in found["b"]] == [True]
