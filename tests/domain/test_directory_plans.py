"""What a snapshot would change (vitec-hub.md §7.2, §8.2, §8.3, §9.2, §9.3, §9.5)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.directory import Employee, EmployeeStatus, Office
from app.domain.directory_plans import (
    PlanSettings,
    directory_summary,
    plan_employees,
    plan_offices,
    possible_duplicates,
)
from app.domain.outcomes import Action
from app.domain.plans import Plan
from app.domain.snapshots import Snapshot
from app.domain.vitec import VitecEmployee, VitecOffice
from app.store.values import now
from tests.support.records import CONNECTION, department, employee, office, offices_read, people_read, person

SETTINGS = PlanSettings(CONNECTION)
HERE = office(id="office-1", vitec_department_id=4711)
THERE = office(id="office-2", vitec_department_id=4712)


def offices_plan(stored: Sequence[Office] = (), *records: Any) -> Plan[Office]:
    return plan_offices(offices_read(*records), stored, SETTINGS)


def people_plan(
    stored: Sequence[Employee] = (), *records: Any, offices: Iterable[Office] = (HERE, THERE)
) -> Plan[Employee]:
    return plan_employees(people_read(*records), stored, offices, SETTINGS)


def after(plan: Plan[Any], stored: Sequence[Any] = ()) -> list[Any]:
    """The stored records as they would be."""
    records = {r.id: r for r in stored}
    records |= {s.record.id: s.record for s in plan.steps if s.writes and s.record is not None}
    return list(records.values())


def synced(*records: Any) -> Office:
    """The office that a first sync of this department makes."""
    (made,) = after(offices_plan((), *records))
    assert isinstance(made, Office)
    return made


def hired(*records: Any) -> Employee:
    (made,) = after(people_plan((), *records))
    assert isinstance(made, Employee)
    return made


class TestOffices:
    def test_a_new_department_becomes_an_office_with_every_field(self) -> None:
        made = synced(department())
        assert (made.vitec_department_id, made.name, made.legal_name) == (4711, "Fjordheim 4711", "Fjordheim AS")
        assert (made.organization_number, made.short_code, made.department_number) == ("999884711", "11", "11")
        assert (made.email, made.phone, made.city) == ("kontor4711@example.no", "22 00 00 00", "Oslo")
        assert (made.street_address, made.postal_code) == ("Eksempelgata 1", "0150")
        assert (made.is_active, made.description, made.connection) == (True, "Vi hjelper deg", CONNECTION)

    @pytest.mark.parametrize(("sent", "active"), [(None, True), (True, True), (False, False)])
    def test_pitfall_8_a_new_office_is_active_unless_said_otherwise(self, sent: bool | None, active: bool) -> None:
        assert synced(department(webPublish=sent)).is_active is active

    @pytest.mark.parametrize("before", [True, False])
    def test_pitfall_8_a_missing_web_publish_leaves_an_existing_office_unchanged(self, before: bool) -> None:
        stored = synced(department(webPublish=before))
        (step,) = offices_plan([stored], department(webPublish=None)).steps
        assert step.action is Action.UNCHANGED

    def test_the_short_code_is_never_changed_by_a_later_sync(self) -> None:
        stored = synced(department())
        (step,) = offices_plan([stored], department(departmentNumber=99)).steps
        assert step.record is not None
        assert [c.field for c in step.changes] == ["department_number"]
        assert step.record.short_code == stored.short_code

    def test_short_codes_of_new_offices_avoid_all_stored_ones_of_other_connections_too(self) -> None:
        foreign = office(id="x", short_code="11", connection="another", vitec_department_id=1)
        made = [s.record for s in offices_plan([foreign], department(), department(4712, departmentNumber=11)).steps]
        assert [o.short_code for o in made if o] == ["112", "113"]

    def test_pitfall_14_two_departments_with_one_organisation_number_stay_two_offices(self) -> None:
        records = [department(n, organisationNumber="999888777") for n in (4711, 4712)]
        stored = after(offices_plan((), *records))
        assert len(stored) == 2
        assert offices_plan(stored, *records).counts() == {Action.UNCHANGED: 2}

    def test_an_office_kept_by_hand_is_found_by_name_and_gets_its_department_id(self) -> None:
        (step,) = offices_plan([office(name="fjordheim 4711", connection=None)], department()).steps
        assert step.record is not None
        assert (step.action, step.match_method, step.confidence) == (Action.UPDATE, "name_exact", 0.9)
        assert (step.record.vitec_department_id, step.record.connection) == (4711, CONNECTION)

    def test_a_department_without_id_is_left_out(self) -> None:
        (step,) = offices_plan((), department(departmentId=None)).steps
        assert (step.action, step.reason) == (Action.SKIP, "missing_department_id")

    def test_an_office_of_another_connection_is_none_of_our_business(self) -> None:
        foreign = office(connection="another", vitec_department_id=4711)
        (step,) = offices_plan([foreign], department()).steps
        assert step.action is Action.CREATE


class TestWritingRules:
    """vitec-hub.md §9.2."""

    @pytest.mark.parametrize("blank", [None, "", "   "])
    def test_a_blank_source_value_never_overwrites(self, blank: str | None) -> None:
        stored = hired(person())
        fields = ("email", "title", "mobilePhone", "workPhone", "aboutMe")
        (step,) = people_plan([stored], person(**dict.fromkeys(fields, blank))).steps
        assert step.action is Action.UNCHANGED

    def test_an_empty_role_list_never_clears_local_roles(self) -> None:
        stored = hired(person(employeePositions=[{"type": 5}]))
        (step,) = people_plan([stored], person(employeePositions=[], title=None)).steps
        assert step.action is Action.UNCHANGED

    def test_roles_are_compared_regardless_of_order(self) -> None:
        stored = hired(person(employeePositions=[{"type": 1}, {"type": 9}]))
        (step,) = people_plan([stored], person(employeePositions=[{"type": 9}, {"type": 1}])).steps
        assert step.action is Action.UNCHANGED

    def test_only_changed_fields_are_in_the_step_with_before_and_after(self) -> None:
        stored = hired(person())
        (step,) = people_plan([stored], person(title="Daglig leder", mobilePhone="911")).steps
        assert [(c.field, c.before, c.after) for c in step.changes] == [
            ("title", "Eiendomsmegler MNEF", "Daglig leder"),
            ("phone", "900 00 001", "911"),
        ]

    def test_a_pinned_field_stays_local(self) -> None:
        import dataclasses

        stored = dataclasses.replace(hired(person()), title="Sjef", pinned=("title",))
        (step,) = people_plan([stored], person(title="Daglig leder", mobilePhone="911")).steps
        assert step.record is not None
        assert (step.record.title, [c.field for c in step.changes]) == ("Sjef", ["phone"])

    def test_the_plan_changes_nothing_it_was_given(self) -> None:
        stored = hired(person())
        (step,) = people_plan([stored], person(title="Ny")).steps
        assert step.before is stored
        assert stored.title == "Eiendomsmegler MNEF"


class TestEmployees:
    def test_a_new_person_has_every_field(self) -> None:
        made = hired(person(departmentId=[4711, 4712]))
        assert (made.vitec_employee_id, made.office_id, made.also_at) == ("KARNOR01", "office-1", ("office-2",))
        assert (made.first_name, made.last_name, made.email) == ("Kari", "KARNOR01", "KARNOR01@example.no")
        assert (made.title, made.phone) == ("Eiendomsmegler MNEF", "900 00 001")
        assert (made.system_roles, made.status) == (("eiendomsmegler",), EmployeeStatus.ACTIVE)
        assert (made.description, made.connection) == ("Har meglet siden 2011.", CONNECTION)

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"departmentId": []}, "missing_department_id"),
            ({"departmentId": None}, "missing_department_id"),
            ({"departmentId": "x"}, "missing_department_id"),
            ({"departmentId": [9, 8]}, "missing_office:9"),
            ({"name": "   "}, "missing_name"),
            ({"employeeId": None}, "missing_employee_id"),
        ],
    )
    def test_a_person_that_cannot_be_used_is_left_out_with_the_reason_in_words(
        self, fields: dict[str, Any], reason: str
    ) -> None:
        plan = people_plan((), person(**fields))
        (step,) = plan.steps
        assert (step.action, plan.reasons()) == (Action.SKIP, {reason: 1})
        assert step.message
        assert step.remedy

    def test_pitfall_2_without_offices_everybody_is_missing_one(self) -> None:
        plan = people_plan((), person(), person("B"), offices=())
        assert directory_summary(plan, plan.counts()) == {
            "total": 2, "synced": 0, "created": 0, "updated": 0, "skipped": 0, "missing_office": 2,
        }  # fmt: skip

    def test_an_unknown_first_department_gives_way_to_a_known_later_one_and_that_is_noted(self) -> None:
        plan = people_plan((), person(departmentId=[9, 4712]))
        assert [e.office_id for e in after(plan)] == ["office-2"]
        assert plan.warnings == ("1 employee was placed in a second department because the first is not known here.",)

    def test_pitfall_4_a_different_email_makes_no_duplicate_once_the_id_is_stored(self) -> None:
        local = employee(email="kari@old.no", last_name="Nordmann", office_id="office-1")
        first = people_plan([local], person(name="Kari Nordmann", email="kari@new.no"))
        stored = after(first, [local])
        assert [(e.id, e.vitec_employee_id) for e in stored] == [("person-1", "KARNOR01")]
        second = people_plan(stored, person(name="Kari Gift Nordmann", email="kari@third.no"))
        assert len(after(second, stored)) == 1

    def test_a_match_by_email_gets_the_vitec_id(self) -> None:
        (step,) = people_plan([employee(email="karnor01@example.no")], person()).steps
        assert step.record is not None
        assert (step.record.vitec_employee_id, step.match_method) == ("KARNOR01", "email")

    def test_a_conflict_is_reported_and_nothing_written(self) -> None:
        stored = employee(email="karnor01@example.no", vitec_employee_id="OTHER")
        (step, _other) = people_plan([stored], person(), person("OTHER", email="x@example.no")).steps
        assert (step.action, step.record, step.writes) == (Action.CONFLICT, None, False)

    def test_equal_names_with_different_ids_are_reported_as_possible_duplicates(self) -> None:
        plan = people_plan((), person("A", name="Kari Nordmann"), person("B", name="kari nordmann"), person("C"))
        (found,) = plan.details["possible_duplicates"].items()
        assert found[0] == "Kari Nordmann"
        assert len(found[1]) == 2
        assert "Possible duplicates, equal names with different ids: Kari Nordmann." in plan.warnings

    def test_one_person_twice_under_one_id_is_no_duplicate(self) -> None:
        assert possible_duplicates([employee(vitec_employee_id="A"), employee(id="2", vitec_employee_id="A")]) == {}


class TestDoubledIds:
    def test_an_identical_double_counts_once(self) -> None:
        plan = people_plan((), person(), person())
        assert plan.counts() == {Action.CREATE: 1, Action.SKIP: 1}
        assert plan.reasons() == {"duplicate_id": 1}

    def test_doubles_that_differ_are_all_conflicts(self) -> None:
        plan = people_plan((), person(), person(title="Other"), person("B"))
        assert [s.action for s in plan.steps] == [Action.CONFLICT, Action.CONFLICT, Action.CREATE]

    def test_a_doubled_department_is_never_reported_as_missing(self) -> None:
        stored = synced(department())
        plan = offices_plan([stored], department(), department(city="Bergen"))
        assert plan.missing == ()
        assert plan.counts() == {Action.CONFLICT: 2}


class TestMissing:
    """vitec-hub.md §9.5."""

    def people(self, count: int) -> list[Employee]:
        return [employee(id=f"p{n}", vitec_employee_id=f"V{n}", office_id="office-1") for n in range(count)]

    def test_a_record_that_is_not_listed_is_reported_and_never_changed(self) -> None:
        plan = people_plan(self.people(20), *(person(f"V{n}") for n in range(19)))
        assert [e.id for e in plan.missing] == ["p19"]
        assert not plan.suspicious
        assert "1 employee is not in Vitec." in plan.warnings
        assert "p19" not in {s.record.id for s in plan.steps if s.record}

    @pytest.mark.parametrize(("listed", "suspicious"), [(18, False), (17, True), (1, True)])
    def test_more_than_ten_percent_missing_is_suspicious(self, listed: int, suspicious: bool) -> None:
        plan = people_plan(self.people(20), *(person(f"V{n}") for n in range(listed)))
        assert plan.suspicious is suspicious
        locked = "Suspicious result: more records are missing than is usual, so deactivating them is locked."
        assert (locked in plan.warnings) is suspicious

    def test_the_limit_can_be_set(self) -> None:
        snapshot = people_read(*(person(f"V{n}") for n in range(10)))
        plan = plan_employees(snapshot, self.people(20), [HERE], PlanSettings(CONNECTION, missing_limit_percent=50))
        assert not plan.suspicious

    @pytest.mark.parametrize("kind", ["offices", "employees"])
    def test_pitfall_12_an_empty_list_is_a_warning_and_locks_removals(self, kind: str) -> None:
        plan: Plan[Any] = people_plan(self.people(3)) if kind == "employees" else offices_plan([HERE, THERE])
        assert plan.suspicious
        assert f"Vitec Hub sent an empty list of {kind}. Nothing was removed." in plan.warnings
        assert not any(s.writes for s in plan.steps)

    def test_an_empty_list_where_nothing_is_known_warns_and_locks_nothing(self) -> None:
        plan = people_plan()
        assert plan.warnings == ("Vitec Hub sent an empty list of employees. Nothing was removed.",)
        assert not plan.suspicious

    def test_a_record_left_out_for_a_reason_is_still_listed(self) -> None:
        assert people_plan(self.people(1), person("V0", departmentId=[9])).missing == ()

    def test_records_of_nobody_and_of_other_connections_are_not_missing(self) -> None:
        others = [employee(id="a", connection=None), employee(id="b", connection="another", vitec_employee_id="Z")]
        assert people_plan(others, person()).missing == ()

    def test_a_record_that_is_listed_again_has_returned(self) -> None:
        import dataclasses

        stored = dataclasses.replace(hired(person()), missing_since=now())
        assert people_plan([stored], person()).returned == (stored,)


# --- Whatever the Hub sends and whatever is stored -------------------------------------------------------------

WORDS = st.sampled_from(["", " ", "Oslo", "oslo ", "Bergen", "Ås", "Kari Nordmann", "kari  nordmann", "Ola"])
SMALL_ID = st.integers(0, 5)
RAW_OFFICES = st.lists(
    st.fixed_dictionaries(
        {"departmentId": SMALL_ID | st.none() | WORDS},
        optional={
            "departmentNumber": SMALL_ID | WORDS | st.none(),
            "marketName": WORDS,
            "organisationNumber": st.sampled_from(["999888777", "1", ""]),
            "webPublish": st.none() | st.booleans(),
            "city": WORDS | st.none(),
        },
    )
    | st.none(),
    max_size=8,
)
RAW_PEOPLE = st.lists(
    st.fixed_dictionaries(
        {"employeeId": SMALL_ID | st.none(), "departmentId": st.lists(SMALL_ID, max_size=2) | SMALL_ID | st.none()},
        optional={
            "name": WORDS,
            "email": st.sampled_from(["a@b.no", "A@B.NO", "c@d.no", "", None]),
            "title": WORDS | st.none(),
            "employeePositions": st.lists(st.fixed_dictionaries({"type": st.integers(0, 12)}), max_size=3),
            "employeeActive": st.none() | st.booleans(),
        },
    )
    | st.none(),
    max_size=8,
)
OWNER = st.sampled_from([None, CONNECTION, "another"])
STORED_OFFICES = st.lists(
    st.builds(
        Office,
        id=st.uuids().map(str),
        name=WORDS.map(lambda w: w or "X"),
        vitec_department_id=st.none() | st.integers(1, 5),
        organization_number=st.sampled_from([None, "999888777"]),
        short_code=st.none() | st.sampled_from(["OSLO", "1", "BERGEN"]),
        is_active=st.booleans(),
        connection=OWNER,
        pinned=st.sampled_from([(), ("city",)]),
    ),
    max_size=5,
    unique_by=lambda o: (o.connection, o.vitec_department_id or o.id),
)
STORED_PEOPLE = st.lists(
    st.builds(
        Employee,
        id=st.uuids().map(str),
        first_name=WORDS.map(lambda w: w or "X"),
        last_name=WORDS,
        vitec_employee_id=st.none() | SMALL_ID.map(str),
        office_id=st.sampled_from([None, "office-1", "office-2"]),
        email=st.sampled_from([None, "a@b.no", "c@d.no"]),
        title=WORDS.map(lambda w: w or None),
        connection=OWNER,
        pinned=st.sampled_from([(), ("title",)]),
    ),
    max_size=5,
    unique_by=lambda e: (e.connection, e.vitec_employee_id or e.id),
)
TWO_OFFICES = [
    office(id="office-1", vitec_department_id=1),
    office(id="office-2", vitec_department_id=2),
    office(id="foreign", vitec_department_id=3, connection="another"),
]


def blank_never_overwrites(plan: Plan[Any]) -> bool:
    return all(c.after not in (None, "", ()) for s in plan.steps for c in s.changes)


def check(plan: Plan[Any], snapshot: Snapshot[Any], stored: Sequence[Any]) -> list[Any]:
    """The invariants of §9.2 and §9.3; returns what would be stored."""
    summary = directory_summary(plan, plan.counts())
    assert summary["total"] == len(snapshot.records) + snapshot.unreadable
    assert summary["synced"] == summary["created"] + summary["updated"]
    assert summary["total"] == summary["synced"] + summary["skipped"] + summary.get("missing_office", 0)
    assert blank_never_overwrites(plan)
    written = [s.record.id for s in plan.steps if s.writes and s.record]
    assert len(written) == len(set(written))
    assert all(s.action is not Action.DEACTIVATE for s in plan.steps)
    result = after(plan, stored)
    kept = {r.id for r in result}
    assert all(r.id in kept for r in stored)
    for record in result:
        for name in record.pinned:
            was = next((r for r in stored if r.id == record.id), record)
            assert getattr(record, name) == getattr(was, name)
    return result


def source_ids_are_unique(records: Sequence[Any], field: str) -> bool:
    ids = Counter((r.connection, getattr(r, field)) for r in records if r.connection and getattr(r, field))
    return all(count == 1 for count in ids.values())


@given(RAW_OFFICES, STORED_OFFICES)
def test_offices_any_snapshot_and_store_keep_the_invariants(raw: list[Any], stored: list[Office]) -> None:
    snapshot = offices_read(*raw)
    result = check(plan_offices(snapshot, stored, SETTINGS), snapshot, stored)
    assert source_ids_are_unique(result, "vitec_department_id")
    codes = [o.short_code for o in result if o.short_code and o.id not in {s.id for s in stored}]
    assert len(codes) == len(set(codes))
    assert not set(codes) & {o.short_code for o in stored}
    assert all(re.fullmatch(r"[A-Z0-9]{1,10}", code) for code in codes)


@given(RAW_PEOPLE, STORED_PEOPLE)
def test_employees_any_snapshot_and_store_keep_the_invariants(raw: list[Any], stored: list[Employee]) -> None:
    snapshot = people_read(*raw)
    result = check(plan_employees(snapshot, stored, TWO_OFFICES, SETTINGS), snapshot, stored)
    assert source_ids_are_unique(result, "vitec_employee_id")
    fresh = [e for e in result if e.id not in {s.id for s in stored}]
    assert all(e.first_name and e.office_id in {"office-1", "office-2"} for e in fresh)


@given(RAW_OFFICES, STORED_OFFICES)
def test_offices_the_same_snapshot_again_changes_nothing(raw: list[Any], stored: list[Office]) -> None:
    snapshot: Snapshot[VitecOffice] = offices_read(*raw)
    result = after(plan_offices(snapshot, stored, SETTINGS), stored)
    assert not any(s.writes for s in plan_offices(snapshot, result, SETTINGS).steps)


@given(RAW_PEOPLE, STORED_PEOPLE)
def test_employees_the_same_snapshot_again_changes_nothing(raw: list[Any], stored: list[Employee]) -> None:
    snapshot: Snapshot[VitecEmployee] = people_read(*raw)
    result = after(plan_employees(snapshot, stored, TWO_OFFICES, SETTINGS), stored)
    assert not any(s.writes for s in plan_employees(snapshot, result, TWO_OFFICES, SETTINGS).steps)
