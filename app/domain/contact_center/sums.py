"""Sums over intervals (contact-center.md §5.2): counts add, times weigh by what was handled, and a time that nothing
was handled in is undefined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.contact_center.days import HOUR_MS, Span
from app.domain.contact_center.records import IntervalMetrics


@dataclass(frozen=True, slots=True)
class GroupTotals:
    """What several intervals come to. The order in which they are added makes no difference.

    `aht_weight` and `post_weight` count the contacts whose times are known, `aht_sum_ms` and `post_sum_ms` are their
    times together.
    """

    offered: int = 0
    handled: int = 0
    lost: int = 0
    unique_offered: int = 0
    unique_handled: int = 0
    unique_lost: int = 0
    aht_weight: int = 0
    aht_sum_ms: int = 0
    post_weight: int = 0
    post_sum_ms: int = 0

    def __add__(self, other: GroupTotals) -> GroupTotals:
        return GroupTotals(
            self.offered + other.offered,
            self.handled + other.handled,
            self.lost + other.lost,
            self.unique_offered + other.unique_offered,
            self.unique_handled + other.unique_handled,
            self.unique_lost + other.unique_lost,
            self.aht_weight + other.aht_weight,
            self.aht_sum_ms + other.aht_sum_ms,
            self.post_weight + other.post_weight,
            self.post_sum_ms + other.post_sum_ms,
        )

    @property
    def aht_ms(self) -> float | None:
        """Average handling time; None where nothing was handled."""
        return self.aht_sum_ms / self.aht_weight if self.aht_weight else None

    @property
    def post_ms(self) -> float | None:
        """Average after-call time; None where nothing was handled."""
        return self.post_sum_ms / self.post_weight if self.post_weight else None

    @property
    def answer_rate(self) -> float | None:
        """Handled of offered, 0 to 1. No service level: the history knows no waiting times."""
        return self.handled / self.offered if self.offered else None

    @property
    def abandon_rate(self) -> float | None:
        """Lost of offered, 0 to 1."""
        return self.lost / self.offered if self.offered else None

    @property
    def workload_hours(self) -> float | None:
        """Hours of handling and after-call work; None where contacts were handled and nobody knows how long."""
        if self.handled and self.aht_ms is None:
            return None
        return self.handled * ((self.aht_ms or 0.0) + (self.post_ms or 0.0)) / HOUR_MS

    def occupancy(self, staffed_hours: float) -> float | None:
        """Workload of staffed time; only where agents were there."""
        if staffed_hours <= 0 or self.workload_hours is None:
            return None
        return self.workload_hours / staffed_hours


def totals(intervals: Iterable[IntervalMetrics]) -> GroupTotals:
    """What the intervals come to."""
    return sum(map(_of_one, intervals), GroupTotals())


def _of_one(interval: IntervalMetrics) -> GroupTotals:
    aht_weight = interval.handled if interval.aht_ms is not None else 0
    post_weight = interval.handled if interval.post_ms is not None else 0
    return GroupTotals(
        interval.offered,
        interval.handled,
        interval.lost,
        interval.unique_offered or 0,
        interval.unique_handled or 0,
        interval.unique_lost or 0,
        aht_weight,
        aht_weight * (interval.aht_ms or 0),
        post_weight,
        post_weight * (interval.post_ms or 0),
    )


def with_gaps(intervals: Sequence[IntervalMetrics], span: Span, step_ms: int) -> Iterator[IntervalMetrics]:
    """One group's intervals in a period, in order of time; those that are missing have no contacts and no times.

    Intervals that begin outside the period are left out.
    """
    known = {interval.start_ms: interval for interval in intervals}
    if not known:
        return
    like = intervals[0]
    starts = set(range(span.start_ms, span.end_ms, step_ms))
    starts |= {start for start in known if span.start_ms <= start < span.end_ms}
    for start in sorted(starts):
        yield known.get(start) or IntervalMetrics(start, like.group_id, like.service_id, step_ms)
