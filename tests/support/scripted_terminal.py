"""A terminal that answers what it is told to, byte by byte: for answers that no simulated terminal would give."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.connectors.hikvision import Terminal, TerminalSettings

CHALLENGE = (
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest qop="auth", realm="DS-1", nonce="5a6f"\r\n'
    b"Content-Length: 0\r\n\r\n"
)
DONE = {"statusCode": 1, "statusString": "OK", "subStatusCode": "ok"}
HANG_UP = b""


@dataclass(frozen=True)
class Asked:
    """One request as it came over the line; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def signed(self) -> bool:
        """Whether it carries a signature."""
        return "authorization" in self.headers

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


Answer = bytes | Callable[[Asked], bytes]


@dataclass
class ScriptedTerminal:
    """Answers bare and signed requests as told; an empty answer breaks the connection."""

    signed: Answer = field(default_factory=lambda: told(DONE))
    bare: Answer = CHALLENGE
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def signatures(self) -> list[Asked]:
        """The signed requests."""
        return [asked for asked in self.asked if asked.signed]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while True:
                asked = await _read(reader)
                self.asked.append(asked)
                answer = self.signed if asked.signed else self.bare
                text = answer(asked) if callable(answer) else answer
                if not text:
                    writer.transport.abort()
                    return
                writer.write(text)
                if asked.headers.get("connection") == "close":
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has gone
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    method, target, _version = first.split(" ")
    return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def told(content: object, http: int = 200, *fields: str) -> bytes:
    """An answer with this JSON, these bytes or nothing, and header lines of its own."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = [f"HTTP/1.1 {http} Told", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


class Cooldowns:
    """Cool-downs in memory."""

    def __init__(self) -> None:
        self.noted: dict[str, datetime] = {}

    async def until(self, account: str) -> datetime | None:
        """As noted."""
        return self.noted.get(account)

    async def note(self, account: str, until: datetime) -> None:
        """Keep it."""
        self.noted[account] = until


@asynccontextmanager
async def scripted(**script: Answer) -> AsyncIterator[ScriptedTerminal]:
    """A scripted terminal on a port of its own."""
    device = ScriptedTerminal(**script)  # type: ignore[arg-type]
    server = await asyncio.start_server(device.serve, "127.0.0.1", 0)
    device.port = server.sockets[0].getsockname()[1]
    try:
        yield device
    finally:
        server.close()


@asynccontextmanager
async def line_to(
    device: ScriptedTerminal, cooldowns: Cooldowns | None = None, **settings: Any
) -> AsyncIterator[Terminal]:
    """The connector's terminal for a scripted one."""
    values = {"username": "admin", "password": "Probe-2025", **settings}
    async with Terminal(TerminalSettings("gate", "127.0.0.1", device.port, **values), cooldowns or Cooldowns()) as line:
        yield line
