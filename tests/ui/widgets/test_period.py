"""A period of days: two dates that never cross, quick picks, keys, the locale's way of writing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDateEdit
from pytestqt.qtbot import QtBot

from tests.support.window import part
from ui.widgets.buttons import MenuButton
from ui.widgets.period import PeriodPicker, QuickPick, days_of

SATURDAY = date(2026, 11, 21)
FIRST, LAST = date(2026, 11, 3), date(2026, 11, 9)


@pytest.fixture(autouse=True)
def norwegian() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("nb_NO"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def picker(qtbot: QtBot) -> PeriodPicker:
    made = PeriodPicker(FIRST, LAST, object_name="sheet.period", today=lambda: SATURDAY)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def heard(picker: PeriodPicker) -> list[tuple[date, date]]:
    said: list[tuple[date, date]] = []
    picker.changed.connect(lambda first, last: said.append((first, last)))
    return said


def start(picker: PeriodPicker) -> QDateEdit:
    return part(picker, QDateEdit, "sheet.period.from")


def end(picker: PeriodPicker) -> QDateEdit:
    return part(picker, QDateEdit, "sheet.period.to")


def choose(picker: PeriodPicker, pick: QuickPick) -> None:
    name = f"sheet.period.quick.{pick.value}"
    next(entry for entry in picker.menu.actions() if entry.objectName() == name).trigger()


def test_the_days_given_are_shown_as_the_locale_writes_them_with_whole_years(picker: PeriodPicker) -> None:
    assert (start(picker).text(), end(picker).text()) == ("03.11.2026", "09.11.2026")
    assert picker.period() == (FIRST, LAST)


@pytest.mark.parametrize(
    ("pick", "first", "last"),
    [
        (QuickPick.TODAY, date(2026, 11, 21), date(2026, 11, 21)),
        (QuickPick.THIS_WEEK, date(2026, 11, 16), date(2026, 11, 22)),
        (QuickPick.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        (QuickPick.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (QuickPick.LAST_14_DAYS, date(2026, 11, 8), date(2026, 11, 21)),
    ],
)
def test_a_quick_pick_chooses_its_days_and_its_name_stands_on_the_button(
    picker: PeriodPicker, heard: list[tuple[date, date]], pick: QuickPick, first: date, last: date
) -> None:
    choose(picker, pick)
    assert heard == [(first, last)]
    assert picker.period() == (first, last)
    chosen = [entry.text() for entry in picker.menu.actions() if entry.isChecked()]
    assert chosen == [part(picker, MenuButton, "sheet.period.quick").text()]


def test_days_that_are_no_pick_are_called_a_period(picker: PeriodPicker) -> None:
    choose(picker, QuickPick.THIS_MONTH)
    picker.set_period(FIRST, LAST)
    assert part(picker, MenuButton, "sheet.period.quick").text() == "Period"


def test_where_weeks_begin_on_sunday_this_week_does() -> None:
    QLocale.setDefault(QLocale("en_US"))
    assert days_of(QuickPick.THIS_WEEK, SATURDAY) == (date(2026, 11, 15), date(2026, 11, 21))


def test_last_month_of_january_is_december(picker: PeriodPicker) -> None:
    assert days_of(QuickPick.LAST_MONTH, date(2027, 1, 31)) == (date(2026, 12, 1), date(2026, 12, 31))


def test_a_beginning_behind_the_end_takes_the_end_along(picker: PeriodPicker, heard: list[tuple[date, date]]) -> None:
    start(picker).setDate(QDate(2026, 11, 20))
    assert heard == [(date(2026, 11, 20), date(2026, 11, 20))]
    assert end(picker).date() == QDate(2026, 11, 20)


def test_an_end_before_the_beginning_takes_the_beginning_along(
    picker: PeriodPicker, heard: list[tuple[date, date]]
) -> None:
    end(picker).setDate(QDate(2026, 10, 30))
    assert heard == [(date(2026, 10, 30), date(2026, 10, 30))]
    assert start(picker).date() == QDate(2026, 10, 30)


def test_days_given_the_wrong_way_round_are_turned(picker: PeriodPicker) -> None:
    picker.set_period(LAST + timedelta(days=1), FIRST)
    assert picker.period() == (FIRST, LAST + timedelta(days=1))


def test_the_same_days_again_are_no_change(picker: PeriodPicker, heard: list[tuple[date, date]]) -> None:
    picker.set_period(FIRST, LAST)
    assert heard == []


def test_typing_counts_when_it_is_finished_not_at_each_key(
    picker: PeriodPicker, heard: list[tuple[date, date]]
) -> None:
    field = start(picker)
    field.setFocus()
    field.setSelectedSection(QDateEdit.Section.DaySection)
    QTest.keyClicks(field, "05")
    assert heard == []
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard == [(date(2026, 11, 5), LAST)]


def test_arrow_keys_step_the_part_under_the_cursor(picker: PeriodPicker, heard: list[tuple[date, date]]) -> None:
    field = end(picker)
    field.setSelectedSection(QDateEdit.Section.MonthSection)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert heard == [(FIRST, date(2026, 12, 9))]


@pytest.mark.parametrize(
    ("key", "held"),
    [(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier), (Qt.Key.Key_F4, Qt.KeyboardModifier.NoModifier)],
)
def test_the_calendar_opens_by_keyboard(
    picker: PeriodPicker, heard: list[tuple[date, date]], key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    field = start(picker)
    QTest.keyClick(field, key, held)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    assert popup.isAncestorOf(field.calendarWidget())
    assert heard == []
    popup.close()


def test_every_control_has_a_name(picker: PeriodPicker) -> None:
    quick = part(picker, MenuButton, "sheet.period.quick")
    assert (start(picker).accessibleName(), end(picker).accessibleName()) == ("From", "To")
    assert quick.accessibleName() == "Choose a period"


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from(QuickPick))
def test_no_pick_ends_before_it_begins_and_all_but_last_month_hold_today(today: date, pick: QuickPick) -> None:
    first, last = days_of(pick, today)
    assert first <= last
    assert (first <= today <= last) is (pick is not QuickPick.LAST_MONTH)
