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

from peewee import fn

from app.domain.contact_center.pushes import KnownStatus, StatusAction, StatusMessage, StatusUpdate, status_messages
from app.store.base import BaseModel
from app.store.contact_center_rows import AgentNowRow, StatusMeaningRow
from app.store.database import Store, fetch
from app.store.outbox_rows import StatusOutboxRow, StatusTallyRow, StatusToldRow
from app.store.values import now
from app.tasks import Tasks

_SLICE = 500


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
    rows: list[dict[str, Any]] = []
    latest: dict[str, StatusUpdate] = {}
    for bare in updates:
        name = bare.state_name or names.get(bare.state_code) or bare.state_code
        update = latest[bare.agent_id] = replace(bare, state_name=name)
        messages = status_messages(update, known.get(update.agent_id), "")
        rows += [_row(connection_id, message, now_ms) for message in messages]
        known[update.agent_id] = None if _is_leaving(update) else KnownStatus(update.state_code, update.state_name)
    _insert(StatusOutboxRow, rows)
    _tell(connection_id, latest.values(), now_ms)


def _known(connection_id: str, agent_ids: Collection[str]) -> dict[str, KnownStatus | None]:
    """What each agent's status was last, as the receiver was told or as the platform said, whichever is later."""
    told, here = StatusToldRow, AgentNowRow
    found: dict[str, tuple[int, KnownStatus | None]] = {}
    for chunk in _slices(sorted(agent_ids)):
        of_agents = told.connection == connection_id, told.agent_id.in_(chunk)
        for agent, code, name, at in fetch(
            told.select(told.agent_id, told.state_code, told.state_name, told.at_ms).where(*of_agents)
        ):
            found[agent] = at, KnownStatus(code, name) if code else None
        columns = here.agent_id, here.state_code, here.state_name, here.since_ms, here.left_ms
        query = here.select(*columns).where(here.connection == connection_id, here.agent_id.in_(chunk))
        for agent, code, name, since, left in fetch(query):
            at = since if left is None else left
            if agent not in found or at > found[agent][0]:
                found[agent] = at, KnownStatus(code, name) if left is None else None
    return {agent: status for agent, (_at, status) in found.items()}


def _names(connection_id: str, codes: Collection[str]) -> dict[str, str]:
    """The titles of statuses, from the table that a person keeps."""
    m = StatusMeaningRow
    return {
        code: name
        for chunk in _slices(sorted(codes))
        for code, name in fetch(
            m.select(m.state_code, m.state_name).where(m.connection == connection_id, m.state_code.in_(chunk))
        )
    }


def _tell(connection_id: str, updates: Collection[StatusUpdate], now_ms: int) -> None:
    """Note the statuses as what the receiver knows, and in the table of current statuses."""
    told, here = StatusToldRow, AgentNowRow
    common = [(u, {"connection": connection_id, "agent_id": u.agent_id, "state_name": u.state_name}) for u in updates]
    for chunk in _slices(common):
        told.insert_many(
            [row | {"state_code": "" if _is_leaving(u) else u.state_code, "at_ms": u.at_s * 1000} for u, row in chunk]
        ).on_conflict(
            conflict_target=[told.connection, told.agent_id], preserve=[told.state_code, told.state_name, told.at_ms]
        ).execute()
        here.insert_many([row | _here(u, now_ms) for u, row in chunk]).on_conflict(
            conflict_target=[here.connection, here.agent_id],
            preserve=[here.state_code, here.state_name, here.since_ms, here.seen_ms, here.left_ms],
        ).execute()


def _here(update: StatusUpdate, now_ms: int) -> dict[str, Any]:
    at_ms = update.at_s * 1000
    left_ms = at_ms if _is_leaving(update) else None
    return {"state_code": update.state_code, "since_ms": at_ms, "seen_ms": now_ms, "left_ms": left_ms}


def _is_leaving(update: StatusUpdate) -> bool:
    return update.action is StatusAction.LEAVE


def _row(connection_id: str, message: StatusMessage, now_ms: int) -> dict[str, Any]:
    return {
        "connection": connection_id,
        "agent_id": message.worker_id,
        "state_code": message.state_code,
        "state_name": message.state_name,
        "action_time": message.action_time,
        "action": int(message.action),
        "queued_ms": now_ms,
    }


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


def _insert(table: type[BaseModel], rows: Sequence[dict[str, Any]]) -> None:
    for chunk in _slices(rows):
        table.insert_many(chunk).execute()


def _slices(values: Sequence[Any]) -> Iterable[list[Any]]:
    return (list(values[at : at + _SLICE]) for at in range(0, len(values), _SLICE))


def _now_ms() -> int:
    return round(now().timestamp() * 1000)
