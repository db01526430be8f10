"""Clearing what a connection fetched, and fetching everything anew."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.errors import ExitCode
from app.operations.runner import Request
from app.store import connections, copies, customers, runs
from tests.support.connections_page import choose, line, open_page, trigger
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.connection_clear import ClearDialog
from ui.pages.connections import ConnectionsPage


@pytest.fixture
async def page(desk: Desk, small_world: DemoWorld) -> ConnectionsPage:
    """The page with customers fetched."""
    told = small_world.describe()
    await connect_demo(desk.workspace, {name: told[name] for name in ("cetec", "onec", "vitec")})
    report = await desk.report_of(Request("customers.sync", "cetec"))
    assert report is not None
    shown = await open_page(desk)
    choose(shown, "cetec")
    return shown


async def count(desk: Desk) -> int:
    found = await desk.workspace.store.read(connections.find_connection, "cetec")
    assert found is not None
    return await desk.workspace.store.read(copies.count_copies, found.id, found.kind)


async def test_the_number_is_said_and_the_name_has_to_be_typed(page: ConnectionsPage, desk: Desk, voice: Heard) -> None:
    before = await count(desk)
    assert before > 0
    trigger(page, "connections.clear")
    dialog = await open_dialog(ClearDialog)
    assert isinstance(dialog, ClearDialog)
    assert dialog.action.text() == f"Clear {before} records"
    assert "Links to people, marks, plans" in words(dialog)
    assert not dialog.action.isEnabled()
    type_into(part(dialog, QLineEdit, "clear.name"), "cete")
    assert not dialog.action.isEnabled()
    type_into(part(dialog, QLineEdit, "clear.name"), "cetec")
    click(dialog, "clear.action")
    await eventually(lambda: voice.toasts == [f"{before} records were cleared."])
    assert await count(desk) == 0


async def test_what_was_cleared_is_fetched_again(page: ConnectionsPage, desk: Desk) -> None:
    before = await count(desk)
    await desk.report_of(Request("connections.clear_data", "cetec", {"confirm": True}))
    assert await count(desk) == 0
    await desk.report_of(Request("customers.sync", "cetec"))
    assert await count(desk) == before


async def test_without_a_word_to_confirm_it_only_counts(page: ConnectionsPage, desk: Desk) -> None:
    before = await count(desk)
    report = await desk.report_of(Request("connections.clear_data", "cetec"))
    assert report is not None
    assert report.exit_code is ExitCode.HELD
    assert await count(desk) == before


async def test_customers_whose_backup_was_pulled_stay(page: ConnectionsPage, desk: Desk) -> None:
    (pulled, *_others) = await desk.workspace.store.read(customers.customers)
    await desk.report_of(Request("customers.mark_pulled", "cetec", {"customers": [pulled.id]}))
    await desk.report_of(Request("connections.clear_data", "cetec", {"confirm": True}))
    assert [each.id for each in await desk.workspace.store.read(customers.customers)] == [pulled.id]


async def test_nothing_to_clear_is_said(page: ConnectionsPage, desk: Desk, voice: Heard) -> None:
    await desk.report_of(Request("connections.clear_data", "cetec", {"confirm": True}))
    trigger(page, "connections.clear")
    await eventually(lambda: voice.toasts == ["cetec keeps no data here."])


async def test_only_kinds_that_can_offer_it(page: ConnectionsPage) -> None:
    choose(page, "vitec")
    names = [action.objectName() for action in page.details.more_menu.actions()]
    assert "connections.clear" not in names
    choose(page, "onec")
    texts = [action.text() for action in page.details.more_menu.actions()]
    assert "Clear local data…" in texts
    assert any(text.startswith("Full resync: ") for text in texts)


async def test_a_full_resync_reads_everything_again(page: ConnectionsPage, desk: Desk) -> None:
    choose(page, "onec")
    trigger(page, "connections.full.onec.sync_personnel")
    await eventually(lambda: line(page, "onec").connection.last_sync is not None)
    ran = [run for run in await desk.workspace.store.read(runs.runs) if run.operation == "onec.sync_personnel"]
    assert [run.params["full_sync"] for run in ran] == [True]
