"""Webhooks: what becomes an event, what is sent to whom, and the operations of a person (webhooks.md)."""
