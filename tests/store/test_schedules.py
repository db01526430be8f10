"""Schedules as stored, and who gets one that is due, on SQLite and PostgreSQL (connections.md §11)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.connections import Connection, ConnectionStatus
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import Run, RunError, RunState, Trigger
from app.domain.schedules import Schedule
from app.domain.timing import Timing
from app.errors import Busy, ErrorKind, UsageError
from app.places import Home
from app.store import connections, leases, runs
from app.store import schedules as stored
from app.store.database import Store

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
TIMING = Timing(cron="0 3 * * *", zone="Europe/Moscow", quiet="22:00-02:00", jitter_percent=5)
PLAIN = Schedule("1", "offices", "offices.sync", "c1", {"a": [1]}, TIMING, due_at=NOON, planned_at=NOON)
LATER = replace(PLAIN, due_at=NOON + timedelta(hours=1))


def lease(run_id: str) -> leases.Claim:
    return leases.Claim(f"schedule:{PLAIN.id}", run_id, PLAIN.operation, PLAIN.name)


def test_what_is_stored_reads_back(store: Store) -> None:
    whole = replace(
        PLAIN,
        last_run_id="r1",
        last_state=RunState.STOPPED,
        last_started_at=NOON,
        skip_reason="It was paused.",
        failures=3,
        failing_since=NOON,
    )
    kept = store.run_now(stored.add_schedule, whole)
    assert store.run_now(stored.find_schedule, "offices") == store.run_now(stored.find_schedule, "1") == kept
    assert replace(kept, created_at=None, updated_at=None) == whole
    assert store.run_now(stored.schedules) == [kept]


def test_a_name_is_there_once(store: Store) -> None:
    store.run_now(stored.add_schedule, PLAIN)
    with pytest.raises(UsageError, match="already a schedule named offices"):
        store.run_now(stored.add_schedule, replace(PLAIN, id="2"))
    store.run_now(stored.add_schedule, replace(PLAIN, id="2", name="other"))
    with pytest.raises(UsageError, match="already"):
        store.run_now(stored.change_schedule, replace(PLAIN, id="2"))


def test_a_claim_is_whole_or_not_at_all(store: Store) -> None:
    store.run_now(stored.add_schedule, PLAIN)
    store.run_now(leases.take_lease, lease("still running"))
    with pytest.raises(Busy):
        store.run_now(stored.claim, PLAIN, LATER, lease("next"))
    after = store.run_now(stored.find_schedule, "1")
    assert after is not None
    assert after.due_at == NOON
    store.run_now(leases.give_back, "still running")
    assert store.run_now(stored.claim, PLAIN, LATER, lease("next"))
    assert not store.run_now(stored.claim, PLAIN, LATER, lease("another"))


def test_of_many_that_claim_at_once_one_gets_it(store: Store) -> None:
    store.run_now(stored.add_schedule, PLAIN)
    start, got = threading.Barrier(6), []

    def claim(name: str) -> None:
        start.wait(10)
        try:
            got.append(store.run_now(stored.claim, PLAIN, LATER, lease(name)))
        except Busy:
            got.append(False)
        finally:
            store.database.close()

    threads = [threading.Thread(target=claim, args=(f"r{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(got) == [False] * 5 + [True]


def test_a_connection_that_is_removed_takes_its_schedules_along(store: Store) -> None:
    connection = Connection("c1", "vitec", ConnectionKind.VITEC, ConnectionStatus.ACTIVE, {})
    store.run_now(connections.add_connection, connection)
    store.run_now(stored.add_schedule, PLAIN)
    store.run_now(stored.add_schedule, replace(PLAIN, id="2", name="push", connection=""))
    store.run_now(connections.remove_connection, "c1")
    assert [s.id for s in store.run_now(stored.schedules)] == ["2"]


class TestRuns:
    def keep(self, store: Store, run_id: str, kind: ErrorKind | None, minutes: int, state: RunState) -> None:
        error = RunError(kind, "It went wrong.") if kind else None
        started = NOON + timedelta(minutes=minutes)
        store.run_now(runs.begin_run, Run(run_id, "o", "vitec", state, started, error=error, trigger=Trigger.RETRY))

    def test_a_run_remembers_why_it_began(self, store: Store) -> None:
        self.keep(store, "r1", None, 0, RunState.FINISHED)
        found = store.run_now(runs.find_run, "r1")
        assert found is not None
        assert found.trigger is Trigger.RETRY

    def test_the_sign_in_counts_as_refused_until_a_run_gets_through(self, store: Store) -> None:
        assert not store.run_now(runs.sign_in_refused, "vitec")
        self.keep(store, "r1", ErrorKind.REFUSED_SIGN_IN, 0, RunState.STOPPED)
        self.keep(store, "r2", ErrorKind.CANCELLED, 1, RunState.CANCELLED)
        assert store.run_now(runs.sign_in_refused, "vitec")
        assert not store.run_now(runs.sign_in_refused, "other")
        self.keep(store, "r3", None, 2, RunState.FINISHED)
        assert not store.run_now(runs.sign_in_refused, "vitec")


def test_runs_of_before_are_those_of_a_person(tmp_path: Path) -> None:
    store = Store(Home.find(str(tmp_path / "fresh")))
    store.open()

    def write() -> None:
        columns = "run_id, operation, connection, state, actor, started_at, duration_ms, params, summary, reasons"
        database: object = store.database
        database.execute_sql(  # type: ignore[attr-defined]
            f"INSERT INTO run ({columns}, warnings, host, process) "
            "VALUES ('r', 'o', '', 'finished', 'me', '2026-01-01T00:00:00+00:00', 1, '{}', '{}', '{}', '[]', '', '')"
        )

    store.run_now(write)
    found = store.run_now(runs.find_run, "r")
    store.close()
    assert found is not None
    assert found.trigger is Trigger.MANUAL
