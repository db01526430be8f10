"""What follows from an answer: delivered, tried again and when, or given up (webhooks.md §6).

Times are those of the wall, so that a sleep of the computer makes what is due due, and a delivery outlives the program.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.webhooks.delivery import Answer, Delivery, DeliveryStatus
from app.domain.webhooks.endpoint import RetryProfile, WebhookEndpoint
from app.domain.webhooks.error_codes import ErrorCode

STANDARD_DELAYS_S = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
MOST_RETRY_AFTER_S = 86_400.0
THROTTLE = timedelta(minutes=10)
LONGEST_SPAN_S = sum(STANDARD_DELAYS_S) * 1.1
GONE = 410
_THROTTLING = frozenset({429, 502, 504})
_NEVER_AGAIN = frozenset({ErrorCode.BLOCKED_ADDRESS, ErrorCode.INVALID_URL})
Draw = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a delivery, and of its endpoint: `gone` switches it off, `throttled_until` slows it down."""

    status: DeliveryStatus
    due: datetime | None = None
    gone: bool = False
    throttled_until: datetime | None = None


def delays_s(endpoint: WebhookEndpoint) -> tuple[float, ...]:
    """Pauses before each repetition, in seconds."""
    if endpoint.retry_profile is RetryProfile.STANDARD:
        return STANDARD_DELAYS_S
    return tuple(endpoint.retry_delay_seconds * 2.0**n for n in range(endpoint.retry_attempts))


def span_s(endpoint: WebhookEndpoint, tried: bool) -> float:
    """After how many seconds a delivery is too old to be tried again by itself.

    One that was never tried is not given up for a short ladder: the program may have been closed meanwhile.
    """
    return sum(delays_s(endpoint)) * 1.1 + endpoint.timeout_seconds if tried else LONGEST_SPAN_S


def jittered(delay_s: float, draw: Draw = random.uniform) -> float:
    """A tenth more or less, at least a second, so that many deliveries do not come back together."""
    spread = max(1.0, delay_s / 10)
    return max(0.0, delay_s + draw(-spread, spread))


def judge(
    endpoint: WebhookEndpoint, delivery: Delivery, answer: Answer, now: datetime, draw: Draw = random.uniform
) -> Verdict:
    """What follows from the answer to the next try of a delivery."""
    if answer.arrived:
        return Verdict(DeliveryStatus.DELIVERED)
    if answer.http_status == GONE:
        return Verdict(DeliveryStatus.FAILED, gone=True)
    throttled = now + THROTTLE if answer.http_status in _THROTTLING else None
    waits = delays_s(endpoint)
    if answer.error_code in _NEVER_AGAIN or delivery.tries >= len(waits) or delivery.is_test:
        return Verdict(DeliveryStatus.FAILED, throttled_until=throttled)
    wait = max(jittered(waits[delivery.tries], draw), min(answer.retry_after_s or 0.0, MOST_RETRY_AFTER_S))
    return Verdict(DeliveryStatus.PENDING, now + timedelta(seconds=wait), throttled_until=throttled)
