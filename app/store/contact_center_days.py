"""Which days of a contact centre's history are here: those that a run asked for, and those with rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.contact_center.days import Window, day_of
from app.domain.exchange.rows import COLUMNS
from app.domain.exchange.shapes import DataType
from app.store.contact_center import HISTORY
from app.store.database import fetch
from app.store.models import JournalRow, RunRow
from app.store.values import from_json, from_time

_QUARTER_MS = 900_000
"""Zones lie whole quarters of an hour apart, so that a quarter never belongs to two days."""
_DAY = timedelta(days=1)
_DAY_LETTERS = len("2026-03-05")


@dataclass(frozen=True)
class DaysQuery:
    """Days of one type of data; `operation` brings it and asks for `per_request` days at once."""

    data_type: DataType
    operation: str
    connection_id: str
    connection_name: str
    zone: ZoneInfo
    per_request: int = 1


def fetched_days(query: DaysQuery, window: Window) -> dict[date, datetime | None]:
    """The days of a period that are here, and when each was asked for last; None where rows came another way.

    A day that the platform had no data for (404) is here too: it was asked for.
    """
    found: dict[date, datetime | None] = dict.fromkeys(_days_with_rows(query, window))
    for day, moment in _confirmed(query, window):
        known = found.get(day)
        found[day] = moment if known is None else max(known, moment)
    return found


def _confirmed(query: DaysQuery, window: Window) -> list[tuple[date, datetime]]:
    """Days and moments from the journal of reads, whose keys begin with the first day asked for."""
    first = (window.first - (query.per_request - 1) * _DAY).isoformat()
    rows = fetch(
        JournalRow.select(JournalRow.key, JournalRow.confirmed_at, RunRow.params)
        .join(RunRow, on=(RunRow.run_id == JournalRow.run_id))
        .where(
            RunRow.operation == query.operation,
            RunRow.connection == query.connection_name,
            JournalRow.confirmed_at.is_null(False),
            JournalRow.key >= first,
            JournalRow.key < (window.last + _DAY).isoformat(),
        )
    )
    found = []
    for key, confirmed, params in rows:
        moment = from_time(confirmed)
        assert moment is not None
        begun = date.fromisoformat(key[:_DAY_LETTERS])
        last = min(window.last, moment.astimezone(query.zone).date(), _end_date(params))
        days = (begun + number * _DAY for number in range(query.per_request))
        found += [(day, moment) for day in days if window.first <= day <= last]
    return found


def _end_date(params: str) -> date:
    """The last day that a read was for; one without an end was for the present."""
    end = (from_json(params, dict[str, Any]) or {}).get("end_date")
    return date.fromisoformat(end) if end else date.max


def _days_with_rows(query: DaysQuery, window: Window) -> set[date]:
    table = HISTORY[query.data_type]
    start = getattr(table, COLUMNS[query.data_type][0])
    mine = table.connection == query.connection_id  # type: ignore[attr-defined]  # a column of every history
    if query.data_type is DataType.CHAT_TIME:
        days = table.select(start).where(mine, start >= window.first.isoformat(), start <= window.last.isoformat())
        return {date.fromisoformat(day) for (day,) in fetch(days.distinct())}
    quarters = table.select(start / _QUARTER_MS).where(mine, start >= window.span.start_ms, start < window.span.end_ms)
    return {day_of(int(quarter) * _QUARTER_MS, query.zone) for (quarter,) in fetch(quarters.distinct())}
