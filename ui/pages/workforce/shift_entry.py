"""What stands in the form of a shift, and what is wrong with it: of a planned shift, or of worked time.

The rules are those of the operations, so that nothing is refused later that was taken here. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.onec_changes import ShiftKey, changed_plan
from app.domain.onec_schedules import Shift
from app.domain.onec_shift_rows import ShiftRow, WrongValue, moment, read_shift
from app.domain.onec_shifts import Circumstances, PlannedShift, RowProblem, nobody
from app.domain.onec_worked import check_worked
from app.i18n import N_, _

MOST_DAYS = 366
_SATURDAY = 5


class Repeat(StrEnum):
    """On which further days the same shift is entered."""

    ONCE = "once"
    WORKDAYS = "workdays"
    DAILY = "daily"
    TWO_TWO = "two_two"


REPEAT_WORDS = {
    Repeat.ONCE: N_("Only that day"),
    Repeat.WORKDAYS: N_("Monday to Friday"),
    Repeat.DAILY: N_("Every day"),
    # Translators: a shift pattern
    Repeat.TWO_TWO: N_("Two days on, two off"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person typed; times as texts, in 1C's time zone. `away` says that the person did not come."""

    agent_id: str
    day: date
    start: str
    end: str
    breaks: str = ""
    repeat: Repeat = Repeat.ONCE
    until: date | None = None
    away: bool = False

    def days(self) -> list[date]:
        """Every day that a shift is entered for."""
        last = min(self.until or self.day, self.day + timedelta(days=MOST_DAYS))
        span = [self.day + timedelta(days=n) for n in range(max(0, (last - self.day).days) + 1)]
        match self.repeat:
            case Repeat.ONCE:
                return [self.day]
            case Repeat.DAILY:
                return span
            case Repeat.WORKDAYS:
                return [day for day in span if day.weekday() < _SATURDAY]
            case Repeat.TWO_TWO:
                return [day for n, day in enumerate(span) if n % 4 < 2]

    def rows(self) -> list[ShiftRow]:
        """The same as rows of a file."""
        return [ShiftRow(n, self.agent_id, self.start, self.end, self.breaks, d) for n, d in enumerate(self.days(), 1)]


@dataclass(frozen=True)
class Verdict:
    """The shifts that an entry means, or what is wrong with it."""

    shifts: tuple[Shift, ...] = ()
    problem: RowProblem | None = None


Judge = Callable[[Entry, Sequence[PlannedShift]], Verdict]
"""Judges an entry beside the other shifts of the same person."""


def judge_plan(about: Circumstances, replaced: ShiftKey | None) -> Judge:
    """Of a planned shift, which may stand in place of another."""

    def judge(entry: Entry, others: Sequence[PlannedShift]) -> Verdict:
        verdict = _read(entry, about)
        if verdict.problem is not None:
            return verdict
        added = [PlannedShift(entry.agent_id, shift, n) for n, shift in enumerate(verdict.shifts, 1)]
        kept = [replace(other, row=0) for other in others]
        changed = changed_plan(kept, added, [replaced] if replaced else [], about)
        return replace(verdict, problem=changed.problems[0] if changed.problems else None)

    return judge


def judge_worked(about: Circumstances, now: Callable[[], datetime]) -> Judge:
    """Of worked time; it replaces what was kept of its day, so that nothing else is in its way."""

    def judge(entry: Entry, _others: Sequence[PlannedShift]) -> Verdict:
        if entry.away:
            return _away(entry, about)
        verdict = _read(entry, about)
        if verdict.problem is not None:
            return verdict
        checked = check_worked(entry.rows(), about, now())
        return replace(verdict, problem=checked.problems[0] if checked.problems else None)

    return judge


def _away(entry: Entry, about: Circumstances) -> Verdict:
    try:
        start = moment(entry.start, about.zone, "start", entry.day)
        _known(entry, about)
    except WrongValue as wrong:
        return Verdict((), _problem(entry, wrong))
    return Verdict((Shift(start, start),))


def _read(entry: Entry, about: Circumstances) -> Verdict:
    if not entry.days():
        message, fix = _("No day of this kind lies in between."), _("Choose a later last day.")
        return Verdict((), RowProblem(0, entry.agent_id, "until", "empty", message, fix))
    shifts: list[Shift] = []
    try:
        _known(entry, about)
        for row in entry.rows():
            shifts.append(read_shift(row, about.zone))
    except WrongValue as wrong:
        return Verdict((), _problem(entry, wrong))
    return Verdict(tuple(shifts))


def _known(entry: Entry, about: Circumstances) -> None:
    if entry.agent_id not in about.people.values():
        raise nobody(entry.agent_id)


def _problem(entry: Entry, wrong: WrongValue) -> RowProblem:
    return RowProblem(0, entry.agent_id, wrong.field, wrong.rule, wrong.message, wrong.fix)


def shift_params(agent_id: str, shifts: Iterable[Shift]) -> list[dict[str, Any]]:
    """Shifts as the operations take them; with their offsets, so that a night of the clock change is clear."""
    return [
        {
            "agent_id": agent_id,
            "start": s.start.isoformat(),
            "end": s.end.isoformat(),
            "unpaid_breaks": [{"start": b.start.isoformat(), "end": b.end.isoformat()} for b in s.unpaid_breaks],
        }
        for s in shifts
    ]
