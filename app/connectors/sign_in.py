"""Signing in to 1C and to contact centres: user and password, token, key, OAuth 2.0, nothing (connections.md §5).

One object per connection, given to its HTTP client. Secrets are registered before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote_plus

import httpx

from app.connectors.oauth import OAuth, OAuthSettings, RefreshTokens
from app.connectors.route import Route
from app.domain.kinds.sign_in import AuthenticationType
from app.errors import NotConfigured
from app.i18n import _
from app.redaction import register_basic, register_secret

SignIn = httpx.Auth
"""Signs every request. An `OAuth` also has to be closed; `close_sign_in` closes whatever it is."""


@dataclass(frozen=True)
class SignInSettings:
    """What a person entered for the way of signing in they chose."""

    way: AuthenticationType
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    key_header: str = "X-API-Key"
    key_query: str = ""
    oauth: OAuthSettings = field(default_factory=OAuthSettings)
    route: Route = field(default_factory=Route)


class Basic(httpx.BasicAuth):
    """User and password in UTF-8, as Cyrillic names need it (onec-zup.md §4.2)."""

    def __init__(self, username: str, password: str) -> None:
        register_basic(username, password)
        super().__init__(username, password)


class Header(httpx.Auth):
    """One header with a secret value."""

    def __init__(self, name: str, value: str) -> None:
        self._name = name
        self._value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the header."""
        request.headers[self._name] = self._value
        yield request


class Query(httpx.Auth):
    """A key in the address; it is blanked wherever an address is written."""

    def __init__(self, name: str, key: str) -> None:
        register_secret(key, quote_plus(key))
        self._name = name
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the parameter."""
        request.url = request.url.copy_set_param(self._name, self._key)
        yield request


def make_sign_in(
    settings: SignInSettings,
    system: str,
    refresh_tokens: RefreshTokens | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> SignIn:
    """The sign-in that the settings describe, to the system of that name.

    `refresh_tokens` keeps those of OAuth, `transport` carries its requests. Raises `NotConfigured` naming what is
    missing or cannot be sent.
    """
    if settings.way is AuthenticationType.BASIC:
        _require(system, username=settings.username, password=settings.password)
        return Basic(settings.username, settings.password)
    if settings.way is AuthenticationType.BEARER:
        return Header("Authorization", f"Bearer {_sendable(system, token=settings.token)}")
    if settings.way is AuthenticationType.API_KEY:
        if settings.key_query:
            _require(system, key=settings.key)
            return Query(settings.key_query, settings.key)
        return Header(settings.key_header, _sendable(system, key=settings.key))
    if settings.way is AuthenticationType.OAUTH2:
        _require(system, token_url=settings.oauth.token_url, client_id=settings.oauth.client_id)
        return OAuth(settings.oauth, system, refresh_tokens, settings.route, transport)
    return httpx.Auth()


async def close_sign_in(sign_in: SignIn) -> None:
    """Close what a sign-in has open; a renewal under way ends first."""
    if isinstance(sign_in, OAuth):
        await sign_in.close()


def token_expiry(token: str) -> datetime | None:
    """When a JWT ends, by its own unchecked word; None for any other token (connections.md §5)."""
    import jwt

    try:
        ends = jwt.decode(token, options={"verify_signature": False}).get("exp")
        return datetime.fromtimestamp(float(ends), UTC) if isinstance(ends, int | float) else None
    except (jwt.InvalidTokenError, ValueError, OverflowError, OSError, RecursionError):
        return None


def _require(system: str, **given: str) -> None:
    if missing := [name for name, value in given.items() if not value]:
        raise NotConfigured(
            _("{system} is not configured. Missing: {fields}.").format(system=system, fields=", ".join(missing))
        )


def _sendable(system: str, **given: str) -> str:
    """The one value, as a header can carry it."""
    ((name, value),) = given.items()
    value = value.strip()
    _require(system, **{name: value})
    register_secret(value)
    if not re.fullmatch(r"[\x20-\x7e]+", value):
        raise NotConfigured(
            _("The field {field} holds characters that cannot be sent.").format(field=name),
            _("Copy it again, without line breaks."),
        )
    return value
