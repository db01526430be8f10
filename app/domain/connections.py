"""Connections and the declaration of their kinds.

Each kind declares its fields once; form, command line, check and `.env` import are made from that declaration.
Keys and rules: command-line.md "Connection kinds and their keys", vitec-hub.md §2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from app.errors import UsageError
from app.i18n import N_, _

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ConnectionKind(StrEnum):
    """The remote systems Muster can be connected to."""

    VITEC = "vitec"


class ConnectionStatus(StrEnum):
    """The stored status (connections.md §3); what a person sees is computed from more."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ERROR = "error"


class FieldType(StrEnum):
    """What a field of a connection holds."""

    TEXT = "text"
    URL = "url"
    NUMBER = "number"
    CHOICE = "choice"
    SECRET = "secret"


@dataclass(frozen=True)
class FieldSpec:
    """One field: `env` are the names `import-env` reads, first wins; `low` and `high` clamp a number.

    `aliases` maps other spellings of a choice to the stored one; `overruled_by` is a field that makes the choice moot.
    """

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    env: tuple[str, ...] = ()
    default: str | float | None = None
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    whole: bool = False
    overruled_by: str = ""


@dataclass(frozen=True)
class KindSpec:
    """A kind of connection: its title and fields, in the order of the form."""

    kind: ConnectionKind
    title: str
    about: str
    fields: tuple[FieldSpec, ...]

    @property
    def secrets(self) -> tuple[FieldSpec, ...]:
        """The fields whose values live in the keyring."""
        return tuple(f for f in self.fields if f.type is FieldType.SECRET)

    @property
    def settings(self) -> tuple[FieldSpec, ...]:
        """The fields whose values live in the store."""
        return tuple(f for f in self.fields if f.type is not FieldType.SECRET)


VITEC = KindSpec(
    ConnectionKind.VITEC,
    N_("Vitec Hub"),
    N_("Offices, employees and pictures of Norwegian estate agents"),
    (
        FieldSpec(
            "environment",
            N_("Environment"),
            FieldType.CHOICE,
            ("VITEC_ENVIRONMENT",),
            default="qa",
            choices=("production", "qa"),
            aliases={"prod": "production", "test": "qa", "testing": "qa"},
            help=N_("Fills in the address; an address of your own wins."),
            overruled_by="base_url",
        ),
        FieldSpec(
            "base_url",
            N_("Address"),
            FieldType.URL,
            ("VITEC_HUB_BASE_URL",),
            help=N_("Leave empty to use the environment's address."),
        ),
        FieldSpec(
            "installation_id",
            N_("Installation id"),
            FieldType.TEXT,
            ("VITEC_INSTALLATION_ID",),
            required=True,
            help=N_("Short code of the customer's installation, for example MSABCTEST."),
        ),
        FieldSpec("product_login", N_("Product login"), FieldType.TEXT, ("VITEC_HUB_PRODUCT_LOGIN",), required=True),
        FieldSpec(
            "access_key",
            N_("Access key"),
            FieldType.SECRET,
            ("VITEC_HUB_ACCESS_KEY", "VITEC_ACCESS_KEY"),
            required=True,
            help=N_("Kept in the system's keyring only."),
        ),
        FieldSpec("timeout_s", N_("Time limit per request (seconds)"), FieldType.NUMBER, default=30, low=1, high=300),
        FieldSpec("max_rps", N_("Most requests per second"), FieldType.NUMBER, default=50, low=1, high=200, whole=True),
    ),
)

KINDS: dict[ConnectionKind, KindSpec] = {VITEC.kind: VITEC}


@dataclass(frozen=True)
class Connection:
    """One configured remote system; secrets are in the vault under `id` and the field's key.

    `secrets` names the secrets that are set. `last_test` is the last test report as it was shown.
    """

    id: str
    name: str
    kind: ConnectionKind
    status: ConnectionStatus
    settings: dict[str, Any]
    secrets: tuple[str, ...] = ()
    last_sync: datetime | None = None
    last_error: str | None = None
    last_test_at: datetime | None = None
    last_test_ok: bool | None = None
    last_test: dict[str, Any] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def spec(self) -> KindSpec:
        """The declaration of this connection's kind."""
        return KINDS[self.kind]

    def setting(self, key: str) -> Any:
        """A setting, or the default its kind declares."""
        value = self.settings.get(key)
        if value not in (None, ""):
            return value
        return next((f.default for f in self.spec.settings if f.key == key), None)

    def missing_fields(self) -> tuple[FieldSpec, ...]:
        """Required fields without a value, and choices that are none; secrets of the environment are not seen."""
        return tuple(f for f in self.spec.fields if self._missing(f))

    def _missing(self, spec: FieldSpec) -> bool:
        if spec.type is FieldType.SECRET:
            return spec.required and spec.key not in self.secrets
        if spec.type is FieldType.CHOICE:
            overruled = bool(spec.overruled_by and self.setting(spec.overruled_by))
            return not overruled and self.setting(spec.key) not in spec.choices
        return spec.required and not self.setting(spec.key)


def refuse_secrets(settings: Mapping[str, object]) -> None:
    """Refuse settings that hold a secret, before they are kept anywhere, such as in the history of runs.

    Raises `UsageError`.
    """
    for key, value in settings.items():
        if any(key == secret.key for spec in KINDS.values() for secret in spec.secrets):
            raise UsageError(
                _("{key} is a secret and never a setting.").format(key=key),
                _("Enter it in its own field, or with --secret {key}=- from standard input.").format(key=key),
            )
        if "://" in str(value):
            _refuse_credentials(str(value))


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


def _checked_value(spec: FieldSpec, text: str) -> Any:
    if spec.type is FieldType.NUMBER:
        return _checked_number(spec, text)
    if spec.type is FieldType.URL:
        return checked_url(text)
    if spec.type is FieldType.CHOICE:
        # An unknown environment is stored as it is: the connection then reads "not configured" (vitec-hub.md §2.1).
        return spec.aliases.get(text.lower(), text.lower())
    return text


def _checked_number(spec: FieldSpec, text: str) -> float | int:
    try:
        number = float(text)
    except ValueError as error:
        raise UsageError(_("{field} must be a number, not {value}.").format(field=spec.key, value=text)) from error
    if not math.isfinite(number):
        raise UsageError(_("{field} must be a number, not {value}.").format(field=spec.key, value=text))
    if spec.low is not None and spec.high is not None:
        number = min(max(number, spec.low), spec.high)
    return int(number) if spec.whole or number == int(number) else number


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
