"""When something runs by itself: intervals, cron expressions, quiet hours (connections.md §11)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.timing import Timing, next_time, quiet_until, today, upcoming
from app.errors import UsageError

OWN_S = 900
MOSCOW, OSLO = "Europe/Moscow", "Europe/Oslo"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


NOON = at("2026-03-05T12:00")


class TestIntervals:
    def test_without_one_the_connection_decides(self) -> None:
        assert next_time(Timing(), NOON, OWN_S) == NOON + timedelta(seconds=900)
        assert next_time(Timing(every_s=60), NOON, OWN_S) == NOON + timedelta(seconds=60)

    @pytest.mark.parametrize(("chance", "seconds"), [(0.0, 810), (0.5, 900), (1.0, 990)])
    def test_start_times_are_spread_by_ten_percent(self, chance: float, seconds: int) -> None:
        assert next_time(Timing(), NOON, OWN_S, chance) == NOON + timedelta(seconds=seconds)

    @pytest.mark.parametrize("seconds", [1, 59, 86_401, -5])
    def test_an_interval_is_a_minute_to_a_day(self, seconds: int) -> None:
        with pytest.raises(UsageError, match="60 to 86400"):
            Timing(every_s=seconds)

    def test_either_an_interval_or_a_cron_expression(self) -> None:
        with pytest.raises(UsageError, match="not by both"):
            Timing(every_s=60, cron="* * * * *")


class TestCron:
    def test_a_time_of_day_is_that_of_its_zone(self) -> None:
        assert next_time(Timing(cron="0 3 * * *", zone=MOSCOW), NOON, OWN_S, 0.0) == at("2026-03-06T03:00", MOSCOW)

    def test_it_stays_at_its_time_when_the_clock_changes(self) -> None:
        times = upcoming(Timing(cron="0 8 * * *", zone=OSLO), at("2026-03-27T12:00"), OWN_S, 3)
        assert times == [at("2026-03-28T07:00"), at("2026-03-29T06:00"), at("2026-03-30T06:00")]

    def test_a_time_that_the_clock_leaves_out_runs_right_after_it(self) -> None:
        due = next_time(Timing(cron="30 2 * * *", zone=OSLO), at("2026-03-28T12:00"), OWN_S, 0.0)
        assert due == at("2026-03-29T03:00", OSLO)

    def test_a_time_that_comes_twice_runs_once(self) -> None:
        times = upcoming(Timing(cron="30 2 * * *", zone=OSLO), at("2026-10-24T12:00"), OWN_S, 2)
        assert [moment.date() for moment in times] == [date(2026, 10, 25), date(2026, 10, 26)]

    def test_it_is_only_ever_later_and_by_ten_minutes_at_most(self) -> None:
        daily, often = Timing(cron="0 3 * * *", zone="UTC"), Timing(cron="0 * * * *", zone="UTC")
        assert next_time(daily, NOON, OWN_S, 1.0) == at("2026-03-06T03:10")
        assert next_time(often, NOON, OWN_S, 1.0) == at("2026-03-05T13:06")

    @pytest.mark.parametrize("text", ["x", "* * * *", "0 0 31 2 *", "61 * * * *", "* * * * * *", "0 3 * * * ; rm"])
    def test_what_never_comes_true_is_refused(self, text: str) -> None:
        with pytest.raises(UsageError, match="is not a cron expression"):
            Timing(cron=text)

    def test_an_unknown_zone_is_refused(self) -> None:
        with pytest.raises(UsageError, match="is not a time zone"):
            Timing(zone="Europe/Nowhere")


class TestQuietHours:
    def test_what_is_due_in_them_waits_for_their_end(self) -> None:
        timing = Timing(quiet="22:00-06:00", zone=MOSCOW)
        assert next_time(timing, at("2026-03-05T21:50", MOSCOW), OWN_S) == at("2026-03-06T06:00", MOSCOW)
        assert next_time(timing, at("2026-03-05T21:40", MOSCOW), OWN_S) == at("2026-03-05T21:55", MOSCOW)
        assert next_time(timing, at("2026-03-06T05:30", MOSCOW), OWN_S) == at("2026-03-06T06:00", MOSCOW)

    def test_they_may_lie_within_a_day(self) -> None:
        timing = Timing(quiet="08:00-16:30", zone="UTC")
        assert quiet_until(timing, NOON) == at("2026-03-05T16:30")
        assert quiet_until(timing, at("2026-03-05T16:30")) is None
        assert quiet_until(timing, at("2026-03-05T07:59")) is None

    @pytest.mark.parametrize("text", ["22-6", "22:00-22:00", "24:00-06:00", "22:00 - 06:00", "22:60-06:00"])
    def test_what_are_no_hours_is_refused(self, text: str) -> None:
        with pytest.raises(UsageError, match="quiet hours"):
            Timing(quiet=text)

    @given(
        minutes=st.integers(0, 366 * 24 * 60),
        begin=st.times(),
        end=st.times(),
        zone=st.sampled_from(["UTC", OSLO, MOSCOW, "Australia/Lord_Howe", "America/New_York"]),
    )
    def test_their_end_is_always_ahead_and_outside(self, minutes: int, begin: object, end: object, zone: str) -> None:
        first, last = f"{begin:%H:%M}", f"{end:%H:%M}"
        if first == last:
            return
        timing = Timing(quiet=f"{first}-{last}", zone=zone)
        moment = at("2026-01-01T00:00") + timedelta(minutes=minutes)
        until = quiet_until(timing, moment)
        if until is not None:
            assert moment < until <= moment + timedelta(hours=26)


class TestToday:
    def test_the_day_is_that_of_the_zone(self) -> None:
        night = at("2026-03-05T22:30")
        assert today(Timing(zone=MOSCOW), night) == date(2026, 3, 6)
        assert today(Timing(zone="UTC"), night) == date(2026, 3, 5)
