"""The Employees page, as a person uses it: sync with both counts, preview, pictures, edits that stay."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.demo.faults import Fault, FaultPlan
from app.demo.vitec import VitecPlace
from app.demo.world import DemoWorld
from app.store import directory
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into
from ui.desk import Desk
from ui.dialogs.preview import PreviewDialog
from ui.dialogs.record import RecordEditor
from ui.pages.employees import EmployeesPage
from ui.tables import TableView


async def open_page(desk: Desk) -> EmployeesPage:
    page = EmployeesPage(desk)
    page.resize(1200, 700)
    page.show()
    await eventually(page.header.sync.isEnabled)
    return page


async def synced_page(desk: Desk) -> EmployeesPage:
    page = await open_page(desk)
    click(page, "employees.sync")
    await eventually(lambda: page.pane.rows.total == 12)
    await eventually(page.header.sync.isEnabled)
    return page


async def test_sync_fetches_offices_first_and_shows_both_counts(demo_desk: Desk) -> None:
    page = await synced_page(demo_desk)
    words = page.header.evidence.text()
    assert "Updated 3 of 3 offices" in words
    assert "Updated 12 of 12 employees" in words
    assert len(await demo_desk.workspace.store.read(directory.offices)) == 3


async def test_when_one_half_fails_the_page_names_it(demo_desk: Desk, small_world: DemoWorld) -> None:
    small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN, only=VitecPlace.EMPLOYEES)
    page = await open_page(demo_desk)
    click(page, "employees.sync")
    await eventually(lambda: "the employees could not be synced" in page.header.evidence.text())
    assert "Vitec Hub forbidden." in page.header.evidence.text()


async def test_the_preview_changes_nothing_and_apply_does_exactly_what_is_ticked(demo_desk: Desk) -> None:
    page = await open_page(demo_desk)
    click(page, "employees.preview")
    dialog = await open_dialog(PreviewDialog)
    assert isinstance(dialog, PreviewDialog)
    assert dialog.apply_button.text() == "Apply 15 changes"
    assert await demo_desk.workspace.store.read(directory.employees) == []
    people = [line for line in dialog.pane.rows.all_rows() if line.phase == "employees"]
    dialog.pane.rows.set_checked([people[0].key], on=False)
    assert dialog.apply_button.text() == "Apply 14 changes"
    click(dialog, "preview.apply")
    await eventually(lambda: page.pane.rows.total == 11)
    stored = {e.name for e in await demo_desk.workspace.store.read(directory.employees)}
    assert people[0].subject not in stored


async def test_a_preview_says_when_the_data_moved_and_plans_again(demo_desk: Desk) -> None:
    page = await open_page(demo_desk)
    click(page, "employees.preview")
    dialog = await open_dialog(PreviewDialog)
    assert isinstance(dialog, PreviewDialog)
    page.sync()
    await eventually(lambda: dialog.banners.banner("moved") is not None)
    await eventually(lambda: page.pane.rows.total == 12)
    await eventually(lambda: not demo_desk.workspace.runner.handles)
    dialog.plan_again()
    await eventually(lambda: not dialog.isVisible())
    again = await open_dialog(PreviewDialog)
    assert isinstance(again, PreviewDialog)
    assert not again.apply_button.isEnabled()
    assert again.apply_button.toolTip() == "Nothing is ticked."


async def test_pictures_arrive_for_the_rows_in_view(demo_desk: Desk) -> None:
    page = await synced_page(demo_desk)
    home = demo_desk.workspace.home

    def all_looked_up() -> bool:
        return all(line.employee.photo_checked_at is not None for line in page.pane.rows.shown_rows())

    await eventually(all_looked_up, patience_s=20)
    photos = [line.employee.photo for line in page.pane.rows.shown_rows() if line.employee.photo]
    assert photos
    assert all((home.pictures / name).exists() for name in photos)


async def test_an_edited_field_is_pinned_and_the_next_sync_leaves_it(demo_desk: Desk, small_world: DemoWorld) -> None:
    page = await synced_page(demo_desk)
    table = part(page, TableView, "employees.table")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    line = page.pane.table.current_row()
    assert line is not None
    page.edit()
    editor = await open_dialog(RecordEditor)
    type_into(part(editor, QLineEdit, "record.title"), "Chief of everything")
    click(editor, "record.save")

    async def titled() -> bool:
        stored = await demo_desk.workspace.store.read(directory.employees)
        return next(e.title for e in stored if e.id == line.employee.id) == "Chief of everything"

    await eventually(titled)
    for person in small_world.vitec.employees:
        person["title"] = "Changed in Vitec"
    await eventually(page.header.sync.isEnabled)
    click(page, "employees.sync")
    await eventually(lambda: "Updated 11 of 12 employees" in page.header.evidence.text())
    assert await titled()


async def test_the_history_stands_once_however_often_a_person_is_shown(demo_desk: Desk) -> None:
    page = await synced_page(demo_desk)
    line = page.pane.rows.all_rows()[0]
    for _again in range(3):
        page.show_record(line.employee.id)
    await eventually(lambda: "History" in page.details.texts())
    await asyncio.sleep(0.1)
    assert page.details.texts().count("History") == 1


async def test_a_viewer_reads_why_the_button_is_off(demo_desk: Desk, voice: Heard) -> None:
    demo_desk.workspace.settings_file.change(role="viewer")
    page = EmployeesPage(demo_desk)
    page.show()
    await eventually(lambda: "integrations.sync" in page.header.sync.toolTip())
    assert not page.header.sync.isEnabled()
    assert "integrations.sync" in page.header.sync.accessibleDescription()
