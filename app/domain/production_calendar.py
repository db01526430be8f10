"""The production calendar of Russia: working days, and which of them end an hour earlier (onec-zup.md §5.2).

Days off and the yearly decrees that move them come from the library `holidays`. Which days are shortened follows the
Labour Code (articles 95 and 112): the working day right before a holiday, and a weekend day that is worked in place of
such a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

_HOLIDAYS = frozenset({*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})
_SINCE = 2013  # when the list of holidays became what it is
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """How many days of a period are worked, those before a holiday included, and how many those are."""

    days: int
    shortened: int


def working_days(first: date, last: date) -> WorkingDays | None:
    """What the calendar says of a period, both days included; None for a year whose decree is not known."""
    years = [_year(year) for year in range(first.year, last.year + 1)]
    if any(year is None for year in years):
        return None
    worked = [day for year in years if year for day in year.items() if first <= day[0] <= last]
    return WorkingDays(len(worked), sum(shortened for _day, shortened in worked))


@lru_cache(maxsize=16)
def _year(year: int) -> dict[date, bool] | None:
    """The working days of a year, and whether each is shortened; None when it is not known."""
    from holidays.countries.russia import Russia  # takes 80 ms, and few runs need it

    calendar: Any = Russia(years=(year, year + 1))  # type: ignore[no-untyped-call]  # its base says no types
    moved = calendar.special_public_holidays.get(year)
    if year < _SINCE or moved is None:
        return None
    moves = (moved,) if isinstance(moved[0], int) else moved
    instead = {date(year, *move[2:4]): date(year, *move[0:2]) for move in moves}
    days = (date(year, 1, 1) + n * _DAY for n in range(366))
    worked = [day for day in days if day.year == year and calendar.is_working_day(day)]
    return {day: _before_holiday(day) or (day in instead and _before_holiday(instead[day])) for day in worked}


def _before_holiday(day: date) -> bool:
    after = day + _DAY
    return (after.month, after.day) in _HOLIDAYS
