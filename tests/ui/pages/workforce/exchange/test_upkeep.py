"""The contact centre itself behind the page: groups and agents, status with the outbox, test, settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.contact_center.pushes import StatusUpdate
from app.store import contact_center_now as stored
from app.store import outbox
from tests.support.exchange import CONNECTION, interval
from tests.support.window import Heard, click, eventually, open_dialog, part
from tests.ui.pages.workforce.exchange.conftest import Give, Open
from ui.desk import Desk
from ui.dialogs.connection import ConnectionDialog
from ui.pages.workforce.exchange import ExchangePage
from ui.pages.workforce.exchange.status_dialog import StatusDialog


@pytest.fixture
def firm() -> Iterator[DemoWorld]:
    with DemoWorld(people=8, offices=2, terminals=0, workers=4) as world:
        yield world


@pytest.fixture
async def live(desk: Desk, firm: DemoWorld, open_page: Open) -> ExchangePage:
    """The page of the demo's contact centre."""
    await connect_demo(desk.workspace, {"contact_center": firm.describe()["contact_center"]})
    page = await open_page()
    await eventually(lambda: page.commands.connection is not None)
    return page


def entry(page: ExchangePage, name: str) -> QAction:
    page.header.menu.aboutToShow.emit()
    return part(page.header.menu, QAction, f"exchange.{name}")


async def test_groups_and_agents_are_fetched_and_ids_checked_against_them(
    desk: Desk, live: ExchangePage, voice: Heard, give: Give
) -> None:
    entry(live, "personnel").trigger()
    await eventually(lambda: "Groups and agents fetched." in voice.toasts)
    assert live.commands.connection is not None
    groups = await desk.workspace.store.read(stored.groups, live.commands.connection.id)
    await live.open_file(give([interval(0, groupId=groups[0].group_id), interval(1, groupId="g-nobody")]))
    click(live, "exchange.sync")
    await eventually(lambda: live.opened is not None and live.opened.checked is not None)
    await eventually(lambda: live.findings.pane.rows.total == 1)
    (finding,) = live.findings.pane.rows.shown_rows()
    assert (finding.row, finding.rule, finding.standing) == (3, "unknown_id", "warning")


async def test_the_test_of_the_connection_is_told(live: ExchangePage, voice: Heard) -> None:
    entry(live, "test").trigger()
    await eventually(lambda: any("works" in text for text in voice.toasts))


async def test_status_updates_that_wait_are_counted_on_the_page_and_in_the_status(
    desk: Desk, page: ExchangePage
) -> None:
    updates = [(CONNECTION, StatusUpdate("op-1", "Break", 1_772_694_000))]
    await desk.workspace.store.write(outbox.enqueue, updates)
    page.refresh()
    await eventually(lambda: "status update" in page.header.evidence.text())
    entry(page, "status").trigger()
    dialog = await open_dialog(StatusDialog)
    assert isinstance(dialog, StatusDialog)
    told = dialog.details.texts()
    assert told[told.index("Waiting") + 1] == "1"
    assert told[told.index("Groups") + 1] == "0"
    click(dialog, "exchange.status_close")


async def test_the_settings_of_the_connection_are_opened(page: ExchangePage) -> None:
    entry(page, "settings").trigger()
    assert (await open_dialog(ConnectionDialog)).isVisible()


async def test_without_a_connection_the_entries_say_why_not(open_page: Open) -> None:
    page = await open_page()
    for name in ("personnel", "status", "test", "settings"):
        action = entry(page, name)
        assert not action.isEnabled()
        assert action.toolTip() == "Add a contact centre connection first."
