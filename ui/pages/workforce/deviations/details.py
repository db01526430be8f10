"""The details of one gap: its cause and what to do, the three sides, the day hour by hour, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from app.domain.onec_schedules import Period, Shift
from app.domain.onec_time_types import TimeType, time_type_of, time_types
from app.errors import MusterError
from app.i18n import _, ngettext
from app.operations.registry import find_operation
from ui.desk import Desk
from ui.pages.record_details import history_words
from ui.pages.workforce.deviations.actions import GapActions
from ui.pages.workforce.deviations.causes import CAUSE_REMEDIES, CAUSE_TEXTS, CAUSE_WORDS
from ui.pages.workforce.deviations.day import DayStory, read_day
from ui.pages.workforce.deviations.gaps import GapLine
from ui.pages.workforce.deviations.hours import HourPart, hour_parts
from ui.pages.workforce.deviations.rows import CAUSE_TONES, SENT_WORDS, TYPE_TONES, TYPE_WORDS, gap_text
from ui.texts import ago, day_text, number_text
from ui.widgets import Button, DetailsPane, FlowLayout

_MOST_HISTORY = 10
_WHOLE = 60


class GapDetails(QWidget):
    """Shows one person and day at a time; it is the tools of the pane that it fills."""

    def __init__(self, desk: Desk, pane: DetailsPane, actions: GapActions) -> None:
        super().__init__()
        self.desk = desk
        self.line: GapLine | None = None
        self._pane = pane
        self._actions = actions
        flow = FlowLayout(self)
        self._buttons = {
            entry.name: Button(entry.words, icon=entry.drawing, object_name=f"deviations.{entry.name}")
            for entry in actions.entries(None)
        }
        for name, button in self._buttons.items():
            button.clicked.connect(lambda _checked=False, name=name: self._press(name))
            flow.addWidget(button)
        pane.set_tools(self)
        self.show_gap(None)

    def _press(self, name: str) -> None:
        next(entry for entry in self._actions.entries(self.line) if entry.name == name).act()

    def show_gap(self, line: GapLine | None) -> None:
        """Show this one, or that none is chosen."""
        self.line = line
        self.setVisible(line is not None)
        if line is None:
            self._pane.clear()
            return
        for entry in self._actions.entries(line):
            self._buttons[entry.name].setText(entry.words)
        found = line.found
        second = " · ".join(filter(None, (day_text(found.day), line.department, line.number)))
        self._pane.set_heading(line.name, second, chip=(_(TYPE_WORDS[found.type]), TYPE_TONES[found.type]))
        self._pane.clear_rows()
        self._pane.add_row(_("Cause"), _(CAUSE_WORDS[line.cause]), tone=CAUSE_TONES.get(line.cause))
        self._pane.add_note(_(CAUSE_TEXTS[line.cause]))
        if remedy := CAUSE_REMEDIES[line.cause]:
            self._pane.add_row(_("What to do"), _(remedy))
        if gap := gap_text(line):
            self._pane.add_row(_("Gap"), _("{hours} h").format(hours=gap), badge=_("Actual minus planned"))
        self.desk.start("read day", self._read_rest(line))

    async def _read_rest(self, line: GapLine) -> None:
        connection = self._actions.connection
        if connection is None:
            return
        employee_id = self._actions.employee_of(line.found.external_id)
        place = (line.found.external_id, employee_id, line.found.day)
        try:
            story = await self.desk.workspace.store.read(read_day, connection, *place)
        except MusterError as error:
            self._pane.add_note(error.message)
            return
        if self.line is line:
            self._tell_planned(line, story)
            self._tell_worked(line, story)
            self._tell_onec(line, story, time_types(connection.setting("time_type_map") or ""))
            self._tell_hours(story)
            self._tell_history(story)

    # -- the sides -----------------------------------------------------------------------------------------------

    def _tell_planned(self, line: GapLine, story: DayStory) -> None:
        self._pane.add_section(_("Planned"))
        total = _("{hours} h").format(hours=number_text(line.found.planned_hours))
        for shift in story.shifts:
            self._pane.add_row(_("Shift"), _shift_words(shift), badge=_("Here"))
        if not story.shifts:
            self._pane.add_note(_("No shift is planned."))
        self._pane.add_row(_("Paid"), total)
        receipt = story.receipt
        if receipt is None:
            self._pane.add_row(_("Schedule"), _("Not sent to 1C"))
        else:
            self._pane.add_row(_("Schedule"), _(SENT_WORDS[receipt.status]), badge="1C", when=ago(receipt.sent_at))
            if receipt.answer:
                self._pane.add_row(_("Answer of 1C"), receipt.answer, badge="1C")

    def _tell_worked(self, line: GapLine, story: DayStory) -> None:
        self._pane.add_section(_("Worked"))
        fact = story.fact
        if fact is not None:
            words = _("{hours} h").format(hours=number_text(line.sent_hours)) if line.sent_hours is not None else ""
            said = _("{status}: {text}").format(status=_(SENT_WORDS[fact.status]), text=words or _("nothing counts"))
            self._pane.add_row(_("Sent to 1C"), said, badge=fact.initiator_name, when=ago(fact.sent_at))
            if fact.document or fact.answer:
                answer = " · ".join(filter(None, (fact.document, fact.answer)))
                self._pane.add_row(_("Answer of 1C"), answer, badge="1C")
        if story.kept is not None:
            words = _("Did not come") if story.kept.away else _shift_words(story.kept.shift)
            self._pane.add_row(_("Entered, not sent"), words, badge=_("Here"))
        if fact is None and story.kept is None:
            self._pane.add_note(_("No worked time was entered or sent."))
        if story.present is None:
            self._pane.add_note(_("No contact centre knows this person."))
            return
        for period in story.present:
            self._pane.add_row(_("Signed in"), _times(period), badge=_("Contact centre"))
        if not story.present:
            self._pane.add_row(_("Signed in"), _("Not at all"), badge=_("Contact centre"))

    def _tell_onec(self, line: GapLine, story: DayStory, table: Mapping[str, TimeType]) -> None:
        self._pane.add_section(_("In 1C"))
        if line.found.onec_hours is None:
            self._pane.add_note(_("No timesheet was fetched."))
            return
        for row in line.codes:
            kind = time_type_of(row.code, table)
            words = _("{title}, {hours} h") if row.hours else _("{title}, the whole day")
            text = words.format(title=_(kind.title), hours=number_text(row.hours))
            self._pane.add_row(row.code, text, badge="1C", when=ago(story.fetched_at))
        if not line.codes:
            self._pane.add_note(_("1C has nothing on this day."))
        counted = _("{hours} h").format(hours=number_text(line.found.onec_hours))
        self._pane.add_row(_("Counts as worked"), counted, badge="1C")

    def _tell_hours(self, story: DayStory) -> None:
        self._pane.add_section(_("Hour by hour"))
        parts = hour_parts(story.shifts, story.fact, story.present, story.zone)
        for part in parts:
            self._pane.add_row(_times(Period(part.start, part.end)), part_words(part))
        if not parts:
            self._pane.add_note(_("Neither a shift nor presence is known."))
        self._pane.add_note(_("1C counts by the day: it has no times of the clock."))

    def _tell_history(self, story: DayStory) -> None:
        self._pane.add_section(_("History"))
        for entry in story.history[:_MOST_HISTORY]:
            title = _(find_operation(entry.run.operation).title)
            self._pane.add_row(ago(entry.run.started_at), history_words(entry), badge=title)
        if not story.history:
            self._pane.add_note(_("Nothing was done about this person yet."))


def part_words(part: HourPart) -> str:
    """What each side says of an hour, or of several alike."""
    said: Sequence[str] = (
        _minutes(part.planned, _("planned"), _("not planned")),
        _minutes(part.free, _("unpaid break"), ""),
        _minutes(part.sent, _("sent as worked"), _("not sent")) if part.sent is not None else "",
        _minutes(part.present, _("signed in"), _("not signed in")) if part.present is not None else "",
    )
    if part.free == _WHOLE:
        said = said[1:]
    return " · ".join(filter(None, said))


def _minutes(minutes: int, whole: str, nothing: str) -> str:
    if not minutes:
        return nothing
    if minutes == _WHOLE:
        return whole
    text = ngettext("{side} {count} min", "{side} {count} min", minutes)
    return text.format(side=whole, count=minutes)


def _times(period: Period) -> str:
    return f"{period.start:%H:%M} – {period.end:%H:%M}"


def _shift_words(shift: Shift) -> str:
    """From, to, and the breaks that are not paid."""
    times = _times(Period(shift.start, shift.end))
    if not shift.unpaid_breaks:
        return times
    breaks = ", ".join(map(_times, shift.unpaid_breaks))
    return _("{times}, unpaid break {breaks}").format(times=times, breaks=breaks)
