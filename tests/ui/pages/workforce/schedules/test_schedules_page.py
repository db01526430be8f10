"""What a planner does on the Schedules tab, with a 1C that really answers (onec-zup.md §5.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QTabBar

from app.access import Role
from app.demo.onec.troubles import Method, Trouble, TroublePlan
from app.demo.world import DemoWorld
from app.events import RunEnded
from app.exports import export_rows
from app.settings import Settings
from app.store.values import now
from tests.support.onec_desk import CONNECTION, run, shift, this_month
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.pages.workforce.findings import FindingsDialog, import_file
from ui.pages.workforce.schedules import SchedulesPage
from ui.pages.workforce.schedules.actions import what_is_imported
from ui.pages.workforce.schedules.reading import SendState
from ui.pages.workforce.schedules.send_dialog import SendDialog
from ui.pages.workforce.shift_dialog import ShiftDialog
from ui.tables import TableView
from ui.widgets import Button

Open = Callable[[], SchedulesPage]
MONTH = f"{now():%Y-%m}"


@pytest.fixture
async def planned(synced: Desk, staff: list[str], open_page: Open) -> SchedulesPage:
    """The page with two shifts of the first person and one of the second."""
    shifts = [shift(staff[0], 27), shift(staff[0], 28, "20:00", "23:00"), shift(staff[1], 27)]
    assert (await run(synced, "onec.plan_shifts", shifts=shifts)).error is None
    page = open_page()
    await eventually(part(page, Button, "schedules.sync").isEnabled)
    assert page.pane.rows.total == 3
    return page


def states(page: SchedulesPage) -> list[SendState]:
    return [line.state for line in page.pane.rows.all_rows()]


async def preview(page: SchedulesPage) -> SendDialog:
    await eventually(part(page, Button, "schedules.sync").isEnabled)
    click(page, "schedules.sync")
    return cast(SendDialog, await open_dialog(SendDialog))


async def send(page: SchedulesPage) -> None:
    """Send everything, and wait until the answers are shown."""
    ended: list[RunEnded] = []
    dialog = await preview(page)
    forget = page.desk.workspace.events.subscribe(RunEnded, ended.append)
    click(dialog, "send_schedule.send")
    await eventually(lambda: any(not e.run.dry_run for e in ended))
    forget()
    await eventually(lambda: not any(s is SendState.NOT_SENT for s in states(page)))


async def form(page: SchedulesPage, name: str = "schedules.enter_shift") -> ShiftDialog:
    await eventually(part(page, Button, name).isEnabled)
    click(page, name)
    return cast(ShiftDialog, await open_dialog(ShiftDialog))


def choose_person(dialog: ShiftDialog, agent_id: str) -> None:
    dialog.person.setCurrentIndex(dialog.person.findData(agent_id))


class TestStates:
    async def test_without_a_connection_it_says_what_to_add(self, desk: Desk, open_page: Open) -> None:
        page = open_page()
        await eventually(lambda: "No shifts on these days" in words(page))
        buttons = [part(page, Button, "schedules.sync"), part(page, Button, "schedules.enter_shift")]
        await eventually(lambda: {button.toolTip() for button in buttons} == {"Add a 1C connection first."})

    async def test_before_people_are_synced_it_says_so(self, linked: Desk, open_page: Open) -> None:
        page = open_page()
        button = part(page, Button, "schedules.enter_shift")
        await eventually(lambda: button.toolTip() == "Sync people from 1C first.")

    async def test_without_shifts_it_offers_to_enter_or_import(self, page: SchedulesPage) -> None:
        assert "Enter shifts, or import them" in words(page)
        assert part(page, Button, "schedules.sync").toolTip() == "There are no shifts to send."

    async def test_it_counts_what_is_to_be_sent(self, planned: SchedulesPage) -> None:
        assert words(planned).count("2 of 2 schedules to send") == 1
        assert part(planned, Button, "schedules.sync").isEnabled()

    async def test_a_viewer_may_look_and_is_told_why_not_more(
        self, planned: SchedulesPage, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(desk.workspace.settings_file, "values", Settings(role=Role.VIEWER))
        planned.refresh()
        buttons = [part(planned, Button, f"schedules.{name}") for name in ("sync", "preview", "enter_shift")]
        await eventually(lambda: all("integrations.write" in button.toolTip() for button in buttons))


class TestMonth:
    async def test_it_shows_who_works_when(self, planned: SchedulesPage, staff: list[str]) -> None:
        planned.open_view("month")
        await eventually(lambda: planned.months.rows.total)
        first = next(line for line in planned.months.rows.all_rows() if line.worker.external_id == staff[0])
        cells = {c.key: c.words(first) for c in planned.months.rows.columns if c.key.startswith("d")}
        assert (cells["d27"], cells["d28"]) == ("9", "3")
        column = next(c for c in planned.months.rows.columns if c.key == "d28")
        assert column.tooltip is not None
        assert "3 h: Not sent" in column.tooltip(first)

    async def test_people_without_shifts_are_found_by_their_filter(self, planned: SchedulesPage) -> None:
        planned.open_view("month")
        await eventually(lambda: planned.months.rows.rowCount() == 2)
        planned.months.chips.choose(["empty"])
        await eventually(lambda: planned.months.rows.rowCount() > 5)


class TestEntering:
    async def test_a_shift_is_judged_while_it_is_typed(self, planned: SchedulesPage, staff: list[str]) -> None:
        dialog = await form(planned)
        type_into(dialog.start, "09:00")
        choose_person(dialog, staff[0])
        dialog.day.setDate(dialog.day.date().fromString(f"{MONTH}-27", Qt.DateFormat.ISODate))
        await eventually(lambda: "begins before an earlier one ends" in dialog.message.text())
        assert not dialog.save_button.isEnabled()
        dialog.day.setDate(dialog.day.date().fromString(f"{MONTH}-26", Qt.DateFormat.ISODate))
        await eventually(dialog.save_button.isEnabled)
        assert dialog.message.text() == "1 shift: 8 paid hours, 8 by day and 0 by night."
        for end, said in (("late", "is not a time"), ("", "empty or missing")):
            type_into(dialog.end, end)
            assert said in dialog.message.text()
            assert dialog.end.property("wrong")
        type_into(dialog.end, "06:00")
        assert "20 paid hours, 12 by day and 8 by night" in dialog.message.text()
        type_into(dialog.breaks, "1-2")
        assert "is not a time" in dialog.message.text()
        dialog.reject()

    async def test_somebody_nobody_knows_is_refused(self, page: SchedulesPage) -> None:
        dialog = await form(page)
        dialog.person.setEditText("Nobody At All")
        assert dialog.message.text().startswith("1C lists nobody with this id.")
        dialog.reject()

    async def test_the_same_shift_is_entered_for_many_days_at_once(
        self, page: SchedulesPage, staff: list[str], voice: Heard
    ) -> None:
        dialog = await form(page)
        choose_person(dialog, staff[0])
        for field, day in ((dialog.day, 1), (dialog.until, 28)):
            field.setDate(field.date().fromString(f"{MONTH}-{day:02}", Qt.DateFormat.ISODate))
        dialog.repeat.setCurrentIndex(dialog.repeat.findData("two_two"))
        assert dialog.save_button.text() == "Enter 14 shifts"
        click(dialog, "shift.save")
        await eventually(lambda: page.pane.rows.total == 14)
        await eventually(lambda: voice.toasts == ["Entered 14 shifts."])

    async def test_a_shift_is_changed_in_place(self, planned: SchedulesPage, staff: list[str]) -> None:
        planned.pane.table.select_place(0)
        planned.open_details()
        await eventually(part(planned, Button, "schedules.edit").isVisible)
        dialog = await form(planned, "schedules.edit")
        assert (dialog.start.text(), dialog.end.text()) == ("09:00", "18:00")
        await eventually(dialog.save_button.isEnabled)
        type_into(dialog.end, "17:00")
        click(dialog, "shift.save")
        await eventually(lambda: [line.hours for line in planned.pane.rows.all_rows()] == [8, 3, 9])

    async def test_a_deletion_is_undone_from_its_toast(self, planned: SchedulesPage, voice: Heard) -> None:
        planned.pane.table.selectAll()
        table = part(planned, TableView, "schedules.table")
        table.setFocus()
        await eventually(planned.isActiveWindow)
        QTest.keyClick(table, Qt.Key.Key_Delete)
        await eventually(lambda: planned.pane.rows.total == 0)
        await eventually(lambda: voice.toasts == ["Deleted 3 shifts."])
        voice.offered["Deleted 3 shifts."].run()
        await eventually(lambda: planned.pane.rows.total == 3)

    async def test_the_menu_of_a_shift_offers_the_same(self, planned: SchedulesPage) -> None:
        planned.pane.table.select_place(0)
        menu: QMenu = planned.pane.table.context_menu()
        offered = {a.objectName(): a.isEnabled() for a in menu.actions() if a.objectName()}
        assert offered == {"schedules.row.edit": True, "schedules.row.enter": True, "schedules.row.delete": True}


class TestImporting:
    HEADERS = ("agent_id", "date", "start", "end", "unpaid_breaks")

    def file(self, tmp_path: Path, *rows: tuple[str, ...]) -> str:
        file = tmp_path / "shifts.xlsx"
        export_rows(file, self.HEADERS, rows)
        return str(file)

    async def importing(self, page: SchedulesPage, file: str) -> None:
        """What follows the choice of a file."""
        assert page.data is not None
        await import_file(page, page.desk, CONNECTION, what_is_imported(), file, page.data.workers)

    async def findings(self, page: SchedulesPage, file: str) -> FindingsDialog:
        page.desk.start("import", self.importing(page, file))
        return cast(FindingsDialog, await open_dialog(FindingsDialog))

    async def test_findings_are_grouped_by_rule_and_good_rows_can_be_kept(
        self, page: SchedulesPage, staff: list[str], tmp_path: Path, voice: Heard
    ) -> None:
        file = self.file(
            tmp_path,
            (staff[0], f"{MONTH}-27", "09:00", "18:00", "13:00-14:00"),
            (staff[0], f"{MONTH}-27", "17:00", "20:00", ""),
            (staff[0], f"{MONTH}-28", "early", "20:00", ""),
            (staff[1], f"{MONTH}-27", "20:00", "08:00", ""),
            (staff[1], f"{MONTH}-28", "soon", "08:00", ""),
            ("nobody", f"{MONTH}-27", "09:00", "18:00", ""),
            (staff[2], f"{MONTH}-27", "09:00", "18:00", ""),
        )
        dialog = await self.findings(page, file)
        found = [(f.row, f.rule, f.field) for f in dialog.pane.rows.all_rows()]
        assert found == [(4, "moment", "start"), (6, "moment", "start"), (3, "overlaps", "start"),
                         (7, "unknown_person", "agent_id")]  # fmt: skip
        assert all(f.fix for f in dialog.pane.rows.all_rows())
        assert dialog.pane.chips.counts() == {"moment": 2, "overlaps": 1, "unknown_person": 1}
        assert "3 rows are good. 4 findings: Not a time 2, Overlap 1, Unknown person 1." in words(dialog)
        assert dialog.accept_button.text() == "Import 1 shift"
        dialog.partly.setChecked(True)
        assert dialog.accept_button.text() == "Import 3 shifts"
        click(dialog, "schedules_import.accept")
        await eventually(lambda: voice.toasts == ["Imported 3 shifts."])
        await eventually(lambda: page.pane.rows.total == 3)

    async def test_nothing_is_stored_when_the_findings_are_closed(
        self, page: SchedulesPage, staff: list[str], tmp_path: Path
    ) -> None:
        dialog = await self.findings(page, self.file(tmp_path, (staff[0], f"{MONTH}-27", "09:00", "18:00", "")))
        assert "Every row is good" in words(dialog)
        click(dialog, "schedules_import.cancel")
        await asyncio.sleep(0.1)
        assert page.pane.rows.total == 0

    async def test_a_file_that_is_none_is_told(self, page: SchedulesPage, tmp_path: Path, voice: Heard) -> None:
        await self.importing(page, str(tmp_path / "absent.csv"))
        assert "There is no file" in voice.banners["schedules_import"].text


class TestSending:
    async def test_a_preview_shows_the_split_and_nothing_is_sent_before_it(
        self, planned: SchedulesPage, small_world: DemoWorld
    ) -> None:
        dialog = await preview(planned)
        first, second = dialog.pane.rows.all_rows()
        assert [(len(line.shifts), line.by_day, line.by_night) for line in (first, second)] in (
            [(2, 11, 1), (1, 9, 0)], [(1, 9, 0), (2, 11, 1)],
        )  # fmt: skip
        assert dialog.send.text() == "Send 2 schedules to 1C"
        assert dialog.shifts.total == len(first.shifts)
        dialog.pane.rows.set_checked([first.key, second.key], on=False)
        assert dialog.send.toolTip() == "Nothing is ticked."
        click(dialog, "send_schedule.close")
        assert small_world.onec.schedules == {}

    async def test_only_what_is_ticked_is_sent(
        self, planned: SchedulesPage, small_world: DemoWorld, staff: list[str]
    ) -> None:
        dialog = await preview(planned)
        other = next(line for line in dialog.pane.rows.all_rows() if line.key != f"{staff[0]}/{MONTH}")
        dialog.pane.rows.set_checked([other.key], on=False)
        click(dialog, "send_schedule.send")
        await eventually(lambda: (staff[0], MONTH) in small_world.onec.schedules)
        await eventually(lambda: states(planned).count(SendState.IN_1C) == 2)
        assert list(small_world.onec.schedules) == [(staff[0], MONTH)]
        await eventually(lambda: "1 of 2 schedules to send" in words(planned))

    async def test_what_1c_has_is_not_sent_again_until_it_changes(
        self, planned: SchedulesPage, staff: list[str]
    ) -> None:
        await send(planned)
        button = part(planned, Button, "schedules.sync")
        await eventually(lambda: button.toolTip() == "Everything of these months is in 1C.")
        await run(planned.desk, "onec.change_shifts", add=[shift(staff[0], 26)])
        await eventually(button.isEnabled)
        await eventually(lambda: states(planned).count(SendState.CHANGED) == 1)
        dialog = await preview(planned)
        assert [line.sendable for line in dialog.pane.rows.all_rows()] == [True, False]
        dialog.reject()

    async def test_receipts_are_per_person_and_day_with_1cs_own_words(
        self, planned: SchedulesPage, small_world: DemoWorld, staff: list[str]
    ) -> None:
        small_world.onec.planning.part_months = {(staff[1], MONTH)}
        await send(planned)
        planned.open_view("receipts")
        await eventually(lambda: planned.receipts.rows.total == 3)
        lines = planned.receipts.rows.all_rows()
        assert sorted((line.day.day, line.receipt.status.value) for line in lines) == [
            (27, "refused"), (27, "sent"), (28, "sent"),
        ]  # fmt: skip
        refused = next(line for line in lines if line.receipt.status.value == "refused")
        assert "уже есть проведённый документ" in refused.receipt.answer
        planned.receipts.table.select_key(refused.key)
        planned.open_details()
        await eventually(lambda: refused.receipt.answer in "\n".join(planned.details.texts()))
        await eventually(lambda: SendState.REFUSED in states(planned))

    async def test_a_changed_plan_shows_in_the_receipts(self, planned: SchedulesPage, staff: list[str]) -> None:
        await send(planned)
        key = {"agent_id": staff[0], "start": this_month(28, "20:00")}
        await run(planned.desk, "onec.change_shifts", remove=[key])
        await eventually(lambda: sum(not line.unchanged for line in planned.receipts.rows.all_rows()) == 1)

    async def test_a_month_whose_shifts_are_all_gone_is_still_in_1c(
        self, planned: SchedulesPage, staff: list[str]
    ) -> None:
        await send(planned)
        await run(planned.desk, "onec.change_shifts", remove=[{"agent_id": staff[1], "start": this_month(27, "09:00")}])
        await eventually(lambda: any(line.state is SendState.REMOVED for line in planned.months.rows.all_rows()))

    async def test_1c_away_is_told_and_nothing_is_lost(
        self, planned: SchedulesPage, small_world: DemoWorld, no_waiting: list[float]
    ) -> None:
        dialog = await preview(planned)
        small_world.onec.trouble = TroublePlan(Trouble.MODULE_ERROR, only=Method.SCHEDULE)
        click(dialog, "send_schedule.send")
        button = part(planned, Button, "schedules.sync")
        await eventually(lambda: not planned.desk.workspace.runner.handles and button.isEnabled())
        assert states(planned).count(SendState.IN_1C) == 0


class TestFinding:
    async def test_a_person_is_brought_into_view(self, planned: SchedulesPage, staff: list[str]) -> None:
        planned.show_record(staff[1])
        await eventually(planned.details.isVisible)
        line = planned.pane.table.current_row()
        assert line is not None
        assert line.worker.external_id == staff[1]

    async def test_another_period_shows_other_days(self, planned: SchedulesPage) -> None:
        first = planned.period.period()[0]
        planned.period.set_period(first, first)
        await eventually(lambda: planned.pane.rows.total == 0)
        assert part(planned, QTabBar, "schedules.tabs").count() == 3

    async def test_the_connection_is_named_where_there_are_several(self, planned: SchedulesPage) -> None:
        assert planned.connection is not None
        assert planned.connection.name == CONNECTION
