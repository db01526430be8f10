"""The command palette, as a person uses it."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QWidget

from app.access import Role
from app.demo.world import DemoWorld
from app.domain.outcomes import RunState
from app.operations.runner import Request
from app.places import Home
from app.settings import SettingsFile
from app.store import directory
from app.store import runs as stored
from tests.support.window import Heard, eventually, part
from ui.desk import Desk
from ui.dialogs.palette import CommandPalette, Group, PaletteEntry, open_palette
from ui.window import PAGES, MainWindow

Key = Qt.Key


class Window(QWidget):
    """A window with a palette over it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.did: list[str] = []
        self.opened: list[str] = []
        self.resize(1200, 800)
        self.show()
        pages = ("Offices", "Activity")
        entries = [PaletteEntry(Group.PAGE, name, partial(self.did.append, name)) for name in pages]
        self.palette_dialog = CommandPalette(desk, entries, self, open_run=self.opened.append)
        self.palette_dialog.show_over(self)


def shown(palette: CommandPalette) -> list[str]:
    return [entry.title for entry in palette.found.entries]


def entry(palette: CommandPalette, title: str) -> PaletteEntry:
    return next(each for each in palette.found.entries if each.title == title)


def type_in(palette: CommandPalette, text: str) -> None:
    line = part(palette, QLineEdit, "palette.line")
    line.clear()
    QTest.keyClicks(line, text)


@pytest.fixture
async def window(desk: Desk) -> Window:
    return await read(Window(desk))


@pytest.fixture
async def synced(demo_desk: Desk) -> Window:
    await demo_desk.report_of(Request("directory.sync", "vitec"))
    return await read(Window(demo_desk))


async def read(window: Window) -> Window:
    """With what the palette reads at its start: between a fixture and its test the loop stands still."""
    await eventually(lambda: not any("palette" in task.get_name() for task in asyncio.all_tasks()))
    return window


async def test_it_can_be_typed_in_at_once(window: Window) -> None:
    palette = window.palette_dialog
    await eventually(part(palette, QLineEdit, "palette.line").hasFocus)
    type_in(palette, "activity")
    assert shown(palette)[0] == "Activity"
    QTest.keyClick(palette.line, Key.Key_Return)
    assert window.did == ["Activity"]
    assert not palette.isVisible()


async def test_operations_run_on_their_connection(synced: Window, desk: Desk) -> None:
    palette = synced.palette_dialog
    type_in(palette, "sync off")
    await eventually(lambda: shown(palette)[:1] == ["Sync offices"])
    assert entry(palette, "Sync offices").detail == "vitec"
    QTest.keyClick(palette.line, Key.Key_Return)

    async def newest() -> str:
        return (await desk.workspace.store.read(stored.runs))[0].operation

    for _attempt in range(500):
        if await newest() == "offices.sync":
            break
    assert await newest() == "offices.sync"


async def test_without_a_connection_an_operation_says_so_and_leads_there(window: Window, voice: Heard) -> None:
    palette = window.palette_dialog
    type_in(palette, "sync offices")
    await eventually(lambda: "Sync offices" in shown(palette))
    assert entry(palette, "Sync offices").obstacle.startswith("Needs a connection")
    QTest.keyClick(palette.line, Key.Key_Return)
    assert voice.opened == [("connections", "")]


async def test_what_the_role_may_not_do_stays_with_its_reason(desk: Desk, voice: Heard) -> None:
    desk.workspace.settings_file.change(role=Role.VIEWER)
    window = Window(desk)
    palette = window.palette_dialog
    type_in(palette, "sync offices")
    await eventually(lambda: "Sync offices" in shown(palette))
    assert "viewer" in entry(palette, "Sync offices").obstacle
    QTest.keyClick(palette.line, Key.Key_Return)
    assert palette.isVisible()
    assert not voice.opened


async def test_what_asks_for_more_leads_to_its_page(window: Window, voice: Heard) -> None:
    palette = window.palette_dialog
    type_in(palette, "remove a conn")
    await eventually(lambda: shown(palette)[:1] == ["Remove a connection"])
    QTest.keyClick(palette.line, Key.Key_Return)
    assert voice.opened == [("connections", "")]


async def test_people_and_offices_are_found_and_opened(synced: Window, desk: Desk, voice: Heard) -> None:
    person = (await desk.workspace.store.read(directory.employees))[0]
    palette = synced.palette_dialog
    type_in(palette, person.name)
    await eventually(lambda: shown(palette)[:1] == [person.name])
    QTest.keyClick(palette.line, Key.Key_Return)
    assert voice.opened == [("employees", person.id)]


async def test_recent_runs_are_opened_as_they_ended(synced: Window) -> None:
    palette = synced.palette_dialog
    type_in(palette, "finished")
    await eventually(lambda: "Sync employees" in shown(palette))
    place = shown(palette).index("Sync employees")
    for _row in range(place):
        QTest.keyClick(palette.line, Key.Key_Down)
    QTest.keyClick(palette.line, Key.Key_Return)
    assert len(synced.opened) == 1


async def test_arrows_move_and_what_one_stands_on_stays_when_more_is_found(window: Window) -> None:
    palette = window.palette_dialog
    type_in(palette, "i")
    assert "Offices" in shown(palette)
    QTest.keyClick(palette.line, Key.Key_Down)
    stands_on = palette.current()
    await eventually(lambda: len(shown(palette)) > 2)
    assert palette.current() == stands_on


async def test_nothing_found_is_said(window: Window) -> None:
    palette = window.palette_dialog
    type_in(palette, "zzzz")
    assert part(palette, QLabel, "palette.nothing").text() == "Nothing is called “zzzz”."
    QTest.keyClick(palette.line, Key.Key_Return)
    assert palette.isVisible()


async def test_escape_closes(window: Window) -> None:
    QTest.keyClick(window.palette_dialog.line, Key.Key_Escape)
    assert not window.palette_dialog.isVisible()


async def test_every_line_is_read_aloud_whole(window: Window) -> None:
    palette = window.palette_dialog
    assert part(palette, QLineEdit, "palette.line").accessibleName()
    found = part(palette, QListView, "palette.list")
    assert found.accessibleName() == "Found"
    type_in(palette, "offices")
    first = palette.found.index(0)
    await eventually(lambda: palette.found.data(first, Qt.ItemDataRole.AccessibleTextRole) == "Offices, Page")


async def test_a_palette_closed_while_it_reads_is_no_trouble(desk: Desk) -> None:
    window = Window(desk)
    window.palette_dialog.close()
    window.palette_dialog.deleteLater()
    report = await desk.report_of(Request("connections.list"))
    assert report is not None
    assert report.run.state is RunState.FINISHED


async def test_the_window_brings_its_pages_its_settings_and_its_runs(home: Home, small_world: DemoWorld) -> None:
    window = MainWindow(home, SettingsFile(home.settings), demo=True)
    window.show()
    await window.open_workspace(small_world)
    assert window.desk is not None
    await window.desk.report_of(Request("offices.sync", "vitec"))
    palette = open_palette(window, window.desk)
    type_in(palette, "look dark")
    assert shown(palette) == ["Look: Dark"]
    type_in(palette, "activity")
    assert entry(palette, "Activity").keys == f"Ctrl+{len(PAGES)}"
    QTest.keyClick(palette.line, Key.Key_Return)
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Activity"
    again = open_palette(window, window.desk)
    type_in(again, "finished updated 3 of 3")
    await eventually(lambda: shown(again) == ["Sync offices"])
    QTest.keyClick(again.line, Key.Key_Return)
    await eventually(window.shell.run_panel.isVisible)
    await window.close_workspace()
    window.close()
