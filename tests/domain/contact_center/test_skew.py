"""A platform's wrong clock, told by when its statuses appear and when it says that they began."""

from __future__ import annotations

from app.domain.contact_center.skew import Skew

HOUR, SECOND = 3_600_000, 1_000


def appeared(skew: Skew, *apart: int) -> None:
    """Statuses that appeared one after the other, each dated so far from the truth."""
    for number, ms in enumerate(apart):
        looked = number * 5 * SECOND
        skew.note(looked + 2_500 + ms, looked, looked + 5 * SECOND)


def test_a_right_clock_is_not_told() -> None:
    skew = Skew()
    appeared(skew, 0, -1_000, 2_000, -4_000)
    assert skew.ms == 0


def test_an_hour_ahead_or_behind_is_told() -> None:
    for apart in (HOUR, -HOUR):
        skew = Skew()
        appeared(skew, apart, apart + 900, apart - 1_500)
        assert abs(skew.ms - apart) < 2 * SECOND


def test_a_status_that_was_dated_back_is_no_wrong_clock() -> None:
    skew = Skew()
    appeared(skew, 0, -HOUR, 500, -2 * HOUR, 0)
    assert skew.ms == 0


def test_two_statuses_prove_nothing() -> None:
    skew = Skew()
    appeared(skew, HOUR, HOUR)
    assert skew.ms == 0


def test_after_a_long_silence_nobody_knows_when_a_status_began() -> None:
    skew = Skew()
    for _turn in range(5):
        skew.note(HOUR, 0, 2 * HOUR)
    assert skew.ms == 0


def test_a_status_from_the_future_proves_a_clock_that_is_ahead_at_the_first_look() -> None:
    skew = Skew()
    skew.note_newest(HOUR + 10 * SECOND, 10 * SECOND)
    assert skew.ms == HOUR


def test_an_old_status_at_the_first_look_proves_nothing() -> None:
    skew = Skew()
    skew.note_newest(0, HOUR)
    assert skew.ms == 0
