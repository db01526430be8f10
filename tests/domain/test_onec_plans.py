"""The plan of a personnel sync: who is who, what changes, who is missing (onec-zup.md §5.1, §6.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.directory import Employee, EmployeeStatus
from app.domain.onec import OneCPeople, OneCPerson, WeeklyNorm
from app.domain.onec_norms import expected_hours, norms_of
from app.domain.onec_people import KnownPerson, LinkedBy, derived, person_name
from app.domain.onec_plans import Personnel, PersonnelSettings, lost_everybody, plan_personnel
from app.domain.outcomes import Action
from app.domain.plans import Plan, Step
from tests.support.fake_onec import GROUP, ROOT, external_id, person

TODAY = date(2026, 3, 10)
C = "connection"


def known(number: int, **more: Any) -> KnownPerson:
    source = more.pop("person", None) or person(number)
    values = {"employee_id": f"e-{number}", "norms": (WeeklyNorm(Decimal(40), date(2023, 4, 3)),)} | more
    return KnownPerson(C, source, **values)


def as_employee(number: int, **more: Any) -> Employee:
    return Employee(f"e-{number}", "Мария", f"Орлова{number}", title="Оператор", **more)


def plan(
    found: Sequence[OneCPerson] | OneCPeople,
    people: Sequence[KnownPerson] = (),
    employees: Sequence[Employee] | None = None,
    linked: Sequence[str] = (),
    **settings: Any,
) -> Plan[KnownPerson]:
    answer = found if isinstance(found, OneCPeople) else OneCPeople(tuple(found))
    here = [as_employee(int((k.employee_id or "")[2:])) for k in people] if employees is None else employees
    return plan_personnel(answer, Personnel(people, here, linked), PersonnelSettings(C, TODAY, **settings))


def only(made: Plan[KnownPerson]) -> Step[KnownPerson]:
    (step,) = made.steps
    return step


class TestMatching:
    def test_by_external_id_even_when_everything_else_changed(self) -> None:
        step = only(plan([person(1, personnel_number="9", last_name="Петрова")], [known(1)]))
        assert (step.action, step.record and step.record.employee_id) == (Action.UPDATE, "e-1")
        assert {c.field for c in step.changes} == {"personnel_number", "last_name"}

    def test_by_a_number_that_one_employee_has(self) -> None:
        step = only(plan([person(1)], employees=[Employee("e", "M", employee_no="00-0001")]))
        assert step.record is not None
        assert (step.record.employee_id, step.record.linked_by) == ("e", LinkedBy.NUMBER)

    @pytest.mark.parametrize(
        ("found", "people", "employees", "linked"),
        [
            ([person(1)], [], [], []),
            ([person(1)], [], [Employee(e, "M", employee_no="00-0001") for e in ("e", "f")], []),
            ([person(1)], [], [Employee("e", "M", employee_no="00-0001")], ["e"]),
            ([person(1)], [known(7, person=person(7, personnel_number="00-0001"))],
             [as_employee(7), Employee("e", "M", employee_no="00-0001")], []),
        ],
        ids=["nobody", "two have it", "already of another 1C", "another person of 1C has it"],
    )  # fmt: skip
    def test_else_they_are_new(
        self, found: list[OneCPerson], people: list[KnownPerson], employees: list[Employee], linked: list[str]
    ) -> None:
        step = only(plan(found, people, employees, linked))
        assert step.record is not None
        assert (step.action, step.record.linked_by) == (Action.CREATE, LinkedBy.NEW)
        assert step.record.employee_id not in {None, "e", "f"}

    def test_a_number_that_two_people_of_1c_have_links_neither(self) -> None:
        twins = [person(1, personnel_number="5"), person(2, personnel_number="5")]
        made = plan(twins, employees=[Employee("e", "M", employee_no="5")])
        assert [s.record and s.record.linked_by for s in made.steps] == [LinkedBy.NEW, LinkedBy.NEW]
        assert "nobody was linked: Орлова1 Мария Игоревна, Орлова2" in made.warnings[0]

    def test_new_people_with_one_number_are_made_and_said_once(self) -> None:
        answer = [person(1, personnel_number="5"), person(2, personnel_number="5"), person(3)]
        made = plan(answer)
        assert [step.action for step in made.steps] == [Action.CREATE] * 3
        (warning,) = made.warnings
        assert "own: Орлова1 Мария Игоревна, Орлова2 Мария Игоревна." in warning
        again = plan(answer, [step.record for step in made.steps if step.record], [])
        assert {step.action for step in again.steps} == {Action.UPDATE}
        people = [step.record for step in made.steps if step.record]
        theirs = [Employee(p.employee_id or "", "Мария", p.person.last_name) for p in people]
        assert plan(answer, people, theirs).warnings == ()

    def test_a_link_by_number_ends_when_the_number_is_another(self) -> None:
        theirs = [as_employee(1, employee_no="00-0001"), Employee("f", "N", employee_no="00-0009")]
        here = [known(1, linked_by=LinkedBy.NUMBER)]
        step = only(plan([person(1, personnel_number="00-0009")], here, theirs))
        assert (step.record and step.record.employee_id) == "f"
        by_hand = [known(1, linked_by=LinkedBy.HAND)]
        kept = only(plan([person(1, personnel_number="00-0009")], by_hand, theirs))
        assert (kept.record and kept.record.employee_id) == "e-1"

    def test_an_employee_who_is_gone_is_made_anew(self) -> None:
        step = only(plan([person(1)], [known(1)], employees=[]))
        assert step.record is not None
        assert step.action is Action.UPDATE
        assert step.record.employee_id not in {None, "e-1"}


class TestEmployees:
    def test_pinned_fields_and_people_of_other_systems_stay_as_they_are(self) -> None:
        left = person(1, first_name="Анна", termination_date=date(2026, 1, 1))
        pinned = derived(as_employee(1, pinned=("first_name",)), left, TODAY)
        assert (pinned.first_name, pinned.status) == ("Мария", EmployeeStatus.INACTIVE)
        for shared in (as_employee(1, vitec_employee_id="v"), as_employee(1, supabase_id="s")):
            assert derived(shared, left, TODAY) is shared

    def test_blank_values_of_1c_take_nothing_away(self) -> None:
        kept = derived(as_employee(1), person(1, position="", first_name=""), TODAY)
        assert (kept.title, kept.first_name) == ("Оператор", "Мария")

    def test_who_comes_back_is_active_again(self) -> None:
        here = [known(1, person=person(1, termination_date=date(2026, 1, 1)))]
        gone = as_employee(1, status=EmployeeStatus.INACTIVE)
        step = only(plan([person(1)], here, [gone]))
        assert step.action is Action.UPDATE
        assert [(c.field, c.after) for c in step.changes] == [("status", "active"), ("termination_date", None)]

    def test_what_was_edited_here_is_put_right(self) -> None:
        step = only(plan([person(1)], [known(1)], [replace(as_employee(1), last_name="Edited")]))
        assert [(c.field, c.before, c.after) for c in step.changes] == [("last_name", "Edited", "Орлова1")]

    def test_names_stand_in_their_order_and_somebody_without_has_a_number(self) -> None:
        assert person_name(person(1)) == "Орлова1 Мария Игоревна"
        assert person_name(OneCPerson("guid", "00-1")) == "00-1"
        assert person_name(OneCPerson("guid", "")) == "guid"


class TestUnreadable:
    def test_a_value_that_cannot_be_read_takes_the_place_of_none(self) -> None:
        here = [known(1, person=person(1, termination_date=date(2026, 12, 31)))]
        broken = person(1, hire_date=None, termination_date=None, unreadable=("startwork", "finishwork"))
        step = only(plan([broken], here))
        assert step.action is Action.UNCHANGED

    def test_a_new_person_simply_lacks_it_where_it_is_not_required(self) -> None:
        step = only(plan([person(1, employment_rate=None, unreadable=("rate",))]))
        assert step.record is not None
        assert (step.record.person.employment_rate, step.record.person.unreadable) == (None, ())


class TestRequired:
    @pytest.mark.parametrize(
        ("lacking", "named"),
        [
            ({"personnel_number": ""}, "tabN"),
            ({"last_name": ""}, "lastname"),
            ({"first_name": ""}, "firstname"),
            ({"hire_date": None, "unreadable": ("startwork",)}, "startwork"),
            ({"hire_date": None, "personnel_number": ""}, "tabN, startwork"),
        ],
    )
    def test_a_person_without_it_is_refused_with_the_reason(self, lacking: dict[str, Any], named: str) -> None:
        step = only(plan([person(1, **lacking)]))
        assert (step.action, step.reason, step.record) == (Action.SKIP, "missing_required", None)
        assert step.message == f"Required, and missing or unreadable in 1C: {named}."
        assert step.remedy

    def test_somebody_known_stays_as_they_are(self) -> None:
        step = only(plan([person(1, personnel_number="")], [known(1)]))
        assert (step.action, step.writes) == (Action.SKIP, False)

    def test_doubled_and_unreadable_rows_are_steps_of_their_own(self) -> None:
        made = plan(OneCPeople((person(1),), doubled=(external_id(1),), unreadable=2))
        assert [(s.action, s.reason, s.source_id) for s in made.steps] == [
            (Action.CREATE, "", external_id(1)),
            (Action.SKIP, "duplicate_id", external_id(1)),
            (Action.SKIP, "unreadable", ""),
            (Action.SKIP, "unreadable", ""),
        ]


class TestMissing:
    def test_nobody_is_missing_from_a_partial_list(self) -> None:
        made = plan([person(1)], [known(n) for n in range(1, 30)])
        assert (made.missing, made.suspicious) == ((), False)

    @pytest.mark.parametrize(("gone", "suspicious"), [(1, False), (3, False), (4, True), (30, True)])
    def test_more_than_a_tenth_is_suspicious(self, gone: int, suspicious: bool) -> None:
        everybody = [known(n) for n in range(1, 31)]
        made = plan([k.person for k in everybody[gone:]] or [person(99)], everybody, full=True)
        assert (len(made.missing), made.suspicious) == (gone, suspicious)

    @pytest.mark.parametrize("incomplete", [{"unreadable": 1}, {"doubled": (external_id(2),)}, {"repaired": True}])
    def test_an_incomplete_answer_proves_nothing(self, incomplete: dict[str, Any]) -> None:
        everybody = [known(n) for n in range(1, 31)]
        answer = OneCPeople(tuple(k.person for k in everybody[1:]), **incomplete)
        assert plan(answer, everybody, full=True).suspicious

    def test_who_was_marked_before_is_not_marked_again_and_not_suspicious(self) -> None:
        everybody = [known(n, absent_since=date(2026, 1, 1) if n > 2 else None) for n in range(1, 31)]
        made = plan([known(1).person, known(2).person], everybody, full=True)
        assert (made.missing, made.suspicious) == ((), False)

    def test_who_has_left_is_deactivated_with_the_full_list_that_lacks_them(self) -> None:
        here = [known(1), known(2, person=person(2, termination_date=date(2026, 3, 9)))]
        made = plan([person(1)], here, full=True)
        step = made.steps[1]
        assert (step.action, step.record and step.record.absent_since) == (Action.DEACTIVATE, TODAY)
        assert (made.missing, made.suspicious) == ((), False)

    def test_other_departments_are_left_alone(self) -> None:
        here = [known(1), known(2, person=person(2, department_external_id=ROOT))]
        made = plan([person(1)], here, full=True, departments=(GROUP,))
        assert (made.missing, made.details["full"]) == ((), False)

    @pytest.mark.parametrize(
        ("people", "full", "error"), [(0, True, False), (1, True, True), (10, False, False), (11, False, True)]
    )
    def test_nobody_at_all(self, people: int, full: bool, error: bool) -> None:
        here = Personnel([known(n) for n in range(people)], [])
        assert lost_everybody(OneCPeople(), here, full=full) is error


class TestNorms:
    def test_the_history_grows_with_every_change(self) -> None:
        half = person(1, weekly_norm_hours=Decimal(20), norm_change_date=date(2026, 7, 1))
        step = only(plan([half], [known(1)]))
        assert step.record is not None
        assert [norm.hours for norm in step.record.norms] == [40, 20]
        corrected = replace(half, weekly_norm_hours=Decimal(30))
        again = only(plan([corrected], [replace(step.record, employee_id="e-1")], [as_employee(1)]))
        assert again.record is not None
        assert [norm.hours for norm in again.record.norms] == [40, 30]

    def test_what_is_in_force_and_what_begins_in_the_period(self) -> None:
        norms = tuple(WeeklyNorm(Decimal(h), date(y, 1, 1)) for h, y in ((40, 2020), (36, 2024), (20, 2026)))
        here = known(1, norms=norms)
        half = person(1, weekly_norm_hours=Decimal(20), norm_change_date=date(2026, 1, 1))

        def hours(first: date, last: date) -> list[int]:
            return [int(norm.hours) for norm in norms_of(half, here, first, last)]

        assert hours(date(2026, 1, 1), date(2026, 12, 31)) == [20]
        assert hours(date(2025, 7, 1), date(2026, 12, 31)) == [36, 20]
        assert hours(date(2019, 1, 1), date(2019, 12, 31)) == [40]

    def test_the_formula_goes_by_the_norm_of_each_part(self) -> None:
        norms = (WeeklyNorm(Decimal(40), date(2020, 1, 1)), WeeklyNorm(Decimal(20), date(2026, 7, 1)))
        whole = expected_hours(norms, date(2026, 1, 1), date(2026, 12, 31))
        first = expected_hours(norms[:1], date(2026, 1, 1), date(2026, 6, 30))
        second = expected_hours(norms[1:], date(2026, 7, 1), date(2026, 12, 31))
        assert first is not None
        assert second is not None
        assert whole == first + second
        assert expected_hours(norms, date(2099, 1, 1), date(2099, 12, 31)) is None


@given(st.lists(st.integers(0, 20), unique=True), st.lists(st.integers(0, 20), unique=True), st.booleans())
def test_whoever_was_carried_out_is_unchanged_the_next_time(before: list[int], now: list[int], full: bool) -> None:
    here = [known(n) for n in before]
    made = plan([person(n) for n in now], here, full=full)
    records = {k.person.external_id: k for k in here} | {s.source_id: s.record for s in made.steps if s.record}
    employees = [
        Employee(k.employee_id or "", k.person.first_name, k.person.last_name, title="Оператор")
        for k in records.values()
    ]
    again = plan([person(n) for n in now], list(records.values()), employees)
    assert {step.action for step in again.steps} <= {Action.UNCHANGED}
