"""The outbox of status updates: stored before anybody is told that they are, sent in order, forgotten when sent
(contact-center.md §6).

`StatusOutbox` stores many updates in one transaction, so that hundreds a second cost little more than one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import peewee
from peewee import fn

from app.domain.contact_center.pushes import KnownStatus, StatusAction, StatusMessage, StatusUpdate, status_messages
from app.store.base import database_proxy
from app.store.contact_center_rows import AgentNowRow
from app.store.database import Store, fetch, put_rows
from app.store.outbox_rows import StatusOutboxRow, StatusTallyRow, StatusToldRow
from app.store.values import now
from app.store.webhook_events import note_statuses
from app.tasks import Tasks

_SLICE = 500
Cells = tuple[Any, ...]
# Written out, as peewee takes longer to make each of these than the database to carry it out.
_TOLD = (
    "SELECT agent_id, state_code, state_name, at_ms FROM status_told WHERE connection = {mark} AND agent_id IN {keys}"
)
_HERE = (
    "SELECT agent_id, state_code, state_name, since_ms, left_ms FROM agent_current_status "
    "WHERE connection = {mark} AND agent_id IN {keys}"
)
_TITLES = "SELECT state_code, state_name FROM status_dictionary WHERE connection = {mark} AND state_code IN {keys}"
_INSERT = (
    "INSERT INTO status_outbox (connection, agent_id, state_code, state_name, action_time, action, queued_ms) "
    "VALUES {marks}"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits, and its number."""

    number: int
    message: StatusMessage


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages were taken, refused by the receiver, dropped because they were too late."""

    taken: int = 0
    refused: int = 0
    late: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.taken + other.taken, self.refused + other.refused, self.late + other.late)


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How many messages of a connection wait, since when the oldest one does, and what became of the others."""

    waiting: int = 0
    oldest_ms: int | None = None
    tally: Tally = Tally()


@dataclass
class _Batch:
    updates: list[tuple[str, StatusUpdate]] = field(default_factory=list)
    stored: asyncio.Task[None] | None = None


class StatusOutbox:
    """Takes updates from many callers at once. Belongs to one event loop."""

    def __init__(self, store: Store, tasks: Tasks) -> None:
        self._store = store
        self._tasks = tasks
        self._open: _Batch | None = None
        self._turn = asyncio.Lock()

    async def put(self, connection_id: str, updates: Iterable[StatusUpdate]) -> None:
        """Returns when the updates are stored; whoever cancels it does not take them back.

        Raises `StoreError` or `Busy` when they are not.
        """
        if self._open is None:
            self._open = _Batch()
            self._open.stored = self._tasks.start("Status updates are stored", self._write(self._open))
        batch = self._open
        batch.updates += [(connection_id, update) for update in updates]
        assert batch.stored is not None
        await asyncio.shield(batch.stored)

    async def _write(self, batch: _Batch) -> None:
        async with self._turn:  # while one batch is written, the next one fills
            self._open = None
            await self._store.write(enqueue, batch.updates)


def enqueue(updates: Sequence[tuple[str, StatusUpdate]]) -> None:
    """Store the messages of updates, each with its connection, and what the agents' statuses are now."""
    by_connection: dict[str, list[StatusUpdate]] = defaultdict(list)
    for connection_id, update in updates:
        by_connection[connection_id].append(update)
    for connection_id, of_one in by_connection.items():
        _enqueue(connection_id, of_one)


def _enqueue(connection_id: str, updates: Sequence[StatusUpdate]) -> None:
    now_ms = _now_ms()
    known = _known(connection_id, {update.agent_id for update in updates})
    names = _names(connection_id, {update.state_code for update in updates if not update.state_name})
    rows: list[Cells] = []
    latest: dict[str, StatusUpdate] = {}
    for bare in updates:
        name = bare.state_name or names.get(bare.state_code) or bare.state_code
        update = latest[bare.agent_id] = replace(bare, state_name=name)
        messages = status_messages(update, known.get(update.agent_id), "")
        rows += [_row(connection_id, message, now_ms) for message in messages]
        known[update.agent_id] = None if _is_leaving(update) else KnownStatus(update.state_code, update.state_name)
    _insert(rows)
    put_rows(StatusToldRow, [_told(connection_id, update) for update in latest.values()])
    put_rows(AgentNowRow, [_here(connection_id, update, now_ms) for update in latest.values()])
    note_statuses(connection_id, [_to_tell(update) for update in updates])


def _known(connection_id: str, agent_ids: Collection[str]) -> dict[str, KnownStatus | None]:
    """What each agent's status was last, as the receiver was told or as the platform said, whichever is later."""
    found: dict[str, tuple[int, KnownStatus | None]] = {}
    for agent, code, name, at in _of_keys(_TOLD, connection_id, agent_ids):
        found[agent] = at, KnownStatus(code, name) if code else None
    for agent, code, name, since, left in _of_keys(_HERE, connection_id, agent_ids):
        at = since if left is None else left
        if agent not in found or at > found[agent][0]:
            found[agent] = at, KnownStatus(code, name) if left is None else None
    return {agent: status for agent, (_at, status) in found.items()}


def _names(connection_id: str, codes: Collection[str]) -> dict[str, str]:
    """The titles of statuses, from the table that a person keeps."""
    return dict(_of_keys(_TITLES, connection_id, codes))


def _is_leaving(update: StatusUpdate) -> bool:
    return update.action is StatusAction.LEAVE


def _row(connection_id: str, m: StatusMessage, now_ms: int) -> Cells:
    return connection_id, m.worker_id, m.state_code, m.state_name, m.action_time, int(m.action), now_ms


def _told(connection_id: str, update: StatusUpdate) -> Cells:
    code = "" if _is_leaving(update) else update.state_code
    return connection_id, update.agent_id, code, update.state_name, update.at_s * 1000


def _here(connection_id: str, update: StatusUpdate, now_ms: int) -> Cells:
    at_ms = update.at_s * 1000
    left_ms = at_ms if _is_leaving(update) else None
    return connection_id, update.agent_id, update.state_code, update.state_name, at_ms, now_ms, left_ms


def waiting_connections() -> tuple[str, ...]:
    """The connections with messages that wait."""
    return tuple(i for (i,) in fetch(StatusOutboxRow.select(StatusOutboxRow.connection).distinct()))


def next_messages(connection_id: str, system_id: str, count: int) -> list[Waiting]:
    """The messages that have waited longest, at most so many, in order."""
    r = StatusOutboxRow
    columns = r.id, r.agent_id, r.state_code, r.state_name, r.action_time, r.action
    query = r.select(*columns).where(r.connection == connection_id).order_by(r.id).limit(count)
    return [
        Waiting(number, StatusMessage(agent, code, name, system_id, at, StatusAction(action)))
        for number, agent, code, name, at, action in fetch(query)
    ]


def settle(connection_id: str, numbers: Collection[int], tally: Tally) -> None:
    """Forget messages that were sent, and count what became of them."""
    for chunk in _slices(sorted(numbers)):
        StatusOutboxRow.delete().where(StatusOutboxRow.id.in_(chunk)).execute()
    _count(connection_id, tally)


def drop_late(connection_id: str, before_ms: int) -> int:
    """Forget messages that came before then, and count them; returns how many."""
    r = StatusOutboxRow
    dropped = int(r.delete().where(r.connection == connection_id, r.queued_ms < before_ms).execute())
    if dropped:
        _count(connection_id, Tally(late=dropped))
    return dropped


def forget(connection_id: str) -> None:
    """Forget everything of a connection that is gone."""
    for table in (StatusOutboxRow, StatusToldRow, StatusTallyRow):
        table.delete().where(table.connection == connection_id).execute()


def outbox_state(connection_id: str) -> OutboxState:
    """How the outbox of a connection stands."""
    r, t = StatusOutboxRow, StatusTallyRow
    ((waiting, oldest),) = fetch(r.select(fn.COUNT(r.id), fn.MIN(r.queued_ms)).where(r.connection == connection_id))
    tallies = fetch(t.select(t.taken, t.refused, t.late).where(t.connection == connection_id))
    return OutboxState(waiting, oldest, Tally(*tallies[0]) if tallies else Tally())


def _count(connection_id: str, tally: Tally) -> None:
    t = StatusTallyRow
    t.insert(connection=connection_id, taken=0, refused=0, late=0).on_conflict_ignore().execute()
    t.update(taken=t.taken + tally.taken, refused=t.refused + tally.refused, late=t.late + tally.late).where(
        t.connection == connection_id
    ).execute()


def _of_keys(sql: str, connection_id: str, keys: Collection[str]) -> Iterable[Cells]:
    for chunk in _slices(sorted(keys)):
        statement = sql.format(mark=database_proxy.param, keys=_marks(len(chunk)))
        yield from database_proxy.execute_sql(statement, (connection_id, *chunk)).fetchall()


def _to_tell(update: StatusUpdate) -> tuple[str, str, int]:
    return update.agent_id, "" if _is_leaving(update) else update.state_code, update.at_s * 1000


def _insert(rows: Sequence[Cells]) -> None:
    cursor = database_proxy.cursor()
    for chunk in _slices(rows):
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # a cursor of the driver's own raises the driver's own errors
            cursor.executemany(_INSERT.format(marks=_marks(len(chunk[0]))), chunk)


def _marks(count: int) -> str:
    return f"({', '.join([database_proxy.param] * count)})"


def _slices(values: Sequence[Any]) -> Iterable[list[Any]]:
    return (list(values[at : at + _SLICE]) for at in range(0, len(values), _SLICE))


def _now_ms() -> int:
    return round(now().timestamp() * 1000)
