"""A MySQL or MariaDB server with one backup database per customer (cetec-mysql.md §1.2)."""

from __future__ import annotations

import re

import msgspec

from app.domain.kinds.spec import ConnectionKind, FieldSpec, FieldType, KindSpec
from app.errors import UsageError
from app.i18n import N_, _


def resident_map(text: str) -> dict[str, str]:
    """Database per domain of resident customers, keys in lower case (§4.2).

    `text` is `domain=database` with commas, or a JSON object. Raises `UsageError` naming what is neither.
    """
    if text.lstrip().startswith("{"):
        try:
            pairs = list(msgspec.json.decode(text, type=dict[str, str]).items())
        except msgspec.MsgspecError as error:
            raise UsageError(_("Not readable as JSON: {value}").format(value=text)) from error
    else:
        pairs = [_pair(part) for part in text.split(",") if part.strip()]
    return {domain.strip().lower(): name.strip() for domain, name in pairs}


def _pair(part: str) -> tuple[str, str]:
    domain, sign, name = part.partition("=")
    if not sign or not domain.strip() or not name.strip():
        raise UsageError(
            _("{value} is no pair of domain and database.").format(value=part.strip()),
            _("Write pairs like customer.com=customer, with commas."),
        )
    return domain, name


def _map_text(text: str) -> str:
    return ", ".join(f"{domain}={name}" for domain, name in resident_map(text).items())


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.:-]+", text):
        raise UsageError(_("{value} is not a host name.").format(value=text), _("Write it like db.example.com."))
    return text


MYSQL = KindSpec(
    ConnectionKind.MYSQL,
    N_("MySQL server"),
    N_("Backup databases of customers; only looked at, never changed"),
    (
        FieldSpec(
            "host", N_("Host"), FieldType.TEXT, ("MYSQL_HOST",), required=True, overruled_by="socket", check=_host
        ),
        FieldSpec("port", N_("Port"), FieldType.NUMBER, ("MYSQL_PORT",), default=3306, low=1, high=65535, whole=True),
        FieldSpec(
            "socket",
            N_("Socket"),
            FieldType.TEXT,
            ("MYSQL_SOCKET",),
            help=N_("Path of a local socket, for example of a cloud proxy; host and port then do not matter."),
        ),
        FieldSpec("user", N_("User"), FieldType.TEXT, ("MYSQL_USER",), required=True),
        FieldSpec(
            "password",
            N_("Password"),
            FieldType.SECRET,
            ("MYSQL_PASSWORD",),
            help=N_("Kept in the system's keyring only."),
        ),
        FieldSpec(
            "tls",
            N_("Encryption"),
            FieldType.CHOICE,
            default="preferred",
            choices=("preferred", "required", "off"),
            titles={
                "preferred": N_("When the server offers it"),
                "required": N_("Required, certificate checked"),
                "off": N_("None"),
            },
        ),
        FieldSpec(
            "resident_map",
            N_("Databases of resident customers"),
            check=_map_text,
            help=N_("Pairs like customer.com=customer, with commas. Without any, resident customers are not checked."),
        ),
        FieldSpec(
            "other_spellings",
            N_("Try other spellings"),
            FieldType.SWITCH,
            default=False,
            help=N_("Where a name is missing: lower case, underscores for dots and hyphens, the part before the dot."),
        ),
        FieldSpec(
            "environment",
            N_("Environment"),
            default="production",
            help=N_("A word of your own, shown in the results of the test."),
        ),
        FieldSpec(
            "connect_timeout_s", N_("Time limit for connecting (seconds)"), FieldType.NUMBER, default=10, low=1, high=60
        ),
        FieldSpec(
            "query_timeout_s", N_("Time limit per question (seconds)"), FieldType.NUMBER, default=30, low=0.1, high=300
        ),
        FieldSpec(
            "batch_timeout_s", N_("Time limit per batch (seconds)"), FieldType.NUMBER, default=60, low=0.1, high=600
        ),
        FieldSpec("batch_size", N_("Names per question"), FieldType.NUMBER, default=200, low=1, high=5_000, whole=True),
        FieldSpec("pool_size", N_("Connections at once"), FieldType.NUMBER, default=2, low=1, high=8, whole=True),
    ),
    account=("host", "port", "socket", "user"),
)
