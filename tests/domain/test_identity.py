"""Whether two sign-ins lead to the same system, by what tests learned of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.identity import differences, identity_of


def test_only_what_tells_systems_apart_is_kept_and_a_short_test_forgets_nothing() -> None:
    details = {"employees": 340, "available_methods": ["a"], "status": {"connected": True}, "access_key": "x"}
    known = identity_of(details)
    assert known == {"employees": 340, "available_methods": ["a"]}
    assert identity_of({"available_methods": ["b"]}, known) == {"employees": 340, "available_methods": ["b"]}
    assert identity_of({"counts": {"angajati": 12}, "people": None}) == {"angajati": 12}


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        ({"employees": 340}, {"employees": 352}, False),
        ({"employees": 340}, {"employees": 120}, True),
        ({"employees": 3}, {"employees": 7}, False),
        ({"employees": 3}, {"employees": 0}, True),
        ({"employees": 0}, {"employees": 0}, False),
        ({"available_methods": ["a", "b"]}, {"available_methods": ["b", "a"]}, False),
        ({"available_methods": ["a", "b"]}, {"available_methods": ["a"]}, True),
        ({"account": "a@x.no"}, {"account": "b@x.no"}, True),
        ({"account": "a@x.no"}, {}, False),
        ({}, {"account": "a@x.no"}, False),
    ],
)
def test_numbers_may_move_a_little_names_may_not(before: dict[str, Any], after: dict[str, Any], differs: bool) -> None:
    assert bool(differences(before, after)) is differs


def test_a_difference_names_both_sides() -> None:
    (found,) = differences({"available_methods": ["a", "b"]}, {"available_methods": ["c"]})
    assert (found.label, found.before, found.after) == ("Functions", "a, b", "c")
