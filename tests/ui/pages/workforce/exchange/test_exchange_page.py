"""Data exchange as a person uses it: a file from the folder to the store, by way of what is wrong with it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QLineEdit, QPushButton

from app.access import Role
from app.domain.outcomes import RunState
from app.events import RunProgress
from app.store import runs
from app.store.contact_center_imports import past_imports
from app.store.contact_center_rows import GroupIntervalRow
from tests.support.exchange import NAME, as_csv, interval, intervals, write
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from tests.ui.pages.workforce.exchange.conftest import Give, Open, with_faults
from ui.desk import Desk
from ui.pages.workforce.exchange import ExchangePage
from ui.pages.workforce.exchange.work import Standing
from ui.tables import TableView, format_value
from ui.widgets import Button, ConfirmDialog


async def stored(desk: Desk) -> int:
    return int(await desk.workspace.store.read(lambda: GroupIntervalRow.select().count()))


def primary(page: ExchangePage) -> Button:
    return part(page, Button, "exchange.sync")


def verdict(page: ExchangePage) -> str:
    return part(page, QLabel, "exchange.verdict").text()


async def checked(page: ExchangePage, file: Path) -> None:
    """Drop a file and press Check."""
    await page.open_file(file)
    click(page, "exchange.sync")
    await eventually(lambda: page.opened is not None and page.opened.checked is not None)
    await eventually(lambda: primary(page).text().startswith("Import"))


def findings(page: ExchangePage) -> list[tuple[Any, ...]]:
    return [(f.row, f.field, f.value, f.rule.value, f.standing.value) for f in page.findings.pane.rows.shown_rows()]


# -- before a file -----------------------------------------------------------------------------------------------------


async def test_without_a_connection_the_page_says_how_to_begin(voice: Heard, open_page: Open) -> None:
    page = await open_page()
    await eventually(lambda: "No contact centre yet" in words(page))
    assert primary(page).toolTip() == "Add a contact centre connection first."
    button = next(b for b in page.findChildren(Button) if b.text() == "Add a connection")
    button.click()
    assert voice.opened == [("connections", "")]


async def test_a_connected_page_asks_for_a_file(page: ExchangePage) -> None:
    await eventually(primary(page).isEnabled)
    assert primary(page).text() == "Choose a file …"
    assert "Nothing was imported yet" in words(page)
    click(page, "exchange.sync")
    dialog = await open_dialog(QFileDialog, "exchange.choose")
    dialog.reject()


async def test_a_viewer_may_check_but_not_import(desk: Desk, page: ExchangePage, give: Give) -> None:
    await checked(page, give(intervals(3)))
    desk.workspace.settings_file.change(role=Role.VIEWER)
    page._show_stage()
    assert not primary(page).isEnabled()
    assert primary(page).toolTip()


# -- what a file holds -------------------------------------------------------------------------------------------------


async def test_a_dropped_file_is_shown_with_what_was_guessed(page: ExchangePage, give: Give) -> None:
    file = give(intervals(60), name="Продажи.csv")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(9, 9), copy, data, left, Qt.KeyboardModifier.NoModifier)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.dropEvent(QDropEvent(QPointF(9, 9), copy, data, left, Qt.KeyboardModifier.NoModifier))
    await eventually(lambda: page.opened is not None)
    assert part(page, QComboBox, "exchange.type").currentText() == "Group history"
    assert part(page, QComboBox, "exchange.separator").currentText() == "Semicolon ;"
    assert part(page, QComboBox, "exchange.encoding").currentText() == "UTF-8"
    table = part(page, TableView, "exchange.preview.table")
    assert (table.model().rowCount(), table.model().columnCount()) == (50, 13)
    assert "All columns are recognised." in words(page)
    assert primary(page).text() == "Check"


async def test_two_files_at_once_are_not_taken(page: ExchangePage, give: Give) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(give(intervals(1), name=name))) for name in ("a.csv", "b.csv")])
    enter = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    page.dragEnterEvent(enter)
    assert not enter.isAccepted()


async def test_a_column_that_is_missing_is_chosen_among_those_that_are_there(page: ExchangePage, give: Give) -> None:
    await page.open_file(give(intervals(4), groupId="Отдел"))
    await eventually(lambda: "Отдел" in page.preview_pane.choices)
    assert not primary(page).isEnabled()
    assert primary(page).toolTip() == "No column for groupId."
    assert "Not known: Отдел. Their values are kept beside each row." in words(page)
    choice = page.preview_pane.choices["Отдел"]
    assert choice.accessibleName() == "Field of the column Отдел"
    choice.setCurrentIndex(choice.findData("groupId"))
    choice.activated.emit(choice.currentIndex())
    await eventually(primary(page).isEnabled)
    assert "All columns are recognised." in words(page)
    table = part(page, TableView, "exchange.preview.table")
    headings = [table.model().headerData(n, Qt.Orientation.Horizontal) for n in range(table.model().columnCount())]
    assert "Отдел → groupId" in headings


async def test_a_file_read_again_in_the_same_moment_leaves_one_table(page: ExchangePage, give: Give) -> None:
    await page.open_file(give(intervals(4)))
    assert page.opened is not None
    page.preview_pane.show_preview(page.opened.preview)
    assert part(page, TableView, "exchange.preview.table") is page.preview_pane.table


async def test_a_field_has_one_column_the_one_chosen_last(page: ExchangePage, give: Give) -> None:
    rows = [interval(n, queue=f"q-{n}") for n in range(3)]
    await page.open_file(give(rows))
    await eventually(lambda: "queue" in page.preview_pane.choices)
    assert primary(page).toolTip() == "Two columns for groupId."
    page.preview_pane.mapped.emit("queue", "groupId")
    await eventually(primary(page).isEnabled)
    assert page.opened is not None
    assert {c.name: c.field for c in page.opened.preview.columns if c.name in {"queue", "groupId"}} == {
        "queue": "groupId", "groupId": "",
    }  # fmt: skip


async def test_another_type_of_data_and_another_encoding_are_chosen(page: ExchangePage, tmp_path: Path) -> None:
    content = "agentId;workDate;workTime;Navn\nop-1;2026-03-05;5;Ștefan\n".encode("cp1250", "replace")
    await page.open_file(Path(write(tmp_path, content)))
    encoding = part(page, QComboBox, "exchange.encoding")
    encoding.setCurrentIndex(encoding.findText("Central European (1250)"))
    encoding.activated.emit(encoding.currentIndex())
    await eventually(lambda: page.opened is not None and page.opened.preview.source.encoding == "cp1250")
    data_type = part(page, QComboBox, "exchange.type")
    assert data_type.currentText() == "Chat time"
    data_type.setCurrentIndex(data_type.findText("Contact handling"))
    data_type.activated.emit(data_type.currentIndex())
    await eventually(lambda: page.opened is not None and page.opened.data_type == "agent_calls")
    assert primary(page).toolTip() == "No column for groupId, startCall, endCall."
    assert encoding.currentText() == "Central European (1250)"


async def test_what_is_no_file_of_rows_is_said_and_the_page_stays(
    page: ExchangePage, voice: Heard, tmp_path: Path
) -> None:
    await page.open_file(Path(write(tmp_path, b"\0\1\2", "picture.csv")))
    assert page.opened is None
    assert "neither a workbook nor a text" in voice.banners["exchange.read"].text
    assert voice.banners["exchange.read"].remedy


async def test_closing_the_file_leads_back_to_the_imports(page: ExchangePage, give: Give) -> None:
    await page.open_file(give(intervals(3)))
    click(page, "exchange.close")
    assert page.stack.currentWidget() is page.imports
    assert primary(page).text() == "Choose a file …"


async def test_rows_are_pasted(page: ExchangePage) -> None:
    QGuiApplication.clipboard().setText(as_csv(intervals(3), "\t"))
    await eventually(page.isActiveWindow)
    page.imports.pane.table.setFocus()
    QTest.keyClick(page.imports.pane.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await eventually(lambda: page.opened is not None)
    assert part(page, QComboBox, "exchange.separator").currentText() == "Tab"
    assert part(page, TableView, "exchange.preview.table").model().rowCount() == 3


# -- what was found ----------------------------------------------------------------------------------------------------


async def test_findings_are_grouped_by_rule_with_row_field_value_and_fix(page: ExchangePage, give: Give) -> None:
    await checked(page, give(with_faults()))
    assert findings(page) == [
        (5, "aht", "soon", "number", "bad"), (11, "groupId", "", "required", "bad"),
        (21, "endInterval", "2026-03-05T06:10:00Z", "order", "bad"),
    ]  # fmt: skip
    groups = page.findings.group_rows.shown_rows()
    assert [(g.field, g.rule.value, g.count) for g in groups] == [
        ("aht", "number", 1), ("endInterval", "order", 1), ("groupId", "required", 1),
    ]  # fmt: skip
    assert all(f.fix for f in page.findings.pane.rows.shown_rows())
    assert verdict(page).startswith("30 rows: 27 good, 3 bad.")
    assert primary(page).text() == "Import 27 good rows"
    assert part(page, TableView, "exchange.groups").accessibleName() == "Findings by rule"


async def test_a_chosen_group_shows_its_findings_alone(page: ExchangePage, give: Give) -> None:
    await checked(page, give(with_faults()))
    part(page, TableView, "exchange.groups").select_place(2)
    assert findings(page) == [(11, "groupId", "", "required", "bad")]
    part(page, TableView, "exchange.groups").clearSelection()
    assert len(findings(page)) == 3


async def test_a_value_is_put_right_in_place_and_its_row_checked_again(page: ExchangePage, give: Give) -> None:
    await checked(page, give(with_faults()))
    table = part(page, TableView, "exchange.findings.table")
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 2))
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = part(table, QLineEdit, "cell.editor")
    assert (editor.text(), editor.accessibleName()) == ("soon", "Value")
    editor.setText("later")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    await eventually(lambda: findings(page)[0] == (5, "aht", "later", "number", "bad"))
    page.findings.correct(5, "aht", "5000")
    assert findings(page)[0] == (5, "aht", "5000", "number", Standing.CORRECTED)
    assert verdict(page).startswith("30 rows: 28 good, 2 bad, 1 put right.")
    assert primary(page).text() == "Import 28 good rows"
    assert [(g.field, g.count) for g in page.findings.group_rows.all_rows()][-1] == ("aht", 0)


async def test_the_whole_row_is_put_right_beside_the_table(page: ExchangePage, give: Give) -> None:
    await checked(page, give(with_faults()))
    table = part(page, TableView, "exchange.findings.table")
    table.select_place(2)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert page.findings.editor.isVisible()
    start = part(page, QLineEdit, "exchange.row.startInterval")
    end = part(page, QLineEdit, "exchange.row.endInterval")
    assert end.property("wrong") == "true"
    assert end.accessibleDescription() == "The end is before the start. Check both times and their zones."
    type_into(start, "2026-03-05T06:05:00Z")
    QTest.keyClick(start, Qt.Key.Key_Return)
    assert "This row is good now and goes with the import." in words(page.findings.editor)
    assert findings(page)[2][-1] == "corrected"
    click(page, "exchange.row.back")
    assert findings(page)[2][-1] == "bad"
    assert start.text() == "2026-03-05T06:15:00Z"


async def test_what_was_put_right_is_taken_back_by_keys(page: ExchangePage, give: Give) -> None:
    await checked(page, give(with_faults()))
    page.findings.correct(5, "aht", "5")
    page.findings.pane.table.setFocus()
    await eventually(page.isActiveWindow)
    QTest.keySequence(page.findings.pane.table, QKeySequence(QKeySequence.StandardKey.Undo))
    assert findings(page)[0] == (5, "aht", "soon", "number", "bad")
    QTest.keySequence(page.findings.pane.table, QKeySequence(QKeySequence.StandardKey.Redo))
    assert findings(page)[0][-1] == "corrected"


async def test_a_correction_that_breaks_something_else_is_said(page: ExchangePage, give: Give) -> None:
    await checked(page, give(with_faults()))
    page.findings.correct(5, "aht", "5")
    page.findings.correct(5, "notUniqueMissed", "-1")
    assert (5, "notUniqueMissed", "-1", "not_negative", "bad") in findings(page)
    assert any(g.field == "notUniqueMissed" and g.count == 1 for g in page.findings.group_rows.all_rows())
    page.findings.take_back(5)
    assert [f for f in findings(page) if f[0] == 5] == [(5, "aht", "soon", "number", "bad")]


async def test_strict_makes_errors_of_warnings(page: ExchangePage, give: Give) -> None:
    rows = [interval(n, notUniqueTreated=99 if n == 2 else 11) for n in range(5)]
    await checked(page, give(rows))
    assert [f[3:] for f in findings(page)] == [("counts", "warning")]
    assert primary(page).text() == "Import 5 rows"
    part(page, QCheckBox, "exchange.strict").click()
    await eventually(lambda: primary(page).text() == "Check")
    click(page, "exchange.sync")
    await eventually(lambda: primary(page).text() == "Import 4 good rows")
    assert [f[3:] for f in findings(page)] == [("counts", "bad")]


async def test_what_was_put_right_stays_so_when_a_column_is_looked_at_again(page: ExchangePage, give: Give) -> None:
    await checked(page, give(with_faults()))
    page.findings.correct(5, "aht", "5000")
    click(page, "exchange.back")
    assert page.stack.currentWidget() is page.preview_pane
    click(page, "exchange.sync")
    await eventually(lambda: primary(page).text() == "Import 28 good rows")
    assert findings(page)[0] == (5, "aht", "5000", "number", "corrected")


async def test_the_bad_rows_go_to_somebody_else_as_a_file_that_can_be_imported(
    page: ExchangePage, voice: Heard, give: Give, tmp_path: Path
) -> None:
    await checked(page, give([{**row, "remark": "=1+1"} for row in with_faults()]))
    page.findings.correct(5, "aht", "5")
    click(page, "exchange.save_bad_rows")
    dialog = await open_dialog(QFileDialog, "exchange.save_bad")
    assert isinstance(dialog, QFileDialog)
    dialog.reject()
    assert page.opened is not None
    assert page.opened.checked is not None
    await page.commands.write_bad_rows(page.opened.checked, tmp_path / "bad.json")
    rows = json.loads((tmp_path / "bad.json").read_bytes())
    assert [(row["row"], row["groupId"], row["remark"]) for row in rows] == [(11, "", "=1+1"), (21, "g-3", "=1+1")]
    assert rows[0]["problems"] == "groupId: It is empty or missing. Fill it in."
    assert voice.offered["2 rows written to bad.json."].label == "Open folder"
    await page.commands.write_bad_rows(page.opened.checked, tmp_path / "bad.csv")
    assert ",'=1+1," in (tmp_path / "bad.csv").read_text("utf-8-sig")
    await checked(page, tmp_path / "bad.csv")
    assert page.opened.preview.unknown == ("remark",)
    assert verdict(page).startswith("2 rows: 0 good, 2 bad.")
    assert primary(page).toolTip() == "No row of the file is good."


async def test_a_file_without_faults_says_so(page: ExchangePage, give: Give) -> None:
    await checked(page, give(intervals(12)))
    assert "Every row is good" in words(page)
    assert verdict(page) == "12 rows, all of them good."
    assert primary(page).text() == "Import 12 rows"
    assert not page.save_bad.isVisible()


# -- the import --------------------------------------------------------------------------------------------------------


async def test_good_rows_and_those_put_right_are_imported(
    desk: Desk, page: ExchangePage, voice: Heard, give: Give
) -> None:
    await checked(page, give(with_faults()))
    page.findings.correct(5, "aht", "5000")
    click(page, "exchange.sync")
    await eventually(lambda: page.opened is None)
    assert await stored(desk) == 28
    said = "28 rows added, 2 bad rows left out"
    await eventually(lambda: said in voice.toasts)
    await eventually(lambda: page.imports.pane.table.current_row() is not None)
    past = page.imports.pane.table.current_row()
    assert past is not None
    assert (Path(past.file).name, past.written, past.actor != "") == ("volumes.csv", 28, True)
    voice.offered[said].run()
    await eventually(lambda: "28 rows were taken back." in voice.toasts)
    assert await stored(desk) == 0


async def test_the_preview_counts_what_an_import_would_bring(desk: Desk, page: ExchangePage, give: Give) -> None:
    await checked(page, give(intervals(10)))
    click(page, "exchange.preview")
    await eventually(lambda: "An import now would bring: 10 rows added." in verdict(page))
    assert await stored(desk) == 0
    part(page, QCheckBox, "exchange.replace").click()
    assert "would bring" not in verdict(page)


async def test_batch_size_and_replacing_are_the_persons_choice(desk: Desk, page: ExchangePage, give: Give) -> None:
    await checked(page, give(intervals(10)))
    batch = part(page, QComboBox, "exchange.batch")
    assert batch.currentData() == 1_000
    batch.setCurrentIndex(batch.findData(10_000))
    batch.activated.emit(batch.currentIndex())
    part(page, QCheckBox, "exchange.replace").click()
    assert page.opened is not None
    params = page.commands.import_params(page.opened)
    assert (params["batch_size"], params["update_existing"], params["separator"]) == (10_000, True, None)
    click(page, "exchange.sync")
    await eventually(lambda: page.opened is None)
    (past,) = await desk.workspace.store.read(past_imports, NAME)
    run = await desk.workspace.store.read(runs.find_run, past.run_id)
    assert run is not None
    assert (run.params["batch_size"], run.params["update_existing"]) == (10_000, True)


async def test_an_import_is_taken_back_from_the_list_after_asking(
    desk: Desk, page: ExchangePage, voice: Heard, give: Give
) -> None:
    await checked(page, give(intervals(10)))
    click(page, "exchange.sync")
    await eventually(lambda: page.imports.pane.table.current_row() is not None)
    await eventually(part(page, Button, "exchange.undo").isEnabled)
    click(page, "exchange.undo")
    dialog = await open_dialog(ConfirmDialog)
    assert part(dialog, Button, "confirm.action").text() == "Take back 10 rows"
    click(dialog, "confirm.action")
    await eventually(lambda: "10 rows were taken back." in voice.toasts)
    assert await stored(desk) == 0
    await eventually(lambda: page.imports.undo.toolTip() == "It is taken back already.")
    assert page.imports.pane.visible_table().rows[0][3] == "Taken back"


async def test_a_cancelled_import_is_resumed_from_the_list(desk: Desk, page: ExchangePage, give: Give) -> None:
    await checked(page, give(intervals(1_000)))
    batch = part(page, QComboBox, "exchange.batch")
    batch.setCurrentIndex(batch.findData(100))
    batch.activated.emit(batch.currentIndex())

    def cancel(event: RunProgress) -> None:
        if event.doing == "Storing rows" and event.done == 300:
            desk.workspace.runner.handles[event.run_id].cancel()

    end = desk.workspace.events.subscribe(RunProgress, cancel)
    click(page, "exchange.sync")
    await eventually(lambda: [p.state for p in page.imports.pane.rows.all_rows()] == [RunState.CANCELLED])
    end()
    assert page.opened is not None  # what was put right in it is not lost
    click(page, "exchange.close")
    page.imports.pane.table.select_place(0)
    click(page, "exchange.resume")
    await eventually(lambda: page.imports.pane.rows.row_at(0).written == 1_000)
    assert await stored(desk) == 1_000


async def test_the_button_says_how_far_a_run_is_and_comes_back(desk: Desk, page: ExchangePage, give: Give) -> None:
    said: list[str] = []
    desk.on(RunProgress, lambda _event: said.append(primary(page).text()))
    await checked(page, give(intervals(20_000)))
    assert any("checked" in text for text in said)
    assert primary(page).text() == f"Import {format_value(20_000)} rows"


@pytest.mark.parametrize("by_key", [True, False])
async def test_a_check_is_cancelled_from_the_page(
    desk: Desk, page: ExchangePage, voice: Heard, give: Give, by_key: bool
) -> None:
    await page.open_file(give(intervals(20_000)))
    await eventually(page.isActiveWindow)

    def cancel(_event: RunProgress) -> None:
        if page.running.doing != "Cancelling…" and by_key:
            QTest.keyClick(page, Qt.Key.Key_Escape)
        elif page.running.doing != "Cancelling…":
            click(page, "exchange.cancel")

    desk.on(RunProgress, cancel)
    page.setFocus()
    click(page, "exchange.sync")
    await eventually(lambda: "Cancelled." in voice.toasts)
    assert page.opened is not None
    assert page.opened.checked is None
    assert (primary(page).text(), primary(page).isEnabled(), page.cancel.isVisible()) == ("Check", True, False)


async def test_an_import_is_shown_by_its_run(desk: Desk, page: ExchangePage, give: Give) -> None:
    await checked(page, give(intervals(3)))
    click(page, "exchange.sync")
    await eventually(lambda: page.imports.pane.rows.total == 1)
    await eventually(lambda: page.opened is None)
    run_id = page.imports.pane.rows.row_at(0).run_id
    page.imports.pane.table.clearSelection()
    page.show_record(run_id)
    current = page.imports.pane.table.current_row()
    assert current is not None
    assert current.run_id == run_id
    page.imports.pane.table.setFocus()
    QTest.keyClick(page.imports.pane.table, Qt.Key.Key_Space)
    await eventually(lambda: "3 rows added" in page.imports.details.texts())


async def test_a_file_that_was_left_meanwhile_does_not_come_back(page: ExchangePage, give: Give) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(page.open_file(give(intervals(5_000))))
        await asyncio.sleep(0)
        page.close_file()
    assert page.opened is None


@pytest.mark.parametrize("name", ["exchange.sync", "exchange.preview", "exchange.export_data", "exchange.more"])
async def test_controls_have_names(page: ExchangePage, name: str) -> None:
    button = part(page, QPushButton, name)
    assert button.accessibleName() or button.text()
