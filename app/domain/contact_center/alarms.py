"""Limits that a person sets on the numbers of a group, and the alarms while one is crossed (contact-center.md §5.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.contact_center.queues import QueueMetrics


class Metric(StrEnum):
    """What a limit can be set on; waits are in seconds, shares in percent."""

    WAITING = "waiting"
    WAIT = "avg_wait"
    OPERATORS = "operators"
    ANSWERED = "answered_pct"
    SERVICE_LEVEL = "service_level_pct"

    @property
    def is_floor(self) -> bool:
        """Whether less than the limit is bad, rather than more."""
        return self in {Metric.OPERATORS, Metric.ANSWERED, Metric.SERVICE_LEVEL}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of one group, or with a blank `group_id` of every group that has none of its own.

    Without a `bound` that group gives no alarm for the metric, whatever holds for the others.
    """

    metric: Metric
    bound: float | None
    group_id: str = ""

    def crossed_by(self, value: float | None) -> bool:
        """Whether a value is beyond the limit; what is not known crosses nothing."""
        if value is None or self.bound is None:
            return False
        return value < self.bound if self.metric.is_floor else value > self.bound


@dataclass(frozen=True, slots=True)
class Alarm:
    """A limit that is crossed: the value now, and since when (milliseconds of this computer's clock)."""

    group_id: str
    metric: Metric
    bound: float
    value: float
    since_ms: int
    acknowledged: bool = False

    @property
    def key(self) -> tuple[str, Metric]:
        """What no two alarms share."""
        return self.group_id, self.metric


def value_of(metric: Metric, queue: QueueMetrics) -> float | None:
    """The number that a limit on `metric` is about."""
    match metric:
        case Metric.WAITING:
            return queue.waiting
        case Metric.OPERATORS:
            return queue.operators
        case Metric.WAIT:
            return None if queue.wait_ms is None else queue.wait_ms / 1000
        case Metric.ANSWERED:
            return queue.answered_pct
        case Metric.SERVICE_LEVEL:
            return queue.service_level_pct


def limits_of(thresholds: Iterable[Threshold], group_id: str) -> dict[Metric, Threshold]:
    """The limits that hold for a group: its own before those of all."""
    mine = sorted((t for t in thresholds if t.group_id in {"", group_id}), key=lambda t: t.group_id != "")
    return {t.metric: t for t in mine}


class AlarmBook:
    """The alarms of one connection, from their beginning to their end."""

    def __init__(self) -> None:
        self._alarms: dict[tuple[str, Metric], Alarm] = {}

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Those under way, the oldest first."""
        return tuple(self._alarms.values())

    def look(self, queues: Mapping[str, QueueMetrics], thresholds: Iterable[Threshold], now_ms: int) -> bool:
        """Compare the numbers of all groups with the limits; whether an alarm began, ended or has another value."""
        limits = tuple(thresholds)
        found: dict[tuple[str, Metric], Alarm] = {}
        for group_id, queue in queues.items():
            for metric, limit in limits_of(limits, group_id).items():
                value = value_of(metric, queue)
                if value is not None and limit.bound is not None and limit.crossed_by(value):
                    found[group_id, metric] = self._alarm(group_id, limit.bound, metric, value, now_ms)
        kept = {key: found[key] for key in self._alarms if key in found}
        before, self._alarms = self._alarms, kept | found
        return before != self._alarms

    def _alarm(self, group_id: str, bound: float, metric: Metric, value: float, now_ms: int) -> Alarm:
        known = self._alarms.get((group_id, metric))
        if known is None:
            return Alarm(group_id, metric, bound, value, now_ms)
        return replace(known, bound=bound, value=value)

    def acknowledge(self, keys: Iterable[tuple[str, Metric]]) -> None:
        """A person has seen these; one that ends and comes again is a new one."""
        for key in keys:
            if known := self._alarms.get(key):
                self._alarms[key] = replace(known, acknowledged=True)
