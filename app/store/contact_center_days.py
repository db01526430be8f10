"""Which days of a contact centre's history are here: those that reads asked for, and those imported."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.contact_center.days import Window, day_of
from app.domain.exchange.rows import COLUMNS
from app.domain.exchange.shapes import DataType
from app.domain.outcomes import RunState
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
    found: dict[date, datetime | None] = dict.fromkeys(_imported_days(query, window))
    for day, moment in _confirmed(query, window):
        known = found.get(day)
        found[day] = moment if known is None else max(known, moment)
    return found


@dataclass(frozen=True)
class _Asked:
    """A part of a read: the first of its days, and when it was confirmed."""

    day: date
    moment: datetime


def _confirmed(query: DaysQuery, window: Window) -> list[tuple[date, datetime]]:
    """Days and moments from the journal of reads of everybody, whose keys begin with the first day asked for.

    A read goes on day by day: where it did not finish, its last day may lack some groups or agents.
    """
    first = (window.first - (query.per_request - 1) * _DAY).isoformat()
    rows = fetch(
        JournalRow.select(JournalRow.run_id, JournalRow.key, JournalRow.confirmed_at, RunRow.params, RunRow.state)
        .join(RunRow, on=(RunRow.run_id == JournalRow.run_id))
        .where(
            RunRow.operation == query.operation,
            RunRow.connection == query.connection_name,
            JournalRow.confirmed_at.is_null(False),
            JournalRow.key >= first,
        )
    )
    by_run: dict[str, list[_Asked]] = defaultdict(list)
    ends: dict[str, date] = {}
    unfinished = set()
    for run_id, key, confirmed, packed, state in rows:
        params = from_json(packed, dict[str, Any]) or {}
        moment = from_time(confirmed)
        if moment is None or not _everybody(params):
            continue
        by_run[run_id].append(_Asked(date.fromisoformat(key[:_DAY_LETTERS]), moment))
        ends[run_id] = _end_date(params)
        if state != RunState.FINISHED.value:
            unfinished.add(run_id)
    found = []
    for run_id, parts in by_run.items():
        partial = max(part.day for part in parts) if run_id in unfinished else None
        for part in parts:
            last = min(window.last, part.moment.astimezone(query.zone).date(), ends[run_id])
            days = (part.day + number * _DAY for number in range(query.per_request))
            found += [(day, part.moment) for day in days if part.day != partial and window.first <= day <= last]
    return found


def _everybody(params: dict[str, Any]) -> bool:
    """Whether a read was of all groups or agents."""
    wanted = params.get("groups") or params.get("agents")
    return not wanted or "all" in wanted


def _end_date(params: dict[str, Any]) -> date:
    """The last day that a read was for; one without an end was for the present."""
    end = params.get("end_date")
    return date.fromisoformat(end) if end else date.max


def _imported_days(query: DaysQuery, window: Window) -> set[date]:
    """Days with rows that no read brought."""
    table: Any = HISTORY[query.data_type]
    start = getattr(table, COLUMNS[query.data_type][0])
    reads = RunRow.select(RunRow.run_id).where(RunRow.operation == query.operation)
    mine = (table.connection == query.connection_id) & table.batch_id.not_in(reads)
    if query.data_type is DataType.CHAT_TIME:
        days = table.select(start).where(mine, start >= window.first.isoformat(), start <= window.last.isoformat())
        return {date.fromisoformat(day) for (day,) in fetch(days.distinct())}
    quarters = table.select(start / _QUARTER_MS).where(mine, start >= window.span.start_ms, start < window.span.end_ms)
    return {day_of(int(quarter) * _QUARTER_MS, query.zone) for (quarter,) in fetch(quarters.distinct())}
