"""What can be done with planned shifts: enter, change, delete with a way back, import, preview, send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from app.domain.causes import remedy_of
from app.domain.onec_changes import ShiftKey
from app.domain.onec_schedules import Shift
from app.domain.onec_shifts import Circumstances, PlannedShift
from app.domain.outcomes import Action as Done
from app.i18n import _, ngettext
from app.operations.runner import Request
from app.store import onec_sent
from ui.pages.workforce.findings import Import, import_shifts
from ui.pages.workforce.onec_actions import OneCActions
from ui.pages.workforce.people import Worker
from ui.pages.workforce.schedules.reading import MonthLine, Schedules, ShiftLine
from ui.pages.workforce.schedules.send_dialog import SendDialog
from ui.pages.workforce.shift_dialog import ShiftDialog, Wording
from ui.pages.workforce.shift_entry import Entry, judge_plan, shift_params
from ui.pages.workforce.time_words import day_text
from ui.tables import format_value
from ui.theme import Icon, Tone
from ui.widgets import Action, ask

SEND, PLAN, CHANGE = "onec.send_schedule", "onec.plan_shifts", "onec.change_shifts"
BEFORE, AHEAD = timedelta(days=62), timedelta(days=400)
"""So far around today other shifts of a person are looked at while one is entered."""


class ScheduleActions(OneCActions[Schedules]):
    """Starts things for the page, always over its connection and with what it shows."""

    # -- entering ------------------------------------------------------------------------------------------------

    def enter(self, worker: Worker | None = None, day: date | None = None) -> None:
        """Ask for a new shift."""
        if not self.obstacle(CHANGE) and self.data is not None:
            entry = Entry(worker.external_id if worker else "", day or self.data.today, "09:00", "18:00", "13:00-14:00")
            self.desk.start("enter shift", self._ask(entry, None))

    def edit(self, line: ShiftLine) -> None:
        """Ask how a shift is to be."""
        if not self.obstacle(CHANGE):
            self.desk.start("edit shift", self._ask(entry_of(line), line))

    async def _ask(self, entry: Entry, line: ShiftLine | None) -> None:
        if self.data is None or self.connection is None:
            return
        people = {external_id: external_id for external_id in self.data.workers}
        about = Circumstances(self.data.zone, self.data.today, people)
        replaced = ShiftKey(line.worker.external_id, line.shift.start) if line else None
        wording = Wording(_("Edit shift") if line else _("Enter shift"), _save_words if line is None else _change_words,
                          repeats=line is None)  # fmt: skip
        dialog = ShiftDialog(
            self.page, self.desk, "shift", wording, self.data.workers, entry,
            judge=judge_plan(about, replaced), save=partial(self._save, replaced=replaced), others=self._others,
        )  # fmt: skip
        await ask(dialog)

    async def _others(self, agent_id: str) -> Sequence[PlannedShift]:
        """The shifts of somebody around today and around what the page shows."""
        assert self.connection is not None
        assert self.data is not None
        days = [self.data.today, *(line.day for line in self.data.shifts)]
        span = (min(days) - BEFORE, max(days) + AHEAD)
        return await self.desk.workspace.store.read(onec_sent.planned, self.connection.id, *span, [agent_id])

    async def _save(self, entry: Entry, shifts: Sequence[Shift], *, replaced: ShiftKey | None) -> str:
        """Put shifts into the plan, one in place of another; says why that is not possible."""
        params: dict[str, Any] = {"add": shift_params(entry.agent_id, shifts)}
        if replaced is not None:
            params["remove"] = [{"agent_id": replaced.external_id, "start": replaced.start.isoformat()}]
        report = await self.change(CHANGE, params)
        if isinstance(report, str):
            return report
        count = len(shifts)
        text = ngettext("Entered {count} shift.", "Entered {count} shifts.", count)
        self.desk.voice.toast(_("Changed the shift.") if replaced else text.format(count=format_value(count)))
        return ""

    # -- deleting ------------------------------------------------------------------------------------------------

    def delete(self, lines: Sequence[ShiftLine]) -> None:
        """Take shifts out of the plan at once; the toast offers to bring them back."""
        if lines and not self.obstacle(CHANGE):
            self.desk.start("delete shifts", self._delete(lines))

    async def _delete(self, lines: Sequence[ShiftLine]) -> None:
        keys = [{"agent_id": line.worker.external_id, "start": line.shift.start.isoformat()} for line in lines]
        report = await self.change(CHANGE, {"remove": keys})
        if isinstance(report, str):
            self.desk.voice.banner(CHANGE, Tone.DANGER, _("The shifts were not deleted."), report)
            return
        self.desk.voice.clear_banner(CHANGE)
        gone = {(o.target_id, o.step) for o in report.outcomes if o.action is Done.UNCHANGED}
        back = [line for line in lines if (line.worker.external_id, _step(line)) not in gone]
        undo = Action(_("Undo"), partial(self.bring_back, back), icon=Icon.UNDO, object_name="schedules.undo")
        text = ngettext("Deleted the shift of {name} on {day}.", "Deleted {count} shifts.", len(lines))
        first = lines[0]
        said = text.format(name=first.worker.name, day=day_text(first.day), count=format_value(len(lines)))
        self.desk.voice.toast(said, undo if back else None)

    def bring_back(self, lines: Sequence[ShiftLine]) -> None:
        """Put deleted shifts into the plan again."""
        self.desk.start("bring shifts back", self._bring_back(lines))

    async def _bring_back(self, lines: Sequence[ShiftLine]) -> None:
        add = [param for line in lines for param in shift_params(line.worker.external_id, [line.shift])]
        report = await self.change(CHANGE, {"add": add})
        if isinstance(report, str):
            self.desk.voice.banner(CHANGE, Tone.DANGER, _("The shifts could not be brought back."), report)
            return
        text = ngettext("{count} shift is back.", "{count} shifts are back.", len(lines))
        self.desk.voice.toast(text.format(count=format_value(len(lines))))

    # -- importing -----------------------------------------------------------------------------------------------

    def import_plan(self) -> None:
        """Ask for a file of shifts and keep the good ones as the plan."""
        if not self.obstacle(PLAN) and self.connection is not None and self.data is not None:
            work = import_shifts(self.page, self.desk, self.connection.name, what_is_imported(), self.data.workers)
            self.desk.start("import shifts", work)

    # -- sending -------------------------------------------------------------------------------------------------

    def send(self, days: tuple[date, date], only: Sequence[MonthLine] = ()) -> None:
        """Show what would be sent of these months, send what is ticked."""
        if not self.obstacle(SEND):
            self.desk.start("preview schedules", self._send(days, only))

    async def _send(self, days: tuple[date, date], only: Sequence[MonthLine]) -> None:
        if self.connection is None or self.data is None:
            return
        params: dict[str, Any] = {"stored": True, "start_date": days[0], "end_date": days[1]}
        if only:
            params["people"] = list(dict.fromkeys(line.worker.external_id for line in only))
        request = Request(SEND, self.connection.name, params, dry_run=True)
        report = await self.desk.report_of(request)
        if report is None:
            return
        if report.error is not None:
            self.desk.voice.banner(SEND, Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.desk.voice.clear_banner(SEND)
        dialog = SendDialog(self.page, self.desk, report, {line.key for line in only})
        if await ask(dialog):
            self.desk.run(Request(SEND, self.connection.name, {**params, "pieces": sorted(dialog.ticked())}))


def entry_of(line: ShiftLine) -> Entry:
    """A shift as it would be typed."""
    s = line.shift
    later = s.end.date() - s.start.date()
    end = f"{s.end:%H:%M}" if later <= timedelta(days=1) else s.end.isoformat()
    breaks = "; ".join(f"{b.start:%H:%M}-{b.end:%H:%M}" for b in s.unpaid_breaks)
    return Entry(line.worker.external_id, line.day, f"{s.start:%H:%M}", end, breaks)


def what_is_imported() -> Import:
    """The words of an import of shifts."""
    return Import(
        PLAN,
        "schedules_import",
        _("Import shifts from a file"),
        lambda n: ngettext("{count} row is good.", "{count} rows are good.", n).format(count=format_value(n)),
        lambda n: ngettext("Import {count} shift", "Import {count} shifts", n).format(count=format_value(n)),
        lambda n: ngettext("Imported {count} shift.", "Imported {count} shifts.", n).format(count=format_value(n)),
        partly=True,
    )


def _step(line: ShiftLine) -> str:
    return f"plan {line.shift.start.isoformat(timespec='minutes')}"


def _save_words(count: int) -> str:
    return ngettext("Enter {count} shift", "Enter {count} shifts", count).format(count=format_value(count))


def _change_words(_count: int) -> str:
    return _("Save")
