"""Plays the receivers that webhooks are sent to: each path answers in its own way (webhooks.md §6).

    /ok      200                          /gone      410
    /hang    takes it and never answers   /redirect  302 to an address of the line (169.254.169.254)
    /huge    200 and 10 MB                /busy      503 with Retry-After: 90
    /reset   breaks the connection        /flaky     500, 500, then 200, per message
    /refused 401                          /throttled 429 with Retry-After: 2

`heard` keeps what came, byte for byte, for whoever wants to verify it.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from app.demo.http_system import Endpoint, HttpSystem
from app.demo.line import HANG_UP, Silence

KEPT = 5_000
HUGE_BYTES = 10_000_000
INWARD = "http://169.254.169.254/latest/meta-data"
RETRY_AFTER_S = 90


@dataclass(frozen=True)
class Heard:
    """One request as it came; names of headers in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


class HungUp(Response):
    """Ends the connection without a word."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Hang up."""
        scope[HANG_UP]()


class DemoReceiver(HttpSystem):
    """One server with a path for each behaviour."""

    def __init__(self) -> None:
        self.heard: deque[Heard] = deque(maxlen=KEPT)
        self._failures: Counter[str] = Counter()
        paths = ("ok", "gone", "hang", "redirect", "huge", "busy", "reset", "flaky", "refused", "throttled")
        super().__init__([Endpoint((name,), f"/{name}", self._answer, methods=("POST", "PUT")) for name in paths])

    def describe(self) -> dict[str, Any]:
        """Where the receivers are."""
        return {"base_url": self.base_url, "ok": f"{self.base_url}/ok", "flaky": f"{self.base_url}/flaky"}

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.heard.append(Heard(path, dict(request.headers), await request.body()))
        match path:
            case "/gone":
                return PlainTextResponse("gone", 410)
            case "/hang":
                return Silence()
            case "/redirect":
                return RedirectResponse(INWARD, 302)
            case "/huge":
                return PlainTextResponse("x" * HUGE_BYTES)
            case "/busy":
                return PlainTextResponse("busy", 503, {"Retry-After": str(RETRY_AFTER_S)})
            case "/throttled":
                return PlainTextResponse("slower", 429, {"Retry-After": "2"})
            case "/reset":
                return HungUp()
            case "/refused":
                return PlainTextResponse("who are you?", 401)
            case "/flaky":
                return self._flaky(request.headers.get("webhook-id", ""))
        return PlainTextResponse("ok")

    def _flaky(self, message_id: str) -> Response:
        self._failures[message_id] += 1
        return PlainTextResponse("not yet", 500) if self._failures[message_id] <= 2 else PlainTextResponse("ok")
