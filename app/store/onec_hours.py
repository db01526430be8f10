"""Norm hours and timesheets of 1C as stored (onec-zup.md §5.2, §5.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.onec import NormHours, NormMode, TimesheetAbsence, TimesheetDay, TimesheetPeriod
from app.domain.outcomes import Action
from app.store.database import fetch, insert_rows, put_rows
from app.store.onec import decimal_text, to_decimal
from app.store.onec_rows import OneCDayRow, OneCNormRow, OneCTimesheetRow
from app.store.values import from_time, now, to_json, to_time

_absences = msgspec.json.Decoder(tuple[TimesheetAbsence, ...])
_SLICE = 500


@dataclass(frozen=True, slots=True)
class StoredNorm:
    """A norm with what the formula gives, None where the calendar is not known, and when 1C said it."""

    norm: NormHours
    mode: NormMode
    expected: Decimal | None
    fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredPeriod:
    """A timesheet's period and when 1C said it."""

    period: TimesheetPeriod
    fetched_at: datetime | None


def norms(connection_id: str, first: date, last: date, external_id: str | None = None) -> list[StoredNorm]:
    """The norms of periods that lie within these days, of everybody or of one, by person and time."""
    n = OneCNormRow
    query = n.select().where(n.connection == connection_id, n.first >= first.isoformat(), n.last <= last.isoformat())
    if external_id is not None:
        query = query.where(n.external_id == external_id)
    return [
        StoredNorm(
            NormHours(external_id, Decimal(hours), date.fromisoformat(begin), date.fromisoformat(end)),
            NormMode(mode),
            to_decimal(expected),
            from_time(fetched_at),
        )
        for _connection, external_id, mode, begin, end, hours, expected, fetched_at in fetch(
            query.order_by(n.external_id, n.mode, n.first)
        )
    ]


def put_norms(
    connection_id: str, mode: NormMode, rows: Iterable[tuple[NormHours, Decimal | None]]
) -> dict[str, Action]:
    """Store norms, each in place of an older one; returns what became of each person's."""
    n = OneCNormRow
    known = {
        key[:3]: Decimal(key[3])
        for key in fetch(
            n.select(n.external_id, n.first, n.last, n.hours).where(n.connection == connection_id, n.mode == mode.value)
        )
    }
    stamp = to_time(now())
    done: dict[str, Action] = {}
    stored: list[tuple[Any, ...]] = []
    for norm, expected in rows:
        first, last = norm.start.isoformat(), norm.end.isoformat()
        before = known.get((norm.external_id, first, last))
        action = Action.CREATE if before is None else Action.UNCHANGED if before == norm.hours else Action.UPDATE
        done[norm.external_id] = _stronger(done.get(norm.external_id), action)
        figures = (str(norm.hours), decimal_text(expected))
        stored.append((connection_id, norm.external_id, mode.value, first, last, *figures, stamp))
    put_rows(n, stored)
    return done


def timesheet(
    connection_id: str, first: date, last: date, external_ids: Sequence[str] | None = None
) -> list[StoredPeriod]:
    """The periods that touch these days, of everybody or some, with their days."""
    t = OneCTimesheetRow
    query = t.select().where(t.connection == connection_id, t.last >= first.isoformat(), t.first <= last.isoformat())
    wanted = None if external_ids is None else set(external_ids)
    query = _of_few(query, t.external_id, wanted)
    rows = [r for r in fetch(query.order_by(t.external_id, t.first)) if wanted is None or r[1] in wanted]
    if not rows:
        return []
    begin, end = min(row[2] for row in rows), max(row[3] for row in rows)
    by_person = _days(connection_id, begin, end, wanted)
    return [_to_period(row, by_person.get(row[1], [])) for row in rows]


def codes_on(connection_id: str, day: date) -> dict[str, tuple[str, ...]]:
    """The codes of one day, in order, by person; who has no timesheet of it is not there."""
    d = OneCDayRow
    query = d.select(d.external_id, d.code).where(d.connection == connection_id, d.day == day.isoformat())
    found: dict[str, tuple[str, ...]] = {}
    for external_id, code in fetch(query.order_by(d.external_id, d.place)):
        found[external_id] = (*found.get(external_id, ()), code)
    return found


def _of_few(query: Any, column: Any, wanted: set[str] | None) -> Any:
    """Leave the choice to the database where few people are wanted; many would be too long a question."""
    return query.where(column.in_(sorted(wanted))) if wanted is not None and len(wanted) <= _SLICE else query


def put_timesheet(connection_id: str, periods: Iterable[TimesheetPeriod]) -> dict[str, Action]:
    """Store periods, their days in place of those that were there; returns what became of each person's."""
    stamp = to_time(now())
    done: dict[str, Action] = {}
    by_dates: dict[tuple[date, date], list[TimesheetPeriod]] = defaultdict(list)
    for period in periods:
        by_dates[period.first, period.last].append(period)
    for (first, last), listed in by_dates.items():
        group = list({p.external_id: p for p in listed}.values())
        known = {p.period.external_id: p.period for p in timesheet(connection_id, first, last)
                 if (p.period.first, p.period.last) == (first, last)}  # fmt: skip
        for period in group:
            before = known.get(period.external_id)
            same = before is not None and _content(before) == _content(period)
            action = Action.CREATE if before is None else Action.UNCHANGED if same else Action.UPDATE
            done[period.external_id] = _stronger(done.get(period.external_id), action)
        _forget_days(connection_id, first, last, [p.external_id for p in group])
        insert_rows(OneCDayRow, [row for p in group for row in _day_rows(connection_id, p)])
        put_rows(OneCTimesheetRow, [_period_row(connection_id, p, stamp) for p in group])
    return done


def _stronger(one: Action | None, other: Action) -> Action:
    """What is said of a person with several rows."""
    order = (None, Action.UNCHANGED, Action.UPDATE, Action.CREATE)
    return max(one, other, key=order.index) if one is not None else other


def _content(period: TimesheetPeriod) -> tuple[Any, ...]:
    halves = (period.half1_days, period.half1_hours, period.half2_days, period.half2_hours)
    return sorted(period.days, key=lambda d: (d.date, d.code, d.hours)), period.absences, halves


def _forget_days(connection_id: str, first: date, last: date, external_ids: Sequence[str]) -> None:
    d = OneCDayRow
    for start in range(0, len(external_ids), _SLICE):
        d.delete().where(
            d.connection == connection_id,
            d.external_id.in_(list(external_ids[start : start + _SLICE])),
            d.day.between(first.isoformat(), last.isoformat()),
        ).execute()


def _days(connection_id: str, begin: str, end: str, wanted: set[str] | None) -> dict[str, list[TimesheetDay]]:
    d = OneCDayRow
    query = d.select(d.external_id, d.day, d.code, d.hours).where(
        d.connection == connection_id, d.day.between(begin, end)
    )
    query = _of_few(query, d.external_id, wanted)
    found: dict[str, list[TimesheetDay]] = defaultdict(list)
    for external_id, day, code, hours in fetch(query.order_by(d.external_id, d.day, d.place)):
        if wanted is None or external_id in wanted:
            found[external_id].append(TimesheetDay(date.fromisoformat(day), code, Decimal(hours)))
    return found


def _day_rows(connection_id: str, period: TimesheetPeriod) -> Iterable[tuple[Any, ...]]:
    """Rows of the days inside the period; others belong to periods of their own."""
    places: dict[date, int] = defaultdict(int)
    for one in period.days:
        if period.first <= one.date <= period.last:
            place = places[one.date]
            places[one.date] += 1
            yield (connection_id, period.external_id, one.date.isoformat(), place, one.code, str(one.hours))


def _period_row(connection_id: str, period: TimesheetPeriod, stamp: str | None) -> tuple[Any, ...]:
    halves = (period.half1_days, period.half1_hours, period.half2_days, period.half2_hours)
    dates = (period.first.isoformat(), period.last.isoformat())
    return (connection_id, period.external_id, *dates, *map(decimal_text, halves), to_json(period.absences), stamp)


def _to_period(row: tuple[Any, ...], days: Sequence[TimesheetDay]) -> StoredPeriod:
    _connection, external_id, begin, end, *halves, absences, fetched_at = row
    first, last = date.fromisoformat(begin), date.fromisoformat(end)
    own = tuple(day for day in days if first <= day.date <= last)
    figures = [to_decimal(half) for half in halves]
    return StoredPeriod(
        TimesheetPeriod(external_id, first, last, own, _absences.decode(absences), *figures), from_time(fetched_at)
    )
