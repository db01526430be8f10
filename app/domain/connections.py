"""Connections: what one holds, what it lacks, and the check of what a person gives it.

Keys and rules: `app.domain.kinds`, command-line.md "Connection kinds and their keys".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from app.domain.attempts import LogLevel
from app.domain.kinds import KINDS, ConnectionKind, FieldSpec, FieldType, KindSpec
from app.domain.supabase_keys import refuse_full_access
from app.errors import UsageError
from app.i18n import _

_SWITCH_WORDS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}
_SECRETS = tuple(dict.fromkeys(secret.key for spec in KINDS.values() for secret in spec.secrets))
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LOG_LEVEL = "log_level"
DETAILED_FOR = timedelta(hours=1)  # connections.md §8


class ConnectionStatus(StrEnum):
    """The stored status (connections.md §3); what a person sees is computed from more."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ERROR = "error"


@dataclass(frozen=True)
class Connection:
    """One configured remote system; secrets are in the vault under `id` and the field's key.

    `secrets` names the secrets that are set, also those a sign-in gave. `last_test` is the last test report as it was
    shown; `last_error_kind` is one of command-line.md's error kinds. `detailed_since` is when its log began to keep
    bodies.
    """

    id: str
    name: str
    kind: ConnectionKind
    status: ConnectionStatus
    settings: dict[str, Any]
    secrets: tuple[str, ...] = ()
    last_sync: datetime | None = None
    last_error: str | None = None
    last_error_kind: str | None = None
    last_test_at: datetime | None = None
    last_test_ok: bool | None = None
    last_test: dict[str, Any] | None = None
    detailed_since: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def spec(self) -> KindSpec:
        """The declaration of this connection's kind."""
        return KINDS[self.kind]

    def setting(self, key: str) -> Any:
        """A setting, or what holds for all connections, or the default its kind declares."""
        value = self.settings.get(key)
        if value not in (None, ""):
            return value
        return next((f.usual for f in self.spec.settings if f.key == key), None)

    @property
    def detailed_until(self) -> datetime | None:
        """When its log stops to keep bodies by itself; None while it keeps none."""
        is_detailed = self.settings.get(LOG_LEVEL) == LogLevel.DEBUG
        return self.detailed_since + DETAILED_FOR if is_detailed and self.detailed_since is not None else None

    @property
    def log_level(self) -> LogLevel:
        """How much of its requests is kept; what holds for all connections never means bodies (§8)."""
        level = LogLevel(self.setting(LOG_LEVEL) or LogLevel.INFO)
        return LogLevel.INFO if level is LogLevel.DEBUG and self.detailed_until is None else level

    def at(self, moment: datetime) -> Connection:
        """As it is at that moment: after an hour, or when the clock was set back, its log keeps no bodies any more."""
        until = self.detailed_until
        if self.settings.get(LOG_LEVEL) != LogLevel.DEBUG or (
            until is not None and until - DETAILED_FOR <= moment < until
        ):
            return self
        settings = {key: value for key, value in self.settings.items() if key != LOG_LEVEL}
        return replace(self, settings=settings, detailed_since=None)

    def missing_fields(self) -> tuple[FieldSpec, ...]:
        """Required fields without a value, and choices that are none; secrets of the environment are not seen."""
        return tuple(f for f in self.spec.in_use(self.settings) if self._missing(f))

    @property
    def full_access(self) -> bool:
        """Whether it opens the whole system with one key, which a person should be told for as long as it lasts."""
        return self.spec.full_access is not None and self.setting(self.spec.full_access[0]) == self.spec.full_access[1]

    @property
    def unverified(self) -> bool:
        """Whether it takes any certificate, which a person should be told for as long as it lasts."""
        return self.settings.get("verify_tls") is False

    def signed_in(self, spec: FieldSpec) -> bool:
        """Whether a sign-in gave what it gives for this secret."""
        return bool(spec.traded_for) and spec.traded_for in self.secrets

    def _missing(self, spec: FieldSpec) -> bool:
        if spec.type is FieldType.SECRET:
            return spec.required and spec.key not in self.secrets and not self.signed_in(spec)
        if spec.overruled_by and self.setting(spec.overruled_by):
            return False
        if spec.type is FieldType.CHOICE:
            return self.setting(spec.key) not in spec.choices
        return spec.required and not self.setting(spec.key)


def refuse_secrets(settings: Mapping[str, object]) -> None:
    """Refuse settings that hold a secret, before they are kept anywhere, such as in the history of runs.

    Raises `UsageError`.
    """
    for key, value in settings.items():
        refuse_full_access(str(value).strip())
        if secret := next((name for name in _SECRETS if name == key or _in_query(name, str(value))), ""):
            raise UsageError(
                _("{key} is a secret and never a setting.").format(key=secret),
                _("Enter it in its own field, or with --secret {key}=- from standard input.").format(key=secret),
            )
        if "://" in str(value):
            _refuse_credentials(str(value))


def _in_query(name: str, text: str) -> bool:
    """Whether an address was copied with a secret in it, as CETEC's addresses have it (cetec-mysql.md §2.1)."""
    return re.search(rf"[?&]{name}=", text, re.IGNORECASE) is not None


def _refuse_credentials(url: str) -> None:
    if "@" in url:  # anywhere: a password may hold what ends the host
        raise UsageError(_("An address must not hold a user name or password."), _("Use the fields made for them."))


def checked_settings(kind: ConnectionKind, given: Mapping[str, object]) -> dict[str, Any]:
    """`given` with types and rules of `kind` applied; blank values are left out.

    Raises `UsageError` naming the field for an unknown key or an impossible value.
    """
    specs = {spec.key: spec for spec in KINDS[kind].settings}
    checked: dict[str, Any] = {}
    for key, value in given.items():
        if key not in specs:
            raise UsageError(
                _("A {kind} connection has no setting {key}.").format(kind=kind, key=key),
                _("Its settings are: {keys}.").format(keys=", ".join(specs)),
            )
        text = str(value).strip() if value is not None else ""
        if text:
            checked[key] = _checked_value(specs[key], text)
    return checked


def check_secret(spec: FieldSpec, text: str) -> None:
    """Refuse a secret that belongs into another field.

    Raises `UsageError` without repeating it.
    """
    if spec.check is not None and text:
        spec.check(text)


def _checked_value(spec: FieldSpec, text: str) -> Any:
    if spec.type is FieldType.NUMBER:
        return _checked_number(spec, text)
    if spec.type is FieldType.SWITCH:
        return _checked_switch(spec, text.lower())
    if spec.complete is not None:
        text = spec.complete(text)
    if spec.type is FieldType.URL:
        text = checked_url(text)
    if spec.check is not None:
        text = spec.check(text)
    if spec.type is FieldType.CHOICE:
        return _checked_choice(spec, text.lower())
    return text


def _checked_choice(spec: FieldSpec, text: str) -> str:
    choice = spec.aliases.get(text, text)
    # An unknown environment is stored as it is: the connection then reads "not configured" (vitec-hub.md §2.1).
    if choice not in spec.choices and not spec.overruled_by:
        raise UsageError(
            _("{field} cannot be {value}.").format(field=spec.key, value=text),
            _("It is one of: {choices}.").format(choices=", ".join(spec.choices)),
        )
    return choice


def _checked_switch(spec: FieldSpec, text: str) -> bool:
    if text not in _SWITCH_WORDS:
        raise UsageError(
            _("{field} cannot be {value}.").format(field=spec.key, value=text),
            _("It is one of: {choices}.").format(choices="true, false"),
        )
    return _SWITCH_WORDS[text]


def _checked_number(spec: FieldSpec, text: str) -> float | int:
    try:
        number = float(text)
    except ValueError as error:
        raise UsageError(_("{field} must be a number, not {value}.").format(field=spec.key, value=text)) from error
    if not math.isfinite(number):
        raise UsageError(_("{field} must be a number, not {value}.").format(field=spec.key, value=text))
    if spec.low is not None and spec.high is not None and not spec.low <= number <= spec.high:
        if not spec.clamped:
            text = _("{field} must be between {least} and {most}.")
            raise UsageError(text.format(field=spec.key, least=spec.low, most=spec.high))
        number = min(max(number, spec.low), spec.high)
    kept = int(number) if spec.whole or number == int(number) else number
    if spec.check is not None:
        spec.check(str(kept))
    return kept


def checked_url(text: str) -> str:
    """An address without trailing slash, over https; plain http only to this computer (vitec-hub.md §2.1).

    Raises `UsageError` saying what is wrong with it.
    """
    _refuse_credentials(text)
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _port = parts.port
        (host or "").encode("idna")  # what every connection to it begins with
    except ValueError as error:
        raise UsageError(_("{value} is not an address.").format(value=text)) from error
    if parts.scheme not in {"http", "https"} or not host or not re.fullmatch(r"[\w.:-]+", host):
        raise UsageError(_("{value} is not an address.").format(value=text), _("Write it like https://example.com."))
    if parts.scheme == "http" and host not in LOOPBACK:
        raise UsageError(
            _("Plain http is only allowed to this computer, not to {host}.").format(host=host), _("Use https://.")
        )
    if parts.query or parts.fragment:
        raise UsageError(_("{value} is not an address.").format(value=text), _("Leave out what follows ? or #."))
    return text.rstrip("/")
