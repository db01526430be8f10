"""Open clients of remote systems, one per connection, closed when the connection is edited or the program ends."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.connections import Connection

if TYPE_CHECKING:
    from app.connectors.vitec import VitecHub
    from app.vault import Vault


class Links:
    """Hands out a client per connection; breaker and limiter live as long as it does. Belongs to one event loop."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._open: dict[str, tuple[Connection, str, VitecHub]] = {}

    async def vitec(self, connection: Connection) -> VitecHub:
        """The Hub of this connection.

        Raises `NotConfigured` naming the missing fields, `NoKeyring` when its secret cannot be read.
        """
        key = await self._vault.get(connection, "access_key")
        known = self._open.get(connection.id)
        if known is not None and known[0].settings == connection.settings and known[1] == key:
            return known[2]
        hub = await asyncio.to_thread(make_vitec, connection, key)
        await self.drop(connection.id)
        self._open[connection.id] = (connection, key, hub)
        return hub

    def refused_until(self, connection_id: str) -> datetime | None:
        """Until when calls of a connection are refused after failures in a row; None while they pass."""
        known = self._open.get(connection_id)
        return known[2].http.breaker.refuses_until if known is not None else None

    async def drop(self, connection_id: str) -> None:
        """Close the client of a connection that changed or went."""
        if known := self._open.pop(connection_id, None):
            await known[2].close()

    async def close(self) -> None:
        """Close all."""
        for connection_id in list(self._open):
            await self.drop(connection_id)


def make_vitec(connection: Connection, access_key: str) -> VitecHub:
    """A Hub client from a connection's settings and its key."""
    from app.connectors.vitec import VitecHub, VitecSettings, hub_address

    return VitecHub(
        VitecSettings(
            base_url=hub_address(connection.setting("base_url"), connection.setting("environment")),
            installation_id=connection.setting("installation_id") or "",
            product_login=connection.setting("product_login") or "",
            access_key=access_key,
            timeout_s=connection.setting("timeout_s"),
            max_rps=connection.setting("max_rps"),
        )
    )
