"""Who is who: the tables of vitec-hub.md §7.4 (offices) and §8.5 (employees)."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.directory import Employee, Office
from app.domain.matching import SEVERAL, SHARED, TAKEN, Match, match_employees, match_offices
from tests.support.records import CONNECTION, employee, office, one_office, one_person


def matched_offices(*stored: Office, fuzzy: bool = False, **fields: object) -> Match[Office]:
    (match,) = match_offices((one_office(**fields),), stored, fuzzy=fuzzy)
    return match


def matched_person(*stored: Employee, office_id: str | None = "office-1", **fields: Any) -> Match[Employee]:
    (match,) = match_employees((one_person(**fields),), [office_id], stored)
    return match


class TestOffices:
    def test_1_the_department_id_comes_first(self) -> None:
        mine = office(id="a", name="Something else", vitec_department_id=4711)
        namesake = office(id="b", name="Fjordheim 4711", organization_number="999884711")
        match = matched_offices(namesake, mine)
        assert (match.record, match.method, match.confidence) == (mine, "vitec_department_id", 1.0)

    def test_2_then_an_organisation_number_that_only_one_local_office_has(self) -> None:
        mine = office(name="Something else", organization_number="999884711")
        match = matched_offices(mine)
        assert (match.record, match.method, match.confidence) == (mine, "organization_number", 1.0)

    def test_2_an_organisation_number_of_several_local_offices_proves_nothing(self) -> None:
        two = [office(id=i, name=i, organization_number="999884711") for i in "ab"]
        assert matched_offices(*two).record is None
        assert matched_offices(*two).conflict == ""

    def test_2_an_organisation_number_of_several_departments_proves_nothing(self) -> None:
        sources = tuple(one_office(number=n, organisationNumber="999888777") for n in (4711, 4712))
        mine = office(name="Something else", organization_number="999888777")
        assert [m.record for m in match_offices(sources, [mine], fuzzy=False)] == [None, None]

    def test_2_an_office_with_another_department_id_is_no_candidate(self) -> None:
        other = office(organization_number="999884711", vitec_department_id=1)
        assert matched_offices(other) == Match()

    def test_3_then_an_equal_name_whatever_its_case_and_outer_blanks(self) -> None:
        mine = office(name="  fjordheim 4711 ")
        match = matched_offices(mine)
        assert (match.record, match.method, match.confidence) == (mine, "name_exact", 0.9)

    def test_3_two_local_offices_of_that_name_are_a_conflict(self) -> None:
        match = matched_offices(office(id="a"), office(id="b"))
        assert (match.record, match.conflict) == (None, SEVERAL)

    def test_4_a_similar_name_is_a_suggestion_of_the_preview_only(self) -> None:
        mine = office(name="Fjordheim 4712")
        match = matched_offices(mine, fuzzy=True)
        assert (match.record, match.method, match.confidence) == (mine, "name_fuzzy", 0.7)
        assert matched_offices(mine, fuzzy=False) == Match()

    def test_4_less_than_85_percent_alike_is_another_office(self) -> None:
        assert matched_offices(office(name="Havgløtt Bergen"), fuzzy=True) == Match()
        assert matched_offices(fuzzy=True) == Match()

    def test_4_a_similar_name_never_takes_an_office_that_another_department_owns_by_name(self) -> None:
        sources = (one_office(marketName="Fjordheim Oslo"), one_office(number=4712, marketName="Fjordheim Oslo 2"))
        mine = office(name="Fjordheim Oslo")
        first, second = match_offices(sources, [mine], fuzzy=True)
        assert (first.record, first.method) == (mine, "name_exact")
        assert second == Match()

    def test_two_departments_that_fit_one_office_are_both_conflicts(self) -> None:
        sources = tuple(one_office(number=n, marketName="Fjordheim", organisationNumber=None) for n in (4711, 4712))
        matches = match_offices(sources, [office(name="Fjordheim")], fuzzy=False)
        assert [(m.record, m.conflict) for m in matches] == [(None, SHARED)] * 2

    def test_an_own_office_stands_before_one_of_the_same_id_left_by_a_removed_connection(self) -> None:
        own = office(id="own", vitec_department_id=4711)
        orphan = office(id="orphan", vitec_department_id=4711, connection=None)
        for stored in ([own, orphan], [orphan, own]):
            assert matched_offices(*stored).record == own


class TestEmployees:
    def test_1_the_employee_id_comes_first(self) -> None:
        mine = employee(id="a", vitec_employee_id="KARNOR01", email="old@example.no")
        mailed = employee(id="b", email="KARNOR01@example.no")
        match = matched_person(mailed, mine)
        assert (match.record, match.method, match.confidence) == (mine, "vitec_employee_id", 1.0)

    def test_2_then_the_email_whatever_its_case(self) -> None:
        mine = employee(email="karnor01@EXAMPLE.no")
        match = matched_person(mine)
        assert (match.record, match.method, match.confidence) == (mine, "email", 0.95)

    def test_3_then_first_and_last_name_in_the_same_office(self) -> None:
        mine = employee(last_name="KARNOR01", office_id="office-1")
        match = matched_person(mine)
        assert (match.record, match.method, match.confidence) == (mine, "name_office", 0.8)

    @pytest.mark.parametrize(
        ("stored", "fields"),
        [
            ({"last_name": "KARNOR01", "office_id": "office-2"}, {}),
            ({"last_name": "KARNOR01", "office_id": None}, {}),
            ({"last_name": "", "office_id": "office-1"}, {"name": "Kari"}),
            ({"last_name": "Nordmann", "office_id": "office-1"}, {"name": "Kari"}),
        ],
        ids=["another office", "no office", "both without last name", "source without last name"],
    )
    def test_3_needs_all_three(self, stored: dict[str, object], fields: dict[str, Any]) -> None:
        assert matched_person(employee(**stored), **fields) == Match()

    def test_blank_emails_are_not_equal(self) -> None:
        assert matched_person(employee(email=None), employee(id="b", email=" "), email="") == Match()

    def test_several_candidates_at_a_level_are_a_conflict_never_the_first(self) -> None:
        two = [employee(id=i, email="karnor01@example.no") for i in "ab"]
        assert (matched_person(*two).record, matched_person(*two).conflict) == (None, SEVERAL)

    @pytest.mark.parametrize(
        "fields", [{"email": "karnor01@example.no"}, {"last_name": "KARNOR01", "office_id": "office-1"}]
    )
    def test_a_candidate_that_belongs_to_another_id_is_a_conflict_not_a_match(self, fields: dict[str, Any]) -> None:
        match = matched_person(employee(vitec_employee_id="OTHER", **fields))
        assert (match.record, match.conflict) == (None, TAKEN)

    def test_two_source_people_that_fit_one_local_person_are_both_conflicts(self) -> None:
        sources = tuple(one_person(employee_id=i, email="post@example.no") for i in ("A", "B"))
        matches = match_employees(sources, ["office-1"] * 2, [employee(email="post@example.no")])
        assert [(m.record, m.conflict) for m in matches] == [(None, SHARED)] * 2

    def test_when_everybody_is_known_by_id_nothing_else_is_asked(self) -> None:
        stored = [employee(id=i, vitec_employee_id=i, email="same@example.no") for i in ("A", "B")]
        sources = tuple(one_person(employee_id=i, email="same@example.no") for i in ("A", "B"))
        assert [m.record for m in match_employees(sources, [None, None], stored)] == stored

    def test_an_own_record_stands_before_one_of_the_same_id_left_by_a_removed_connection(self) -> None:
        own = employee(id="own", vitec_employee_id="KARNOR01")
        orphan = employee(id="orphan", vitec_employee_id="KARNOR01", connection=None)
        for stored in ([own, orphan], [orphan, own]):
            assert matched_person(*stored).record == own
            assert own.connection == CONNECTION
