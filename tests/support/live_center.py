"""A contact centre of two groups whose present a test decides, and a line that it speaks on."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from app.domain.connections import Connection
from app.store import connections
from app.workspace import Workspace
from tests.support.contact_center import ScriptedServer
from tests.support.running import run

AGENTS, GROUPS, PEOPLE = "/online/agentStatus", "/online/groupsOnlineLoad", "/personnel"
NAMES = {"op-1": ("Maria", "Orlova", "00-1"), "op-2": ("Ivan", "Petrov", "00-2"), "op-3": ("Anna", "Serova", "")}


def personnel() -> dict[str, Any]:
    """Two groups, three accounts."""
    groups = [{"id": "g-1", "name": "Sales", "status": "ACTIVE"}, {"id": "g-2", "name": "Chats", "status": "ACTIVE"}]
    agents = [
        {"id": i, "name": name, "surname": surname, "agentNumber": number, "agentGroups": [{"groupId": "g-1"}]}
        for i, (name, surname, number) in NAMES.items()
    ]
    service = {"id": "1", "name": "Line", "status": "ACTIVE", "serviceGroups": groups}
    return {"services": [service], "agents": agents}


def status(agent_id: str, code: str = "Work", name: str = "", ago_s: float = 60.0) -> dict[str, Any]:
    """A status as §5.7 shows it, that began so many seconds ago."""
    began = datetime.fromtimestamp(time.time() - ago_s, UTC).isoformat()
    return {"agentId": agent_id, "stateCode": code, "stateName": name or code, "startDate": began}


def load(group_id: str = "g-1", waiting: int = 0, **more: Any) -> dict[str, Any]:
    """The load of a group as §5.8 shows it."""
    return {"serviceId": "1", "groupId": group_id, "callNumber": waiting, "operatorNumber": 3, **more}


@dataclass
class LiveCenter:
    """What the platform answers, and who listens to its line."""

    server: ScriptedServer = field(default_factory=ScriptedServer)
    lines: list[ServerConnection] = field(default_factory=list)
    address: str = ""
    line_address: str = ""
    greeting: dict[str, Any] | None = None
    """What is said first on every new line; None for nothing."""

    def __post_init__(self) -> None:
        self.server.answer(PEOPLE, personnel())
        self.present([status("op-1"), status("op-2", "Break", "Break: lunch")])
        self.loads([load("g-1", 2), load("g-2")])

    def present(self, statuses: list[dict[str, Any]], code: int = 200) -> None:
        """Who is in which status."""
        self.server.answer(AGENTS, statuses, code)

    def loads(self, loads: list[dict[str, Any]], code: int = 200) -> None:
        """How the groups stand."""
        self.server.answer(GROUPS, loads, code)

    def asked(self, path: str = AGENTS) -> int:
        """How often it was asked."""
        return len(self.server.asked(path))

    async def say(self, **message: Any) -> None:
        """Say something on every open line."""
        for line in self.lines:
            with suppress(ConnectionClosed):
                await line.send(json.dumps(message))

    async def cut(self) -> None:
        """Lose every line."""
        for line in list(self.lines):
            await line.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[LiveCenter]:
        """While it is there."""
        async with self.server.serving() as self.address, serve(self._talk, "127.0.0.1", 0) as sockets:
            self.line_address = f"ws://127.0.0.1:{next(iter(sockets.sockets)).getsockname()[1]}/live"
            yield self

    async def _talk(self, line: ServerConnection) -> None:
        self.lines.append(line)
        try:
            if self.greeting is not None:
                await line.send(json.dumps(self.greeting))
            await line.wait_closed()
        finally:
            self.lines.remove(line)


async def connect(workspace: Workspace, center: LiveCenter, name: str = "cc", **settings: Any) -> Connection:
    """A connection to it."""
    given = {"endpoint_url": center.address, "authentication_type": "none", "poll_seconds": 2} | settings
    params = {"name": name, "kind": "contact_center", "settings": given}
    report = await run(workspace, "connections.create", params=params)
    assert report.error is None, report.error
    found = await workspace.store.read(connections.find_connection, name)
    assert found is not None
    return found


async def until(fulfilled: Callable[[], object], why: str = "it did not happen", patience_s: float = 10.0) -> None:
    """Wait until that holds; fails after some seconds."""
    deadline = time.monotonic() + patience_s
    while not fulfilled():
        assert time.monotonic() < deadline, why
        await asyncio.sleep(0.01)
