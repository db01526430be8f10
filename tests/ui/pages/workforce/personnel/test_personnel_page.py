"""The Personnel tab, as a person uses it: states, filters, sync, preview, links, details, the connection's menu."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from app.access import Role
from app.domain.directory import Employee
from app.domain.onec import NormHours, OneCPerson, VacationBalance
from app.domain.onec_people import KnownPerson, LinkedBy
from app.errors import Unreachable
from app.operations.runner import Request
from app.store import onec as stored
from tests.support.fake_onec import GROUP, ROOT, FakeOneC, external_id, person
from tests.support.payroll import done, employ, plan, sheet, signed_in
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from tests.ui.pages.workforce.personnel.conftest import Open
from ui.desk import Desk
from ui.dialogs.connection import ConnectionDialog
from ui.dialogs.preview import PreviewDialog
from ui.pages.workforce.personnel import PersonnelPage
from ui.pages.workforce.personnel.link_dialog import LinkDialog
from ui.pages.workforce.personnel.status_dialog import StatusDialog
from ui.widgets import Button, ConfirmDialog
from ui.widgets.chip_menu import ChipMenu

ELSEWHERE = "ffffffff-0000-4000-8000-000000000001"


def staff() -> list[OneCPerson]:
    """Five people: one at work, one on leave, one who left, one whose department is unknown, one to come."""
    return [
        person(1, vacation=(VacationBalance(date(2026, 3, 17), Decimal("9.33")),)),
        person(2, last_name="Ёлкина", position="Супервизор", department_external_id=ROOT),
        person(3, last_name="Белов", termination_date=date(2026, 3, 1)),
        person(4, last_name="Власов", department_external_id=ELSEWHERE, department_missing=True,
               weekly_norm_hours=None),
        person(5, last_name="Гусев", hire_date=date(2026, 4, 1)),
    ]  # fmt: skip


@pytest.fixture
async def page(payroll: Desk, onec: FakeOneC, open_page: Open) -> PersonnelPage:
    """The page after a first sync of five people, with a timesheet of March."""
    onec.says(*staff())
    onec.periods = [sheet(1, (10, "Я", "8")), sheet(2, (10, "ОТ", "0"))]
    await done(payroll, "onec.sync_personnel")
    await done(payroll, "onec.timetype_info", start_date="2026-03-01", end_date="2026-03-31")
    page = open_page()
    await eventually(lambda: page.pane.rows.total == 5)
    return page


def names(page: PersonnelPage) -> list[str]:
    return [line.known.person.last_name for line in page.pane.rows.shown_rows()]


def cells(page: PersonnelPage, number: int) -> dict[str, object]:
    table = page.pane.visible_table()
    at = [line.known.person.external_id for line in page.pane.rows.shown_rows()].index(external_id(number))
    return dict(zip(table.headers, table.rows[at], strict=True))


def told(page: PersonnelPage) -> str:
    return "\n".join(page.details.texts())


def menu_entry(page: PersonnelPage, name: str) -> QAction:
    page.header.menu.aboutToShow.emit()
    return next(a for a in page.header.menu.actions() if a.objectName() == f"personnel.more.{name}")


async def known(desk: Desk, number: int) -> KnownPerson:
    people = await desk.workspace.store.read(stored.people)
    return next(k for k in people if k.person.external_id == external_id(number))


async def look_at(page: PersonnelPage, number: int) -> None:
    page.show_record(external_id(number))
    await eventually(lambda: "History" in page.details.texts())


# -- states ------------------------------------------------------------------------------------------------------------


async def test_without_a_connection_the_tab_says_how_to_begin(desk: Desk, voice: Heard, open_page: Open) -> None:
    page = open_page()
    await eventually(lambda: "No people of 1C yet" in words(page))
    assert "Add a 1C connection or explore with demo data." in words(page)
    assert part(page, Button, "personnel.sync").toolTip() == "Add a 1C connection first."
    assert menu_entry(page, "agents").toolTip() == "Add a 1C connection first."
    part(page, QWidget, "personnel.state").findChildren(Button)[0].click()
    assert voice.opened == [("connections", "")]


async def test_with_a_connection_the_first_sync_brings_everybody(
    payroll: Desk, onec: FakeOneC, open_page: Open
) -> None:
    onec.says(*staff())
    page = open_page()
    await eventually(lambda: "Fetch them from 1C" in words(page))
    await eventually(part(page, Button, "personnel.sync").isEnabled)
    click(page, "personnel.sync")
    await eventually(lambda: page.pane.rows.total == 5)
    await eventually(lambda: "5 new" in page.header.evidence.text())
    assert part(page, Button, "personnel.sync").text() == "Sync personnel"


async def test_who_may_not_sync_is_told_why(page: PersonnelPage, desk: Desk, open_page: Open) -> None:
    file = desk.workspace.settings_file
    file.values = replace(file.values, role=Role.VIEWER)
    again = open_page()
    await eventually(lambda: again.pane.rows.total == 5)
    sync = part(again, Button, "personnel.sync")
    assert not sync.isEnabled()
    assert sync.toolTip()
    assert sync.accessibleDescription() == sync.toolTip()
    assert not menu_entry(again, "sync_full").isEnabled()
    assert menu_entry(again, "status").isEnabled()


# -- rows and filters --------------------------------------------------------------------------------------------------


async def test_a_row_says_who_where_how_and_whom_they_are_here(page: PersonnelPage) -> None:
    row = cells(page, 1)
    assert (row["Name"], row["Personnel number"], row["Department"]) == (
        "Орлова1 Мария Игоревна",
        "00-0001",
        "Группа 1",
    )
    assert (row["State"], row["Employee in Muster"], row["To look at"]) == ("Active", "Мария Орлова1", "")
    assert cells(page, 2)["State"] == "On leave"
    assert cells(page, 3)["State"] == "Dismissed"
    assert cells(page, 4)["To look at"] == "Department missing in 1C, No weekly norm"
    assert cells(page, 5)["State"] == "Starts later"


@pytest.mark.parametrize(
    ("chip", "found"),
    [("active", ["Орлова1", "Власов"]), ("on_leave", ["Ёлкина"]), ("dismissed", ["Белов"]), ("problems", ["Власов"])],
)
async def test_chips_filter_and_count(page: PersonnelPage, chip: str, found: list[str]) -> None:
    await eventually(lambda: page.pane.chips.counts().get(chip) == len(found))
    click(page, f"personnel.filter.{chip}")
    assert sorted(names(page)) == sorted(found)


async def test_a_department_stands_for_those_below_it(page: PersonnelPage) -> None:
    await eventually(lambda: page.pane.chips.findChild(ChipMenu) is not None)
    menu = part(page, ChipMenu, "personnel.filter.menu.department")
    await eventually(lambda: "4" in "".join(a.text() for a in menu.menu().actions()))
    entries = {a.objectName(): a for a in menu.menu().actions()}
    entries[f"personnel.filter.department_{ROOT}"].trigger()
    assert "Власов" not in names(page)
    assert len(names(page)) == 4
    entries[f"personnel.filter.department_{GROUP}"].trigger()
    assert "Ёлкина" not in names(page)


async def test_the_search_finds_accents_and_numbers(page: PersonnelPage) -> None:
    part(page, QLineEdit, "personnel.search").setText("елкина")
    await eventually(lambda: names(page) == ["Ёлкина"])
    type_into(part(page, QLineEdit, "personnel.search"), "00-0003")
    await eventually(lambda: names(page) == ["Белов"])


# -- sync and preview --------------------------------------------------------------------------------------------------


async def test_a_sync_leaves_who_is_not_listed_a_full_one_marks_them(
    page: PersonnelPage, onec: FakeOneC, desk: Desk
) -> None:
    everybody = [*staff(), *(person(number) for number in range(10, 30))]
    onec.says(*everybody)
    click(page, "personnel.sync")
    await eventually(lambda: page.pane.rows.total == 25)
    onec.says(*everybody[1:])
    await eventually(part(page, Button, "personnel.sync").isEnabled)
    click(page, "personnel.sync")
    await eventually(lambda: len(onec.asked("agents")) == 3)
    await eventually(part(page, Button, "personnel.sync").isEnabled)
    assert (await known(desk, 1)).absent_since is None
    menu_entry(page, "sync_full").trigger()
    await eventually(lambda: page.pane.chips.counts().get("missing") == 1)
    click(page, "personnel.filter.missing")
    assert names(page) == ["Орлова1"]
    assert cells(page, 1)["State"] == "Missing in 1C"


async def test_a_preview_shows_changes_and_applies_what_is_ticked(
    page: PersonnelPage, onec: FakeOneC, desk: Desk
) -> None:
    changed = [person(1, position="Супервизор"), *staff()[1:4], replace(staff()[4], last_name="Дуб"), person(6)]
    onec.says(*changed)
    click(page, "personnel.preview")
    dialog = await open_dialog(PreviewDialog)
    assert isinstance(dialog, PreviewDialog)
    lines = {line.subject: line for line in dialog.pane.rows.all_rows()}
    assert "Position: Оператор → Супервизор" in lines["Орлова1 Мария Игоревна"].changes
    assert "00-0006" in lines["Орлова6 Мария Игоревна"].changes
    dialog.pane.rows.set_checked([lines["Дуб Мария Игоревна"].key], on=False)
    assert dialog.apply_button.text() == "Apply 2 changes"
    QTest.mouseClick(dialog.apply_button, Qt.MouseButton.LeftButton)
    await eventually(lambda: page.pane.rows.total == 6)
    assert (await known(desk, 1)).person.position == "Супервизор"
    assert (await known(desk, 5)).person.last_name == "Гусев"


async def test_the_button_of_a_preview_names_how_many_it_deactivates(page: PersonnelPage, onec: FakeOneC) -> None:
    onec.says(replace(staff()[0], termination_date=date(2026, 3, 9)), *staff()[1:])
    click(page, "personnel.preview")
    dialog = await open_dialog(PreviewDialog)
    assert part(dialog, QPushButton, "preview.apply").text() == "Apply 1 change (deactivates 1)"


async def test_a_preview_of_a_full_sync_shows_who_is_no_longer_listed(page: PersonnelPage, onec: FakeOneC) -> None:
    onec.says(*staff()[:4])
    menu_entry(page, "preview_full").trigger()
    dialog = await open_dialog(PreviewDialog)
    assert isinstance(dialog, PreviewDialog)
    assert [line.subject for line in dialog.pane.rows.all_rows() if line.step is None] == ["Гусев Мария Игоревна"]


async def test_a_preview_that_failed_leaves_a_banner(page: PersonnelPage, onec: FakeOneC, voice: Heard) -> None:
    onec.troubles["agents"] = [Unreachable("1C is away.", "Wait.")]
    click(page, "personnel.preview")
    await eventually(lambda: "preview" in voice.banners)
    assert voice.banners["preview"].text == "1C is away."
    assert page.pane.rows.total == 5  # what is stored stays


async def test_reading_people_keeps_nothing(page: PersonnelPage, onec: FakeOneC, voice: Heard) -> None:
    onec.says(person(1), person(2), person(99))
    menu_entry(page, "agents").trigger()
    await eventually(lambda: "1C lists 3 people." in voice.toasts)
    assert page.pane.rows.total == 5


# -- links -------------------------------------------------------------------------------------------------------------


async def test_unlinking_asks_first_and_a_sync_keeps_to_it(page: PersonnelPage, desk: Desk, voice: Heard) -> None:
    await look_at(page, 1)
    click(page, "personnel.unlink")
    dialog = await open_dialog(ConfirmDialog)
    assert part(dialog, Button, "confirm.action").text() == "Unlink Орлова1 Мария Игоревна"
    click(dialog, "confirm.action")
    await eventually(lambda: page.pane.chips.counts().get("not_linked") == 1)
    assert cells(page, 1)["Employee in Muster"] == "Not linked"
    await done(desk, "onec.sync_personnel")
    assert (await known(desk, 1)).employee_id is None
    await eventually(lambda: not part(page, Button, "personnel.unlink").isEnabled())
    assert part(page, Button, "personnel.unlink").toolTip() == "Nobody is linked."


async def test_a_link_is_chosen_by_search_and_who_fits_comes_first(
    page: PersonnelPage, desk: Desk, voice: Heard
) -> None:
    await employ(desk, Employee("e-1", "Anna", "Aas"), Employee("e-2", "Мария", "ОРЛОВА1", employee_no="77"))
    await done(desk, "onec.link_person", person=external_id(1))
    await look_at(page, 1)
    click(page, "personnel.link")
    dialog = await open_dialog(LinkDialog)
    assert isinstance(dialog, LinkDialog)
    best = dialog.pane.table.current_row()
    assert best is not None
    assert (best.employee.last_name, best.taken_by) == ("ОРЛОВА1", "")
    type_into(part(dialog, QLineEdit, "link.search"), "aas")
    await eventually(lambda: dialog.pane.rows.rowCount() == 1)
    assert part(dialog, Button, "link.action").text() == "Link to Anna Aas"
    click(dialog, "link.action")
    await eventually(lambda: cells(page, 1)["Employee in Muster"] == "Anna Aas")
    linked = await known(desk, 1)
    assert (linked.employee_id, linked.linked_by) == ("e-1", LinkedBy.HAND)
    await eventually(lambda: "Орлова1 Мария Игоревна is linked to Anna Aas." in voice.toasts)


async def test_somebody_who_is_taken_cannot_be_chosen(page: PersonnelPage) -> None:
    await look_at(page, 1)
    QTest.keyClick(page.pane.table, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    dialog = await open_dialog(LinkDialog)
    assert isinstance(dialog, LinkDialog)
    part(dialog, QLineEdit, "link.search").setText("Белов")
    await eventually(lambda: dialog.pane.rows.rowCount() == 1)
    action = part(dialog, Button, "link.action")
    assert not action.isEnabled()
    assert action.toolTip() == "Белов Мария Игоревна of 1C is linked to them. Take that link back first."
    dialog.reject()


# -- details -----------------------------------------------------------------------------------------------------------


async def test_space_opens_every_field_with_its_source(page: PersonnelPage) -> None:
    page.pane.table.select_key(external_id(1))
    QTest.keyClick(page.pane.table, Qt.Key.Key_Space)
    await eventually(lambda: "History" in page.details.texts())
    shown = page.details.texts()
    assert {"00-0001", "Орлова1", "Группа 1", "Оператор", "40", external_id(1)} <= set(shown)
    assert "9.33 days of vacation" in shown
    assert shown[shown.index("Employee") + 1] == "Мария Орлова1"
    assert "Created" in shown
    assert "No contact centre knows this person." in shown


async def test_details_tell_norms_shifts_the_months_sheet_and_presence(
    page: PersonnelPage, desk: Desk, onec: FakeOneC
) -> None:
    onec.norms = [NormHours(external_id(1), Decimal(446), date(2026, 1, 1), date(2026, 3, 31))]
    await done(desk, "onec.norm_hours", calculation_mode="quarter", start_date="2026-01-01", end_date="2026-03-31")
    await plan(desk, 1, 9, 11, 12)
    await signed_in(desk, 1, "09T09:00", "09T18:00")
    await look_at(page, 1)
    shown = page.details.texts()
    assert any(text.startswith("446 h") for text in shown)
    assert shown.count("09:00 – 18:00, 8 h") == 2  # the shift of the 9th is over
    assert "No contact centre knows this person." not in shown


async def test_open_details_follow_what_is_fetched_meanwhile(page: PersonnelPage, desk: Desk, onec: FakeOneC) -> None:
    await look_at(page, 1)
    onec.norms = [NormHours(external_id(1), Decimal(446), date(2026, 1, 1), date(2026, 3, 31))]
    await done(desk, "onec.norm_hours", calculation_mode="quarter", start_date="2026-01-01", end_date="2026-03-31")
    await eventually(lambda: any(text.startswith("446 h") for text in page.details.texts()))


async def test_what_to_look_at_comes_with_what_to_do(page: PersonnelPage) -> None:
    await look_at(page, 4)
    assert "Department missing in 1C" in told(page)
    assert "Put the department into 1C's register of exchange, then sync again." in told(page)


async def test_details_lead_to_the_employee_and_to_the_deviations(
    page: PersonnelPage, voice: Heard, desk: Desk
) -> None:
    await look_at(page, 1)
    click(page, "personnel.open_employee")
    click(page, "personnel.open_deviations")
    employee = (await known(desk, 1)).employee_id
    assert voice.opened == [("employees", employee), ("workforce", f"deviations:{external_id(1)}")]


async def test_a_record_is_found_by_the_employee_too(page: PersonnelPage, desk: Desk) -> None:
    employee = (await known(desk, 3)).employee_id
    assert employee is not None
    page.show_record(employee)
    await eventually(lambda: (row := page.pane.table.current_row()) and row.known.person.last_name == "Белов")


# -- the connection ----------------------------------------------------------------------------------------------------


async def test_the_status_is_told_without_asking_1c(page: PersonnelPage, onec: FakeOneC) -> None:
    before = len(onec.calls)
    menu_entry(page, "status").trigger()
    dialog = await open_dialog(StatusDialog)
    assert isinstance(dialog, StatusDialog)
    shown = dialog.pane.texts()
    assert shown[shown.index("Stored") + 1] == "5"
    assert shown[shown.index("Linked") + 1] == "5"
    assert "Sync people from 1C: Finished" in shown
    assert len(onec.calls) == before
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await eventually(
        lambda: not any(isinstance(w, StatusDialog) for w in QApplication.topLevelWidgets() if w.isVisible())
    )


async def test_the_settings_open_as_the_connections_own_form(page: PersonnelPage) -> None:
    menu_entry(page, "configure").trigger()
    dialog = await open_dialog(ConnectionDialog)
    assert "1c" in dialog.windowTitle()
    dialog.reject()


async def test_the_people_of_another_connection_are_shown_when_it_is_chosen(page: PersonnelPage, desk: Desk) -> None:
    settings = {"endpoint_url": "https://2c.example/zup/hs/wfm", "username": "wfm"}
    params = {"name": "2c", "kind": "onec", "settings": settings}
    await desk.report_of(Request("connections.create", params=params, secrets={"password": "x"}))
    page.refresh()
    await eventually(page.header.connections.isVisible)
    page.header.connection_chosen.emit("2c")
    await eventually(lambda: page.pane.rows.total == 0)
    page.header.connection_chosen.emit("1c")
    await eventually(lambda: page.pane.rows.total == 5)
