"""OAuth 2.0 for a connection: client credentials, or a refresh token that may change with every use (connections.md
§5.2). Authlib speaks the protocol; here is who asks for a token, when, and what a refusal means.

Parallel calls make one token request. A renewal that began is never abandoned halfway: the refresh token it brings
must not be lost. After a 401 the token is dropped, fetched once, and a call that only reads is sent once more.
"""

from __future__ import annotations

import asyncio
import base64
import math
import time
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import httpx

from app.connectors.http import READS, Answer, RepeatableError, rate_limited
from app.connectors.recording import Noted
from app.connectors.route import Route, client_options
from app.domain.kinds.sign_in import ClientAuthentication
from app.errors import (
    MusterError,
    Outage,
    Redirected,
    RefusedSignIn,
    RemoteError,
    TimedOut,
    Unreachable,
)
from app.i18n import _
from app.redaction import redact, register_basic, register_secret

LEEWAY_S = 60.0
MOST_TOKEN_BYTES = 1_000_000
_PATIENCE_S = 1.0  # with a renewal that is under way when everything closes
_NEWER_PAUSES_S = (0.2, 0.5, 1.0)  # how long another program may take to keep the token it just got
_REFUSED = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "access_denied"})
_MOST_TEXT = 300


class RefreshTokens(Protocol):
    """Keeps the refresh token of a connection. One object per connection."""

    @property
    def turn(self) -> asyncio.Lock:
        """Held while a token is renewed."""

    async def refresh_token(self) -> str:
        """The token that the service gave last, perhaps to another program; blank before the first."""

    async def password(self) -> str:
        """The token that a person typed; blank when there is none (any more)."""

    async def keep(self, refresh_token: str) -> None:
        """Keep a new token and forget the typed one."""


@dataclass(frozen=True)
class OAuthSettings:
    """One client at one token address."""

    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    audience: str = ""
    client_authentication: ClientAuthentication = ClientAuthentication.BASIC
    timeout_s: float = 30.0


@dataclass(frozen=True)
class _Held:
    """An access token; `good_until` is on the clock that only goes forward."""

    token: str = field(repr=False)
    good_until: float


class OAuth(httpx.Auth):
    """Signs requests with a token of its own. Belongs to one event loop."""

    def __init__(
        self,
        settings: OAuthSettings,
        system: str,
        refresh_tokens: RefreshTokens | None = None,
        route: Route | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.settings = settings
        self._system = system
        self._tokens = refresh_tokens
        self._turn = refresh_tokens.turn if refresh_tokens else asyncio.Lock()
        self._held: _Held | None = None
        self._renewals = 0
        self._failure: MusterError | RepeatableError | None = None
        self._noted = Noted("POST", settings.token_url)
        register_basic(settings.client_id, settings.client_secret)
        self._client = _client(settings, replace(route or Route(), headers={}), transport)
        self._client.update_token = self._keep
        for step in ("access_token_response", "refresh_token_response"):
            self._client.register_compliance_hook(step, self._look_at)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """A token, and a new one where it was refused.

        Raises `RefusedSignIn`, `RepeatableError` for what may work in a moment, or what else is wrong with the answer
        of the token address.
        """
        held = await self.token()
        request.headers["Authorization"] = f"Bearer {held.token}"
        response = yield request
        if response.status_code != 401:
            return
        if self._held is held:
            self._held = None
        if request.extensions.get(READS, request.method == "GET"):
            _cap(response)
            held = await self.token()
            request.headers["Authorization"] = f"Bearer {held.token}"
            yield request

    async def token(self) -> _Held:
        """A token that is good for a while, under the rules of `async_auth_flow`."""
        if self._held is not None and time.monotonic() < self._held.good_until:
            return self._held
        return await asyncio.shield(self._renew(self._renewals))

    async def close(self) -> None:
        """Wait a little for a renewal under way, then close the pooled sockets."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S), self._turn:
                pass
        await self._client.aclose()

    async def _renew(self, seen: int) -> _Held:
        async with self._turn:
            if self._renewals != seen:  # whoever waited shares what the first got, be it a refusal
                if self._failure is not None:
                    raise self._failure
                if self._held is not None:
                    return self._held
            self._failure = None
            try:
                self._held = await self._fetched()
            except (MusterError, RepeatableError) as error:
                self._failure = error
                raise
            finally:
                self._renewals += 1
            return self._held

    async def _fetched(self) -> _Held:
        kept = await self._tokens.refresh_token() if self._tokens else ""
        typed = await self._tokens.password() if self._tokens and not kept else ""
        try:
            return await self._asked(kept or typed)
        except RefusedSignIn:
            newer = await self._kept_meanwhile(kept) if kept else ""
            if not newer:
                raise
            return await self._asked(newer)

    async def _kept_meanwhile(self, used: str) -> str:
        """The token that another program got for the one we both had; blank when there is none."""
        for pause in _NEWER_PAUSES_S:
            await asyncio.sleep(pause)
            token = await self._tokens.refresh_token() if self._tokens else ""
            if token and token != used:
                return token
        return ""

    async def _asked(self, refresh_token: str) -> _Held:
        """A token from the token address: by refresh token, else as the client itself."""
        from authlib.integrations.base_client import OAuthError

        url, more = self.settings.token_url, {"audience": self.settings.audience} if self.settings.audience else {}
        self._client.token = None
        self._noted = Noted("POST", url)  # never with its bodies, which are nothing but secrets
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                if refresh_token:
                    register_secret(refresh_token)
                    self._client.token = {"refresh_token": refresh_token}
                    given = await self._client.refresh_token(url, refresh_token=refresh_token, **more)
                else:
                    given = await self._client.fetch_token(url, grant_type="client_credentials", **more)
        except OAuthError as error:
            raise self._refusal(error.error, error.description) from None
        except (TimeoutError, httpx.TimeoutException) as error:
            text = _("The sign-in service of {system} did not answer within {seconds:g} seconds.")
            late = TimedOut(text.format(system=self._system, seconds=self.settings.timeout_s))
            self._noted.failed(late.message)
            raise RepeatableError(late, sent=False) from error
        except (httpx.HTTPError, OSError) as error:
            text = _("The sign-in service of {system} cannot be reached: {cause}")
            gone = Unreachable(text.format(system=self._system, cause=redact(str(error)) or type(error).__name__))
            self._noted.failed(gone.message)
            raise RepeatableError(gone, sent=False) from error
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise self._unreadable() from error
        return self._read(given)

    async def _keep(self, token: Mapping[str, Any], refresh_token: str | None = None, **_old: object) -> None:
        """Called by Authlib before it hands the token out."""
        new = token.get("refresh_token")
        if isinstance(new, str) and new and new != refresh_token and self._tokens is not None:
            register_secret(new)
            await self._tokens.keep(new)

    def _look_at(self, response: httpx.Response) -> httpx.Response:
        """Refuse what is no answer of a token address, before Authlib reads it."""
        answer = Answer(response.status_code, response.headers, response.content, 0.0)
        self._noted.answered(answer.status, len(answer.body), "" if response.is_success else f"HTTP {answer.status}")
        if response.status_code == 429:
            raise rate_limited(answer, self._system)
        if response.status_code >= 500:
            text = _("The sign-in service of {system} has a problem: error {status}.")
            problem = Outage(text.format(system=self._system, status=response.status_code))
            raise RepeatableError(problem, sent=False)
        if response.is_redirect:
            raise Redirected(
                _("The sign-in service of {system} answers with a redirect.").format(system=self._system),
                _("Check the token address of the connection."),
            )
        if response.status_code in {401, 403} and b'"error"' not in response.content:
            raise self._refusal(str(response.status_code), "")
        if response.status_code == 404:
            raise RemoteError(
                _("There is no sign-in service at the token address of {system}.").format(system=self._system),
                _("Check the token address of the connection."),
            )
        return response

    def _refusal(self, code: object, said: object) -> MusterError:
        text = redact(" ".join(str(part) for part in (code, said) if part))[:_MOST_TEXT]
        if code in _REFUSED or code in {"401", "403"}:
            return RefusedSignIn(
                _("The sign-in service of {system} refuses the client: {text}").format(system=self._system, text=text),
                _("Sign in again: check client id, client secret and refresh token of the connection."),
            )
        return RemoteError(
            _("The sign-in service of {system} gives no token: {text}").format(system=self._system, text=text),
            _("Check token address, scope and audience of the connection."),
        )

    def _unreadable(self) -> MusterError:
        return RemoteError(
            _("The answer of the sign-in service of {system} holds no token.").format(system=self._system),
            _("Check the token address of the connection."),
        )

    def _read(self, given: Mapping[str, Any]) -> _Held:
        token, life = given.get("access_token"), given.get("expires_in")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token.strip():
            raise self._unreadable()
        register_secret(token)
        if str(given.get("token_type") or "bearer").lower() != "bearer":
            raise self._unreadable()
        seconds = _seconds(life)
        return _Held(token, time.monotonic() + seconds - min(LEEWAY_S, seconds / 2))


def _seconds(life: object) -> float:
    """How long a token lasts; one that does not say so lasts until it is refused."""
    try:
        seconds = float(life) if isinstance(life, int | float | str) else math.inf
    except ValueError:
        return math.inf
    return min(seconds, 10.0**9) if seconds > 0 else 10.0**9


def _client(settings: OAuthSettings, route: Route, transport: httpx.AsyncBaseTransport | None) -> Any:
    """Authlib's client, which is one of httpx, with the limits of ours; a transport of its own knows no proxy."""
    from authlib.deprecate import AuthlibDeprecationWarning  # its import shows all of them, so ours comes after

    warnings.filterwarnings("ignore", "The httpx module is deprecated", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    carried = {"transport": transport, "trust_env": False} if transport is not None else {}
    client = AsyncOAuth2Client(
        settings.client_id,
        settings.client_secret,
        token_endpoint_auth_method=settings.client_authentication.value,
        scope=settings.scope or None,
        event_hooks={"response": [_capped]},
        **(client_options(settings.token_url, settings.timeout_s, route) | carried),
    )
    # Authlib's own encodes in Latin-1 and fails on every other letter.
    client.register_client_auth_method((ClientAuthentication.BASIC.value, _basic))
    return client


def _basic(client: Any, _method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    pair = f"{client.client_id}:{client.client_secret}".encode()
    headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return uri, headers, body


async def _capped(response: httpx.Response) -> None:
    _cap(response)


def _cap(response: httpx.Response) -> None:
    """Let at most `MOST_TOKEN_BYTES` of an answer into memory, and nothing packed, which might unfold."""
    response.headers.pop("content-encoding", None)
    if isinstance(response.stream, httpx.AsyncByteStream) and not response.is_stream_consumed:
        response.stream = _Capped(response.stream)


class _Capped(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for chunk in self._stream:
            count += len(chunk)
            if count > MOST_TOKEN_BYTES:
                raise httpx.DecodingError("the answer is too long")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
