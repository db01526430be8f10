"""The production calendar of Russia (five-day week) for 2025 to 2027: days off, moved days, short days.

By the decrees on moved days off; a day before a holiday is an hour shorter (Labour Code, article 95). The demo 1C
knows a year only while it stands in `filled`, as in ZUP, where somebody fills each year (onec-zup.md section 3.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

HOLIDAYS = ("01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 02-23 03-08 05-01 05-09 06-12 11-04").split()  # noqa: SIM905

MOVED_OFF = {
    2025: "05-02 05-08 06-13 11-03 12-31",
    2026: "01-09 03-09 05-11 12-31",
    2027: "02-22 05-03 05-10 06-14 11-05 12-31",
}
"""Working days that became days off."""
WORKED = {2025: "11-01", 2026: "", 2027: "02-20"}
"""Saturdays that are worked."""
SHORT = {2025: "03-07 04-30 06-11 11-01", 2026: "04-30 05-08 06-11 11-03", 2027: "02-20 04-30 06-11 11-03"}

Norms = Sequence[tuple[date, float]]
"""Weekly norms with the day each counts from, oldest first."""


@dataclass
class ProductionCalendar:
    """`filled` are the years that are known; take one out to have it missing."""

    filled: set[int] = field(default_factory=lambda: set(SHORT))

    def missing(self, first: date, last: date) -> int | None:
        """The first year between the two that nobody filled."""
        return next((year for year in range(first.year, last.year + 1) if year not in self.filled), None)

    def works(self, day: date) -> bool:
        """Whether people of the five-day week work on `day`."""
        off, worked, _short = _year(day.year)
        return day in worked or (day.weekday() < 5 and day not in off)

    def shortened(self, day: date) -> bool:
        """Whether `day` is the one before a holiday."""
        return day in _year(day.year)[2]

    def norm(self, days: Sequence[date], norms: Norms) -> float:
        """Hours by section 5.2: a fifth of the week for each working day, an hour less for each short one."""
        hours = 0.0
        for day in days:
            if self.works(day):
                week = next((norm for since, norm in reversed(norms) if since <= day), norms[0][1])
                hours += week / 5 - self.shortened(day)
        return round(hours, 2)


@cache
def _year(year: int) -> tuple[frozenset[date], frozenset[date], frozenset[date]]:
    """Days off beside weekends, worked Saturdays, short days; of a year outside the tables just the holidays."""
    off = [*HOLIDAYS, *MOVED_OFF.get(year, "").split()]
    return _days(year, off), _days(year, WORKED.get(year, "").split()), _days(year, SHORT.get(year, "").split())


def _days(year: int, texts: Sequence[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{text}") for text in texts)
