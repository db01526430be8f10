"""From a connection's settings and secrets to its way of signing in (connections.md §5), for the kinds that let a
person choose: 1C and contact centres.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.domain.connections import Connection
from app.domain.kinds.sign_in import (
    KEPT_REFRESH_TOKEN,
    TYPED_REFRESH_TOKEN,
    AuthenticationType,
    ClientAuthentication,
)
from app.i18n import _
from app.operations.routes import route_of
from app.vault import is_set

if TYPE_CHECKING:
    from app.connectors.oauth import RefreshTokens
    from app.connectors.sign_in import SignIn

_SOON = timedelta(days=7)


def sign_in_of(connection: Connection, secrets: Mapping[str, str], tokens: RefreshTokens, system: str) -> SignIn:
    """How a connection signs in; `tokens` keeps the refresh token of OAuth.

    Raises `NotConfigured` naming what is missing or cannot be sent.
    """
    from app.connectors.oauth import OAuthSettings
    from app.connectors.sign_in import SignInSettings, make_sign_in

    setting = connection.setting
    oauth = OAuthSettings(
        token_url=setting("token_url") or "",
        client_id=setting("client_id") or "",
        client_secret=secrets.get("client_secret", ""),
        scope=setting("scope") or "",
        audience=setting("audience") or "",
        client_authentication=ClientAuthentication(setting("client_authentication")),
        timeout_s=setting("timeout_seconds"),
    )
    settings = SignInSettings(
        AuthenticationType(setting("authentication_type")),
        username=setting("username") or "",
        password=secrets.get("password", ""),
        token=secrets.get("token", ""),
        key=secrets.get("key", ""),
        key_header=setting("key_header"),
        key_query=setting("key_query") or "",
        oauth=oauth,
        route=route_of(connection, secrets),
    )
    refreshes = is_set(connection, TYPED_REFRESH_TOKEN) or KEPT_REFRESH_TOKEN in connection.secrets
    return make_sign_in(settings, system, tokens if refreshes else None)


def token_warning(secrets: Mapping[str, str]) -> str:
    """That the bearer token has ended or soon will; blank when it has not, or does not say (§5)."""
    from app.connectors.sign_in import token_expiry

    ends = token_expiry(secrets.get("token", ""))
    now = datetime.now(UTC)
    if ends is None or ends > now + _SOON:
        return ""
    if ends <= now:
        return _("The token ended on {day}. Enter a new one.").format(day=ends.date().isoformat())
    return _("The token ends on {day}. Get a new one in time.").format(day=ends.date().isoformat())
