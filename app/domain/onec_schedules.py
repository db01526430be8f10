"""Shifts and worked time as 1C counts them: day and night hours without unpaid breaks, slices of a quarter of an hour,
which months are still open, the norm to compare with (onec-zup.md §5.2, §5.3, §5.5).

Lengths are real time: a shift over the change of the clocks is an hour longer or shorter than its wall times say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from app.domain.onec import FactSlice, ScheduleShift

DAY_BEGINS, NIGHT_BEGINS = time(6), time(22)
MOST_SLICE_MS = 900_000
MOST_SHIFT = timedelta(hours=24)
TOLERATED_NORM_HOURS = Decimal("0.1")
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment to another, both with their zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """A planned shift with the breaks that are not paid."""

    start: datetime
    end: datetime
    unpaid_breaks: tuple[Period, ...] = ()


class ShiftProblem(StrEnum):
    """Why a shift cannot be sent."""

    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    OVER_24_HOURS = "over_24_hours"
    OVERLAPS = "overlaps"
    OUTSIDE_PERIOD = "outside_period"
    BREAK_OUTSIDE_SHIFT = "break_outside_shift"


class PeriodState(StrEnum):
    """What 1C does with a period: past months are closed (§5.3)."""

    OPEN = "open"
    PARTLY_CLOSED = "partly_closed"
    """Written from the current month on only."""
    CLOSED = "closed"


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """A moment in the zone of the connection; wall time without a zone is meant there."""
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def split(shift: Shift, zone: tzinfo) -> ScheduleShift:
    """Paid time by day (06:00-22:00) and by night, on the clocks of `zone`."""
    day = night = timedelta()
    for paid in paid_periods(shift):
        for part in _cut(paid, zone):
            length = part.end - part.start
            if _is_night(part.start.astimezone(zone).time()):
                night += length
            else:
                day += length
    return ScheduleShift(in_zone(shift.start, zone), day // _MS, night // _MS)


def paid_periods(shift: Shift) -> Iterator[Period]:
    """What is left of a shift between its breaks, in UTC; breaks may overlap and reach beyond the shift."""
    begun, end = shift.start.astimezone(UTC), shift.end.astimezone(UTC)
    for start, stop in sorted((b.start.astimezone(UTC), b.end.astimezone(UTC)) for b in shift.unpaid_breaks):
        if stop <= start:
            continue
        if min(start, end) > begun:
            yield Period(begun, min(start, end))
        begun = max(begun, stop)
    if end > begun:
        yield Period(begun, end)


def _cut(period: Period, zone: tzinfo) -> Iterator[Period]:
    """A period in UTC, cut wherever day or night begins."""
    first, last = period.start.astimezone(zone).date(), period.end.astimezone(zone).date()
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    borders = {
        datetime.combine(day, begins, zone).replace(fold=fold).astimezone(UTC)
        for day in days
        for begins in (DAY_BEGINS, NIGHT_BEGINS)
        for fold in (0, 1)
    }
    points = [period.start, *sorted(b for b in borders if period.start < b < period.end), period.end]
    return (Period(start, end) for start, end in pairwise(points))


def _is_night(wall: time) -> bool:
    return wall < DAY_BEGINS or wall >= NIGHT_BEGINS


def slices(periods: Iterable[Period], zone: tzinfo) -> tuple[FactSlice, ...]:
    """Periods in the system, in order, cut into slices of at most 15 minutes (§5.5)."""
    found: list[FactSlice] = []
    for period in sorted(periods, key=lambda p: p.start.astimezone(UTC)):
        start, left = period.start.astimezone(UTC), (period.end.astimezone(UTC) - period.start.astimezone(UTC)) // _MS
        while left > 0:
            found.append(FactSlice(start.astimezone(zone), min(left, MOST_SLICE_MS)))
            start += MOST_SLICE_MS * _MS
            left -= MOST_SLICE_MS
    return tuple(found)


def period_state(first: date, last: date, today: date) -> PeriodState:
    """What 1C would do with a schedule of that period (§5.3)."""
    current = today.replace(day=1)
    if last < current:
        return PeriodState.CLOSED
    return PeriodState.PARTLY_CLOSED if first < current else PeriodState.OPEN


def shift_problems(
    shifts: Sequence[Shift], first: date, last: date, zone: tzinfo
) -> tuple[tuple[int, ShiftProblem], ...]:
    """What is wrong with the shifts of one person, by their place in `shifts`."""
    found = [(at, problem) for at, shift in enumerate(shifts) for problem in _own_problems(shift, first, last, zone)]
    order = sorted(range(len(shifts)), key=lambda at: shifts[at].start.astimezone(UTC))
    until = datetime.min.replace(tzinfo=UTC)
    for at in order:
        if shifts[at].start.astimezone(UTC) < until:
            found.append((at, ShiftProblem.OVERLAPS))
        until = max(until, shifts[at].end.astimezone(UTC))
    return tuple(sorted(found))


def _own_problems(shift: Shift, first: date, last: date, zone: tzinfo) -> Iterator[ShiftProblem]:
    start, end = shift.start.astimezone(UTC), shift.end.astimezone(UTC)
    if end <= start:
        yield ShiftProblem.ENDS_BEFORE_IT_BEGINS
    if end - start > MOST_SHIFT:
        yield ShiftProblem.OVER_24_HOURS
    if not first <= in_zone(shift.start, zone).date() <= last:
        yield ShiftProblem.OUTSIDE_PERIOD
    if any(b.start.astimezone(UTC) < start or b.end.astimezone(UTC) > end for b in shift.unpaid_breaks):
        yield ShiftProblem.BREAK_OUTSIDE_SHIFT


def expected_norm(weekly_hours: Decimal, working_days: int, pre_holiday_days: int) -> Decimal:
    """The norm by the production calendar; `working_days` counts pre-holiday days too (§5.2).

    The employment rate has no place in it: the weekly norm of ZUP already holds it.
    """
    return weekly_hours / 5 * working_days - pre_holiday_days


def norm_differs(expected: Decimal, answered: Decimal) -> bool:
    """Whether the difference deserves a warning; regional calendars differ, so it is no error (§5.2)."""
    return abs(expected - answered) > TOLERATED_NORM_HOURS
