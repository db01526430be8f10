"""A contact centre for tests: an address, a client of it that need not hurry, answers of the reference, sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.connectors.contact_center import ContactCenter, ContactCenterSettings, retry_policy
from app.connectors.sign_in import SignInSettings, make_sign_in
from app.domain.contact_center.days import Span
from app.domain.kinds.sign_in import AuthenticationType
from tests.support.onec import listening

BASE = "http://127.0.0.1:1/api"
MOSCOW = ZoneInfo("Europe/Moscow")
TOKEN = "a-token-nobody-logs"


def ms(text: str) -> int:
    """A moment like `2026-03-05T06:00:00Z` in milliseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


DAY = Span(ms("2026-03-04T21:00:00Z"), ms("2026-03-05T21:00:00Z"))
"""The 5th of March in Moscow."""


def make(base: str = BASE, retries: int = 3, **settings: Any) -> ContactCenter:
    """A client that signs in with a token, as fast as it may."""
    values: dict[str, Any] = {"zone": MOSCOW, "calls_per_second": 10_000.0} | settings
    sign_in = make_sign_in(SignInSettings(AuthenticationType.BEARER, token=TOKEN), "contact centre")
    return ContactCenter(ContactCenterSettings(base, **values), sign_in, retry_policy(retries))


def interval(start: str = "2026-03-05T06:00:00Z", end: str = "2026-03-05T06:05:00Z", **more: Any) -> dict[str, Any]:
    """An interval as §5.2 shows it."""
    return {
        "startInterval": start, "endInterval": end, "notUniqueReceived": 14, "notUniqueTreated": 11,
        "notUniqueMissed": 3, "receivedCalls": 12, "treatedCalls": 10, "missCalls": 2, "aht": 287000,
        "postProcessing": 12000, **more,
    }  # fmt: skip


def state(start: str, end: str, code: str = "Work", name: str = "Обработка") -> dict[str, Any]:
    """A status as §5.3 shows it."""
    return {"startDate": start, "endDate": end, "stateCode": code, "stateName": name}


def load(**more: Any) -> dict[str, Any]:
    """The load of a group as §5.8 describes it."""
    return {"serviceId": "1", "groupId": "g-sales", "callNumber": 4, "operatorNumber": 12} | more


@dataclass(frozen=True)
class Heard:
    """One request as a server heard it; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def target(self) -> str:
        """Path and query, as they were sent."""
        return self.line.split()[1]

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class ScriptedServer:
    """A web server that notes what it hears and answers `answers[path]`, else 404.

    `ahead_s` gives its answers a `Date`, so far ahead of this computer's clock.
    `pause_s` is how long it thinks, `slow` how long about a path, `silent` that it never answers, `hangs_up` that
    it cuts the line instead, `deaf` that it does not even read.
    """

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.heard: list[Heard] = []
        self.pause_s = 0.0
        self.ahead_s: float | None = None
        self.slow: dict[str, float] = {}
        self.silent = self.hangs_up = self.deaf = False
        self.busy = self.most_busy = 0

    def answer(self, path: str, value: object, status: int = 200) -> None:
        """Answer that path with JSON."""
        self.answers[path] = status, json.dumps(value).encode()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The address, while it is there."""
        async with listening(self._serve) as address:
            yield address

    def asked(self, path: str) -> list[Heard]:
        """The requests for a path, whatever their query."""
        return [one for one in self.heard if one.target.partition("?")[0] == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            if self.deaf:
                await asyncio.sleep(60)
            request = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in request[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.heard.append(Heard(request[0], headers, body))
            if self.hangs_up:
                return
            self.busy += 1
            self.most_busy = max(self.most_busy, self.busy)
            path = request[0].split()[1].partition("?")[0]
            await asyncio.sleep(60 if self.silent else self.slow.get(path, self.pause_s))
            self.busy -= 1
            status, answer = self.answers.get(path, (404, b""))
            head = f"HTTP/1.1 {status} x\r\n{self._date()}Content-Length: {len(answer)}\r\n\r\n"
            writer.write(head.encode() + answer)
            await writer.drain()

    def _date(self) -> str:
        if self.ahead_s is None:
            return ""
        return f"Date: {format_datetime(datetime.now(UTC) + timedelta(seconds=self.ahead_s), usegmt=True)}\r\n"
