"""Why a result is as it is: what was asked, what was answered, what to do next. Opened from a row of the run panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.outcomes import Action, Outcome, Run, Status
from app.i18n import _
from ui.runs.words import NO_REMEDY, TARGET_WORDS, asked_rows, duration_text, run_title, step_words
from ui.texts import FIELD_WORDS, STATUS_TONES, STATUS_WORDS, moment_text, value_text
from ui.theme import GRID, Icon
from ui.widgets import Button, DetailsPane


class WhyDialog(QDialog):
    """The story of one outcome; every word of it can be selected and copied."""

    def __init__(self, parent: QWidget, run: Run, outcome: Outcome) -> None:
        super().__init__(parent)
        self.setObjectName("why")
        self.setWindowTitle(_("Why? – {subject}").format(subject=outcome.subject))
        self.details = DetailsPane(object_name="why.details")
        self._tell(run, outcome)
        copy = Button(_("Copy"), icon=Icon.COPY, object_name="why.copy")
        copy.clicked.connect(self.copy)
        close = Button(_("Close"), object_name="why.close")
        close.clicked.connect(self.reject)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.addWidget(copy)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.details, 1)
        column.addLayout(buttons)
        self.resize(560, 520)
        close.setFocus()

    def _tell(self, run: Run, outcome: Outcome) -> None:
        where = _(TARGET_WORDS.get(outcome.target, outcome.target))
        step = step_words(outcome.step)
        chip = (_(STATUS_WORDS[outcome.status]), STATUS_TONES[outcome.status])
        self.details.set_heading(outcome.subject, f"{where} · {step}", with_picture=False, chip=chip)
        self.details.clear_rows()
        self._tell_question(run, outcome)
        self._tell_answer(outcome)
        self.details.add_section(_("What to do next"))
        self.details.add_note(what_next(run, outcome))

    def _tell_question(self, run: Run, outcome: Outcome) -> None:
        self.details.add_section(_("What was asked"))
        self.details.add_row(_("Operation"), run_title(run))
        if run.connection:
            self.details.add_row(_("Connection"), run.connection)
        for label, text in asked_rows(run):
            self.details.add_row(label, text)
        if outcome.asked:
            self.details.add_row(_("Sent to the device"), outcome.asked)
        self.details.add_row(_("When"), moment_text(run.started_at))
        self.details.add_row(_("Who"), run.actor)
        if run.state.over:
            self.details.add_row(_("Took"), duration_text(run.duration_ms))

    def _tell_answer(self, outcome: Outcome) -> None:
        self.details.add_section(_("What was answered"))
        self.details.add_row(_("Answer"), _(outcome.message))
        if outcome.answered:
            self.details.add_row(_("In the device's words"), outcome.answered)
        for change in outcome.changes:
            field = _(FIELD_WORDS.get(change.field, change.field))
            words = _("{before} → {after}").format(before=value_text(change.before), after=value_text(change.after))
            self.details.add_row(field, words)
        if outcome.subject_id:
            self.details.add_row(_("Id"), outcome.subject_id)

    def copy(self) -> None:
        """Everything that is shown to the clipboard, for a colleague or a report."""
        QGuiApplication.clipboard().setText("\n".join(self.details.texts()))


def what_next(run: Run, outcome: Outcome) -> str:
    """The next action: the outcome's own, else that of what stopped the run, else what its status asks for."""
    if outcome.remedy:
        return _(outcome.remedy)
    if outcome.status is Status.NOT_ATTEMPTED and run.error is not None and run.error.remedy:
        return _(run.error.remedy)
    if outcome.action is Action.CONFLICT:
        return _("Decide which of the two is right, correct it at its source, then run it again.")
    return _(NO_REMEDY[outcome.status])


def open_why(parent: QWidget, run: Run, outcome: Outcome) -> WhyDialog:
    """Show why."""
    dialog = WhyDialog(parent, run, outcome)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
