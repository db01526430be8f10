"""Planned shifts as stored, and receipts of what was sent to 1C (onec-zup.md §5.3, §5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from app.domain.onec import FactSlice, ScheduleShift
from app.domain.onec_receipts import FactReceipt, ScheduleReceipt, SentStatus
from app.domain.onec_schedules import Period, Shift
from app.domain.onec_shifts import PlannedShift
from app.store.database import fetch, insert_rows, put_rows
from app.store.onec_rows import OneCFactRow, OneCReceiptRow, OneCShiftRow
from app.store.values import from_time, now, to_json, to_time

_breaks = msgspec.json.Decoder(tuple[Period, ...])
_shifts = msgspec.json.Decoder(tuple[ScheduleShift, ...])
_slices = msgspec.json.Decoder(tuple[FactSlice, ...])


def planned(
    connection_id: str, first: date, last: date, external_ids: Sequence[str] | None = None
) -> list[PlannedShift]:
    """Shifts that begin on these days, of everybody or some, by person and time."""
    s = OneCShiftRow
    query = s.select(s.external_id, s.start, s.end, s.zone, s.breaks).where(
        s.connection == connection_id, s.day.between(first.isoformat(), last.isoformat())
    )
    wanted = None if external_ids is None else set(external_ids)
    rows = [r for r in fetch(query.order_by(s.external_id, s.day, s.start)) if wanted is None or r[0] in wanted]
    return [
        PlannedShift(external_id, _to_shift(start, end, ZoneInfo(zone), breaks), at)
        for at, (external_id, start, end, zone, breaks) in enumerate(rows, 1)
    ]


def put_planned(
    connection_id: str, external_id: str, days: tuple[date, date], shifts: Iterable[Shift], source: str
) -> None:
    """The shifts of one person on these days, in place of those that were there; moments are in one named zone."""
    s = OneCShiftRow
    first, last = (day.isoformat() for day in days)
    s.delete().where(s.connection == connection_id, s.external_id == external_id, s.day.between(first, last)).execute()
    rows = [
        (
            connection_id, external_id, shift.start.isoformat(), shift.end.isoformat(),
            shift.start.date().isoformat(), str(shift.start.tzinfo), to_json(shift.unpaid_breaks), source,
        )
        for shift in shifts
    ]  # fmt: skip
    insert_rows(s, rows)


def _to_shift(start: str, end: str, zone: ZoneInfo, breaks: str) -> Shift:
    def there(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    found = tuple(Period(there(b.start), there(b.end)) for b in _breaks.decode(breaks))
    return Shift(there(datetime.fromisoformat(start)), there(datetime.fromisoformat(end)), found)


def receipts(connection_id: str, first: date, last: date) -> list[ScheduleReceipt]:
    """What was sent of periods that touch these days, by person and time."""
    r = OneCReceiptRow
    query = r.select().where(r.connection == connection_id, r.last >= first.isoformat(), r.first <= last.isoformat())
    return [_to_receipt(row) for row in fetch(query.order_by(r.external_id, r.first))]


def put_receipt(connection_id: str, receipt: ScheduleReceipt) -> None:
    """Keep a receipt; those of other periods that it touches say no more what 1C holds."""
    r = OneCReceiptRow
    first, last = receipt.first.isoformat(), receipt.last.isoformat()
    if receipt.status is not SentStatus.REFUSED:
        r.delete().where(
            r.connection == connection_id, r.external_id == receipt.external_id, r.last >= first, r.first <= last
        ).execute()
    figures = (receipt.digest, to_json(receipt.shifts), receipt.status.value, receipt.answer, receipt.run_id)
    put_rows(r, [(connection_id, receipt.external_id, first, last, *figures, to_time(receipt.sent_at))])


def _to_receipt(row: tuple[Any, ...]) -> ScheduleReceipt:
    _connection, external_id, first, last, digest, shifts, status, answer, run_id, sent_at = row
    return ScheduleReceipt(
        external_id,
        date.fromisoformat(first),
        date.fromisoformat(last),
        digest,
        _shifts.decode(shifts),
        SentStatus(status),
        answer,
        run_id,
        from_time(sent_at) or now(),
    )


def facts(connection_id: str, first: date, last: date) -> list[FactReceipt]:
    """Worked time that was sent of these days, by day and person."""
    f = OneCFactRow
    query = f.select().where(f.connection == connection_id, f.day.between(first.isoformat(), last.isoformat()))
    return [_to_fact(row) for row in fetch(query.order_by(f.day, f.external_id))]


def find_fact(connection_id: str, external_id: str, day: date) -> FactReceipt | None:
    """What was sent of that person and day."""
    return next((f for f in facts(connection_id, day, day) if f.external_id == external_id), None)


def put_fact(connection_id: str, fact: FactReceipt) -> None:
    """Keep what was sent, in place of what was sent of that person and day before."""
    row = (
        connection_id,
        fact.external_id,
        fact.day.isoformat(),
        fact.shift_start.isoformat(),
        fact.initiator_name,
        to_json(fact.slices),
        fact.status.value,
        fact.document,
        fact.answer,
        fact.run_id,
        to_time(fact.sent_at),
    )
    put_rows(OneCFactRow, [row])


def restore_fact(connection_id: str, fact: FactReceipt, before: FactReceipt | None) -> None:
    """Take back that something was sent, as it never was."""
    f = OneCFactRow
    mine = (f.connection == connection_id) & (f.external_id == fact.external_id) & (f.day == fact.day.isoformat())
    f.delete().where(mine).execute()
    if before is not None:
        put_fact(connection_id, before)


def _to_fact(row: tuple[Any, ...]) -> FactReceipt:
    _connection, external_id, day, start, initiator, slices, status, document, answer, run_id, sent_at = row
    return FactReceipt(
        external_id,
        date.fromisoformat(day),
        datetime.fromisoformat(start),
        initiator,
        _slices.decode(slices),
        SentStatus(status),
        document,
        answer,
        run_id,
        from_time(sent_at) or now(),
    )
