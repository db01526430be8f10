"""The built-in inbox: a receiver on this computer that shows what arrives and checks its signature (webhooks.md §7).

It is the one receiver on loopback that may be sent to. Whoever verifies is the library of the scheme, and not the code
that signed. For trying, it can be told to answer with an error, that it is gone for good, or late.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.domain.webhooks.endpoint import PREVIOUS_SECRET, SECRET
from app.domain.webhooks.signature import ID, SIGNATURE
from app.events import InboxReceived
from app.i18n import _
from app.store import webhook_inbox, webhooks
from app.store.values import now

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from app.demo.loopback import LoopbackServer
    from app.events import EventBus
    from app.store.database import Store
    from app.vault import Vault

KEPT = 200
MOST_BYTES = 1_000_000
LATE_S = 10.0


class InboxAnswer(StrEnum):
    """What the inbox answers."""

    OK = "ok"
    ERROR = "500"
    GONE = "410"
    SLOW = "slow"


_STATUS = {InboxAnswer.ERROR: 500, InboxAnswer.GONE: 410}


@dataclass(frozen=True, slots=True)
class Received:
    """One request; `verified` says whether it is signed with a secret of an endpoint that sends here.

    `problem` says why not, `webhook` names whose signature it is, `again` that the same id came before.
    """

    number: int
    at: datetime
    method: str
    path: str
    headers: Mapping[str, str]
    body: str
    verified: bool
    problem: str = ""
    webhook: str = ""
    again: bool = False


class Inbox:
    """One inbox of a workspace; `answer` may be changed at any time. Belongs to one event loop."""

    def __init__(self, store: Store, vault: Vault, events: EventBus) -> None:
        self.answer = InboxAnswer.OK
        self.received: deque[Received] = deque(maxlen=KEPT)
        self._store = store
        self._vault = vault
        self._events = events
        self._server: LoopbackServer | None = None
        self._numbers = itertools.count(1)
        self._seen: deque[str] = deque(maxlen=10 * KEPT)

    @property
    def url(self) -> str:
        """Where it is reached; blank while it is closed."""
        return f"{self._server.base_url}{webhook_inbox.PATH}" if self._server is not None else ""

    async def open(self) -> str:
        """Listen on a free port and let webhooks go there; returns the address.

        Raises `OSError` when this computer does not allow that.
        """
        from app.demo.loopback import LoopbackServer

        if self._server is None:
            server = LoopbackServer(self)
            await server.open()
            self._server = server
            await self._store.write(webhook_inbox.note_inbox, self._port(), self.url)
        return self.url

    async def close(self) -> None:
        """Stop listening."""
        if self._server is None:
            return
        await self._store.write(webhook_inbox.forget_inbox, self._port())
        await self._server.close()
        self._server = None

    def clear(self) -> None:
        """Forget what arrived."""
        self.received.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request (ASGI)."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")[: MOST_BYTES - len(body)]
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        await self._keep(scope, headers, body.decode("utf-8", "replace"))
        await self._reply(receive, send)

    async def _keep(self, scope: Scope, headers: Mapping[str, str], body: str) -> None:
        webhook, problem = await self._verified(headers, body)
        key = headers.get(ID, "")
        masked = {name: "••••" if name in {"authorization", "x-api-key"} else value for name, value in headers.items()}
        one = Received(
            next(self._numbers), now(), scope["method"], scope["path"], masked, body, not problem, problem, webhook,
            key in self._seen,
        )  # fmt: skip
        self._seen.append(key)
        self.received.append(one)
        self._events.publish(InboxReceived(one.number))

    async def _verified(self, headers: Mapping[str, str], body: str) -> tuple[str, str]:
        """Whose signature it is, and what is wrong with it otherwise."""
        from standardwebhooks import Webhook
        from standardwebhooks.webhooks import WebhookVerificationError

        if SIGNATURE not in headers:
            return "", _("It is not signed.")
        problem = _("No webhook sends here.")
        for endpoint in await self._store.read(webhooks.endpoints):
            if urlsplit(endpoint.url).port != self._port():
                continue
            for key in (SECRET, PREVIOUS_SECRET):
                secret = await self._vault.get(endpoint, key) if key in endpoint.secrets else ""
                if not secret:
                    continue
                try:
                    Webhook(secret).verify(body, dict(headers), json_parse=False)
                except (WebhookVerificationError, ValueError) as error:
                    problem = str(error)
                else:
                    return endpoint.name, ""
        return "", problem

    async def _reply(self, receive: Receive, send: Send) -> None:
        from starlette.responses import PlainTextResponse

        answer = self.answer
        if answer is InboxAnswer.SLOW:
            with suppress(TimeoutError):
                async with asyncio.timeout(LATE_S):
                    while (await receive())["type"] != "http.disconnect":
                        pass
                return
        response = PlainTextResponse(answer.value, _STATUS.get(answer, 200))
        await response({"type": "http", "method": "POST", "headers": []}, receive, send)

    def _port(self) -> int:
        assert self._server is not None
        return urlsplit(self._server.base_url).port or 0
