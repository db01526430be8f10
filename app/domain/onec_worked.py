"""Worked time that people enter or import, day by day, before it is sent to 1C; what 1C will make of it (§5.5).

A worked day is a shift with the breaks in which the person was not in the system; one that ends as it begins says that
the person did not come at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import pairwise

from app.domain.onec import FactDay
from app.domain.onec_schedules import MOST_SHIFT, Period, Shift, paid_periods, slices, split
from app.domain.onec_shift_rows import ShiftRow, WrongValue, moment, read_shift
from app.domain.onec_shifts import Circumstances, PlannedShift, RowProblem, nobody, own_problems
from app.i18n import _

NOT_BEGUN = "not_begun"
"""The rule that a shift which is still to come breaks: nothing can have been worked in it, and 1C cannot undo it."""
NOT_OVER = "not_over"
"""The rule that a shift which still lasts breaks."""
HOUR_MS = 3_600_000
_LEAST_MS = 60_000
"""Less than a minute is no deviation."""
DAY_OFF_WORK, NIGHT_OFF_WORK, OVERTIME, ABSENCE = "РВ", "РВН", "С", "НН"


@dataclass(frozen=True, slots=True)
class WorkedDay:
    """What somebody worked in the shift of one day; `source` is where it came from."""

    external_id: str
    day: date
    shift: Shift
    source: str = ""

    @property
    def away(self) -> bool:
        """Whether the person did not come at all."""
        return self.shift.start.astimezone(UTC) == self.shift.end.astimezone(UTC)

    def periods(self, zone: tzinfo) -> tuple[Period, ...]:
        """When the person was in the system."""
        return tuple(Period(p.start.astimezone(zone), p.end.astimezone(zone)) for p in paid_periods(self.shift))

    def fact(self, initiator: str, zone: tzinfo) -> FactDay:
        """What is sent to 1C."""
        return FactDay(self.external_id, initiator, self.shift.start.astimezone(zone), slices(self.periods(zone), zone))


@dataclass(frozen=True, slots=True)
class ExpectedDocument:
    """A document that 1C will make: its code of working time, and hours."""

    code: str
    hours: float


@dataclass(frozen=True)
class CheckedWork:
    """Days that can be kept, and what is wrong with rows of others."""

    days: tuple[WorkedDay, ...]
    problems: tuple[RowProblem, ...] = ()


def check_worked(rows: Iterable[ShiftRow], about: Circumstances, now: datetime, source: str = "") -> CheckedWork:
    """Read and check rows; several of one day are one shift. A day with a wrong row is left out as a whole."""
    problems: list[RowProblem] = []
    read: dict[str, list[PlannedShift]] = defaultdict(list)
    wrong_days: set[tuple[str, date]] = set()
    for row in rows:
        agent = str(row.agent or "").strip()
        external_id = about.people.get(agent) or about.people.get(agent.lower())
        try:
            shift = read_shift(row, about.zone)
            if external_id is None:
                raise nobody(agent)
            read[external_id].append(PlannedShift(external_id, shift, row.row))
        except WrongValue as wrong:
            problems.append(
                RowProblem(row.row, external_id or agent, wrong.field, wrong.rule, wrong.message, wrong.fix)
            )
            wrong_days |= _day_of(row, external_id, about.zone)
    days: list[WorkedDay] = []
    for external_id, shifts in read.items():
        found = [*own_problems(shifts, about), *_not_over(shifts, now)]
        wrong_days |= {
            (external_id, _day(s.shift, about.zone)) for s in shifts for p in found if p.row == s.row
        }  # fmt: skip
        problems += found
        merged, too_long = _by_day(external_id, shifts, about.zone, source)
        problems += too_long
        days += merged
    good = tuple(d for d in days if (d.external_id, d.day) not in wrong_days)
    return CheckedWork(good, tuple(sorted(problems, key=lambda p: p.row)))


def _day(shift: Shift, zone: tzinfo) -> date:
    return shift.start.astimezone(zone).date()


def _day_of(row: ShiftRow, external_id: str | None, zone: tzinfo) -> set[tuple[str, date]]:
    """The day that a wrong row is about, where it can be told."""
    for value in (row.start, row.date):
        try:
            return {(external_id, moment(value, zone, "start").date())} if external_id else set()
        except WrongValue:
            continue
    return set()


def _not_over(shifts: Sequence[PlannedShift], now: datetime) -> Iterable[RowProblem]:
    for planned in shifts:
        if planned.shift.end > now:
            message = _("The shift is not over yet.")
            fix = _("Enter worked time when it is known.")
            yield RowProblem(planned.row, planned.external_id, "end", NOT_OVER, message, fix)


def _by_day(
    external_id: str, shifts: Sequence[PlannedShift], zone: tzinfo, source: str
) -> tuple[list[WorkedDay], list[RowProblem]]:
    by_day: dict[date, list[PlannedShift]] = defaultdict(list)
    for planned in shifts:
        by_day[_day(planned.shift, zone)].append(planned)
    days, problems = [], []
    for day, found in by_day.items():
        shift = united([p.shift for p in found])
        if shift.end.astimezone(UTC) - shift.start.astimezone(UTC) > MOST_SHIFT:
            message, fix = _("The periods span more than 24 hours."), _("Send every shift by itself.")
            problems.append(RowProblem(found[-1].row, external_id, "end", "over_24_hours", message, fix))
        else:
            days.append(WorkedDay(external_id, day, shift, source))
    return days, problems


def united(shifts: Sequence[Shift]) -> Shift:
    """Shifts as one, the time between them a break."""
    ordered = sorted(shifts, key=lambda s: s.start.astimezone(UTC))
    gaps = [Period(one.end, other.start) for one, other in pairwise(ordered) if _before(one.end, other.start)]
    breaks = sorted([*(b for s in ordered for b in s.unpaid_breaks), *gaps], key=lambda b: b.start.astimezone(UTC))
    return Shift(ordered[0].start, ordered[-1].end, tuple(breaks))


def _before(one: datetime, other: datetime) -> bool:
    return one.astimezone(UTC) < other.astimezone(UTC)


def expected_documents(planned: Sequence[Shift], worked: Shift, zone: tzinfo) -> tuple[ExpectedDocument, ...]:
    """What 1C decides by comparing plan and fact of a day (§5.5); none where they agree."""
    plan_day, plan_night = _sum(planned, zone)
    fact_day, fact_night = _sum([worked], zone)
    gap = fact_day + fact_night - plan_day - plan_night
    if plan_day + plan_night < _LEAST_MS:
        parts = [(DAY_OFF_WORK, fact_day), (NIGHT_OFF_WORK, fact_night)]
    elif gap > 0:
        parts = [(OVERTIME, gap)]
    else:
        by_night = min(-gap, max(0, plan_night - fact_night))
        parts = [(ABSENCE, -gap - by_night), (ABSENCE, by_night)]
    return tuple(ExpectedDocument(code, ms / HOUR_MS) for code, ms in parts if ms >= _LEAST_MS)


def _sum(shifts: Iterable[Shift], zone: tzinfo) -> tuple[int, int]:
    counted = [split(shift, zone) for shift in shifts]
    return sum(c.day_ms for c in counted), sum(c.night_ms for c in counted)


def plan_of(planned: Mapping[tuple[str, date], Sequence[Shift]], external_id: str, day: date) -> Sequence[Shift] | None:
    """What was planned for that day; None where nothing of the month is planned here, so that only 1C knows."""
    if (external_id, day) in planned:
        return planned[external_id, day]
    month = any(who == external_id and (d.year, d.month) == (day.year, day.month) for who, d in planned)
    return () if month else None
