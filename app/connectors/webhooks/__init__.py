"""Sends webhooks: the guard of addresses, the transport that keeps to it, one signed request (webhooks.md §5-§8)."""

from app.connectors.webhooks.client import Outgoing, WebhookClient, make_client
from app.connectors.webhooks.guard import Allowed, Guard, Resolver

__all__ = ["Allowed", "Guard", "Outgoing", "Resolver", "WebhookClient", "make_client"]
