"""Webhooks as commands print them and pages show them: plain values, moments as text, of secrets only whether set."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from app.access import GRANTS, Permission, Role
from app.domain.webhooks.delivery import Attempt, Delivery
from app.domain.webhooks.endpoint import SECRET, SIGN_IN_SECRETS, WebhookEndpoint, notice
from app.domain.webhooks.statistics import Counts, Statistics
from app.operations.connections import time_text
from app.store.values import now


def endpoint_row(endpoint: WebhookEndpoint, role: Role) -> dict[str, Any]:
    """One endpoint with the fields of webhooks.md §2; values of its headers, which may be keys, for who may edit it."""
    headers = endpoint.headers if Permission.ADMIN in GRANTS[role] else dict.fromkeys(endpoint.headers, "••••")
    sign_in = endpoint.sign_in
    names = (SECRET, *filter(None, [SIGN_IN_SECRETS.get(sign_in.auth_type)]))
    return {
        "id": endpoint.id,
        "name": endpoint.name,
        "url": endpoint.url,
        "method": endpoint.method.value,
        "headers": headers,
        "event_types": endpoint.event_types,
        "secrets": {name: name in endpoint.secrets for name in names},
        "previous_secret_until": time_text(endpoint.previous_secret_until),
        "auth_type": sign_in.auth_type.value,
        "username": sign_in.username,
        "key_header": sign_in.key_header,
        "token_url": sign_in.token_url,
        "client_id": sign_in.client_id,
        "scope": sign_in.scope,
        "audience": sign_in.audience,
        "client_authentication": sign_in.client_authentication.value,
        "timeout_seconds": endpoint.timeout_seconds,
        "retry_attempts": endpoint.retry_attempts,
        "retry_delay_seconds": endpoint.retry_delay_seconds,
        "retry_profile": endpoint.retry_profile.value,
        "payload_format": endpoint.payload_format.value,
        "allow_internal": endpoint.allow_internal,
        "insecure": endpoint.insecure,
        "compatible_signature": endpoint.compatible_signature,
        "is_active": endpoint.is_active,
        "disabled_reason": endpoint.disabled_reason or None,
        "notice": notice(endpoint, now()) or None,
        "last_triggered": time_text(endpoint.last_triggered),
        "last_success": time_text(endpoint.last_success),
        "last_failure": time_text(endpoint.last_failure),
        "success_count": endpoint.success_count,
        "failure_count": endpoint.failure_count,
        "consecutive_failures": endpoint.consecutive_failures,
        "first_failure_at": time_text(endpoint.first_failure_at),
        "created_by": endpoint.created_by,
        "created_at": time_text(endpoint.created_at),
        "updated_at": time_text(endpoint.updated_at),
    }


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """One line of the log."""
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "delivery_status": delivery.status.value,
        "http_status": delivery.http_status,
        "error_code": delivery.error_code or None,
        "error_message": delivery.error_message or None,
        "attempts": delivery.attempts,
        "retry_count": max(0, delivery.tries - 1),
        "created_at": time_text(delivery.created_at),
        "delivered_at": time_text(delivery.delivered_at),
        "next_retry_at": time_text(delivery.next_retry_at),
        "is_test": delivery.is_test,
    }


def attempt_row(attempt: Attempt) -> dict[str, Any]:
    """One try of a delivery."""
    answer = attempt.answer
    return {
        "attempt_number": attempt.attempt_number,
        "trigger": attempt.trigger.value,
        "started_at": time_text(attempt.started_at),
        "duration_ms": attempt.duration_ms,
        "url": attempt.url,
        "request_headers": dict(attempt.request_headers),
        "http_status": answer.http_status,
        "response_headers": dict(answer.response_headers),
        "response_body": answer.response_body,
        "error_code": answer.error_code.value if answer.error_code else None,
        "error_message": answer.error_message or None,
    }


def curl_text(method: str, attempt: Attempt, body: str) -> str:
    """The request of a try as a command for a shell, secrets masked."""
    parts = ["curl", "-X", method, shlex.quote(attempt.url)]
    for name, value in attempt.request_headers.items():
        parts += ["-H", shlex.quote(f"{name}: {value}")]
    return " ".join([*parts, "--data-raw", shlex.quote(body)])


def statistics_row(found: Statistics, days: int) -> dict[str, Any]:
    """The statistics of webhooks.md §7."""
    all_of_them = found.deliveries
    return {
        "period": {"start": time_text(found.since), "end": time_text(found.until), "days": days},
        "webhooks": {
            "total": found.webhooks,
            "active": found.active_webhooks,
            "inactive": found.webhooks - found.active_webhooks,
        },
        "deliveries": {**_counts(all_of_them), "success_rate": found.success_rate},
        "event_types": {kind: _counts(counts) for kind, counts in sorted(found.by_type.items())},
        "days": {day: _counts(counts) for day, counts in found.by_day.items()},
        "duration_ms": {"median": found.duration_ms(0.5), "p95": found.duration_ms(0.95)},
        "attempts_per_delivery": round(found.attempts / all_of_them.total, 2) if all_of_them.total else 0.0,
    }


def _counts(counts: Counts) -> Mapping[str, int]:
    return {
        "total": counts.total,
        "successful": counts.successful,
        "failed": counts.failed,
        "pending": counts.pending,
    }
