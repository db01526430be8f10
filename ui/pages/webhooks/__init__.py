"""The Webhooks page: who is told of what, what was sent, and what came back."""

from ui.pages.webhooks.page import WebhooksPage

__all__ = ["WebhooksPage"]
