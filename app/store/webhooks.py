"""Webhook endpoints as stored; their secrets are elsewhere (the vault), here only which are set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import peewee

from app.domain.webhooks.delivery import DeliveryStatus
from app.domain.webhooks.endpoint import (
    EndpointSignIn,
    Method,
    PayloadFormat,
    RetryProfile,
    WebhookEndpoint,
)
from app.domain.webhooks.error_codes import ErrorCode
from app.errors import UsageError
from app.i18n import _
from app.store.database import fetch, run_sql
from app.store.values import from_json, from_ms, from_strings, now, to_json, to_ms, to_strings
from app.store.webhook_rows import WebhookDeliveryRow, WebhookEndpointRow

_MOMENTS = frozenset(
    {"previous_secret_until", "deactivated_at", "last_triggered", "last_success", "last_failure"}
    | {"first_failure_at", "throttled_until", "created_at", "updated_at"}
)
_COUNTED = frozenset(
    {"last_triggered", "last_success", "last_failure", "last_code", "last_http_status", "success_count"}
    | {"failure_count", "consecutive_failures", "first_failure_at", "throttled_until"}
)
"""What deliveries change while a person edits the rest."""
COLUMNS = tuple(f.name for f in fields(WebhookEndpoint))


def endpoints() -> list[WebhookEndpoint]:
    """All endpoints by name."""
    return [to_endpoint(row) for row in fetch(_select().order_by(WebhookEndpointRow.name))]


def any_endpoint() -> bool:
    """Whether there is one."""
    return bool(run_sql("SELECT 1 FROM webhook_endpoint LIMIT 1").fetchall())


def find_endpoint(name_or_id: str) -> WebhookEndpoint | None:
    """The endpoint of that id or name."""
    e = WebhookEndpointRow
    found = fetch(_select().where((e.id == name_or_id) | (e.name == name_or_id)))
    return to_endpoint(found[0]) if found else None


def endpoints_of(ids: Sequence[str]) -> dict[str, WebhookEndpoint]:
    """Those endpoints, by id."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM webhook_endpoint WHERE id IN ({', '.join('?' * len(ids))})"
    found = (to_endpoint(row) for row in run_sql(sql, ids).fetchall()) if ids else ()
    return {endpoint.id: endpoint for endpoint in found}


def add_endpoint(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Store a new endpoint.

    Raises `UsageError` when the name is taken.
    """
    values = _to_row(endpoint) | {"created_at": to_ms(now()), "updated_at": to_ms(now())}
    try:
        WebhookEndpointRow.insert(values).execute()
    except peewee.IntegrityError as error:
        raise _name_taken(endpoint) from error
    return _stored(endpoint.id)


def change_endpoint(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Store what a person changed; what deliveries count meanwhile stays as it is.

    Raises `UsageError` when the new name is taken, or the endpoint is gone.
    """
    values = {key: value for key, value in _to_row(endpoint).items() if key not in _COUNTED | {"id", "created_at"}}
    values |= {"updated_at": to_ms(now())}
    try:
        WebhookEndpointRow.update(values).where(WebhookEndpointRow.id == endpoint.id).execute()
    except peewee.IntegrityError as error:
        raise _name_taken(endpoint) from error
    return _stored(endpoint.id)


def forgive(endpoint_id: str) -> None:
    """Begin to count failures anew, for an endpoint that a person resumes or gives another address."""
    e = WebhookEndpointRow
    e.update(consecutive_failures=0, first_failure_at=None, throttled_until=None, last_code="").where(
        e.id == endpoint_id
    ).execute()


def remove_endpoint(endpoint_id: str) -> int:
    """Forget an endpoint; what waits for it is cancelled, the log stays (webhooks.md §1). Returns how many waited."""
    WebhookEndpointRow.delete().where(WebhookEndpointRow.id == endpoint_id).execute()
    d = WebhookDeliveryRow
    waiting = d.status.in_([DeliveryStatus.PENDING.value, DeliveryStatus.SENDING.value])
    cancelled = d.update(
        status=DeliveryStatus.CANCELLED.value, error_code=ErrorCode.CANCELLED.value, due_at=None, claimed_by=""
    ).where(d.webhook_id == endpoint_id, waiting)
    return int(cancelled.execute())


def to_endpoint(row: Sequence[Any]) -> WebhookEndpoint:
    """An endpoint from a row in the order of `COLUMNS`."""
    values = dict(zip(COLUMNS, row, strict=True))
    values |= {key: from_ms(values[key]) for key in _MOMENTS}
    for key in ("allow_internal", "insecure", "compatible_signature", "is_active"):
        values[key] = bool(values[key])
    values |= {
        "event_types": from_strings(values["event_types"]),
        "secrets": from_strings(values["secrets"]),
        "headers": from_json(values["headers"], dict[str, str]) or {},
        "sign_in": from_json(values["sign_in"], EndpointSignIn) or EndpointSignIn(),
        "method": Method(values["method"]),
        "retry_profile": RetryProfile(values["retry_profile"]),
        "payload_format": PayloadFormat(values["payload_format"]),
    }
    return WebhookEndpoint(**values)


def _select() -> Any:
    return WebhookEndpointRow.select(*(getattr(WebhookEndpointRow, name) for name in COLUMNS))


def _stored(endpoint_id: str) -> WebhookEndpoint:
    found = find_endpoint(endpoint_id)
    if found is None:
        raise UsageError(_("This webhook was removed meanwhile."))
    return found


def _name_taken(endpoint: WebhookEndpoint) -> UsageError:
    return UsageError(_("There is already a webhook named {name}.").format(name=endpoint.name))


def _to_row(endpoint: WebhookEndpoint) -> dict[str, Any]:
    values = {name: getattr(endpoint, name) for name in COLUMNS}
    values |= {key: to_ms(values[key]) for key in _MOMENTS}
    return values | {
        "event_types": to_strings(endpoint.event_types),
        "secrets": to_strings(endpoint.secrets),
        "headers": to_json(endpoint.headers),
        "sign_in": to_json(endpoint.sign_in),
        "method": endpoint.method.value,
        "retry_profile": endpoint.retry_profile.value,
        "payload_format": endpoint.payload_format.value,
    }
