"""The details of a shift, of a month of somebody, or of a receipt: what it is, what 1C has of it, what was before."""

from __future__ import annotations

from app.domain.onec import month_end
from app.domain.onec_receipts import ScheduleReceipt
from app.i18n import _, ngettext
from app.store.runs import HistoryEntry
from ui.desk import Desk
from ui.pages.workforce.schedules.actions import CHANGE, SEND, ScheduleActions
from ui.pages.workforce.schedules.reading import HOUR_MS, MonthLine, ReceiptLine, SendState, ShiftLine
from ui.pages.workforce.schedules.rows import RECEIPT_LOOKS, RECEIPT_WORDS, STATE_HELP, STATE_LOOKS, STATE_WORDS
from ui.pages.workforce.time_words import clock, day_text, end_text, hours_text, month_text, periods_text, weekday
from ui.pages.workforce.worker_details import WorkerDetails
from ui.tables import format_value
from ui.texts import ago, moment_text
from ui.theme import Icon, Tone
from ui.widgets import Button, DetailsPane, FlowLayout

Line = ShiftLine | MonthLine | ReceiptLine


class ScheduleDetails(WorkerDetails):
    """Fills the pane with one line at a time; it is the tools of the pane: buttons for what can be done with it."""

    def __init__(self, desk: Desk, pane: DetailsPane, actions: ScheduleActions) -> None:
        super().__init__(desk, pane)
        self.line: Line | None = None
        self._actions = actions
        flow = FlowLayout(self)
        self.edit = Button(_("Edit …"), icon=Icon.EDIT, object_name="schedules.edit")
        self.delete = Button(_("Delete"), icon=Icon.DELETE, object_name="schedules.delete")
        self.send = Button(_("Preview this month …"), icon=Icon.EYE, object_name="schedules.send_one")
        self.enter = Button(_("Enter shift …"), icon=Icon.PLUS, object_name="schedules.enter_one")
        for button in (self.edit, self.delete, self.send, self.enter):
            flow.addWidget(button)
        for button, act in (
            (self.edit, self._edit), (self.delete, self._delete), (self.send, self._send), (self.enter, self._enter),
        ):  # fmt: skip
            button.clicked.connect(act)
        pane.set_tools(self)
        self.show_line(None)

    def show_line(self, line: Line | None) -> None:
        """Show this one, or that none is chosen."""
        self.line = line
        self.setVisible(isinstance(line, ShiftLine | MonthLine))
        if line is None:
            self._pane.clear()
            self.forget()
            return
        self._offer(line)
        self._pane.clear_rows()
        match line:
            case ShiftLine():
                self._tell_shift(line)
            case MonthLine():
                self._tell_month(line)
            case ReceiptLine():
                self._tell_receipt_line(line)
        self.tell_worker(line, _OURS, _("Nothing of it has been sent or changed yet."), _history_words)

    def _offer(self, line: Line) -> None:
        of_shift, of_month = isinstance(line, ShiftLine), isinstance(line, MonthLine)
        for button, shown in ((self.edit, of_shift), (self.delete, of_shift), (self.send, of_month),
                              (self.enter, of_month)):  # fmt: skip
            button.setVisible(shown)
        closed = _("The month is over, and 1C has closed it.") if getattr(line, "state", "") == SendState.CLOSED else ""
        for button, operation in ((self.edit, CHANGE), (self.delete, CHANGE), (self.send, SEND), (self.enter, CHANGE)):
            reason = self._actions.obstacle(operation) or (closed if button in {self.edit, self.delete} else "")
            if button is self.send and isinstance(line, MonthLine) and not line.state.unsent:
                reason = reason or _(STATE_HELP[line.state])
            button.permit(reason)

    def _edit(self) -> None:
        if isinstance(self.line, ShiftLine):
            self._actions.edit(self.line)

    def _delete(self) -> None:
        if isinstance(self.line, ShiftLine):
            self._actions.delete([self.line])

    def _enter(self) -> None:
        if isinstance(self.line, MonthLine):
            self._actions.enter(self.line.worker)

    def _send(self) -> None:
        if isinstance(self.line, MonthLine):
            first = self.line.first
            self._actions.send((first, month_end(first)), [self.line])

    # -- rows ----------------------------------------------------------------------------------------------------

    def _tell_shift(self, line: ShiftLine) -> None:
        tone, _icon = STATE_LOOKS[line.state]
        when = f"{weekday(line.day)} {day_text(line.day)}"
        self._pane.set_heading(line.worker.name, when, with_picture=False, chip=(_(STATE_WORDS[line.state]), tone))
        add = self._pane.add_row
        add(_("Start"), clock(line.shift.start))
        add(_("End"), end_text(line.shift))
        add(_("Unpaid breaks"), periods_text(line.shift.unpaid_breaks) or "–")
        add(_("Paid hours"), hours_text(line.hours), badge=_("Derived"))
        add(_("By day"), _of_ms(line.counted.day_ms), when=_("06:00–22:00"))
        add(_("By night"), _of_ms(line.counted.night_ms), when=_("22:00–06:00"))
        self._tell_state(line.state, line.receipt)

    def _tell_month(self, line: MonthLine) -> None:
        tone, _icon = STATE_LOOKS[line.state]
        self._pane.set_heading(line.worker.name, month_text(line.first), with_picture=False,
                               chip=(_(STATE_WORDS[line.state]), tone))  # fmt: skip
        shifts = line.shifts
        add = self._pane.add_row
        add(_("Shifts"), format_value(len(shifts)))
        add(_("Paid hours"), hours_text(sum(s.hours for s in shifts)), badge=_("Derived"))
        add(_("By night"), _of_ms(sum(s.counted.night_ms for s in shifts)))
        self._tell_state(line.state, line.receipt)
        if shifts:
            self._pane.add_section(_("Shifts"))
        for shift in shifts:
            mark = STATE_LOOKS[shift.state][0] if shift.state in {SendState.REFUSED, SendState.UNKNOWN} else None
            times = _("{start}–{end}, {hours} h").format(
                start=clock(shift.shift.start), end=end_text(shift.shift), hours=hours_text(shift.hours)
            )
            self._pane.add_row(
                f"{weekday(shift.day)} {day_text(shift.day)}", times, badge=_(STATE_WORDS[shift.state]), tone=mark
            )

    def _tell_receipt_line(self, line: ReceiptLine) -> None:
        status = line.receipt.status
        self._pane.set_heading(line.worker.name, day_text(line.day), with_picture=False,
                               chip=(_(RECEIPT_WORDS[status]), RECEIPT_LOOKS[status][0]))  # fmt: skip
        self._pane.add_row(_("Start"), clock(line.sent.start))
        self._pane.add_row(_("By day"), _of_ms(line.sent.day_ms))
        self._pane.add_row(_("By night"), _of_ms(line.sent.night_ms))
        unchanged = _("Unchanged: it is not sent again.")
        self._pane.add_row(_("Plan now"), unchanged if line.unchanged else _("Changed since it was sent."))
        self._tell_receipt(line.receipt)

    def _tell_state(self, state: SendState, receipt: ScheduleReceipt | None) -> None:
        self._pane.add_section("1C")
        self._pane.add_note(_(STATE_HELP[state]))
        if receipt is not None:
            self._tell_receipt(receipt)

    def _tell_receipt(self, receipt: ScheduleReceipt) -> None:
        """The whole of what was sent together, and 1C's words as they came."""
        self._pane.add_row(
            _("Sent"), f"{day_text(receipt.first)} – {day_text(receipt.last)}", when=ago(receipt.sent_at)
        )
        tone = RECEIPT_LOOKS[receipt.status][0]
        self._pane.add_row(_("Result"), _(RECEIPT_WORDS[receipt.status]), when=moment_text(receipt.sent_at),
                           tone=None if tone is Tone.SUCCESS else tone)  # fmt: skip
        self._pane.add_row(_("Answer of 1C"), receipt.answer or "–", badge="1C" if receipt.answer else "")


_OURS = frozenset({SEND, CHANGE, "onec.plan_shifts"})


def _history_words(entry: HistoryEntry) -> str:
    what = entry.outcome.step.partition(" ")[2]
    return _("{what}: {message}").format(what=what, message=_(entry.outcome.message)) if what else entry.outcome.message


def _of_ms(ms: int) -> str:
    hours = ms / HOUR_MS
    return ngettext("{hours} hour", "{hours} hours", round(hours)).format(hours=hours_text(hours))
