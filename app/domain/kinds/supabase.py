"""A Supabase project with employees and terminals (supabase.md §1, §2)."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit

from app.domain.kinds.line import LINE_FIELDS
from app.domain.kinds.spec import ENABLE_WEBHOOKS, SYNC_INTERVAL, ConnectionKind, FieldSpec, FieldType, KindSpec
from app.domain.supabase_keys import check_jwt_secret, check_publishable_key, check_service_key
from app.errors import UsageError
from app.i18n import N_, _


class AuthMode(StrEnum):
    """How Muster signs in (§2)."""

    USER = "user"
    SERVICE_KEY = "service_key"


class PhotoMode(StrEnum):
    """How photos are fetched (§7)."""

    AUTO = "auto"
    PUBLIC = "public"
    SIGNED = "signed"


PASSWORD, REFRESH_TOKEN = "password", "refresh_token"
_USER = ("auth_mode", AuthMode.USER.value)
_SERVICE = ("auth_mode", AuthMode.SERVICE_KEY.value)


def project_address(text: str) -> str:
    """The address of the project without what is often copied along with it (§1)."""
    return text.rstrip("/").removesuffix("/rest/v1").rstrip("/")


def photo_hosts(text: str) -> tuple[str, ...]:
    """The hosts of a comma-separated list, in lower case and without ports.

    Raises `UsageError` naming what is no host.
    """
    return tuple(dict.fromkeys(_host(part.strip()) for part in text.split(",") if part.strip()))


def _host(text: str) -> str:
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").rstrip(".")
        host.encode("idna")
        plain = "@" not in text and re.fullmatch(r"[\w.:-]+", host) is not None
    except ValueError:
        plain = False
    if not plain:
        raise UsageError(
            _("{value} is not a host name.").format(value=text), _("Write hosts like photos.example.com, with commas.")
        )
    return host


def _publishable(text: str) -> str:
    check_publishable_key(text)
    return text


def _service(text: str) -> str:
    check_service_key(text)
    return text


def _jwt_secret(text: str) -> str:
    check_jwt_secret(text)
    return text


SUPABASE = KindSpec(
    ConnectionKind.SUPABASE,
    N_("Supabase"),
    N_("Employees, their photos and face terminals from a Supabase project"),
    (
        FieldSpec(
            "url",
            N_("Project address"),
            FieldType.URL,
            ("SUPABASE_URL",),
            required=True,
            check=project_address,
            help=N_("Like https://abcd.supabase.co; it stands in the project's settings."),
        ),
        FieldSpec(
            "auth_mode",
            N_("Sign-in"),
            FieldType.CHOICE,
            default=AuthMode.USER.value,
            choices=tuple(mode.value for mode in AuthMode),
            titles={
                AuthMode.USER.value: N_("As a user"),
                AuthMode.SERVICE_KEY.value: N_("With the service key (full access)"),
            },
            help=N_("A user sees what the project's policies allow; the service key opens everything."),
        ),
        FieldSpec(
            "publishable_key",
            N_("Publishable key"),
            FieldType.TEXT,
            ("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"),
            required=True,
            only_when=_USER,
            check=_publishable,
            help=N_("Begins with sb_publishable_; an older anon key works until the end of 2026."),
        ),
        FieldSpec("email", N_("E-mail"), FieldType.TEXT, ("SUPABASE_EMAIL",), required=True, only_when=_USER),
        FieldSpec(
            PASSWORD,
            N_("Password"),
            FieldType.SECRET,
            ("SUPABASE_PASSWORD",),
            required=True,
            only_when=_USER,
            traded_for=REFRESH_TOKEN,
            help=N_("Used for the first sign-in, then forgotten: only the session is kept, in the system's keyring."),
        ),
        FieldSpec(
            "service_key",
            N_("Service key"),
            FieldType.SECRET,
            ("SUPABASE_SERVICE_ROLE_KEY",),
            required=True,
            only_when=_SERVICE,
            check=_service,
            help=N_("Full access to every table and photo of the project. Kept in the system's keyring only."),
        ),
        FieldSpec(
            "photo_bucket",
            N_("Photo bucket"),
            default="pontaj-photos",
            help=N_("Where photos lie that are named by their file alone."),
        ),
        FieldSpec(
            "photo_mode",
            N_("Photos"),
            FieldType.CHOICE,
            default=PhotoMode.AUTO.value,
            choices=tuple(mode.value for mode in PhotoMode),
            titles={
                PhotoMode.AUTO.value: N_("Automatic"),
                PhotoMode.PUBLIC.value: N_("Public address"),
                PhotoMode.SIGNED.value: N_("Signed address"),
            },
            help=N_("Automatic tries the public address first, then signs one."),
        ),
        FieldSpec(
            "photo_hosts",
            N_("Other photo hosts"),
            check=lambda text: ", ".join(photo_hosts(text)),
            help=N_("Hosts beside the project that photos may come from, with commas. No key is ever sent there."),
        ),
        FieldSpec("schema", N_("Schema"), default="public"),
        FieldSpec(
            "jwks_url",
            N_("Key list address"),
            FieldType.URL,
            ("SUPABASE_JWKS_URL",),
            only_when=_USER,
            help=N_("Leave empty to use the project's own."),
        ),
        FieldSpec(
            "jwt_secret",
            N_("JWT secret"),
            FieldType.SECRET,
            ("SUPABASE_JWT_SECRET",),
            only_when=_USER,
            check=_jwt_secret,
            help=N_("Only for older projects that sign tokens with a shared secret; otherwise leave it empty."),
        ),
        FieldSpec("page_size", N_("Rows per page"), FieldType.NUMBER, default=500, low=1, high=10_000, whole=True),
        FieldSpec("timeout_s", N_("Time limit per request (seconds)"), FieldType.NUMBER, default=30, low=1, high=300),
        SYNC_INTERVAL,
        ENABLE_WEBHOOKS,
        *LINE_FIELDS,
    ),
    account=("url", "auth_mode", "publishable_key", "email"),
    full_access=_SERVICE,
)
