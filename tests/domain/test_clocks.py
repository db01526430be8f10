"""What is said of clocks that differ (supabase.md §11)."""

from __future__ import annotations

import pytest

from app.domain.clocks import clock_warnings, clock_words


@pytest.mark.parametrize(
    ("offset_s", "said"),
    [
        (31, "1 minute behind"), (-45, "1 minute ahead"), (600, "10 minutes behind"), (-7200, "120 minutes ahead"),
        (3 * 86_400, "3 days behind"), (-2 * 365 * 86_400, "730 days ahead"),
    ],
)  # fmt: skip
def test_words_name_the_system_how_much_and_in_which_direction(offset_s: float, said: str) -> None:
    assert clock_words("1C", offset_s) == (
        f"1C: this computer's clock is about {said} {'of ' if 'ahead' in said else ''}its clock. "
        "Set the one that is wrong."
    )


@pytest.mark.parametrize("offset_s", [None, 0, 30, -30])
def test_a_small_or_unknown_difference_needs_no_words(offset_s: float | None) -> None:
    assert clock_words("1C", offset_s) == ""


def test_each_system_is_named_by_itself() -> None:
    (said,) = clock_warnings({"1C": 5, "Vitec Hub": 600})
    assert said.startswith("Vitec Hub: ")
