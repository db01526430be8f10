"""Checks access tokens: signature, issuer, audience, times, role (supabase.md §6.6). PyJWT does the cryptography.

The order is fixed: the project's published keys, else the shared secret if there is one, else the project itself is
asked. The algorithm follows from the kind of the key and is never taken from the token, so `none` and a public key
used as a shared secret are both refused. Only access tokens of users pass; API keys are tokens of another kind.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import msgspec

from app.domain.supabase_keys import KeyKind, key_kind
from app.errors import ClockOff, MusterError, RefusedSignIn
from app.i18n import N_, _

log = logging.getLogger(__name__)

LEEWAY_S = 30
AUDIENCE = "authenticated"
KEYS_KEPT_S = 600.0
RELOAD_PAUSE_S = 60.0
_SHARED = "HS256"
_AGAIN = N_("Sign in again: edit the connection and enter the password.")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a checked access token says."""

    subject: str
    role: str
    expires_at: float
    assurance: str = ""


class ExpiredToken(RefusedSignIn):
    """The token was good, but is too old."""


class InvalidToken(RefusedSignIn):
    """The token is not an access token of this project."""


class TokenChecker:
    """Checks tokens of the project at `url`.

    `load_keys` fetches the key list, `ask_project` lets `/auth/v1/user` judge a token and raises when it refuses.
    """

    def __init__(
        self,
        url: str,
        load_keys: Callable[[], Awaitable[bytes]],
        ask_project: Callable[[str], Awaitable[object]],
        jwt_secret: str = "",
    ) -> None:
        self._issuer = f"{url}/auth/v1"
        self._load_keys = load_keys
        self._ask_project = ask_project
        self._secret = jwt_secret
        self._keys: dict[str, tuple[jwt.PyJWK, str]] = {}
        self._loaded_at: float | None = None
        self._reloaded_at: float | None = None

    async def check(self, token: str) -> Claims:
        """The claims of a valid access token.

        Raises `ExpiredToken`, `InvalidToken`, or `ClockOff` for one from the future.
        """
        if key_kind(token) not in {KeyKind.USER_TOKEN, KeyKind.UNKNOWN}:
            raise _invalid(_("it is a key of the project, not the token of a user"))
        header = _header(token)
        if str(header.get("alg")).lower() == "none":
            raise _invalid(_("it is not signed"))
        kid = header.get("kid")
        found = await self._key(kid) if isinstance(kid, str) else None
        if found is not None:
            key, algorithm = found
            return _claims(self._decode(token, key, [algorithm]))
        if self._secret:
            return _claims(self._decode(token, self._secret, [_SHARED]))
        await self._ask_project(token)
        return _claims(self._decode(token, None, []))

    async def _key(self, kid: str) -> tuple[jwt.PyJWK, str] | None:
        """The published key of that id; the list is read again when it is old, and once a minute for an unknown id."""
        moment = time.monotonic()
        if self._loaded_at is None or moment - self._loaded_at > KEYS_KEPT_S:
            await self._load()
        elif kid not in self._keys and (self._reloaded_at is None or moment - self._reloaded_at >= RELOAD_PAUSE_S):
            self._reloaded_at = moment
            await self._load()
        return self._keys.get(kid)

    async def _load(self) -> None:
        """Read the key list; one that cannot be had leaves the shared secret or the project itself as judge."""
        self._loaded_at = time.monotonic()
        try:
            self._keys = read_keys(await self._load_keys())
        except MusterError as error:
            log.warning("The list of signing keys cannot be read: %s", error.message)

    def _decode(self, token: str, key: jwt.PyJWK | str | None, algorithms: list[str]) -> dict[str, Any]:
        """The claims, checked; without a key the signature was judged by the project."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key or "",
                algorithms=algorithms,
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=LEEWAY_S,
                options={
                    "require": ["exp", "sub", "aud", "iss"],
                    "verify_signature": key is not None,
                    "verify_exp": True,
                    "verify_iat": True,
                    "verify_nbf": True,
                    "verify_aud": True,
                    "verify_iss": True,
                },
            )
        except jwt.ExpiredSignatureError as error:
            raise ExpiredToken(_("The access token of Supabase expired."), _AGAIN) from error
        except jwt.ImmatureSignatureError as error:
            raise ClockOff(_("The access token of Supabase is from the future: clocks do not agree.")) from error
        except jwt.InvalidIssuerError as error:
            raise InvalidToken(
                _("The access token was issued by another address than {address}.").format(address=self._issuer),
                N_("Enter the address under which the project itself knows its sign-in service."),
            ) from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise _invalid(str(error)) from error
        return claims


def read_keys(body: bytes) -> dict[str, tuple[jwt.PyJWK, str]]:
    """The usable keys of a key list by id, each with the one algorithm of its kind; an empty list is usual (§6.6)."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = None
    entries = value.get("keys") if isinstance(value, dict) else None
    keys = {}
    for entry in entries if isinstance(entries, list) else ():
        algorithm = _algorithm(entry) if isinstance(entry, dict) else ""
        if not algorithm or not isinstance(entry.get("kid"), str):
            continue
        try:
            keys[entry["kid"]] = jwt.PyJWK.from_dict(entry, algorithm), algorithm
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            log.warning("A signing key of Supabase cannot be read: %s", error)
    return keys


def _algorithm(entry: Mapping[str, Any]) -> str:
    """The one algorithm of a key's kind; blank for kinds that sign no tokens here."""
    if entry.get("kty") == "EC" and entry.get("crv") == "P-256":
        return "ES256"
    return "RS256" if entry.get("kty") == "RSA" else ""


def _header(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError) as error:
        raise _invalid(str(error)) from error


def _claims(claims: Mapping[str, Any]) -> Claims:
    """The claims we use; only what a signed-in user has counts as an access token."""
    role = claims.get("role")
    if not isinstance(role, str) or role in {"", "anon", "service_role"}:
        raise _invalid(_("its role is not that of a user"))
    assurance = claims.get("aal")
    return Claims(
        str(claims["sub"]),
        role,
        float(claims["exp"]),
        assurance if isinstance(assurance, str) else "",
    )


def _invalid(cause: str) -> InvalidToken:
    text = _("The access token of Supabase is not valid: {cause}.")
    return InvalidToken(text.format(cause=cause.rstrip(".")), _AGAIN)
