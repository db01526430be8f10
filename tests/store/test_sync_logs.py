"""The sync log of a connection: statuses by outcomes, filters, pages and totals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.ids import new_id
from app.domain.outcomes import Action, Outcome, Run, RunError, RunState, Status, Trigger
from app.domain.sync_logs import SyncLog, SyncStatus
from app.store import runs, sync_logs
from app.store.database import Store
from app.store.sync_logs import SyncLogFilter

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def keep(
    store: Store, hours: int, *statuses: Status, state: RunState = RunState.FINISHED, connection: str = "vitec",
    operation: str = "offices.sync", trigger: Trigger = Trigger.MANUAL, **more: Any,
) -> str:  # fmt: skip
    """A run that began so many hours after Monday, with outcomes of these statuses."""
    began = MONDAY + timedelta(hours=hours)
    run = Run(new_id(), operation, connection, state, began, "kari", duration_ms=2_500, trigger=trigger, **more)
    outcomes = [Outcome(f"Office {n}", f"o{n}", "offices", "", s, "store", "Stored", Action.UPDATE)
                for n, s in enumerate(statuses)]  # fmt: skip

    def write() -> None:
        runs.begin_run(run)
        runs.add_outcomes(run.run_id, 0, outcomes)
        if state.over:
            runs.end_run(run)

    store.run_now(write)
    return run.run_id


def logs(store: Store, **wanted: Any) -> list[SyncLog]:
    limit, offset = wanted.pop("limit", 100), wanted.pop("offset", 0)
    return store.run_now(sync_logs.sync_logs, SyncLogFilter("vitec", **wanted), limit=limit, offset=offset)


def ids(store: Store, **wanted: Any) -> list[str]:
    return [log.run.run_id for log in logs(store, **wanted)]


def test_only_the_runs_of_the_connection_newest_first(store: Store) -> None:
    first, second = keep(store, 0), keep(store, 1)
    keep(store, 2, connection="other")
    assert ids(store) == [second, first]
    assert store.run_now(sync_logs.count_sync_logs, SyncLogFilter("vitec")) == 2


@pytest.mark.parametrize(
    ("state", "statuses", "expected"),
    [
        (RunState.QUEUED, (), SyncStatus.PENDING),
        (RunState.RUNNING, (), SyncStatus.STARTED),
        (RunState.FINISHED, (Status.SUCCESS, Status.SKIPPED), SyncStatus.COMPLETED),
        (RunState.FINISHED, (Status.SUCCESS, Status.FATAL), SyncStatus.PARTIAL),
        (RunState.STOPPED, (Status.FATAL,), SyncStatus.FAILED),
        (RunState.FAILED, (), SyncStatus.FAILED),
        (RunState.INTERRUPTED, (Status.SUCCESS,), SyncStatus.FAILED),
        (RunState.CANCELLED, (Status.NOT_ATTEMPTED,), SyncStatus.CANCELLED),
    ],
)
def test_a_status_is_said_and_found_by(
    store: Store, state: RunState, statuses: tuple[Status, ...], expected: SyncStatus
) -> None:
    run_id = keep(store, 0, *statuses, state=state)
    assert [log.status for log in logs(store)] == [expected]
    for status in SyncStatus:
        assert ids(store, status=status) == ([run_id] if status is expected else [])
        wanted = SyncLogFilter("vitec", status=status)
        assert store.run_now(sync_logs.count_sync_logs, wanted) == (status is expected)


def test_records_are_counted_with_those_that_did_not_change(store: Store) -> None:
    keep(store, 0, Status.SUCCESS, Status.FATAL, summary={"total": 12})
    keep(store, 1, Status.SUCCESS, summary={"offices": {"total": 3}, "employees": {"total": 40}})
    keep(store, 2, Status.SUCCESS, Status.PARTIAL, Status.SKIPPED)
    counts = [(log.processed, log.successful, log.failed) for log in logs(store)]
    assert counts == [(3, 2, 1), (43, 43, 0), (12, 11, 1)]


def test_the_end_and_the_message_of_a_run(store: Store) -> None:
    keep(store, 0, state=RunState.STOPPED, error=RunError("unreachable", "It is away."), first_fatal="Office 1")
    keep(store, 1, state=RunState.RUNNING)
    running, stopped = logs(store)
    assert (running.ended_at, running.message) == (None, "")
    assert (stopped.ended_at, stopped.message) == (MONDAY + timedelta(milliseconds=2_500), "It is away.")


def test_filters_by_operation_trigger_and_period(store: Store) -> None:
    early = keep(store, 0, operation="employees.sync")
    late = keep(store, 5, trigger=Trigger.SCHEDULE)
    edited = keep(store, 6, operation="connections.update")
    assert ids(store, operations=("employees.sync",)) == [early]
    assert ids(store, operations=()) == []
    assert ids(store, trigger=Trigger.SCHEDULE) == [late]
    assert ids(store, since=MONDAY + timedelta(hours=5), until=MONDAY + timedelta(hours=6)) == [late]
    assert ids(store, syncs_only=True) == [late, early]
    assert edited in ids(store)
    assert store.run_now(sync_logs.logged_operations, "vitec") == [
        "connections.update", "employees.sync", "offices.sync",
    ]  # fmt: skip


def test_pages_do_not_overlap_and_leave_nothing_out(store: Store) -> None:
    kept = [keep(store, 0) for _ in range(5)]  # all at the same moment
    pages = [run_id for offset in (0, 2, 4) for run_id in ids(store, limit=2, offset=offset)]
    assert sorted(pages) == sorted(kept)
