"""Sums over the buckets of a chart (contact-center.md §5.2-§5.4, §11.4, §11.6)."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact_center.days import HOUR_MS, Span, windows
from app.domain.contact_center.sums import Buckets, Grid, IntervalSums, bucketed, grid, one_step_a_day

STEP = 300_000
MINUTE = 60_000
OSLO = ZoneInfo("Europe/Oslo")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
Row = tuple[Any, ...]


def interval(at: int = 0, offered: int = 0, handled: int = 0, lost: int = 0, **more: Any) -> Row:
    """What the store gives for one interval: times as what they come to, with the contacts they are known of."""
    aht, post = more.get("aht_ms"), more.get("post_ms")
    times = [part for time in (aht, post) for part in ((time or 0) * handled, 0 if time is None else handled)]
    return (at * STEP, more.get("step", STEP), offered, handled, lost, None, None, None, *times)


def day_grid(length: int = 4) -> Grid:
    return Grid(np.arange(0, length * STEP, STEP), length * STEP)


def one_bucket(*rows: Row) -> Buckets:
    return bucketed(IntervalSums.of_rows(rows), Grid(np.array([0]), 1_000 * STEP))


class TestIntervals:
    def test_times_weigh_by_the_contacts_handled(self) -> None:
        day = one_bucket(interval(0, 12, 10, 2, aht_ms=300_000, post_ms=10_000), interval(1, 1, 1, 0, aht_ms=80_000))
        assert (day.offered[0], day.handled[0], day.lost[0]) == (13, 11, 2)
        assert day.aht_ms[0] == (10 * 300_000 + 80_000) / 11
        assert day.post_ms[0] == 10_000  # of the interval alone that says it

    def test_rates_are_of_what_was_offered(self) -> None:
        day = one_bucket(interval(0, 14, 11, 3))
        assert (day.answer_rate[0], day.abandon_rate[0]) == (11 / 14, 3 / 14)

    def test_workload_is_handling_and_after_call_work(self) -> None:
        assert one_bucket(interval(0, 11, 11, 0, aht_ms=287_000, post_ms=12_000)).workload_ms[0] == 11 * 299_000

    def test_workload_is_unknown_where_nobody_knows_how_long(self) -> None:
        assert math.isnan(one_bucket(interval(0, 5, 5, 0)).workload_ms[0])

    def test_nothing_handled_leaves_times_undefined_and_not_zero(self) -> None:
        quiet = one_bucket(interval(0, 3, 0, 3), interval(1))
        assert math.isnan(quiet.aht_ms[0])
        assert math.isnan(quiet.post_ms[0])
        assert quiet.workload_ms[0] == 0

    def test_nothing_offered_leaves_rates_undefined(self) -> None:
        quiet = one_bucket()
        assert math.isnan(quiet.answer_rate[0])
        assert math.isnan(quiet.abandon_rate[0])

    def test_missing_intervals_have_no_contacts_and_no_times(self) -> None:
        found = bucketed(IntervalSums.of_rows([interval(1, 2, 2, 0, aht_ms=5)]), day_grid())
        assert found.offered.tolist() == [0, 2, 0, 0]
        assert np.isnan(found.aht_ms).tolist() == [True, False, True, True]

    def test_what_lies_outside_is_left_out_and_an_odd_beginning_counts_where_it_lies(self) -> None:
        odd = (STEP + 1000, STEP, 1, 1, 0, None, None, None, 0, 0, 0, 0)
        found = bucketed(IntervalSums.of_rows([odd, interval(9, 5), interval(-1, 5)]), day_grid())
        assert found.offered.tolist() == [0, 1, 0, 0]

    @given(st.lists(st.tuples(st.integers(0, 287), st.integers(0, 500)), max_size=40), st.randoms())
    def test_hours_are_the_sums_of_their_intervals(self, pairs: list[tuple[int, int]], chance: Any) -> None:
        rows = [interval(at, count) for at, count in pairs]
        chance.shuffle(rows)
        sums = IntervalSums.of_rows(rows)
        fine = bucketed(sums, Grid(np.arange(0, 24 * HOUR_MS, STEP), 24 * HOUR_MS)).offered
        coarse = bucketed(sums, Grid(np.arange(0, 24 * HOUR_MS, HOUR_MS), 24 * HOUR_MS)).offered
        assert fine.reshape(24, 12).sum(axis=1).tolist() == coarse.tolist()


class TestLengths:
    def days(self) -> Grid:
        return Grid(np.array([0, 24 * HOUR_MS]), 48 * HOUR_MS)

    def test_a_day_fetched_in_two_lengths_counts_once(self) -> None:
        quarters = [interval(at, 30, step=3 * STEP) for at in range(0, 288, 3)]
        fives = [interval(at, 10) for at in range(288)]
        sums, chosen = one_step_a_day(IntervalSums.of_rows([*quarters, *fives]), self.days())
        assert sums.offered.sum() == 2880
        assert chosen.tolist() == [STEP, 0]

    def test_the_length_that_most_of_a_day_is_known_in_counts(self) -> None:
        quarters = [interval(at, 30, step=3 * STEP) for at in range(0, 288, 3)]
        sums, chosen = one_step_a_day(IntervalSums.of_rows([*quarters, interval(0, 10)]), self.days())
        assert chosen[0] == 3 * STEP
        assert sums.offered.sum() == 2880

    def test_each_day_may_have_its_own(self) -> None:
        rows = [interval(at, 10) for at in range(288)] + [interval(at, 30, step=3 * STEP) for at in range(288, 576, 3)]
        sums, chosen = one_step_a_day(IntervalSums.of_rows(rows), self.days())
        assert chosen.tolist() == [STEP, 3 * STEP]
        assert sums.offered.sum() == 5760


class TestBuckets:
    @pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
    def test_a_day_has_the_hours_that_its_clocks_give_it(self, day: date, hours: int) -> None:
        assert len(grid(day, day, OSLO, HOUR_MS).starts) == hours
        assert len(grid(day, day, OSLO, STEP).starts) == 12 * hours
        assert np.diff(grid(day, day, OSLO, None).edges).tolist() == [hours * HOUR_MS]

    def test_each_day_begins_at_its_own_midnight(self) -> None:
        days = [SPRING - timedelta(days=1), SPRING, SPRING + timedelta(days=1)]
        found = grid(days[0], days[-1], OSLO, {days[0]: STEP, days[1]: 3 * STEP, days[2]: STEP})
        midnights = [w.span.start_ms for w in windows(days[0], days[-1], OSLO)]
        assert set(midnights) <= set(found.starts.tolist())
        assert len(found.starts) == 288 + 92 + 288

    def test_those_within_spans_are_known(self) -> None:
        assert day_grid().within([Span(0, STEP), Span(2 * STEP, 2 * STEP + 1)]).tolist() == [True, False, True, False]


class TestStretches:
    def time(self, *pairs: tuple[int, int], into: Grid) -> list[float]:
        starts, ends = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        return [float(part) for part in into.time(starts * MINUTE, ends * MINUTE) / MINUTE]

    def test_over_midnight_each_day_gets_its_own_part(self) -> None:
        days = Grid(np.array([0, 24 * HOUR_MS]), 48 * HOUR_MS)
        assert self.time((24 * 60 - 10, 24 * 60 + 20), into=days) == [10, 20]

    def test_what_lasts_longer_than_all_buckets_fills_them(self) -> None:
        assert self.time((-100, 100), into=day_grid()) == [5, 5, 5, 5]

    def test_side_by_side_all_count(self) -> None:
        assert self.time((0, 5), (1, 3), into=day_grid()) == [7, 0, 0, 0]

    def test_without_any_there_is_no_time(self) -> None:
        assert self.time(into=day_grid()) == [0, 0, 0, 0]

    @given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 60)), max_size=30))
    def test_the_parts_are_the_whole(self, pairs: list[tuple[int, int]]) -> None:
        whole = Grid(np.array([0]), 4 * STEP)
        stretches = [(start, start + length) for start, length in pairs]
        assert sum(self.time(*stretches, into=day_grid())) == self.time(*stretches, into=whole)[0]
