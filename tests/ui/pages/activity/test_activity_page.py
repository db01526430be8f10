"""The Activity page, as a person uses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QLineEdit

from app.domain.outcomes import Run, RunError, RunState
from app.operations.runner import Request
from app.store import runs as stored
from app.store.values import now
from tests.support.outcomes import keep, outcome, run
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.pages.activity import ActivityPage, make, runs_view, searched
from ui.pages.activity.all_rows import ExportChoice
from ui.tables import TableView
from ui.widgets import Button

ERROR = RunError("refused_sign_in", "Vitec Hub unauthorized.", "Check the access key.")


def earlier(minutes: int, run_id: str, **fields: object) -> Run:
    return replace(run(run_id, **fields), started_at=now() - timedelta(minutes=minutes))


async def open_page(desk: Desk) -> ActivityPage:
    page = make(desk)
    page.resize(1200, 700)
    page.show()
    return page


async def full_page(desk: Desk) -> ActivityPage:
    """Three runs: finished long ago, stopped since, and one whose program died."""
    await keep(desk.workspace, earlier(60, "done", state=RunState.FINISHED, operation="offices.sync"), [outcome()])
    await keep(desk.workspace, earlier(30, "stopped", state=RunState.STOPPED, error=ERROR, duration_ms=1_200))
    await keep(desk.workspace, earlier(5, "broken", state=RunState.INTERRUPTED, operation="employees.pictures"))
    page = await open_page(desk)
    await eventually(lambda: page.runs.pane.rows.total == 3)
    return page


def shown(page: ActivityPage) -> list[str]:
    return [each.run_id for each in page.runs.pane.rows.shown_rows()]


def choose(page: ActivityPage, run_id: str) -> None:
    assert page.runs.pane.table.select_key(run_id)


async def test_before_anything_ran_it_says_what_will_be_here(desk: Desk) -> None:
    page = await open_page(desk)
    await eventually(lambda: "Nothing has run yet" in words(page))


async def test_runs_are_listed_newest_first_with_who_where_and_how_they_ended(desk: Desk) -> None:
    page = await full_page(desk)
    assert shown(page) == ["broken", "stopped", "done"]
    row = page.runs.pane.visible_table().rows[1]
    assert row[1:] == ("Sync employees", "vitec", "kari", "Stopped", "Vitec Hub unauthorized.", 1_200)


async def test_chips_count_and_filter_by_how_a_run_stands(desk: Desk) -> None:
    page = await full_page(desk)
    chip = part(page, QAbstractButton, "activity.filter.stopped")
    await eventually(lambda: chip.text() == "Stopped 1")
    chip.click()  # it stands in the menu of states
    await eventually(lambda: shown(page) == ["stopped"])


async def test_search_finds_by_any_word_shown(desk: Desk) -> None:
    page = await full_page(desk)
    type_into(part(page, QLineEdit, "activity.search"), "unauth")
    await eventually(lambda: shown(page) == ["stopped"])


async def test_space_shows_everything_about_a_run(desk: Desk) -> None:
    kept = earlier(
        1, "told", state=RunState.STOPPED, error=ERROR, params={"employees": ["a", "b", "c", "d"]},
        summary={"total": 4, "updated": 3, "skipped": 1}, reasons={"missing_office:4711": 2}, warnings=("Look here.",),
    )  # fmt: skip
    await keep(desk.workspace, kept)
    page = await open_page(desk)
    await eventually(lambda: page.runs.pane.rows.total == 1)
    table = part(page, TableView, "activity.table")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Space)
    told = page.runs.details.texts()
    for text in ("Vitec Hub unauthorized.", "Check the access key.", "4 chosen", "Look here.", "told", "kari"):
        assert text in told
    assert "Department 4711 is not known here" in told
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert page.runs.details.isHidden()


async def test_enter_and_the_button_open_the_run_as_it_ended(desk: Desk) -> None:
    page = await full_page(desk)
    opened: list[str] = []
    page.run_opened.connect(opened.append)
    choose(page, "done")
    QTest.keyClick(page.runs.pane.table, Qt.Key.Key_Return)
    click(page, "activity.open")
    assert opened == ["done", "done"]


async def test_a_run_can_be_resumed_only_when_it_ended_early(desk: Desk) -> None:
    page = await full_page(desk)
    resume = part(page, Button, "activity.resume")
    assert resume.toolTip() == "Choose a run first."
    choose(page, "done")
    assert not resume.isEnabled()
    assert "nothing left" in resume.accessibleDescription()
    choose(page, "broken")
    assert resume.isEnabled()


async def test_resume_finishes_an_interrupted_run(demo_desk: Desk) -> None:
    await keep(demo_desk.workspace, earlier(5, "broken", state=RunState.INTERRUPTED))
    page = await open_page(demo_desk)
    await eventually(lambda: page.runs.pane.rows.row_for("broken") is not None)
    choose(page, "broken")
    click(page, "activity.resume")

    def state() -> RunState | None:
        found = page.runs.pane.rows.row_for("broken")
        return found.state if found else None

    await eventually(lambda: state() is RunState.FINISHED)
    assert page.runs.pane.rows.total == 2, "adding the connection, and the run that went on under its id"


async def test_a_run_whose_program_died_is_found_out_when_the_page_is_shown(desk: Desk) -> None:
    def dies() -> None:
        from app.store.models import RunRow

        stored.begin_run(earlier(1, "died"))
        RunRow.update(process="999999:1.00").execute()

    await desk.workspace.store.write(dies)
    page = await open_page(desk)
    await eventually(lambda: "died" in shown(page))
    await eventually(lambda: part(page, QAbstractButton, "activity.filter.interrupted").text() == "Interrupted 1")


async def test_run_again_starts_the_same(demo_desk: Desk) -> None:
    page = await open_page(demo_desk)
    report = await demo_desk.report_of(Request("offices.sync", "vitec"))
    assert report is not None
    await eventually(lambda: report.run.run_id in shown(page))
    choose(page, report.run.run_id)
    click(page, "activity.again")
    await eventually(lambda: sum(r.operation == "offices.sync" for r in page.runs.pane.rows.all_rows()) == 2)
    assert page.runs.pane.rows.row_at(0).operation == "offices.sync"


async def test_a_run_that_finished_with_open_steps_is_offered_for_resume(desk: Desk) -> None:
    sent = {"operation": "onec.send_schedule", "state": RunState.FINISHED}
    await keep(desk.workspace, earlier(20, "open", **sent), [outcome()])
    await keep(desk.workspace, earlier(30, "whole", **sent), [outcome()])
    await desk.workspace.store.write(stored.journal_begin, "open", ["somebody 2026-03"])
    page = await open_page(desk)
    await eventually(lambda: page.runs.pane.rows.total == 2)
    choose(page, "open")
    assert part(page, Button, "activity.resume").isEnabled()
    choose(page, "whole")
    assert "nothing left" in part(page, Button, "activity.resume").toolTip()


async def test_adding_a_connection_is_not_done_again_from_here(demo_desk: Desk) -> None:
    page = await open_page(demo_desk)
    await eventually(lambda: page.runs.pane.rows.total == 1)
    page.runs.pane.table.selectRow(0)
    again = part(page, Button, "activity.again")
    assert not again.isEnabled()
    assert "Connections page" in again.toolTip()


async def test_runs_appear_and_end_while_the_page_is_open(demo_desk: Desk) -> None:
    page = await open_page(demo_desk)
    await eventually(lambda: page.runs.pane.rows.total == 1)
    handle = await demo_desk.handle_of(Request("directory.sync", "vitec"))
    assert handle is not None
    assert shown(page)[0] == handle.run_id
    assert part(page, QLabel, "activity.sentence").text() == "1 run active"
    await handle.report()
    await eventually(lambda: page.runs.pane.rows.row_at(0).state is RunState.FINISHED)
    assert part(page, QLabel, "activity.sentence").text() == "Nothing is running"


async def test_previews_and_questions_are_no_activity(demo_desk: Desk) -> None:
    page = await open_page(demo_desk)
    await eventually(lambda: page.runs.pane.rows.total == 1)
    await demo_desk.report_of(Request("offices.sync", "vitec", dry_run=True))
    await demo_desk.report_of(Request("connections.test", "vitec"))
    page.refresh()
    await eventually(lambda: page.runs.pane.rows.total == 1)


async def test_the_window_can_bring_a_run_into_view(desk: Desk) -> None:
    page = await full_page(desk)
    type_into(part(page, QLineEdit, "activity.search"), "unauth")
    await eventually(lambda: shown(page) == ["stopped"])
    page.show_record("done")
    assert page.runs.pane.table.current_row() == page.runs.pane.rows.row_for("done")
    assert page.runs.details.isVisible()


async def test_the_list_can_be_exported(desk: Desk, voice: Heard, tmp_path: Path) -> None:
    page = await full_page(desk)
    click(page, "activity.export")
    dialog = await open_dialog(QFileDialog)
    part(dialog, QLineEdit, "fileNameEdit").setText(str(tmp_path / "activity.csv"))
    dialog.accept()
    await eventually(lambda: voice.toasts)
    assert len((tmp_path / "activity.csv").read_text("utf-8-sig").splitlines()) == 4


async def export_to(file: Path) -> None:
    dialog = await open_dialog(QFileDialog)
    part(dialog, QLineEdit, "fileNameEdit").setText(str(file))
    dialog.accept()


@pytest.mark.parametrize(("wanted", "lines"), [("shown", 3), ("all", 8)])
async def test_where_more_fits_than_is_shown_the_export_asks_which_is_meant(
    desk: Desk, voice: Heard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, lines: int
) -> None:
    monkeypatch.setattr(searched, "AT_ONCE", 2)
    monkeypatch.setattr(runs_view, "AT_ONCE", 3)
    for number in range(7):
        minute = 10 if number < 4 else number + 10  # several of them at the very same moment
        same = replace(earlier(0, f"run-{number}"), started_at=now().replace(microsecond=0) - timedelta(minutes=minute))
        await keep(desk.workspace, same)
    await keep(desk.workspace, earlier(1, "other", operation="offices.sync"))
    page = await open_page(desk)
    type_into(part(page, QLineEdit, "activity.search"), "run-")
    await eventually(lambda: page.runs.pane.rows.total == 2 and page.runs.table.total == 7)
    click(page, "activity.export")
    choice = await open_dialog(ExportChoice)
    assert part(choice, Button, "export_choice.all").text() == "All that fit (7)"
    click(choice, f"export_choice.{wanted}")
    await export_to(tmp_path / "activity.csv")
    await eventually(lambda: voice.toasts)
    assert len((tmp_path / "activity.csv").read_text("utf-8-sig").splitlines()) == lines


async def test_a_store_that_cannot_be_read_says_why_and_is_tried_again(desk: Desk) -> None:
    page = await full_page(desk)
    page.runs.pane.set_rows([])
    database: Any = desk.workspace.store.database

    with database.connection_context():
        database.execute_sql("ALTER TABLE run RENAME TO run_away")
    page.refresh()
    await eventually(lambda: part(page, QLabel, "activity.count").isHidden())
    await eventually(lambda: "no such table" in words(page))
    with database.connection_context():
        database.execute_sql("ALTER TABLE run_away RENAME TO run")
    retry = next(b for b in page.findChildren(Button) if b.text() == "Retry" and b.isVisible())
    QTest.mouseClick(retry, Qt.MouseButton.LeftButton)
    await eventually(lambda: page.runs.pane.rows.total == 3)


async def test_everything_has_a_name(desk: Desk) -> None:
    page = await full_page(desk)
    for button in page.findChildren(QAbstractButton):
        if button.isVisible() and button.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert button.accessibleName() or button.text(), button.objectName()
    assert part(page, TableView, "activity.table").accessibleName() == "Activity"
