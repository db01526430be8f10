"""The five historic reads: day by day, chunk by chunk of ids, each stored with its place in the journal (§5, §8).

A run that is taken up again asks for nothing that was stored already. What comes twice, such as a status over
midnight, is stored once, and what changed at the platform meanwhile replaces what was here.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec

from app.access import Permission
from app.domain.contact_center.days import Window, iso_utc, windows
from app.domain.contact_center.losses import Unread, total
from app.domain.contact_center.records import Read, stored_row
from app.domain.exchange import SHAPES, DataType, FieldKind
from app.domain.exchange.rows import COLUMNS, Row, told
from app.domain.kinds.contact_center import interval_step
from app.domain.mappings.refusals import refused_outcomes
from app.domain.outcomes import Action, Outcome, Status
from app.errors import Cancelled, MusterError
from app.events import ContactCenterDataChanged
from app.i18n import N_, _, ngettext
from app.operations.contact_center.asking import (
    CONTACT_CENTER,
    Subject,
    agents_meant,
    client,
    groups_meant,
    period,
    zone_of,
)
from app.operations.contact_center.not_taken import (
    note_losses,
    stopped_outcome,
    unread_outcome,
    unsendable_outcome,
)
from app.operations.context import RunContext
from app.operations.registry import operation
from app.store import contact_center as stored
from app.store import contact_center_history, leases, runs
from app.store.contact_center import Delivery, Stored
from app.store.contact_center_history import HistoryQuery

_TARGET = "cc_history:{connection}"
PARALLEL_HISTORY = 4
"""So many parts are asked for at once (§2); the client keeps one of its places for live numbers."""
MOST_ROWS = 100_000
"""So many rows stand in a result; all of them are stored and can be exported."""
Ask = Callable[[Window, tuple[str, ...]], Awaitable[Read[Any]]]


@dataclass(frozen=True)
class GroupsParams:
    """Days of the connection's zone, both included; ids of groups or `all`; the length of an interval."""

    start_date: date | None = None
    end_date: date | None = None
    groups: tuple[str, ...] = ()
    step_ms: Annotated[int, msgspec.Meta(ge=60_000, le=3_600_000)] | None = None

    def __post_init__(self) -> None:
        if self.step_ms is not None:
            interval_step(str(self.step_ms))


@dataclass(frozen=True)
class AgentsParams:
    """Days of the connection's zone, both included; ids of agents or `all`."""

    start_date: date | None = None
    end_date: date | None = None
    agents: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Job:
    """One read: which type of data, of whom, over which days, and how a chunk of it is asked for."""

    data_type: DataType
    subjects: Sequence[Subject]
    first: date
    last: date
    ask: Ask

    @property
    def by_group(self) -> bool:
        """Whether it is about groups rather than agents."""
        return self.data_type is DataType.GROUP_METRICS


@dataclass(frozen=True)
class _Part:
    """What is asked for at once: some days of some ids; `key` is its place in the journal."""

    key: str
    window: Window
    ids: tuple[str, ...]


@dataclass(frozen=True)
class _Receipt:
    """What one chunk brought: what became of its rows, how many each group or agent had, what could not be read, and
    an outcome for each that the mapping could not take.
    """

    stored: Stored
    rows: dict[str, int]
    unread: tuple[Unread, ...] = ()
    warnings: tuple[str, ...] = ()
    refused: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class _Stop:
    """Why a read ended early, and the parts that nobody has the answers to."""

    cause: MusterError
    parts: Sequence[_Part]

    def first_days(self) -> dict[str, date]:
        """From which day on each group or agent lacks answers."""
        days: dict[str, date] = {}
        for part in self.parts:
            for one in part.ids:
                days.setdefault(one, part.window.first)
        return days


@operation(
    "cc.service_group_data", N_("Group history"), Permission.READ, GroupsParams, kinds=CONTACT_CENTER, target=_TARGET
)
async def read_groups(context: RunContext, params: GroupsParams) -> None:
    """Contacts of groups in intervals: offered, handled, lost, handling time (§5.2)."""
    first, last = period(context.own_connection, params.start_date, params.end_date)
    step_ms = params.step_ms or int(context.own_connection.setting("step_ms"))
    center = await client(context)
    subjects = await groups_meant(context, params.groups)

    async def ask(window: Window, ids: tuple[str, ...]) -> Read[Any]:
        return await center.group_metrics(window.span, ids, step_ms)

    await _read(context, _Job(DataType.GROUP_METRICS, subjects, first, last, ask))


@operation(
    "cc.agent_status_data", N_("Status history"), Permission.READ, AgentsParams, kinds=CONTACT_CENTER, target=_TARGET
)
async def read_statuses(context: RunContext, params: AgentsParams) -> None:
    """Which status each agent was in, from when to when (§5.3)."""
    center = await client(context)
    await _read_agents(context, params, DataType.STATUS, lambda w, ids: center.statuses(w.span, ids))


@operation(
    "cc.agent_login_data", N_("Login history"), Permission.READ, AgentsParams, kinds=CONTACT_CENTER, target=_TARGET
)
async def read_logins(context: RunContext, params: AgentsParams) -> None:
    """When each agent was signed in (§5.4)."""
    center = await client(context)
    await _read_agents(context, params, DataType.LOGIN, lambda w, ids: center.logins(w.span, ids))


@operation(
    "cc.agent_calls_data", N_("Handled contacts"), Permission.READ, AgentsParams, kinds=CONTACT_CENTER, target=_TARGET
)
async def read_calls(context: RunContext, params: AgentsParams) -> None:
    """Which contacts each agent handled; they may overlap (§5.5)."""
    center = await client(context)
    await _read_agents(context, params, DataType.CALLS, lambda w, ids: center.calls(w.span, ids))


@operation(
    "cc.agent_chats_work_time", N_("Time with chats"), Permission.READ, AgentsParams, kinds=CONTACT_CENTER,
    target=_TARGET,
)  # fmt: skip
async def read_chats(context: RunContext, params: AgentsParams) -> None:
    """How long each agent had chats on each day; left out on a platform without chats (§5.6)."""
    if not context.own_connection.setting("chat_platform"):
        context.rows = []
        context.summary |= _summary(())
        context.warnings.append(_("The connection says that this platform has no chats, so nothing was asked for."))
        return
    center = await client(context)
    await _read_agents(context, params, DataType.CHAT_TIME, lambda w, ids: center.chat_days(w.span, ids))


async def _read_agents(context: RunContext, params: AgentsParams, data_type: DataType, ask: Ask) -> None:
    first, last = period(context.own_connection, params.start_date, params.end_date)
    await _read(context, _Job(data_type, await agents_meant(context, params.agents), first, last, ask))


async def _read(context: RunContext, job: _Job) -> None:
    center = await client(context)
    connection = context.own_connection
    days = list(windows(job.first, job.last, zone_of(connection), int(connection.setting("history_window_days"))))
    chunks = center.chunks([s.id for s in job.subjects])
    parts = [_Part(f"{w.first}-{_digest(ids)}", w, ids) for w in days for ids in chunks]
    receipts: list[_Receipt] = []
    rows: list[Row] = []
    bad = center.unsendable([s.id for s in job.subjects])
    try:
        for behind in range(0, len(parts), PARALLEL_HISTORY):
            batch = parts[behind : behind + PARALLEL_HISTORY]
            context.progress(_("Fetching {day}").format(day=batch[0].window.first.isoformat()), behind, len(parts))
            for part, answer in zip(batch, await _answers(context, job, batch), strict=True):
                if answer is None:
                    receipts.append(msgspec.convert(context.receipts[part.key], _Receipt))
                    continue
                if isinstance(answer, BaseException):
                    raise answer
                found = [stored_row(record) for record in answer.rows]
                receipts.append(await _keep_part(context, job, part.key, answer, found))
                rows += found if context.dry_run else ()
    except (MusterError, asyncio.CancelledError) as error:
        cause = error if isinstance(error, MusterError) else Cancelled(_("Cancelled."))
        await _tell(context, job, receipts, bad, _Stop(cause, parts[len(receipts) :]))
        raise
    await _show(context, job, rows)
    await _tell(context, job, receipts, bad)


def _digest(ids: tuple[str, ...]) -> str:
    """What a chunk is known by when a run is taken up again: there may be other ids by then."""
    return hashlib.blake2b(",".join(ids).encode(), digest_size=8).hexdigest()


async def _answers(context: RunContext, job: _Job, parts: Sequence[_Part]) -> list[Read[Any] | BaseException | None]:
    """The answers to some parts, asked for side by side, in their order; None where the journal has it already.

    What failed is among them, so that those before it can be stored.
    """

    async def answer(part: _Part) -> Read[Any] | None:
        return None if part.key in context.receipts else await job.ask(part.window, part.ids)

    return await asyncio.gather(*(answer(part) for part in parts), return_exceptions=True)


async def _keep_part(context: RunContext, job: _Job, key: str, answer: Read[Any], rows: Sequence[Row]) -> _Receipt:
    """Store what one chunk brought, confirmed in the same transaction; in a dry run find out what it would be."""
    connection = context.own_connection
    delivery = Delivery(job.data_type, connection.id, context.run.run_id, replace=True)
    counts = dict(Counter(_subject_of(job, row) for row in rows))
    refused = refused_outcomes(connection.kind, answer.refused)

    def store() -> _Receipt:
        return _Receipt(stored.store_rows(delivery, rows), counts, answer.unread, answer.warnings, refused)

    def commit() -> _Receipt:
        leases.beat(context.run.run_id)
        receipt = store()
        runs.journal_intent(context.run.run_id, key)
        runs.journal_confirm(context.run.run_id, key, receipt)
        return receipt

    if context.dry_run:
        return await context.workspace.store.write(stored.without_keeping, store)
    receipt = await context.workspace.store.write(commit)
    context.workspace.events.publish(ContactCenterDataChanged(connection.id))
    return receipt


async def _show(context: RunContext, job: _Job, rows: list[Row]) -> None:
    """The rows of the period as the result: those of the store, in a dry run those that came."""
    if not context.dry_run:
        rows = await context.workspace.store.read(_stored_rows, _query(context, job))
    if len(rows) > MOST_ROWS:
        text = _("The result shows {shown} of {total} rows; all of them are stored and can be exported.")
        context.warnings.append(text.format(shown=MOST_ROWS, total=len(rows)))
    context.rows = [plain_row(job.data_type, row) for row in rows[:MOST_ROWS]]


async def _tell(
    context: RunContext, job: _Job, receipts: Sequence[_Receipt], bad: Sequence[str], stop: _Stop | None = None
) -> None:
    """The counts, one outcome per group or agent, and what could not be read, also of a read that was stopped."""
    unread = [one for receipt in receipts for one in receipt.unread]
    context.summary |= _summary(receipts, len(bad))
    context.warnings += dict.fromkeys(text for receipt in receipts for text in receipt.warnings)
    note_losses(context, unread, bad)
    context.refused.update(outcome for receipt in receipts for outcome in receipt.refused)
    context.outcomes.clear()  # of a run that is taken up again
    outcomes = _outcomes(job, receipts, bad, stop)
    if not context.dry_run:
        await context.workspace.store.write(_replace_outcomes, context.run.run_id, outcomes)
    context.report(outcomes)


def _outcomes(job: _Job, receipts: Sequence[_Receipt], bad: Sequence[str], stop: _Stop | None = None) -> list[Outcome]:
    counts: Counter[str] = Counter()
    lost: dict[str, list[Unread]] = {}
    known = {subject.id for subject in job.subjects}
    for receipt in receipts:
        counts.update(receipt.rows)
        for one in receipt.unread:
            lost.setdefault(one.of if one.of in known else "", []).append(one)
    where = (job.data_type.value, "store")
    left = stop.first_days() if stop else {}

    def outcome(subject: Subject) -> Outcome:
        if subject.id in bad:
            return unsendable_outcome(subject, *where)
        if stop and subject.id in left and subject.id not in lost:
            since = left[subject.id] if left[subject.id] > job.first else None
            return stopped_outcome(subject, *where, stop.cause, counts[subject.id], since)
        return _outcome(job.data_type, subject, counts[subject.id], lost.get(subject.id, ()))

    outcomes = [outcome(subject) for subject in job.subjects]
    if "" in lost:
        outcomes.append(unread_outcome(Subject("", _("Rows that name nobody")), *where, lost[""]))
    return outcomes


def _query(context: RunContext, job: _Job) -> HistoryQuery:
    (window,) = windows(job.first, job.last, zone_of(context.own_connection), (job.last - job.first).days + 1)
    ids = tuple(s.id for s in job.subjects)
    groups, agents = (ids, ()) if job.by_group else ((), ids)
    return HistoryQuery(job.data_type, context.own_connection.id, window, groups, agents)


def _stored_rows(query: HistoryQuery) -> list[Row]:
    if not (query.groups or query.agents):
        return []  # nobody was meant, which is not everybody
    return [stored_row(record) for record in contact_center_history.history(query)]


def _replace_outcomes(run_id: str, outcomes: Sequence[Outcome]) -> None:
    runs.forget_outcomes(run_id)
    runs.add_outcomes(run_id, 0, outcomes)


def _subject_of(job: _Job, row: Row) -> str:
    column = "group_id" if job.by_group else "agent_id"
    return str(row[COLUMNS[job.data_type].index(column)])


def _outcome(data_type: DataType, subject: Subject, count: int, lost: Sequence[Unread]) -> Outcome:
    if lost:
        return unread_outcome(subject, data_type.value, "store", lost, others=bool(count))
    where = (subject.name, subject.id, data_type.value, "store")
    if not count:
        return Outcome(*where, Status.SKIPPED, "fetch", _("No data for these days"), Action.UNCHANGED)
    text = ngettext("{count} row", "{count} rows", count).format(count=count)
    return Outcome(*where, Status.SUCCESS, "fetch", text, Action.UPDATE)


def _summary(receipts: Sequence[_Receipt], not_asked: int = 0) -> dict[str, int]:
    """Counts of rows, as operations that store tell them (command-line.md)."""
    done = sum((r.stored for r in receipts), Stored())
    failed = len(done.refused) + sum(total(r.unread) for r in receipts) + not_asked
    every = done.inserted + done.replaced + done.skipped + failed
    return {
        "total": every, "created": done.inserted, "updated": done.replaced, "skipped": done.skipped, "failed": failed,
    }  # fmt: skip


def plain_row(data_type: DataType, row: Row) -> dict[str, Any]:
    """A stored row by the platform's keys, moments as texts in UTC."""
    values = told(data_type, row)
    moments = [spec.key for spec in SHAPES[data_type].fields if spec.kind is FieldKind.MOMENT]
    return values | {key: iso_utc(values[key]) for key in moments if values[key] is not None}
