"""Codes of working time (onec-zup.md §7)."""

from __future__ import annotations

import pytest

from app.domain.onec_time_types import (
    DEFAULT_TIME_TYPES,
    TimeGroup,
    TimeType,
    checked_map,
    normalised,
    time_type_of,
    time_types,
)
from app.errors import UsageError


@pytest.mark.parametrize(("latin", "cyrillic"), [("B", "В"), ("C", "С"), ("H", "Н"), ("hh", "НН"), (" pb ", "РВ")])
def test_latin_look_alikes_become_cyrillic(latin: str, cyrillic: str) -> None:
    assert normalised(latin) == cyrillic
    assert normalised(latin).isascii() is False


def test_latin_b_is_a_day_off_and_no_sick_leave() -> None:
    assert time_type_of("B", time_types()).group is TimeGroup.DAY_OFF
    assert time_type_of("Б", time_types()).group is TimeGroup.PAID_ABSENCE


@pytest.mark.parametrize("code", ["И", "ЖЖ", "self", ""])
def test_an_unknown_code_is_shown_as_it_came(code: str) -> None:
    assert time_type_of(code, time_types()) == TimeType(code, code, TimeGroup.OTHER)


def test_the_table_of_the_state_form_is_whole() -> None:
    numbered = [row.number for row in DEFAULT_TIME_TYPES if row.number]
    assert numbered == [f"{n:02}" for n in range(1, 37)]
    assert len({row.code for row in DEFAULT_TIME_TYPES}) == len(DEFAULT_TIME_TYPES) == 40
    assert all(normalised(row.code) == row.code for row in DEFAULT_TIME_TYPES)


@pytest.mark.parametrize(
    ("code", "group"),
    [("Я", TimeGroup.WORK), ("РВ", TimeGroup.OVERTIME), ("РВН", TimeGroup.OVERTIME), ("НН", TimeGroup.UNPAID_ABSENCE)],
)
def test_what_counts_as_worked(code: str, group: TimeGroup) -> None:
    found = time_type_of(code, time_types())
    assert (found.group, found.worked) == (group, group in {TimeGroup.WORK, TimeGroup.OVERTIME})


def test_a_connection_has_codes_of_its_own() -> None:
    table = time_types('[{"code": "жж", "title": "Дежурство", "group": "work", "worked": true, "colour": "#00aa00"}]')
    assert time_type_of("ЖЖ", table) == TimeType("ЖЖ", "Дежурство", TimeGroup.WORK, True, "", "#00aa00")
    assert time_type_of("Я", table).worked


@pytest.mark.parametrize(
    "text", ["{", "[1]", '[{"code": "ЖЖ"}]', '[{"code": " ", "title": "x", "group": "work"}]', "[" * 100_000]
)
def test_what_is_no_table_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError):
        checked_map(text)
