"""Works off the outbox of status updates: in order per agent, several agents side by side, while nobody waits for it
(contact-center.md §6).

Of all programs on one database only one sends for a connection at a time. While a receiver is dead its messages wait,
and those that have waited too long are dropped and counted: late statuses are wrong statuses.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
import uuid
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.domain.connections import Connection, ConnectionStatus
from app.domain.contact_center.pushes import StatusUpdate
from app.errors import Busy, MusterError, NotConfigured, TimedOut, Unreachable
from app.i18n import _
from app.store import connections as stored
from app.store import leases, outbox
from app.store.outbox import StatusOutbox, Tally, Waiting

if TYPE_CHECKING:
    from app.connectors.contact_center import ContactCenter
    from app.operations.links import Links
    from app.store.database import Store
    from app.tasks import Tasks

log = logging.getLogger(__name__)
SIDE_BY_SIDE = 8
AT_ONCE = 100
"""How many messages are taken from the outbox together: so many may be sent twice if the program is killed."""
_LOOK_S = 2.0  # another program may have put something in
_BREATH_S = 0.02
_PAUSE_S = 1.0
_LONG_PAUSE_S = 30.0
_SUMMARY_S = 60.0


@dataclass
class _Portion:
    """Messages on their way: what is left of each agent's, what was sent, and what keeps the rest back.

    None is begun after `until`, a moment of the clock that only goes forward.
    """

    agents: deque[list[Waiting]]
    until: float
    sent: list[int] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    problem: MusterError | None = None

    def goes_on(self) -> bool:
        """Whether another message may be sent."""
        return self.problem is None and time.monotonic() < self.until


class StatusSender:
    """Takes status updates for all contact centres and sends them. Belongs to one event loop."""

    def __init__(self, store: Store, links: Links, tasks: Tasks) -> None:
        self._store = store
        self._links = links
        self._tasks = tasks
        self._outbox = StatusOutbox(store, tasks)
        self._arrived = asyncio.Event()
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._not_before: dict[str, float] = {}
        self._tally = Tally()
        self._problem = ""
        self._summed_at = time.monotonic()

    async def put(self, connection: Connection, updates: Iterable[StatusUpdate]) -> None:
        """Returns when the updates are stored, never waiting for the receiver.

        Raises `NotConfigured` when the connection names no receiver, `StoreError` or `Busy` when nothing was stored.
        """
        if not connection.setting("status_push_url"):
            raise NotConfigured(
                _("No receiver of status updates is named."), _("Fill in the receiver in the connection's settings.")
            )
        await self._outbox.put(connection.id, updates)
        self._arrived.set()

    async def run(self) -> None:
        """Send what waits and what comes, for as long as the program runs; ends when it is cancelled."""
        try:
            while True:
                await self._look()
                self._sum_up()
                await asyncio.sleep(_BREATH_S)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await self._arrived.wait()
                self._arrived.clear()
        finally:
            self._sum_up(at_last=True)

    async def flush(self, connection_id: str, wait_s: float) -> int:
        """Send what waits for one connection; returns how many messages still do.

        No message is begun after so many seconds. One that is on its way is waited for, or nobody would know of it.
        """
        until = time.monotonic() + wait_s
        while (waiting := (await self._store.read(outbox.outbox_state, connection_id)).waiting) > 0:
            begin = max(time.monotonic(), self._not_before.get(connection_id, 0.0))
            if begin >= until:
                break
            await asyncio.sleep(begin - time.monotonic())
            await self._drain(connection_id, until)
        self._sum_up(at_last=True)
        return waiting

    async def flush_all(self, wait_s: float) -> None:
        """Send what waits for every connection, under the rules of `flush`."""
        for connection_id in await self._store.read(outbox.waiting_connections):
            await self.flush(connection_id, wait_s)

    async def _look(self) -> None:
        try:
            waiting = await self._store.read(outbox.waiting_connections)
        except MusterError as error:  # a busy or full disk passes
            log.warning("Status updates: %s", error.message)
            return
        for connection_id in waiting:
            running = self._sending.get(connection_id)
            if (running is None or running.done()) and time.monotonic() >= self._not_before.get(connection_id, 0.0):
                self._sending[connection_id] = self._tasks.start("Status updates are sent", self._drain(connection_id))

    async def _drain(self, connection_id: str, until: float = math.inf) -> None:
        connection = await self._store.read(stored.find_connection, connection_id)
        if connection is None:
            await self._store.write(outbox.forget, connection_id)
            return
        claim = leases.Claim(f"status_updates:{connection_id}", str(uuid.uuid4()), "cc.send_status", connection.name)
        try:
            await self._store.write(leases.take_lease, claim)
        except Busy:  # another program sends them
            self._hold(connection_id, _LOOK_S)
            return
        try:
            await self._send_all(connection, claim.run_id, until)
        except MusterError as error:
            self._hold(connection_id, _LONG_PAUSE_S, f"{connection.name}: {error.message}")
        finally:
            await self._store.write(leases.give_back, claim.run_id)

    async def _send_all(self, connection: Connection, run_id: str, until: float) -> None:
        """Send until nothing waits or something keeps the rest back."""
        await self._drop_late(connection)
        if connection.status is ConnectionStatus.INACTIVE:
            self._hold(connection.id, _LONG_PAUSE_S)
            return
        center = await self._links.contact_center(connection)
        system_id = connection.setting("system_id") or connection.name
        while batch := await self._store.read(outbox.next_messages, connection.id, system_id, AT_ONCE):
            portion = _Portion(_by_agent(batch), until)
            await self._send(connection.id, center, portion)
            if portion.problem is not None:
                problem = f"{connection.name}: {portion.problem.message}"
                self._hold(connection.id, _pause_s(center, portion.problem), problem)
            if not portion.goes_on():
                return
            await self._store.write(leases.beat, run_id)
            await self._drop_late(connection)

    async def _send(self, connection_id: str, center: ContactCenter, portion: _Portion) -> None:
        """Send a portion; what was sent is forgotten even when the program closes meanwhile."""
        try:
            async with asyncio.TaskGroup() as group:
                for _worker in range(min(SIDE_BY_SIDE, len(portion.agents))):
                    group.create_task(_work_off(portion, center))
        finally:
            self._tally += portion.tally
            await self._store.write(outbox.settle, connection_id, portion.sent, portion.tally)

    async def _drop_late(self, connection: Connection) -> None:
        before_ms = round((time.time() - connection.setting("status_max_age_seconds")) * 1000)
        dropped = await self._store.write(outbox.drop_late, connection.id, before_ms)
        self._tally += Tally(late=dropped)

    def _hold(self, connection_id: str, seconds: float, problem: str = "") -> None:
        self._not_before[connection_id] = time.monotonic() + seconds
        self._problem = problem or self._problem

    def _sum_up(self, *, at_last: bool = False) -> None:
        """One line a minute, where anything happened."""
        if not at_last and time.monotonic() - self._summed_at < _SUMMARY_S:
            return
        self._summed_at = time.monotonic()
        t, problem = self._tally, self._problem
        if t != Tally() or problem:
            log.info("Status updates: %d taken, %d refused, %d too late. %s", t.taken, t.refused, t.late, problem)
        self._tally, self._problem = Tally(), ""


def _by_agent(batch: Iterable[Waiting]) -> deque[list[Waiting]]:
    of_agents: dict[str, list[Waiting]] = {}
    for waiting in batch:
        of_agents.setdefault(waiting.message.worker_id, []).append(waiting)
    return deque(of_agents.values())


async def _work_off(portion: _Portion, center: ContactCenter) -> None:
    """Send one agent's messages after the other's, until none are left or the receiver cannot be reached."""
    while portion.agents and portion.goes_on():
        for waiting in portion.agents.popleft():
            if not portion.goes_on():
                return
            try:
                taken = await center.push_status(waiting.message)
            except MusterError as error:
                portion.problem = error
                return
            portion.sent.append(waiting.number)
            portion.tally += Tally(taken=1) if taken else Tally(refused=1)


def _pause_s(center: ContactCenter, problem: MusterError) -> float:
    """How long to leave the receiver alone: as long as its breaker does, else a moment; longer for what stays."""
    if not isinstance(problem, Unreachable | TimedOut):
        return _LONG_PAUSE_S
    until = center.push_breaker.refuses_until if center.push_breaker else None
    return max(_PAUSE_S, (until - datetime.now(UTC)).total_seconds()) if until else _PAUSE_S
