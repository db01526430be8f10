"""Entering a shift in the window: who, which day, from when to when, unpaid breaks; judged while it is typed.

The same form serves planned shifts, which may be entered for many days at once, and worked time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QDateEdit,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.onec import month_end
from app.domain.onec_schedules import Shift, split
from app.domain.onec_shifts import PlannedShift, RowProblem
from app.i18n import _, ngettext
from ui.desk import Desk
from ui.pages.workforce.people import Worker
from ui.pages.workforce.shift_entry import REPEAT_WORDS, Entry, Judge, Repeat, Verdict
from ui.pages.workforce.time_words import HOUR_MS, hours_text
from ui.tables import format_value
from ui.theme import CONTROL_HEIGHT, GRID, Icon, Tone, icon_pixmap, theme, tokens
from ui.widgets import Button, Look
from ui.widgets.period import date_field

_WIDTH, _LABELS, _ICON = 520, 120, 16
_FIELD_OF = {"agent_id": "person", "date": "day", "unpaid_breaks": "breaks"}
"""Which control a problem is about, where the two are called otherwise."""

Save = Callable[[Entry, Sequence[Shift]], Awaitable[str]]
"""Stores what was entered; returns why that was not possible, blank where it was."""
Others = Callable[[str], Awaitable[Sequence[PlannedShift]]]
"""The other shifts of somebody."""


@dataclass(frozen=True)
class Wording:
    """What differs between a planned shift and worked time."""

    title: str
    save: Callable[[int], str]
    """The words of the button, with the number of shifts."""
    repeats: bool = False
    absence: bool = False


class ShiftDialog(QDialog):
    """The form of one shift. `name` begins the object names of its parts."""

    def __init__(
        self, parent: QWidget, desk: Desk, name: str, wording: Wording, workers: Mapping[str, Worker], entry: Entry,
        *, judge: Judge, save: Save, others: Others,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.desk = desk
        self.name = name
        self._wording, self._workers = wording, workers
        self._judge, self._save, self._others_of = judge, save, others
        self._others: Sequence[PlannedShift] = ()
        self._asked_about = ""
        self._busy = False
        self.verdict = Verdict()
        self.setObjectName(name)
        self.setWindowTitle(wording.title)
        self.setMinimumWidth(_WIDTH)
        self._make_fields(entry)
        self._arrange()
        self._connect()
        theme.changed.connect(self._dress)
        self._person_changed()
        first = self.start if entry.agent_id else self.person
        first.setFocus()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _make_fields(self, entry: Entry) -> None:
        self.person = _person_box(self._workers, entry.agent_id)
        self.day = _day_field(_("Day"), f"{self.name}.day", entry.day)
        self.start, self.end, self.breaks = QLineEdit(entry.start), QLineEdit(entry.end), QLineEdit(entry.breaks)
        self.start.setPlaceholderText("09:00")
        self.end.setPlaceholderText("18:00")
        self.breaks.setPlaceholderText("13:00-14:00; 16:00-16:15")
        self.repeat = QComboBox()
        for kind in Repeat:
            self.repeat.addItem(_(REPEAT_WORDS[kind]), kind)
        self.until = _day_field(_("Until"), f"{self.name}.until", entry.until or month_end(entry.day))
        self.away = QCheckBox(_("Did not come"))
        self.away.setChecked(entry.away)
        self.message = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.message.setObjectName(f"{self.name}.message")
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.mark = QLabel(alignment=Qt.AlignmentFlag.AlignTop)
        self.mark.setFixedWidth(_ICON + GRID)
        self.save_button = Button("", look=Look.PRIMARY, object_name=f"{self.name}.save")
        self.save_button.setDefault(True)
        self.cancel = Button(_("Cancel"), object_name=f"{self.name}.cancel")
        self.cancel.setAutoDefault(False)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(2 * GRID + 2)
        grid.setColumnMinimumWidth(0, _LABELS)
        grid.setColumnStretch(1, 1)
        self._controls = {"person": self.person, "day": self.day, "start": self.start, "end": self.end,
                          "breaks": self.breaks, "repeat": self.repeat, "until": self.until}  # fmt: skip
        words = {"person": _("Person"), "day": _("Day"), "start": _("Start"), "end": _("End"),
                 "breaks": _("Unpaid breaks"), "repeat": _("Repeat"), "until": _("Until")}  # fmt: skip
        self._labels: dict[str, QLabel] = {}
        for at, (key, control) in enumerate(self._controls.items()):
            label = QLabel(words[key], wordWrap=True)
            label.setMinimumHeight(CONTROL_HEIGHT)
            label.setBuddy(control)
            control.setObjectName(f"{self.name}.{key}")
            control.setAccessibleName(words[key])
            grid.addWidget(label, at, 0)
            grid.addWidget(control, at, 1)
            self._labels[key] = label
        self.away.setObjectName(f"{self.name}.away")
        grid.addWidget(self.away, len(self._controls), 1)
        self.away.setVisible(self._wording.absence)
        said = QHBoxLayout()
        said.setSpacing(GRID)
        said.addWidget(self.mark)
        said.addWidget(self.message, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.setSpacing(4 * GRID)
        column.addLayout(grid)
        column.addLayout(said)
        column.addLayout(buttons)
        self.message.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # so that nothing jumps while one types

    def _connect(self) -> None:
        self.person.currentIndexChanged.connect(lambda _index: self._person_changed())
        self.person.editTextChanged.connect(lambda _text: self.check())
        for field in (self.start, self.end, self.breaks):
            field.textChanged.connect(lambda _text: self.check())
        for day in (self.day, self.until):
            day.dateChanged.connect(lambda _date: self.check())
        self.repeat.currentIndexChanged.connect(lambda _index: self.check())
        self.away.toggled.connect(lambda _on: self.check())
        self.cancel.clicked.connect(self.reject)
        self.save_button.clicked.connect(self._press)

    # -- what stands there ---------------------------------------------------------------------------------------

    def entry(self) -> Entry:
        """What is typed now."""
        return Entry(
            self._agent_id(), _date(self.day), self.start.text().strip(), self.end.text().strip(),
            self.breaks.text().strip(), self._repeat(), _date(self.until),
            self.away.isChecked() and self._wording.absence,
        )  # fmt: skip

    def _agent_id(self) -> str:
        """The person chosen; a text that is nobody's name is nobody."""
        at = self.person.findText(self.person.currentText(), Qt.MatchFlag.MatchFixedString)
        return str(self.person.itemData(at)) if at >= 0 else self.person.currentText().strip()

    def _repeat(self) -> Repeat:
        return Repeat(self.repeat.currentData()) if self._wording.repeats else Repeat.ONCE

    # -- judging -------------------------------------------------------------------------------------------------

    def _person_changed(self) -> None:
        """Other people have other shifts; they are read, and what is typed is judged again."""
        self._others = ()
        self._asked_about = self._agent_id()
        self.check()
        if self._asked_about in self._workers:
            self.desk.start("read other shifts", self._read_others(self._asked_about))

    async def _read_others(self, agent_id: str) -> None:
        found = await self._others_of(agent_id)
        if agent_id == self._asked_about:
            self._others = found
            self.check()

    def check(self) -> None:
        """Judge what is typed, and say what it comes to or what is wrong with it."""
        self._show_parts()
        entry = self.entry()
        self.verdict = self._judge(entry, self._others)
        problem = self.verdict.problem
        for key, control in self._controls.items():
            self._mark_wrong(control, problem is not None and key == _FIELD_OF.get(problem.field, problem.field))
        self._tell(problem, entry)

    def _show_parts(self) -> None:
        repeats = self._wording.repeats
        shown = {"repeat": repeats, "until": repeats and self._repeat() is not Repeat.ONCE}
        for key, on in shown.items():
            self._controls[key].setVisible(on)
            self._labels[key].setVisible(on)
        for field in (self.end, self.breaks):
            field.setEnabled(not self.away.isChecked())

    def _mark_wrong(self, control: QWidget, wrong: bool) -> None:
        if bool(control.property("wrong")) is not wrong:
            control.setProperty("wrong", wrong)
            control.setAccessibleDescription(self.verdict.problem.message if wrong and self.verdict.problem else "")
            control.style().unpolish(control)
            control.style().polish(control)

    def _tell(self, problem: RowProblem | None, entry: Entry) -> None:
        self._problem = problem
        self.message.setText(" ".join((problem.message, problem.fix)) if problem else self._sum(entry))
        count = max(1, len(self.verdict.shifts))
        self.save_button.setText(self._wording.save(count))
        if problem is not None:
            self.save_button.refuse(problem.message)
        elif not self._busy:
            self.save_button.allow()
        self._dress()

    def _sum(self, entry: Entry) -> str:
        """What the shifts come to."""
        if entry.away:
            return _("1C makes a document of an unexplained absence.")
        shifts = self.verdict.shifts
        counted = [split(shift, shift.start.tzinfo) for shift in shifts if shift.start.tzinfo]
        day, night = sum(c.day_ms for c in counted) / HOUR_MS, sum(c.night_ms for c in counted) / HOUR_MS
        text = ngettext(
            "{count} shift: {hours} paid hours, {day} by day and {night} by night.",
            "{count} shifts: {hours} paid hours, {day} by day and {night} by night.",
            len(shifts),
        )
        return text.format(
            count=format_value(len(shifts)), hours=hours_text(day + night), day=hours_text(day), night=hours_text(night)
        )

    def _dress(self) -> None:
        tone = Tone.DANGER if self._problem else Tone.SUCCESS
        drawing = Icon.ALERT if self._problem else Icon.DONE
        self.mark.setPixmap(icon_pixmap(drawing, _ICON, self.devicePixelRatioF(), tokens().tone(tone).ink))
        self.message.setStyleSheet(f"color: {tokens().tone(tone).ink if self._problem else tokens().muted};")

    # -- saving --------------------------------------------------------------------------------------------------

    def _press(self) -> None:
        if not self._busy and self.verdict.problem is None:
            self._busy = True
            self.save_button.refuse(_("It is running."))
            self.desk.start("save shift", self._store())

    async def _store(self) -> None:
        entry = self.entry()
        try:
            reason = await self._save(entry, self.verdict.shifts)
        finally:
            self._busy = False
        if not reason:
            self.accept()
            return
        self.check()
        self._tell(RowProblem(0, entry.agent_id, "", "", reason, ""), entry)


def _day_field(name: str, object_name: str, day: date) -> QDateEdit:
    field = date_field(name, object_name)
    field.setDate(QDate(day.year, day.month, day.day))
    return field


def _date(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())


def _person_box(workers: Mapping[str, Worker], chosen: str) -> QComboBox:
    """A list of people that is searched by any part of a name or number."""
    box = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
    for worker in workers.values():
        if not worker.absent or worker.external_id == chosen:
            box.addItem(" · ".join(filter(None, (worker.name, worker.number))), worker.external_id)
    completer = QCompleter(box.model(), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    box.setCompleter(completer)
    box.setMaxVisibleItems(16)
    with QSignalBlocker(box):
        box.setCurrentIndex(box.findData(chosen) if chosen else -1)
    line = box.lineEdit()
    assert line is not None
    line.setPlaceholderText(_("Name or personnel number"))
    return box
