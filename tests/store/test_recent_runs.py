"""The last runs of each connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.outcomes import RunError, RunState
from app.errors import FolderMissing, UsageError
from app.operations.runner import run_error
from app.store import runs
from app.store.database import Store
from app.store.recent_runs import recent_runs
from app.store.sync_logs import SyncLogFilter, sync_logs
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


def test_runs_that_were_refused_for_what_was_asked_are_none_of_them(store: Store) -> None:
    first = a_run(state=RunState.FINISHED)
    errors = [RunError("unexpected", 'There is no "code":"usage".', code="remote_error"), None]
    errors += [run_error(kind("No.")) for kind in (UsageError, FolderMissing)] * 6
    for number, error in enumerate(errors):
        state = RunState.FINISHED if error is None else RunState.STOPPED
        started = first.started_at + timedelta(minutes=number)
        ended = replace(first, run_id=f"r{number}", connection="a", state=state, error=error, started_at=started)
        store.run_now(runs.begin_run, ended)
    assert [run.state for run in store.run_now(recent_runs)["a"]] == [RunState.FINISHED, RunState.STOPPED]
    counted = store.run_now(sync_logs, SyncLogFilter("a", syncs_only=True))
    assert [log.run.run_id for log in counted] == ["r1", "r0"]
    assert len(store.run_now(sync_logs, SyncLogFilter("a"))) == 14
