"""Days and windows of a connection's zone (contact-center.md §4, §8)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact_center.days import HOUR_MS, day_of, iso_utc, midnight_ms, windows
from tests.support.contact_center import DAY, MOSCOW


class TestDays:
    def test_begin_at_local_midnight(self) -> None:
        (window,) = windows(date(2026, 3, 5), date(2026, 3, 5), MOSCOW)
        assert window.span == DAY

    def test_have_23_and_25_hours_where_clocks_change(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
        hours = [next(windows(day, day, berlin)).span.length_ms / HOUR_MS for day in (spring, autumn)]
        assert hours == [23, 25]

    def test_begin_when_clocks_have_skipped_midnight(self) -> None:
        cairo = ZoneInfo("Africa/Cairo")  # on 24 April 2026 the clock goes from 0:00 to 1:00
        before, skipped = (w.span for w in windows(date(2026, 4, 23), date(2026, 4, 24), cairo))
        assert before.end_ms == skipped.start_ms
        assert skipped.length_ms == 23 * HOUR_MS
        assert day_of(skipped.start_ms, cairo) == date(2026, 4, 24)

    @given(st.dates(date(2000, 1, 1), date(2035, 1, 1)), st.integers(0, 40), st.integers(1, 7))
    def test_follow_each_other_without_gap_in_windows_of_any_size(self, first: date, count: int, size: int) -> None:
        last = date.fromordinal(first.toordinal() + count)
        found = list(windows(first, last, ZoneInfo("Europe/Berlin"), size))
        assert found[0].first == first
        assert found[-1].last == last
        assert all(a.span.end_ms == b.span.start_ms for a, b in pairwise(found))
        assert found[-1].span.end_ms == midnight_ms(date.fromordinal(last.toordinal() + 1), ZoneInfo("Europe/Berlin"))

    def test_none_in_a_period_that_ends_before_it_begins(self) -> None:
        assert list(windows(date(2026, 3, 6), date(2026, 3, 5), MOSCOW)) == []

    def test_moments_are_sent_in_utc_with_z(self) -> None:
        assert iso_utc(DAY.start_ms) == "2026-03-04T21:00:00Z"
        assert iso_utc(DAY.start_ms + 5) == "2026-03-04T21:00:00.005Z"
