"""Sums over intervals (contact-center.md §5.2, §11.6)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact_center.days import Span
from app.domain.contact_center.records import IntervalMetrics
from app.domain.contact_center.sums import totals, with_gaps

STEP = 300_000


def interval(at: int = 0, offered: int = 0, handled: int = 0, lost: int = 0, **more: int | None) -> IntervalMetrics:
    return IntervalMetrics(at * STEP, "g", "1", STEP, offered, handled, lost, **more)  # type: ignore[arg-type]  # times


INTERVALS = st.lists(
    st.builds(
        interval,
        st.integers(0, 287),
        offered=st.integers(0, 500),
        handled=st.integers(0, 500),
        lost=st.integers(0, 500),
        aht_ms=st.none() | st.integers(0, 3_600_000),
        post_ms=st.none() | st.integers(0, 600_000),
    ),
    max_size=30,
)


def test_times_weigh_by_the_contacts_handled() -> None:
    day = totals([interval(0, 12, 10, 2, aht_ms=300_000, post_ms=10_000), interval(1, 1, 1, 0, aht_ms=80_000)])
    assert (day.offered, day.handled, day.lost) == (13, 11, 2)
    assert day.aht_ms == (10 * 300_000 + 80_000) / 11
    assert day.post_ms == 10_000  # of the interval alone that says it


def test_rates_are_of_what_was_offered() -> None:
    day = totals([interval(0, 14, 11, 3)])
    assert day.answer_rate == 11 / 14
    assert day.abandon_rate == 3 / 14


def test_workload_is_handling_and_after_call_work_in_hours() -> None:
    day = totals([interval(0, 11, 11, 0, aht_ms=287_000, post_ms=12_000)])
    assert day.workload_hours == pytest.approx(11 * 299_000 / 3_600_000)
    assert day.occupancy(2.0) == pytest.approx(11 * 299_000 / 7_200_000)


def test_occupancy_needs_staffed_time_that_is_known() -> None:
    assert totals([interval(0, 1, 1, 0, aht_ms=1)]).occupancy(0) is None


def test_nothing_handled_leaves_times_undefined_and_not_zero() -> None:
    quiet = totals([interval(0, 3, 0, 3), interval(1)])
    assert quiet.aht_ms is None
    assert quiet.post_ms is None
    assert quiet.workload_hours == 0


def test_nothing_offered_leaves_rates_undefined() -> None:
    assert totals([]).answer_rate is None
    assert totals([interval()]).abandon_rate is None


def test_workload_is_unknown_where_contacts_were_handled_in_a_time_nobody_knows() -> None:
    assert totals([interval(0, 5, 5, 0)]).workload_hours is None


@given(INTERVALS, st.randoms(use_true_random=False))
def test_the_order_of_intervals_makes_no_difference(intervals: list[IntervalMetrics], chance: random.Random) -> None:
    shuffled = list(intervals)
    chance.shuffle(shuffled)
    assert totals(shuffled) == totals(intervals)


@given(INTERVALS, st.integers(0, 30))
def test_the_sum_of_parts_is_the_sum_of_the_whole(intervals: list[IntervalMetrics], at: int) -> None:
    assert totals(intervals[:at]) + totals(intervals[at:]) == totals(intervals)


class TestMissingIntervals:
    SPAN = Span(0, 4 * STEP)

    def test_have_no_contacts_and_no_times(self) -> None:
        known = [interval(1, 2, 2, 0, aht_ms=5)]
        found = list(with_gaps(known, self.SPAN, STEP))
        assert [i.start_ms // STEP for i in found] == [0, 1, 2, 3]
        assert found[1] is known[0]
        assert (found[0].offered, found[0].handled, found[0].aht_ms) == (0, 0, None)
        assert (found[0].group_id, found[0].service_id) == ("g", "1")

    def test_of_a_group_without_any_stay_missing(self) -> None:
        assert list(with_gaps([], self.SPAN, STEP)) == []

    def test_outside_the_period_are_not_made_up_nor_kept(self) -> None:
        found = list(with_gaps([interval(1), interval(9)], self.SPAN, STEP))
        assert [i.start_ms // STEP for i in found] == [0, 1, 2, 3]

    def test_leave_an_odd_beginning_where_it_is(self) -> None:
        odd = IntervalMetrics(STEP + 1000, "g", "1", STEP, 1, 1)
        assert odd in list(with_gaps([odd], self.SPAN, STEP))
