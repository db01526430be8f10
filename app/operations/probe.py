"""What every connection test works with, whatever the kind: the subject, its stages, what was found on the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.domain.connections import Connection
from app.domain.mappings import Mapper
from app.i18n import _
from app.operations.routes import UNVERIFIED
from app.operations.sessions import SecretReader
from app.operations.stages import Staged, connect

if TYPE_CHECKING:
    from app.connectors.route import Route
    from app.connectors.supabase import SessionKeeper


@dataclass
class Probe:
    """One test under way: `connection` may be a draft that is not saved; `session` keeps what its sign-in gives.

    `ends_session` says that a sign-in was made for the test alone. `details` are what was learned, `warnings` sentences
    about what works and still deserves a look. `mapper` holds the mapping of the connection, by which a sync reads too.
    """

    connection: Connection
    secret: SecretReader
    session: SessionKeeper
    ends_session: bool
    staged: Staged
    details: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    mapper: Mapper = field(default_factory=lambda: Mapper(remembers=False))

    def recommend(self, text: str) -> None:
        """Something that works and should be done otherwise."""
        self.details.setdefault("recommendations", []).append(text)
        self.warnings.append(text)


async def reach(probe: Probe, base_url: str, route: Route) -> None:
    """Resolve and connect, then, over https, shake hands; each its own stage so that the cause is plain.

    Where the connection names a proxy, only that can be connected to; it is the sign-in that then goes further.
    """
    parts = urlsplit(route.proxy.url if route.proxy is not None else base_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    async def address() -> str:
        await connect(host, port, None)
        return _("{host} answers on port {port}.").format(host=host, port=port)

    async def tls() -> str:
        await connect(host, port, await asyncio.to_thread(route.context, base_url))
        if not route.verify:
            return _("Encrypted; the certificate is not checked.")
        return _("The certificate is valid.")

    if not route.verify and base_url.startswith("https://"):
        probe.recommend(_(UNVERIFIED))
    await probe.staged.run("address", address)
    if parts.scheme == "https" and route.proxy is None:
        await probe.staged.run("tls", tls)
