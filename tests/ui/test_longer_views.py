"""The inner tabs of Workforce and Webhooks, with rows, in a language 40 % longer than English (1024 x 680)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.demo.world import DemoWorld
from app.demonstration import fetch_demo_workforce
from app.operations.runner import Request
from app.places import Home
from tests.support.longer_language import spoken
from tests.support.longer_window import faults, open_window
from tests.support.window import eventually
from ui.pages.tabbed_page import TabbedPage
from ui.pages.webhooks.page import INNER as WEBHOOKS
from ui.pages.workforce.page import INNER as WORKFORCE
from ui.tables import TableView
from ui.widgets import DetailsPane
from ui.widgets.inner_tabs import InnerTabs
from ui.window import MainWindow

WITHOUT_TABLE = frozenset({"exchange"})
"""Data exchange asks for a file first."""


@pytest.fixture(autouse=True)
def made_up_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with spoken(tmp_path, monkeypatch):
        yield


@asynccontextmanager
async def filled_window(home: Home, world: DemoWorld) -> AsyncIterator[MainWindow]:
    """A window on people and hours, numbers and history, and webhooks that were told of all that."""
    async with open_window(home, world) as window:
        assert window.desk is not None
        assert window.workspace is not None
        address = world.describe()["webhooks"]["ok"]
        told = {"name": "Intranet", "url": address, "event_types": "integration.*", "insecure": True}
        await window.desk.report_of(Request("webhooks.create", params=told))
        inbox = await window.workspace.inbox.open()
        told = {"name": "Trying", "url": inbox, "event_types": "integration.*", "insecure": True}
        await window.desk.report_of(Request("webhooks.create", params=told))
        await fetch_demo_workforce(window.workspace)
        yield window


def tables(view: QWidget) -> list[TableView[object]]:
    """The tables in sight that have rows."""
    return [t for t in view.findChildren(TableView) if t.isVisible() and t.model().rowCount()]


async def with_details(view: QWidget) -> None:
    """Choose a row by keyboard, with its details beside it where the view has any."""
    await eventually(lambda: tables(view))
    table = tables(view)[0]
    table.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(table, Qt.Key.Key_Down)
    if any(pane.isHidden() for pane in view.findChildren(DetailsPane)):
        QTest.keyClick(table, Qt.Key.Key_Space)


@pytest.mark.parametrize(("page", "names"), [("workforce", WORKFORCE), ("webhooks", WEBHOOKS)])
async def test_every_inner_tab_with_rows_and_the_details_of_one(
    home: Home, small_world: DemoWorld, page: str, names: tuple[str, ...]
) -> None:
    async with filled_window(home, small_world) as window:
        window.open_page(page)
        tabbed = cast("TabbedPage", window.page(page))
        found = {}
        for name in names:
            tabbed.open_inner(name)
            view = tabbed.inner(name)
            if name not in WITHOUT_TABLE:
                await with_details(view)
            found[name] = await faults(window, window)
            for bar in view.findChildren(InnerTabs):
                for place in range(1, bar.count()):
                    bar.setCurrentIndex(place)
                    found[f"{name}, {place}"] = await faults(window, window)
        if any(found.values()):
            pytest.fail("\n".join(f"{name}: {text}" for name, text in found.items() if text))
