"""Short codes of offices (vitec-hub.md §7.3)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.short_codes import short_code


@pytest.mark.parametrize(
    ("number", "name", "code"),
    [
        ("12", "Fjordheim Sentrum", "12"),
        (None, "Fjordheim Sentrum", "FJORDHEIMS"),
        (None, None, "OFF"),
        ("", "", "OFF"),
        ("avd-07 b", None, "AVD07B"),
        (None, "Ørsta", "ORSTA"),
        (None, "Ålesund", "ALESUND"),
        (None, "Ænes", "AENES"),
        (None, "Café Müller", "CAFEMULLER"),
        (None, "Москва", "OFF"),
        (None, "中", "OFF"),
        (None, "straße", "STRASSE"),
    ],
)
def test_the_code_is_made_of_the_number_else_the_name_else_off(number: str | None, name: str | None, code: str) -> None:
    assert short_code(number, name, set()) == code


def test_a_taken_code_gets_a_number_that_grows() -> None:
    taken: set[str] = set()
    for expected in ("OSLO", "OSLO2", "OSLO3"):
        code = short_code(None, "Oslo", taken)
        taken.add(code)
        assert code == expected


def test_a_long_taken_code_is_shortened_so_that_the_number_fits() -> None:
    assert short_code(None, "Fjordheim Sentrum", {"FJORDHEIMS"}) == "FJORDHEIM2"
    taken = {"FJORDHEIMS"} | {f"FJORDHEIM{n}" for n in range(2, 10)}
    assert short_code(None, "Fjordheim Sentrum", taken) == "FJORDHEI10"


@given(st.lists(st.tuples(st.none() | st.text(), st.none() | st.text()), max_size=30))
def test_codes_are_unique_and_at_most_ten_of_a_to_z_and_digits(names: list[tuple[str | None, str | None]]) -> None:
    taken: set[str] = set()
    for number, name in names:
        code = short_code(number, name, taken)
        assert code not in taken
        assert re.fullmatch(r"[A-Z0-9]{1,10}", code)
        taken.add(code)
