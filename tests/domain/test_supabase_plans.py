"""What people and terminals from Supabase change here: merging without guessing, and lists that prove nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.domain.devices import Device, DeviceSource
from app.domain.directory import Employee
from app.domain.directory_plans import PlanSettings
from app.domain.outcomes import Action
from app.domain.plans import Plan
from app.domain.snapshots import Snapshot
from app.domain.supabase import SupabaseDevice, SupabaseEmployee
from app.domain.supabase_plans import folded_name, plan_devices, plan_people, possible_doubles

SETTINGS = PlanSettings("supabase-1")


def source(key: str = "s1", number: int | None = 1004, **fields: Any) -> SupabaseEmployee:
    values: dict[str, Any] = {
        "first_name": "Ana", "last_name": "Popescu", "full_name": "Popescu Ana", "photo_reference": "1004.jpg",
        "status": "activ", **fields,
    }  # fmt: skip
    return SupabaseEmployee(supabase_id=key, employee_no=number, **values)


def here(**fields: Any) -> Employee:
    values: dict[str, Any] = {"first_name": "Ana", "last_name": "Popescu", **fields}
    return Employee(values.pop("id", "e1"), **values)


def synced(**fields: Any) -> Employee:
    values: dict[str, Any] = {
        "supabase_id": "s1", "supabase_connection": "supabase-1", "employee_no": "1004", "photo_address": "1004.jpg",
        **fields,
    }  # fmt: skip
    return here(**values)


def people(*sources: SupabaseEmployee, stored: list[Employee] | None = None) -> Plan[Employee]:
    return plan_people(Snapshot(tuple(sources)), stored or [], SETTINGS)


class TestPeople:
    def test_somebody_new_is_created_with_number_and_photo(self) -> None:
        (step,) = people(source()).steps
        assert step.action is Action.CREATE
        assert step.record is not None
        assert (step.record.employee_no, step.record.photo_address) == ("1004", "1004.jpg")
        assert step.record.terminal_name == "Popescu Ana"
        assert (step.record.supabase_connection, step.record.connection) == ("supabase-1", None)

    def test_somebody_without_number_is_stored_all_the_same(self) -> None:
        (step,) = people(source(number=None)).steps
        assert step.action is Action.CREATE

    def test_the_full_name_stands_in_when_both_names_are_empty(self) -> None:
        (step,) = people(source(first_name="", last_name="", full_name="Ionescu Dan")).steps
        assert step.record is not None
        assert step.record.terminal_name == "Ionescu Dan"

    def test_the_same_list_again_changes_nothing(self) -> None:
        (step,) = people(source(), stored=[synced()]).steps
        assert step.action is Action.UNCHANGED

    def test_what_changed_is_updated_field_by_field(self) -> None:
        (step,) = people(source(number=1005, photo_reference=None), stored=[synced()]).steps
        assert step.action is Action.UPDATE
        assert {(c.field, c.after) for c in step.changes} == {("employee_no", "1005"), ("photo_address", None)}

    def test_a_field_that_a_person_pinned_stays(self) -> None:
        (step,) = people(source(number=1005), stored=[synced(pinned=("employee_no",))]).steps
        assert step.action is Action.UNCHANGED

    def test_two_people_with_one_number_are_both_refused(self) -> None:
        plan = people(source("s1"), source("s2", first_name="Dan"))
        assert [s.action for s in plan.steps] == [Action.CONFLICT, Action.CONFLICT]
        assert plan.reasons() == {"doubled_number": 2}

    def test_whoever_is_known_here_is_marked_as_sharing_the_number_and_cleared_when_it_is_put_right(self) -> None:
        both = source("s1"), source("s2", first_name="Dan")
        step = people(*both, stored=[synced()]).steps[0]
        assert step.action is Action.CONFLICT
        assert step.marks
        assert step.record is not None
        assert step.record.number_shared_with == both[1].name
        marked = synced(number_shared_with=both[1].name)
        assert not people(*both, stored=[marked]).steps[0].marks
        (cleared,) = people(source("s1"), stored=[marked]).steps
        assert cleared.action is Action.UPDATE
        assert cleared.record is not None
        assert cleared.record.number_shared_with is None

    def test_two_people_may_swap_their_numbers(self) -> None:
        stored = [synced(), synced(id="e2", supabase_id="s2", employee_no="1005", first_name="Dan")]
        plan = people(source("s1", 1005), source("s2", 1004, first_name="Dan"), stored=stored)
        assert [s.action for s in plan.steps] == [Action.UPDATE, Action.UPDATE]


class TestMergingWithoutGuessing:
    def test_the_same_number_under_the_same_name_is_the_same_person(self) -> None:
        known = here(vitec_employee_id="v1", connection="vitec-1", employee_no="1004", first_name="ANA")
        (step,) = people(source(), stored=[known]).steps
        assert step.action is Action.UPDATE
        assert step.before is known
        assert step.record is not None
        assert (step.record.first_name, step.record.vitec_employee_id, step.record.supabase_id) == ("ANA", "v1", "s1")

    def test_the_same_number_under_another_name_is_a_conflict(self) -> None:
        (step,) = people(source(), stored=[here(first_name="Dan", employee_no="1004")]).steps
        assert step.action is Action.CONFLICT
        assert "Dan" in step.message

    def test_the_same_name_alone_stays_two_people_and_is_reported(self) -> None:
        stored = [here(vitec_employee_id="v1")]
        plan = people(source(), stored=stored)
        assert plan.steps[0].action is Action.CREATE
        assert possible_doubles(plan, stored) == ["Ana Popescu"]

    def test_names_compare_without_case_order_blanks_and_the_two_kinds_of_romanian_letters(self) -> None:
        assert folded_name("Ştefan  Ţepeş") == folded_name("țepeș ȘTEFAN")


class TestWhoLeftTheList:
    def test_is_marked_and_never_removed(self) -> None:
        stored = [synced(id=f"e{n}", supabase_id=f"s{n}", employee_no=str(1000 + n)) for n in range(20)]
        sources = [source(f"s{n}", 1000 + n) for n in range(19)]
        plan = people(*sources, stored=stored)
        assert [e.supabase_id for e in plan.missing] == ["s19"]
        assert not plan.suspicious
        assert all(not s.writes or s.action is Action.UPDATE for s in plan.steps)

    def test_an_empty_list_is_suspicious_and_names_the_policy(self) -> None:
        plan = people(stored=[synced()])
        assert plan.suspicious
        assert "policy" in plan.warnings[-1]

    def test_a_list_that_is_not_complete_proves_nothing(self) -> None:
        stored = [synced(id=f"e{n}", supabase_id=f"s{n}", employee_no=str(1000 + n)) for n in range(20)]
        sources = tuple(source(f"s{n}", 1000 + n) for n in range(19))
        assert plan_people(Snapshot(sources, complete=False), stored, SETTINGS).suspicious

    def test_somebody_back_on_the_list_is_no_longer_marked(self) -> None:
        plan = people(source(), stored=[synced(supabase_missing_since=datetime.now(UTC))])
        assert len(plan.returned) == 1

    def test_people_of_another_connection_are_not_missing(self) -> None:
        assert people(stored=[synced(supabase_connection="supabase-2")]).missing == ()


def terminal(key: str = "d1", host: str = "192.0.2.31", port: int = 80, **fields: Any) -> SupabaseDevice:
    values: dict[str, Any] = {"username": "admin", "password": "Plain-Text-1", "site": None, **fields}
    return SupabaseDevice(source_id=key, host=host, port=port, **values)


def devices(
    *sources: SupabaseDevice, stored: list[Device] | None = None, changed: tuple[str, ...] = ()
) -> Plan[Device]:
    return plan_devices(Snapshot(tuple(sources)), stored or [], SETTINGS, changed)


class TestDevices:
    def test_a_new_one_is_named_after_its_address(self) -> None:
        plan = devices(terminal(), terminal("d2", port=8081), terminal("d3"))
        assert [s.subject for s in plan.steps] == ["192.0.2.31", "192.0.2.31:8081", "192.0.2.31 (2)"]
        assert all(s.record is not None and s.record.source is DeviceSource.SUPABASE for s in plan.steps)

    def test_its_password_is_nowhere_in_the_plan(self) -> None:
        assert "Plain-Text-1" not in repr(devices(terminal()))

    def test_one_added_by_hand_at_the_same_address_is_the_same_device_and_keeps_its_name(self) -> None:
        known = Device("g", "Gate", "192.0.2.31", username="admin", has_password=True)
        (step,) = devices(terminal(), stored=[known]).steps
        assert step.action is Action.UPDATE
        assert step.record is not None
        assert (step.record.name, step.record.source_id) == ("Gate", "d1")

    def test_the_same_list_again_changes_nothing_but_a_new_password_does(self) -> None:
        (created,) = devices(terminal()).steps
        assert created.record is not None
        assert devices(terminal(), stored=[created.record]).steps[0].action is Action.UNCHANGED
        (step,) = devices(terminal(), stored=[created.record], changed=("d1",)).steps
        assert (step.action, step.changes) == (Action.UPDATE, ())

    def test_an_address_that_a_person_pinned_stays(self) -> None:
        (created,) = devices(terminal()).steps
        assert created.record is not None
        moved = replace(created.record, host="192.0.2.99", pinned=("host",))
        assert devices(terminal(), stored=[moved]).steps[0].action is Action.UNCHANGED
