"""A day hour by hour: what was planned, sent, and seen, in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.domain.onec import FactSlice
from app.domain.onec_receipts import FactReceipt, SentStatus
from app.domain.onec_schedules import Period, Shift
from ui.pages.workforce.deviations.details import part_words
from ui.pages.workforce.deviations.hours import HourPart, hour_parts

MOSCOW, OSLO = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Oslo")


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=zone)


def period(start: str, end: str, zone: ZoneInfo = MOSCOW) -> Period:
    return Period(at(start, zone), at(end, zone))


def shift(start: str, end: str, *breaks: Period, zone: ZoneInfo = MOSCOW) -> Shift:
    return Shift(at(start, zone), at(end, zone), breaks)


def sent(start: str, minutes: int) -> FactReceipt:
    begun = at(start)
    slices = tuple(
        FactSlice(begun + timedelta(minutes=m), min(15, minutes - m) * 60_000) for m in range(0, minutes, 15)
    )
    return FactReceipt("p", date(2026, 3, 3), begun, "me", slices, SentStatus.SENT, None, "", "run", begun)


def said(parts: list[HourPart]) -> list[tuple[str, str]]:
    return [(f"{p.start:%H:%M}–{p.end:%H:%M}", part_words(p)) for p in parts]


def test_hours_that_are_alike_stand_together_and_a_part_of_one_is_counted() -> None:
    day = shift("03T09:00", "03T18:00", period("03T13:00", "03T14:00"))
    present = [period("03T09:00", "03T16:45"), period("03T16:50", "03T18:00")]
    assert said(hour_parts([day], None, present, MOSCOW)) == [
        ("09:00–13:00", "planned · signed in"),
        ("13:00–14:00", "unpaid break · signed in"),
        ("14:00–16:00", "planned · signed in"),
        ("16:00–17:00", "planned · signed in 55 min"),
        ("17:00–18:00", "planned · signed in"),
    ]


def test_what_was_sent_and_where_nobody_was_is_said() -> None:
    parts = hour_parts([shift("03T09:00", "03T12:00")], sent("03T09:00", 90), [period("03T10:30", "03T13:00")], MOSCOW)
    assert said(parts) == [
        ("09:00–10:00", "planned · sent as worked · not signed in"),
        ("10:00–11:00", "planned · sent as worked 30 min · signed in 30 min"),
        ("11:00–12:00", "planned · not sent · signed in"),
        ("12:00–13:00", "not planned · not sent · signed in"),
    ]


def test_a_shift_over_midnight_is_one_stretch_and_hours_without_anything_are_left_out() -> None:
    night, morning = shift("03T22:00", "04T02:00"), shift("04T06:00", "04T07:30")
    assert said(hour_parts([night, morning], None, None, MOSCOW)) == [
        ("22:00–02:00", "planned"),
        ("06:00–07:00", "planned"),
        ("07:00–08:00", "planned 30 min"),
    ]


def test_the_hour_that_the_clocks_leave_out_is_no_hour() -> None:
    """In Oslo 29 March 2026 goes from 02:00 to 03:00 at once: a night from 22 to 6 has seven hours."""
    night = shift("28T22:00", "29T06:00", zone=OSLO)
    (part,) = hour_parts([night], None, None, OSLO)
    assert (part.end - part.start).total_seconds() == 8 * 3600  # on the clock
    assert part.end.timestamp() - part.start.timestamp() == 7 * 3600


def test_signing_in_at_two_places_counts_once() -> None:
    twice = [period("03T09:00", "03T09:40"), period("03T09:10", "03T09:30")]
    (part,) = hour_parts([], None, twice, MOSCOW)
    assert part.present == 40


def test_nothing_known_is_nothing_said() -> None:
    assert hour_parts([], None, None, MOSCOW) == []
    assert hour_parts([], None, [], MOSCOW) == []


@given(st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 600)), max_size=6))
def test_hours_follow_each_other_and_never_hold_more_than_sixty_minutes(times: list[tuple[int, int]]) -> None:
    midnight = at("03T00:00")
    periods = [
        Period(midnight + timedelta(minutes=start), midnight + timedelta(minutes=start + length))
        for start, length in times
    ]
    parts = hour_parts([], None, periods, MOSCOW)
    assert all(before.end <= after.start for before, after in pairwise(parts))
    assert all(0 < (part.present or 0) <= 60 for part in parts)
    total = sum((part.present or 0) * ((part.end - part.start) // timedelta(hours=1)) for part in parts)
    minutes = {m for start, length in times for m in range(start, start + length)}
    assert total == len(minutes)
