"""Reads the history of a period for a chart and its table: sums by the database, buckets as arrays, rows of the table.

All of it happens on the store's own thread, so that the window stays free; imports numpy, so it is imported late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from app.domain.contact_center.days import Span, Window, midnight_ms, windows
from app.domain.contact_center.steps import Step
from app.domain.contact_center.sums import (
    Amounts,
    Grid,
    IntervalSums,
    Moments,
    as_table,
    bucketed,
    grid,
    hours,
    one_step_a_day,
)
from app.domain.exchange.shapes import DataType
from app.store import contact_center_history as stored
from app.store.contact_center_days import DaysQuery, fetched_days
from app.store.contact_center_history import HistoryQuery
from ui.pages.workforce.history.measures import (
    CHAT_MEASURE,
    GROUP_MEASURES,
    OPERATIONS,
    TYPES,
    WORK_MEASURES,
    Measure,
    Slot,
    Source,
    Unit,
)

_HOUR_MS = 3_600_000
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Question:
    """What to read: a table, days of the connection's zone, the length of a bucket, of whom."""

    source: Source
    connection_id: str
    connection_name: str
    zone: ZoneInfo
    first: date
    last: date
    step: Step
    step_ms: int
    per_request: int
    chats: bool
    now_ms: int
    groups: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()

    @property
    def window(self) -> Window:
        """The period as one window."""
        (window,) = windows(self.first, self.last, self.zone, (self.last - self.first).days + 1)
        return window

    @property
    def types(self) -> tuple[DataType, ...]:
        """The types of data that the table comes from, as far as the platform has them."""
        return tuple(t for t in TYPES[self.source] if self.chats or t is not DataType.CHAT_TIME)

    def query(self, data_type: DataType) -> HistoryQuery:
        """The rows of a type; groups are meant by those alone that name them."""
        agents = () if data_type is DataType.GROUP_METRICS else self.agents
        groups = self.groups if data_type is DataType.GROUP_METRICS else ()
        return HistoryQuery(data_type, self.connection_id, self.window, groups, agents)


@dataclass(frozen=True, slots=True)
class Answer:
    """Buckets with one array per measure (NaN where nothing is known), the rows of the table, sums of the period.

    `days` are those that are here of `wanted` days until today; `as_of` is when the latest was asked for.
    """

    question: Question
    measures: tuple[Measure, ...]
    grid: Grid
    arrays: Mapping[str, Amounts]
    rows: list[Slot]
    totals: Mapping[str, float | None]
    days: int
    wanted: int
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class _Part:
    """One type of data: what it comes to per bucket, and in which buckets any of it lies."""

    arrays: dict[str, Amounts]
    some: NDArray[np.bool_]


def read(question: Question) -> Answer:
    """The answer to a question; on the store's own thread."""
    here = {t: fetched_days(_days_query(question, t), question.window) for t in question.types}
    into, lengths = _grid(question)
    measures: dict[str, Measure] = {}
    arrays: dict[str, Amounts] = {}
    totals: dict[str, float | None] = {}
    known = np.zeros(len(into.starts), dtype=bool)
    whole = Grid(into.starts[:1], into.end_ms)
    for data_type in question.types:
        found, titles = _READERS[data_type](question, lengths, (into, whole))
        part = into.within(_known_spans(question, here[data_type])) | found[0].some
        known |= part
        for key, values in found[0].arrays.items():
            arrays[key] = np.where(part, values, np.nan)
            totals[key] = _plain(found[1].arrays[key][0])
        measures |= {each.key: each for each in titles}
    days = [set(each) for each in here.values()]
    complete = set.intersection(*days) if days else set()
    moments = [moment for each in here.values() for moment in each.values() if moment is not None]
    shown = tuple(measures.values())
    return Answer(
        question, shown, into, arrays, _rows(into, shown, arrays, known), totals, len(complete), _wanted(question),
        max(moments, default=None),
    )  # fmt: skip


def _days_query(question: Question, data_type: DataType) -> DaysQuery:
    return DaysQuery(
        data_type, OPERATIONS[data_type], question.connection_id, question.connection_name, question.zone,
        question.per_request,
    )  # fmt: skip


def missing_days(question: Question) -> dict[DataType, list[date]]:
    """The days until today that are not here yet, of every type that the platform has."""
    today = _today(question)
    missing = {}
    for data_type in OPERATIONS:
        if data_type is DataType.CHAT_TIME and not question.chats:
            continue
        here = fetched_days(_days_query(question, data_type), question.window)
        span = range((min(question.last, today) - question.first).days + 1)
        missing[data_type] = [day for n in span if (day := question.first + timedelta(days=n)) not in here]
    return missing


def _today(question: Question) -> date:
    return datetime.fromtimestamp(question.now_ms / 1000, question.zone).date()


def _wanted(question: Question) -> int:
    """Days of the period until today."""
    return max(0, (min(question.last, _today(question)) - question.first).days + 1)


def _known_spans(question: Question, here: Mapping[date, datetime | None]) -> list[Span]:
    """What is known of each day: all of it, or as much as there was when it was asked for."""
    spans = []
    for day, moment in here.items():
        end = midnight_ms(day + timedelta(days=1), question.zone)
        asked = question.now_ms if moment is None else round(moment.timestamp() * 1000)
        spans.append(Span(midnight_ms(day, question.zone), min(end, asked)))
    return spans


# -- buckets -----------------------------------------------------------------------------------------------------


def _grid(question: Question) -> tuple[Grid, IntervalSums | None]:
    """The buckets, and the intervals that they were chosen by where those are what is asked for."""
    if question.source is Source.GROUPS:
        days = grid(question.first, question.last, question.zone, None)
        rows = stored.interval_sums(question.query(DataType.GROUP_METRICS))
        sums, chosen = one_step_a_day(IntervalSums.of_rows(rows), days)
        steps = {
            question.first + timedelta(days=n): int(length) or question.step_ms
            for n, length in enumerate(chosen.tolist())
        }
        return _of_step(question, steps), sums
    return _of_step(question, question.step_ms), None


def _of_step(question: Question, interval: Mapping[date, int] | int) -> Grid:
    step = {Step.INTERVAL: interval, Step.HOUR: _HOUR_MS, Step.DAY: None}[question.step]
    return grid(question.first, question.last, question.zone, step)


Read = tuple[tuple[_Part, _Part], tuple[Measure, ...]]
"""The parts per bucket and of the whole period, and the measures in both."""


def _groups(_question: Question, sums: IntervalSums | None, grids: tuple[Grid, Grid]) -> Read:
    assert sums is not None

    def part(into: Grid) -> _Part:
        b = bucketed(sums, into)
        arrays = {
            "offered": b.offered, "handled": b.handled, "lost": b.lost, "answer_rate": b.answer_rate,
            "abandon_rate": b.abandon_rate, "aht": b.aht_ms / 1000, "post": b.post_ms / 1000,
            "workload": hours(b.workload_ms), "unique_offered": b.unique_offered, "unique_handled": b.unique_handled,
            "unique_lost": b.unique_lost,
        }  # fmt: skip
        return _Part(arrays, into.total(sums.start_ms, np.ones(len(sums.start_ms))) > 0)

    return (part(grids[0]), part(grids[1])), GROUP_MEASURES


def _statuses(question: Question, _sums: IntervalSums | None, grids: tuple[Grid, Grid]) -> Read:
    rows = stored.status_stretches(question.query(DataType.STATUS), question.window.span)
    names = {code: name or code for code, name, _start, _end in rows}
    place = {code: number for number, code in enumerate(names)}
    table = as_table([(place[code], start, end) for code, _name, start, end in rows], 3).astype(np.int64)
    by_code = {code: table[table[:, 0] == number] for code, number in place.items()}

    def part(into: Grid) -> _Part:
        time = {f"status.{code}": hours(into.time(t[:, 1], t[:, 2])) for code, t in by_code.items()}
        return _Part(time, _any(time, into))

    whole = part(grids[1])
    order = sorted(names, key=lambda code: -float(whole.arrays[f"status.{code}"][0]))
    measures = tuple(Measure(f"status.{code}", names[code], Unit.HOURS) for code in order)
    return (part(grids[0]), whole), measures


def _logins(question: Question, _sums: IntervalSums | None, grids: tuple[Grid, Grid]) -> Read:
    rows = stored.login_stretches(question.query(DataType.LOGIN), question.window.span)
    table = as_table([(start, question.now_ms if end is None else end) for start, end in rows], 2).astype(np.int64)

    def part(into: Grid) -> _Part:
        time = {"signed_in": hours(into.time(table[:, 0], table[:, 1]))}
        return _Part(time, _any(time, into))

    return (part(grids[0]), part(grids[1])), WORK_MEASURES[:1]


def _calls(question: Question, _sums: IntervalSums | None, grids: tuple[Grid, Grid]) -> Read:
    table = as_table(stored.call_lengths(question.query(DataType.CALLS)), 2)
    starts = table[:, 0].astype(np.int64)

    def part(into: Grid) -> _Part:
        count = into.total(starts, np.ones(len(starts)))
        return _Part({"at_contacts": hours(into.total(starts, table[:, 1])), "contacts": count}, count > 0)

    return (part(grids[0]), part(grids[1])), WORK_MEASURES[1:]


def _chats(question: Question, _sums: IntervalSums | None, grids: tuple[Grid, Grid]) -> Read:
    rows = stored.chat_days(question.query(DataType.CHAT_TIME))
    starts: Moments = np.array([midnight_ms(date.fromisoformat(day), question.zone) for day, _ms in rows], np.int64)
    lengths: Amounts = np.array([ms for _day, ms in rows], dtype=np.float64)

    def part(into: Grid) -> _Part:
        time = {"with_chats": hours(into.total(starts, lengths))}
        return _Part(time, _any(time, into))

    if question.step is Step.DAY:
        return (part(grids[0]), part(grids[1])), (CHAT_MEASURE,)
    nothing = _Part({}, np.zeros(len(grids[0].starts), dtype=bool))
    return (nothing, nothing), ()


_READERS = {
    DataType.GROUP_METRICS: _groups,
    DataType.STATUS: _statuses,
    DataType.LOGIN: _logins,
    DataType.CALLS: _calls,
    DataType.CHAT_TIME: _chats,
}


def _any(arrays: Mapping[str, Amounts], into: Grid) -> NDArray[np.bool_]:
    """Buckets in which any of them is more than nothing."""
    found = np.zeros(len(into.starts), dtype=bool)
    for each in arrays.values():
        found |= each > 0
    return found


# -- rows --------------------------------------------------------------------------------------------------------


def _rows(
    into: Grid, measures: tuple[Measure, ...], arrays: Mapping[str, Amounts], known: NDArray[np.bool_]
) -> list[Slot]:
    """A row per bucket that anything is known of; in slices, so that other threads get their turn."""
    at = np.flatnonzero(known)
    edges = into.edges
    rows: list[Slot] = []
    for begin in range(0, len(at), _ROWS_AT_ONCE):
        part = at[begin : begin + _ROWS_AT_ONCE]
        values = zip(*(_plain_list(arrays[m.key][part]) for m in measures), strict=True)
        rows += map(Slot, edges[part].tolist(), edges[part + 1].tolist(), part.tolist(), values)
    return rows


def _plain_list(values: Amounts) -> list[float | None]:
    found: list[float | None] = values.tolist()
    if np.isnan(values).any():
        return [None if value != value else value for value in found]
    return found


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
