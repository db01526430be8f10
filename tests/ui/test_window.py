"""The whole window: opening, pages by keyboard, what it says on bad days, closing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QWidget

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.domain.outcomes import Run, RunState
from app.operations.runner import Request
from app.places import Home
from app.settings import SettingsFile
from app.store import directory, runs
from app.store.models import RunRow
from app.store.values import now
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.window import click, eventually, open_dialog, part, words
from ui.dialogs.why import WhyDialog
from ui.pages.start import StartPage
from ui.runs import RunPanel
from ui.widgets import Banner, DetailsPane, EmptyState, StatusChip
from ui.window import PAGES, MainWindow


@pytest.fixture
async def window(home: Home, small_world: DemoWorld) -> AsyncIterator[MainWindow]:
    """The window on the small demo world, as `muster demo` opens it."""
    window = MainWindow(home, SettingsFile(home.settings), demo=True)
    window.show()
    window.activateWindow()
    await window.open_workspace(small_world)
    await eventually(window.isActiveWindow)
    yield window
    window.close()
    await window.close_workspace()


async def synced(window: MainWindow) -> MainWindow:
    button = part(window, QAbstractButton, "offices.sync")
    await eventually(button.isEnabled)
    click(window, "offices.sync")
    await eventually(lambda: "3 offices" in words(window))
    return window


async def test_it_opens_on_the_offices_with_a_mark_that_this_is_demo_data(window: MainWindow) -> None:
    assert window.tabs.currentIndex() == 0
    assert part(window, QLabel, "status.demo").isVisible()
    assert "SQLite" in part(window, QLabel, "status.store").text()


@pytest.mark.parametrize(("key", "page"), [(Qt.Key.Key_2, "employees"), (Qt.Key.Key_4, "customers")])
async def test_ctrl_and_a_digit_open_a_page(window: MainWindow, key: Qt.Key, page: str) -> None:
    QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert PAGES[window.tabs.currentIndex()] == page


async def test_f5_syncs_the_page_in_front(window: MainWindow) -> None:
    await eventually(part(window, QAbstractButton, "offices.sync").isEnabled)
    QTest.keyClick(window, Qt.Key.Key_F5)
    await eventually(lambda: "Updated 3 of 3 offices" in words(window))


async def test_ctrl_f_goes_to_the_search_of_the_page_in_front(window: MainWindow) -> None:
    await synced(window)
    window.activateWindow()
    QTest.keyClick(part(window, QWidget, "offices.table"), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    await eventually(lambda: part(window, QLineEdit, "offices.search").hasFocus())


async def test_ctrl_f_works_right_after_the_start_and_on_every_page(window: MainWindow) -> None:
    await synced(window)
    for name in PAGES:
        window.open_page(name)
        focus = window.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        search = "personnel.search" if name == "workforce" else f"{name}.search"
        await eventually(part(window, QLineEdit, search).hasFocus, f"Ctrl+F on {name}")


async def test_a_stopped_run_stays_as_a_banner_with_its_remedy_until_it_works(
    window: MainWindow, small_world: DemoWorld
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
    await eventually(part(window, QAbstractButton, "offices.sync").isEnabled)
    click(window, "offices.sync")
    await eventually(lambda: window.findChild(Banner) is not None)
    shown = words(part(window, Banner, window.findChild(Banner).objectName()))  # type: ignore[union-attr]
    assert "Vitec Hub unauthorized." in shown
    assert "access key" in shown
    small_world.vitec.fault = FaultPlan(Fault.NONE)
    click(window, "offices.sync")
    await eventually(lambda: not window.shell.banners.keys())


async def test_why_it_stopped_is_told_from_the_banner(window: MainWindow, small_world: DemoWorld) -> None:
    small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
    await eventually(part(window, QAbstractButton, "offices.sync").isEnabled)
    click(window, "offices.sync")
    await eventually(lambda: window.findChild(Banner) is not None)
    banner = window.findChild(Banner)
    assert banner is not None
    QTest.mouseClick(
        next(b for b in banner.findChildren(QAbstractButton) if b.text() == "Why?"), Qt.MouseButton.LeftButton
    )
    told = part(await open_dialog(WhyDialog), DetailsPane, "why.details").texts()
    assert "Vitec Hub unauthorized." in told
    assert "What to do next" in told


async def test_who_left_a_list_in_numbers_stays_until_a_person_says_that_they_really_left(
    window: MainWindow, small_world: DemoWorld
) -> None:
    assert window.desk is not None
    assert window.workspace is not None
    await window.desk.report_of(Request("people.sync"))
    for employee in small_world.supabase.employees[: len(small_world.supabase.employees) // 2]:
        employee["status"] = "concediu"
    await window.desk.report_of(Request("people.sync"))
    banner = next(b for b in window.findChildren(Banner) if "more than usual" in words(b))
    QTest.mouseClick(
        next(b for b in banner.findChildren(QAbstractButton) if b.text() == "They really left"),
        Qt.MouseButton.LeftButton,
    )
    await eventually(lambda: not window.shell.banners.keys())
    people = await window.workspace.store.read(directory.employees)
    assert any(person.supabase_missing_since for person in people)


async def test_escape_cancels_what_runs(window: MainWindow, small_world: DemoWorld) -> None:
    small_world.vitec.fault = FaultPlan(Fault.HANG)
    await eventually(part(window, QAbstractButton, "offices.sync").isEnabled)
    click(window, "offices.sync")
    panel = part(window, RunPanel, window.shell.run_panel.objectName())
    await eventually(panel.isVisible)
    QTest.keyClick(part(window, QWidget, "offices.table"), Qt.Key.Key_Escape)
    await eventually(lambda: "Cancelled" in [chip.word for chip in panel.findChildren(StatusChip)])


async def test_closing_in_mid_run_ends_quickly_and_leaves_nothing_running(
    window: MainWindow, small_world: DemoWorld
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.HANG)
    await eventually(part(window, QAbstractButton, "offices.sync").isEnabled)
    click(window, "offices.sync")
    await eventually(lambda: window.workspace is not None and window.workspace.runner.handles)
    window.close()
    assert window.is_closed
    await asyncio.wait_for(window.close_workspace(), 15)


async def test_every_control_has_a_name_for_assistive_tools(window: MainWindow) -> None:
    await synced(window)
    for name in PAGES:
        window.open_page(name)
        await asyncio.sleep(0.05)
    nameless = [
        f"{type(w).__name__} {w.objectName()}"
        for kind in (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)
        for w in window.findChildren(kind)
        if w.isVisible() and not w.accessibleName() and not getattr(w, "text", lambda: "")() and not _qt_internal(w)
    ]
    assert nameless == []


def _qt_internal(widget: QWidget) -> bool:
    """Parts that Qt makes inside its own widgets, such as header views and scroll buttons of tab bars."""
    return widget.objectName().startswith("qt_") or type(widget).__name__ in {"QHeaderView", "QTableCornerButton"} or (
        isinstance(widget.parent(), QAbstractItemView | QLineEdit) or "Tab" in type(widget.parent()).__name__
    )  # fmt: skip


# -- other homes ---------------------------------------------------------------------------------------------------


async def opened(home: Home) -> MainWindow:
    """The window on a home of one's own, with a keyring in memory."""
    window = MainWindow(home, SettingsFile(home.settings))
    window.show()
    return window


async def test_the_first_start_offers_three_ways_to_begin(home: Home) -> None:
    window = await opened(home)
    await window.open_workspace(None)
    start = part(window, QObject, "start")
    assert isinstance(start, StartPage)
    assert len([b for b in start.findChildren(QAbstractButton) if b.isVisible()]) == 3
    assert not window.tabs.isVisible()
    await window.close_workspace()


async def test_an_interrupted_run_is_offered_for_resume(home: Home, small_world: DemoWorld) -> None:
    async with await Workspace.open(home, keyring=MemoryKeyring()) as workspace:
        created = {"name": "vitec", "kind": "vitec", "settings": {}}
        await (await workspace.runner.start(Request("connections.create", params=created))).report()
        run = Run("r" * 32, "directory.sync", "vitec", RunState.RUNNING, now())
        await workspace.store.write(runs.begin_run, run)
        await workspace.store.write(lambda: RunRow.update(process="999999:1.00").execute())
    window = await opened(home)
    await window.open_workspace(None)
    await eventually(lambda: "was interrupted" in words(window))
    assert "Resume" in [b.text() for b in window.findChildren(QAbstractButton) if b.isVisible()]
    await window.close_workspace()


async def test_a_damaged_database_is_explained_in_the_window(home: Home) -> None:
    home.database.write_bytes(b"this is no database" * 1000)
    window = await opened(home)
    await window.open_workspace(None)
    problem = part(window, EmptyState, "window.problem")
    await eventually(problem.isVisible)
    assert "damaged" in words(problem)
    assert "backups" in words(problem)


async def test_an_unreadable_settings_file_is_told_and_put_aside(home: Home) -> None:
    Path(home.settings).write_text("{not json", encoding="utf-8")
    window = await opened(home)
    await window.open_workspace(None)
    await eventually(lambda: "settings file could not be read" in words(window))
    await window.close_workspace()
