"""Time in statuses, signed in, at contacts, with chats: counted once, cut to days (contact-center.md §5, §11)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact_center.days import HOUR_MS, Span, day_of, iso_utc, midnight_ms, windows
from app.domain.contact_center.records import AgentCall, AgentLogin, AgentStatus, OnlineStatus
from app.domain.contact_center.stretches import (
    departed,
    time_at_contacts,
    time_in_statuses,
    time_signed_in,
    time_with_any,
    without_repeats,
)
from tests.support.contact_center import DAY, MOSCOW, ms

MINUTE = 60_000


def status(start: str, end: str, group: str = "g", code: str = "Work") -> AgentStatus:
    return AgentStatus(ms(start), "op-17", code, group, "1", ms(end), code)


class TestStatuses:
    def test_one_repeated_under_three_groups_counts_once(self) -> None:
        repeated = [status("2026-03-05T06:00:00Z", "2026-03-05T06:10:00Z", group) for group in ("a", "b", "c")]
        assert time_in_statuses(repeated, DAY) == {("op-17", "Work"): 10 * MINUTE}

    def test_two_that_differ_in_one_thing_both_count(self) -> None:
        one = status("2026-03-05T06:00:00Z", "2026-03-05T06:10:00Z")
        others = [
            status("2026-03-05T06:00:00Z", "2026-03-05T06:10:00Z", code="Break"),
            status("2026-03-05T06:00:00Z", "2026-03-05T06:11:00Z"),
        ]
        assert len(without_repeats([one, *others])) == 3

    def test_over_midnight_each_day_gets_its_own_part(self) -> None:
        late = status("2026-03-05T20:50:00Z", "2026-03-05T21:20:00Z")  # 23:50 to 00:20 in Moscow
        first, second = (w.span for w in windows(date(2026, 3, 5), date(2026, 3, 6), MOSCOW))
        fetched_twice = [late, late]
        assert time_in_statuses(fetched_twice, first) == {("op-17", "Work"): 10 * MINUTE}
        assert time_in_statuses(fetched_twice, second) == {("op-17", "Work"): 20 * MINUTE}

    @given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20), st.integers(1, 10**6))
    def test_the_parts_of_two_neighbouring_periods_are_the_whole(self, pairs: list[tuple[int, int]], cut: int) -> None:
        stretches = [AgentStatus(min(p), "a", "c", "", "1", max(p), "c") for p in pairs]
        parts = [time_in_statuses(stretches, span) for span in (Span(0, cut), Span(cut, 10**6 + 1))]
        whole = time_in_statuses(stretches, Span(0, 10**6 + 1))
        assert sum(sum(part.values()) for part in parts) == sum(whole.values())


def test_who_is_still_signed_in_counts_up_to_now() -> None:
    start = DAY.start_ms
    logins = [AgentLogin(start - HOUR_MS, "a", start + HOUR_MS, 2 * HOUR_MS), AgentLogin(start, "b", None, None)]
    assert time_signed_in(logins, DAY, start + 3 * HOUR_MS) == {"a": HOUR_MS, "b": 3 * HOUR_MS}


def test_a_login_fetched_by_two_neighbouring_days_counts_once() -> None:
    login = AgentLogin(DAY.start_ms, "a", DAY.start_ms + HOUR_MS, HOUR_MS)
    assert time_signed_in([login, login], DAY, DAY.end_ms) == {"a": HOUR_MS}


def test_contacts_side_by_side_count_both() -> None:
    calls = [AgentCall(0, "a", "g", 300_000, 0, "1", 300_000), AgentCall(47_000, "a", "g", 540_000, 0, "1", 493_000)]
    assert time_at_contacts(calls) == {"a": 793_000}


class TestTimeWithChats:
    """The check value of §5.6: chats 22:45-23:02 and 22:58-00:12."""

    def minutes(self, *pairs: tuple[int, int], day: Span) -> float:
        return time_with_any([Span(a * MINUTE, b * MINUTE) for a, b in pairs], day) / MINUTE

    def test_overlaps_count_once_and_the_next_day_has_the_rest(self) -> None:
        first, second = Span(0, 24 * HOUR_MS), Span(24 * HOUR_MS, 48 * HOUR_MS)
        chats = (22 * 60 + 45, 23 * 60 + 2), (22 * 60 + 58, 24 * 60 + 12)
        assert self.minutes(*chats, day=first) == 75
        assert self.minutes(*chats, day=second) == 12

    def test_one_inside_another_adds_nothing(self) -> None:
        assert self.minutes((0, 60), (10, 20), (60, 61), day=Span(0, HOUR_MS * 2)) == 61


def test_whoever_is_missing_from_the_next_snapshot_has_left() -> None:
    here, gone = OnlineStatus("a", "Work", "Work", 1), OnlineStatus("b", "Work", "Work", 1)
    assert departed({"a": here, "b": gone}, [OnlineStatus("a", "Break", "Break", 2)]) == (gone,)


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
