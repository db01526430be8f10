"""The life of the window as `muster demo` starts it."""

from __future__ import annotations

import asyncio

from app.demo.world import DemoWorld
from app.places import Home
from app.settings import SettingsFile
from app.tasks import Tasks
from tests.support.window import eventually, part
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
