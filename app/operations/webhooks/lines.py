"""Open lines to receivers, one per endpoint, with its signing secrets; made anew when the endpoint was changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.domain.kinds.sign_in import AuthenticationType
from app.domain.webhooks.endpoint import PREVIOUS_SECRET, SECRET, SIGN_IN_SECRETS, WebhookEndpoint
from app.errors import NotConfigured
from app.i18n import _
from app.store.webhook_inbox import inbox_ports

if TYPE_CHECKING:
    from app.connectors.sign_in import SignInSettings
    from app.connectors.webhooks import Allowed, Guard, WebhookClient
    from app.store.database import Store
    from app.vault import Vault

_PORTS_FOR_S = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """A client and the signing secrets of one state of an endpoint."""

    endpoint: WebhookEndpoint
    client: WebhookClient
    secret: str = field(repr=False)
    previous: str = field(repr=False)

    def secrets(self, at: datetime) -> Sequence[str]:
        """Those that are valid then, the newest first (webhooks.md §5)."""
        until = self.endpoint.previous_secret_until
        previous = (self.previous,) if self.previous and until is not None and at < until else ()
        return (*((self.secret,) if self.secret else ()), *previous)


class Lines:
    """Hands out lines. Belongs to one event loop.

    `guard` may be replaced before the first one, by one with another resolver; `demo_ports` are those of the demo
    world's receiver, which is on this computer like the inbox.
    """

    def __init__(self, store: Store, vault: Vault) -> None:
        self.guard: Guard | None = None
        self.demo_ports: frozenset[int] = frozenset()
        self._store = store
        self._vault = vault
        self._open: dict[str, Line] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._ports: frozenset[int] = frozenset()
        self._ports_until = 0.0

    async def line(self, endpoint: WebhookEndpoint) -> Line:
        """The line to an endpoint as it is now.

        Raises `NoKeyring` when a secret cannot be read, `NotConfigured` when one is missing.
        """
        known = self._open.get(endpoint.id)
        if known is not None and known.endpoint.updated_at == endpoint.updated_at:
            return known
        async with self._turns.setdefault(endpoint.id, asyncio.Lock()):
            known = self._open.get(endpoint.id)
            if known is None or known.endpoint.updated_at != endpoint.updated_at:
                fresh = await self._made(endpoint)
                await self.drop(endpoint.id)
                self._open[endpoint.id] = known = fresh
            return known

    async def allowed(self, endpoint: WebhookEndpoint) -> Allowed:
        """What that endpoint may reach."""
        from app.connectors.webhooks import Allowed

        if urlsplit(endpoint.url).hostname == "127.0.0.1" and time.monotonic() > self._ports_until:
            self._ports = await self._store.read(inbox_ports)
            self._ports_until = time.monotonic() + _PORTS_FOR_S
        return Allowed(endpoint.allow_internal, self._ports | self.demo_ports)

    async def drop(self, endpoint_id: str) -> None:
        """Close the line to an endpoint that changed or went."""
        if known := self._open.pop(endpoint_id, None):
            await known.client.close()

    async def close(self) -> None:
        """Close all."""
        for endpoint_id in list(self._open):
            await self.drop(endpoint_id)

    async def _made(self, endpoint: WebhookEndpoint) -> Line:
        from app.connectors.webhooks import Guard, make_client

        self.guard = self.guard or Guard()
        secret = await self._secret(endpoint, SECRET) if SECRET in endpoint.secrets else ""
        previous = await self._vault.get(endpoint, PREVIOUS_SECRET) if PREVIOUS_SECRET in endpoint.secrets else ""
        sign_in = await self._sign_in(endpoint)
        allowed = await self.allowed(endpoint)
        client = await asyncio.to_thread(make_client, endpoint.url, sign_in, self.guard, allowed)
        return Line(endpoint, client, secret, previous)

    async def _sign_in(self, endpoint: WebhookEndpoint) -> SignInSettings:
        from app.connectors.oauth import OAuthSettings
        from app.connectors.sign_in import SignInSettings

        way = endpoint.sign_in
        name = SIGN_IN_SECRETS.get(way.auth_type, "")
        value = await self._secret(endpoint, name) if name else ""
        oauth = OAuthSettings()
        if way.auth_type is AuthenticationType.OAUTH2:
            oauth = OAuthSettings(
                way.token_url, way.client_id, value, way.scope, way.audience, way.client_authentication,
                endpoint.timeout_seconds,
            )  # fmt: skip
        return SignInSettings(
            way.auth_type, way.username, password=value, token=value, key=value, key_header=way.key_header, oauth=oauth
        )

    async def _secret(self, endpoint: WebhookEndpoint, key: str) -> str:
        value = await self._vault.get(endpoint, key)
        if not value:
            raise NotConfigured(
                _("The secret {key} of the webhook {name} is not in the keyring.").format(key=key, name=endpoint.name),
                _("Enter it again; nothing is sent without it."),
            )
        return value
