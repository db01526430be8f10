"""Transformations and checks of field mappings (connections.md §9)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.mappings import Check, CheckKind, Mapper, Otherwise, Problem, Rule, Transform, TransformKind
from app.domain.mappings.checks import check_value
from app.domain.mappings.transforms import Unconvertible, convert

K = TransformKind
NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def one(value: Any, *steps: Transform) -> Any:
    return convert([value], steps)


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        ("x", Transform(K.CONSTANT, "Oslo"), "Oslo"),
        (None, Transform(K.CONSTANT, "Oslo"), "Oslo"),
        (" ", Transform(K.DEFAULT, "Oslo"), "Oslo"),
        (0, Transform(K.DEFAULT, "Oslo"), 0),
        (False, Transform(K.DEFAULT, "Oslo"), False),
        ("Kari Nordmann", Transform(K.SPLIT, " ", 1), "Kari"),
        ("Kari Anne Nordmann", Transform(K.SPLIT, " ", -1), "Nordmann"),
        ("Kari", Transform(K.SPLIT, " ", 2), None),
        ("  a ", Transform(K.TRIM), "a"),
        ("aé", Transform(K.UPPER), "AÉ"),
        ("AÉ", Transform(K.LOWER), "aé"),
        ("12", Transform(K.TO_INT), 12),
        (12.0, Transform(K.TO_INT), 12),
        ("1 234,5", Transform(K.TO_DECIMAL), 1234.5),
        ("1234.50", Transform(K.TO_DECIMAL), 1234.5),
        (0, Transform(K.TO_DECIMAL), 0),
        ("Истина", Transform(K.TO_BOOL), True),
        ("true", Transform(K.TO_BOOL), True),
        (1, Transform(K.TO_BOOL), True),
        (0, Transform(K.TO_BOOL), False),
        ("2026-01-20T23:30:00Z", Transform(K.TO_DATE), "2026-01-20"),
        ("2026-01-20T12:00:00", Transform(K.TO_DATETIME, "Europe/Moscow"), "2026-01-20T12:00:00+03:00"),
        (5_400_000, Transform(K.MS_TO_HOURS), 1.5),
        ("1,5", Transform(K.HOURS_TO_MS), 5_400_000),
        (1.5, Transform(K.SECONDS_TO_MS), 1500),
        ("Kari", Transform(K.HASH), hashlib.sha256(b"Kari").hexdigest()),
    ],
)
def test_what_a_transformation_makes_of_a_value(value: Any, step: Transform, expected: Any) -> None:
    made = one(value, step)
    assert (type(made), made) == (type(expected), expected)


@pytest.mark.parametrize(
    ("value", "step"),
    [
        ("1.5", Transform(K.TO_INT)),
        ("abc", Transform(K.TO_DECIMAL)),
        (True, Transform(K.TO_DECIMAL)),
        ("maybe", Transform(K.TO_BOOL)),
        (2, Transform(K.TO_BOOL)),
        ("2026-02-30", Transform(K.TO_DATE)),
        ([1], Transform(K.UPPER)),
        ("x", Transform(K.MAP_VALUES, table={"a": "b"}, otherwise=Otherwise.ERROR)),
    ],
)
def test_what_cannot_be_converted_says_so(value: Any, step: Transform) -> None:
    with pytest.raises(Unconvertible):
        one(value, step)


@pytest.mark.parametrize("kind", [kind for kind in K if kind not in (K.CONSTANT, K.DEFAULT)])
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_what_is_blank_stays_blank(kind: TransformKind, blank: str | None) -> None:
    made = one(blank, Transform(kind, "UTC", table={"": "x"}, otherwise=Otherwise.ERROR))
    assert made is None or not made.strip()


@pytest.mark.parametrize(("otherwise", "expected"), [(Otherwise.KEEP, "z"), (Otherwise.EMPTY, None)])
def test_an_unknown_code_goes_the_otherwise_way(otherwise: Otherwise, expected: str | None) -> None:
    table = {"a": "Aktiv"}
    assert one("z", Transform(K.MAP_VALUES, table=table, otherwise=otherwise)) == expected
    assert one("a", Transform(K.MAP_VALUES, table=table, otherwise=otherwise)) == "Aktiv"


def test_several_sources_are_joined_or_the_first_with_a_value_counts() -> None:
    assert convert(["Kari", " ", "Nordmann"], [Transform(K.CONCAT, " ")]) == "Kari Nordmann"
    assert convert([None, 0, "x"], []) == 0


@given(json_values, st.sampled_from(list(K)), st.sampled_from(list(Otherwise)))
def test_any_value_is_converted_or_refused_in_words(value: Any, kind: TransformKind, otherwise: Otherwise) -> None:
    mapper = Mapper({"e": (Rule("a", ("a",), (Transform(kind, "UTC", table={"1": "2"}, otherwise=otherwise),)),)})
    (made,) = mapper.take("e", [{"a": value}])
    assert made.message.strip() if isinstance(made, Problem) else "a" in made


def fault(value: Any, *checks: Check) -> str:
    try:
        check_value(value, checks, set(), NOW)
    except Unconvertible as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("value", "check"),
    [
        (0, Check(CheckKind.MIN_VALUE, "0")),
        (0, Check(CheckKind.REQUIRED)),
        (False, Check(CheckKind.REQUIRED)),
        ("0,5", Check(CheckKind.MAX_VALUE, "0.5")),
        ("0150", Check(CheckKind.PATTERN, "####")),
        ("kari@firma.no", Check(CheckKind.PATTERN, "*@firma.no")),
        ("[x]", Check(CheckKind.PATTERN, "[x]")),
        (7, Check(CheckKind.ONE_OF, values=("7", "8"))),
        ("2026-01-20", Check(CheckKind.NOT_IN_FUTURE)),
        (None, Check(CheckKind.PATTERN, "####")),
    ],
)
def test_what_passes_a_check(value: Any, check: Check) -> None:
    assert fault(value, check) == ""


@pytest.mark.parametrize(
    ("value", "check"),
    [
        (-1, Check(CheckKind.MIN_VALUE, "0")),
        ("many", Check(CheckKind.MIN_VALUE, "0")),
        (None, Check(CheckKind.REQUIRED)),
        (" ", Check(CheckKind.REQUIRED)),
        (101, Check(CheckKind.MAX_VALUE, "100")),
        ("150", Check(CheckKind.PATTERN, "####")),
        ("x", Check(CheckKind.PATTERN, "[x]")),
        ("9", Check(CheckKind.ONE_OF, values=("7", "8"))),
        ("2026-01-21T00:00:00Z", Check(CheckKind.NOT_IN_FUTURE)),
        ("soon", Check(CheckKind.NOT_IN_FUTURE)),
    ],
)
def test_what_fails_a_check_says_why(value: Any, check: Check) -> None:
    assert fault(value, check).endswith(".")


def test_a_pattern_takes_no_time_that_explodes_with_the_value() -> None:
    assert fault("a" * 2_000, Check(CheckKind.PATTERN, "*a*a*a*a*a*a*a*a*a*b"))
