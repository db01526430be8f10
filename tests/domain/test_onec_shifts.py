"""Shifts as people write them: what is read, what is refused with row, field, rule and fix (onec-zup.md §5.3)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.onec_shift_rows import ShiftRow, WrongValue, read_shift
from app.domain.onec_shifts import CheckedShifts, Circumstances, check_shifts

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 10)
HOUR_MS = 3_600_000


def about(zone: ZoneInfo = MOSCOW, first: date | None = None, last: date | None = None) -> Circumstances:
    return Circumstances(zone, TODAY, {"a": "a", "b": "b", "417": "a"}, first, last)


def rows(*given: tuple[object, ...]) -> list[ShiftRow]:
    return [ShiftRow(n, *values) for n, values in enumerate(given, 1)]


def check(*given: tuple[object, ...], **more: Any) -> CheckedShifts:
    return check_shifts(rows(*given), about(**more))


def wrong(checked: CheckedShifts) -> list[tuple[int, str, str]]:
    return [(p.row, p.field, str(p.rule)) for p in checked.problems]


class TestReading:
    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2026-03-12T20:00", "2026-03-13T08:00"),
            ("2026-03-12 20:00:00", "2026-03-13 08:00:00"),
            ("12.03.2026 20:00", "13.03.2026 08:00"),
            ("2026-03-12T20:00:00+03:00", "2026-03-13T05:00:00Z"),
            (datetime(2026, 3, 12, 20), datetime(2026, 3, 13, 8)),  # noqa: DTZ001 - as a workbook has it
            ("2026-03-12T20:00", "08:00"),
        ],
    )
    def test_one_shift_in_many_spellings(self, start: object, end: object) -> None:
        shift = read_shift(ShiftRow(1, "a", start, end), MOSCOW)
        assert (shift.start.isoformat(), shift.end.isoformat()) == (
            "2026-03-12T20:00:00+03:00", "2026-03-13T08:00:00+03:00",
        )  # fmt: skip

    @pytest.mark.parametrize("times", [("20:00", "08:00"), (time(20), time(8))])
    def test_a_day_and_times_of_it(self, times: tuple[object, object]) -> None:
        shift = read_shift(ShiftRow(1, "a", *times, date="12.03.2026"), MOSCOW)
        assert (shift.start.day, shift.end.day) == (12, 13)

    @pytest.mark.parametrize(
        "breaks",
        [
            "01:00-02:00",
            " 01:00 – 02:00 ;",
            [{"start": "2026-03-13T01:00", "end": "2026-03-13T02:00"}],
            [{"start": "01:00", "end": "02:00"}],
            '[{"start": "2026-03-13T01:00", "end": "2026-03-13T02:00"}]',
            "2026-03-13T01:00-2026-03-13T02:00",
            "2026-03-13T01:00:00+03:00/2026-03-13T02:00:00+03:00",
            "13.03.2026 01:00 – 13.03.2026 02:00",
        ],
    )
    def test_a_break_after_midnight_is_that_of_the_next_day(self, breaks: object) -> None:
        checked = check(("a", "2026-03-12T20:00", "2026-03-13T08:00", breaks))
        (piece,) = checked.pieces
        (counted,) = piece.schedule.shifts
        assert (counted.day_ms / HOUR_MS, counted.night_ms / HOUR_MS) == (4, 7)

    @pytest.mark.parametrize(
        ("row", "field", "rule"),
        [
            (("", "2026-03-12T08:00", "2026-03-12T20:00"), "agent_id", "required"),
            (("nobody", "2026-03-12T08:00", "2026-03-12T20:00"), "agent_id", "unknown_person"),
            (("a", "", "2026-03-12T20:00"), "start", "required"),
            (("a", "soon", "2026-03-12T20:00"), "start", "moment"),
            (("a", "08:00", "20:00"), "start", "moment"),
            (("a", "2026-03-12T08:00", "25:00"), "end", "moment"),
            (("a", "2026-02-30T08:00", "2026-03-12T20:00"), "start", "moment"),
            (("a", 5, {}), "start", "moment"),
            (("a", "2026-03-12T08:00", "2026-03-12T20:00", "at noon"), "unpaid_breaks", "break"),
            (("a", "2026-03-12T08:00", "2026-03-12T20:00", 5), "unpaid_breaks", "break"),
            (("a", "2026-03-12T08:00", "2026-03-12T20:00", "1-2"), "unpaid_breaks", "moment"),
            (("a", "2026-03-12T08:00", "2026-03-12T20:00", "13:00-14:00; lunch"), "unpaid_breaks", "break"),
            (("a", "2026-03-12T08:00", "2026-03-12T20:00", "[" * 100_000), "unpaid_breaks", "break"),
            (("a", "2026-03-12T08:00", "2026-03-12T20:00", '["13:00-14:00"]'), "unpaid_breaks", "break"),
            (
                ("a", "2026-03-12T08:00", "20:00", [{"start": "2026-03-12T13:00", "end": "2026-03-12T12:00"}]),
                "unpaid_breaks", "break",
            ),
            (("a", "2026-03-12T08:00", "2026-03-12T20:00", "21:00-22:00"), "unpaid_breaks", "break_outside_shift"),
            (("a", "2026-03-12T20:00", "2026-03-12T08:00:00+03:00"), "end", "ends_before_it_begins"),
            (("a", "2026-03-12T08:00", "2026-03-13T08:01"), "end", "over_24_hours"),
            (("a", "2026-02-28T08:00", "2026-02-28T20:00"), "start", "closed_month"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_of_its_row_and_field(self, row: tuple[object, ...], field: str, rule: str) -> None:
        checked = check(("b", "2026-03-12T08:00", "2026-03-12T20:00"), row)
        assert wrong(checked) == [(2, field, rule)]
        assert checked.problems[0].fix
        assert [p.schedule.external_id for p in checked.pieces] == ["b"]

    @given(st.from_type(object) | st.text() | st.lists(st.dictionaries(st.text(), st.text())) | st.floats())
    def test_whatever_a_value_is_the_row_is_read_or_refused(self, value: object) -> None:
        for row in (ShiftRow(1, "a", value, "08:00"), ShiftRow(1, "a", "2026-03-12T08:00", "20:00", value, value)):
            try:
                read_shift(row, MOSCOW)
            except WrongValue as refused:
                assert refused.fix


class TestTheClocks:
    def test_a_shift_over_the_night_of_the_change_is_an_hour_shorter(self) -> None:
        checked = check(("a", "2026-03-28T22:00", "2026-03-29T06:00"), zone=BERLIN)
        (counted,) = checked.pieces[0].schedule.shifts
        assert (counted.day_ms / HOUR_MS, counted.night_ms / HOUR_MS) == (0, 7)

    @pytest.mark.parametrize("start", ["2026-03-29T02:30", "2026-10-25T02:30"])
    def test_a_time_that_is_not_there_or_comes_twice_is_refused(self, start: str) -> None:
        checked = check(("a", start, f"{start[:10]}T10:00"), zone=BERLIN)
        assert wrong(checked) == [(1, "start", "clock_change")]

    def test_with_its_offset_it_is_plain(self) -> None:
        checked = check(("a", "2026-10-25T02:30+01:00", "2026-10-25T10:00"), zone=BERLIN)
        assert (wrong(checked), len(checked.pieces)) == ([], 1)


class TestPieces:
    def test_one_per_person_and_month(self) -> None:
        checked = check(
            ("a", "2026-03-31T20:00", "2026-04-01T08:00"),
            ("b", "2026-03-12T08:00", "2026-03-12T20:00"),
            ("a", "2026-04-02T08:00", "2026-04-02T20:00"),
        )
        assert [(p.schedule.external_id, p.label, len(p.shifts)) for p in checked.pieces] == [
            ("a", "2026-03", 1), ("a", "2026-04", 1), ("b", "2026-03", 1),
        ]  # fmt: skip
        assert checked.pieces[0].schedule.last == date(2026, 3, 31)

    def test_a_personnel_number_names_somebody_too(self) -> None:
        assert check((417, "2026-03-12T08:00", "2026-03-12T20:00")).pieces[0].schedule.external_id == "a"

    def test_a_wrong_row_holds_its_month_and_no_other(self) -> None:
        checked = check(
            ("a", "2026-03-12T08:00", "2026-03-12T20:00"),
            ("a", "2026-03-13T08:00", "whenever"),
            ("a", "2026-04-13T08:00", "2026-04-13T20:00"),
        )
        assert [p.label for p in checked.pieces] == ["2026-04"]
        assert [p.label for p in checked.held] == ["2026-03"]

    def test_a_row_that_names_no_day_holds_all_months_of_its_person(self) -> None:
        checked = check(("a", "2026-03-12T08:00", "2026-03-12T20:00"), ("a", "whenever", "20:00"))
        assert (checked.pieces, [p.label for p in checked.held]) == ((), ["2026-03"])

    def test_overlapping_shifts(self) -> None:
        checked = check(
            ("a", "2026-03-12T08:00", "2026-03-12T20:00"),
            ("a", "2026-03-12T19:00", "2026-03-12T23:00"),
            ("b", "2026-03-12T19:00", "2026-03-12T23:00"),
        )
        assert wrong(checked) == [(2, "start", "overlaps")]
        assert [p.schedule.external_id for p in checked.pieces] == ["b"]

    def test_given_days_are_meant_exactly(self) -> None:
        days = {"first": date(2026, 3, 10), "last": date(2026, 4, 30)}
        checked = check(
            ("a", "2026-03-12T08:00", "2026-03-12T20:00"), ("a", "2026-03-09T08:00", "2026-03-09T20:00"), **days
        )
        assert [p.label for p in checked.pieces] == ["2026-03-10..2026-03-31"]
        assert wrong(checked) == [(0, "", "empty"), (2, "start", "outside_period")]
