"""From a connection's settings and secrets to the way its requests take (connections.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.domain.connections import Connection
from app.domain.kinds.line import extra_headers
from app.i18n import N_
from app.redaction import register_basic, register_secret

if TYPE_CHECKING:
    from app.connectors.route import Route

UNVERIFIED = N_("The certificate is not checked, so anybody on the way can read and change everything.")


def route_of(connection: Connection, secrets: Mapping[str, str]) -> Route:
    """Certificates, proxy and further headers of a connection over HTTP."""
    from app.connectors.route import Proxy, Route

    setting = connection.setting
    user, password = setting("proxy_user") or "", secrets.get("proxy_password", "")
    if password:
        register_basic(user, password)
    register_secret(secrets.get("client_key_password", ""))
    address = setting("proxy")
    return Route(
        ca_file=setting("ca_file") or "",
        verify=setting("verify_tls"),
        certificate=setting("client_certificate") or "",
        key_password=secrets.get("client_key_password", ""),
        proxy=Proxy(address, user, password) if address else None,
        headers=extra_headers(setting("extra_headers") or ""),
    )
