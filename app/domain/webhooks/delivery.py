"""One event on its way to one endpoint, each try of it, and what the other side answered (webhooks.md §2, §7)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.webhooks.error_codes import ErrorCode

PREFIX = "dlv_"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS_OF_ID = 26
MOST_KEPT_BYTES = 4096
"""How much of an answer is kept (webhooks.md §2)."""


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def over(self) -> bool:
        """Whether nothing more is sent by itself."""
        return self not in {DeliveryStatus.PENDING, DeliveryStatus.SENDING}


class Trigger(StrEnum):
    """Why a try was made."""

    INITIAL = "initial"
    AUTOMATIC = "automatic"
    MANUAL = "manual"
    BULK = "bulk"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint; `body` is what is sent, byte for byte, on every try.

    `tries` counts those that the ladder made, `attempts` also those by hand. `manual` says that the next one is by
    hand. `webhook-id` is the `id`.
    """

    id: str
    webhook_id: str
    event_id: str
    event_type: str
    body: str | None
    status: DeliveryStatus
    created_at: datetime
    next_retry_at: datetime | None = None
    delivered_at: datetime | None = None
    tries: int = 0
    attempts: int = 0
    http_status: int | None = None
    response_body: str = ""
    error_code: str = ""
    error_message: str = ""
    is_test: bool = False
    manual: str = ""

    @property
    def trigger(self) -> Trigger:
        """Why the next try is made."""
        if self.is_test:
            return Trigger.TEST
        if self.manual:
            return Trigger(self.manual)
        return Trigger.AUTOMATIC if self.tries else Trigger.INITIAL


@dataclass(frozen=True, slots=True)
class Answer:
    """How one try ended; without `error_code` it arrived. `retry_after_s` is how long the receiver asked to wait."""

    http_status: int | None = None
    error_code: ErrorCode | None = None
    error_message: str = ""
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
    retry_after_s: float | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver took it: any 2xx (webhooks.md §6)."""
        return self.error_code is None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try as the log keeps it; `request_headers` without secrets."""

    delivery_id: str
    attempt_number: int
    trigger: Trigger
    started_at: datetime
    duration_ms: int
    url: str
    request_headers: Mapping[str, str]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days tries with bodies are kept, and deliveries themselves; the counts of days are kept for ever."""

    attempt_days: int = 30
    delivery_days: int = 180


def new_delivery_id() -> str:
    """`dlv_` and 26 characters that sort by time (Crockford's base 32, as ULIDs are written); never holds a dot."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return PREFIX + "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_LETTERS_OF_ID)))
