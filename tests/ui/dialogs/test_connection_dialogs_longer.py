"""The dialogs of a connection in a language 40 % longer than English: nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.operations.runner import Request
from tests.support.connections_page import choose, open_page, trigger
from tests.support.longer_language import spoken
from tests.support.shown import cut_in
from tests.support.window import click, eventually, open_dialog
from ui.desk import Desk
from ui.dialogs.connection_clear import ClearDialog
from ui.dialogs.connection_log import ConnectionLogDialog
from ui.dialogs.connection_sign_in import SignInDialog
from ui.dialogs.schedule_editor import ScheduleEditor
from ui.dialogs.schedules import SchedulesDialog
from ui.pages.connections import ConnectionsPage


@pytest.fixture(autouse=True)
def made_up_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with spoken(tmp_path, monkeypatch):
        yield


@pytest.fixture
async def page(desk: Desk, small_world: DemoWorld) -> ConnectionsPage:
    """The page with customers, one of its connections chosen, and a schedule."""
    told = small_world.describe()
    await connect_demo(desk.workspace, {name: told[name] for name in ("cetec", "vitec")})
    for operation in ("customers.sync", "offices.sync"):
        await desk.report_of(Request(operation, "cetec" if operation.startswith("customers") else "vitec"))
    timing = {"cron": "30 5 * * 1-5", "quiet": "22:00-05:00"}
    params = {"operation": "customers.sync", "connection": "cetec", **timing}
    await desk.report_of(Request("schedules.create", params=params))
    shown = await open_page(desk)
    choose(shown, "cetec")
    return shown


@pytest.mark.parametrize(
    ("entry", "kind"),
    [("log", ConnectionLogDialog), ("schedules", SchedulesDialog), ("sign_in", SignInDialog), ("clear", ClearDialog)],
)
async def test_nothing_is_cut(page: ConnectionsPage, entry: str, kind: type[QDialog]) -> None:
    trigger(page, f"connections.{entry}")
    dialog = await open_dialog(kind)
    await eventually(lambda: not list(cut_in(dialog)), "\n".join(cut_in(dialog)), patience_s=3)
    dialog.reject()


async def test_the_editor_of_a_schedule_is_not_cut(page: ConnectionsPage) -> None:
    trigger(page, "connections.schedules")
    listed = await open_dialog(SchedulesDialog)
    assert isinstance(listed, SchedulesDialog)
    await eventually(listed.edit.isEnabled)
    click(listed, "schedules.edit")
    dialog = await open_dialog(ScheduleEditor)
    await eventually(lambda: not list(cut_in(dialog)), "\n".join(cut_in(dialog)), patience_s=3)
    dialog.reject()
    listed.reject()


async def test_the_page_is_not_cut(page: ConnectionsPage) -> None:
    page.resize(1024, 620)
    await eventually(lambda: not list(cut_in(page)), "\n".join(cut_in(page)), patience_s=3)
