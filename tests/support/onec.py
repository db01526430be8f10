"""A 1C for tests: an address, a client of it that need not hurry, answers of the reference."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.connectors.http import RetryPolicy
from app.connectors.onec import OneC, OneCSettings
from app.connectors.sign_in import SignInSettings, make_sign_in
from app.domain.kinds.sign_in import AuthenticationType

HOST = "http://127.0.0.1:1"
BASE = f"{HOST}/zup/hs/wfm"
MOSCOW = ZoneInfo("Europe/Moscow")
AGENT = "5b7d4a3e-7f10-4b5c-9d21-3c8e1f00a101"
NO_LICENCE = "Не обнаружено свободной лицензии"


def make(base: str = BASE, retries: int = 3, **settings: Any) -> OneC:
    """A client that signs in as `Обмен`, as fast as it may, waiting for no licence but where it is told to."""
    values: dict[str, Any] = {"zone": MOSCOW, "calls_per_second": 10_000.0, "licence_pauses_s": ()} | settings
    sign_in = make_sign_in(SignInSettings(AuthenticationType.BASIC, "Обмен", "Пароль"), "1C")
    return OneC(OneCSettings(base, **values), sign_in, RetryPolicy.growing(retries))


Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handle: Handle, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A socket that does with each connection what `handle` does, until the test is over."""
    busy: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        busy.add(writer)
        try:
            await handle(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            busy.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in list(busy):
            writer.transport.abort()
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Heard:
    """One request as a server heard it; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


class ScriptedOneC:
    """A web server with a publication: whoever asks gets what `answers` holds for the path, else 404."""

    def __init__(self) -> None:
        people = json.dumps([{"AR_departments": [], "AR_agents": [{"agentId": AGENT, "tabN": "1"}]}]).encode()
        today = datetime.now(MOSCOW).date().isoformat()
        self.answers: dict[str, tuple[int, bytes]] = {
            "/zup": (200, b"<html>1C</html>"),
            f"/zup/hs/wfm/agents/{today}/{today}": (200, b"\xef\xbb\xbf" + people),
        }
        self.agents = f"/zup/hs/wfm/agents/{today}/{today}"
        self.heard: list[Heard] = []
        self.pause_s = 0.0

    @asynccontextmanager
    async def published(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
        """The address of the service, while it is there."""
        async with listening(self._serve, tls) as address:
            yield f"{address}/zup/hs/wfm"

    def asked(self, path: str) -> list[Heard]:
        """The requests for a path."""
        return [one for one in self.heard if one.line.split()[1] == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.heard.append(Heard(head[0], headers, body))
            await asyncio.sleep(self.pause_s)
            status, answer = self.answers.get(head[0].split()[1], (404, b""))
            writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
            await writer.drain()
