"""How the receiver is told who sends, beside the signature (webhooks.md §5, connections.md §5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app.demo.loopback import LoopbackServer
from tests.support.running import dump
from tests.support.webhooks import Hooks


@pytest.mark.parametrize(
    ("given", "secret", "header", "expected"),
    [
        ({"auth_type": "basic", "username": "Иван"}, "password", "authorization", "Basic 0JjQstCw0L06Z2VoZWltLTc3"),
        ({"auth_type": "bearer"}, "token", "authorization", "Bearer geheim-77"),
        ({"auth_type": "api_key", "key_header": "X-Key"}, "key", "x-key", "geheim-77"),
    ],
)
async def test_every_way_reaches_the_receiver_and_no_secret_is_stored(
    hooks: Hooks, given: dict[str, Any], secret: str, header: str, expected: str
) -> None:
    await hooks.add(**given, secrets={secret: "geheim-77"})
    await hooks.happen()
    await hooks.send()
    (heard,) = hooks.heard()
    assert heard.headers[header] == expected
    assert "webhook-signature" in heard.headers
    assert "geheim-77" not in "\n".join(await dump(hooks.workspace))


class Tokens:
    """A token address that counts."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        self.asked += 1
        good = {"access_token": "token-of-the-day", "token_type": "Bearer", "expires_in": 3600}
        body = good if self.status == 200 else {"error": "invalid_client"}
        await JSONResponse(body, self.status)(scope, receive, send)


async def sent_with(hooks: Hooks, tokens: Tokens, *, allowed: bool) -> None:
    """Two events to an endpoint that signs in with OAuth, its token address reachable or not."""
    server = LoopbackServer(tokens)
    await server.open()
    if allowed:
        lines = hooks.workspace.webhooks.lines
        lines.demo_ports |= {urlsplit(server.base_url).port or 0}
    oauth = {"auth_type": "oauth2", "token_url": server.base_url + "/token", "client_id": "muster"}
    await hooks.add(**oauth, secrets={"client_secret": "geheim-77"})
    await hooks.happen(2)
    await hooks.send()
    await server.close()


async def test_a_token_is_fetched_once_and_sent_with_every_delivery(hooks: Hooks) -> None:
    tokens = Tokens()
    await sent_with(hooks, tokens, allowed=True)
    assert [h.headers["authorization"] for h in hooks.heard()] == ["Bearer token-of-the-day"] * 2
    assert tokens.asked == 1


async def test_a_sign_in_that_is_refused_is_named_and_nothing_is_sent(hooks: Hooks) -> None:
    await sent_with(hooks, Tokens(401), allowed=True)
    assert {d.error_code for d in await hooks.deliveries()} == {"oauth_failed"}
    assert not hooks.heard()


async def test_a_token_address_is_guarded_like_any_other(hooks: Hooks) -> None:
    tokens = Tokens()
    await sent_with(hooks, tokens, allowed=False)
    assert tokens.asked == 0
    assert {d.error_code for d in await hooks.deliveries()} == {"blocked_address"}
