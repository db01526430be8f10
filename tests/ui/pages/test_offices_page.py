"""The Offices page, as a person uses it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.operations.runner import Request
from app.store import directory, runs
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into
from ui.desk import Desk
from ui.pages.offices import OfficesPage
from ui.tables import TableView
from ui.widgets import Button, ConfirmDialog, StatusChip


async def open_page(desk: Desk) -> OfficesPage:
    page = OfficesPage(desk)
    page.resize(1200, 700)
    page.show()
    await eventually(lambda: page.header.sync.toolTip() != "Loading …")
    return page


async def synced_page(desk: Desk) -> OfficesPage:
    page = await open_page(desk)
    await eventually(page.header.sync.isEnabled)
    click(page, "offices.sync")
    await eventually(lambda: page.pane.rows.total == 3)
    await eventually(page.header.sync.isEnabled)
    return page


async def test_without_a_connection_the_page_says_what_to_do_first(desk: Desk, voice: Heard) -> None:
    page = await open_page(desk)
    await eventually(lambda: page.header.sync.toolTip() == "Add a connection first.")
    assert not page.header.sync.isEnabled()
    assert part(page, StatusChip, "offices.chip").word == "Not configured"


async def test_sync_fills_the_table_and_keeps_its_counts_on_the_page(demo_desk: Desk) -> None:
    page = await synced_page(demo_desk)
    await eventually(lambda: part(page, StatusChip, "offices.chip").word == "Connected")
    assert "Updated 3 of 3 offices" in page.header.evidence.text()
    assert page.header.sync.text() == "Sync offices"


async def test_while_it_runs_the_button_shows_progress_and_comes_back_the_same(
    demo_desk: Desk, small_world: DemoWorld
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.HANG)
    page = await open_page(demo_desk)
    await eventually(page.header.sync.isEnabled)
    click(page, "offices.sync")
    await eventually(lambda: not page.header.sync.isEnabled())
    assert page.header.sync.text() != "Sync offices"
    for handle in list(demo_desk.workspace.runner.handles.values()):
        handle.cancel()
    await eventually(page.header.sync.isEnabled)
    assert page.header.sync.text() == "Sync offices"


async def test_a_refused_key_ends_the_loading_state_and_the_chip_says_so(
    demo_desk: Desk, small_world: DemoWorld
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
    page = await open_page(demo_desk)
    await eventually(page.header.sync.isEnabled)
    click(page, "offices.sync")
    await eventually(lambda: part(page, StatusChip, "offices.chip").word == "Needs sign-in")
    assert "Vitec Hub unauthorized." in page.header.evidence.text()
    assert page.header.sync.isEnabled()


async def test_search_narrows_and_escape_brings_everything_back(demo_desk: Desk) -> None:
    page = await synced_page(demo_desk)
    search = part(page, QLineEdit, "offices.search")
    page.pane.chips.choose([])
    phone = page.pane.rows.row_at(0).office.phone or ""
    type_into(search, phone)
    await eventually(lambda: page.pane.rows.rowCount() == 1)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    await eventually(lambda: page.pane.rows.rowCount() == 3)


async def test_space_opens_the_details_with_sources_and_history(demo_desk: Desk) -> None:
    page = await synced_page(demo_desk)
    table = part(page, TableView, "offices.table")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Space)
    await eventually(lambda: "Created" in page.details.texts())
    office = page.pane.table.current_row()
    assert office is not None
    assert office.office.name in page.details.texts()
    assert any("Vitec" in text for text in page.details.texts())


async def test_deactivating_names_the_number_on_the_button_and_can_be_taken_back(demo_desk: Desk) -> None:
    page = await synced_page(demo_desk)
    page.pane.chips.choose([])
    page.pane.table.selectAll()
    chosen = [o for o in page.chosen() if o.is_active]
    page.switch(active=False)
    dialog = await open_dialog(ConfirmDialog)
    assert f"Deactivate {len(page.chosen())} offices" in [b.text() for b in dialog.findChildren(Button)]
    dialog.accept()
    store = demo_desk.workspace.store

    async def active() -> int:
        return sum(o.is_active for o in await store.read(directory.offices))

    await eventually(lambda: not any(office.is_active for office in page.chosen()))
    assert await active() == 0
    page.switch(active=True)
    await eventually(lambda: all(office.is_active for office in page.chosen()))
    assert await active() == len(chosen)


async def test_a_sync_elsewhere_shows_up_here(demo_desk: Desk) -> None:
    page = await open_page(demo_desk)
    report = await demo_desk.report_of(Request("offices.sync", "vitec"))
    assert report is not None
    await eventually(lambda: page.pane.rows.total == 3)
    assert await demo_desk.workspace.store.read(runs.find_run, report.run.run_id)
