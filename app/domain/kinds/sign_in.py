"""The ways to sign in that 1C and contact centres share, as fields of a connection (connections.md §5, command-line.md
"Sign-in types and their secrets").
"""

from __future__ import annotations

import re
from enum import StrEnum

from app.domain.kinds.spec import FieldSpec, FieldType
from app.errors import UsageError
from app.i18n import N_, _

TYPED_REFRESH_TOKEN = "refresh_token"
KEPT_REFRESH_TOKEN = "session_token"
"""Where the refresh token is kept that the service gave in place of the typed one."""


class AuthenticationType(StrEnum):
    """How a connection signs in."""

    BASIC = "basic"
    BEARER = "bearer"
    API_KEY = "api_key"
    OAUTH2 = "oauth2"
    NONE = "none"


class ClientAuthentication(StrEnum):
    """How an OAuth client says who it is to the token address."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"


_KEPT = N_("Kept in the system's keyring only.")


def user_name(text: str) -> str:
    """A user name for Basic, where the first colon ends it.

    Raises `UsageError` for one with a colon.
    """
    if ":" in text:
        raise UsageError(_("A user name must not contain a colon."), _("Enter the name alone, without the password."))
    return text


def header_name(text: str) -> str:
    """The name of an HTTP header.

    Raises `UsageError` for what cannot be one.
    """
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", text):
        raise UsageError(_("{value} is not the name of a header.").format(value=text), _("Write it like X-API-Key."))
    return text


def sign_in_fields(default: AuthenticationType) -> tuple[FieldSpec, ...]:
    """The choice, and the fields of each way; `default` is what the kind usually wants."""
    return (_choice(default), *_PLAIN, *_OAUTH)


def _choice(default: AuthenticationType) -> FieldSpec:
    return FieldSpec(
        "authentication_type",
        N_("Sign-in"),
        FieldType.CHOICE,
        default=default.value,
        choices=tuple(way.value for way in AuthenticationType),
        titles={
            "basic": N_("User name and password"),
            "bearer": N_("Token (bearer)"),
            "api_key": N_("Key in a header"),
            "oauth2": N_("OAuth 2.0"),
            "none": N_("None"),
        },
        aliases={"oauth": "oauth2", "apikey": "api_key", "jwt": "bearer"},
    )


def _of(way: AuthenticationType) -> tuple[str, str]:
    return "authentication_type", way.value


_PLAIN = (
    FieldSpec("username", N_("User"), required=True, only_when=_of(AuthenticationType.BASIC), check=user_name),
    FieldSpec(
        "password",
        N_("Password"),
        FieldType.SECRET,
        required=True,
        only_when=_of(AuthenticationType.BASIC),
        help=_KEPT,
    ),
    FieldSpec(
        "token", N_("Token"), FieldType.SECRET, required=True, only_when=_of(AuthenticationType.BEARER), help=_KEPT
    ),
    FieldSpec("key", N_("Key"), FieldType.SECRET, required=True, only_when=_of(AuthenticationType.API_KEY), help=_KEPT),
    FieldSpec(
        "key_header",
        N_("Header of the key"),
        default="X-API-Key",
        only_when=_of(AuthenticationType.API_KEY),
        check=header_name,
    ),
    FieldSpec(
        "key_query",
        N_("Query parameter of the key"),
        only_when=_of(AuthenticationType.API_KEY),
        help=N_("Only for systems that want the key in the address; a header is safer. Empty: the header is used."),
    ),
)
_OAUTH = (
    FieldSpec("token_url", N_("Token address"), FieldType.URL, required=True, only_when=_of(AuthenticationType.OAUTH2)),
    FieldSpec("client_id", N_("Client id"), required=True, only_when=_of(AuthenticationType.OAUTH2)),
    FieldSpec(
        "client_secret",
        N_("Client secret"),
        FieldType.SECRET,
        required=True,
        only_when=_of(AuthenticationType.OAUTH2),
        help=_KEPT,
    ),
    FieldSpec("scope", N_("Scope"), only_when=_of(AuthenticationType.OAUTH2), help=N_("Several with blanks.")),
    FieldSpec("audience", N_("Audience"), only_when=_of(AuthenticationType.OAUTH2)),
    FieldSpec(
        "client_authentication",
        N_("Client secret is sent"),
        FieldType.CHOICE,
        default=ClientAuthentication.BASIC.value,
        choices=tuple(way.value for way in ClientAuthentication),
        titles={"client_secret_basic": N_("In a header"), "client_secret_post": N_("In the form")},
        only_when=_of(AuthenticationType.OAUTH2),
    ),
    FieldSpec(
        TYPED_REFRESH_TOKEN,
        N_("Refresh token"),
        FieldType.SECRET,
        only_when=_of(AuthenticationType.OAUTH2),
        traded_for=KEPT_REFRESH_TOKEN,
        help=N_("Leave empty to sign in as the client itself. One that works only once is replaced by the next."),
    ),
)
SIGN_IN_ACCOUNT = ("authentication_type", "username", "token_url", "client_id")
"""The settings of a sign-in that say which account is meant."""
