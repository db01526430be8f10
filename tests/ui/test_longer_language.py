"""The window in a language 40 % longer than English: nothing stays untranslated, nothing is cut (1024 x 680)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView, QTabBar, QWidget

from app.demo.world import DemoWorld
from app.domain.coverage import CoverageState
from app.domain.devices import DeviceFacts
from app.events import DevicesChanged
from app.places import Home
from app.store import directory
from app.store.values import now
from tests.support.coverage import a_device, a_person, a_placement, fill
from tests.support.longer_language import longer, spoken
from tests.support.longer_window import faults, open_window
from tests.support.window import click, eventually, open_dialog, part
from ui.dialogs.connection import ConnectionDialog
from ui.dialogs.device import DeviceDialog
from ui.dialogs.help import open_help
from ui.dialogs.palette.opening import open_palette
from ui.dialogs.preview import PreviewDialog
from ui.dialogs.push_preview import PushPreviewDialog
from ui.dialogs.record import open_editor
from ui.dialogs.why import WhyDialog
from ui.pages.devices.coverage.view import CoverageView
from ui.pages.start import StartPage
from ui.tables import TableView
from ui.widgets import Button
from ui.window import PAGES, MainWindow

OTHERS = ("workforce", "webhooks")
"""Pages of several views: those are in `test_longer_views`."""


@pytest.fixture(autouse=True)
def made_up_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with spoken(tmp_path, monkeypatch):
        yield


def test_the_language_is_longer() -> None:
    assert longer("Sync {count} offices") == "«Syync {count} ooffiicees»"


async def synced(window: MainWindow) -> None:
    """As a person fills the window: offices and employees, from the Employees page."""
    window.open_page("employees")
    await eventually(lambda: part(window, Button, "employees.sync").isEnabled())
    click(window, "employees.sync")
    await eventually(lambda: part(window, TableView, "employees.table").model().rowCount() > 0)
    await eventually(lambda: part(window, Button, "employees.sync").isEnabled())


async def with_customers(window: MainWindow) -> None:
    """The customers of the demo's CETEC, each with its answer."""
    window.open_page("customers")
    await eventually(lambda: part(window, Button, "customers.sync").isEnabled())
    click(window, "customers.sync")
    await eventually(lambda: part(window, TableView, "customers.table").model().rowCount() > 0)
    await eventually(lambda: part(window, Button, "customers.sync").isEnabled())


GATE = a_device("Gate", site="Cluj", facts=DeviceFacts(people=212, most_people=1500, drift_s=75.0, tested_at=now()))
YARD = a_device("Yard", host="10.0.0.32", has_password=False)


async def with_devices(window: MainWindow) -> None:
    """Two devices, one of them in trouble, and somebody in every state."""
    assert window.workspace is not None
    states = [state for state in CoverageState if state is not CoverageState.EXTRA]
    people = [a_person(f"person{number}", employee_no=str(number)) for number in range(len(states))]
    placed = [a_placement(GATE, person.id, state) for person, state in zip(people, states, strict=True)]
    await fill(window.workspace, people, [GATE, YARD], [*placed, a_placement(GATE, "#77", CoverageState.EXTRA)])
    window.workspace.events.publish(DevicesChanged())


async def test_pages_before_anything_was_fetched(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        for page in PAGES:
            window.open_page(page)
            assert await faults(window, window) == "", page


async def test_pages_with_rows_and_the_details_of_one(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        await synced(window)
        await with_customers(window)
        await with_devices(window)
        for page in [page for page in PAGES if page not in OTHERS]:
            window.open_page(page)
            table, details = part(window, TableView, f"{page}.table"), part(window, QWidget, f"{page}.details")
            await eventually(table.model().rowCount)
            table.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(table, Qt.Key.Key_Down)
            if not details.isVisible():
                QTest.keyClick(table, Qt.Key.Key_Space)
            await eventually(details.isVisible)
            assert await faults(window, window) == "", page


async def test_the_coverage_of_people_and_devices(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        await with_devices(window)
        window.open_page("devices")
        part(window, QTabBar, "devices.tabs").setCurrentIndex(1)
        matrix = part(window, CoverageView, "devices.coverage")
        await eventually(matrix.model().rowCount)
        matrix.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(matrix, Qt.Key.Key_Down)
        QTest.keyClick(matrix, Qt.Key.Key_Return)
        await eventually(part(window, QWidget, "devices.details").isVisible)
        assert await faults(window, window) == ""


async def test_the_form_of_a_device(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        window.open_page("devices")
        part(window, QAction, "devices.add").trigger()
        assert await faults(window, await open_dialog(DeviceDialog)) == ""


async def test_the_preview_of_a_push(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        await with_devices(window)
        window.open_page("devices")
        await eventually(part(window, Button, "devices.preview").isEnabled)
        click(window, "devices.preview")
        assert await faults(window, await open_dialog(PushPreviewDialog)) == ""


async def test_the_preview(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        await synced(window)
        click(window, "employees.preview")
        assert await faults(window, await open_dialog(PreviewDialog)) == ""


async def test_the_first_start(home: Home) -> None:
    async with open_window(home, None) as window:
        await eventually(part(window, StartPage, "start").isVisible)
        assert await faults(window, window) == ""


async def test_the_help_of_each_page(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        for page in PAGES:
            help_of_page = open_help(window, page)
            assert await faults(window, help_of_page) == "", page
            help_of_page.close()


async def test_the_command_palette(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        await synced(window)
        assert window.desk is not None
        palette = open_palette(window, window.desk)
        await eventually(part(palette, QListView, "palette.list").model().rowCount)
        assert await faults(window, palette) == ""


async def test_the_form_of_a_connection(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        window.open_page("connections")
        click(window, "connections.add")
        assert await faults(window, await open_dialog(ConnectionDialog)) == ""


async def test_the_form_of_an_office(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        await synced(window)
        assert window.workspace is not None
        assert window.desk is not None
        office = (await window.workspace.store.read(directory.offices))[0]
        editor = open_editor(window, window.desk, "offices.edit", office)
        assert await faults(window, editor) == ""


async def test_the_reasons_of_a_result(home: Home, small_world: DemoWorld) -> None:
    async with open_window(home, small_world) as window:
        await synced(window)
        table = part(window, TableView, "run.table")
        table.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(table, Qt.Key.Key_Down)
        QTest.keyClick(table, Qt.Key.Key_Return)
        assert await faults(window, await open_dialog(WhyDialog)) == ""
