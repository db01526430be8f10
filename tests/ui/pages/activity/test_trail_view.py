"""The audit trail on the Activity page, and the dialogs about history, as a person uses them."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QSpinBox, QTabBar

from app.domain.outcomes import RunState
from app.operations.runner import Request
from app.settings import Theme
from app.store import runs
from app.store.audit_rows import AuditRow
from app.store.timeline import Subject
from app.store.values import now
from tests.support.outcomes import keep, outcome, run
from tests.support.window import Heard, click, eventually, open_dialog, part, type_into, words
from ui.desk import Desk
from ui.dialogs.retention import RetentionDialog
from ui.dialogs.timeline import TimelineDialog, open_timeline
from ui.pages.activity import ActivityPage, make
from ui.widgets import Button, StatusChip


async def open_trail(desk: Desk) -> ActivityPage:
    page = make(desk)
    page.resize(1200, 700)
    page.show()
    part(page, QTabBar, "activity.tabs").setCurrentIndex(1)
    return page


async def some_entries(desk: Desk) -> None:
    await desk.workspace.change_settings(theme=Theme.DARK)
    await desk.workspace.change_settings(theme=Theme.LIGHT)
    params = {"name": "Door", "host": "10.0.0.9"}
    await desk.report_of(Request("devices.add", params=params))


class TestTheAuditTrail:
    async def test_entries_are_listed_newest_first_in_words(self, desk: Desk) -> None:
        await some_entries(desk)
        page = await open_trail(desk)
        await eventually(lambda: page.trail.pane.rows.rowCount() == 5)
        rows = page.trail.pane.visible_table().rows
        assert [row[4] for row in rows] == [
            "Run ended", "Setting changed", "Run began", "Setting changed", "Setting changed",
        ]  # fmt: skip
        assert rows[0][5:7] == ("Add a device", "")
        assert rows[0][7] == "Finished"

    async def test_before_anything_is_recorded_it_says_so(self, desk: Desk) -> None:
        page = await open_trail(desk)
        await eventually(lambda: "Nothing is recorded yet" in words(page))

    async def test_chips_count_what_is_in_the_store_and_narrow_the_list(self, desk: Desk) -> None:
        await some_entries(desk)
        page = await open_trail(desk)
        chip = part(page, QAbstractButton, "activity.trail.filter.setting.changed")
        await eventually(lambda: chip.text() == "Setting changed 3")
        click(page, "activity.trail.filter.setting.changed")
        await eventually(lambda: page.trail.pane.rows.rowCount() == 3)

    async def test_the_search_asks_the_store(self, desk: Desk) -> None:
        await some_entries(desk)
        page = await open_trail(desk)
        await eventually(lambda: page.trail.pane.rows.rowCount() == 5)
        type_into(part(page, QLineEdit, "activity.trail.search"), "door")
        await eventually(lambda: page.trail.pane.rows.rowCount() == 2)
        type_into(part(page, QLineEdit, "activity.trail.search"), "zzz")
        await eventually(lambda: "No match" in words(page))

    async def test_the_details_say_before_and_after(self, desk: Desk) -> None:
        await desk.workspace.change_settings(theme=Theme.DARK)
        page = await open_trail(desk)
        await eventually(lambda: page.trail.pane.rows.rowCount() == 1)
        page.trail.pane.table.select_place(0)
        page.trail.pane.table.details_requested.emit(None)
        await eventually(lambda: "system → dark" in page.trail.details.texts())

    async def test_one_click_verifies_it(self, desk: Desk) -> None:
        await some_entries(desk)
        page = await open_trail(desk)
        click(page, "activity.trail.verify")
        chip = part(page, StatusChip, "activity.trail.verdict")
        await eventually(lambda: chip.word == "5 entries, none altered")

    async def test_an_altered_entry_is_said_loudly(self, desk: Desk, voice: Heard) -> None:
        await some_entries(desk)
        await desk.workspace.store.write(lambda: AuditRow.update(actor="nobody").where(AuditRow.seq == 2).execute())
        page = await open_trail(desk)
        click(page, "activity.trail.verify")
        await eventually(lambda: "audit" in voice.banners)
        assert "Entry 2" in voice.banners["audit"].text
        assert part(page, StatusChip, "activity.trail.verdict").word == "Altered"

    async def test_the_run_of_an_entry_opens_as_it_ended(self, desk: Desk) -> None:
        await some_entries(desk)
        page = await open_trail(desk)
        await eventually(lambda: page.trail.pane.rows.rowCount() == 5)
        opened: list[str] = []
        page.run_opened.connect(opened.append)
        page.trail.pane.table.select_place(0)
        click(page, "activity.trail.open")
        assert opened == [page.trail.pane.rows.row_at(0).run_id]
        page.trail.pane.table.select_place(4)
        assert not part(page, Button, "activity.trail.open").isEnabled()

    async def test_everything_has_a_name(self, desk: Desk) -> None:
        page = await open_trail(desk)
        for button in page.findChildren(QAbstractButton):
            if button.isVisible() and button.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert button.accessibleName() or button.text(), button.objectName()


class TestNamesInRuns:
    async def test_a_run_is_found_by_somebody_in_it(self, desk: Desk) -> None:
        await keep(desk.workspace, run("one", state=RunState.FINISHED), [outcome("Åse Lie")])
        await keep(desk.workspace, run("two", state=RunState.FINISHED), [outcome("Ola Berg")])
        page = make(desk)
        page.show()
        await eventually(lambda: page.runs.pane.rows.total == 2)
        type_into(part(page, QLineEdit, "activity.search"), "åse")
        await eventually(lambda: [r.run_id for r in page.runs.pane.rows.shown_rows()] == ["one"])


class TestRetention:
    async def test_it_counts_before_it_takes_away(self, desk: Desk, voice: Heard) -> None:
        from dataclasses import replace

        old = replace(run("old", state=RunState.FINISHED), started_at=now() - timedelta(days=200))
        await keep(desk.workspace, old, [outcome("Åse")])
        page = make(desk)
        page.show()
        click(page, "activity.retention")
        dialog = await open_dialog(RetentionDialog)
        button = part(dialog, Button, "retention.prune")
        await eventually(lambda: button.text() == "Take away 2 rows" and button.isEnabled())
        assert "1 row would go" in part(dialog, QLabel, "retention.runs").text()
        part(dialog, QSpinBox, "retention.run_days").setValue(365)
        part(dialog, QSpinBox, "retention.run_detail_days").setValue(365)
        await eventually(lambda: "that old" in button.toolTip())
        part(dialog, QSpinBox, "retention.run_days").setValue(30)
        part(dialog, QSpinBox, "retention.webhook_attempt_days").setValue(3)
        await eventually(button.isEnabled)
        assert part(dialog, QLabel, "retention.webhook_deliveries").text() == "Nothing is older."
        click(dialog, "retention.prune")
        await eventually(lambda: voice.toasts)
        assert await desk.workspace.store.read(runs.find_run, "old") is None
        assert (desk.workspace.settings.run_days, desk.workspace.settings.webhook_attempt_days) == (30, 3)


class TestTheTimeLine:
    async def test_it_shows_what_happened_to_a_person_and_leads_to_the_run(self, desk: Desk, voice: Heard) -> None:
        await keep(desk.workspace, run("one", state=RunState.FINISHED), [outcome("Åse Lie")])
        subject_id = outcome("Åse Lie").subject_id
        page = make(desk)
        page.show()
        dialog = open_timeline(page, desk, Subject.PERSON, subject_id, "Åse Lie")
        assert isinstance(dialog, TimelineDialog)
        await eventually(lambda: dialog.pane.rows.rowCount() == 1)
        dialog.pane.table.select_place(0)
        click(dialog, "timeline.open")
        assert voice.opened == [("activity", "one")]
