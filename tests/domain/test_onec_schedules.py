"""Shifts, slices, months and norms (onec-zup.md §5.2, §5.3, §5.5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.onec import ScheduleShift, TimesheetPeriod, batches, months
from app.domain.onec_schedules import (
    MOST_SLICE_MS,
    Period,
    PeriodState,
    Shift,
    ShiftProblem,
    expected_norm,
    in_zone,
    norm_differs,
    period_state,
    shift_problems,
    slices,
    split,
)

MOSCOW, BERLIN, LORD_HOWE = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
HOUR_MS = 3_600_000


def at(text: str, zone: tzinfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


def shift(start: str, end: str, *breaks: tuple[str, str], zone: tzinfo = MOSCOW) -> Shift:
    return Shift(at(start, zone), at(end, zone), tuple(Period(at(a, zone), at(b, zone)) for a, b in breaks))


def hours(made: ScheduleShift) -> tuple[float, float]:
    return made.day_ms / HOUR_MS, made.night_ms / HOUR_MS


class TestDayAndNight:
    @pytest.mark.parametrize(
        ("planned", "day", "night"),
        [
            (shift("03-05 20:00", "03-06 08:00", ("03-06 01:00", "03-06 02:00")), 4, 7),
            (shift("03-08 09:00", "03-08 21:00", ("03-08 13:00", "03-08 14:00")), 11, 0),
            (shift("03-08 22:00", "03-09 06:00"), 0, 8),
            (shift("03-08 06:00", "03-08 22:00"), 16, 0),
            (shift("03-08 00:00", "03-09 00:00"), 16, 8),
            (shift("03-08 21:59", "03-08 22:01"), 1 / 60, 1 / 60),
            (shift("03-08 20:00", "03-09 00:00", ("03-08 21:30", "03-08 22:30")), 1.5, 1.5),
            (shift("03-08 09:00", "03-08 18:00", ("03-08 12:00", "03-08 13:00"), ("03-08 12:30", "03-08 13:30")),
             7.5, 0),
            (shift("03-08 09:00", "03-08 18:00", ("03-08 08:00", "03-08 10:00"), ("03-08 17:00", "03-08 19:00")), 7, 0),
            (shift("03-08 09:00", "03-08 18:00", ("03-08 08:00", "03-08 19:00")), 0, 0),
            (shift("03-08 09:00", "03-08 18:00", ("03-08 20:00", "03-08 21:00")), 9, 0),
            (shift("03-08 09:00", "03-08 18:00", ("03-08 13:00", "03-08 12:00")), 9, 0),
        ],
    )  # fmt: skip
    def test_unpaid_breaks_leave_the_part_they_fall_in(self, planned: Shift, day: float, night: float) -> None:
        assert hours(split(planned, MOSCOW)) == pytest.approx((day, night))

    def test_the_example_of_the_reference_to_the_millisecond(self) -> None:
        made = split(shift("03-05 20:00", "03-06 08:00", ("03-06 01:00", "03-06 02:00")), MOSCOW)
        assert (made.day_ms, made.night_ms) == (14_400_000, 25_200_000)
        assert made.start.isoformat() == "2026-03-05T20:00:00+03:00"

    @pytest.mark.parametrize(
        ("start", "end", "night"), [("03-28 22:00", "03-29 06:00", 7), ("10-24 22:00", "10-25 06:00", 9)]
    )
    def test_a_night_over_the_change_of_the_clocks_has_its_real_length(
        self, start: str, end: str, night: float
    ) -> None:
        assert hours(split(shift(start, end, zone=BERLIN), BERLIN)) == (0, night)

    def test_the_start_is_written_in_the_zone_of_the_connection(self) -> None:
        made = split(shift("03-05 17:00", "03-05 20:00", zone=UTC), MOSCOW)
        assert made.start.isoformat() == "2026-03-05T20:00:00+03:00"
        assert hours(made) == (2, 1)

    def test_wall_time_without_a_zone_is_that_of_the_connection(self) -> None:
        assert in_zone(datetime.fromisoformat("2026-03-05T20:00"), MOSCOW).isoformat() == "2026-03-05T20:00:00+03:00"

    @given(
        st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-01-01")),
        st.integers(1, 60 * 30),
        st.lists(st.tuples(st.integers(-120, 2000), st.integers(0, 600)), max_size=4),
        st.sampled_from([MOSCOW, BERLIN, LORD_HOWE]),
    )
    def test_day_and_night_are_the_length_without_the_breaks(
        self, wall: datetime, minutes: int, breaks: list[tuple[int, int]], zone: ZoneInfo
    ) -> None:
        begun = wall.replace(second=0, microsecond=0, tzinfo=UTC)
        planned = Shift(
            begun.astimezone(zone),
            (begun + timedelta(minutes=minutes)).astimezone(zone),
            tuple(
                Period(begun + timedelta(minutes=after), begun + timedelta(minutes=after + length))
                for after, length in breaks
            ),
        )
        paid = set(range(minutes)) - {m for after, length in breaks for m in range(after, after + length)}
        made = split(planned, zone)
        assert made.day_ms + made.night_ms == len(paid) * 60_000
        nights = (
            (begun + timedelta(minutes=minute)).astimezone(zone).hour in {22, 23, 0, 1, 2, 3, 4, 5} for minute in paid
        )
        assert made.night_ms == sum(nights) * 60_000


class TestSlices:
    def test_none_is_longer_than_a_quarter_of_an_hour(self) -> None:
        made = slices([Period(at("02-14 09:00"), at("02-14 09:39"))], MOSCOW)
        assert [(s.start.isoformat(), s.ms) for s in made] == [
            ("2026-02-14T09:00:00+03:00", 900_000),
            ("2026-02-14T09:15:00+03:00", 900_000),
            ("2026-02-14T09:30:00+03:00", 540_000),
        ]

    def test_periods_come_in_order_and_empty_ones_not_at_all(self) -> None:
        made = slices(
            [
                Period(at("02-14 13:00"), at("02-14 13:05")),
                Period(at("02-14 09:00"), at("02-14 09:05")),
                Period(at("02-14 10:00"), at("02-14 10:00")),
                Period(at("02-14 12:00"), at("02-14 11:00")),
            ],
            MOSCOW,
        )
        assert [s.start.hour for s in made] == [9, 13]

    @given(st.integers(1, 48 * 3_600_000), st.sampled_from([MOSCOW, BERLIN]))
    def test_together_they_are_the_period(self, length: int, zone: ZoneInfo) -> None:
        start = datetime(2026, 3, 28, 20, tzinfo=UTC)
        made = slices([Period(start, start + timedelta(milliseconds=length))], zone)
        assert sum(s.ms for s in made) == length
        assert all(0 < s.ms <= MOST_SLICE_MS for s in made)
        ends = [s.start.astimezone(UTC) + timedelta(milliseconds=s.ms) for s in made]
        assert [s.start.astimezone(UTC) for s in made] == [start, *ends[:-1]]


class TestMonths:
    @pytest.mark.parametrize(
        ("first", "last", "state"),
        [
            (date(2026, 2, 1), date(2026, 2, 28), PeriodState.CLOSED),
            (date(2026, 2, 20), date(2026, 3, 10), PeriodState.PARTLY_CLOSED),
            (date(2026, 3, 1), date(2026, 3, 31), PeriodState.OPEN),
            (date(2026, 12, 1), date(2027, 1, 31), PeriodState.OPEN),
        ],
    )
    def test_months_before_the_current_one_are_closed(self, first: date, last: date, state: PeriodState) -> None:
        assert period_state(first, last, date(2026, 3, 15)) is state

    def test_a_period_is_cut_into_months(self) -> None:
        assert months(date(2026, 1, 20), date(2026, 3, 5)) == (
            (date(2026, 1, 20), date(2026, 1, 31)),
            (date(2026, 2, 1), date(2026, 2, 28)),
            (date(2026, 3, 1), date(2026, 3, 5)),
        )
        assert months(date(2026, 3, 2), date(2026, 3, 1)) == ()
        assert months(date(9999, 12, 1), date.max) == ((date(9999, 12, 1), date.max),)

    def test_halves_mean_something_for_a_whole_month(self) -> None:
        assert TimesheetPeriod("a", date(2026, 2, 1), date(2026, 2, 28)).whole_month
        assert not TimesheetPeriod("a", date(2026, 2, 1), date(2026, 2, 27)).whole_month
        assert not TimesheetPeriod("a", date(2026, 1, 1), date(2026, 2, 28)).whole_month

    def test_people_go_in_groups(self) -> None:
        assert batches(["a", "b", "c"], 2) == (("a", "b"), ("c",))
        assert batches([], 2) == ()


class TestProblems:
    def problems(self, *shifts: Shift) -> list[tuple[int, str]]:
        found = shift_problems(shifts, date(2026, 3, 1), date(2026, 3, 31), MOSCOW)
        return [(place, problem.value) for place, problem in found]

    def test_shifts_that_touch_are_fine(self) -> None:
        assert self.problems(shift("03-08 09:00", "03-08 18:00"), shift("03-08 18:00", "03-09 02:00")) == []

    def test_a_shift_that_begins_on_the_last_day_belongs_to_the_period(self) -> None:
        assert self.problems(shift("03-31 20:00", "04-01 08:00")) == []

    @pytest.mark.parametrize(
        ("wrong", "problem"),
        [
            (shift("03-08 09:00", "03-08 09:00"), ShiftProblem.ENDS_BEFORE_IT_BEGINS),
            (shift("03-08 09:00", "03-09 09:01"), ShiftProblem.OVER_24_HOURS),
            (shift("02-28 23:59", "03-01 08:00"), ShiftProblem.OUTSIDE_PERIOD),
            (shift("03-08 09:00", "03-08 18:00", ("03-08 17:30", "03-08 18:30")), ShiftProblem.BREAK_OUTSIDE_SHIFT),
        ],
    )
    def test_what_cannot_be_sent_is_named(self, wrong: Shift, problem: ShiftProblem) -> None:
        assert self.problems(wrong) == [(0, problem)]

    def test_shifts_that_overlap_are_named_in_whatever_order(self) -> None:
        early, late = shift("03-08 09:00", "03-08 18:00"), shift("03-08 17:00", "03-08 20:00")
        assert self.problems(late, early) == [(0, ShiftProblem.OVERLAPS)]

    def test_a_shift_of_25_hours_by_the_wall_clock_alone_is_fine(self) -> None:
        planned = shift("03-28 12:00", "03-29 13:00", zone=BERLIN)
        assert not shift_problems([planned], date(2026, 3, 1), date(2026, 3, 31), BERLIN)


class TestNorms:
    @pytest.mark.parametrize(
        ("weekly", "days", "pre_holidays", "hours"),
        [
            ("40", 247, 6, "1970"), ("36", 247, 6, "1772.4"), ("30", 247, 6, "1476"), ("40", 191, 4, "1524"),
            ("36", 191, 4, "1371.2"), ("40", 131, 1, "1047"), ("36", 131, 1, "942.2"), ("40", 89, 4, "708"),
            ("36", 89, 4, "636.8"),
        ],
    )  # fmt: skip
    def test_the_published_norms(self, weekly: str, days: int, pre_holidays: int, hours: str) -> None:
        assert expected_norm(Decimal(weekly), days, pre_holidays) == Decimal(hours)

    @pytest.mark.parametrize(("answered", "differs"), [("1970", False), ("1970.1", False), ("1969.8", True)])
    def test_a_tenth_of_an_hour_is_tolerated(self, answered: str, differs: bool) -> None:
        assert norm_differs(Decimal(1970), Decimal(answered)) is differs
