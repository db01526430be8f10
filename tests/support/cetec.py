"""CETEC for tests: a token full of signs, customers as it sends them, and a socket that answers what a test wants."""

from __future__ import annotations

import asyncio
import html
import json
import re
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from app.connectors.cetec import CetecSettings

BASE = "https://acme.cetecerp.com"
TOKEN = "plan&ted%41;|[to]+k n=#?/\"<'"
SETTINGS = CetecSettings(BASE, TOKEN)
FORMS = {
    TOKEN, quote(TOKEN), quote(TOKEN, safe=""), quote(TOKEN, safe="").lower(), quote_plus(TOKEN), html.escape(TOKEN),
    json.dumps(TOKEN)[1:-1], quote(quote(TOKEN, safe=""), safe=""),
}  # fmt: skip
"""In what forms the token may be repeated."""


def customer(number: object = 123, **fields: Any) -> dict[str, Any]:
    """One element of the list, as in the reference (§2.2)."""
    return {
        "id": number, "name": "Example Circuits Inc", "domain": "examplecircuits", "ok_to_bill": 1,
        "priority_support": "Enterprise", "resident_hosting": 0, "test_environment": "Update Nightly",
        "itar_hosting_bc": "", "num_prod_users": "150", "num_full_users": 25, **fields,
    }  # fmt: skip


def body(*customers: object) -> bytes:
    return json.dumps(customers).encode()


def told(content: bytes, status: int = 200, *headers: str) -> bytes:
    """A complete HTTP answer."""
    lines = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(content)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + content


@dataclass
class Listening:
    """A server: its address, and the target of every request as it stood on the line."""

    url: str
    targets: list[str] = field(default_factory=list)

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of the last request, decoded."""
        return dict(parse_qsl(urlsplit(self.targets[-1]).query, strict_parsing=True))


@asynccontextmanager
async def listening(answer: bytes, hang: asyncio.Event | None = None) -> AsyncIterator[Listening]:
    """A socket that answers every request with these bytes, after `hang` is set, and hangs up."""
    served = Listening("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        served.targets.append(request.split(b" ", 2)[1].decode("ascii"))
        if hang is not None:
            await hang.wait()
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield served


def everything_told(error: BaseException) -> str:
    """All that a crash report or a log could print of an error: message, remedy, representation, whole traceback."""
    remedy = getattr(error, "remedy", "")
    return "\n".join([str(error), remedy, repr(error), *traceback.format_exception(error)])


def chain(error: BaseException | None) -> list[BaseException]:
    """An error and everything it was caused by."""
    return [] if error is None else [error, *chain(error.__cause__), *chain(error.__context__)]


def told_token(text: str) -> list[str]:
    """Where a text holds the token or what is left of it when a part was cut off."""
    return [form for form in FORMS if form in text] + re.findall(
        r"plan(?:&|%26|&amp;|\\u0026)ted\S*", text, re.IGNORECASE
    )
