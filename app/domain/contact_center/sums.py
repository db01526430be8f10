"""Sums of a history over the buckets of a chart: the platform's intervals, hours, days (contact-center.md §5).

Counts add, times add weighed by what was handled and are divided last; a stretch of time gives each bucket the part
that lies in it. Works on arrays: a year of intervals of five minutes is more than a hundred thousand of them. The store
makes each status count once and adds up groups; days have 23 or 25 hours where clocks change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.contact_center.days import HOUR_MS, Span, midnight_ms

Moments = NDArray[np.int64]
Amounts = NDArray[np.float64]
_DAY = timedelta(days=1)
_SLICE = 500


@dataclass(frozen=True, slots=True)
class Grid:
    """Buckets in a row without gaps, by their beginnings in milliseconds; the last one ends at `end_ms`."""

    starts: Moments
    end_ms: int

    @property
    def edges(self) -> Moments:
        """All beginnings, and the end."""
        return np.append(self.starts, np.int64(self.end_ms))

    def total(self, moments: Moments, amounts: Amounts) -> Amounts:
        """What falls into each bucket; what lies outside of all is left out."""
        inside = (moments >= self.starts[0]) & (moments < self.end_ms)
        at = np.searchsorted(self.starts, moments[inside], side="right") - 1
        return np.bincount(at, weights=amounts[inside], minlength=len(self.starts)).astype(np.float64)

    def time(self, starts: Moments, ends: Moments) -> Amounts:
        """Milliseconds of the stretches that lie in each bucket; stretches side by side all count."""
        first = self.starts[0]
        edges = self.edges - first  # small numbers: their sums stay whole
        before = _passed(edges, starts - first) - _passed(edges, np.maximum(starts, ends) - first)
        return np.diff(before).astype(np.float64)

    def within(self, spans: Iterable[Span]) -> NDArray[np.bool_]:
        """Which buckets begin in one of the spans."""
        found = np.zeros(len(self.starts), dtype=bool)
        for span in spans:
            found |= (self.starts >= span.start_ms) & (self.starts < span.end_ms)
        return found


def _passed(edges: Moments, moments: Moments) -> Moments:
    """How long ago, at each edge, the moments before it were in all."""
    ordered = np.sort(moments)
    count = np.searchsorted(ordered, edges)
    sums = np.concatenate(([0], np.cumsum(ordered)))
    return (count * edges - sums[count]).astype(np.int64)


def grid(first: date, last: date, zone: tzinfo, step_ms: Mapping[date, int] | int | None) -> Grid:
    """Buckets of days, both included: of so many milliseconds, counted from each midnight; whole days for None.

    Platforms count their intervals from the beginning of the day too (§4).
    """
    parts, day = [], first
    midnight = midnight_ms(first, zone)
    while day <= last:
        following = midnight_ms(day + _DAY, zone)
        step = step_ms[day] if isinstance(step_ms, Mapping) else step_ms
        parts.append(np.arange(midnight, following, step or following - midnight, dtype=np.int64))
        day, midnight = day + _DAY, following
    return Grid(np.concatenate(parts), midnight)


def as_table(rows: Sequence[tuple[Any, ...]], columns: int) -> NDArray[np.float64]:
    """Rows of numbers as an array, None as NaN; in slices, as numpy lets no other thread in while it reads a list."""
    table = np.empty((len(rows), columns))
    for at in range(0, len(rows), _SLICE):
        table[at : at + _SLICE] = rows[at : at + _SLICE]
    return table


@dataclass(frozen=True, slots=True)
class IntervalSums:
    """Intervals of several groups added up, as the store gives them: one place per interval in every array.

    `aht_of` and `post_of` count the contacts whose times are known; `aht_ms` and `post_ms` are their times together.
    """

    start_ms: Moments
    step_ms: Moments
    offered: Amounts
    handled: Amounts
    lost: Amounts
    unique_offered: Amounts
    unique_handled: Amounts
    unique_lost: Amounts
    aht_ms: Amounts
    aht_of: Amounts
    post_ms: Amounts
    post_of: Amounts

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[Any, ...]]) -> IntervalSums:
        """From rows in the order of the fields; what is missing in a row counts nothing."""
        start, step, *sums = np.nan_to_num(as_table(rows, 12), nan=0.0).T
        return cls(start.astype(np.int64), step.astype(np.int64), *(np.ascontiguousarray(each) for each in sums))

    def kept(self, which: NDArray[np.bool_]) -> IntervalSums:
        """Those intervals alone."""
        return IntervalSums(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def one_step_a_day(sums: IntervalSums, days: Grid) -> tuple[IntervalSums, Moments]:
    """Intervals of one length per day: the length that most of the day is known in, or the finer one of two.

    A day that was fetched in two lengths would count twice. Also gives the length of each day, 0 without any.
    """
    lengths, kind = np.unique(sums.step_ms, return_inverse=True)
    if not len(lengths):
        return sums, np.zeros(len(days.starts), dtype=np.int64)
    day = np.searchsorted(days.starts, sums.start_ms, side="right") - 1
    inside = day >= 0
    covered = np.zeros((len(days.starts), len(lengths)))
    np.add.at(covered, (day[inside], kind[inside]), sums.step_ms[inside])
    best = covered.argmax(axis=1)
    chosen = np.where(covered.max(axis=1) > 0, lengths[best], 0)
    return sums.kept(inside & (best[day] == kind)), chosen.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Buckets:
    """What the intervals of each bucket come to (§5.2). Times are None (NaN) where nothing was handled."""

    offered: Amounts
    handled: Amounts
    lost: Amounts
    unique_offered: Amounts
    unique_handled: Amounts
    unique_lost: Amounts
    aht_ms: Amounts
    post_ms: Amounts
    workload_ms: Amounts
    answer_rate: Amounts
    abandon_rate: Amounts


def bucketed(sums: IntervalSums, into: Grid) -> Buckets:
    """Counts add, times weigh by the contacts handled. No service level: a history knows no waiting times."""

    def added(amounts: Amounts) -> Amounts:
        return into.total(sums.start_ms, amounts)

    offered, handled, lost = added(sums.offered), added(sums.handled), added(sums.lost)
    aht, post = added(sums.aht_ms), added(sums.post_ms)
    aht_of, post_of = added(sums.aht_of), added(sums.post_of)
    average, after = ratio(aht, aht_of), ratio(post, post_of)
    workload = np.where(handled > 0, handled * (average + np.nan_to_num(after)), 0.0)  # NaN where nobody knows how long
    return Buckets(
        offered, handled, lost, added(sums.unique_offered), added(sums.unique_handled), added(sums.unique_lost),
        average, after, workload, ratio(handled, offered), ratio(lost, offered),
    )  # fmt: skip


def ratio(part: Amounts, whole: Amounts) -> Amounts:
    """Part of whole; undefined (NaN) where there is no whole."""
    found: Amounts = np.full(len(part), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def hours(milliseconds: Amounts) -> Amounts:
    """Milliseconds in hours."""
    return milliseconds / HOUR_MS
