"""What the store holds of hours in a period: timesheets by month, norms beside plan and work, worked time to be sent.

Pure but for the reading itself, which happens on the store's thread.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from app.domain.connections import Connection
from app.domain.onec import TimesheetDay, TimesheetPeriod, month_end
from app.domain.onec_receipts import FactReceipt, SentStatus
from app.domain.onec_schedules import Shift, norm_differs, split
from app.domain.onec_time_types import TimeGroup, TimeType, time_type_of, time_types
from app.domain.onec_worked import HOUR_MS, ExpectedDocument, WorkedDay, expected_documents, plan_of
from app.operations.onec.asking import today, zone_of
from app.store import onec_hours, onec_sent, onec_worked
from app.store.onec_hours import StoredNorm, StoredPeriod
from ui.pages.workforce.people import Worker, Workers, workers

Plans = Mapping[tuple[str, date], Sequence[Shift]]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One person in one month of 1C's timesheet; `worked` are the hours of codes that count as worked."""

    worker: Worker
    period: TimesheetPeriod
    days: Mapping[int, tuple[TimesheetDay, ...]]
    worked: Decimal
    fetched_at: datetime | None

    @property
    def key(self) -> str:
        """Names the line."""
        return f"{self.worker.external_id} {self.period.first}"


class Check(StrEnum):
    """How the norm of 1C stands to what the formula gives (§5.2)."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NO_CALENDAR = "no_calendar"
    """The production calendar of that year is not known here."""


@dataclass(frozen=True, slots=True)
class NormLine:
    """A norm of one person beside the formula, the plan and the timesheet of the same days."""

    worker: Worker
    stored: StoredNorm
    planned: Decimal | None
    worked: Decimal | None

    @property
    def key(self) -> str:
        """Names the line."""
        norm = self.stored.norm
        return f"{self.worker.external_id} {self.stored.mode} {norm.start} {norm.end}"

    @property
    def check(self) -> Check:
        """What the cross-check says."""
        expected = self.stored.expected
        if expected is None:
            return Check.NO_CALENDAR
        return Check.DIFFERS if norm_differs(expected, self.stored.norm.hours) else Check.AGREES

    @property
    def difference(self) -> Decimal | None:
        """1C's norm minus the formula's."""
        return None if self.stored.expected is None else self.stored.norm.hours - self.stored.expected


class WorkState(StrEnum):
    """How far worked time is on its way to 1C."""

    TO_SEND = "to_send"
    CHANGED = "changed"
    """It was sent before, and entered anew since."""
    SENT = "sent"
    NO_DOCUMENT = "no_document"
    UNKNOWN = "unknown"
    """Nobody knows whether 1C took it."""


@dataclass(frozen=True, slots=True)
class WorkLine:
    """Worked time of one shift day: what is kept here, what was sent, what 1C will or did make of it."""

    worker: Worker
    day: date
    kept: WorkedDay | None
    receipt: FactReceipt | None
    planned: Decimal | None
    worked: Decimal
    expected: tuple[ExpectedDocument, ...] | None

    @property
    def key(self) -> str:
        """Names the line."""
        return f"{self.worker.external_id} {self.day}"

    @property
    def state(self) -> WorkState:
        """What is to be done with it."""
        if self.receipt is not None and self.receipt.status in {SentStatus.UNKNOWN, SentStatus.SENDING}:
            return WorkState.UNKNOWN
        if self.receipt is None:
            return WorkState.TO_SEND
        if self.receipt.status is SentStatus.SENT:
            return WorkState.SENT if self.kept is None else WorkState.CHANGED
        return WorkState.NO_DOCUMENT

    @property
    def sendable(self) -> bool:
        """Whether sending it needs no more than the confirmation of its preview."""
        return self.kept is not None and self.state in {WorkState.TO_SEND, WorkState.NO_DOCUMENT}

    @property
    def start(self) -> datetime:
        """When the shift began."""
        if self.kept is not None:
            return self.kept.shift.start
        assert self.receipt is not None
        return self.receipt.shift_start


@dataclass(frozen=True)
class Hours:
    """Everything that the page shows; `unknown_codes` are codes that nobody described, with how often they came."""

    zone: tzinfo
    today: date
    workers: Workers
    types: Mapping[str, TimeType]
    sheet: list[SheetLine] = field(default_factory=list)
    norms: list[NormLine] = field(default_factory=list)
    work: list[WorkLine] = field(default_factory=list)
    unknown_codes: Mapping[str, int] = field(default_factory=dict)

    @property
    def to_send(self) -> list[WorkLine]:
        """Worked time that can be sent."""
        return [line for line in self.work if line.sendable]


def read_hours(connection: Connection, first: date, last: date) -> Hours:
    """The months of the period, and the worked time of its days."""
    people, zone = workers(connection.id), zone_of(connection)
    order = {external_id: at for at, external_id in enumerate(people)}
    table = time_types(connection.setting("time_type_map") or "")
    begin, end = first.replace(day=1), month_end(last)
    year = (begin.replace(month=1), end.replace(month=12, day=31))
    norms = [n for n in onec_hours.norms(connection.id, *year) if n.norm.start <= end and n.norm.end >= begin]
    span = _span(norms, begin, end)
    periods = onec_hours.timesheet(connection.id, *span)
    plans = _plans(connection.id, *span)
    sheet = [
        _sheet_line(people[p.period.external_id], p, table)
        for p in periods
        if p.period.first <= end and p.period.last >= begin
    ]
    lines = list(_norm_lines(norms, people, plans, periods, table, zone))
    work = list(_work_lines(connection.id, (first, last), people, plans, zone))
    for found in (sheet, lines, work):
        found.sort(key=lambda line: order.get(line.worker.external_id, len(order)))
    return Hours(zone, today(connection), people, table, sheet, lines, work, _unknown(periods, table))


def _span(norms: Iterable[StoredNorm], begin: date, end: date) -> tuple[date, date]:
    days = [(n.norm.start, n.norm.end) for n in norms]
    return min([begin, *(d[0] for d in days)]), max([end, *(d[1] for d in days)])


def _plans(connection_id: str, first: date, last: date) -> dict[tuple[str, date], list[Shift]]:
    plans: dict[tuple[str, date], list[Shift]] = defaultdict(list)
    for planned in onec_sent.planned(connection_id, first, last):
        plans[planned.external_id, planned.shift.start.date()].append(planned.shift)
    return dict(plans)


def _sheet_line(worker: Worker, stored: StoredPeriod, table: Mapping[str, TimeType]) -> SheetLine:
    days: dict[int, list[TimesheetDay]] = defaultdict(list)
    for one in stored.period.days:
        days[one.date.day].append(one)
    worked = _worked(stored.period.days, table)
    return SheetLine(worker, stored.period, {n: tuple(d) for n, d in days.items()}, worked, stored.fetched_at)


def _worked(days: Iterable[TimesheetDay], table: Mapping[str, TimeType]) -> Decimal:
    return sum((d.hours for d in days if time_type_of(d.code, table).worked), Decimal(0))


def _norm_lines(
    norms: Iterable[StoredNorm], people: Workers, plans: Plans, periods: Iterable[StoredPeriod],
    table: Mapping[str, TimeType], zone: tzinfo,
) -> Iterable[NormLine]:  # fmt: skip
    """Plan and work of the very days of each norm; blank where nothing of them is known."""
    shifts: dict[str, list[tuple[date, Shift]]] = defaultdict(list)
    for (external_id, day), found in plans.items():
        shifts[external_id] += [(day, shift) for shift in found]
    sheets: dict[str, list[TimesheetPeriod]] = defaultdict(list)
    for stored in periods:
        sheets[stored.period.external_id].append(stored.period)
    for stored_norm in norms:
        norm = stored_norm.norm
        own = [shift for day, shift in shifts[norm.external_id] if norm.start <= day <= norm.end]
        told = [p for p in sheets[norm.external_id] if p.first <= norm.end and p.last >= norm.start]
        days = [day for period in told for day in period.days if norm.start <= day.date <= norm.end]
        planned = _paid_hours(own, zone) if own else None
        yield NormLine(people[norm.external_id], stored_norm, planned, _worked(days, table) if told else None)


def _paid_hours(shifts: Iterable[Shift], zone: tzinfo) -> Decimal:
    counted = (split(shift, zone) for shift in shifts)
    return Decimal(sum(c.day_ms + c.night_ms for c in counted)) / HOUR_MS


def _work_lines(
    connection_id: str, days: tuple[date, date], people: Workers, plans: Plans, zone: tzinfo
) -> Iterable[WorkLine]:
    kept = {(d.external_id, d.day): d for d in onec_worked.worked(connection_id, *days)}
    sent = {(f.external_id, f.day): f for f in onec_sent.facts(connection_id, *days)}
    for external_id, day in sorted({*kept, *sent}, key=lambda key: key[1]):
        here, receipt = kept.get((external_id, day)), sent.get((external_id, day))
        plan = plan_of(plans, external_id, day)
        planned = None if plan is None else _paid_hours(plan, zone)
        expected = expected_documents(plan, here.shift, zone) if here is not None and plan is not None else None
        yield WorkLine(people[external_id], day, here, receipt, planned, _worked_hours(here, receipt, zone), expected)


def _worked_hours(kept: WorkedDay | None, receipt: FactReceipt | None, zone: tzinfo) -> Decimal:
    if kept is not None:
        return Decimal(sum(s.ms for s in kept.fact("", zone).slices)) / HOUR_MS
    assert receipt is not None
    return Decimal(sum(s.ms for s in receipt.slices)) / HOUR_MS


def _unknown(periods: Iterable[StoredPeriod], table: Mapping[str, TimeType]) -> dict[str, int]:
    codes = Counter(d.code for p in periods for d in p.period.days)
    codes.update(a.code for p in periods for a in p.period.absences)
    return {code: n for code, n in codes.most_common() if time_type_of(code, table).group is TimeGroup.OTHER}
