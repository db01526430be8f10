"""History of a contact centre, read by period: single rows, pages for exports, and sums that the database makes.

Sums follow contact-center.md §5: times weigh by the contacts handled, a status repeated under several groups counts
once, and a stretch over the border of a period counts with the part inside. The database adds what belongs to one
interval or one agent, as it is five times quicker at it; `app.domain.contact_center.sums` puts that into the buckets
of a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SQL, Case, fn

from app.domain.contact_center.days import Span, Window
from app.domain.contact_center.records import RECORD_TYPES
from app.domain.exchange.rows import COLUMNS, KEYS, Row
from app.domain.exchange.shapes import DataType
from app.store.contact_center import HISTORY
from app.store.contact_center_rows import AgentCallRow, AgentChatDayRow, AgentLoginRow, AgentStatusRow, GroupIntervalRow
from app.store.database import fetch

LOOK_BACK_MS = 7 * 24 * 3_600_000
"""A status or login that began longer ago is not looked for: an index on the start finds the rest."""


@dataclass(frozen=True)
class HistoryQuery:
    """Which rows of a connection: whole days, or all there are; of these groups and agents, or of all."""

    data_type: DataType
    connection: str
    window: Window | None = None
    groups: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupTotals:
    """Sums of a group over a period (§5.2). Times are averages in milliseconds, None where nothing was handled."""

    group_id: str
    service_id: str
    offered: int
    handled: int
    lost: int
    unique_offered: int
    unique_handled: int
    unique_lost: int
    aht_ms: float | None
    post_ms: float | None
    workload_ms: float

    @property
    def answer_rate(self) -> float | None:
        """The part of contacts that was handled, from 0 to 1."""
        return self.handled / self.offered if self.offered else None

    @property
    def abandon_rate(self) -> float | None:
        """The part of contacts that was lost, from 0 to 1."""
        return self.lost / self.offered if self.offered else None


@dataclass(frozen=True, slots=True)
class StatusTotal:
    """How long an agent was in a status within a period."""

    agent_id: str
    state_code: str
    state_name: str
    total_ms: int


@dataclass(frozen=True, slots=True)
class AgentTotal:
    """How many times and how long in all: logins within a period, contacts begun in it, or days with chats."""

    agent_id: str
    count: int
    total_ms: int


@dataclass(frozen=True, slots=True)
class QueueMetrics:
    """The numbers of a queue at one moment (§5.9), as imported."""

    taken_ms: int
    group_id: str
    service_id: str
    waiting: int
    operators: int
    in_conversation: int | None
    received: int | None
    answered: int | None
    answered_pct: float | None
    service_level_pct: float | None
    wait_ms: int | None
    lost_estimate: int | None
    extra: str | None = None


_RECORDS: dict[DataType, type[Any]] = RECORD_TYPES | {DataType.QUEUE_METRICS: QueueMetrics}


def history(query: HistoryQuery) -> list[Any]:
    """The records of a period by time, of the class of their type; also a stretch that only reaches into it."""
    table = _table(query.data_type)
    record = _RECORDS[query.data_type]
    columns = [getattr(table, name) for name in (*COLUMNS[query.data_type], "extra")]
    rows = fetch(table.select(*columns).where(*_chosen(query, reaching=True)).order_by(*_order(query.data_type)))
    return [record(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with their ids; `after` is where the next page begins, None after the last."""

    rows: tuple[tuple[int, Row], ...]
    after: tuple[Any, int] | None


def history_page(query: HistoryQuery, after: tuple[Any, int] | None, size: int) -> Page:
    """Rows that begin in the period, by time, page by page; each in the order of `COLUMNS`, ended by `extra`."""
    table = _table(query.data_type)
    start = getattr(table, COLUMNS[query.data_type][0])
    columns = [getattr(table, name) for name in (*COLUMNS[query.data_type], "extra")]
    chosen = table.select(table.id, *columns).where(*_chosen(query, reaching=False))
    if after is not None:
        chosen = chosen.where(start >= after[0], (start > after[0]) | (table.id > after[1]))
    rows = tuple((row[0], row[1:]) for row in fetch(chosen.order_by(start, table.id).limit(size)))
    return Page(rows, (rows[-1][1][0], rows[-1][0]) if len(rows) == size else None)


def count_rows(query: HistoryQuery) -> int:
    """How many rows begin in the period."""
    table = _table(query.data_type)
    return int(table.select().where(*_chosen(query, reaching=False)).count())


def group_totals(query: HistoryQuery, span: Span) -> list[GroupTotals]:
    """Sums per service and group over the intervals that begin in a period, such as an hour or a day."""
    g = GroupIntervalRow
    inside = (*_of_connection(query), g.start_ms >= span.start_ms, g.start_ms < span.end_ms)
    rows = fetch(
        g.select(g.group_id, g.service_id, *_sums())
        .where(*inside)
        .group_by(g.group_id, g.service_id)
        .order_by(g.service_id, g.group_id)
    )
    return [_group_totals(row) for row in rows]


def interval_sums(query: HistoryQuery) -> list[tuple[Any, ...]]:
    """One row per interval, by time: its beginning, its length, its groups added up; `IntervalSums` names the rest."""
    g = GroupIntervalRow
    chosen = g.select(g.start_ms, g.step_ms, *_sums()).where(*_chosen(query, reaching=False))
    return fetch(chosen.group_by(g.start_ms, g.step_ms).order_by(g.start_ms, g.step_ms))


def _sums() -> list[Any]:
    """Counts, then each time as what it comes to and the contacts that it is known of."""
    g = GroupIntervalRow
    counts = [fn.SUM(c) for c in (g.offered, g.handled, g.lost, g.unique_offered, g.unique_handled, g.unique_lost)]
    times = [part for time in (g.aht_ms, g.post_ms) for part in (fn.SUM(_real(time) * g.handled), _handled_with(time))]
    return [*counts, *times]


def _real(column: Any) -> Any:
    """As a number that cannot run over."""
    return column.cast("double precision")


def _handled_with(time: Any) -> Any:
    """The contacts that a time is known of."""
    return fn.SUM(Case(None, [(time.is_null(), 0)], GroupIntervalRow.handled))


def _group_totals(row: tuple[Any, ...]) -> GroupTotals:
    group, service, *sums = row
    offered, handled, lost, *unique = (int(count or 0) for count in sums[:6])
    aht, aht_of, post, post_of = (float(part or 0) for part in sums[6:])
    average_aht = aht / aht_of if aht_of else None
    average_post = post / post_of if post_of else None
    return GroupTotals(
        group, service, offered, handled, lost, unique[0], unique[1], unique[2], average_aht, average_post, aht + post
    )  # fmt: skip


def status_totals(query: HistoryQuery, span: Span) -> list[StatusTotal]:
    """How long each agent was in each status, those without a group once however often they were sent (§5.3)."""
    once = _each_status_once(query, span)
    o = once.c
    total = fn.SUM(_inside(o.start_ms, o.end_ms, span))
    rows = fetch(
        AgentStatusRow.select(o.agent_id, o.state_code, fn.MAX(o.state_name), total)
        .from_(once)
        .group_by(o.agent_id, o.state_code)
        .order_by(o.agent_id, o.state_code)
    )
    return [StatusTotal(agent, code, name, int(ms)) for agent, code, name, ms in rows]


def status_stretches(query: HistoryQuery, span: Span) -> list[tuple[str, str, int, int]]:
    """Code, name, beginning and end of each status of an agent that reaches into a period, each once (§5.3)."""
    once = _each_status_once(query, span)
    o = once.c
    return fetch(AgentStatusRow.select(o.state_code, o.state_name, o.start_ms, o.end_ms).from_(once))


def _each_status_once(query: HistoryQuery, span: Span) -> Any:
    s = AgentStatusRow
    named = (s.agent_id, s.start_ms, s.end_ms, s.state_code)
    return (
        s.select(*named, fn.MAX(s.state_name).alias("state_name"))
        .where(*_of_connection(query), *_reaching(s, span))
        .group_by(*named)
        .alias("once")
    )


def login_totals(query: HistoryQuery, span: Span, now_ms: int) -> list[AgentTotal]:
    """How long each agent was signed in; who is still in, until now."""
    a = AgentLoginRow
    end = fn.COALESCE(a.end_ms, max(now_ms, span.start_ms))
    total = fn.SUM(_inside(a.start_ms, end, span))
    return _agent_totals(a, total, (*_of_connection(query), *_reaching(a, span)))


def call_totals(query: HistoryQuery, span: Span) -> list[AgentTotal]:
    """How many contacts each agent began and how long they took in all; overlapping ones count in full (§5.5)."""
    a = AgentCallRow
    inside = (a.start_ms >= span.start_ms, a.start_ms < span.end_ms)
    return _agent_totals(a, fn.SUM(a.duration_ms), (*_of_connection(query), *inside))


def login_stretches(query: HistoryQuery, span: Span) -> list[tuple[int, int | None]]:
    """Beginning and end of each time signed in that reaches into a period; None where the agent is still in."""
    a = AgentLoginRow
    return fetch(a.select(a.start_ms, a.end_ms).where(*_of_connection(query), *_reaching(a, span)))


def call_lengths(query: HistoryQuery) -> list[tuple[int, int]]:
    """Beginning and length of each contact that begins in the period."""
    a = AgentCallRow
    return fetch(a.select(a.start_ms, a.duration_ms).where(*_chosen(query, reaching=False)))


def chat_days(query: HistoryQuery) -> list[tuple[str, int]]:
    """Each day with chats, such as `2026-03-05`, and how long all agents together had any."""
    a = AgentChatDayRow
    return fetch(a.select(a.day, fn.SUM(a.work_ms)).where(*_chosen(query, reaching=False)).group_by(a.day))


def _agent_totals(table: Any, total: Any, chosen: Sequence[Any]) -> list[AgentTotal]:
    rows = fetch(
        table.select(table.agent_id, fn.COUNT(SQL("*")), total)
        .where(*chosen)
        .group_by(table.agent_id)
        .order_by(table.agent_id)
    )
    return [AgentTotal(agent, int(count), int(ms or 0)) for agent, count, ms in rows]


def _inside(start: Any, end: Any, span: Span) -> Any:
    """Milliseconds of a stretch that lie in a period."""
    first = Case(None, [(start < span.start_ms, span.start_ms)], start)
    last = Case(None, [(end > span.end_ms, span.end_ms)], end)
    return last - first


def _chosen(query: HistoryQuery, *, reaching: bool) -> list[Any]:
    table = _table(query.data_type)
    chosen = list(_of_connection(query))
    window = query.window
    if window is None:
        return chosen
    if query.data_type is DataType.CHAT_TIME:
        return [*chosen, table.day >= window.first.isoformat(), table.day <= window.last.isoformat()]
    if reaching and query.data_type in {DataType.STATUS, DataType.LOGIN}:
        return [*chosen, *_reaching(table, window.span)]
    start = getattr(table, COLUMNS[query.data_type][0])
    return [*chosen, start >= window.span.start_ms, start < window.span.end_ms]


def _reaching(table: Any, span: Span) -> tuple[Any, ...]:
    """Stretches that share time with a period; one without an end lasts on."""
    began = (table.start_ms < span.end_ms) & (table.start_ms >= span.start_ms - LOOK_BACK_MS)
    return began, table.end_ms.is_null() | (table.end_ms > span.start_ms)


def _of_connection(query: HistoryQuery) -> tuple[Any, ...]:
    table = _table(query.data_type)
    chosen = [table.connection == query.connection]
    if query.groups:
        chosen.append(table.group_id.in_(query.groups))
    if query.agents:
        chosen.append(table.agent_id.in_(query.agents))
    return tuple(chosen)


def _order(data_type: DataType) -> list[Any]:
    table = _table(data_type)
    return [getattr(table, name) for name in COLUMNS[data_type][: KEYS[data_type]]]


def _table(data_type: DataType) -> Any:
    return HISTORY[data_type]
