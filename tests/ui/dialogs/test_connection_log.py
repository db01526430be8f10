"""The sync log of a connection, as a person reads it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit, QWidget

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.operations.runner import Request
from app.store import connections
from tests.support.window import Heard, click, eventually, open_dialog, part
from ui.desk import Desk
from ui.dialogs import connection_log
from ui.dialogs.connection_log import ConnectionLogDialog, open_connection_log
from ui.dialogs.connection_log_detail import ConnectionLogDetail
from ui.dialogs.why import WhyDialog
from ui.widgets import Button


@pytest.fixture
def window() -> QWidget:
    """What the dialog belongs to."""
    shown = QWidget()
    shown.show()
    return shown


async def run(desk: Desk, operation: str, **params: object) -> str:
    report = await desk.report_of(Request(operation, "vitec", params))
    assert report is not None
    return report.run.run_id


async def open_log(desk: Desk, window: QWidget, rows: int) -> ConnectionLogDialog:
    connection = await desk.workspace.store.read(connections.find_connection, "vitec")
    assert connection is not None
    dialog = open_connection_log(window, desk, connection)
    await eventually(lambda: len(dialog.logs) == rows)
    return dialog


def shown(dialog: ConnectionLogDialog, column: str) -> list[str]:
    """A column as it stands on the screen, from top to bottom."""
    (wanted,) = (each for each in dialog.pane.rows.columns if each.key == column)
    return [wanted.words(row) for row in dialog.pane.rows.shown_rows()]


def narrow(dialog: ConnectionLogDialog, name: str, word: str) -> None:
    box = part(dialog, QComboBox, name)
    place = box.findText(word)
    assert place >= 0, [box.itemText(n) for n in range(box.count())]
    box.setCurrentIndex(place)
    box.activated.emit(place)


async def test_it_lists_what_ran_with_records_and_results(
    demo_desk: Desk, window: QWidget, small_world: DemoWorld
) -> None:
    await run(demo_desk, "offices.sync")
    small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
    await run(demo_desk, "employees.sync")
    dialog = await open_log(demo_desk, window, 2)
    assert sorted(shown(dialog, "status")) == ["Completed", "Failed"]
    synced = next(row for row in dialog.logs if row.run.operation == "offices.sync")
    assert synced.processed == 3
    assert set(shown(dialog, "trigger")) == {"By hand"}


async def test_choices_narrow_it_and_all_brings_everything_back(demo_desk: Desk, window: QWidget) -> None:
    await run(demo_desk, "offices.sync")
    await run(demo_desk, "employees.sync")
    dialog = await open_log(demo_desk, window, 2)
    narrow(dialog, "sync_log.operation", "Sync offices")
    await eventually(lambda: shown(dialog, "operation") == ["Sync offices"])
    narrow(dialog, "sync_log.status", "Failed")
    await eventually(lambda: shown(dialog, "operation") == [])
    narrow(dialog, "sync_log.operation", "All operations")
    narrow(dialog, "sync_log.status", "All results")
    narrow(dialog, "sync_log.direction", "Fetched")
    await eventually(lambda: sorted(shown(dialog, "operation")) == ["Sync employees only", "Sync offices"])
    narrow(dialog, "sync_log.direction", "Sent")
    await eventually(lambda: dialog.logs == [])


async def test_older_runs_come_page_by_page(demo_desk: Desk, window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(connection_log, "AT_ONCE", 2)
    for _time in range(4):
        await run(demo_desk, "offices.sync")
    dialog = await open_log(demo_desk, window, 2)
    assert dialog.pane.count.text() == "2 of 4 runs"
    click(dialog, "sync_log.older")
    await eventually(lambda: len({log.run.run_id for log in dialog.logs}) == 4)
    assert dialog.older.isHidden()


async def test_a_run_is_copied_for_support_without_secrets(
    demo_desk: Desk, window: QWidget, voice: Heard, small_world: DemoWorld
) -> None:
    run_id = await run(demo_desk, "offices.sync")
    dialog = await open_log(demo_desk, window, 1)
    dialog.pane.table.select_key(run_id)
    click(dialog, "sync_log.copy")
    await eventually(lambda: voice.toasts == ["Copied, without keys and passwords."])
    text = QGuiApplication.clipboard().text()
    assert json.loads(text)["id"] == run_id
    assert small_world.describe()["vitec"]["access_key"] not in text


async def test_a_run_is_done_again_and_appears_at_once(demo_desk: Desk, window: QWidget) -> None:
    run_id = await run(demo_desk, "offices.sync")
    dialog = await open_log(demo_desk, window, 1)
    dialog.pane.table.select_key(run_id)
    click(dialog, "sync_log.again")
    await eventually(lambda: shown(dialog, "operation").count("Sync offices") == 2)


async def test_what_needs_secrets_is_not_done_again_from_here(demo_desk: Desk, window: QWidget) -> None:
    await run(demo_desk, "connections.update", name="vitec")
    dialog = await open_log(demo_desk, window, 1)
    dialog.pane.table.select_key(dialog.logs[0].run.run_id)
    assert "Secrets are not kept" in part(dialog, Button, "sync_log.again").toolTip()


async def test_enter_opens_the_run_as_it_ended(demo_desk: Desk, window: QWidget, voice: Heard) -> None:
    run_id = await run(demo_desk, "offices.sync")
    dialog = await open_log(demo_desk, window, 1)
    dialog.pane.table.select_key(run_id)
    dialog.pane.table.setFocus()
    QTest.keyClick(dialog.pane.table, Qt.Key.Key_Return)
    await eventually(lambda: voice.opened == [("activity", run_id)])


async def test_the_requests_of_a_run_are_shown_with_why_it_was_tried_again(
    demo_desk: Desk, window: QWidget, small_world: DemoWorld, no_waiting: list[float]
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR)
    run_id = await run(demo_desk, "offices.sync")
    dialog = await open_log(demo_desk, window, 1)
    dialog.pane.table.select_key(run_id)
    click(dialog, "sync_log.requests")
    detail = await open_dialog(ConnectionLogDetail)
    assert isinstance(detail, ConnectionLogDetail)
    await eventually(lambda: detail.pane.count.text() == "3 requests")
    happened = next(column for column in detail.pane.rows.columns if column.key == "error")
    texts = [happened.words(row) for row in detail.pane.rows.shown_rows()]
    assert texts[0].startswith("Sent again after 1 s: ")
    assert "503" in texts[2]
    assert not texts[2].startswith("Sent again")
    whole = part(detail, QPlainTextEdit, "sync_run.request")
    assert whole.isVisible()
    await eventually(lambda: whole.toPlainText().startswith(f"GET {small_world.describe()['vitec']['base_url']}"))
    assert texts[0] in whole.toPlainText()
    assert "Answered" not in whole.toPlainText()
    click(detail, "sync_run.why")
    await open_dialog(WhyDialog)


async def test_the_detailed_log_is_switched_on_for_an_hour_and_shows_bodies(demo_desk: Desk, window: QWidget) -> None:
    dialog = await open_log(demo_desk, window, 0)
    click(dialog, "sync_log.detailed")
    await eventually(lambda: dialog.detailed.until.text().startswith("until "))
    run_id = await run(demo_desk, "offices.sync")
    await eventually(lambda: run_id in [log.run.run_id for log in dialog.logs])
    dialog.pane.table.select_key(run_id)
    click(dialog, "sync_log.requests")
    detail = await open_dialog(ConnectionLogDetail)
    assert isinstance(detail, ConnectionLogDetail)
    bodies = part(detail, QPlainTextEdit, "sync_run.request")
    await eventually(lambda: "departmentId" in bodies.toPlainText())
    detail.reject()
    click(dialog, "sync_log.detailed")
    await eventually(lambda: not dialog.detailed.until.text() and not dialog.detailed.box.isChecked())


async def test_whoever_may_not_change_connections_cannot_switch_it(demo_desk: Desk, window: QWidget) -> None:
    await demo_desk.report_of(Request("roles.set_profile", params={"role": "technician"}))
    dialog = await open_log(demo_desk, window, 0)
    box = part(dialog, QCheckBox, "sync_log.detailed")
    assert not box.isEnabled()
    assert "integrations.admin" in box.toolTip()


async def test_every_choice_has_a_name(demo_desk: Desk, window: QWidget) -> None:
    dialog = await open_log(demo_desk, window, 0)
    for box in dialog.findChildren(QComboBox):
        assert box.accessibleName(), box.objectName()
