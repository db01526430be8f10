"""What somebody in payroll does on the Timesheet tab, with a 1C that really answers (onec-zup.md §5.2, §5.4, §5.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QDate

from app.access import Role
from app.demo.onec.troubles import Method, Trouble, TroublePlan
from app.demo.world import DemoWorld
from app.domain.onec import NormHours, NormMode, TimesheetDay, TimesheetPeriod, month_end
from app.events import RunEnded
from app.exports import export_rows
from app.operations.onec.asking import today
from app.operations.runner import Request
from app.settings import Settings
from app.store import connections, onec_hours
from app.store import onec as stored_people
from tests.support.onec_desk import CONNECTION, run
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.pages.workforce.findings import FindingsDialog, import_file
from ui.pages.workforce.shift_dialog import ShiftDialog
from ui.pages.workforce.timesheet import TimesheetPage
from ui.pages.workforce.timesheet.actions import what_is_imported
from ui.pages.workforce.timesheet.post_dialog import PostDialog
from ui.pages.workforce.timesheet.reading import Check, WorkState
from ui.pages.workforce.timesheet.time_types import TimeTypesDialog
from ui.runs.again import obstacle
from ui.widgets import Button, ConfirmDialog

Open = Callable[[], TimesheetPage]


@pytest.fixture
async def connection_id(synced: Desk) -> str:
    found = await synced.workspace.store.read(connections.find_connection, CONNECTION)
    assert found is not None
    return found.id


@pytest.fixture
async def day(synced: Desk) -> date:
    """The last day that is over at 1C."""
    found = await synced.workspace.store.read(connections.find_connection, CONNECTION)
    assert found is not None
    return today(found) - timedelta(days=1)


@pytest.fixture
async def workers(synced: Desk, day: date) -> list[str]:
    """People who have worked there for long and are not going to leave."""
    known = await synced.workspace.store.read(stored_people.people)
    long_ago = day - timedelta(days=200)
    return [
        k.person.external_id
        for k in known
        if k.person.termination_date is None and k.person.hire_date is not None and k.person.hire_date < long_ago
    ]


@pytest.fixture
async def kept(synced: Desk, workers: list[str], day: date, open_page: Open) -> TimesheetPage:
    """The page with twelve hours of yesterday, of two people: longer than any plan of a day."""
    shifts = [worked(workers[0], day), worked(workers[1], day)]
    assert (await run(synced, "onec.keep_worked_time", shifts=shifts)).error is None
    page = open_page()
    page.period.set_period(day, day)
    page.open_view("worked")
    await eventually(lambda: part(page, Button, "timesheet.preview").text() == "Send worked time (2)")
    assert page.work.rows.total == 2
    return page


def worked(agent_id: str, day: date, start: str = "08:00", end: str = "20:00") -> dict[str, str]:
    return {"agent_id": agent_id, "start": f"{day}T{start}", "end": f"{day}T{end}"}


def states(page: TimesheetPage) -> list[WorkState]:
    return [line.state for line in page.work.rows.all_rows()]


def line_of(page: TimesheetPage, agent_id: str) -> Any:
    return next(line for line in page.work.rows.all_rows() if line.worker.external_id == agent_id)


async def preview(page: TimesheetPage) -> PostDialog:
    await eventually(part(page, Button, "timesheet.preview").isEnabled)
    click(page, "timesheet.preview")
    return cast(PostDialog, await open_dialog(PostDialog))


async def post(page: TimesheetPage, dialog: PostDialog) -> None:
    """Confirm, and wait until the run is over."""
    ended: list[RunEnded] = []
    forget = page.desk.workspace.events.subscribe(RunEnded, ended.append)
    click(dialog, "post_worked.post")
    await eventually(lambda: ended)
    forget()


class TestFetching:
    async def test_f5_brings_days_with_codes_and_norms_with_their_check(
        self, synced: Desk, open_page: Open, workers: list[str]
    ) -> None:
        page = open_page()
        await eventually(part(page, Button, "timesheet.sync").isEnabled)
        assert "No timesheet of these months yet" in words(page)
        click(page, "timesheet.sync")
        await eventually(lambda: page.data is not None and page.data.sheet and page.data.norms)
        line = next(r for r in page.pane.rows.all_rows() if r.worker.external_id == workers[0])
        cells = {c.key: c.words(line) for c in page.pane.rows.columns}
        assert {cell.partition("/")[0].rstrip("0123456789.,") for key, cell in cells.items() if key[1:].isdigit()
                and cell} <= {"Я", "Н", "В", "ОТ", "Б", "РВ"}  # fmt: skip
        assert cells["half1"]
        tip = next(c for c in page.pane.rows.columns if c.key == "d01").tooltip
        assert tip is not None
        assert "–" in tip(line)
        assert {n.check for n in page.norms.rows.all_rows()} <= {Check.AGREES, Check.NO_CALENDAR}
        await eventually(lambda: "timesheet from just now" in words(page))

    async def test_a_norm_that_differs_is_a_warning(
        self, synced: Desk, open_page: Open, connection_id: str, workers: list[str], day: date
    ) -> None:
        first, last = day.replace(day=1), month_end(day)
        rows = [
            (NormHours(workers[0], Decimal(150), first, last), Decimal(159)),
            (NormHours(workers[1], Decimal("159.1"), first, last), Decimal(159)),
            (NormHours(workers[2], Decimal(159), first, last), None),
        ]
        await synced.workspace.store.write(onec_hours.put_norms, connection_id, NormMode.MONTH, rows)
        page = open_page()
        page.period.set_period(first, last)
        await eventually(lambda: page.norms.rows.total == 3)
        checks = {line.worker.external_id: (line.check, line.difference) for line in page.norms.rows.all_rows()}
        assert checks == {
            workers[0]: (Check.DIFFERS, Decimal(-9)),
            workers[1]: (Check.AGREES, Decimal("0.1")),
            workers[2]: (Check.NO_CALENDAR, None),
        }

    async def test_quarters_are_kept_beside_months(self, synced: Desk, open_page: Open) -> None:
        page = open_page()
        await eventually(part(page, Button, "timesheet.sync").isEnabled)
        page.commands.fetch_norms(page.days_of_months(), NormMode.QUARTER)
        await eventually(lambda: page.norms.rows.total)
        assert {line.stored.mode for line in page.norms.rows.all_rows()} == {NormMode.QUARTER}


class TestEntering:
    async def form(self, page: TimesheetPage) -> ShiftDialog:
        await eventually(part(page, Button, "timesheet.enter_worked").isEnabled)
        click(page, "timesheet.enter_worked")
        return cast(ShiftDialog, await open_dialog(ShiftDialog))

    async def test_worked_time_is_kept_and_waits(
        self, synced: Desk, open_page: Open, workers: list[str], day: date, voice: Heard
    ) -> None:
        page = open_page()
        page.period.set_period(day, day)
        dialog = await self.form(page)
        dialog.person.setCurrentIndex(dialog.person.findData(workers[0]))
        tomorrow = day + timedelta(days=2)
        dialog.day.setDate(QDate(tomorrow.year, tomorrow.month, tomorrow.day))
        assert dialog.message.text().startswith("The shift is not over yet.")
        dialog.day.setDate(QDate(day.year, day.month, day.day))
        type_into(dialog.end, "19:30")
        assert dialog.message.text() == "1 shift: 9.5 paid hours, 9.5 by day and 0 by night."
        click(dialog, "worked.save")
        button = part(page, Button, "timesheet.preview")
        await eventually(lambda: button.text() == "Send worked time (1)")
        await eventually(lambda: voice.toasts == ["Kept the worked time. It is sent when you say so."])

    async def test_who_did_not_come_is_entered_so(
        self, synced: Desk, open_page: Open, workers: list[str], day: date
    ) -> None:
        page = open_page()
        page.period.set_period(day, day)
        dialog = await self.form(page)
        dialog.person.setCurrentIndex(dialog.person.findData(workers[0]))
        dialog.away.setChecked(True)
        assert not dialog.end.isEnabled()
        assert dialog.message.text() == "1C makes a document of an unexplained absence."
        click(dialog, "worked.save")
        await eventually(lambda: page.work.rows.total == 1)
        assert page.work.rows.all_rows()[0].worked == 0

    async def test_a_file_is_checked_and_its_good_days_are_kept(
        self, kept: TimesheetPage, workers: list[str], day: date, tmp_path: Path, voice: Heard
    ) -> None:
        file = tmp_path / "worked.csv"
        rows = [(workers[2], day.isoformat(), "09:00", "12:00"), (workers[2], day.isoformat(), "13:00", "18:00"),
                (workers[3], day.isoformat(), "09:00", "never")]  # fmt: skip
        export_rows(file, ("agent_id", "date", "start", "end"), rows)
        assert kept.data is not None
        work = import_file(kept, kept.desk, CONNECTION, what_is_imported(), str(file), kept.data.workers)
        kept.desk.start("import", work)
        dialog = cast(FindingsDialog, await open_dialog(FindingsDialog))
        assert [(f.row, f.rule) for f in dialog.pane.rows.all_rows()] == [(4, "moment")]
        assert dialog.accept_button.text() == "Keep 1 day"
        assert not dialog.partly.isVisible()
        click(dialog, "timesheet_import.accept")
        await eventually(lambda: kept.work.rows.total == 3)
        assert line_of(kept, workers[2]).worked == 8
        await eventually(lambda: voice.toasts == ["Kept 1 day of worked time."])

    async def test_a_deletion_is_undone_from_its_toast(self, kept: TimesheetPage, voice: Heard) -> None:
        kept.commands.delete(kept.work.rows.all_rows())
        await eventually(lambda: kept.work.rows.total == 0)
        await eventually(lambda: voice.toasts == ["Deleted 2 days of worked time."])
        voice.offered["Deleted 2 days of worked time."].run()
        await eventually(lambda: kept.work.rows.total == 2)


class TestSending:
    async def test_nothing_is_sent_before_it_is_confirmed(self, kept: TimesheetPage, small_world: DemoWorld) -> None:
        dialog = await preview(kept)
        assert "This creates posted documents in 1C and cannot be undone here." in words(dialog)
        assert dialog.post.text() == "Post 2 documents in 1C"
        assert dialog.close_button.isDefault()
        first = dialog.pane.rows.all_rows()[0]
        dialog.pane.rows.set_checked([first.key], on=False)
        assert dialog.post.text() == "Post 1 document in 1C"
        click(dialog, "post_worked.close")
        assert small_world.onec.documents == []
        assert set(states(kept)) == {WorkState.TO_SEND}

    async def test_only_ticked_days_are_posted_with_who_confirmed(
        self, kept: TimesheetPage, small_world: DemoWorld, workers: list[str], voice: Heard
    ) -> None:
        dialog = await preview(kept)
        other = next(line for line in dialog.lines if line.agent_id == workers[1])
        dialog.pane.rows.set_checked([other.key], on=False)
        dialog.initiator.setText("Петров П.П.")  # Qt types Latin letters only
        await post(kept, dialog)
        await eventually(lambda: line_of(kept, workers[0]).state is WorkState.SENT)
        assert {d.agent_id for d in small_world.onec.documents} == {workers[0]}
        assert all("Петров П.П." in d.comment for d in small_world.onec.documents)
        line = line_of(kept, workers[0])
        assert line.receipt.document == small_world.onec.documents[0].kind
        assert line_of(kept, workers[1]).state is WorkState.TO_SEND
        await eventually(lambda: voice.toasts == ["1C took the worked time of 1 day."])

    async def test_a_time_out_is_unknown_shown_as_such_and_never_repeated(
        self, kept: TimesheetPage, small_world: DemoWorld, workers: list[str], voice: Heard
    ) -> None:
        await impatient(kept.desk)
        small_world.onec.trouble = TroublePlan(Trouble.SILENT, only=Method.FACTS, times=1)
        await post(kept, await preview(kept))
        await eventually(lambda: WorkState.UNKNOWN in states(kept))
        first = next(r.worker.external_id for r in kept.work.rows.all_rows() if r.state is WorkState.UNKNOWN)
        await eventually(lambda: voice.banners)
        (banner,) = voice.banners.values()
        assert banner.text.startswith("Nobody knows whether 1C took the worked time of ")
        assert "not sent again by itself" in banner.remedy
        posted = list(small_world.onec.documents)
        assert {d.agent_id for d in posted} == {first}  # it did all of it, and never answered
        await eventually(lambda: part(kept, Button, "timesheet.preview").text() == "Send worked time (1)")
        kept.work.table.select_key(line_of(kept, first).key)
        kept.open_details()
        await eventually(part(kept, Button, "timesheet.check").isVisible)
        assert part(kept, Button, "timesheet.post_again").isVisible()
        assert not part(kept, Button, "timesheet.post_one").isVisible()
        assert [a.label for a in banner.actions] == ["Check in 1C"]
        banner.actions[0].run()
        await eventually(lambda: line_of(kept, first).state is WorkState.SENT)
        assert small_world.onec.documents == posted
        await eventually(lambda: voice.banners == {})

    async def test_a_second_sending_needs_a_second_confirmation(
        self, kept: TimesheetPage, small_world: DemoWorld
    ) -> None:
        await impatient(kept.desk)
        small_world.onec.trouble = TroublePlan(Trouble.SILENT, only=Method.FACTS, times=1)
        dialog = await preview(kept)
        first = dialog.lines[0].agent_id
        dialog.pane.rows.set_checked([line.key for line in dialog.lines if line.agent_id != first], on=False)
        await post(kept, dialog)
        await eventually(lambda: line_of(kept, first).state is WorkState.UNKNOWN)
        before = len(small_world.onec.documents)
        kept.commands.post_again(line_of(kept, first))
        asked = cast(ConfirmDialog, await open_dialog(ConfirmDialog))
        click(asked, "confirm.action")
        again = cast(PostDialog, await open_dialog(PostDialog))
        assert "a second sending makes a second document" in words(again)
        await post(kept, again)
        await eventually(lambda: line_of(kept, first).state is WorkState.SENT)
        assert len(small_world.onec.documents) == 2 * before

    async def test_a_sending_is_not_repeated_from_its_record(self, kept: TimesheetPage) -> None:
        dialog = await preview(kept)
        ended: list[RunEnded] = []
        kept.desk.workspace.events.subscribe(RunEnded, ended.append)
        await post(kept, dialog)
        assert obstacle(kept.desk, ended[0].run)

    async def test_a_viewer_is_told_why_not(
        self, kept: TimesheetPage, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(desk.workspace.settings_file, "values", Settings(role=Role.VIEWER))
        kept.refresh()
        buttons = [part(kept, Button, f"timesheet.{name}") for name in ("preview", "enter_worked")]
        await eventually(lambda: all("integrations.write" in button.toolTip() for button in buttons))


async def impatient(desk: Desk) -> None:
    """The connection waits for a second only."""
    request = Request("connections.update", CONNECTION, {"settings": {"timeout_seconds": 1}})
    report = await desk.report_of(request)
    assert report is not None
    assert report.error is None


class TestCodes:
    async def test_a_code_that_nobody_described_is_offered_and_kept_per_connection(
        self, synced: Desk, open_page: Open, connection_id: str, workers: list[str], day: date, voice: Heard
    ) -> None:
        first, last = day.replace(day=1), month_end(day)
        period = TimesheetPeriod(workers[0], first, last, (TimesheetDay(first, "ЖЖ", Decimal(5)),))
        await synced.workspace.store.write(onec_hours.put_timesheet, connection_id, [period])
        page = open_page()
        page.period.set_period(first, last)
        await eventually(lambda: "1 code nobody described" in words(page))
        assert page.pane.rows.all_rows()[0].worked == 0
        page.open_codes()
        dialog = cast(TimeTypesDialog, await open_dialog(TimeTypesDialog))
        assert "1 code came from 1C that nobody has described." in words(dialog)
        assert dialog.heading.text() == "ЖЖ"
        type_into(dialog.meaning, "Duty")
        dialog.group.setCurrentIndex(0)
        dialog.group.activated.emit(0)
        dialog.worked.click()
        assert dialog.save.text() == "Save 1 change"
        click(dialog, "time_types.save")
        await eventually(lambda: page.pane.rows.all_rows()[0].worked == 5)
        found = await synced.workspace.store.read(connections.find_connection, CONNECTION)
        assert found is not None
        assert "Duty" in found.setting("time_type_map")
        await eventually(lambda: voice.toasts == ["Saved the codes of working time."])

    async def test_a_changed_code_goes_back_to_the_state_form(self, synced: Desk, open_page: Open) -> None:
        page = open_page()
        await eventually(lambda: page.data is not None)
        page.open_codes()
        dialog = cast(TimeTypesDialog, await open_dialog(TimeTypesDialog))
        dialog.pane.table.select_key("К")
        dialog.worked.click()
        assert dialog.setting() == (
            '[{"code":"К","title":"Business trip","group":"work","worked":false,"number":"06","colour":""}]'
        )
        click(dialog, "time_types.reset")
        assert dialog.setting() == ""
        assert dialog.save.toolTip() == "Nothing was changed."
        dialog.reject()

    async def test_a_latin_letter_is_the_code_it_looks_like(self, synced: Desk, open_page: Open) -> None:
        page = open_page()
        await eventually(lambda: page.data is not None)
        page.open_codes()
        dialog = cast(TimeTypesDialog, await open_dialog(TimeTypesDialog))
        type_into(dialog.code, "b")
        click(dialog, "time_types.add")
        assert dialog.heading.text() == "В"
        assert dialog.setting() == ""
        dialog.reject()


class TestStates:
    async def test_without_a_connection_it_says_what_to_add(self, desk: Desk, open_page: Open) -> None:
        page = open_page()
        await eventually(lambda: "No timesheet of these months yet" in words(page))
        buttons = [part(page, Button, f"timesheet.{name}") for name in ("sync", "preview", "enter_worked")]
        await eventually(lambda: {button.toolTip() for button in buttons} == {"Add a 1C connection first."})

    async def test_without_worked_time_the_button_says_so(self, synced: Desk, open_page: Open) -> None:
        page = open_page()
        button = part(page, Button, "timesheet.preview")
        await eventually(lambda: button.toolTip() == "No worked time waits to be sent: enter it or import it first.")
