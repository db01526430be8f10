"""The details of one person of 1C: what to look at, every field with its source and time, the link, norms, shifts,
presence, history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtWidgets import QWidget

from app.domain.onec_schedules import Period, Shift, split
from app.errors import MusterError
from app.i18n import _, ngettext
from app.operations.registry import find_operation
from app.store.onec_hours import StoredNorm, StoredPeriod
from app.store.runs import HistoryEntry
from ui.desk import Desk
from ui.pages.entries import Entry
from ui.pages.record_details import history_words
from ui.pages.workforce.personnel.actions import PersonnelActions
from ui.pages.workforce.personnel.menus import row_entries
from ui.pages.workforce.personnel.people import PersonLine
from ui.pages.workforce.personnel.rows import (
    LINKED_WORDS,
    PROBLEM_REMEDIES,
    PROBLEM_WORDS,
    link_words,
    state_tone,
    state_tooltip,
    state_words,
)
from ui.pages.workforce.personnel.story import PersonStory, read_story
from ui.texts import FIELD_WORDS, ago, day_text, moment_text, number_text, value_text
from ui.theme import Tone
from ui.widgets import Button, DetailsPane, FlowLayout

_FIELDS = (
    "personnel_number", "last_name", "first_name", "middle_name", "hire_date", "termination_date", "position",
    "position_change_date", "employment_rate", "weekly_norm_hours", "norm_change_date", "login", "site", "extra_1",
    "other_system_id",
)  # fmt: skip
_MOST_HISTORY, _MOST_SHIFTS, _MOST_BALANCES, _MOST_DAYS = 20, 5, 3, 7


class PersonDetails(QWidget):
    """Shows one person at a time; it is the tools of the pane that it fills."""

    def __init__(self, desk: Desk, pane: DetailsPane, actions: PersonnelActions) -> None:
        super().__init__()
        self.desk = desk
        self.line: PersonLine | None = None
        self._pane = pane
        self._actions = actions
        self._flow = FlowLayout(self)
        self._buttons: dict[str, Button] = {}
        self._entries: dict[str, Entry] = {}
        pane.set_tools(self)
        self.show_person(None)

    def show_person(self, line: PersonLine | None) -> None:
        """Show this one, or that none is chosen."""
        self.line = line
        self.setVisible(line is not None)
        if line is None:
            self._pane.clear()
            return
        person = line.known.person
        second = " · ".join(filter(None, (person.personnel_number, line.department, person.position)))
        self._pane.set_heading(line.known.name, second, chip=(state_words(line), state_tone(line)))
        self._pane.clear_rows()
        self._offer(line)
        self._tell_state(line)
        self._tell_fields(line)
        self._tell_link(line)
        self.desk.start("read person", self._read_rest(line))

    # -- buttons -------------------------------------------------------------------------------------------------

    def _offer(self, line: PersonLine) -> None:
        self._entries = {entry.name: entry for entry in row_entries(self._actions, [line])}
        for name, entry in self._entries.items():
            button = self._buttons.get(name) or self._make(name, entry)
            button.setText(entry.words)
            if entry.obstacle:
                button.refuse(entry.obstacle)
            else:
                button.allow()

    def _make(self, name: str, entry: Entry) -> Button:
        button = Button(entry.words, icon=entry.drawing, object_name=f"personnel.{name}")
        button.set_tip(entry.keys)
        button.clicked.connect(lambda: self._press(name))
        self._flow.addWidget(button)
        self._buttons[name] = button
        return button

    def _press(self, name: str) -> None:
        self._entries[name].act()

    # -- what the row knows --------------------------------------------------------------------------------------

    def _tell_state(self, line: PersonLine) -> None:
        if said := state_tooltip(line):
            self._pane.add_note(said)
        for problem in line.problems:
            self._pane.add_row(_("To look at"), _(PROBLEM_WORDS[problem]), tone=Tone.WARNING)
            self._pane.add_note(_(PROBLEM_REMEDIES[problem]))

    def _tell_fields(self, line: PersonLine) -> None:
        person, when = line.known.person, ago(line.synced_at)
        # Translators: a heading: what the system of payroll says of a person
        self._pane.add_section(_("From 1C"))
        self._pane.add_row(_("Department"), line.department, badge="1C", when=when)
        for name in _FIELDS:
            value = getattr(person, name)
            told = value not in (None, "")
            text = value_text(value) if told else ""
            self._pane.add_row(_(FIELD_WORDS[name]), text, badge="1C" if told else "", when=when if told else "")
        for norm in line.known.norms[:-1]:
            words = _("{hours} h a week from {day}")
            text = words.format(hours=number_text(norm.hours), day=day_text(norm.change_date))
            self._pane.add_row(_("Earlier norm"), text, badge="1C")
        for balance in person.vacation[-_MOST_BALANCES:]:
            days = ngettext("{count} day of vacation", "{count} days of vacation", round(balance.days))
            self._pane.add_row(day_text(balance.date), days.format(count=number_text(balance.days)), badge="1C")
        if line.missing:
            self._pane.add_row(_("Missing in 1C since"), day_text(line.known.absent_since), tone=Tone.WARNING)
        self._pane.add_row(_("1C id"), person.external_id, badge="1C")
        self._pane.add_row(_("Last synced"), ago(line.synced_at))
        self._pane.add_row(_("Last change"), moment_text(line.changed_at))

    def _tell_link(self, line: PersonLine) -> None:
        self._pane.add_section(_("Employee in Muster"))
        tone = None if line.employee is not None else Tone.WARNING
        self._pane.add_row(_("Employee"), link_words(line), badge=_(LINKED_WORDS[line.known.linked_by]), tone=tone)
        if line.employee is None:
            return
        self._pane.add_row(_("Terminal number"), line.employee.employee_no or "", badge=_("Here"))
        sources = ", ".join(source.value.capitalize() for source in line.employee.sources)
        self._pane.add_row(_("Also known by"), sources)

    # -- what is read for it -------------------------------------------------------------------------------------

    async def _read_rest(self, line: PersonLine) -> None:
        connection = self._actions.connection
        if connection is None:
            return
        try:
            story = await self.desk.workspace.store.read(read_story, connection, line.known)
        except MusterError as error:
            self._pane.add_note(error.message)
            return
        if self.line is line:
            self._tell_story(story)

    def _tell_story(self, story: PersonStory) -> None:
        self._tell_norms(story.norms)
        self._tell_month(story.month)
        self._pane.add_section(_("Next shifts"))
        for planned in story.shifts[:_MOST_SHIFTS]:
            self._pane.add_row(day_text(planned.shift.start.date()), shift_words(planned.shift), badge=_("Here"))
        if not story.shifts:
            self._pane.add_note(_("No shifts are planned."))
        self._tell_presence(story.present)
        self._tell_history(story.history)

    def _tell_norms(self, norms: Sequence[StoredNorm]) -> None:
        self._pane.add_section(_("Norm hours"))
        for stored in norms:
            norm = stored.norm
            days = _("{first} – {last}").format(first=day_text(norm.start), last=day_text(norm.end))
            text = _("{hours} h").format(hours=number_text(norm.hours))
            if stored.expected is not None and stored.expected != norm.hours:
                text = _("{hours} h, expected {expected} h").format(
                    hours=number_text(norm.hours), expected=number_text(stored.expected)
                )
            self._pane.add_row(days, text, badge="1C", when=ago(stored.fetched_at))
        if not norms:
            self._pane.add_note(_("Not fetched yet."))

    def _tell_month(self, stored: StoredPeriod | None) -> None:
        self._pane.add_section(_("Timesheet of this month"))
        if stored is None:
            self._pane.add_note(_("Not fetched yet."))
            return
        period, when = stored.period, ago(stored.fetched_at)
        for label, days, hours in (
            (_("Days 1–15"), period.half1_days, period.half1_hours),
            (_("Days 16 to the end"), period.half2_days, period.half2_hours),
        ):
            if days is not None or hours is not None:
                text = _("{days} days, {hours} h").format(days=number_text(days), hours=number_text(hours))
                self._pane.add_row(label, text, badge="1C", when=when)
        for absence in period.absences:
            self._pane.add_row(absence.code, absence.text, badge="1C", when=when)

    def _tell_presence(self, present: Sequence[Period] | None) -> None:
        self._pane.add_section(_("Signed in at the contact centre"))
        if present is None:
            self._pane.add_note(_("No contact centre knows this person."))
            return
        by_day: dict[date, timedelta] = defaultdict(timedelta)
        for period in present:
            by_day[period.start.date()] += period.end - period.start
        for day in sorted(by_day, reverse=True)[:_MOST_DAYS]:
            hours = _("{hours} h").format(hours=number_text(by_day[day].total_seconds() / 3600, 1))
            self._pane.add_row(day_text(day), hours, badge=_("Contact centre"))
        if not by_day:
            self._pane.add_note(_("Not within the last two weeks."))

    def _tell_history(self, entries: Sequence[HistoryEntry]) -> None:
        self._pane.add_section(_("History"))
        if not entries:
            self._pane.add_note(_("Nothing has changed since the first sync."))
        for entry in entries[:_MOST_HISTORY]:
            title = _(find_operation(entry.run.operation).title)
            self._pane.add_row(ago(entry.run.started_at), history_words(entry), badge=title)


def shift_words(shift: Shift) -> str:
    """From, to, and the paid hours without breaks."""
    counted = split(shift, shift.start.tzinfo or shift.end.tzinfo)  # type: ignore[arg-type]
    hours = number_text((counted.day_ms + counted.night_ms) / 3_600_000)
    return _("{start} – {end}, {hours} h").format(start=f"{shift.start:%H:%M}", end=f"{shift.end:%H:%M}", hours=hours)
