"""Amount, rate and time left of a run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.progress import Meter, Progress


def test_nothing_is_known_before_the_run_says_anything() -> None:
    assert Meter().read(0.0) == Progress()


def test_the_amount_is_unknown_until_a_total_is_said() -> None:
    meter = Meter()
    meter.progressed(0.0, "Fetching offices", 0, 0)
    assert meter.read(2.0) == Progress("Fetching offices")


def test_rate_and_time_left_follow_from_the_amount() -> None:
    meter = Meter()
    meter.progressed(0.0, "Fetching pictures", 0, 340)
    meter.progressed(4.0, "Fetching pictures", 160, 340)
    assert meter.read(4.0) == Progress("Fetching pictures", 160, 340, 40.0, 4.5)


def test_no_rate_is_shown_on_the_evidence_of_a_moment() -> None:
    meter = Meter()
    meter.progressed(0.0, "Fetching pictures", 0, 340)
    meter.progressed(0.2, "Fetching pictures", 30, 340)
    assert meter.read(0.2).per_second is None
    assert meter.read(0.2).left_s is None


def test_outcomes_count_where_the_run_names_only_the_total() -> None:
    meter = Meter()
    meter.progressed(0.0, "Storing offices", 0, 14)
    meter.reported(1.0, 14)
    assert meter.read(1.0).done == 14


def test_outcomes_count_without_any_total() -> None:
    meter = Meter()
    meter.reported(0.0, 3)
    assert meter.read(0.0) == Progress(done=3)


def test_progress_and_outcomes_of_the_same_things_are_not_added_up() -> None:
    meter = Meter()
    for done in range(1, 21):
        meter.progressed(done / 10, "Fetching pictures", done, 340)
    meter.reported(2.0, 10)
    meter.reported(2.0, 10)
    assert meter.read(2.0).done == 20


def test_each_thing_the_run_does_is_counted_by_itself() -> None:
    meter = Meter()
    meter.progressed(0.0, "Storing offices", 0, 14)
    meter.reported(1.0, 14)
    meter.progressed(1.0, "Fetching employees", 0, 0)
    assert meter.read(5.0) == Progress("Fetching employees")


def test_a_count_that_starts_again_is_measured_again() -> None:
    meter = Meter()
    meter.progressed(0.0, "Fetching pictures", 0, 100)
    meter.progressed(5.0, "Fetching pictures", 100, 100)
    meter.progressed(6.0, "Fetching pictures", 0, 50)
    assert meter.read(6.5) == Progress("Fetching pictures", 0, 50)


def test_the_rate_is_that_of_the_last_ten_seconds() -> None:
    meter = Meter()
    for second in range(0, 101):
        meter.progressed(second, "Fetching pictures", second, 1000)
    for second in range(101, 121):
        meter.progressed(second, "Fetching pictures", 100 + 10 * (second - 100), 1000)
    assert meter.read(120).per_second == pytest.approx(10.0)


def test_a_run_that_stands_still_promises_no_time() -> None:
    meter = Meter()
    meter.progressed(0.0, "Fetching pictures", 0, 340)
    meter.progressed(2.0, "Fetching pictures", 80, 340)
    slowed, stopped = meter.read(6.0), meter.read(60.0)
    assert slowed.per_second == pytest.approx(80 / 6)
    assert (stopped.done, stopped.per_second, stopped.left_s) == (80, None, None)


_SAID = st.tuples(st.floats(0, 5), st.integers(0, 50), st.integers(0, 40), st.booleans())


@given(st.lists(_SAID, min_size=1, max_size=40))
def test_the_amount_never_exceeds_the_total_and_nothing_is_negative(steps: list[tuple[float, int, int, bool]]) -> None:
    meter, moment = Meter(), 0.0
    for pause, done, total, said in steps:
        moment += pause
        if said:
            meter.progressed(moment, "Fetching pictures", done, total)
        else:
            meter.reported(moment, done)
        shown = meter.read(moment)
        assert shown.done >= 0
        assert not shown.total or shown.done <= shown.total
        assert shown.per_second is None or shown.per_second > 0
        assert shown.left_s is None or shown.left_s >= 0
