"""The run panel, as a person follows a run in it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QLineEdit, QTabBar

from app.access import Role
from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.domain.outcomes import RunError, RunState
from app.events import OutcomesReported, RunEnded, RunProgress
from app.operations.runner import Request
from app.store import directory
from app.store import runs as stored
from tests.support.outcomes import end, failed, keep, left_out, outcome, run, tell, unchanged
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from tests.ui.runs.conftest import Place, place_panel
from ui.desk import Desk
from ui.dialogs.preview import PreviewDialog
from ui.dialogs.why import WhyDialog
from ui.runs import RunPanel
from ui.tables import TableView
from ui.widgets import Button, StatusChip


def tabs(panel: RunPanel) -> list[str]:
    bar = part(panel, QTabBar, "run.tabs")
    return [bar.tabText(at) for at in range(bar.count())]


def chips(panel: RunPanel) -> list[str]:
    buttons = panel.view.pane.chips.findChildren(QAbstractButton)
    return [button.text() for button in buttons if button.isVisible()]


def subjects(panel: RunPanel) -> list[str]:
    return [line.outcome.subject for line in panel.view.pane.rows.shown_rows()]


def state(panel: RunPanel) -> str:
    chip = part(panel, StatusChip, "run.chip")
    return chip.word if chip.isVisible() else ""


def said(panel: RunPanel, name: str) -> str:
    return part(panel, QLabel, name).text()


def close_first(panel: RunPanel) -> None:
    bar = part(panel, QTabBar, "run.tabs")
    cross = bar.tabButton(0, QTabBar.ButtonPosition.RightSide)
    assert cross.accessibleName() == f"Close “{bar.tabText(0)}”"
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)


async def over(panel: RunPanel, how: str = "Finished") -> None:
    await eventually(lambda: state(panel) == how, f"it never was {how}")


# -- from click to result ----------------------------------------------------------------------------------------------


async def test_the_panel_is_away_until_something_runs_and_keeps_the_result(demo_desk: Desk, demo_place: Place) -> None:
    panel = demo_place.panel
    assert not panel.isVisible()
    demo_desk.run(Request("offices.sync", "vitec"))
    await over(panel)
    assert tabs(panel) == ["Sync offices"]
    assert said(panel, "run.sentence") == "Updated 3 of 3 offices"
    assert chips(panel) == ["Changed 3"]
    assert len(subjects(panel)) == 3


async def test_rows_say_subject_target_status_step_and_what_happened(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [outcome(), failed()], run(state=RunState.FINISHED))
    table = place.panel.view.pane.visible_table()
    assert table.headers == ("Name", "Target", "Status", "Step", "What happened")
    assert table.rows[0] == ("Åse Nordmann", "Employees", "Failed", "Store", "Refused")
    assert table.rows[1] == ("Kari Nordmann", "Employees", "Success", "Store", "Updated")


async def test_the_bar_says_what_it_does_then_amount_rate_and_time_left(place: Place, desk: Desk) -> None:
    panel = place.panel
    events = desk.workspace.events
    tell(desk.workspace, run())
    events.publish(RunProgress("run-1", "Fetching employees", 0, 0))
    await eventually(lambda: said(panel, "run.doing") == "Fetching employees")
    assert panel.view.head.progress.bar.maximum() == 0, "busy while the amount is unknown"
    events.publish(RunProgress("run-1", "Fetching pictures", 0, 340))
    await asyncio.sleep(1.2)
    events.publish(RunProgress("run-1", "Fetching pictures", 128, 340))
    await eventually(lambda: panel.view.head.progress.text.text().startswith("128 of 340"))
    assert "/s · about " in panel.view.head.progress.text.text()


async def test_what_needs_a_look_comes_first_when_it_is_over(place: Place, desk: Desk) -> None:
    everyone = [unchanged(f"Ola {n}") for n in range(340)] + [outcome("Kari"), failed("Åse"), left_out("Nils")]
    tell(desk.workspace, run(), everyone, run(state=RunState.FINISHED))
    assert subjects(place.panel)[:4] == ["Åse", "Nils", "Kari", "Ola 0"]
    await eventually(lambda: chips(place.panel) == ["Failed 1", "Left out 1", "Changed 1", "No changes 340"])


async def test_chips_filter_by_what_became_of_it(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [unchanged("Ola"), outcome("Kari"), failed("Åse")], run(state=RunState.FINISHED))
    click(place.panel, "run.filter.changed")
    await eventually(lambda: subjects(place.panel) == ["Kari"])


async def test_results_come_to_the_table_while_it_runs(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [outcome("Kari")])
    await eventually(lambda: subjects(place.panel) == ["Kari"])
    desk.workspace.events.publish(OutcomesReported("run-1", [failed("Åse")]))
    await eventually(lambda: subjects(place.panel) == ["Kari", "Åse"])
    assert part(place.panel, Button, "run.cancel").isVisible()


async def test_ten_thousand_outcomes_at_once_do_not_hold_the_window_up(place: Place, desk: Desk) -> None:
    worst = 0.0

    async def beat() -> None:
        nonlocal worst
        while True:
            before = time.thread_time()  # of this thread alone: what else the computer does is no stall of ours
            await asyncio.sleep(0)
            worst = max(worst, time.thread_time() - before)

    many = [unchanged(f"Ola {n}") if n % 3 else outcome(f"Kari {n}") for n in range(10_000)]
    beating = desk.workspace.tasks.start("beat", beat())
    tell(desk.workspace, run(), many)
    await eventually(lambda: place.panel.view.pane.rows.total == 10_000)
    tell(desk.workspace, run("run-2"), many, run("run-2", state=RunState.FINISHED))
    await over(place.panel)
    await eventually(lambda: len(chips(place.panel)[0].split()) > 1)
    beating.cancel()
    assert worst < 0.050, f"held up for {worst * 1000:.0f} ms"


# -- cancel ------------------------------------------------------------------------------------------------------------


async def hanging(desk: Desk, place: Place, world: DemoWorld) -> RunPanel:
    world.vitec.fault = FaultPlan(Fault.HANG)
    desk.run(Request("directory.sync", "vitec"))
    await eventually(part(place.panel, Button, "run.cancel").isVisible)
    await eventually(lambda: said(place.panel, "run.doing") == "Fetching offices")
    return place.panel


async def test_cancel_says_so_at_once_and_is_done_within_a_second(
    demo_desk: Desk, demo_place: Place, small_world: DemoWorld
) -> None:
    panel = await hanging(demo_desk, demo_place, small_world)
    pressed = time.monotonic()
    click(panel, "run.cancel")
    assert panel.view.head.progress.text.text() == "Cancelling…"
    assert not part(panel, Button, "run.cancel").isEnabled()
    await over(panel, "Cancelled")
    assert time.monotonic() - pressed < 1.0


async def test_escape_cancels_from_anywhere_in_the_window(
    demo_desk: Desk, demo_place: Place, small_world: DemoWorld
) -> None:
    panel = await hanging(demo_desk, demo_place, small_world)
    demo_place.split.activateWindow()
    await eventually(demo_place.split.isActiveWindow)
    QTest.keyClick(demo_place.split, Qt.Key.Key_Escape)
    await over(panel, "Cancelled")


async def test_escape_clears_a_search_before_it_cancels(
    demo_desk: Desk, demo_place: Place, small_world: DemoWorld
) -> None:
    panel = await hanging(demo_desk, demo_place, small_world)
    demo_place.split.activateWindow()
    await eventually(demo_place.split.isActiveWindow)
    search = part(panel, QLineEdit, "run.search")
    type_into(search, "kari")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    assert part(panel, Button, "run.cancel").isEnabled()
    QTest.keyClick(search, Qt.Key.Key_Escape)
    await over(panel, "Cancelled")


# -- what next ---------------------------------------------------------------------------------------------------------


async def test_a_stopped_run_says_cause_and_remedy_and_resumes_in_its_tab(
    demo_desk: Desk, demo_place: Place, small_world: DemoWorld
) -> None:
    panel = demo_place.panel
    small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED, only="employees")
    demo_desk.run(Request("directory.sync", "vitec"))
    await over(panel, "Stopped")
    assert "Vitec Hub unauthorized." in said(panel, "run.sentence")
    assert "access key" in said(panel, "run.note")
    assert len(subjects(panel)) == 3, "the offices are done"
    small_world.vitec.fault = FaultPlan()
    click(panel, "run.resume")
    await over(panel)
    assert tabs(panel) == ["Sync employees"]
    assert len(subjects(panel)) == 3 + 12


async def test_retry_runs_again_for_those_that_failed_only(
    demo_desk: Desk, demo_place: Place, small_world: DemoWorld
) -> None:
    await demo_desk.report_of(Request("directory.sync", "vitec"))
    small_world.vitec.fault = FaultPlan(Fault.HTML, only="employee_picture", times=2)
    demo_desk.run(Request("employees.pictures", "vitec"))
    panel = demo_place.panel
    await eventually(lambda: state(panel) == "Finished" and "Fetch pictures" in tabs(panel))
    unlucky = {line.outcome.subject_id for line in panel.view.pane.rows.shown_rows()[:2]}
    assert "Partial 2" in chips(panel)
    click(panel, "run.retry")
    await eventually(lambda: len(subjects(panel)) == 2 and state(panel) == "Finished")
    newest = (await demo_desk.workspace.store.read(stored.runs))[0]
    assert newest.operation == "employees.pictures"
    assert set(newest.params["employees"]) == unlucky


async def test_there_is_nothing_to_retry_where_nothing_failed(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [outcome(), left_out()], run(state=RunState.FINISHED))
    assert not part(place.panel, Button, "run.retry").isVisible()
    assert not part(place.panel, Button, "run.resume").isVisible()
    assert not part(place.panel, Button, "run.why").isVisible()


async def test_the_end_of_a_run_can_be_asked_why(place: Place, desk: Desk) -> None:
    error = RunError("rate_limited", "Vitec Hub asks to wait.", code="rate_limited")
    tell(desk.workspace, run(), [], run(state=RunState.STOPPED, error=error))
    assert "Wait that long" in said(place.panel, "run.note")
    click(place.panel, "run.why")
    (dialog,) = place.panel.window().findChildren(WhyDialog)
    told = dialog.details.texts()
    assert told[told.index("What it is") + 1] == "Too many requests"


async def test_who_may_not_run_it_is_told_why_on_the_button(place: Place, desk: Desk) -> None:
    desk.workspace.settings_file.change(role=Role.VIEWER)
    error = RunError("unreachable", "Vitec Hub cannot be reached.", "Check the network.")
    tell(desk.workspace, run(), [], run(state=RunState.STOPPED, error=error))
    resume = part(place.panel, Button, "run.resume")
    assert not resume.isEnabled()
    assert "viewer" in resume.toolTip()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
async def test_a_row_explains_itself_from_the_keyboard(place: Place, desk: Desk, key: Qt.Key) -> None:
    tell(desk.workspace, run(), [failed("Åse")], run(state=RunState.FINISHED))
    table = part(place.panel, TableView, "run.table")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, key)
    dialog = await open_dialog(WhyDialog)
    assert "Ask the owner." in words(dialog)


async def test_a_row_explains_itself_by_its_link_and_its_menu(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [failed("Åse")], run(state=RunState.FINISHED))
    table = place.panel.view.pane.table
    column = [c.key for c in table.rows.columns].index("why")
    cell = table.visualRect(table.rows.index(0, column))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    (await open_dialog(WhyDialog)).close()
    menu = table.context_menu()
    assert menu.actions()[0].text() == "Why?"
    menu.close()


async def test_export_writes_exactly_what_is_shown(place: Place, desk: Desk, voice: Heard, tmp_path: Path) -> None:
    tell(desk.workspace, run(), [unchanged("Ola"), failed("Åse")], run(state=RunState.FINISHED))
    click(place.panel, "run.filter.failed")
    await eventually(lambda: subjects(place.panel) == ["Åse"])
    click(place.panel, "run.export")
    dialog = await open_dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    part(dialog, QLineEdit, "fileNameEdit").setText(str(tmp_path / "results.csv"))
    dialog.accept()
    await eventually(lambda: voice.toasts)
    text = (tmp_path / "results.csv").read_text("utf-8-sig")
    assert text.splitlines()[0] == "Name,Target,Status,Step,What happened"
    assert "Åse" in text
    assert "Ola" not in text


# -- several runs ------------------------------------------------------------------------------------------------------


async def test_each_run_has_a_tab_that_can_be_closed_when_it_is_over(place: Place, desk: Desk) -> None:
    panel = place.panel
    pictures = run("run-2", operation="employees.pictures")
    tell(desk.workspace, run(), [outcome("Kari")])
    tell(desk.workspace, pictures, [outcome("Ola")])
    assert tabs(panel) == ["Sync employees", "Fetch pictures"]
    await eventually(lambda: subjects(panel) == ["Ola"])
    part(panel, QTabBar, "run.tabs").setCurrentIndex(0)
    await eventually(lambda: subjects(panel) == ["Kari"])
    assert not panel.findChildren(QAbstractButton, "run.close"), "both are still running"
    end(desk.workspace, replace(pictures, state=RunState.FINISHED))
    end(desk.workspace, run(state=RunState.FINISHED))
    close_first(panel)
    assert len(tabs(panel)) == 1
    assert panel.isVisible()
    close_first(panel)
    assert not panel.isVisible()


async def test_the_end_of_another_run_leaves_the_one_in_front_alone(place: Place, desk: Desk) -> None:
    other = run("run-2", operation="employees.pictures")
    tell(desk.workspace, other, [outcome("Ola")])
    tell(desk.workspace, run(), [outcome("Kari")])
    end(desk.workspace, replace(other, state=RunState.FINISHED))
    await eventually(lambda: subjects(place.panel) == ["Kari"])
    assert part(place.panel, Button, "run.cancel").isVisible()


async def test_a_run_takes_the_place_of_an_earlier_one_of_its_kind(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [failed("Åse")], run(state=RunState.FINISHED))
    tell(desk.workspace, run("run-2"), [outcome("Åse")], run("run-2", state=RunState.FINISHED))
    assert tabs(place.panel) == ["Sync employees"]
    assert subjects(place.panel) == ["Åse"]
    await eventually(lambda: chips(place.panel) == ["Changed 1"])


async def test_the_number_of_running_runs_is_told(place: Place, desk: Desk) -> None:
    told: list[int] = []
    place.panel.visible_runs_changed.connect(told.append)
    other = run("run-2", operation="employees.pictures")
    tell(desk.workspace, run())
    tell(desk.workspace, other, [], replace(other, state=RunState.FINISHED))
    end(desk.workspace, run(state=RunState.FINISHED))
    assert told[0] == 1
    assert max(told) == 2
    assert told[-1] == 0


async def test_a_preview_is_called_one_and_stores_nothing(demo_desk: Desk, demo_place: Place) -> None:
    demo_desk.run(Request("offices.sync", "vitec", dry_run=True))
    await over(demo_place.panel)
    assert tabs(demo_place.panel) == ["Preview: Sync offices"]
    assert said(demo_place.panel, "run.sentence") == "3 changes found, nothing stored"
    assert chips(demo_place.panel) == ["Would change 3"]
    assert demo_place.panel.view.pane.visible_table().rows[0][2] == "Create"


async def test_a_preview_that_failed_can_be_tried_again_and_is_then_shown(
    demo_desk: Desk, demo_place: Place, small_world: DemoWorld
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
    demo_desk.run(Request("offices.sync", "vitec", dry_run=True))
    await over(demo_place.panel, "Stopped")
    small_world.vitec.fault = FaultPlan()
    click(demo_place.panel, "run.retry")
    await open_dialog(PreviewDialog)


async def test_an_edit_that_works_raises_no_panel(demo_desk: Desk, demo_place: Place) -> None:
    await demo_desk.report_of(Request("offices.sync", "vitec"))
    panel = demo_place.panel
    panel.close_run(panel.tabs.current_run())
    office = (await demo_desk.workspace.store.read(directory.offices))[0]
    report = await demo_desk.report_of(Request("offices.edit", params={"id": office.id, "values": {"city": "Bodø"}}))
    assert report is not None
    assert report.run.state is RunState.FINISHED
    assert not panel.isVisible()


async def test_an_edit_that_fails_does(demo_desk: Desk, demo_place: Place) -> None:
    await demo_desk.report_of(Request("offices.edit", params={"id": "nobody", "values": {}}))
    assert tabs(demo_place.panel) == ["Edit an office"]
    assert state(demo_place.panel) == "Stopped"


async def test_questions_without_history_have_no_tab(demo_desk: Desk, demo_place: Place) -> None:
    await demo_desk.report_of(Request("connections.test", "vitec"))
    assert not demo_place.panel.isVisible()


# -- history -----------------------------------------------------------------------------------------------------------


async def test_a_run_of_the_history_opens_as_it_ended(place: Place, desk: Desk) -> None:
    error = RunError("forbidden", "Vitec Hub forbidden.", "Ask for the right.")
    kept = run("old", state=RunState.STOPPED, error=error, duration_ms=1_200)
    await keep(desk.workspace, kept, [outcome("Kari"), failed("Åse")])
    place.panel.show_run("old")
    await over(place.panel, "Stopped")
    assert subjects(place.panel) == ["Åse", "Kari"]
    assert said(place.panel, "run.sentence") == "Vitec Hub forbidden."
    assert said(place.panel, "run.took") == "1.2 s"


async def test_a_run_that_is_gone_from_the_history_says_so(place: Place, desk: Desk, voice: Heard) -> None:
    place.panel.show_run("never")
    await eventually(lambda: "open run" in voice.banners)
    assert not place.panel.isVisible()


async def test_a_run_in_another_program_is_shown_without_cancel(place: Place, desk: Desk) -> None:
    await keep(desk.workspace, run("theirs"))
    place.panel.show_run("theirs")
    await over(place.panel, "Running")
    assert said(place.panel, "run.sentence") == "It runs in another Muster."
    assert not part(place.panel, Button, "run.cancel").isVisible()


async def test_an_interrupted_run_is_offered_for_resume_and_goes_on(demo_desk: Desk, demo_place: Place) -> None:
    await keep(demo_desk.workspace, run("broken", state=RunState.INTERRUPTED))
    demo_place.panel.show_run("broken")
    await over(demo_place.panel, "Interrupted")
    assert said(demo_place.panel, "run.sentence") == "Muster ended before this run did."
    click(demo_place.panel, "run.resume")
    await over(demo_place.panel)
    assert demo_place.panel.view.shown is not None
    assert demo_place.panel.view.shown.run.run_id == "broken"
    assert len(subjects(demo_place.panel)) == 15


async def test_a_run_that_finished_with_open_steps_is_offered_for_resume(place: Place, desk: Desk) -> None:
    sent = run("sent", operation="onec.send_schedule", state=RunState.FINISHED)
    await keep(desk.workspace, sent, [outcome("Kari")])
    await desk.workspace.store.write(stored.journal_begin, "sent", ["kari 2026-03"])
    place.panel.show_run("sent")
    await over(place.panel)
    assert part(place.panel, Button, "run.resume").isVisible()


async def test_it_is_offered_as_soon_as_the_run_is_over(place: Place, desk: Desk) -> None:
    sent = run("sent", operation="onec.send_schedule", state=RunState.RUNNING)
    await keep(desk.workspace, sent, [outcome("Kari")])
    place.panel.show_run("sent")
    await over(place.panel, "Running")
    await desk.workspace.store.write(stored.journal_begin, "sent", ["kari 2026-03"])
    desk.workspace.events.publish(RunEnded(replace(sent, state=RunState.FINISHED)))
    await eventually(part(place.panel, Button, "run.resume").isVisible)


# -- folding -----------------------------------------------------------------------------------------------------------


async def test_folded_it_leaves_tabs_and_bar_and_stays_so(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [outcome()])
    high = place.panel.height()
    click(place.panel, "run.fold")
    await eventually(lambda: place.panel.height() < 120)
    assert part(place.panel, Button, "run.cancel").isVisible()
    again = place_panel(desk)
    tell(desk.workspace, run("run-2", operation="offices.sync"))
    await eventually(lambda: again.panel.height() < 120)
    click(place.panel, "run.fold")
    await eventually(lambda: abs(place.panel.height() - high) <= 2)


async def test_the_height_is_remembered(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [outcome()])
    place.split.moveSplitter(350, 1)
    height = place.panel.height()
    assert height > 400
    again = place_panel(desk)
    tell(desk.workspace, run("run-2", operation="offices.sync"))
    await eventually(lambda: abs(again.panel.height() - height) <= 2)


# -- for everybody -----------------------------------------------------------------------------------------------------


async def test_everything_has_a_name_and_tabs_say_their_state(place: Place, desk: Desk) -> None:
    tell(desk.workspace, run(), [failed()], run(state=RunState.FINISHED))
    for button in place.panel.findChildren(QAbstractButton):
        if button.isVisible() and button.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert button.accessibleName() or button.text(), button.objectName()
    named = part(place.panel, QTabBar, "run.tabs").accessibleTabName(0)
    assert named == "Sync employees, Finished, 1 needs a look, vitec"
    assert part(place.panel, TableView, "run.table").accessibleName() == "Results"
