"""The life of the window as `muster demo` starts it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QAbstractButton

from app.demo.world import DemoWorld
from app.places import Home
from app.settings import SettingsFile
from app.tasks import Tasks
from app.vault import MemoryKeyring
from tests.support.window import click, eventually, part, words
from ui.life import live
from ui.tables import TableView
from ui.window import MainWindow


async def test_the_demo_fetches_its_firm_at_once_and_ends_with_the_close_button(
    home: Home, small_world: DemoWorld
) -> None:
    window = MainWindow(home, SettingsFile(home.settings), demo=True)
    window.show()
    life = Tasks().start("life", live(window, small_world))
    await eventually(lambda: window.findChild(TableView, "offices.table") is not None)
    table = part(window, TableView, "offices.table")
    await eventually(lambda: table.rows.total == 3)
    window.open_page("employees")
    people = part(window, TableView, "employees.table")
    await eventually(lambda: people.rows.total > 12)  # those of Supabase too
    await eventually(lambda: window.workspace is not None and not window.workspace.runner.handles)
    window.close()
    await asyncio.wait_for(life, 15)
    assert window.workspace is None


async def test_a_database_that_is_away_is_told_with_its_remedy_and_tried_again_at_the_press_of_a_button(
    home: Home, keyring: MemoryKeyring, tmp_path: Path
) -> None:
    drive = tmp_path / "drive"
    settings = SettingsFile(home.settings)
    settings.change(database_url=f"sqlite:///{drive / 'muster.db'}")
    window = MainWindow(home, settings, keyring=keyring)
    window.show()
    life = Tasks().start("life", live(window))
    await eventually(lambda: "Muster cannot open its data" in words(window))
    assert f"The folder {drive} of the database is not there." in words(window)
    assert "Connect the drive" in words(window)
    first = part(window, QAbstractButton, "window.retry")
    click(window, "window.retry")

    def tried() -> bool:
        again = window.findChild(QAbstractButton, "window.retry")
        return again is not None and again is not first and again.isVisible()

    await eventually(tried)
    drive.mkdir()
    click(window, "window.retry")
    await eventually(lambda: window.workspace is not None and "connections" in window.pages)
    assert "cannot open" not in words(window)
    window.close()
    await asyncio.wait_for(life, 15)
