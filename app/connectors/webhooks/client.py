"""The line to one receiver: one request per try, under one time limit, reading no more of the answer than is kept.

Made without the shared HTTP foundation: here nothing is repeated, spaced out or refused by a breaker, as the ladder of
webhooks.md §6 does that, and every answer counts, whatever it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from app.connectors.http import READS, RepeatableError
from app.connectors.retry_after import retry_after_seconds
from app.connectors.route import USER_AGENT, Route
from app.connectors.sign_in import SignIn, SignInSettings, close_sign_in, make_sign_in
from app.connectors.webhooks.failures import explain
from app.connectors.webhooks.guard import Allowed, BlockedAddress, Guard
from app.connectors.webhooks.transport import GuardedTransport, proxy_for
from app.domain.webhooks.delivery import MOST_KEPT_BYTES, Answer
from app.domain.webhooks.error_codes import ErrorCode
from app.errors import MusterError
from app.i18n import _
from app.redaction import redact

MOST_READ_BYTES = 65_536
"""Beyond it an answer is cut off: the receiver took the message, and may send what it likes."""
PRODUCT_AGENT = USER_AGENT.replace("/", "-webhooks/", 1)
_MOST_HEADERS, _MOST_HEADER_CHARS = 50, 500
_ASKED_TO_WAIT = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One try: what is sent, byte for byte, and within how many seconds an answer must be there."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    timeout_s: float


@dataclass(slots=True)
class _Heard:
    """What was heard of an answer so far."""

    response: httpx.Response | None = None
    body: bytearray = field(default_factory=bytearray)


class WebhookClient:
    """Sends to one endpoint. Belongs to one event loop. `proxy` names the proxy that stands between, if any."""

    def __init__(self, transport: GuardedTransport, sign_in: SignIn, proxy: str | None) -> None:
        self.proxy = proxy
        self._transport = transport
        self._sign_in = sign_in
        self._client = httpx.AsyncClient(
            transport=transport, auth=sign_in, trust_env=False, follow_redirects=False, timeout=None,
            headers={"User-Agent": PRODUCT_AGENT, "Accept-Encoding": "identity"},
        )  # fmt: skip

    async def close(self) -> None:
        """Close the pooled sockets."""
        await self._client.aclose()
        await close_sign_in(self._sign_in)

    async def send(self, outgoing: Outgoing, allowed: Allowed) -> Answer:
        """What came of one try; whatever goes wrong is an answer too."""
        self._transport.allowed = allowed
        heard = _Heard()
        try:
            async with asyncio.timeout(outgoing.timeout_s):
                await self._send(outgoing, heard)
        except BlockedAddress as error:
            return Answer(error_code=ErrorCode.BLOCKED_ADDRESS, error_message=str(error))
        except RepeatableError as error:
            return Answer(error_code=ErrorCode.OAUTH_FAILED, error_message=redact(error.error.message))
        except MusterError as error:
            return Answer(error_code=ErrorCode.OAUTH_FAILED, error_message=redact(error.message))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError) as error:
            if heard.response is None:
                code, text = explain(error, outgoing.timeout_s)
                return Answer(error_code=code, error_message=text)
        finally:
            self._client.cookies.clear()  # what one answer set has no business in the next request
        assert heard.response is not None
        return _answer(heard.response, heard.body)

    async def _send(self, outgoing: Outgoing, heard: _Heard) -> None:
        async with self._client.stream(
            outgoing.method,
            outgoing.url,
            headers=dict(outgoing.headers),
            content=outgoing.body,
            extensions={READS: True},  # the receiver knows a repeated message by its id
        ) as response:
            heard.response = response
            async for chunk in response.aiter_raw():
                heard.body += chunk
                if len(heard.body) >= MOST_READ_BYTES:
                    break


def make_client(url: str, sign_in: SignInSettings, guard: Guard, allowed: Allowed) -> WebhookClient:
    """A client for an address. Not quick where certificates are loaded.

    Raises `NotConfigured` for a sign-in that lacks something.
    """
    proxy = proxy_for(url)
    transport = GuardedTransport(guard, allowed, Route().context(url), proxy)
    token_url = sign_in.oauth.token_url
    of_tokens = None
    if token_url:
        of_tokens = GuardedTransport(guard, allowed, Route().context(token_url), proxy_for(token_url))
    return WebhookClient(transport, make_sign_in(sign_in, urlsplit(url).hostname or url, transport=of_tokens), proxy)


def _answer(response: httpx.Response, body: bytearray) -> Answer:
    status = response.status_code
    kept = redact(bytes(body[:MOST_KEPT_BYTES]).decode("utf-8", "replace")).replace("\x00", "\ufffd")
    heard = Answer(http_status=status, response_headers=_headers(response), response_body=kept)
    if 200 <= status < 300:
        return heard
    wait = retry_after_seconds(response.headers.get("retry-after")) if status in _ASKED_TO_WAIT else None
    code, text = ErrorCode.BAD_RESPONSE, _("The receiver answered {status}.").format(status=status)
    if 300 <= status < 400:
        code, text = ErrorCode.TOO_MANY_REDIRECTS, _moved(response)
    return Answer(status, code, text, heard.response_headers, kept, wait)


def _moved(response: httpx.Response) -> str:
    location = _location(response.headers.get("location", ""))
    if not location:
        return _("The receiver moved and does not say where.")
    return _("The receiver moved to {location}; update the address.").format(location=location)


def _location(text: str) -> str:
    """Where it says that it moved to, without user and query, which may hold a key."""
    try:
        parts = urlsplit(text)
        bare = parts._replace(query="", fragment="", netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return ""
    return redact(bare)[:_MOST_HEADER_CHARS]


def _headers(response: httpx.Response) -> dict[str, str]:
    shown = list(response.headers.items())[:_MOST_HEADERS]
    return {name: _shown(name, value) for name, value in shown}


def _shown(name: str, value: str) -> str:
    if name == "set-cookie":
        return "••••"
    return _location(value) if name == "location" else redact(value)[:_MOST_HEADER_CHARS].replace("\x00", "")
