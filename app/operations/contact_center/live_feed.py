"""The live numbers of one contact centre: asked for again and again, or sent by the platform through its WebSocket
(contact-center.md §2, §5.7-§5.9).

Questions go one after the other, never two at a time, so a platform that hangs piles nothing up. While a line is open
and has told everything once, it is asked only now and then, as a check; the moment the line is lost, asking goes on at
its usual pace until a new line has told everything again. A refused sign-in is not tried again by itself.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from app.domain.attempts import AttemptLog, Attempts, noting
from app.domain.connections import Connection, ConnectionStatus
from app.domain.contact_center.alarms import AlarmBook, Metric, Threshold
from app.domain.contact_center.endpoints import Endpoint
from app.domain.contact_center.live import LiveChange, LiveKind
from app.errors import Forbidden, MusterError, NoKeyring, NotConfigured, Outage, RefusedSignIn, TimedOut, Unreachable
from app.events import AlarmsChanged, ContactCenterDataChanged, LiveChanged
from app.operations.contact_center.live_asking import Part, ask_part, now_ms
from app.operations.contact_center.live_board import Board
from app.store import connections, contact_center_links, contact_center_thresholds, live_statuses
from app.store import contact_center_now as stored

if TYPE_CHECKING:
    from app.connectors.contact_center import ContactCenter
    from app.events import EventBus
    from app.operations.links import Links
    from app.store.database import Store

T = TypeVar("T")
log = logging.getLogger(__name__)
STALE_MS = 15_000
CHECK_S = 30.0
"""How often a platform is asked although its line is open: a line may be open and forget to tell."""
_EARLIER_S = 0.5
_QUICKEST_S = 1.0
_LOOK_S = 10.0  # another program may have edited the connection
_KEEP_S = 2.0
_LEARN_S, _LEARN_AGAIN_S = 86_400.0, 60.0


class Channel(StrEnum):
    """How the numbers come now."""

    STARTING = "starting"
    POLLING = "polling"
    SOCKET = "socket"
    RECONNECTING = "reconnecting"
    """The line is lost or not yet proven; meanwhile the platform is asked."""
    PAUSED = "paused"
    """A person paused it."""
    OFF = "off"
    """The connection is paused or cannot be used as it is."""


_FOR_A_PERSON = (RefusedSignIn, Forbidden, NotConfigured, NoKeyring)
_OF_THE_WAY = (Unreachable, TimedOut, Outage)


@dataclass
class _Round:
    """When each part is due, by the clock that only goes forward, and what keeps it back."""

    due: dict[Part, float] = field(default_factory=dict)
    problems: dict[Part, MusterError] = field(default_factory=dict)


class Feed:
    """One connection while somebody wants its numbers. Belongs to one event loop."""

    def __init__(self, connection_id: str, store: Store, links: Links, events: EventBus) -> None:
        self.connection_id = connection_id
        self.board = Board(None)
        self.alarms = AlarmBook()
        self.thresholds: tuple[Threshold, ...] = ()
        self.channel = Channel.STARTING
        self.poll_s = 5.0
        self.refused: MusterError | None = None
        """Why the connection cannot be used at all."""
        self.line_problem: MusterError | None = None
        self.line: frozenset[Part] = frozenset()
        """What the open line tells by itself."""
        self._store, self._links, self._events = store, links, events
        self._round = _Round()
        self._group_ids: tuple[str, ...] = ()
        self._paused = False
        self._look, self._wake = asyncio.Event(), asyncio.Event()
        self._line_heard_ms = 0
        self._unkept = False
        self._recalled = False
        self._client: ContactCenter | None = None
        self._turn = asyncio.Lock()
        self._requests = AttemptLog()

    # -- what a page asks ----------------------------------------------------------------------------------------

    @property
    def problem(self) -> MusterError | None:
        """What keeps numbers back now; None while they come."""
        return self.refused or next(iter(self._round.problems.values()), None)

    @property
    def requests(self) -> Attempts:
        """The newest requests, and when the line was opened, refused and lost (connections.md §8). They are no run's,
        so they are kept in memory only."""
        return self._requests.told()

    @property
    def refused_until_ms(self) -> int | None:
        """While the breaker refuses calls, when the next one passes."""
        until = self._client.breaker.refuses_until if self._client is not None else None
        return round(until.timestamp() * 1000) if until is not None else None

    @property
    def waits_for_person(self) -> bool:
        """Whether nothing is tried again until the connection is changed or somebody asks for it."""
        return isinstance(self.problem, _FOR_A_PERSON)

    @property
    def stale_ms(self) -> int:
        """The age from which a number is stale (§2): later where a person chose to ask rarely."""
        return max(STALE_MS, round(self.poll_s * 1500))

    @property
    def is_paused(self) -> bool:
        """Whether a person paused it."""
        return self._paused

    def pause(self, *, paused: bool) -> None:
        """Ask no more, or again."""
        self._paused = paused
        self._look.set()

    def look_again(self) -> None:
        """The connection may have been edited, paused or removed."""
        self._look.set()

    async def try_now(self) -> None:
        """Ask at once, past a breaker that is open."""
        await self._links.let_pass(self.connection_id)
        self._hurry()
        self._look.set()

    def acknowledge(self, keys: Iterable[tuple[str, Metric]]) -> None:
        """A person has seen these alarms."""
        self.alarms.acknowledge(keys)
        self._events.publish(AlarmsChanged(self.connection_id))

    async def read_thresholds(self) -> None:
        """Take over the limits as they are stored now."""
        self.thresholds = await self._read(contact_center_thresholds.thresholds, self.connection_id)
        self._look_for_alarms()

    # -- running -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the numbers coming until the connection is gone or the task is cancelled."""
        async with self._turn:  # a feed that is ending lets go of everything first
            try:
                await self._recall()
                while (connection := await self._connection()) is not None:
                    self._look.clear()
                    await self._go_on(connection)
                if self.alarms.look({}, (), now_ms()):
                    self._events.publish(AlarmsChanged(self.connection_id))
            finally:
                self.line, self._client = frozenset(), None
                await self._keep()

    async def _go_on(self, connection: Connection) -> None:
        """Serve the connection as it is until it differs."""
        self.refused = None
        if self._paused or connection.status is ConnectionStatus.INACTIVE:
            self._say(Channel.PAUSED if self._paused else Channel.OFF)
            await self._until_it_differs(connection)
            return
        try:
            self._client = await self._links.contact_center(connection)
        except MusterError as error:
            self.refused = error
            self._say(Channel.OFF)
            await self._until_it_differs(connection)
            return
        await self._serve(connection, self._client)

    async def _connection(self) -> Connection | None:
        return await self._read(connections.find_connection, self.connection_id)

    async def _read(self, work: Callable[[str], T], connection_id: str) -> T:
        """Read the store; a disk that is busy or full is waited for."""
        while True:
            try:
                return await self._store.read(work, connection_id)
            except MusterError as error:
                log.warning("Live numbers: %s", error.message)
                await asyncio.sleep(_LOOK_S)

    async def _recall(self) -> None:
        await self.read_thresholds()
        if not self._recalled:
            self._recalled = True
            agents = await self._read(stored.agents_now, self.connection_id)
            self.board.recall(agents, await self._read(stored.loads_now, self.connection_id))
        self._group_ids = tuple(g.group_id for g in await self._read(stored.groups, self.connection_id))
        self._tell(frozenset(self.board.agents), frozenset(self.board.groups))

    async def _serve(self, connection: Connection, center: ContactCenter) -> None:
        """Ask and listen until the connection differs."""
        self.poll_s = float(connection.setting("poll_seconds"))
        self.board.target_s = connection.setting("target_answer_seconds")
        has_line = bool(connection.setting("websocket_url"))
        parts = [Part.AGENTS, Part.GROUPS]
        if Endpoint.QUEUE_METRICS in center.settings.paths:
            parts.append(Part.QUEUES)
        self._round = _Round(dict.fromkeys(parts, 0.0))
        self.line, self.line_problem = frozenset(), None
        self._say(Channel.RECONNECTING if has_line else Channel.POLLING)
        if connection.log_level is not self._requests.level:
            self._requests = AttemptLog(connection.log_level)
        with noting(self._requests):  # the tasks begun here carry it along
            await self._work(connection, center, has_line=has_line)
        self.line = frozenset()

    async def _work(self, connection: Connection, center: ContactCenter, *, has_line: bool) -> None:
        async with asyncio.TaskGroup() as group:
            work = [group.create_task(w) for w in (self._ask_on(center), self._learn_on(center), self._keep_on())]
            if has_line:
                work.append(group.create_task(self._listen(center)))
            await self._until_it_differs(connection, center)
            for task in work:
                task.cancel()

    async def _until_it_differs(self, connection: Connection, center: ContactCenter | None = None) -> None:
        """Wait until a person paused, edited or removed the connection, or asked to try again."""
        known = connection.settings, connection.status is ConnectionStatus.INACTIVE, self._paused
        while True:
            told = True
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._look.wait()
            except TimeoutError:
                told = False
            self._look.clear()
            now = await self._connection()
            if now is None or (now.settings, now.status is ConnectionStatus.INACTIVE, self._paused) != known:
                return
            if told and (center is None or not await self._is_client(now, center)):
                return

    async def _is_client(self, connection: Connection, center: ContactCenter) -> bool:
        """Whether it is still the client of the connection: a secret may be another one."""
        try:
            return await self._links.contact_center(connection) is center
        except MusterError:
            return False

    # -- asking --------------------------------------------------------------------------------------------------

    async def _ask_on(self, center: ContactCenter) -> None:
        while True:
            now = time.monotonic()
            for part in [part for part, due in self._round.due.items() if due <= now]:
                if not await self._ask(center, part):
                    break
            delay = max(0.0, min(self._round.due.values()) - time.monotonic())
            with suppress(TimeoutError):
                async with asyncio.timeout(delay if delay < math.inf else None):
                    await self._wake.wait()
            self._wake.clear()

    async def _ask(self, center: ContactCenter, part: Part) -> bool:
        """Ask for one part; whether it is worth asking for the others at once."""
        began = time.monotonic()
        try:
            changed = await ask_part(center, self.board, part, self._group_ids)
        except MusterError as error:
            return self._failed(part, error, began)
        self._round.problems.pop(part, None)
        took = time.monotonic() - began
        # An answer should be there when the last one is as old as a person allows, not be asked for only then.
        gap = CHECK_S if part in self.line else max(_QUICKEST_S, self.poll_s - took - _EARLIER_S)
        self._round.due[part] = began + gap
        self._told(part, changed)
        return True

    def _failed(self, part: Part, error: MusterError, began: float) -> bool:
        if part in self.line:  # the line goes on telling, so nothing is missing
            self._round.due[part] = began + CHECK_S
            return True
        until_ms = self.refused_until_ms
        wait = max(self.poll_s, error.retry_after or 0.0)
        if isinstance(error, _FOR_A_PERSON):
            wait = math.inf
        elif until_ms is not None:
            wait = max(wait, (until_ms - now_ms()) / 1000)
        of_the_way = isinstance(error, _OF_THE_WAY)
        for one in self._round.due if of_the_way or wait == math.inf else (part,):
            if one not in self.line:
                self._round.due[one] = max(began + wait, time.monotonic() + _EARLIER_S)
                self._round.problems[one] = error
        if of_the_way:
            self._look.set()  # the client may have been closed under us
        self._tell()
        return not of_the_way

    def _hurry(self) -> None:
        """Everything that the line does not tell is due."""
        self._round.due = {part: math.inf if part in self.line else 0.0 for part in self._round.due} | {
            part: time.monotonic() + CHECK_S for part in self.line if part in self._round.due
        }
        self._wake.set()

    async def _learn_on(self, center: ContactCenter) -> None:
        """Know services, groups and accounts: at the beginning and once a day (§1)."""
        while True:
            try:
                found = await center.personnel()
                if found.recognised:
                    await self._store.write(stored.write_personnel, self.connection_id, found)
                    await self._store.write(contact_center_links.link_by_number, self.connection_id)
            except MusterError as error:
                log.info("Live numbers: groups and agents cannot be read: %s", error.message)
                await asyncio.sleep(_LEARN_AGAIN_S)
                continue
            if found.recognised:
                # An answer that suddenly names no groups takes none away.
                self._group_ids = tuple(dict.fromkeys(g.group_id for g in found.groups)) or self._group_ids
                self._events.publish(ContactCenterDataChanged(self.connection_id))
                if not self.waits_for_person:
                    self._hurry()
            await asyncio.sleep(_LEARN_S)

    # -- listening -----------------------------------------------------------------------------------------------

    async def _listen(self, center: ContactCenter) -> None:
        async with aclosing(center.live()) as changes:
            async for change in changes:
                if change.kind is LiveKind.LOST:
                    self._lost(change)
                else:
                    self._heard(change)

    def _lost(self, change: LiveChange) -> None:
        agents, groups = Part.AGENTS in self.line, Part.GROUPS in self.line
        self.board.confirm(self._line_heard_ms, agents=agents, groups=groups)
        self.line, self.line_problem = frozenset(), change.problem
        self.channel = Channel.RECONNECTING
        if agents or groups:
            self._hurry()
        self._tell()

    def _heard(self, change: LiveChange) -> None:
        heard_ms = self._line_heard_ms = now_ms()
        agents: frozenset[str] = frozenset()
        if change.statuses is not None and change.kind is LiveKind.SNAPSHOT:
            agents = self.board.put_snapshot(change.statuses, heard_ms, heard_ms)
        elif change.statuses is not None or change.left:
            agents = self.board.put_changes(change.statuses or (), change.left, heard_ms)
        groups = self.board.put_loads(change.loads or (), heard_ms, heard_ms)
        if change.kind is LiveKind.SNAPSHOT:
            told = {Part.AGENTS: change.statuses is not None, Part.GROUPS: change.loads is not None}
            self.line |= {part for part, said in told.items() if said}
            for part in self.line:
                self._round.problems.pop(part, None)
                self._round.due[part] = time.monotonic() + CHECK_S
            self.channel, self.line_problem = Channel.SOCKET, None
        if groups:
            self._look_for_alarms()
        self._unkept = True
        self._tell(agents, groups)

    # -- telling and keeping -------------------------------------------------------------------------------------

    def _told(self, part: Part, changed: frozenset[str]) -> None:
        self._unkept = True
        if part is not Part.AGENTS:
            self._look_for_alarms()
        self._tell(changed if part is Part.AGENTS else frozenset(), changed if part is not Part.AGENTS else frozenset())

    def _look_for_alarms(self) -> None:
        queues = {group_id: group.queue for group_id, group in self.board.groups.items()}
        if self.alarms.look(queues, self.thresholds, now_ms()):
            self._events.publish(AlarmsChanged(self.connection_id))

    def _say(self, channel: Channel) -> None:
        self.channel = channel
        self._tell()

    def _tell(self, agents: frozenset[str] = frozenset(), groups: frozenset[str] = frozenset()) -> None:
        self._events.publish(LiveChanged(self.connection_id, agents, groups))

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(_KEEP_S)
            await self._keep()

    async def _keep(self) -> None:
        """Store what is known, for the next start and for status updates, which begin with leaving the last one.

        Every status that came and went meanwhile is kept for webhooks too (webhooks.md §3).
        """
        if not self._unkept:
            return
        self._unkept = False
        here, groups = self.board.here, list(self.board.groups.values())
        names = {a.status.state_code: a.status.state_name for a in here}
        changes = self.board.take_changes()
        seen_ms = max((a.seen_ms for a in self.board.agents.values()), default=None)

        def write() -> None:
            live_statuses.note_changes(self.connection_id, changes)
            if seen_ms is not None:
                stored.write_snapshot(self.connection_id, [a.status for a in here], seen_ms)
                stored.note_statuses(self.connection_id, names)
            for moment in {g.seen_ms for g in groups}:
                stored.write_loads(self.connection_id, [g.load for g in groups if g.seen_ms == moment], moment)

        try:
            await self._store.write(write)
        except MusterError as error:  # a busy or full disk passes, and the numbers on screen do not depend on it
            log.warning("Live numbers cannot be stored: %s", error.message)
            self._unkept = True
            self.board.give_back(changes)
