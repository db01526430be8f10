"""Looks every ten minutes whether active connections still work, where nothing else found out (connections.md §7).

It works while the window is open. A connection is left alone while its calls are refused or held back, while something
runs over it, and while its sign-in is refused: to try a wrong key over and over may lock the account.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.domain.connections import Connection, ConnectionStatus
from app.domain.health import Circumstances, Health, connection_health
from app.errors import ErrorKind, MusterError
from app.operations.pulse import circumstances
from app.operations.runner import Request
from app.store import connections as stored
from app.store import schedules

if TYPE_CHECKING:
    from app.workspace import Workspace

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=10)
LOOK_S = 60.0
_AT_ONCE = 4
_KNOWN_WRONG = frozenset({Health.NOT_CONFIGURED, Health.NEEDS_SIGN_IN, Health.ON_HOLD, Health.RUNNING, Health.PAUSED})


class Prober:
    """Tests the connections of one workspace by itself. Belongs to one event loop.

    `clock` gives the present and is called on the store's thread.
    """

    def __init__(self, workspace: Workspace, clock: Callable[[], datetime] = schedules.shared_now) -> None:
        self._workspace = workspace
        self._clock = clock
        self._tried: dict[str, datetime] = {}

    async def run(self) -> None:
        """Look once a minute, for as long as the window is open; ends when it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except MusterError as error:  # a busy or full disk passes
                log.warning("Probes: %s", error.message)

    async def look(self) -> list[str]:
        """Test what is due now and wait for that; the names of those connections."""
        read = self._workspace.store.read
        found = await read(stored.connections)
        moment = await read(self._clock)
        around = await circumstances(self._workspace, found)
        self._tried = {key: at for key, at in self._tried.items() if key in around}
        due = [connection for connection in found if self._is_due(connection, around, moment)]
        turns = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for connection in due:
                self._tried[connection.id] = moment
                group.create_task(self._probe(connection, turns))
        return [connection.name for connection in due]

    def _is_due(self, connection: Connection, around: Mapping[str, Circumstances], moment: datetime) -> bool:
        known = self._workspace.vault.known_secrets(connection)
        health = connection_health(connection, known, around[connection.id]).health
        refused = connection.last_error_kind == ErrorKind.REFUSED_SIGN_IN
        if connection.status is ConnectionStatus.INACTIVE or health in _KNOWN_WRONG or refused:
            return False
        if around[connection.id].refused_until is not None:
            return False
        heard = (connection.last_test_at, connection.last_sync, self._tried.get(connection.id))
        last = max((at for at in heard if at is not None), default=None)
        # A clock that was set back makes what was heard lie in the future: that says nothing about now.
        return last is None or not timedelta(0) <= moment - last < EVERY

    async def _probe(self, connection: Connection, turns: asyncio.Semaphore) -> None:
        async with turns:
            try:
                report = await (await self._workspace.runner.start(Request("connections.test", connection.id))).report()
            except MusterError as error:  # it was removed or paused meanwhile
                log.info("Probe of %s: %s", connection.name, error.message)
                return
            if report.error is not None:
                log.info("Probe of %s: %s", connection.name, report.error.message)
