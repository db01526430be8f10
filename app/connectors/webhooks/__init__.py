"""Sends webhooks: the guard of addresses, the transport that keeps to it, one signed request (webhooks.md §5-§8)."""

from app.connectors.webhooks.client import PRODUCT_AGENT, Outgoing, WebhookClient, make_client
from app.connectors.webhooks.guard import Allowed, Guard, Resolver

__all__ = ["PRODUCT_AGENT", "Allowed", "Guard", "Outgoing", "Resolver", "WebhookClient", "make_client"]
