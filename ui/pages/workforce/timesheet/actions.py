"""What can be done with hours: fetch timesheet and norms, enter or import worked time, send it, check it in 1C."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from app.domain.causes import remedy_of
from app.domain.onec import NormMode
from app.domain.onec_schedules import Shift
from app.domain.onec_shifts import Circumstances, PlannedShift
from app.domain.outcomes import RunState, Status
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from app.store.values import now
from ui.pages.workforce.findings import Import, import_shifts
from ui.pages.workforce.onec_actions import OneCActions
from ui.pages.workforce.people import Worker
from ui.pages.workforce.shift_dialog import ShiftDialog, Wording
from ui.pages.workforce.shift_entry import Entry, judge_worked, shift_params
from ui.pages.workforce.time_words import day_text
from ui.pages.workforce.timesheet.post_dialog import PostDialog
from ui.pages.workforce.timesheet.reading import Hours, WorkLine, WorkState
from ui.tables import format_value
from ui.theme import Icon, Tone
from ui.widgets import Action, ask, confirm

FETCH, NORMS = "onec.timetype_info", "onec.norm_hours"
KEEP, POST, CHECK = "onec.keep_worked_time", "onec.post_worked_time", "onec.check_fact"
INITIATOR = "timesheet/initiator"


class HourActions(OneCActions[Hours]):
    """Starts things for the page, always over its connection and with what it shows."""

    before_people = frozenset({FETCH, NORMS})

    # -- fetching ------------------------------------------------------------------------------------------------

    def fetch(self, days: tuple[date, date]) -> None:
        """Ask 1C for the timesheet of these months, then for their norms."""
        if not self.obstacle(FETCH):
            self.desk.start("fetch timesheet", self._fetch(days))

    async def _fetch(self, days: tuple[date, date]) -> None:
        assert self.connection is not None
        params = {"start_date": days[0], "end_date": days[1]}
        report = await self.desk.report_of(Request(FETCH, self.connection.name, params))
        if report is not None and report.error is None:
            await self.desk.report_of(Request(NORMS, self.connection.name, {**params, "calculation_mode": "month"}))

    def fetch_norms(self, days: tuple[date, date], mode: NormMode) -> None:
        """Ask 1C for the norms by month, quarter or year, of the whole years that these months are of."""
        if not self.obstacle(NORMS) and self.connection is not None:
            first, last = days
            if mode is not NormMode.MONTH:
                first, last = first.replace(month=1, day=1), last.replace(month=12, day=31)
            params = {"start_date": first, "end_date": last, "calculation_mode": mode.value}
            self.desk.run(Request(NORMS, self.connection.name, params))

    # -- worked time ---------------------------------------------------------------------------------------------

    def enter(self, worker: Worker | None = None, day: date | None = None) -> None:
        """Ask for worked time."""
        if not self.obstacle(KEEP) and self.data is not None:
            yesterday = self.data.today - timedelta(days=1)
            entry = Entry(worker.external_id if worker else "", day or yesterday, "09:00", "18:00", "13:00-14:00")
            self.desk.start("enter worked time", self._ask(entry, None))

    def edit(self, line: WorkLine) -> None:
        """Ask how worked time is to be."""
        if line.kept is not None and not self.obstacle(KEEP):
            self.desk.start("edit worked time", self._ask(entry_of(line.kept.shift, line), line))

    async def _ask(self, entry: Entry, line: WorkLine | None) -> None:
        if self.data is None or self.connection is None:
            return
        people = {external_id: external_id for external_id in self.data.workers}
        about = Circumstances(self.data.zone, date.min, people)
        wording = Wording(_("Edit worked time") if line else _("Enter worked time"), lambda _n: _("Keep"),
                          absence=True)  # fmt: skip
        dialog = ShiftDialog(
            self.page, self.desk, "worked", wording, self.data.workers, entry,
            judge=judge_worked(about, now), save=partial(self._save, replaced=line), others=_none,
        )  # fmt: skip
        await ask(dialog)

    async def _save(self, entry: Entry, shifts: Sequence[Shift], *, replaced: WorkLine | None) -> str:
        """Keep worked time; says why that is not possible."""
        params: dict[str, Any] = {}
        if entry.away:
            params["absent"] = [{"agent_id": entry.agent_id, "shift_start": shifts[0].start.isoformat()}]
        else:
            params["shifts"] = shift_params(entry.agent_id, shifts)
        if replaced is not None and (replaced.worker.external_id, replaced.day) != (entry.agent_id, entry.day):
            params["remove"] = [_key(replaced)]
        report = await self.change(KEEP, params)
        if isinstance(report, str):
            return report
        self.desk.voice.toast(_("Kept the worked time. It is sent when you say so."))
        return ""

    def delete(self, lines: Sequence[WorkLine]) -> None:
        """Throw kept worked time away; the toast offers to bring it back."""
        kept = [line for line in lines if line.kept is not None]
        if kept and not self.obstacle(KEEP):
            self.desk.start("delete worked time", self._delete(kept))

    async def _delete(self, lines: Sequence[WorkLine]) -> None:
        report = await self.change(KEEP, {"remove": [_key(line) for line in lines]})
        if isinstance(report, str):
            self.desk.voice.banner(KEEP, Tone.DANGER, _("The worked time was not deleted."), report)
            return
        undo = Action(_("Undo"), partial(self.bring_back, lines), icon=Icon.UNDO, object_name="timesheet.undo")
        text = ngettext("Deleted the worked time of {name} on {day}.", "Deleted {count} days of worked time.",
                        len(lines))  # fmt: skip
        first = lines[0]
        said = text.format(name=first.worker.name, day=day_text(first.day), count=format_value(len(lines)))
        self.desk.voice.toast(said, undo)

    def bring_back(self, lines: Sequence[WorkLine]) -> None:
        """Keep deleted worked time again."""
        self.desk.start("bring worked time back", self._bring_back(lines))

    async def _bring_back(self, lines: Sequence[WorkLine]) -> None:
        kept = [line.kept for line in lines if line.kept is not None]
        shifts = [p for d in kept if not d.away for p in shift_params(d.external_id, [d.shift])]
        absent = [{"agent_id": d.external_id, "shift_start": d.shift.start.isoformat()} for d in kept if d.away]
        report = await self.change(KEEP, {"shifts": shifts, "absent": absent})
        if isinstance(report, str):
            self.desk.voice.banner(KEEP, Tone.DANGER, _("The worked time could not be brought back."), report)
            return
        text = ngettext("{count} day is back.", "{count} days are back.", len(lines))
        self.desk.voice.toast(text.format(count=format_value(len(lines))))

    def import_worked(self) -> None:
        """Ask for a file of worked time and keep its good days."""
        if not self.obstacle(KEEP) and self.connection is not None and self.data is not None:
            work = import_shifts(self.page, self.desk, self.connection.name, what_is_imported(), self.data.workers)
            self.desk.start("import worked time", work)

    # -- sending -------------------------------------------------------------------------------------------------

    def post(self, lines: Sequence[WorkLine]) -> None:
        """Show what would be sent of these days, and send what is ticked and confirmed."""
        kept = [line for line in lines if line.kept is not None]
        if kept and not self.obstacle(POST):
            self.desk.start("preview worked time", self._post(kept, again=False))

    def post_again(self, line: WorkLine) -> None:
        """Send what was sent before, after a second confirmation: 1C may have a document of it already."""
        if line.kept is not None and not self.obstacle(POST):
            self.desk.start("send worked time again", self._ask_again(line))

    async def _ask_again(self, line: WorkLine) -> None:
        text = _(
            "It was sent before. If 1C took it then, a second document is made, which can only be deleted in 1C. "
            "Check in 1C first."
        )
        if await confirm(self.page, _("Send worked time again?"), text, _("Preview the second sending"), danger=True):
            await self._post([line], again=True)

    async def _post(self, lines: Sequence[WorkLine], *, again: bool) -> None:
        if self.connection is None or self.data is None:
            return
        days = [_key(line) for line in lines]
        report = await self.desk.report_of(Request(POST, self.connection.name, {"days": days}, dry_run=True))
        if report is None:
            return
        if report.error is not None:
            self.desk.voice.banner(POST, Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        initiator = self.desk.layouts.get(INITIATOR) or report.run.actor
        dialog = PostDialog(self.page, self.desk, report, self.data.types, initiator, again=again)
        if not await ask(dialog):
            return
        name = dialog.initiator.text().strip()
        self.desk.layouts.set(INITIATOR, name)
        params: dict[str, Any] = {
            "days": [{"agent_id": line.agent_id, "day": line.day.isoformat()} for line in dialog.ticked()],
            "initiator_name": name,
            "confirm": True,
            "again": again,
        }
        sent = await self.desk.report_of(Request(POST, self.connection.name, params))
        if sent is not None:
            self._tell(sent)

    def _tell(self, report: Report) -> None:
        """Say how a sending ended; what nobody knows the end of stays in a banner with the way to find out."""
        unknown = [o for o in report.outcomes if o.status is Status.UNKNOWN]
        sent = sum(o.status is Status.SUCCESS for o in report.outcomes)
        total = len(report.outcomes)
        if unknown:
            text = ngettext("Nobody knows whether 1C took the worked time of {name}.",
                            "Nobody knows whether 1C took the worked time of {count} days.", len(unknown))  # fmt: skip
            said = text.format(name=unknown[0].subject, count=format_value(len(unknown)))
            remedy = _("It is not sent again by itself. Look in 1C whether the document is there, then decide.")
            days = [(o.target_id, o.step.rpartition(" ")[2]) for o in unknown]
            look = Action(_("Check in 1C"), partial(self.check_days, days), icon=Icon.SEARCH,
                          object_name="timesheet.check_unknown")  # fmt: skip
            self.desk.voice.banner(POST, Tone.WARNING, said, remedy, [look])
        elif report.error is not None and report.run.state is not RunState.CANCELLED:
            self.desk.voice.banner(POST, Tone.DANGER, report.error.message, remedy_of(report.error))
        elif sent < total:
            text = ngettext("Sent {sent} of {total} day; 1C made no document of the rest.",
                            "Sent {sent} of {total} days; 1C made no document of the rest.", total)  # fmt: skip
            said = text.format(sent=format_value(sent), total=format_value(total))
            self.desk.voice.banner(POST, Tone.WARNING, said, _("Its answers stand in the table."))
        else:
            self.desk.voice.clear_banner(POST)
        if sent:
            text = ngettext("1C took the worked time of {count} day.", "1C took the worked time of {count} days.", sent)
            self.desk.voice.toast(text.format(count=format_value(sent)))

    # -- checking ------------------------------------------------------------------------------------------------

    def check(self, lines: Sequence[WorkLine]) -> None:
        """Look in 1C's timesheet whether the documents of these days are there."""
        self.check_days([(line.worker.external_id, line.day.isoformat()) for line in lines])

    def check_days(self, days: Sequence[tuple[str, str]]) -> None:
        """The same of days by 1C's id of the person."""
        if not self.obstacle(CHECK):
            self.desk.start("check worked time", self._check(days))

    async def _check(self, days: Sequence[tuple[str, str]]) -> None:
        assert self.connection is not None
        found: list[str] = []
        absent: list[str] = []
        for agent_id, day in days:
            report = await self.desk.report_of(Request(CHECK, self.connection.name, {"agent_id": agent_id, "day": day}))
            if report is None or report.error is not None:
                return
            for outcome in report.outcomes:
                (found if outcome.status is Status.SUCCESS else absent).append(f"{outcome.subject}: {outcome.message}")
        if absent:
            remedy = _("1C may not have taken it, or plan and worked time agree. Send it again from its details.")
            self.desk.voice.banner(POST, Tone.WARNING, "\n".join(absent), remedy)
        else:
            self.desk.voice.clear_banner(POST)
        if found:
            self.desk.voice.toast("\n".join(found))


async def _none(_agent_id: str) -> Sequence[PlannedShift]:
    """Worked time stands in nobody's way: it replaces what was kept of its day."""
    return ()


def _key(line: WorkLine) -> dict[str, str]:
    return {"agent_id": line.worker.external_id, "day": line.day.isoformat()}


def entry_of(shift: Shift, line: WorkLine) -> Entry:
    """Worked time as it would be typed."""

    def at(moment: datetime) -> str:
        return f"{moment:%H:%M}"

    breaks = "; ".join(f"{at(b.start)}-{at(b.end)}" for b in shift.unpaid_breaks)
    away = line.kept is not None and line.kept.away
    return Entry(line.worker.external_id, line.day, at(shift.start), "" if away else at(shift.end), breaks, away=away)


def may_be_posted_again(line: WorkLine) -> bool:
    """Whether it was sent before and is still, or again, kept here."""
    return line.kept is not None and line.state in {WorkState.UNKNOWN, WorkState.CHANGED}


def what_is_imported() -> Import:
    """The words of an import of worked time."""
    return Import(
        KEEP,
        "timesheet_import",
        _("Import worked time from a file"),
        lambda n: ngettext("{count} day is good.", "{count} days are good.", n).format(count=format_value(n)),
        lambda n: ngettext("Keep {count} day", "Keep {count} days", n).format(count=format_value(n)),
        lambda n: ngettext("Kept {count} day of worked time.", "Kept {count} days of worked time.", n).format(
            count=format_value(n)
        ),
    )
