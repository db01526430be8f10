"""A wire between a client and a MySQL server: it counts questions, and loses, delays or cuts those it is told to.

It reads the unencrypted protocol, so clients have to leave encryption off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

_QUERY = 3
_HEADER = 4


class Mishap(Enum):
    """What befalls a question."""

    LOST = "never answered"
    CUT = "the connection ends"


@dataclass
class Wire:
    """Everything that comes over it goes to `target`, the port of a server on the loopback.

    `mishaps` befall questions that contain the text, one after another; None lets one pass. `delay_s` is the way there.
    """

    target: int
    mishaps: dict[str, list[Mishap | None]] = field(default_factory=dict)
    delay_s: float = 0
    port: int = 0
    questions: list[str] = field(default_factory=list)
    connections: int = 0
    ends: dict[asyncio.Task[Any], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many connections there are now."""
        return len(self.ends)

    def asked(self, text: str) -> list[str]:
        """The questions that contain the text."""
        return [question for question in self.questions if text in question]

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.ends[task] = writer
        try:
            there, away = await asyncio.open_connection("127.0.0.1", self.target)
            async with asyncio.TaskGroup() as both:
                answers = both.create_task(_copied(there, writer))
                await self._questions(reader, away)
                answers.cancel()
            away.close()
        except* OSError:
            pass
        finally:
            del self.ends[task]
            writer.close()

    async def _questions(self, reader: asyncio.StreamReader, away: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                header = await reader.readexactly(_HEADER)
                packet = await reader.readexactly(int.from_bytes(header[:3], "little"))
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                match self._mishap(header, packet):
                    case Mishap.CUT:
                        return
                    case Mishap.LOST:
                        continue
                    case None:
                        away.write(header + packet)
                        await away.drain()

    def _mishap(self, header: bytes, packet: bytes) -> Mishap | None:
        if header[3] or not packet or packet[0] != _QUERY:  # the first packet of a command has the number 0
            return None
        question = packet[1:].decode()
        self.questions.append(question)
        planned = next((plan for text, plan in self.mishaps.items() if text in question), [])
        return planned.pop(0) if planned else None


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def wire_to(port: int) -> AsyncIterator[Wire]:
    """A wire to the server on this port, open as long as the context."""
    wire = Wire(port)
    server = await asyncio.start_server(wire._client, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for end in wire.ends.values():
            end.close()  # whoever serves it notices
        if wire.ends:
            await asyncio.wait(list(wire.ends))
