"""The demo firm: believable, awkward within the reference, storable to the last person, the same for a seed."""

from __future__ import annotations

import time
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

import pytest

from app.demo.firm import MAX_OFFICES, Firm, build_firm


@pytest.fixture(scope="module")
def firm() -> Firm:
    return build_firm()


def main_department(record: dict[str, Any]) -> int:
    value = record["departmentId"]
    return int(value[0] if isinstance(value, list) else value)


def words(record: dict[str, Any]) -> str:
    return " ".join(str(record["name"]).split()).casefold()


def doubles(values: list[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_has_14_offices_and_340_employees_of_whom_22_have_left(firm: Firm) -> None:
    assert len(firm.departments) == 14
    assert len(firm.employees) == 340
    assert sum(person.get("employeeActive") is False for person in firm.employees) == 22
    assert len(firm.without_picture) == 17


@pytest.mark.parametrize(
    ("people", "offices", "seed"), [(340, 14, 2026), (340, 14, 7), (10_000, 200, 2026), (60, 3, 1)]
)
def test_everyone_can_be_stored(people: int, offices: int, seed: int) -> None:
    firm = build_firm(people=people, offices=offices, seed=seed)
    known = {department["departmentId"] for department in firm.departments}
    assert len(known) == offices
    assert len(firm.employees) == people
    assert not doubles([str(person["employeeId"]) for person in firm.employees])
    assert not doubles([str(person["email"]).casefold() for person in firm.employees if person["email"]])
    assert {main_department(person) for person in firm.employees} <= known
    assert all(words(person) for person in firm.employees)
    # Section 8.5: equal names in one office would be taken for one person.
    assert not doubles([(words(person), main_department(person)) for person in firm.employees])


def test_two_people_share_a_name_in_different_offices(firm: Firm) -> None:
    assert len(doubles([words(person) for person in firm.employees])) == 1


def test_offices_look_like_the_reference(firm: Firm) -> None:
    for department in firm.departments:
        assert 1000 <= int(str(department["departmentId"])) <= 9999
        number = str(department["organisationNumber"])
        assert len(number) == 9
        assert number.isdigit()
        assert len(str(department["postalCode"])) == 4
    assert [d["city"] for d in firm.departments if d["webPublish"] is False] == ["Ålesund"]
    assert any(str(d["postalCode"]).startswith("0") for d in firm.departments)
    assert any("<" in str(d["aboutDepartment"]) for d in firm.departments)
    assert doubles([d["organisationNumber"] for d in firm.departments])


def test_no_organisation_number_can_belong_to_a_real_company(firm: Firm) -> None:
    weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
    for department in firm.departments:
        digits = map(int, str(department["organisationNumber"]))
        assert sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 != 0


def test_no_two_offices_are_named_alike(firm: Firm) -> None:
    # Section 7.4: a likeness of 0.85 would be offered as the same office.
    names = [str(department["marketName"] or department["name"]).casefold() for department in firm.departments]
    assert all(SequenceMatcher(None, one, other).ratio() < 0.85 for one, other in combinations(names, 2))


def test_awkward_forms_of_the_reference_occur(firm: Firm) -> None:
    people = firm.employees
    assert {type(person["employeeId"]) for person in people} == {int, str}
    assert {type(person["departmentId"]) for person in people} == {int, str, list}
    assert any(isinstance(p["departmentId"], list) and len(p["departmentId"]) == 2 for p in people)
    assert any(len(str(person["name"]).split()) == 1 for person in people)
    assert any("  " in str(person["name"]) for person in people)
    assert {None, ""} <= {person["email"] for person in people}
    assert any("employeeActive" not in person for person in people)
    assert any("<" in str(person["aboutMe"]) for person in people)
    assert any("ø" in str(person["name"]) for person in people)


def test_positions_come_bare_and_nested_and_three_are_unmapped(firm: Firm) -> None:
    positions: list[Any] = [person["employeePositions"] for person in firm.employees]
    types = [position["type"] for listed in positions if listed for position in listed]
    assert any(isinstance(kind, int) for kind in types)
    assert {key for kind in types if isinstance(kind, dict) for key in kind} == {"value", "id"}
    bare = [next(iter(kind.values())) if isinstance(kind, dict) else kind for kind in types]
    assert Counter(bare)[14] == 3
    assert set(bare) - {14} <= set(range(1, 11))
    assert None in positions
    assert [] in positions


def test_a_seed_gives_one_firm_and_another_seed_another() -> None:
    assert build_firm(seed=5) == build_firm(seed=5)
    assert build_firm(seed=5).employees != build_firm(seed=6).employees


def test_ten_thousand_people_take_less_than_a_second() -> None:
    start = time.process_time()
    build_firm(people=10_000, offices=200)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("people", [0, 1, 22])
def test_small_firms_are_possible(people: int) -> None:
    assert len(build_firm(people=people, offices=1).employees) == people


@pytest.mark.parametrize(("people", "offices"), [(10, 0), (10, MAX_OFFICES + 1), (-1, 3)])
def test_impossible_sizes_are_refused(people: int, offices: int) -> None:
    with pytest.raises(ValueError, match="demo firm"):
        build_firm(people=people, offices=offices)
