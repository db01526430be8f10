"""Planned shifts: checked row by row, and put together per person and month (onec-zup.md §5.3).

What is wrong is said with row, field, rule and fix. A month of a person with a wrong row is not sent, as its days
without a shift would become days off; everybody else's is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from app.domain.onec import PersonSchedule, month_end, months
from app.domain.onec_schedules import PeriodState, Shift, ShiftProblem, period_state, shift_problems, split
from app.domain.onec_shift_rows import ShiftRow, ShiftRule, WrongValue, moment, read_shift
from app.i18n import N_, _


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row, 0 for none of its own, and how to put it right."""

    row: int
    agent: str
    field: str
    rule: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """A shift of somebody; `row` as in `ShiftRow`."""

    external_id: str
    shift: Shift
    row: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """The shifts of one person in one month or a part of it: what one request tells 1C."""

    schedule: PersonSchedule
    shifts: tuple[PlannedShift, ...]

    @property
    def label(self) -> str:
        """The month, or its first and last day where it is not whole."""
        first, last = self.schedule.first, self.schedule.last
        whole = first.day == 1 and last == month_end(first)
        return f"{first:%Y-%m}" if whole else f"{first.isoformat()}..{last.isoformat()}"


@dataclass(frozen=True)
class CheckedShifts:
    """What can be sent, and what cannot: rows with their problems, and pieces held back because of them."""

    pieces: tuple[Piece, ...]
    problems: tuple[RowProblem, ...] = ()
    held: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Circumstances:
    """What rows are checked against: the zone and day of 1C, people by external id or personnel number.

    Without `first` and `last` every month with a shift of the person is meant, else exactly these days. `partly` takes
    the good shifts of a month in which others are wrong: a plan may be put right before it is sent.
    """

    zone: tzinfo
    today: date
    people: Mapping[str, str]
    first: date | None = None
    last: date | None = None
    partly: bool = False


Blocked = tuple[str, date | None]
"""A month of a person, or all of them, that an unreadable row keeps from being sent."""
_PROBLEM_WORDS: Mapping[ShiftProblem, tuple[str, str, str]] = {
    ShiftProblem.ENDS_BEFORE_IT_BEGINS: ("end", N_("The shift ends before it begins."), N_("Check both times.")),
    ShiftProblem.OVER_24_HOURS: ("end", N_("The shift is longer than 24 hours."), N_("Split it into several.")),
    ShiftProblem.OVERLAPS: ("start", N_("The shift begins before an earlier one ends."), N_("Leave one of them out.")),
    ShiftProblem.OUTSIDE_PERIOD: (
        "start", N_("The shift begins outside the period."), N_("Correct it, or the period.")
    ),
    ShiftProblem.BREAK_OUTSIDE_SHIFT: (
        "unpaid_breaks", N_("A break lies outside the shift."), N_("Correct the break, or the shift.")
    ),
}  # fmt: skip


def _month(row: ShiftRow, zone: tzinfo) -> date | None:
    """The month that a wrong row is about, None where not even that can be told."""
    try:
        return moment(row.start, zone, "start").date().replace(day=1)
    except WrongValue:
        return None


def check_shifts(rows: Iterable[ShiftRow], about: Circumstances) -> CheckedShifts:
    """Read and check rows; `pieces` are good, each month of a person with a wrong row is `held`."""
    problems: list[RowProblem] = []
    read: dict[str, list[PlannedShift]] = defaultdict(list)
    unread: set[Blocked] = set()
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
            if external_id is not None:
                unread.add((external_id, _month(row, about.zone)))
    return _put_together(read, unread, problems, about)


def check_planned(shifts: Iterable[PlannedShift], about: Circumstances) -> CheckedShifts:
    """The same for shifts that were read before."""
    read: dict[str, list[PlannedShift]] = defaultdict(list)
    for planned in shifts:
        read[planned.external_id].append(planned)
    return _put_together(read, frozenset(), [], about)


def _put_together(
    read: Mapping[str, Sequence[PlannedShift]],
    unread: frozenset[Blocked] | set[Blocked],
    problems: list[RowProblem],
    about: Circumstances,
) -> CheckedShifts:
    pieces: list[Piece] = []
    held: list[Piece] = []
    for external_id, shifts in read.items():
        found = list(own_problems(shifts, about))
        problems += found
        wrong = {(p.row, p.agent) for p in found}
        for first, last in _months(shifts, about):
            if _begins_closed(about) and last < about.today.replace(day=1):
                continue
            inside = tuple(s for s in shifts if first <= s.shift.start.astimezone(about.zone).date() <= last)
            bad = not unread.isdisjoint({(external_id, None), (external_id, first.replace(day=1))})
            bad = bad or any((s.row, external_id) in wrong for s in inside)
            if about.partly and bad:
                inside = tuple(s for s in inside if (s.row, external_id) not in wrong)
            piece = _piece(external_id, first, last, inside, about.zone)
            closed = _closed(piece, about)
            problems += closed
            if bad and not about.partly:
                held.append(piece)
            elif not closed:
                pieces.append(piece)
    return CheckedShifts(tuple(pieces), tuple(sorted(problems, key=lambda p: p.row)), tuple(held))


def own_problems(shifts: Sequence[PlannedShift], about: Circumstances) -> Iterator[RowProblem]:
    """What is wrong with the shifts of one person by themselves and beside each other."""
    first, last = about.first or date.min, about.last or date.max
    for at, problem in shift_problems([s.shift for s in shifts], first, last, about.zone):
        field, message, fix = _PROBLEM_WORDS[problem]
        yield RowProblem(shifts[at].row, shifts[at].external_id, field, problem.value, _(message), _(fix))


def _begins_closed(about: Circumstances) -> bool:
    """Whether the period that is meant begins in closed months, which 1C skips, and reaches into open ones (§5.3)."""
    if about.first is None or about.last is None:
        return False
    return period_state(about.first, about.last, about.today) is PeriodState.PARTLY_CLOSED


def _months(shifts: Sequence[PlannedShift], about: Circumstances) -> Iterable[tuple[date, date]]:
    if about.first is not None and about.last is not None:
        return months(about.first, about.last)
    days = (s.shift.start.astimezone(about.zone).date() for s in shifts)
    return [(first, month_end(first)) for first in sorted({day.replace(day=1) for day in days})]


def _piece(external_id: str, first: date, last: date, inside: tuple[PlannedShift, ...], zone: tzinfo) -> Piece:
    ordered = tuple(sorted(inside, key=lambda s: s.shift.start.astimezone(UTC)))
    counted = tuple(split(s.shift, zone) for s in ordered)
    return Piece(PersonSchedule(external_id, first, last, counted), ordered)


def _closed(piece: Piece, about: Circumstances) -> list[RowProblem]:
    """1C takes neither months that are over nor a month without any shift (§5.3)."""
    schedule = piece.schedule
    row = piece.shifts[0].row if piece.shifts else 0
    if not piece.shifts:
        message = _("There are no shifts to send in {period}.").format(period=piece.label)
        fix = _("Enter shifts; an empty schedule does not clear a month.")
        return [RowProblem(row, schedule.external_id, "", ShiftRule.EMPTY, message, fix)]
    if period_state(schedule.first, schedule.last, about.today) is PeriodState.CLOSED:
        message = _("{period} is over, and 1C has closed it.").format(period=piece.label)
        fix = _("Only the current month and later ones can be sent; correct earlier ones in 1C.")
        return [RowProblem(row, schedule.external_id, "start", ShiftRule.CLOSED_MONTH, message, fix)]
    return []


def nobody(agent: str) -> WrongValue:
    """What is wrong with an id that belongs to nobody."""
    if not agent:
        return WrongValue("agent_id", ShiftRule.REQUIRED, _("It is empty or missing."), _("Fill it in."))
    message = _("1C lists nobody with this id.")
    return WrongValue("agent_id", ShiftRule.UNKNOWN_PERSON, message, _("Check the id, or sync people from 1C first."))
