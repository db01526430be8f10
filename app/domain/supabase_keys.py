"""Tells the kinds of a Supabase project's keys apart, so that none lands where it must not (supabase.md §2.1, §2.2).

Both generations are known: the new `sb_…` keys by their prefix, the legacy ones, which are JWTs, by their `role` claim,
read without verification.
"""

from __future__ import annotations

import base64
import binascii
import json
from enum import StrEnum

from app.errors import UsageError
from app.i18n import _


class KeyKind(StrEnum):
    """What a key is; `USER_TOKEN` is no key but what a sign-in gives."""

    PUBLISHABLE = "publishable"
    SECRET = "secret"
    LEGACY_ANON = "legacy_anon"
    LEGACY_SERVICE_ROLE = "legacy_service_role"
    USER_TOKEN = "user_token"
    UNKNOWN = "unknown"

    @property
    def full_access(self) -> bool:
        """Whether it opens every table and file of the project."""
        return self in {KeyKind.SECRET, KeyKind.LEGACY_SERVICE_ROLE}

    @property
    def legacy(self) -> bool:
        """Whether it is of the generation that ends with 2026."""
        return self in {KeyKind.LEGACY_ANON, KeyKind.LEGACY_SERVICE_ROLE}


_ROLES = {
    "anon": KeyKind.LEGACY_ANON,
    "service_role": KeyKind.LEGACY_SERVICE_ROLE,
    "authenticated": KeyKind.USER_TOKEN,
}


def key_kind(key: str) -> KeyKind:
    """The kind of a key; one that looks like none is `UNKNOWN` (self-hosted projects may have their own)."""
    if key.startswith("sb_publishable_"):
        return KeyKind.PUBLISHABLE
    if key.startswith("sb_secret_"):
        return KeyKind.SECRET
    role = _payload(key).get("role")
    return _ROLES.get(role, KeyKind.UNKNOWN) if isinstance(role, str) else KeyKind.UNKNOWN


def _payload(token: str) -> dict[str, object]:
    """The claims of a JWT as they stand there, unverified; empty for anything else."""
    parts = token.split(".")
    if len(parts) != 3 or not token.startswith("eyJ"):
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def check_publishable_key(text: str) -> None:
    """Refuse what must not stand in the settings, which are no secret.

    Raises `UsageError` without repeating it.
    """
    refuse_full_access(text)
    if key_kind(text) is KeyKind.USER_TOKEN:
        raise UsageError(
            _("This is the token of a signed-in user, not the publishable key."),
            _("Copy the publishable key from the project's settings, API keys."),
        )


def refuse_full_access(text: str) -> None:
    """Refuse a key that opens everything, wherever it is no secret field.

    Raises `UsageError` without repeating it.
    """
    if key_kind(text).full_access:
        raise UsageError(
            _("This is a full access key: it opens every table and every photo of the project."),
            _("Enter the publishable key here. Only the field of the service key takes a full access key."),
        )


def check_service_key(text: str) -> None:
    """Refuse what is no full access key.

    Raises `UsageError`.
    """
    kind = key_kind(text)
    if kind in {KeyKind.PUBLISHABLE, KeyKind.LEGACY_ANON}:
        raise UsageError(
            _("This is the publishable key, which opens nothing without a signed-in user."),
            _("Choose the sign-in of a user, or enter the secret key of the project."),
        )
    if kind is KeyKind.USER_TOKEN:
        raise UsageError(
            _("This is the token of a signed-in user, not the service key."),
            _("Choose the sign-in of a user, or enter the secret key of the project."),
        )


def check_jwt_secret(text: str) -> None:
    """Refuse keys where the shared secret that signs tokens belongs.

    Raises `UsageError`.
    """
    if key_kind(text) is not KeyKind.UNKNOWN:
        raise UsageError(
            _("This is a key, not the secret that signs tokens."),
            _("Leave it empty, or copy the JWT secret of a project that still has one."),
        )
