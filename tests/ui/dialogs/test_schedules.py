"""The schedules of a connection and their editor, as a person uses them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QRadioButton, QSpinBox, QWidget
from shiboken6 import isValid

from app.access import Role
from app.domain.schedules import Schedule
from app.domain.timing import Timing
from app.operations.runner import Request
from app.store import connections, runs
from app.store import schedules as stored
from tests.support.window import click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.schedule_editor import ScheduleEditor, schedulable
from ui.dialogs.schedule_timing import TimingForm
from ui.dialogs.schedules import SchedulesDialog, open_schedules
from ui.widgets import Button, ConfirmDialog


@pytest.fixture
def window() -> QWidget:
    """What the dialog belongs to."""
    shown = QWidget()
    shown.show()
    return shown


async def kept(desk: Desk) -> list[Schedule]:
    return await desk.workspace.store.read(stored.schedules)


async def open_list(desk: Desk, window: QWidget, rows: int = 0) -> SchedulesDialog:
    connection = await desk.workspace.store.read(connections.find_connection, "vitec")
    assert connection is not None
    dialog = open_schedules(window, desk, connection)
    await eventually(lambda: dialog.pane.rows.total == rows)
    return dialog


async def add(desk: Desk, operation: str = "offices.sync", **more: object) -> Schedule:
    params = {"operation": operation, "connection": "vitec", **more}
    report = await desk.report_of(Request("schedules.create", params=params))
    assert report is not None
    assert report.error is None
    return next(each for each in await kept(desk) if each.operation == operation)


async def editor(dialog: SchedulesDialog, button: str) -> ScheduleEditor:
    click(dialog, button)
    found = await open_dialog(ScheduleEditor)
    assert isinstance(found, ScheduleEditor)
    return found


def meaning(parent: QWidget) -> str:
    return part(parent, QLabel, "schedule.meaning").text()


class TestTiming:
    def test_each_way_is_said_in_words_with_the_next_three_runs(self) -> None:
        form = TimingForm(Timing(), 900)
        assert form.timing() == Timing()
        assert meaning(form).startswith("Every 15 minutes\nNext: ")
        assert meaning(form).count(":") == 4  # three times of day
        part(form, QSpinBox, "schedule.minutes").setValue(120)
        assert part(form, QRadioButton, "schedule.every").isChecked()
        assert form.timing() == Timing(every_s=7_200)
        assert meaning(form).startswith("Every 2 hours")
        form.show()
        type_into(part(form, QLineEdit, "schedule.expression"), "30 5 * * 1-5")
        assert part(form, QRadioButton, "schedule.cron").isChecked()
        assert meaning(form).startswith("Mondays to Fridays at 05:30")

    def test_quiet_hours_are_part_of_it(self) -> None:
        form = TimingForm(Timing(), 900)
        part(form, QCheckBox, "schedule.quiet").setChecked(True)
        assert form.timing().quiet == "22:00-06:00"
        assert "not 22:00-06:00" in meaning(form)
        form.end.setTime(form.begin.time())
        assert "are no quiet hours" in form.problem()

    @pytest.mark.parametrize("expression", ["", "every day", "0 0 30 2 *", "* * * * * *"])
    def test_an_expression_that_never_comes_true_is_said_in_place_of_the_meaning(self, expression: str) -> None:
        form = TimingForm(Timing(cron="0 6 * * *"), 900)
        form.expression.setText(expression)
        form.cron.setChecked(True)
        form.expression.textEdited.emit(expression)
        assert form.problem()
        assert meaning(form) == form.problem()

    @pytest.mark.parametrize(
        "timing",
        [Timing(every_s=95), Timing(cron="5 4 * * 2", zone="Europe/Oslo", quiet="23:00-01:30", jitter_percent=3)],
    )
    def test_what_is_not_touched_stays(self, timing: Timing) -> None:
        assert TimingForm(timing, 900).timing() == timing


class TestList:
    async def test_without_any_it_offers_to_add_one(self, demo_desk: Desk, window: QWidget) -> None:
        dialog = await open_list(demo_desk, window)
        await eventually(lambda: "Nothing runs by itself yet" in words(dialog))
        assert not part(dialog, Button, "schedules.edit").isEnabled()

    async def test_a_schedule_is_added_with_its_next_run(self, demo_desk: Desk, window: QWidget) -> None:
        dialog = await open_list(demo_desk, window)
        form = await editor(dialog, "schedules.add")
        box = part(form, QComboBox, "schedule.operation")
        box.setCurrentIndex(box.findText("Sync offices"))
        part(form, QSpinBox, "schedule.minutes").setValue(30)
        click(form, "schedule.save")
        await eventually(lambda: dialog.pane.rows.total == 1)
        (schedule,) = await kept(demo_desk)
        assert (schedule.operation, schedule.timing.every_s) == ("offices.sync", 1_800)
        (row,) = dialog.pane.rows.shown_rows()
        assert (row.when, row.next_run is not None) == ("Every 30 minutes", True)

    async def test_editing_keeps_the_operation_and_changes_the_time(self, demo_desk: Desk, window: QWidget) -> None:
        await add(demo_desk, every=600)
        dialog = await open_list(demo_desk, window, 1)
        form = await editor(dialog, "schedules.edit")
        assert not part(form, QComboBox, "schedule.operation").isEnabled()
        type_into(part(form, QLineEdit, "schedule.expression"), "0 7 * * *")
        click(form, "schedule.save")
        await eventually(lambda: [row.when for row in dialog.pane.rows.shown_rows()] == ["Daily at 07:00"])

    async def test_pause_and_resume(self, demo_desk: Desk, window: QWidget) -> None:
        await add(demo_desk)
        dialog = await open_list(demo_desk, window, 1)
        click(dialog, "schedules.pause")
        await eventually(lambda: part(dialog, Button, "schedules.pause").text() == "Resume")
        assert dialog.pane.rows.shown_rows()[0].schedule.paused
        click(dialog, "schedules.pause")
        await eventually(lambda: part(dialog, Button, "schedules.pause").text() == "Pause")

    async def test_run_now_runs_it_and_remove_asks_first(self, demo_desk: Desk, window: QWidget) -> None:
        await add(demo_desk)
        dialog = await open_list(demo_desk, window, 1)
        click(dialog, "schedules.run_now")
        for _look in range(200):
            ran = await demo_desk.workspace.store.read(runs.runs)
            if any(run.operation == "offices.sync" and run.state.over for run in ran):
                break
        assert any(run.operation == "offices.sync" for run in ran)
        click(dialog, "schedules.remove")
        click(await open_dialog(ConfirmDialog), "confirm.action")
        await eventually(lambda: dialog.pane.rows.total == 0)
        assert await kept(demo_desk) == []

    async def test_a_paused_connection_says_why_nothing_is_planned(self, demo_desk: Desk, window: QWidget) -> None:
        await add(demo_desk)
        await demo_desk.report_of(Request("connections.update", "vitec", {"paused": True}))
        dialog = await open_list(demo_desk, window, 1)
        (row,) = dialog.pane.rows.shown_rows()
        assert (row.next_run, row.reason) == (None, "The connection vitec is paused.")

    async def test_a_name_that_is_taken_is_said_in_the_editor(self, demo_desk: Desk, window: QWidget) -> None:
        await add(demo_desk, name="nightly")
        dialog = await open_list(demo_desk, window, 1)
        form = await editor(dialog, "schedules.add")
        type_into(part(form, QLineEdit, "schedule.name"), "nightly")
        click(form, "schedule.save")
        await eventually(lambda: "There is already a schedule named nightly." in words(form))

    async def test_who_may_not_change_them_still_sees_them(self, demo_desk: Desk, window: QWidget) -> None:
        await add(demo_desk)
        demo_desk.workspace.settings_file.change(role=Role.VIEWER)
        dialog = await open_list(demo_desk, window, 1)
        for name in ("add", "edit", "pause", "run_now", "remove"):
            button = part(dialog, Button, f"schedules.{name}")
            assert not button.isEnabled()
            assert "lacks the permission" in button.toolTip()


class TestParameters:
    async def test_only_what_fetches_without_being_asked_is_offered(self, demo_desk: Desk) -> None:
        connection = await demo_desk.workspace.store.read(connections.find_connection, "vitec")
        assert connection is not None
        assert [each.id for each in schedulable(connection)] == [
            "employees.pictures", "directory.sync", "employees.sync", "offices.sync",
        ]  # fmt: skip

    async def test_parameters_are_filled_in_and_those_untouched_stay(self, demo_desk: Desk, window: QWidget) -> None:
        await add(demo_desk, "employees.pictures", params={"employees": ["a", "b"]})
        dialog = await open_list(demo_desk, window, 1)
        form = await editor(dialog, "schedules.edit")
        field = part(form, QLineEdit, "schedule.param.employees")
        assert field.text() == "a, b"
        part(form, QSpinBox, "schedule.minutes").setValue(60)
        click(form, "schedule.save")
        await eventually(lambda: [row.when for row in dialog.pane.rows.shown_rows()] == ["Every hour"])
        assert (await kept(demo_desk))[0].params == {"employees": ["a", "b"]}
        await eventually(lambda: not isValid(form))
        form = await editor(dialog, "schedules.edit")
        type_into(part(form, QLineEdit, "schedule.param.employees"), "c")
        click(form, "schedule.save")
        await eventually(lambda: [row.schedule.params for row in dialog.pane.rows.shown_rows()] == [{"employees": "c"}])
