"""The production calendar against the official one of past years: days, and hours of a 40-hour week (§5.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.onec_schedules import expected_norm
from app.domain.production_calendar import WorkingDays, working_days

OFFICIAL = {
    2016: (247, 1974), 2017: (247, 1973), 2018: (247, 1970), 2019: (247, 1970), 2021: (247, 1972), 2022: (247, 1973),
    2023: (247, 1973), 2024: (248, 1979), 2025: (247, 1972), 2026: (247, 1972),
}  # fmt: skip


@pytest.mark.parametrize(("year", "said"), OFFICIAL.items())
def test_a_year_has_the_days_and_hours_of_the_official_calendar(year: int, said: tuple[int, int]) -> None:
    found = working_days(date(year, 1, 1), date(year, 12, 31))
    assert found is not None
    assert (found.days, int(expected_norm(Decimal(40), found.days, found.shortened))) == said


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), WorkingDays(55, 0)),  # days before a holiday are days off
        (date(2024, 11, 2), date(2024, 11, 2), WorkingDays(1, 1)),  # a worked Saturday in place of 30 April
        (date(2024, 4, 27), date(2024, 4, 27), WorkingDays(1, 0)),  # in place of a day that was not before a holiday
        (date(2025, 12, 29), date(2026, 1, 13), WorkingDays(4, 0)),
    ],
)
def test_a_part_of_a_year(first: date, last: date, found: WorkingDays) -> None:
    assert working_days(first, last) == found


def test_a_year_without_a_decree_is_not_guessed() -> None:
    assert working_days(date(2026, 12, 1), date(2099, 1, 31)) is None
    assert working_days(date(2010, 1, 1), date(2010, 1, 31)) is None
