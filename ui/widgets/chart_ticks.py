"""Where the axes of a chart are marked: round values, and round times of a zone, also over a change of the clock."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from PySide6.QtCore import QDate, QLocale, QTime

Tick = tuple[float, str]
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_WITHIN_DAYS = (5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR)
_DAYS = (1, 2, 7)
_MONTHS = (1, 3, 12)
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class _Every:
    """A distance between ticks: so many seconds of the clock, or days, or months."""

    seconds: int = 0
    days: int = 0
    months: int = 0

    @property
    def length(self) -> int:
        """About how many seconds that is."""
        return self.seconds or self.days * _DAY or self.months * 30 * _DAY


_STEPS = (
    *(_Every(seconds=each) for each in _WITHIN_DAYS),
    *(_Every(days=each) for each in _DAYS),
    *(_Every(months=each) for each in _MONTHS),
)


def time_ticks(first_s: float, last_s: float, zone: tzinfo, most: int) -> list[Tick]:
    """At most about `most` ticks between two moments (seconds since 1970), at round times of the zone's clock."""
    step = next((each for each in _STEPS if (last_s - first_s) / each.length <= most), _STEPS[-1])
    begins = datetime.fromtimestamp(first_s, zone).date()
    ends = datetime.fromtimestamp(last_s, zone).date()
    found = {
        moment.timestamp(): _label(moment, step)
        for day in _days(begins, ends, step)
        for moment in _of_day(day, zone, step)
    }
    return [(at, text) for at, text in found.items() if first_s <= at <= last_s]


def _days(first: date, last: date, step: _Every) -> Iterator[date]:
    """The days that may carry a tick; weeks begin on Mondays."""
    day = first
    while day <= last:
        if step.months:
            if day.day == 1 and (day.month - 1) % step.months == 0:
                yield day
        elif not step.days or day.toordinal() % step.days == 1 % step.days:
            yield day
        day += timedelta(days=1)


def _of_day(day: date, zone: tzinfo, step: _Every) -> Iterator[datetime]:
    """Its ticks by the clock on the wall: an hour that is skipped has none, one that comes twice has one."""
    for second in range(0, _DAY, step.seconds or _DAY):
        moment = datetime.combine(day, time(second // _HOUR, second // _MINUTE % 60), zone)
        again = datetime.fromtimestamp(moment.timestamp(), zone)
        if (again.hour, again.minute) == (moment.hour, moment.minute):
            yield moment
        elif second == 0:
            yield again  # clocks skip midnight there: the day begins at one


def _label(moment: datetime, step: _Every) -> str:
    if step.seconds and (moment.hour or moment.minute):
        return short_time(moment.hour, moment.minute)
    pattern = "d MMM" if not step.months else "MMM yyyy" if step.months < 12 else "yyyy"
    return _date_words(moment.date(), pattern)


@lru_cache(maxsize=1024)
def short_time(hour: int, minute: int) -> str:
    """A time of day as the locale writes it."""
    return QLocale().toString(QTime(hour, minute), QLocale.FormatType.ShortFormat)


def day_words(day: date) -> str:
    """A day with its weekday."""
    return _date_words(day, "ddd d MMM yyyy")


@lru_cache(maxsize=1024)
def _date_words(day: date, pattern: str) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), pattern)


def round_top(value: float) -> float:
    """The next round number: where an axis from 0 ends, so that it does not change with every pixel of panning."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(each * power for each in _ROUND if each * power >= value * (1 - 1e-9))


def value_ticks(top: float, most: int) -> list[float]:
    """Round values from 0 to `top`."""
    step = round_top(top / max(1, most))
    return [number * step for number in range(int(top / step + 1e-9) + 1)]
