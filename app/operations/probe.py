"""What every connection test works with, whatever the kind: the subject, its stages, what was found on the way."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.domain.connections import Connection
from app.i18n import _
from app.operations.sessions import SecretReader
from app.operations.stages import Staged, connect

if TYPE_CHECKING:
    from app.connectors.supabase import SessionKeeper


@dataclass
class Probe:
    """One test under way: `connection` may be a draft that is not saved; `session` keeps what its sign-in gives.

    `ends_session` says that a sign-in was made for the test alone. `details` are what was learned, `warnings` sentences
    about what works and still deserves a look.
    """

    connection: Connection
    secret: SecretReader
    session: SessionKeeper
    ends_session: bool
    staged: Staged
    details: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


async def reach(staged: Staged, base_url: str, context: ssl.SSLContext | None = None) -> None:
    """Resolve and connect, then, over https, shake hands; each its own stage so that the cause is plain.

    `context` says which certificates are good, else those that the computer trusts are.
    """
    parts = urlsplit(base_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    async def address() -> str:
        await connect(host, port, None)
        return _("{host} answers on port {port}.").format(host=host, port=port)

    async def tls() -> str:
        import truststore

        await connect(host, port, context or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        if context is not None and context.verify_mode is ssl.CERT_NONE:
            return _("Encrypted; the certificate is not checked.")
        return _("The certificate is valid.")

    await staged.run("address", address)
    if parts.scheme == "https":
        await staged.run("tls", tls)
