"""Numbers of deliveries over a period (webhooks.md §7). Tests are never counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.webhooks.delivery import DeliveryStatus


@dataclass(frozen=True, slots=True)
class Counts:
    """How many deliveries there were, arrived, were given up, and still wait; a cancelled one is in the total alone."""

    total: int = 0
    successful: int = 0
    failed: int = 0
    pending: int = 0

    @classmethod
    def of(cls, status: DeliveryStatus, count: int) -> Counts:
        """So many deliveries that stand there."""
        return cls(
            count,
            count if status is DeliveryStatus.DELIVERED else 0,
            count if status in {DeliveryStatus.FAILED, DeliveryStatus.EXPIRED} else 0,
            count if not status.over else 0,
        )

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.total + other.total,
            self.successful + other.successful,
            self.failed + other.failed,
            self.pending + other.pending,
        )


@dataclass(frozen=True, slots=True)
class Statistics:
    """What became of deliveries, per type of event and per day; `durations_ms` of all tries, the quickest first."""

    since: datetime
    until: datetime
    webhooks: int
    active_webhooks: int
    by_type: Mapping[str, Counts] = field(default_factory=dict)
    by_day: Mapping[str, Counts] = field(default_factory=dict)
    attempts: int = 0
    durations_ms: Sequence[int] = ()

    @property
    def deliveries(self) -> Counts:
        """All together."""
        return sum(self.by_type.values(), Counts())

    @property
    def success_rate(self) -> float:
        """Percent of all deliveries that arrived, with two decimals; 0 when there were none."""
        found = self.deliveries
        return round(100 * found.successful / found.total, 2) if found.total else 0.0

    def duration_ms(self, share: float) -> int | None:
        """The time within which that share of the tries ended; None when there were none."""
        if not self.durations_ms:
            return None
        return self.durations_ms[min(len(self.durations_ms) - 1, int(len(self.durations_ms) * share))]
