"""Webhooks in a workspace: the demo world's receiver, endpoints that lead to it, time that passes at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.demo.webhooks.receiver import DemoReceiver, Heard
from app.domain.webhooks.delivery import Attempt, Delivery
from app.domain.webhooks.endpoint import WebhookEndpoint
from app.domain.webhooks.events import EventType, event
from app.store import webhook_log, webhooks
from app.store.webhook_log import DeliveryFilter
from app.workspace import Workspace
from tests.support.running import execute, run

KIND = EventType.SYNC_COMPLETED


@asynccontextmanager
async def receiving(*workspaces: Workspace) -> AsyncIterator[DemoReceiver]:
    """A receiver on this computer that these workspaces may send to."""
    receiver = DemoReceiver()
    await receiver.open()
    for workspace in workspaces:
        workspace.webhooks.lines.demo_ports = frozenset({urlsplit(receiver.base_url).port or 0})
    yield receiver
    await receiver.close()


@dataclass
class Hooks:
    """What tests do with webhooks of one workspace."""

    workspace: Workspace
    receiver: DemoReceiver

    async def add(self, path: str = "/ok", name: str = "", **params: Any) -> tuple[str, str]:
        """An endpoint that leads to the receiver; its id and secret."""
        url = path if "://" in path else self.receiver.base_url + path
        given = {"name": name or path, "url": url, "event_types": "integration.*", "insecure": True} | params
        secrets = given.pop("secrets", {})
        report = await run(self.workspace, "webhooks.create", params=given, secrets=secrets)
        assert report.error is None, report.error
        return report.run.result["id"], report.run.result.get("secret", "")

    async def happen(self, count: int = 1, kind: EventType = KIND) -> None:
        """Events are stored."""
        events = [event(kind, {}) for _turn in range(count)]
        await self.workspace.store.write(self.workspace.event_log.add, events)

    async def send(self, wait_s: float = 20.0) -> int:
        """Everything that is due is sent; returns how many deliveries still wait."""
        return await self.workspace.webhooks.flush(wait_s)

    async def time_passes(self) -> None:
        """Whatever waits for a retry is due."""
        await self.workspace.store.write(
            execute, self.workspace.store, "UPDATE webhook_delivery SET due_at = 1 WHERE status = 'pending'"
        )

    async def deliveries(self, **wanted: Any) -> list[Delivery]:
        """The log, oldest first."""
        found = await self.workspace.store.read(webhook_log.deliveries, DeliveryFilter(limit=10_000, **wanted))
        return found[::-1]

    async def attempts(self, delivery: Delivery) -> list[Attempt]:
        """Every try of a delivery."""
        return await self.workspace.store.read(webhook_log.attempts, delivery.id)

    async def endpoint(self, name_or_id: str) -> WebhookEndpoint:
        """The endpoint as it is stored now."""
        found = await self.workspace.store.read(webhooks.find_endpoint, name_or_id)
        assert found is not None
        return found

    def heard(self, path: str = "/ok") -> list[Heard]:
        """What arrived at a path."""
        return [one for one in self.receiver.heard if one.path == path]
