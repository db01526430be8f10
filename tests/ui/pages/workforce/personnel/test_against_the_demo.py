"""The Personnel tab over the demo 1C: real requests, from the first sync to the test of the connection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from tests.support.window import Heard, click, eventually, open_dialog, part
from tests.ui.pages.workforce.personnel.conftest import Open
from tests.ui.pages.workforce.personnel.test_personnel_page import menu_entry
from ui.desk import Desk
from ui.dialogs.preview import PreviewDialog
from ui.widgets import Button


@pytest.fixture
def firm() -> Iterator[DemoWorld]:
    with DemoWorld(people=3, offices=1, terminals=1, workers=1, customers=1, agents=60) as world:
        yield world


async def test_preview_apply_read_and_test(desk: Desk, voice: Heard, firm: DemoWorld, open_page: Open) -> None:
    await connect_demo(desk.workspace, {"onec": firm.describe()["onec"]})
    page = open_page()
    await eventually(part(page, Button, "personnel.preview").isEnabled)
    click(page, "personnel.preview")
    dialog = await open_dialog(PreviewDialog)
    assert isinstance(dialog, PreviewDialog)
    assert dialog.apply_button.text() == "Apply 60 changes"
    click(dialog, "preview.apply")
    await eventually(lambda: page.pane.rows.total == 60)
    await eventually(lambda: page.pane.chips.counts().get("dismissed") == 2)  # of each sixty two left lately
    await eventually(lambda: page.header.chip.word == "Connected")
    menu_entry(page, "agents").trigger()
    await eventually(lambda: "1C lists 60 people." in voice.toasts)
    menu_entry(page, "test").trigger()
    await eventually(lambda: "onec works." in voice.toasts)
