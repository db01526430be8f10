"""Plan against fact: kinds of gaps, tolerance, nights, presence (onec-zup.md §6.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deviations import Deviation, DeviationFilter, DeviationType, WorkDay, WorkDays, deviation
from app.domain.onec import TimesheetDay, TimesheetPeriod
from app.domain.onec_receipts import SentStatus
from app.domain.onec_schedules import Period, Shift
from app.domain.onec_time_types import time_types

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = date(2026, 3, 5)
TABLE = time_types()
T = DeviationType
HOURS = st.decimals("0", "24", places=2)


def gap(planned: str, *rows: tuple[str, str], present: str | None = None, sent: SentStatus | None = None) -> Deviation:
    sheet = [TimesheetDay(DAY, code, Decimal(hours)) for code, hours in rows] if rows else None
    return deviation(WorkDay("a", DAY, Decimal(planned), sheet, Decimal(present) if present else None, sent), TABLE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=MOSCOW)


def gathered(
    shifts: Iterable[tuple[str, str]] = (),
    presence: Iterable[tuple[str, str]] | None = None,
    periods: Iterable[TimesheetPeriod] = (),
    days: int = 3,
) -> dict[date, WorkDay]:
    wanted = [DAY + timedelta(days=n) for n in range(days)]
    found = WorkDays(wanted, MOSCOW)
    for start, end in shifts:
        found.plan("a", Shift(at(start), at(end)))
    for period in periods:
        found.timesheet(period)
    if presence is not None:
        found.presence("a", [Period(at(start), at(end)) for start, end in presence], wanted)
    return {work.day: work for work in found}


class TestKinds:
    @pytest.mark.parametrize(
        ("planned", "rows", "kind", "hours"),
        [
            ("8", [("Я", "8")], T.NONE, 0),
            ("8", [("Я", "8.25")], T.NONE, 0.25),
            ("8", [("Я", "8.26")], T.OVERTIME, 0.26),
            ("11", [("Я", "4"), ("Н", "7")], T.NONE, 0),
            ("8", [("Я", "8"), ("С", "2")], T.OVERTIME, 2),
            ("8", [("НН", "8")], T.ABSENCE, -8),
            ("8", [("Я", "4"), ("НН", "4")], T.PARTIAL_ABSENCE, -4),
            ("0", [("РВ", "8")], T.DAY_OFF_WORK, 8),
            ("0", [("РВН", "4")], T.NIGHT_DAY_OFF_WORK, 4),
            ("0", [("РВ", "2"), ("РВН", "4")], T.DAY_OFF_WORK, 6),
            ("8", [("Б", "0")], T.DOCUMENTED, -8),
            ("8", [("ОТ", "0")], T.DOCUMENTED, -8),
            ("0", [("В", "0")], T.NONE, 0),
            ("8", [("ЖЖ", "8")], T.ABSENCE, -8),  # nobody described it, so nobody says that it is work
        ],
    )
    def test_by_what_1c_says(self, planned: str, rows: list[tuple[str, str]], kind: T, hours: float) -> None:
        found = gap(planned, *rows)
        assert (found.type, found.deviation_hours) == (kind, Decimal(str(hours)))
        assert not found.unconfirmed

    def test_the_reason_is_the_code_and_its_name(self) -> None:
        assert gap("8", ("Я", "8"), ("C", "2")).reason == "С Overtime"
        assert gap("8", ("Я", "8")).reason == "Я Day work"
        assert gap("8", ("ЖЖ", "8")).reason == "ЖЖ ЖЖ"

    @pytest.mark.parametrize(
        ("planned", "present", "kind"),
        [
            ("8", "8.1", T.NONE), ("8", "0", T.ABSENCE), ("8", "4", T.PARTIAL_ABSENCE), ("8", "10", T.OVERTIME),
            ("0", "8", T.DAY_OFF_WORK),
        ],
    )  # fmt: skip
    def test_presence_shows_what_1c_does_not_know_yet(self, planned: str, present: str, kind: T) -> None:
        echoed = gap(planned, ("Я", planned), present=present)
        assert echoed.type is kind
        assert echoed.unconfirmed is (kind is not T.NONE)
        assert echoed.onec_hours == Decimal(planned)

    def test_what_was_sent_is_not_unconfirmed_any_more(self) -> None:
        assert not gap("8", ("Я", "8"), present="10", sent=SentStatus.SENT).unconfirmed
        assert gap("8", ("Я", "8"), present="10", sent=SentStatus.UNKNOWN).unconfirmed

    def test_whoever_is_ill_is_not_absent(self) -> None:
        assert gap("0", ("Б", "0"), present="0").type is T.NONE
        assert gap("8", ("Б", "0"), present="0").type is T.DOCUMENTED

    def test_without_a_timesheet_nothing_is_claimed(self) -> None:
        found = gap("8")
        assert (found.type, found.actual_hours, found.deviation_hours) == (T.NONE, None, None)
        assert found.reason == "No timesheet was fetched."

    def test_filters(self) -> None:
        over, under, open_ = gap("8", ("Я", "10")), gap("8", ("Я", "4")), gap("8", ("Я", "8"), present="2")
        F = DeviationFilter
        assert [d.wanted(F.OVERTIME) for d in (over, under, open_)] == [True, False, False]
        assert [d.wanted(F.UNDERTIME) for d in (over, under, open_)] == [False, True, True]
        assert [d.wanted(F.UNCONFIRMED) for d in (over, under, open_)] == [False, False, True]
        assert [d.wanted(F.ALL) for d in (over, under, open_)] == [True, True, True]

    @given(HOURS, st.lists(st.tuples(st.sampled_from(sorted(TABLE)), HOURS)))
    def test_a_gap_within_the_tolerance_is_none_and_any_other_has_a_kind(
        self, planned: Decimal, rows: list[tuple[str, Decimal]]
    ) -> None:
        sheet = [TimesheetDay(DAY, code, hours) for code, hours in rows]
        found = deviation(WorkDay("a", DAY, planned, sheet), TABLE)
        assert found.deviation_hours is not None
        assert (found.type is T.NONE) == (abs(found.deviation_hours) <= Decimal("0.25"))


class TestGathering:
    def test_a_night_shift_belongs_to_the_day_it_begins_on(self) -> None:
        days = gathered([("05T20:00", "06T08:00")], [("05T19:55", "06T02:00"), ("06T02:30", "06T08:00")])
        assert list(days) == [DAY]
        assert days[DAY].planned == 12
        assert days[DAY].present == Decimal("11.583") + Decimal(1) / 3000

    def test_presence_without_a_shift_is_of_its_own_day(self) -> None:
        days = gathered([("05T09:00", "05T18:00")], [("06T09:00", "06T12:00")])
        assert [day.present for day in days.values()] == [Decimal(0), Decimal(3)]

    def test_two_sign_ins_at_once_count_once(self) -> None:
        days = gathered([("05T09:00", "05T18:00")], [("05T09:00", "05T18:00"), ("05T10:00", "05T12:00")])
        assert days[DAY].present == 9

    def test_whom_no_contact_centre_knows_was_not_absent(self) -> None:
        assert gathered([("05T09:00", "05T18:00")])[DAY].present is None

    def test_other_days_are_not_told(self) -> None:
        assert gathered([("02T09:00", "02T18:00")], [("20T09:00", "20T18:00")]) == {}

    def test_a_day_of_a_timesheet_without_a_row_is_known_to_be_empty(self) -> None:
        sheet = TimesheetPeriod("a", date(2026, 3, 1), date(2026, 3, 6), (TimesheetDay(DAY, "Я", Decimal(8)),))
        days = gathered(periods=[sheet])
        assert {day: work.timesheet and len(work.timesheet) for day, work in days.items()} == {
            DAY: 1, date(2026, 3, 6): [],
        }  # fmt: skip
