"""Changes that a person makes to planned shifts or to kept worked time, day by day (onec-zup.md §5.3, §5.5).

Each change is checked with everything else that stands around it, and is made as a whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from app.domain.onec import month_end
from app.domain.onec_schedules import PeriodState, Shift, period_state
from app.domain.onec_shift_rows import ShiftRule
from app.domain.onec_shifts import Circumstances, PlannedShift, RowProblem, own_problems
from app.i18n import _

DayKey = tuple[str, date]
"""A person by external id, and the day that shifts begin on."""
AROUND = timedelta(days=2)
"""So far from a changed day shifts may stand in its way: a shift is at most 24 hours long."""


@dataclass(frozen=True, slots=True)
class ShiftKey:
    """One shift of somebody, by when it begins."""

    external_id: str
    start: datetime

    @property
    def instant(self) -> tuple[str, datetime]:
        """The same for the same moment, however it is written."""
        return self.external_id, self.start.astimezone(UTC)


@dataclass(frozen=True)
class ChangedPlan:
    """What the days hold after a change; `gone` are shifts to remove that are not there, `problems` forbid it all."""

    days: dict[DayKey, tuple[Shift, ...]] = field(default_factory=dict)
    gone: tuple[ShiftKey, ...] = ()
    problems: tuple[RowProblem, ...] = ()


def changed_plan(
    there: Sequence[PlannedShift], add: Sequence[PlannedShift], remove: Sequence[ShiftKey], about: Circumstances
) -> ChangedPlan:
    """What becomes of the plan: `there` are the shifts of these people on these days and around them."""
    taken_out = {key.instant for key in remove}
    known = {(p.external_id, p.shift.start.astimezone(UTC)) for p in there}
    gone = tuple(key for key in remove if key.instant not in known)
    kept = [p for p in there if (p.external_id, p.shift.start.astimezone(UTC)) not in taken_out]
    touched = {_day(p.external_id, p.shift.start, about) for p in add}
    touched |= {_day(key.external_id, key.start, about) for key in remove if key not in gone}
    problems = [*_closed(touched, about), *_together([*kept, *add], about)]
    if problems:
        return ChangedPlan({}, gone, tuple(problems))
    days: dict[DayKey, list[Shift]] = {key: [] for key in sorted(touched)}
    for planned in (*kept, *add):
        key = _day(planned.external_id, planned.shift.start, about)
        if key in days:
            days[key].append(planned.shift)
    return ChangedPlan({key: tuple(sorted(found, key=_begin)) for key, found in days.items()}, gone)


def _day(external_id: str, start: datetime, about: Circumstances) -> DayKey:
    return external_id, start.astimezone(about.zone).date()


def _begin(shift: Shift) -> datetime:
    return shift.start.astimezone(UTC)


def _together(shifts: Iterable[PlannedShift], about: Circumstances) -> Iterator[RowProblem]:
    """Overlaps and the like; a problem that shows at a shift that was there before is one of the change as well."""
    by_person: dict[str, list[PlannedShift]] = defaultdict(list)
    for planned in shifts:
        by_person[planned.external_id].append(planned)
    for found in by_person.values():
        yield from own_problems(found, about)


def _closed(touched: Iterable[DayKey], about: Circumstances) -> Iterator[RowProblem]:
    """1C has closed the months before the current one, so their plan is only a memory (§5.3)."""
    for external_id, day in sorted(touched):
        if period_state(day.replace(day=1), month_end(day), about.today) is PeriodState.CLOSED:
            message = _("{period} is over, and 1C has closed it.").format(period=f"{day:%Y-%m}")
            fix = _("Only the current month and later ones can be sent; correct earlier ones in 1C.")
            yield RowProblem(0, external_id, "start", ShiftRule.CLOSED_MONTH, message, fix)
