"""Values as 1C writes them: the trap table of onec-zup.md §4.3 and the formats of §5.4."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.onec_values import amount, day, flag, instant, is_blank, number, reference, text

MOSCOW, YEKATERINBURG = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Yekaterinburg")
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none(), max_size=1)


class TestDays:
    @pytest.mark.parametrize(
        ("written", "zone", "meant"),
        [
            ("2026-03-05", MOSCOW, date(2026, 3, 5)),
            ("2018-03-27T21:00:00Z", MOSCOW, date(2018, 3, 28)),
            ("2026-02-01T21:00:00Z", MOSCOW, date(2026, 2, 2)),
            ("2026-02-01T21:00:00Z", YEKATERINBURG, date(2026, 2, 2)),
            ("2026-02-01T21:00:00Z", UTC, date(2026, 2, 1)),
            ("2026-02-01T23:30:00+03:00", MOSCOW, date(2026, 2, 1)),
            ("2026-02-01T23:30:00+0300", YEKATERINBURG, date(2026, 2, 2)),
            ("2026-02-01T23:30:00", MOSCOW, date(2026, 2, 1)),
            ("2018-12-31T00:00:00:00Z", MOSCOW, date(2018, 12, 31)),
            ("2018-12-31T00:00:00:00", MOSCOW, date(2018, 12, 31)),
            ("2026-02-01T21:00:00.000Z", MOSCOW, date(2026, 2, 2)),
            ("2026-2-1", MOSCOW, date(2026, 2, 1)),
            (" 2026-02-01 10:00 ", MOSCOW, date(2026, 2, 1)),
        ],
    )
    def test_an_instant_means_the_day_that_it_falls_on_there(self, written: str, zone: ZoneInfo, meant: date) -> None:
        assert day(written, zone) == meant

    @pytest.mark.parametrize(
        "written",
        [
            "0001-01-01",
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00+03:00",
            "",
            None,
        ],
    )
    def test_the_empty_date_is_no_value(self, written: str | None) -> None:
        assert day(written, MOSCOW) is None
        assert is_blank(written)

    @pytest.mark.parametrize(
        "written", ["2019-01-0", "2026-02-30", "9999-12-31T23:59:59Z", "2026-02-01T25:00:00", "soon", 20260201, True]
    )
    def test_what_is_no_date_is_told_from_none(self, written: object) -> None:
        assert day(written, MOSCOW) is None
        assert not is_blank(written) or isinstance(written, bool)

    def test_the_time_is_kept_in_the_zone(self) -> None:
        assert instant("2026-02-01T21:00:00Z", YEKATERINBURG) == datetime(2026, 2, 2, 2, 0, tzinfo=YEKATERINBURG)

    @given(
        st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2100-01-01")),
        st.sampled_from([MOSCOW, YEKATERINBURG, UTC]),
    )
    def test_what_was_written_with_its_offset_is_read_as_the_same_moment(self, wall: datetime, zone: ZoneInfo) -> None:
        moment = wall.replace(microsecond=0, tzinfo=UTC)
        offset = moment.astimezone(zone).utcoffset()
        if offset is None or offset % timedelta(minutes=1):
            return  # before 1920 offsets had seconds
        assert instant(moment.astimezone(zone).isoformat(), MOSCOW) == moment


class TestOthers:
    @pytest.mark.parametrize("written", [True, 1, "1", "true", "TRUE", "Истина", "истина ", "да"])
    def test_yes(self, written: object) -> None:
        assert flag(written) is True

    @pytest.mark.parametrize("written", [False, 0, "0", "false", "Ложь", "ложь", "нет"])
    def test_no(self, written: object) -> None:
        assert flag(written) is False

    @pytest.mark.parametrize("written", [None, "", "maybe", 2, [], {}])
    def test_neither(self, written: object) -> None:
        assert flag(written) is None

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("0,5", "0.5"), ("2.75", "2.75"), (2.75, "2.75"), (1, "1"), (0, "0"), ("1 234,5", "1234.5"),
            ("1\u00a0234", "1234"), (9.33, "9.33"), ("-3", "-3"), ("11.666666666666666667", "11.666666666666666667"),
            (1e-7, "0.0000001"),
        ],
    )  # fmt: skip
    def test_numbers_have_a_comma_or_a_point(self, written: object, meant: str) -> None:
        assert number(written) == Decimal(meant)

    @pytest.mark.parametrize(
        "written", [None, "", "many", True, "1,2,3", "1e999999999", float("nan"), float("inf"), 1e300, "NaN", "٣"]
    )
    def test_what_is_no_number(self, written: object) -> None:
        assert number(written) is None

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("5B7D4A3E-7F10-4B5C-9D21-3C8E1F00A101", "5b7d4a3e-7f10-4b5c-9d21-3c8e1f00a101"),
            ("00000000-0000-0000-0000-000000000000", None),
            ("", None),
            (None, None),
            ("Emp-7", "Emp-7"),
            (88412, "88412"),
        ],
    )
    def test_guids_are_lower_case_and_the_empty_reference_is_none(self, written: object, meant: str | None) -> None:
        assert reference(written) == meant

    @pytest.mark.parametrize(("written", "meant"), [(" a\0 ", "a"), (7, "7"), (7.0, "7"), (7.5, "7.5"), (None, "")])
    def test_text(self, written: object, meant: str) -> None:
        assert text(written) == meant

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("5", (Decimal(5), None)),
            ("2(5)", (Decimal(2), Decimal(5))),
            (" 2 (6) ", (Decimal(2), Decimal(6))),
            ("2,5(20.25)", (Decimal("2.5"), Decimal("20.25"))),
            (5, (Decimal(5), None)),
            ("", None),
            ("two", None),
            ("2(", None),
            ("2()", None),
            ("-2", None),
        ],
    )
    def test_amounts_are_days_and_perhaps_hours(self, written: object, meant: object) -> None:
        assert amount(written) == meant

    @given(ANYTHING)
    def test_nothing_raises(self, value: object) -> None:
        for read in (text, reference, flag, number, amount, is_blank):
            read(value)
        instant(value, MOSCOW)
