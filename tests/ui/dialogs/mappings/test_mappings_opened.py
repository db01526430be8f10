"""The way to the mappings from the Connections page, and that nothing in the dialog is cut in a longer language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.operations.runner import Request
from tests.support.connections_page import choose, open_page, trigger
from tests.support.longer_language import spoken
from tests.support.shown import cut_in
from tests.support.window import eventually, open_dialog
from ui.desk import Desk
from ui.dialogs.mappings import MappingsDialog
from ui.pages.connections import ConnectionsPage


@pytest.fixture
def longer_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with spoken(tmp_path, monkeypatch):
        yield


@pytest.fixture
async def page(desk: Desk, small_world: DemoWorld) -> ConnectionsPage:
    told = small_world.describe()
    await connect_demo(desk.workspace, {name: told[name] for name in ("mysql", "vitec")})
    await desk.report_of(Request("offices.sync", "vitec"))
    return await open_page(desk)


async def opened(page: ConnectionsPage) -> MappingsDialog:
    choose(page, "vitec")
    trigger(page, "connections.mappings")
    dialog = await open_dialog(MappingsDialog)
    assert isinstance(dialog, MappingsDialog)
    await eventually(lambda: bool(dialog.views))
    return dialog


async def test_the_menu_of_a_connection_opens_its_mappings(page: ConnectionsPage) -> None:
    dialog = await opened(page)
    assert dialog.connection.name == "vitec"
    assert dialog.fields.visible_table().rows
    dialog.reject()


async def test_a_kind_that_sends_no_records_has_no_mappings(page: ConnectionsPage) -> None:
    choose(page, "mysql")
    assert "connections.mappings" not in [action.objectName() for action in page.details.more_menu.actions()]


@pytest.mark.usefixtures("longer_language")
async def test_nothing_is_cut_in_a_longer_language(page: ConnectionsPage) -> None:
    dialog = await opened(page)
    await eventually(lambda: not list(cut_in(dialog)), "\n".join(cut_in(dialog)), patience_s=3)
    dialog.reject()
