"""What 1C ZUP says and what it is told: people, norms, timesheets, schedules, worked time (onec-zup.md §5).

Names are those of our side (§5.1); how they stand on the wire is the connector's business.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.domain.mappings.mapper import Problem


class NormMode(StrEnum):
    """The periods that norm hours are asked for (§5.2)."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class OneCDepartment:
    """A department; a root has no parent."""

    external_id: str
    name: str
    parent_external_id: str | None = None


@dataclass(frozen=True, slots=True)
class VacationBalance:
    """The days of vacation saved up after the accrual of that date."""

    date: date
    days: Decimal


@dataclass(frozen=True, slots=True)
class OneCPerson:
    """One employee as 1C knows them today.

    `department_missing` says that the answer lists no such department. `unreadable` names the fields whose values could
    not be read and are blank for it.
    """

    external_id: str
    personnel_number: str
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    hire_date: date | None = None
    termination_date: date | None = None
    position_external_id: str | None = None
    position: str = ""
    position_change_date: date | None = None
    department_external_id: str | None = None
    department_missing: bool = False
    employment_rate: Decimal | None = None
    login: str = ""
    weekly_norm_hours: Decimal | None = None
    norm_change_date: date | None = None
    extra_1: str = ""
    other_system_id: str = ""
    site: str = ""
    vacation: tuple[VacationBalance, ...] = ()
    unreadable: tuple[str, ...] = ()

    def employed_on(self, day: date) -> bool:
        """Whether they still work there; the day of the termination is the last one (§5.1)."""
        return self.termination_date is None or day <= self.termination_date


@dataclass(frozen=True, slots=True)
class OneCPeople:
    """The answer of `agents`.

    `unreadable` counts rows without an id, `refused` are people and departments that the mapping could not take,
    `refused_parts` what it could not take of somebody who is listed. `doubled` names ids that came more than once, of
    which the first counts. `repaired` says that the JSON was broken and could be mended.
    """

    people: tuple[OneCPerson, ...] = ()
    departments: tuple[OneCDepartment, ...] = ()
    unreadable: int = 0
    doubled: tuple[str, ...] = ()
    repaired: bool = False
    warnings: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()
    refused_parts: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether somebody who is not in it may be called missing."""
        unsure = self.unreadable or self.refused or self.doubled or self.repaired
        return bool(self.people) and not unsure


@dataclass(frozen=True, slots=True)
class WeeklyNorm:
    """Hours a week from that day on; several of one person must all have a day (§5.2)."""

    hours: Decimal
    change_date: date | None = None


@dataclass(frozen=True, slots=True)
class NormRequest:
    """Whose norm is asked for, with the history of weekly norms inside the period."""

    external_id: str
    norms: tuple[WeeklyNorm, ...]


@dataclass(frozen=True, slots=True)
class NormHours:
    """The norm of one person in one month, quarter or year, cut to hire and termination."""

    external_id: str
    hours: Decimal
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class OneCNorms:
    """The answers of `getNormHours`, under the rules of `OneCPeople`."""

    rows: tuple[NormHours, ...] = ()
    unreadable: int = 0
    repaired: bool = False
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class TimesheetDay:
    """One row of one day: a code as it came, and hours, 0 for types of whole days. A day may have several (§5.4)."""

    date: date
    code: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class TimesheetAbsence:
    """Absences of one reason in the period; `days` and `hours` are blank where `text` could not be read."""

    code: str
    text: str
    days: Decimal | None = None
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TimesheetPeriod:
    """One person in (a part of) one month.

    The halves are worked days and hours of the days 1-15 and 16-end; they mean something where `whole_month` is true.
    """

    external_id: str
    first: date
    last: date
    days: tuple[TimesheetDay, ...] = ()
    absences: tuple[TimesheetAbsence, ...] = ()
    half1_days: Decimal | None = None
    half1_hours: Decimal | None = None
    half2_days: Decimal | None = None
    half2_hours: Decimal | None = None

    @property
    def whole_month(self) -> bool:
        """Whether it was asked for from the first to the last day of a month."""
        return self.first.day == 1 and self.last == month_end(self.first)


@dataclass(frozen=True, slots=True)
class Timesheet:
    """The answers of `getTimetypeInfo`; `unreadable` counts rows that could not be read, `refused` are those that the
    mapping could not take.
    """

    periods: tuple[TimesheetPeriod, ...] = ()
    unreadable: int = 0
    repaired: bool = False
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleShift:
    """One shift as 1C wants it: its start, whose day owns all of its hours, and paid time in milliseconds (§5.3)."""

    start: datetime
    day_ms: int
    night_ms: int


@dataclass(frozen=True, slots=True)
class PersonSchedule:
    """The shifts of one person in a period; a date without a shift becomes a day off."""

    external_id: str
    first: date
    last: date
    shifts: tuple[ScheduleShift, ...]


@dataclass(frozen=True, slots=True)
class FactSlice:
    """At most 15 minutes that a person was really in the system (§5.5)."""

    start: datetime
    ms: int


@dataclass(frozen=True, slots=True)
class FactDay:
    """Worked time of one person in one shift, confirmed by somebody."""

    external_id: str
    initiator_name: str
    shift_start: datetime
    slices: tuple[FactSlice, ...]


@dataclass(frozen=True, slots=True)
class OneCReply:
    """What 1C said to a write: taken or refused, its text for people verbatim, the document it made."""

    accepted: bool
    text: str = ""
    document: str | None = None


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months(first: date, last: date) -> tuple[tuple[date, date], ...]:
    """The months that a period touches, the first and the last cut to it; none when it ends before it begins."""
    found: list[tuple[date, date]] = []
    while first <= last:
        end = min(last, month_end(first))
        found.append((first, end))
        if end == last:
            break
        first = end + timedelta(days=1)
    return tuple(found)


def batches(external_ids: Sequence[str], size: int) -> tuple[tuple[str, ...], ...]:
    """Ids in groups of at most `size`."""
    return tuple(tuple(external_ids[at : at + size]) for at in range(0, len(external_ids), size))
