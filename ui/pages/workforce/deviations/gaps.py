"""Gaps as the table shows them, worked out from what is stored; 1C is not asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.domain.connections import Connection
from app.domain.deviations import Deviation, DeviationType
from app.domain.onec import TimesheetDay
from app.domain.onec_people import KnownDepartment
from app.domain.onec_receipts import FactReceipt, ScheduleReceipt, SentStatus
from app.operations.onec.asking import Asked, today
from app.operations.onec.deviations import Sources, find_deviations, read_sources
from app.store import onec, onec_sent, onec_worked
from ui.pages.workforce.deviations.causes import Cause, cause_of
from ui.pages.workforce.personnel.people import Departments

_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class GapLine:
    """One person and day: the gap, its cause, hours of worked time that was sent, what 1C counts, row by row."""

    found: Deviation
    name: str
    number: str
    department: str
    departments: frozenset[str]
    cause: Cause
    sent_hours: float | None
    answer: str
    codes: tuple[TimesheetDay, ...]

    @property
    def key(self) -> str:
        """Person and day."""
        return f"{self.found.external_id} {self.found.day.isoformat()}"


@dataclass(frozen=True)
class Stored:
    """What the store holds of some days; `last` is the last day that is over at 1C."""

    asked: Asked
    sources: Sources
    departments: Sequence[KnownDepartment]
    receipts: Sequence[ScheduleReceipt]
    kept: frozenset[tuple[str, date]]
    first: date
    last: date


def read_stored(connection: Connection, first: date, last: date) -> Stored:
    """What gaps are worked out from, read on the store's thread; a day that is not over has no fact yet (§6.2)."""
    last = min(last, today(connection) - timedelta(days=1))
    known = {k.person.external_id: k for k in onec.people(connection.id)}
    asked = Asked(tuple(k.person for k in known.values() if k.absent_since is None), known)
    return Stored(
        asked,
        read_sources(connection.id, first, last, asked.ids),
        onec.departments(connection.id),
        onec_sent.receipts(connection.id, first, last),
        frozenset((w.external_id, w.day) for w in onec_worked.worked(connection.id, first, last)),
        first,
        last,
    )


def gap_lines(connection: Connection, stored: Stored, *, all_days: bool) -> list[GapLine]:
    """The lines of the table by day and person, only days with a gap unless `all_days`; no work for the event loop."""
    if stored.last < stored.first:
        return []
    found = find_deviations(connection, stored.asked, stored.sources, stored.first, stored.last)
    facts = {(f.external_id, f.day): f for f in stored.sources.facts}
    codes: dict[tuple[str, date], list[TimesheetDay]] = defaultdict(list)
    for period in stored.sources.periods:
        for row in period.days:
            codes[period.external_id, row.date].append(row)
    sent: dict[str, list[ScheduleReceipt]] = defaultdict(list)
    for receipt in stored.receipts:
        if receipt.status is SentStatus.SENT:
            sent[receipt.external_id].append(receipt)
    tree = Departments(stored.departments)
    lines = []
    for one in found:
        place = (one.external_id, one.day)
        cause = cause_of(
            one,
            {counted.code for counted in codes.get(place, ())},
            schedule_sent=any(r.first <= one.day <= r.last for r in sent.get(one.external_id, ())),
            kept=place in stored.kept,
        )
        if all_days or one.type is not DeviationType.NONE or cause is Cause.UNKNOWN:
            lines.append(_line(one, cause, facts.get(place), tuple(codes.get(place, ())), stored.asked, tree))
    return lines


def _line(
    found: Deviation,
    cause: Cause,
    fact: FactReceipt | None,
    codes: tuple[TimesheetDay, ...],
    asked: Asked,
    tree: Departments,
) -> GapLine:
    known = asked.known[found.external_id]
    department = known.person.department_external_id
    hours = sum(s.ms for s in fact.slices) / _HOUR_MS if fact is not None and fact.may_be_there else None
    return GapLine(
        found,
        known.name,
        known.person.personnel_number,
        tree.name(department),
        tree.above(department),
        cause,
        hours,
        fact.answer if fact is not None else "",
        codes,
    )


@dataclass(frozen=True)
class Sums:
    """Hours of some lines, and how many gaps 1C does not know of."""

    planned: float
    sent: float
    present: float
    onec: float
    more: float
    less: float
    unconfirmed: int


def sums_of(lines: Sequence[GapLine]) -> Sums:
    """Added up; what is not known of a day adds nothing."""
    gaps = [float(gap) for line in lines if (gap := line.found.deviation_hours) is not None]
    return Sums(
        _added([line.found.planned_hours for line in lines]),
        sum(line.sent_hours or 0.0 for line in lines),
        _added([line.found.present_hours for line in lines]),
        _added([line.found.onec_hours for line in lines]),
        sum(gap for gap in gaps if gap > 0),
        sum(gap for gap in gaps if gap < 0),
        sum(line.found.unconfirmed for line in lines),
    )


def _added(hours: Sequence[Decimal | None]) -> float:
    return float(sum((one for one in hours if one is not None), Decimal(0)))
