"""The Deviations tab, as a person uses it: states, period, filters, sums, one person, details."""

from __future__ import annotations

import json
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.domain.onec import OneCReply
from app.errors import Unreachable
from app.events import ContactCenterDataChanged
from app.operations.runner import Request
from tests.support.fake_onec import GROUP, FakeOneC, external_id
from tests.support.payroll import done, plan, sheet, signed_in
from tests.support.window import Heard, click, eventually, part, words
from tests.ui.pages.workforce.deviations.conftest import DAYS, Open
from ui.desk import Desk
from ui.pages.workforce import WorkforcePage
from ui.pages.workforce.deviations import DeviationsPage
from ui.pages.workforce.deviations.page import first_period
from ui.widgets import Button, ElidedLabel
from ui.widgets.chip_menu import ChipMenu


@pytest.fixture
async def page(payroll: Desk, onec: FakeOneC, open_page: Open) -> DeviationsPage:
    """Overtime on the 3rd and a sick day on the 4th of one person, work on a day off of another, a third without."""
    await plan(payroll, 1, 2, 3, 4)
    await plan(payroll, 3, 3)
    onec.periods = [
        sheet(1, (2, "Я", "8"), (3, "Я", "8"), (3, "С", "2"), (4, "Б", "0")),
        sheet(2, (7, "РВ", "8")),
        sheet(3, (3, "Я", "8")),
    ]
    await done(payroll, "onec.timetype_info", start_date="2026-03-01", end_date="2026-03-31")
    page = open_page()
    await eventually(lambda: page.pane.rows.total == 3)
    return page


def rows(page: DeviationsPage) -> list[tuple[str, int, str, str]]:
    """Name, day, kind of gap and cause of each row, as shown."""
    table = page.pane.visible_table()
    shown = [dict(zip(table.headers, row, strict=True)) for row in table.rows]
    return [(str(r["Name"]).split()[0], r["Day"].day, str(r["Kind of gap"]), str(r["Cause"])) for r in shown]  # type: ignore[attr-defined]


def cells(page: DeviationsPage, place: int) -> dict[str, object]:
    table = page.pane.visible_table()
    return dict(zip(table.headers, table.rows[place], strict=True))


def told(page: DeviationsPage) -> list[str]:
    return page.details.texts()


def menu_entry(page: DeviationsPage, name: str) -> QAction:
    page.header.menu.aboutToShow.emit()
    return next(a for a in page.header.menu.actions() if a.objectName() == f"deviations.more.{name}")


async def look_at(page: DeviationsPage, place: int) -> None:
    page.pane.table.select_place(place)
    page.open_details()
    await eventually(lambda: "Hour by hour" in told(page))


# -- states ------------------------------------------------------------------------------------------------------------


async def test_without_a_connection_the_tab_says_how_to_begin(desk: Desk, voice: Heard, open_page: Open) -> None:
    page = open_page()
    await eventually(lambda: "No deviations yet" in words(page))
    assert part(page, Button, "deviations.sync").toolTip() == "Add a 1C connection first."
    part(page, QWidget, "deviations.state").findChildren(Button)[0].click()
    assert voice.opened == [("connections", "")]


async def test_before_anything_was_fetched_it_offers_to(payroll: Desk, onec: FakeOneC, open_page: Open) -> None:
    await plan(payroll, 1, 3)
    onec.periods = [sheet(1, (3, "НН", "8"))]
    page = open_page()
    await eventually(lambda: "No timesheet of these days yet" in words(page))
    part(page, QWidget, "deviations.state").findChildren(Button)[0].click()
    await eventually(lambda: rows(page) == [("Орлова1", 3, "Absent", "Confirmed in 1C")])


async def test_days_that_agree_are_said_to_agree(payroll: Desk, onec: FakeOneC, open_page: Open) -> None:
    await plan(payroll, 1, 3)
    onec.periods = [sheet(1, (3, "Я", "8"))]
    await done(payroll, "onec.timetype_info", start_date="2026-03-01", end_date="2026-03-31")
    page = open_page()
    await eventually(lambda: "No deviations\n" in words(page) + "\n")
    assert "Plan, fact and 1C agree from" in words(page)


async def test_days_that_are_not_over_are_not_compared(payroll: Desk, open_page: Open) -> None:
    page = open_page()
    page.period.set_period(date(2026, 3, 10), date(2026, 3, 20))
    await eventually(lambda: "These days are not over" in words(page))


async def test_1c_that_is_away_leaves_what_is_stored_with_its_age(page: DeviationsPage, onec: FakeOneC) -> None:
    assert "timesheet fetched just now" in page.header.evidence.text()
    onec.troubles["timesheet"] = [Unreachable("1C is away.", "Wait.")]
    click(page, "deviations.sync")
    await eventually(lambda: len(onec.asked("timesheet")) == 2)
    await eventually(part(page, Button, "deviations.sync").isEnabled)
    assert page.pane.rows.total == 3
    assert part(page, Button, "deviations.sync").text() == "Fetch and compare"


# -- rows, period, filters ---------------------------------------------------------------------------------------------


async def test_each_gap_stands_with_all_sides_and_its_cause(page: DeviationsPage) -> None:
    assert rows(page) == [
        ("Орлова1", 3, "Overtime", "Confirmed in 1C"),
        ("Орлова1", 4, "Documented", "Document in 1C"),
        ("Белов", 7, "Work on a day off", "Confirmed in 1C"),
    ]
    overtime = cells(page, 0)
    assert (overtime["Planned, h"], overtime["In 1C, h"], overtime["Gap, h"]) == (8.0, 10.0, 2.0)
    assert overtime["Codes in 1C"] == "Я 8, С 2"
    assert page.pane.rows.columns[6].words(page.pane.rows.row_at(1)) == "−8"


async def test_another_period_shows_its_own_days(page: DeviationsPage) -> None:
    page.period.set_period(date(2026, 3, 5), date(2026, 3, 9))
    await eventually(lambda: [row[:2] for row in rows(page)] == [("Белов", 7)])
    page.period.set_period(date(2026, 2, 1), date(2026, 2, 28))
    await eventually(lambda: page.pane.rows.total == 0)


async def test_fetching_asks_for_whole_months_of_the_period(page: DeviationsPage, onec: FakeOneC) -> None:
    page.period.set_period(date(2026, 2, 10), date(2026, 3, 5))
    click(page, "deviations.sync")
    await eventually(lambda: len(onec.asked("timesheet")) == 2)
    assert onec.asked("timesheet")[1][:2] == (date(2026, 2, 1), date(2026, 3, 31))


async def test_days_without_a_gap_can_be_shown_too(page: DeviationsPage) -> None:
    menu_entry(page, "all_days").trigger()
    await eventually(lambda: ("Власова", 3, "No gap", "No gap") in rows(page))
    assert menu_entry(page, "all_days").isChecked()
    menu_entry(page, "all_days").trigger()
    await eventually(lambda: page.pane.rows.total == 3)


@pytest.mark.parametrize(
    ("chip", "days"),
    [
        ("overtime", [3, 7]),
        ("undertime", [4]),
        ("unconfirmed", []),
        ("type_documented", [4]),
        ("cause_confirmed", [3, 7]),
    ],
)
async def test_filters_narrow_by_hours_kind_and_cause(page: DeviationsPage, chip: str, days: list[int]) -> None:
    page.pane.chips.choose([chip])
    await eventually(lambda: [row[1] for row in rows(page)] == days)


async def test_departments_are_offered_and_the_search_finds_people(page: DeviationsPage) -> None:
    menu = part(page, ChipMenu, "deviations.filter.menu.department")
    assert any(a.objectName() == f"deviations.filter.department_{GROUP}" for a in menu.menu().actions())
    part(page, QLineEdit, "deviations.search").setText("белов")
    await eventually(lambda: [row[0] for row in rows(page)] == ["Белов"])


async def test_the_sums_are_those_of_what_is_shown(page: DeviationsPage) -> None:
    sums = part(page, ElidedLabel, "deviations.sums")
    await eventually(lambda: sums.text() == (
        "Planned 16 h · worked 0 h · signed in 0 h · in 1C 18 h · gap +10 h and −8 h"
    ))  # fmt: skip
    page.pane.chips.choose(["undertime"])
    await eventually(lambda: "gap 0 h and −8 h" in sums.text())


async def test_what_is_shown_is_copied_with_headers(page: DeviationsPage) -> None:
    page.pane.table.select_place(2)
    QTest.keyClick(page.pane.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().text()
    assert "Белов" in copied


# -- one person --------------------------------------------------------------------------------------------------------


async def test_one_person_is_looked_at_alone_and_let_go_again(page: DeviationsPage) -> None:
    await look_at(page, 0)
    click(page, "deviations.alone")
    await eventually(lambda: [row[0] for row in rows(page)] == ["Орлова1", "Орлова1"])
    await eventually(part(page, QWidget, "deviations.filter.person").isVisible)
    click(page, "deviations.filter.person")
    await eventually(lambda: len(rows(page)) == 3)
    await eventually(lambda: page.findChild(QWidget, "deviations.filter.person") is None)


async def test_another_tab_can_ask_for_the_gaps_of_somebody(page: DeviationsPage) -> None:
    page.show_record(external_id(2))
    await eventually(lambda: [row[0] for row in rows(page)] == ["Белов"])


async def test_the_workforce_page_brings_them_to_the_front(page: DeviationsPage, desk: Desk) -> None:
    whole = WorkforcePage(desk)
    whole.resize(1280, 760)
    whole.show()
    whole.show_record(f"deviations:{external_id(2)}")
    inner = whole.inner("deviations")
    assert isinstance(inner, DeviationsPage)
    inner.period.set_period(*DAYS)
    await eventually(inner.isVisible)
    await eventually(lambda: [row[0] for row in rows(inner)] == ["Белов"])


async def test_details_lead_to_person_timesheet_and_schedule(page: DeviationsPage, voice: Heard) -> None:
    await look_at(page, 0)
    for name in ("open_person", "open_timesheet", "open_schedule"):
        click(page, f"deviations.{name}")
    person = external_id(1)
    assert voice.opened == [("workforce", f"{tab}:{person}") for tab in ("personnel", "timesheet", "schedules")]


# -- presence, worked time ---------------------------------------------------------------------------------------------


async def test_presence_shows_what_1c_does_not_know_and_details_say_it_hour_by_hour(
    page: DeviationsPage, desk: Desk
) -> None:
    await signed_in(desk, 3, "03T09:00", "03T19:30")
    desk.workspace.events.publish(ContactCenterDataChanged("cc"))
    await eventually(lambda: ("Власова", 3, "Overtime", "Not in 1C yet") in rows(page))
    await look_at(page, [row[:2] for row in rows(page)].index(("Власова", 3)))
    shown = told(page)
    assert shown[shown.index("18:00 – 19:00") + 1] == "not planned · signed in"
    assert shown[shown.index("19:00 – 20:00") + 1] == "not planned · signed in 30 min"
    assert shown[shown.index("13:00 – 14:00") + 1] == "unpaid break · signed in"
    assert "If it is right, send the worked time under Timesheet." in shown
    assert "Not sent to 1C" in shown  # the schedule


async def test_worked_time_that_waits_was_refused_or_whose_end_is_unknown_is_told_apart(
    page: DeviationsPage, desk: Desk, onec: FakeOneC
) -> None:
    await signed_in(desk, 3, "03T09:00", "03T20:00")
    worked = [{"agent_id": external_id(3), "start": "2026-03-03T09:00", "end": "20:00"}]
    await done(desk, "onec.keep_worked_time", shifts=json.dumps(worked))
    await eventually(lambda: ("Власова", 3, "Overtime", "Entered, not sent") in rows(page))
    onec.replies[external_id(3)] = OneCReply(False, "Период закрыт")
    fact = {"agent_id": external_id(3), "shift_start": "2026-03-03T09:00", "confirm": True}
    await desk.report_of(Request("onec.send_fact_work_time", "1c", fact))
    await eventually(lambda: ("Власова", 3, "Overtime", "Refused by 1C") in rows(page))
    await look_at(page, [row[:2] for row in rows(page)].index(("Власова", 3)))
    assert any("Период закрыт" in text for text in told(page))


async def test_details_show_codes_with_their_names_and_what_counts(page: DeviationsPage) -> None:
    await look_at(page, 0)
    shown = told(page)
    assert shown[shown.index("С") + 1] == "Overtime, 2 h"
    assert shown[shown.index("Counts as worked") + 1] == "10 h"
    assert shown[shown.index("Shift") + 1] == "09:00 – 18:00, unpaid break 13:00 – 14:00"
    await look_at(page, 1)
    await eventually(lambda: "Б" in told(page))
    assert told(page)[told(page).index("Б") + 1] == "Paid sick leave, the whole day"


def test_it_opens_with_this_month_on_its_first_day_with_the_last_one() -> None:
    assert first_period(date(2026, 3, 10)) == (date(2026, 3, 1), date(2026, 3, 31))
    assert first_period(date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 2, 28))
