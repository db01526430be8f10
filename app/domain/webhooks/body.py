"""The body of a delivery: written once, kept, signed and sent as it is on every try (webhooks.md §4)."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from app.domain.webhooks.endpoint import PayloadFormat
from app.domain.webhooks.events import Event

MOST_BODY_BYTES = 262_144
_encoder = msgspec.json.Encoder()


def moment_text(value: datetime) -> str:
    """A moment in UTC with milliseconds: `2026-02-16T09:36:07.412Z`."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def body_text(event: Event, form: PayloadFormat, delivery_id: str, webhook_id: str) -> str:
    """The JSON of an event for one endpoint; in place of a payload beyond the limit stands a notice."""
    text = _written(event, event.payload, form, delivery_id, webhook_id)
    if len(text.encode()) <= MOST_BODY_BYTES:
        return text
    notice = {"notice": "payload_too_large", "size_bytes": len(text.encode())}
    return _written(event, notice, form, delivery_id, webhook_id)


def _written(event: Event, payload: object, form: PayloadFormat, delivery_id: str, webhook_id: str) -> str:
    happened = moment_text(event.occurred_at)
    if form is PayloadFormat.STANDARD:
        return _encoder.encode({"type": event.type.value, "timestamp": happened, "data": payload}).decode()
    whole = {
        "event_type": event.type.value,
        "payload": payload,
        "timestamp": happened,
        "delivery_id": delivery_id,
        "webhook_id": webhook_id,
    }
    return _encoder.encode(whole).decode()
