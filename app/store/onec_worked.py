"""Worked time that is kept until it is sent to 1C (onec-zup.md §5.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from app.domain.onec_schedules import Period, Shift
from app.domain.onec_worked import WorkedDay
from app.store.database import fetch, put_rows
from app.store.onec_rows import OneCWorkedRow
from app.store.values import to_json

_breaks = msgspec.json.Decoder(tuple[Period, ...])


def worked(connection_id: str, first: date, last: date) -> list[WorkedDay]:
    """The kept days of these days, by person and day."""
    w = OneCWorkedRow
    query = w.select().where(w.connection == connection_id, w.day.between(first.isoformat(), last.isoformat()))
    return [
        WorkedDay(external_id, date.fromisoformat(day), _shift(start, end, ZoneInfo(zone), breaks), source)
        for _connection, external_id, day, start, end, zone, breaks, source in fetch(
            query.order_by(w.external_id, w.day)
        )
    ]


def put_worked(connection_id: str, days: Iterable[WorkedDay]) -> None:
    """Keep days, each in place of what was kept of it before; moments are in one named zone."""
    rows = [
        (
            connection_id, d.external_id, d.day.isoformat(), d.shift.start.isoformat(), d.shift.end.isoformat(),
            str(d.shift.start.tzinfo), to_json(d.shift.unpaid_breaks), d.source,
        )
        for d in days
    ]  # fmt: skip
    put_rows(OneCWorkedRow, rows)


def forget_worked(connection_id: str, external_id: str, day: date) -> bool:
    """Throw a kept day away; false when there was none."""
    w = OneCWorkedRow
    mine = (w.connection == connection_id) & (w.external_id == external_id) & (w.day == day.isoformat())
    return bool(w.delete().where(mine).execute())


def _shift(start: str, end: str, zone: ZoneInfo, breaks: str) -> Shift:
    found = tuple(Period(b.start.astimezone(zone), b.end.astimezone(zone)) for b in _breaks.decode(breaks))
    return Shift(datetime.fromisoformat(start).astimezone(zone), datetime.fromisoformat(end).astimezone(zone), found)
