"""What is stored comes back as it was, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from app.domain.connections import ConnectionStatus
from app.domain.directory import EmployeeStatus
from app.domain.directory_plans import PlanSettings, plan_employees, plan_offices
from app.domain.outcomes import Action, FieldChange, Outcome, Run, RunError, RunState, Status
from app.domain.plans import Plan
from app.errors import Busy, Cancelled, UsageError
from app.store import connections, directory, directory_plans, leases, listings, runs
from app.store.database import Store, insert_rows
from app.store.models import OutcomePackRow
from app.store.values import now, to_json
from tests.support.records import CONNECTION, connection, department, offices_read, people_read, person
from tests.support.running import execute

NEVER = threading.Event()
SETTINGS = PlanSettings(CONNECTION)


def fill(store: Store, people: int = 3) -> None:
    offices = plan_offices(offices_read(department()), [], SETTINGS)
    store.run_now(directory_plans.write_plan, offices, NEVER)
    snapshot = people_read(*(person(f"P{n}", name=f"Kari Ærlig {n}") for n in range(people)))
    plan = plan_employees(snapshot, [], store.run_now(directory.offices), SETTINGS)
    store.run_now(directory_plans.write_plan, plan, NEVER)


def a_run(run_id: str = "run-1", **fields: Any) -> Run:
    values: dict[str, Any] = {
        "operation": "offices.sync", "connection": "vitec", "state": RunState.RUNNING, "started_at": now(), **fields,
    }  # fmt: skip
    return Run(run_id, **values)


def outcome(subject: str = "Kari", action: Action = Action.UPDATE, **fields: Any) -> Outcome:
    values: dict[str, Any] = {"remedy": "", **fields}
    status = Status.SKIPPED if action is Action.UNCHANGED else Status.SUCCESS
    return Outcome(subject, f"id-{subject}", "employees", "store", status, "store", "Updated", action, **values)


class TestDirectory:
    def test_offices_and_people_come_back_as_planned(self, store: Store) -> None:
        fill(store)
        (office,) = store.run_now(directory.offices)
        assert (office.vitec_department_id, office.name, office.postal_code) == (4711, "Fjordheim 4711", "0150")
        people = store.run_now(directory.employees)
        assert [p.last_name for p in people] == ["Ærlig 0", "Ærlig 1", "Ærlig 2"]
        assert people[0].system_roles == ("eiendomsmegler",)
        assert people[0].office_id == office.id
        assert people[0].created_at == people[0].updated_at
        assert people[0].created_at is not None

    def test_every_field_survives(self, store: Store) -> None:
        fill(store, 1)
        (one,) = store.run_now(directory.employees)
        moment = now()
        full = replace(
            one, also_at=("a", "b"), title='Quote " and \\', pinned=("title",), status=EmployeeStatus.INACTIVE,
            employee_no="17", photo="x.jpg", photo_checked_at=moment, missing_since=moment, last_name="",
        )  # fmt: skip
        store.run_now(directory.change_employee, full)
        (back,) = store.run_now(directory.employees)
        assert replace(back, updated_at=None) == replace(full, updated_at=None)

    def test_two_records_of_one_source_id_are_impossible(self, store: Store) -> None:
        from app.errors import StoreError

        fill(store)
        plan: Plan[Any] = plan_employees(people_read(person("P0")), [], store.run_now(directory.offices), SETTINGS)
        moved = store.run_now(directory_plans.write_plan, plan, NEVER)
        assert list(moved.values()) == [(FieldChange("vitec_employee_id", None, "P0"),)]
        with pytest.raises(StoreError):
            store.run_now(lambda: execute(store, "INSERT INTO employee SELECT * FROM employee"))

    def test_a_stopped_write_leaves_nothing(self, store: Store) -> None:
        stop = threading.Event()
        stop.set()
        plan = plan_offices(offices_read(department()), [], SETTINGS)
        with pytest.raises(Cancelled):
            store.run_now(directory_plans.write_plan, plan, stop)
        assert store.run_now(directory.offices) == []

    def test_by_hand(self, store: Store) -> None:
        fill(store)
        ids = [p.id for p in store.run_now(directory.employees)]
        first = store.run_now(directory.employees)[0]
        store.run_now(directory.change_employee, replace(first, status=EmployeeStatus.INACTIVE))
        statuses = {p.id: p.status for p in store.run_now(directory.employees)}
        assert statuses[ids[0]] is EmployeeStatus.INACTIVE
        assert statuses[ids[1]] is EmployeeStatus.ACTIVE
        store.run_now(directory.note_photos, [(ids[0], "a.jpg"), (ids[1], None)])
        photos = {p.id: p.photo for p in store.run_now(directory.employees)}
        assert (photos[ids[0]], photos[ids[1]]) == ("a.jpg", None)


class TestListings:
    def test_a_list_is_known_until_something_changes(self, store: Store) -> None:
        fill(store)
        store.run_now(listings.remember, CONNECTION, "employees", "digest", {"warnings": []})
        known = store.run_now(listings.recall, CONNECTION, "employees", "digest")
        assert known is not None
        assert len(known.records) == 3
        assert store.run_now(listings.recall, CONNECTION, "employees", "other") is None
        assert store.run_now(listings.recall, CONNECTION, "offices", "digest") is None
        store.run_now(listings.remember, CONNECTION, "employees", "other", {})
        assert store.run_now(listings.recall, CONNECTION, "employees", "digest") is None
        (one, *_others) = store.run_now(directory.employees)
        store.run_now(directory.change_employee, one)
        assert store.run_now(listings.recall, CONNECTION, "employees", "other") is None


class TestConnections:
    def test_a_connection_comes_back(self, store: Store) -> None:
        added = store.run_now(connections.add_connection, connection(settings={"max_rps": 5, "base_url": "https://ø"}))
        assert store.run_now(connections.connections) == [added]
        assert store.run_now(connections.find_connection, "vitec") == added
        assert store.run_now(connections.find_connection, added.id) == added
        assert store.run_now(connections.find_connection, "nope") is None

    def test_a_name_is_taken_once(self, store: Store) -> None:
        store.run_now(connections.add_connection, connection())
        with pytest.raises(UsageError, match="There is already a connection named vitec."):
            store.run_now(connections.add_connection, connection(id="2"))
        store.run_now(connections.add_connection, connection(id="2", name="two"))
        with pytest.raises(UsageError, match="There is already a connection named vitec."):
            store.run_now(connections.change_connection, connection(id="2", name="vitec"))

    def test_syncs_and_tests_are_noted(self, store: Store) -> None:
        store.run_now(connections.add_connection, connection())
        store.run_now(connections.note_sync, CONNECTION, error="Vitec Hub forbidden.")
        (noted,) = store.run_now(connections.connections)
        assert (noted.status, noted.last_error, noted.last_sync) == (
            ConnectionStatus.ERROR, "Vitec Hub forbidden.", None,
        )  # fmt: skip
        store.run_now(connections.note_test, CONNECTION, {"success": True}, ok=True, error=None)
        (noted,) = store.run_now(connections.connections)
        assert (noted.status, noted.last_error, noted.last_test) == (ConnectionStatus.ACTIVE, None, {"success": True})
        store.run_now(connections.note_sync, CONNECTION, error=None)
        (noted,) = store.run_now(connections.connections)
        assert noted.last_sync is not None

    def test_a_paused_one_stays_paused(self, store: Store) -> None:
        store.run_now(connections.add_connection, connection(status=ConnectionStatus.INACTIVE))
        store.run_now(connections.note_sync, CONNECTION, error=None)
        store.run_now(connections.note_test, CONNECTION, {}, ok=True, error=None)
        (noted,) = store.run_now(connections.connections)
        assert noted.status is ConnectionStatus.INACTIVE


class TestRuns:
    def test_a_run_comes_back_with_everything(self, store: Store) -> None:
        run = a_run()
        store.run_now(runs.begin_run, run)
        ended = replace(
            run, state=RunState.STOPPED, duration_ms=17, summary={"total": 3}, reasons={"missing_name": 1},
            warnings=("Å",), result={"x": [1]}, first_fatal="bad", error=RunError("bad_data", "Bad.", "Mend.", 3.0),
        )  # fmt: skip
        store.run_now(runs.end_run, ended)
        assert store.run_now(runs.find_run, "run-1") == ended

    def test_begun_again_keeps_its_start(self, store: Store) -> None:
        run = a_run()
        store.run_now(runs.begin_run, run)
        store.run_now(runs.begin_run, replace(run, started_at=now(), state=RunState.QUEUED))
        found = store.run_now(runs.find_run, "run-1")
        assert found is not None
        assert (found.started_at, found.state) == (run.started_at, RunState.QUEUED)

    def test_outcomes_come_back_in_order_packed_or_not(self, store: Store) -> None:
        changed = outcome("B", changes=(FieldChange("title", None, "Sjef"), FieldChange("roles", ["a"], ["b"])))
        first = [outcome("A", Action.UNCHANGED), changed, outcome("C", Action.UNCHANGED)]
        second = [outcome("D", Action.UNCHANGED), outcome("E", Action.CREATE, remedy="x")]
        store.run_now(runs.begin_run, a_run())
        store.run_now(runs.add_outcomes, "run-1", 0, first)
        store.run_now(runs.add_outcomes, "run-1", 3, second)
        store.run_now(runs.add_outcomes, "run-1", 5, [])
        assert store.run_now(runs.outcomes, "run-1") == first + second

    def test_unchanged_records_of_many_targets_are_one_row(self, store: Store) -> None:
        told = [replace(outcome(f"P{n}", Action.UNCHANGED), target_id=f"there-{n}") for n in range(3)]
        store.run_now(runs.begin_run, a_run())
        store.run_now(runs.add_outcomes, "run-1", 0, told)
        assert store.run_now(lambda: OutcomePackRow.select().count()) == 1
        assert store.run_now(runs.outcomes, "run-1") == told

    def test_packs_of_earlier_versions_name_one_target(self, store: Store) -> None:
        told = [outcome("A", Action.UNCHANGED), outcome("B", Action.UNCHANGED)]
        pack = {"first_seq": 0, "like": told[0], "records": [(0, "A", "id-A"), (1, "B", "id-B")]}
        store.run_now(runs.begin_run, a_run())
        store.run_now(insert_rows, OutcomePackRow, [("run-1", 0, to_json(pack))])
        assert store.run_now(runs.outcomes, "run-1") == told

    def test_the_history_of_a_record_lists_what_changed_newest_first(self, store: Store) -> None:
        for number in (1, 2):
            store.run_now(runs.begin_run, a_run(f"run-{number}"))
            store.run_now(runs.add_outcomes, f"run-{number}", 0, [outcome("A"), outcome("B", Action.UNCHANGED)])
        assert [h.run.run_id for h in store.run_now(runs.history, "id-A")] == ["run-2", "run-1"]
        assert store.run_now(runs.history, "id-B") == []

    def test_the_newest_runs_come_first_and_can_be_chosen_by_state(self, store: Store) -> None:
        for number in range(3):
            store.run_now(runs.begin_run, a_run(f"run-{number}"))
        begun = store.run_now(runs.find_run, "run-1")
        assert begun is not None
        store.run_now(runs.end_run, replace(begun, state=RunState.FINISHED))
        assert [r.run_id for r in store.run_now(runs.runs)] == ["run-2", "run-1", "run-0"]
        assert [r.run_id for r in store.run_now(runs.runs, states=[RunState.FINISHED])] == ["run-1"]
        assert len(store.run_now(runs.runs, limit=2)) == 2
        last = store.run_now(runs.last_finished, ["offices.sync"], "vitec")
        assert last is not None
        assert last.run_id == "run-1"

    def test_the_journal_holds_receipts_of_what_was_confirmed(self, store: Store) -> None:
        for _time in range(2):
            store.run_now(runs.journal_intent, "run-1", "offices")
        store.run_now(runs.journal_intent, "run-1", "employees")
        store.run_now(runs.journal_confirm, "run-1", "offices", {"summary": {"total": 1}})
        assert store.run_now(runs.journal_receipts, "run-1") == {"offices": {"summary": {"total": 1}}}


class TestLeases:
    def test_one_holder_at_a_time(self, store: Store) -> None:
        store.run_now(leases.take_lease, leases.Claim("hub", "run-1", "offices.sync", "Kari"))
        with pytest.raises(Busy, match="Kari is already running offices.sync on "):
            store.run_now(leases.take_lease, leases.Claim("hub", "run-2", "offices.sync", "Ola"))
        store.run_now(leases.take_lease, leases.Claim("other", "run-2", "offices.sync", "Ola"))
        store.run_now(leases.beat, "run-1")
        store.run_now(leases.give_back, "run-1")
        store.run_now(leases.take_lease, leases.Claim("hub", "run-2", "offices.sync", "Ola"))
        with pytest.raises(Busy, match="Another program took over while this computer slept."):
            store.run_now(leases.beat, "run-1")

    def test_a_run_is_not_taken_up_twice_at_once(self, store: Store) -> None:
        store.run_now(leases.take_lease, leases.Claim("hub", "run-1", "offices.sync", "Kari"))
        with pytest.raises(Busy):
            store.run_now(leases.take_lease, leases.Claim("hub", "run-1", "offices.sync", "Kari"))

    @pytest.mark.parametrize(("silent_s", "state"), [(0, RunState.RUNNING), (runs.SILENT_S + 5, RunState.INTERRUPTED)])
    def test_a_program_elsewhere_is_there_while_it_gives_signs_of_life(
        self, store: Store, silent_s: float, state: RunState
    ) -> None:
        store.run_now(runs.begin_run, a_run())
        store.run_now(leases.take_lease, leases.Claim("hub", "run-1", "offices.sync", "Kari"))
        store.run_now(lambda: execute(store, f"UPDATE lease SET host = 'elsewhere', beat_at = beat_at - {silent_s}"))
        store.run_now(lambda: execute(store, "UPDATE run SET host = 'elsewhere'"))
        store.run_now(runs.mark_interrupted)
        found = store.run_now(runs.find_run, "run-1")
        assert found is not None
        assert found.state is state

    def test_signs_of_life_are_told_by_the_databases_own_clock(
        self, store: Store, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if not url:
            pytest.skip("a file's programs all run on one computer with one clock")
        store.run_now(leases.take_lease, leases.Claim("hub", "run-1", "offices.sync", "Kari"))
        store.run_now(lambda: execute(store, "UPDATE lease SET host = 'elsewhere'"))
        monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
        with pytest.raises(Busy):
            store.run_now(leases.take_lease, leases.Claim("hub", "run-2", "offices.sync", "Ola"))

    def test_a_run_elsewhere_whose_target_was_taken_over_is_interrupted(self, store: Store) -> None:
        store.run_now(runs.begin_run, a_run())
        store.run_now(lambda: execute(store, "UPDATE run SET host = 'elsewhere'"))
        assert store.run_now(runs.mark_interrupted) == ["run-1"]
