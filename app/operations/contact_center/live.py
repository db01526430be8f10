"""Live numbers of contact centres, for as long as somebody wants them: a page that shows them, or limits that a person
set (contact-center.md §2, §5.9).

workspace.live.hold(connection.id, Wanted.PAGE)
board = workspace.live.feed(connection.id).board     # changes are told as LiveChanged
workspace.live.release(connection.id, Wanted.PAGE)
"""

from __future__ import annotations

import asyncio
import logging
from enum import StrEnum
from typing import TYPE_CHECKING

from app.domain.connections import ConnectionStatus
from app.errors import MusterError
from app.events import ConnectionsChanged, ThresholdsChanged
from app.operations.contact_center.live_feed import Feed
from app.store import connections, contact_center_thresholds

if TYPE_CHECKING:
    from app.events import EventBus
    from app.operations.links import Links
    from app.store.database import Store
    from app.tasks import Tasks

log = logging.getLogger(__name__)
_AGAIN_S = 10.0


class Wanted(StrEnum):
    """Who wants live numbers."""

    PAGE = "page"
    ALARMS = "alarms"


class LiveNumbers:
    """Starts and ends the feeds. Belongs to one event loop."""

    def __init__(self, store: Store, links: Links, tasks: Tasks, events: EventBus) -> None:
        self._store, self._links, self._tasks, self._events = store, links, tasks, events
        self._feeds: dict[str, Feed] = {}
        self._holders: dict[str, set[Wanted]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._watch = asyncio.Event()
        events.subscribe(ConnectionsChanged, lambda _event: self._connections_changed())
        events.subscribe(ThresholdsChanged, self._thresholds_changed)

    def feed(self, connection_id: str) -> Feed:
        """The feed of a connection, running or not; what it last knew stays."""
        if connection_id not in self._feeds:
            self._feeds[connection_id] = Feed(connection_id, self._store, self._links, self._events)
        return self._feeds[connection_id]

    def hold(self, connection_id: str, wanted: Wanted) -> None:
        """Keep the numbers coming for this reason too."""
        self._holders.setdefault(connection_id, set()).add(wanted)
        running = self._running.get(connection_id)
        if (running is None or running.done()) and self._tasks.accepting:
            self._running[connection_id] = self._tasks.start("live numbers", self.feed(connection_id).run())

    def release(self, connection_id: str, wanted: Wanted) -> None:
        """This reason is gone; without any the feed ends."""
        holders = self._holders.get(connection_id, set())
        holders.discard(wanted)
        if not holders and (running := self._running.pop(connection_id, None)) is not None:
            running.cancel()

    def is_held(self, connection_id: str, wanted: Wanted) -> bool:
        """Whether the numbers come for this reason."""
        return wanted in self._holders.get(connection_id, ())

    async def watch_alarms(self) -> None:
        """Keep feeds running for connections with limits, whatever page is shown; ends when it is cancelled."""
        while True:
            self._watch.clear()
            try:
                limited = await self._store.read(contact_center_thresholds.watched_connections)
                known = {c.id: c for c in await self._store.read(connections.connections)}
            except MusterError as error:  # a database that is away comes back
                log.warning("Limits of live numbers: %s", error.message)
                await asyncio.sleep(_AGAIN_S)
                continue
            for connection_id in limited & known.keys():
                if known[connection_id].status is not ConnectionStatus.INACTIVE:
                    self.hold(connection_id, Wanted.ALARMS)
            for connection_id in [i for i in self._holders if i not in limited or i not in known]:
                self.release(connection_id, Wanted.ALARMS)
            await self._watch.wait()

    def _connections_changed(self) -> None:
        for feed in self._feeds.values():
            feed.look_again()
        self._watch.set()

    def _thresholds_changed(self, event: ThresholdsChanged) -> None:
        self._watch.set()
        if (feed := self._feeds.get(event.connection)) is not None:
            self._tasks.start("limits of live numbers", feed.read_thresholds())
