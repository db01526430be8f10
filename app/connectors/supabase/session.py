"""The session of a signed-in user: password once, then one refresh token after another (supabase.md §6.1, §6.2).

A refresh token works once, and a second use ends the session. So there is one refresh at a time per connection, the
kept token is read again before each, the new one is kept before it is used, and a refresh that began is never
abandoned halfway, not even when the run that wanted it is cancelled.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from app.connectors.http import Answer, Call, HttpClient
from app.connectors.supabase.refusals import SYSTEM, SessionEnded, sign_in_refusal
from app.connectors.supabase.tokens import Claims, ExpiredToken, TokenChecker
from app.domain.clocks import clock_words
from app.domain.supabase_keys import KeyKind, key_kind
from app.errors import BadData, ClockOff, NotConfigured
from app.i18n import N_, _
from app.redaction import register_secret

RENEW_BEFORE_S = 60.0
_PATIENCE_S = 1.0  # with a renewal that is under way when everything closes
_NEWER_PAUSES_S = (0.2, 0.5, 1.0)  # how long another program may take to keep the token it just got


class SessionKeeper(Protocol):
    """Keeps what a sign-in gave, and knows the password as long as it is needed. One object per connection."""

    @property
    def turn(self) -> asyncio.Lock:
        """Held while a session is renewed."""

    async def refresh_token(self) -> str:
        """The kept refresh token as it is now, perhaps renewed by another program; blank without one."""

    async def password(self) -> str:
        """The password, blank when it is not known (any more)."""

    async def keep(self, refresh_token: str) -> None:
        """Keep a new refresh token and forget the password.

        Raises `NoKeyring` when it cannot be kept.
        """


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in; `role` is `app_metadata.role`, `lacks_factor` a second factor that was not asked for."""

    email: str
    role: str
    lacks_factor: bool = False


@dataclass(frozen=True, slots=True)
class _Held:
    """An access token; `good_until` is on the clock that only goes forward."""

    token: str = field(repr=False)
    good_until: float
    account: Account


class Access(Protocol):
    """What opens the project: a user's session or a service key."""

    async def headers(self) -> Mapping[str, str]:
        """The headers of a request (§3.1)."""

    async def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str] | None:
        """Headers instead of those that were refused as expired; None when there are no others."""

    async def close(self) -> None:
        """Wait for a renewal under way."""


class KeyAccess:
    """A service key. New keys are no JWTs, so they never stand in `Authorization` (§3.1)."""

    def __init__(self, key: str) -> None:
        register_secret(key)
        self._headers = {"apikey": key}
        if key_kind(key) is KeyKind.LEGACY_SERVICE_ROLE or (key.startswith("eyJ") and key.count(".") == 2):
            self._headers["Authorization"] = f"Bearer {key}"

    async def headers(self) -> Mapping[str, str]:
        """The same for every request."""
        return self._headers

    async def renewed(self, refused: Mapping[str, str]) -> None:
        """A key cannot be renewed."""

    async def close(self) -> None:
        """Nothing is ever under way."""


class Session:
    """A user's session."""

    def __init__(
        self, http: HttpClient, publishable_key: str, email: str, keeper: SessionKeeper, checker: TokenChecker
    ) -> None:
        self._http = http
        self._key = publishable_key
        self._email = email
        self._keeper = keeper
        self._checker = checker
        self._held: _Held | None = None

    async def headers(self) -> Mapping[str, str]:
        """The key and an access token that is good for a while.

        Raises `NotConfigured` without session and password, `RefusedSignIn` when neither is accepted.
        """
        held = self._held
        if held is None or held.good_until - time.monotonic() < RENEW_BEFORE_S:
            held = await self._renewed(held)
        return self._with(held)

    async def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """The same after the project called the token expired; whoever comes second gets what the first one got."""
        held = self._held
        if held is not None and self._with(held) == refused:
            held = await self._renewed(held)
        return await self.headers() if held is None else self._with(held)

    async def account(self) -> Account:
        """Who is signed in, signing in first where nobody is."""
        held = self._held or await self._renewed(None)
        return held.account

    async def sign_out(self) -> None:
        """End this session on the server; does nothing when nobody is signed in."""
        held, self._held = self._held, None
        if held is not None:
            path = "auth/v1/logout?scope=local"
            await self._http.send(Call(path, "POST", self._with(held), classify=sign_in_refusal))

    async def close(self) -> None:
        """Wait a little for a renewal under way: the token it brings must not be lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S), self._keeper.turn:
                pass

    def _with(self, held: _Held) -> dict[str, str]:
        return {"apikey": self._key, "Authorization": f"Bearer {held.token}"}

    async def _renewed(self, known: _Held | None) -> _Held:
        return await asyncio.shield(self._renew(known))

    async def _renew(self, known: _Held | None) -> _Held:
        async with self._keeper.turn:
            if self._held is not None and self._held is not known:
                return self._held  # somebody else renewed it while we waited
            self._held = await self._from_token() or await self._from_password()
            return self._held

    async def _from_token(self) -> _Held | None:
        """The session renewed by its refresh token; None when there is none, or it ended and the password is known."""
        token = await self._keeper.refresh_token()
        if not token:
            return None
        try:
            return await self._refresh(token)
        except SessionEnded:
            newer = await self._kept_meanwhile(token)
            if newer:
                return await self._refresh(newer)
            if await self._keeper.password():
                return None
            raise

    async def _kept_meanwhile(self, used: str) -> str:
        """The token that another program got for the one we both had; blank when there is none."""
        for pause in _NEWER_PAUSES_S:
            await asyncio.sleep(pause)
            token = await self._keeper.refresh_token()
            if token and token != used:
                return token
        return ""

    async def _refresh(self, token: str) -> _Held:
        answer, given = await self._ask("refresh_token", {"refresh_token": token})
        await self._keeper.keep(given.refresh_token)  # first of all: the old one is worth nothing any more
        return await self._checked(answer, given)

    async def _from_password(self) -> _Held:
        password = await self._keeper.password()
        if not password:
            raise NotConfigured(
                _("Nobody is signed in to Supabase. Missing: {fields}.").format(fields="password"),
                N_("Sign in: edit the connection and enter the password."),
            )
        answer, given = await self._ask("password", {"email": self._email, "password": password})
        held = await self._checked(answer, given)
        await self._keeper.keep(given.refresh_token)
        return held

    async def _ask(self, grant: str, body: Mapping[str, str]) -> tuple[Answer, _Given]:
        register_secret(*(value for key, value in body.items() if key != "email"))
        path = f"auth/v1/token?grant_type={grant}"
        answer = await self._http.send(Call(path, "POST", {"apikey": self._key}, body, classify=sign_in_refusal))
        given = _read(answer.body)
        register_secret(given.access_token, given.refresh_token)
        return answer, given

    async def _checked(self, answer: Answer, given: _Given) -> _Held:
        """What was given, once its token is known to be one of this project (§6.6)."""
        try:
            claims = await self._checker.check(given.access_token)
        except (ExpiredToken, ClockOff) as error:
            words = clock_words(SYSTEM, answer.clock_offset_s)
            raise ClockOff(words) if words else error from error
        life = given.expires_in or claims.expires_at - time.time()
        return _Held(given.access_token, time.monotonic() + life, _account(given.user or {}, claims))


class _Given(msgspec.Struct):
    """The answer of a sign-in or a refresh (§6.1)."""

    access_token: str
    refresh_token: str
    expires_in: float | None = None
    user: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return "_Given()"


def _read(body: bytes) -> _Given:
    try:
        given = msgspec.json.decode(body, type=_Given)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(_("Supabase's answer to the sign-in cannot be read.")) from error
    if not given.access_token or not given.refresh_token:
        raise BadData(_("Supabase's answer to the sign-in holds no session."))
    return given


def _account(user: Mapping[str, Any], claims: Claims) -> Account:
    """`app_metadata` alone says the role: users can change `user_metadata` themselves (§2.3)."""
    metadata = user.get("app_metadata")
    role = metadata.get("role") if isinstance(metadata, dict) else None
    factors = user.get("factors")
    factor = isinstance(factors, list) and any(isinstance(f, dict) and f.get("status") == "verified" for f in factors)
    return Account(
        str(user.get("email") or ""),
        role if isinstance(role, str) else "",
        lacks_factor=factor and claims.assurance != "aal2",
    )
