"""Plan against fact: what was planned, what 1C counts, when people were at work, and the cause of each gap
(onec-zup.md §6.2).

1C's timesheet says what it knows already; where that is just the plan, times signed in at the contact centre show what
nobody has confirmed to it yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from app.domain.onec import TimesheetDay, TimesheetPeriod
from app.domain.onec_receipts import SentStatus
from app.domain.onec_schedules import Period, Shift, paid_periods
from app.domain.onec_time_types import TimeGroup, TimeType, normalised, time_type_of
from app.i18n import _

TOLERANCE_HOURS = Decimal("0.25")
_NIGHT_WORK, _DAY_WORK, _UNEXPLAINED = "РВН", "РВ", "НН"
_ABSENCES = frozenset({TimeGroup.PAID_ABSENCE, TimeGroup.UNPAID_ABSENCE})
_HOUR_MS = Decimal(3_600_000)
_AROUND_A_SHIFT = timedelta(hours=4)


class DeviationType(StrEnum):
    """What kind of gap it is (§6.2)."""

    ABSENCE = "absence"
    PARTIAL_ABSENCE = "partial_absence"
    OVERTIME = "overtime"
    DAY_OFF_WORK = "day_off_work"
    NIGHT_DAY_OFF_WORK = "night_day_off_work"
    DOCUMENTED = "documented"
    NONE = "none"


class DeviationFilter(StrEnum):
    """Which gaps are wanted."""

    ALL = "all"
    OVERTIME = "overtime"
    UNDERTIME = "undertime"
    UNCONFIRMED = "unconfirmed"


@dataclass
class WorkDay:
    """What is known of one person and day: planned hours, 1C's rows (None where no timesheet was fetched), presence.

    `present` is None where no contact centre knows the person.
    """

    external_id: str
    day: date
    planned: Decimal = Decimal(0)
    timesheet: list[TimesheetDay] | None = None
    present: Decimal | None = None
    sent: SentStatus | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One gap, or none. `actual_hours` is what 1C counts, or where it holds the mere plan, the time of presence.

    `unconfirmed` says that 1C does not know of it yet.
    """

    external_id: str
    day: date
    planned_hours: Decimal
    actual_hours: Decimal | None
    onec_hours: Decimal | None
    present_hours: Decimal | None
    type: DeviationType
    reason: str
    unconfirmed: bool
    sent: SentStatus | None

    @property
    def deviation_hours(self) -> Decimal | None:
        """Actual minus planned."""
        return self.actual_hours - self.planned_hours if self.actual_hours is not None else None

    def wanted(self, which: DeviationFilter) -> bool:
        """Whether a filter lets it through."""
        gap = self.deviation_hours or Decimal(0)
        match which:
            case DeviationFilter.OVERTIME:
                return gap > TOLERANCE_HOURS
            case DeviationFilter.UNDERTIME:
                return gap < -TOLERANCE_HOURS
            case DeviationFilter.UNCONFIRMED:
                return self.unconfirmed
            case DeviationFilter.ALL:
                return True


class WorkDays:
    """Gathers what is known of some days, by person and day."""

    def __init__(self, days: Iterable[date], zone: tzinfo) -> None:
        self._days = sorted(days)
        self._wanted = frozenset(self._days)
        self._zone = zone
        self._found: dict[tuple[str, date], WorkDay] = {}
        self._shifts: dict[str, list[Shift]] = defaultdict(list)

    def __iter__(self) -> Iterator[WorkDay]:
        """By day and person."""
        return iter([self._found[key] for key in sorted(self._found, key=lambda key: (key[1], key[0]))])

    def _of(self, external_id: str, day: date) -> WorkDay | None:
        if day not in self._wanted:
            return None
        return self._found.setdefault((external_id, day), WorkDay(external_id, day))

    def plan(self, external_id: str, shift: Shift) -> None:
        """Somebody is to work; the day that a shift begins on owns all of it (§5.3)."""
        self._shifts[external_id].append(shift)
        if (work := self._of(external_id, shift.start.astimezone(self._zone).date())) is not None:
            work.planned += sum(map(_hours, paid_periods(shift)), Decimal(0))

    def timesheet(self, period: TimesheetPeriod) -> None:
        """What 1C counts; a day without a row of its own counts as nothing."""
        rows: dict[date, list[TimesheetDay]] = defaultdict(list)
        for one in period.days:
            rows[one.date].append(one)
        for day in self._days:
            if period.first <= day <= period.last and (work := self._of(period.external_id, day)) is not None:
                work.timesheet = rows[day]

    def presence(self, external_id: str, periods: Iterable[Period], covered: Iterable[date]) -> None:
        """When somebody was there, after all shifts are known; of the `covered` days it is all that there was.

        It belongs to the shift it is about, else to its own day.
        """
        for day in covered:
            if (external_id, day) in self._found:
                self._found[external_id, day].present = Decimal(0)
        for period in _united(periods):
            day = _day_of(period, self._shifts[external_id], self._zone)
            if (work := self._of(external_id, day)) is not None:
                work.present = (work.present or Decimal(0)) + _hours(period)

    def sent(self, external_id: str, day: date, status: SentStatus) -> None:
        """Worked time of that day was sent to 1C."""
        if (work := self._of(external_id, day)) is not None:
            work.sent = status


def _day_of(period: Period, shifts: Iterable[Shift], zone: tzinfo) -> date:
    for shift in shifts:
        if shift.start - _AROUND_A_SHIFT <= period.start < shift.end:
            return shift.start.astimezone(zone).date()
    return period.start.astimezone(zone).date()


def _united(periods: Iterable[Period]) -> list[Period]:
    """Periods without those that lie in others: somebody may be signed in at two places at once."""
    united: list[Period] = []
    for period in sorted(periods, key=lambda p: p.start.timestamp()):
        if united and period.start.timestamp() <= united[-1].end.timestamp():
            later = max(united[-1].end, period.end, key=datetime.timestamp)
            united[-1] = Period(united[-1].start, later)
        else:
            united.append(period)
    return united


def _hours(period: Period) -> Decimal:
    length = period.end.astimezone(UTC) - period.start.astimezone(UTC)
    return Decimal(length // timedelta(milliseconds=1)) / _HOUR_MS


def deviation(work: WorkDay, table: Mapping[str, TimeType]) -> Deviation:
    """The gap of one day: by 1C's timesheet, else by presence that 1C does not know of yet."""
    types = [time_type_of(one.code, table) for one in work.timesheet or ()]
    by_1c = _worked(work, table)
    documents = [kind for kind in types if kind.group in _ABSENCES and kind.code != _UNEXPLAINED]
    if by_1c is not None and abs(by_1c - work.planned) > TOLERANCE_HOURS:
        kind = DeviationType.DOCUMENTED if documents else _type(work.planned, by_1c, {t.code for t in types})
        return _made(work, by_1c, by_1c, kind, _reason(types), unconfirmed=False)
    if documents or work.present is None or abs(work.present - work.planned) <= TOLERANCE_HOURS:
        reason = _reason(types) if work.timesheet is not None else _("No timesheet was fetched.")
        return _made(work, by_1c, by_1c, DeviationType.NONE, reason, unconfirmed=False)
    unconfirmed = work.sent is not SentStatus.SENT
    reason = _("Not in 1C yet") if unconfirmed else _("Sent to 1C")
    return _made(
        work, work.present, by_1c, _type(work.planned, work.present, frozenset()), reason, unconfirmed=unconfirmed
    )


def _worked(work: WorkDay, table: Mapping[str, TimeType]) -> Decimal | None:
    if work.timesheet is None:
        return None
    return sum((one.hours for one in work.timesheet if time_type_of(one.code, table).worked), Decimal(0))


def _type(planned: Decimal, actual: Decimal, codes: set[str] | frozenset[str]) -> DeviationType:
    if planned <= TOLERANCE_HOURS:
        by_night = _NIGHT_WORK in codes and _DAY_WORK not in codes
        return DeviationType.NIGHT_DAY_OFF_WORK if by_night else DeviationType.DAY_OFF_WORK
    if actual > planned:
        return DeviationType.OVERTIME
    return DeviationType.ABSENCE if actual <= TOLERANCE_HOURS else DeviationType.PARTIAL_ABSENCE


def _reason(types: Sequence[TimeType]) -> str:
    """The codes of the day with their names, plain work left out where there is anything else."""
    telling = [kind for kind in types if normalised(kind.code) not in {"Я", "Н", "В"}] or list(types)
    return ", ".join(dict.fromkeys(f"{t.code} {_(t.title)}" for t in telling))


def _made(
    work: WorkDay, actual: Decimal | None, by_1c: Decimal | None, kind: DeviationType, reason: str, *, unconfirmed: bool
) -> Deviation:
    return Deviation(
        work.external_id, work.day, work.planned, actual, by_1c, work.present, kind, reason, unconfirmed, work.sent
    )
