"""What the store holds of schedules in a period: shifts, months of people, receipts, and how far each is with 1C.

Pure but for the reading itself, which happens on the store's thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from enum import StrEnum
from functools import lru_cache

from app.domain.connections import Connection
from app.domain.onec import PersonSchedule, ScheduleShift, month_end, months
from app.domain.onec_receipts import ScheduleReceipt, SentStatus, digest_of
from app.domain.onec_schedules import PeriodState, Shift, period_state, split
from app.domain.onec_shifts import PlannedShift
from app.operations.onec.asking import today, zone_of
from app.store import onec_sent
from ui.pages.workforce.people import Worker, Workers, workers

HOUR_MS = 3_600_000


class SendState(StrEnum):
    """How far a shift, or a month of somebody, is on its way to 1C."""

    NOT_SENT = "not_sent"
    CHANGED = "changed"
    """1C confirmed the month, but not like this."""
    IN_1C = "in_1c"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    """Its month is over, and 1C has closed it."""
    REMOVED = "removed"
    """1C has shifts of the month, here there are none left; an empty schedule does not clear it."""
    EMPTY = "empty"

    @property
    def unsent(self) -> bool:
        """Whether sending it would tell 1C something."""
        return self in {SendState.NOT_SENT, SendState.CHANGED, SendState.REFUSED, SendState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A planned shift; `counted` is how 1C counts it, `receipt` the last answer to a schedule with its day.

    `key` names the line.
    """

    worker: Worker
    shift: Shift
    counted: ScheduleShift
    state: SendState
    receipt: ScheduleReceipt | None
    key: str

    @property
    def day(self) -> date:
        """The day that owns all of it."""
        return self.shift.start.date()

    @property
    def hours(self) -> float:
        """Paid hours."""
        return (self.counted.day_ms + self.counted.night_ms) / HOUR_MS


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One person in one month; `days` are the shifts by day of the month."""

    worker: Worker
    first: date
    days: Mapping[int, tuple[ShiftLine, ...]]
    state: SendState
    receipt: ScheduleReceipt | None = None

    @property
    def key(self) -> str:
        """The name of what is sent of it (`pieces` of onec.send_schedule)."""
        return f"{self.worker.external_id}/{self.first:%Y-%m}"

    @property
    def shifts(self) -> list[ShiftLine]:
        """All shifts of the month."""
        return [line for lines in self.days.values() for line in lines]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A day that was sent, 1C's answer to it, and whether the plan is still the same."""

    worker: Worker
    sent: ScheduleShift
    receipt: ScheduleReceipt
    unchanged: bool

    @property
    def key(self) -> str:
        """Names the line."""
        return f"{self.worker.external_id} {self.receipt.first} {self.sent.start.isoformat()}"

    @property
    def day(self) -> date:
        """The day that was sent."""
        return self.sent.start.date()


@dataclass(frozen=True)
class Schedules:
    """Everything that the page shows."""

    zone: tzinfo
    today: date
    workers: Workers
    shifts: list[ShiftLine] = field(default_factory=list)
    months: list[MonthLine] = field(default_factory=list)
    receipts: list[ReceiptLine] = field(default_factory=list)

    @property
    def unsent(self) -> list[MonthLine]:
        """The months of people that sending would tell 1C something of."""
        return [line for line in self.months if line.state.unsent]


def read_schedules(connection: Connection, first: date, last: date) -> Schedules:
    """The shifts of these days, and the whole months they lie in."""
    people = workers(connection.id)
    zone, day = zone_of(connection), today(connection)
    begin, end = first.replace(day=1), month_end(last)
    planned = onec_sent.planned(connection.id, begin, end)
    receipts = onec_sent.receipts(connection.id, begin, end)
    order = {external_id: at for at, external_id in enumerate(people)}
    by_name = sorted(planned, key=lambda p: order.get(p.external_id, len(order)))
    receipts.sort(key=lambda r: order.get(r.external_id, len(order)))
    lines = list(_shift_lines(by_name, receipts, people, zone, day))
    return Schedules(
        zone,
        day,
        people,
        [line for line in lines if first <= line.day <= last],
        _month_lines(lines, receipts, people, (begin, end), day),
        [r for r in _receipt_lines(receipts, lines, people) if first <= r.day <= last],
    )


def _shift_lines(
    planned: Iterable[PlannedShift], receipts: Sequence[ScheduleReceipt], people: Workers, zone: tzinfo, day: date
) -> Iterable[ShiftLine]:
    by_person: dict[str, list[ScheduleReceipt]] = defaultdict(list)
    for receipt in receipts:
        by_person[receipt.external_id].append(receipt)
    for one in planned:
        counted, starts = _counted(one.shift, zone), one.shift.start.date()
        answered = _newest(r for r in by_person[one.external_id] if r.first <= starts <= r.last)
        state = _shift_state(counted, answered)
        if state is not SendState.IN_1C and _closed(starts, day):
            state = SendState.CLOSED
        key = f"{one.external_id} {one.shift.start.isoformat()}"
        yield ShiftLine(people[one.external_id], one.shift, counted, state, answered, key)


@lru_cache(maxsize=100_000)
def _counted(shift: Shift, zone: tzinfo) -> ScheduleShift:
    """Counting takes most of a reading, and most shifts are the same at the next one."""
    return split(shift, zone)


def _newest(receipts: Iterable[ScheduleReceipt]) -> ScheduleReceipt | None:
    return max(receipts, key=lambda r: r.sent_at, default=None)


def _closed(day: date, today: date) -> bool:
    return period_state(day.replace(day=1), month_end(day), today) is PeriodState.CLOSED


def _shift_state(counted: ScheduleShift, receipt: ScheduleReceipt | None) -> SendState:
    if receipt is None:
        return SendState.NOT_SENT
    if _same(counted) not in {_same(sent) for sent in receipt.shifts}:
        return SendState.CHANGED if receipt.status is SentStatus.SENT else SendState.NOT_SENT
    return _answer(receipt.status)


def _answer(status: SentStatus) -> SendState:
    match status:
        case SentStatus.SENT:
            return SendState.IN_1C
        case SentStatus.REFUSED:
            return SendState.REFUSED
        case SentStatus.SENDING | SentStatus.UNKNOWN:
            return SendState.UNKNOWN


def _same(shift: ScheduleShift) -> tuple[float, int, int]:
    return shift.start.timestamp(), shift.day_ms, shift.night_ms


def _month_lines(
    lines: Iterable[ShiftLine], receipts: Sequence[ScheduleReceipt], people: Workers, days: tuple[date, date], day: date
) -> list[MonthLine]:
    """Everybody who works in a month or has shifts in it."""
    found: dict[tuple[str, date], dict[int, list[ShiftLine]]] = {}
    spans = months(*days)
    for first, last in spans:
        for worker in people.values():
            if worker.works_in(first, last):
                found[worker.external_id, first] = {}
    for line in lines:
        by_day = found.setdefault((line.worker.external_id, line.day.replace(day=1)), {})
        by_day.setdefault(line.day.day, []).append(line)
    by_key = {(r.external_id, r.first): r for r in receipts if r.first.day == 1 and r.last == month_end(r.first)}
    made = [_month_line(people[key[0]], key[1], by_day, by_key.get(key), day) for key, by_day in found.items()]
    order = {external_id: at for at, external_id in enumerate(people)}
    return sorted(made, key=lambda m: (order.get(m.worker.external_id, len(order)), m.first))


def _month_line(
    worker: Worker, first: date, by_day: Mapping[int, list[ShiftLine]], receipt: ScheduleReceipt | None, day: date
) -> MonthLine:
    days = {number: tuple(lines) for number, lines in sorted(by_day.items())}
    counted = tuple(line.counted for lines in days.values() for line in lines)
    state = _month_state(PersonSchedule(worker.external_id, first, month_end(first), counted), receipt, day)
    return MonthLine(worker, first, days, state, receipt)


def _month_state(schedule: PersonSchedule, receipt: ScheduleReceipt | None, day: date) -> SendState:
    confirmed = receipt is not None and receipt.status is SentStatus.SENT
    if not schedule.shifts:
        return SendState.REMOVED if confirmed else SendState.EMPTY
    if receipt is not None and receipt.digest == digest_of(schedule):
        answer = _answer(receipt.status)
        return SendState.CLOSED if answer.unsent and _closed(schedule.first, day) else answer
    if _closed(schedule.first, day):
        return SendState.CLOSED
    return SendState.CHANGED if confirmed else SendState.NOT_SENT


def _receipt_lines(
    receipts: Iterable[ScheduleReceipt], lines: Iterable[ShiftLine], people: Workers
) -> Iterable[ReceiptLine]:
    there = {(line.worker.external_id, _same(line.counted)) for line in lines}
    for receipt in receipts:
        for sent in receipt.shifts:
            unchanged = (receipt.external_id, _same(sent)) in there
            yield ReceiptLine(people[receipt.external_id], sent, receipt, unchanged)
