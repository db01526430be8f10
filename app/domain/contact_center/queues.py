"""Numbers of queues, worked out of the load of their groups (contact-center.md §5.9)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.contact_center.records import GroupLoad, looks_like_ratio

CURRENT_MS = 300_000


@dataclass(frozen=True, slots=True)
class QueueMetrics:
    """One queue, which is a group, at one moment; the fields stand as the store keeps them.

    `lost_estimate` is no count of the platform's. What was not said is None.
    """

    taken_ms: int
    group_id: str
    service_id: str
    waiting: int
    operators: int
    in_conversation: int | None = None
    received: int | None = None
    answered: int | None = None
    answered_pct: float | None = None
    service_level_pct: float | None = None
    wait_ms: int | None = None
    lost_estimate: int | None = None

    def is_current(self, now_ms: int) -> bool:
        """Whether it is not older than five minutes."""
        return now_ms - self.taken_ms <= CURRENT_MS

    @property
    def doubts_ratio(self) -> bool:
        """Whether `answered_pct` may be a ratio."""
        return looks_like_ratio(self.answered_pct, self.received, self.answered)


def queue_metrics(load: GroupLoad, taken_ms: int, target_answer_seconds: float | None) -> QueueMetrics:
    """The queue of a group; the service level only where it is known which seconds it means."""
    return QueueMetrics(
        taken_ms=taken_ms,
        group_id=load.group_id,
        service_id=load.service_id,
        waiting=load.waiting,
        operators=load.operators,
        in_conversation=load.in_conversation,
        received=load.received,
        answered=load.answered,
        answered_pct=load.answered_pct,
        service_level_pct=_service_level(load) if target_answer_seconds else None,
        wait_ms=load.wait_ms,
        lost_estimate=_lost(load),
    )


def _service_level(load: GroupLoad) -> float | None:
    if load.answered_in_time is None or not load.received:
        return None
    return load.answered_in_time / load.received * 100


def _lost(load: GroupLoad) -> int | None:
    """Who came and neither was answered nor is still there."""
    if load.received is None or load.answered is None:
        return None
    return max(0, load.received - load.answered - load.waiting - (load.in_conversation or 0))
