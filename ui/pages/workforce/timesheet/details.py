"""The details of a month, a norm or worked time: each value with where it came from, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from app.domain.onec_time_types import TimeType, normalised, time_type_of
from app.i18n import _
from app.operations.registry import find_operation
from app.store.runs import HistoryEntry
from ui.desk import Desk
from ui.pages.workforce.time_words import day_text, hours_text, month_text, weekday
from ui.pages.workforce.timesheet.actions import CHECK, KEEP, POST, HourActions, may_be_posted_again
from ui.pages.workforce.timesheet.reading import NormLine, SheetLine, WorkLine, WorkState
from ui.pages.workforce.timesheet.rows import (
    CHECK_HELP,
    CHECK_TONES,
    CHECK_WORDS,
    GROUP_TONES,
    MODE_WORDS,
    WORK_HELP,
    WORK_LOOKS,
    WORK_WORDS,
    code_words,
    document_text,
    half_text,
    norm_period,
    periods_of,
)
from ui.pages.workforce.worker_details import WorkerDetails
from ui.tables import format_value
from ui.texts import ago, moment_text
from ui.theme import Icon
from ui.widgets import Button, DetailsPane, FlowLayout

Line = SheetLine | NormLine | WorkLine


class HourDetails(WorkerDetails):
    """Fills the pane with one line at a time; it is the tools of the pane: buttons for worked time."""

    def __init__(self, desk: Desk, pane: DetailsPane, actions: HourActions) -> None:
        super().__init__(desk, pane)
        self.line: Line | None = None
        self._actions = actions
        flow = FlowLayout(self)
        self.post = Button(_("Preview and send …"), icon=Icon.SEND, object_name="timesheet.post_one")
        self.check = Button(_("Check in 1C"), icon=Icon.SEARCH, object_name="timesheet.check")
        self.again = Button(_("Send again …"), icon=Icon.SEND, object_name="timesheet.post_again")
        self.edit = Button(_("Edit …"), icon=Icon.EDIT, object_name="timesheet.edit")
        self.delete = Button(_("Delete"), icon=Icon.DELETE, object_name="timesheet.delete")
        acts: dict[Button, Callable[[WorkLine], object]] = {
            self.post: lambda line: actions.post([line]),
            self.check: lambda line: actions.check([line]),
            self.again: actions.post_again,
            self.edit: actions.edit,
            self.delete: lambda line: actions.delete([line]),
        }
        for button, act in acts.items():
            flow.addWidget(button)
            button.clicked.connect(partial(self._press, act))
        pane.set_tools(self)
        self.show_line(None)

    def _press(self, act: Callable[[WorkLine], object]) -> None:
        if isinstance(self.line, WorkLine):
            act(self.line)

    def show_line(self, line: Line | None) -> None:
        """Show this one, or that none is chosen."""
        self.line = line
        self.setVisible(isinstance(line, WorkLine))
        if line is None:
            self._pane.clear()
            self.forget()
            return
        self._pane.clear_rows()
        match line:
            case SheetLine():
                self._tell_month(line)
            case NormLine():
                self._tell_norm(line)
            case WorkLine():
                self._offer(line)
                self._tell_work(line)
        self.tell_worker(line, _OURS, _("Nothing was fetched or sent yet."), _history_words)

    def _offer(self, line: WorkLine) -> None:
        kept = line.kept is not None
        shown = {self.post: line.sendable, self.check: line.receipt is not None, self.again: may_be_posted_again(line),
                 self.edit: kept and line.state is not WorkState.UNKNOWN, self.delete: kept}  # fmt: skip
        operations = {self.post: POST, self.check: CHECK, self.again: POST, self.edit: KEEP, self.delete: KEEP}
        for button, on in shown.items():
            button.setVisible(on)
            button.permit(self._actions.obstacle(operations[button]))

    # -- rows ----------------------------------------------------------------------------------------------------

    def _tell_month(self, line: SheetLine) -> None:
        period = line.period
        self._pane.set_heading(line.worker.name, month_text(period.first), with_picture=False)
        add, when = self._pane.add_row, ago(line.fetched_at)
        add(_("Worked hours"), hours_text(line.worked), badge=_("Sum"))
        add(_("1–15: days / hours"), half_text(period.half1_days, period.half1_hours), badge="1C", when=when)
        add(_("16–end: days / hours"), half_text(period.half2_days, period.half2_hours), badge="1C", when=when)
        if not period.whole_month:
            self._pane.add_note(_("The halves mean something for a whole month only; this was fetched for a part."))
        add(_("From 1C"), moment_text(line.fetched_at))
        types = self._types
        if period.absences:
            self._pane.add_section(_("Absences by reason"))
        for absence in period.absences:
            kind = time_type_of(absence.code, types)
            self._pane.add_row(f"{normalised(absence.code)} {_(kind.title)}", absence.text, badge="1C")
        self._pane.add_section(_("Days"))
        for number, rows in sorted(line.days.items()):
            day = period.first.replace(day=number)
            kinds = [time_type_of(one.code, types) for one in rows]
            text = "\n".join(f"{code_words(one)} {_(kind.title)}" for one, kind in zip(rows, kinds, strict=True))
            tones = [GROUP_TONES[kind.group] for kind in kinds if GROUP_TONES[kind.group] is not None]
            self._pane.add_row(f"{weekday(day)} {day_text(day)}", text, tone=tones[0] if tones else None)

    @property
    def _types(self) -> Mapping[str, TimeType]:
        return self._actions.data.types if self._actions.data else {}

    def _tell_norm(self, line: NormLine) -> None:
        stored, tone = line.stored, CHECK_TONES[line.check]
        self._pane.set_heading(line.worker.name, norm_period(line), with_picture=False,
                               chip=(_(CHECK_WORDS[line.check]), tone))  # fmt: skip
        add, when = self._pane.add_row, ago(stored.fetched_at)
        add(_("Norm of 1C"), hours_text(stored.norm.hours), badge="1C", when=when)
        add(_("Norm of"), _(MODE_WORDS[stored.mode]))
        add(_("Expected"), hours_text(stored.expected), badge=_("Derived"))
        self._pane.add_note(_("Weekly norm ÷ 5 × working days, less an hour for each day before a holiday."))
        self._pane.add_note(_(CHECK_HELP[line.check]))
        add(_("Planned"), hours_text(line.planned) or "–", badge=_("Here"))
        add(_("Worked"), hours_text(line.worked) or "–", badge="1C")

    def _tell_work(self, line: WorkLine) -> None:
        tone, _icon = WORK_LOOKS[line.state]
        self._pane.set_heading(line.worker.name, f"{weekday(line.day)} {day_text(line.day)}", with_picture=False,
                               chip=(_(WORK_WORDS[line.state]), tone))  # fmt: skip
        self._pane.add_note(_(WORK_HELP[line.state]))
        add = self._pane.add_row
        source = {"file": _("From a file"), "entered": _("Entered here")}.get(line.kept.source if line.kept else "", "")
        add(_("Worked time"), periods_of(line), badge=source)
        add(_("Worked"), hours_text(line.worked), badge=_("Sum"))
        add(_("Planned"), hours_text(line.planned) or _("Only 1C knows the plan"), badge=_("Here"))
        add(_("1C will make") if line.kept else _("Document in 1C"), document_text(line, self._types) or "–")
        if line.receipt is None:
            return
        receipt = line.receipt
        self._pane.add_section(_("Sent to 1C"))
        add(_("When"), moment_text(receipt.sent_at))
        add(_("Confirmed by"), receipt.initiator_name)
        add(_("Slices"), format_value(len(receipt.slices)))
        add(_("Document in 1C"), receipt.document or "–", badge="1C" if receipt.document else "")
        add(_("Answer of 1C"), receipt.answer or "–", badge="1C" if receipt.answer else "")


_OURS = frozenset({
    "onec.timetype_info", "onec.norm_hours", "onec.send_fact_work_time", KEEP, POST, CHECK,
})  # fmt: skip


def _history_words(entry: HistoryEntry) -> str:
    what = entry.outcome.step.partition(" ")[2] or _(find_operation(entry.run.operation).title)
    return _("{what}: {message}").format(what=what, message=_(entry.outcome.message))
