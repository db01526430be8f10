"""Why a result is as it is, or a run ended as it did: what was asked, what was answered, why, what to do next.

Opened from a row of results, or from the end of a run. Causes come from the catalogue `app.domain.causes`.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.causes import Cause, cause_of_error, cause_of_outcome, remedy_of
from app.domain.health import TestReport
from app.domain.outcomes import Outcome, Run, RunError, RunState, Status
from app.i18n import _
from app.operations.audit_log import current_user
from app.store.values import now
from ui.runs.words import NO_REMEDY, TARGET_WORDS, asked_rows, duration_text, run_title, step_words
from ui.texts import FIELD_WORDS, STATE_WORDS, STATUS_TONES, STATUS_WORDS, moment_text, value_text
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button, DetailsPane


class WhyDialog(QDialog):
    """The story of one outcome, or without one of the run's end; every word of it can be selected and copied."""

    def __init__(self, parent: QWidget, run: Run, outcome: Outcome | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("why")
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
        self.resize(560, 640)
        close.setFocus()

    def _tell(self, run: Run, outcome: Outcome | None) -> None:
        subject = outcome.subject if outcome is not None else run_title(run)
        self.setWindowTitle(_("Why? – {subject}").format(subject=subject))
        self.details.clear_rows()
        if outcome is not None:
            self._tell_outcome(run, outcome)
        elif run.error is not None:
            self._tell_end(run, run.error)

    def _tell_outcome(self, run: Run, outcome: Outcome) -> None:
        where = _(TARGET_WORDS.get(outcome.target, outcome.target))
        step = step_words(outcome.step)
        chip = (_(STATUS_WORDS[outcome.status]), STATUS_TONES[outcome.status])
        self.details.set_heading(outcome.subject, f"{where} · {step}", with_picture=False, chip=chip)
        self._tell_question(run, outcome.asked)
        self._tell_answer(outcome)
        stopped_by = run.error if outcome.status is Status.NOT_ATTEMPTED else None
        if (cause := cause_of_error(stopped_by) if stopped_by else cause_of_outcome(outcome)) is not None:
            self._tell_cause(cause, stopped_by.message if stopped_by else outcome.message)
        self._tell_next(what_next(run, outcome))

    def _tell_end(self, run: Run, error: RunError) -> None:
        self.details.set_heading(run_title(run), "", with_picture=False, chip=(_(STATE_WORDS[run.state]), Tone.DANGER))
        self._tell_question(run, "")
        self.details.add_section(_("What was answered"))
        self.details.add_row(_("Answer"), _(error.message))
        self._tell_cause(cause_of_error(error), error.message)
        self._tell_next(remedy_of(error))

    def _tell_cause(self, cause: Cause, message: str) -> None:
        """What it means; the cause is not repeated where the answer is the same sentence."""
        self.details.add_section(_("Why"))
        self.details.add_row(_("What it is"), _(cause.title))
        if cause.system:
            self.details.add_row(_("Who said so"), _(cause.system))
        if _(cause.cause) != _(message):
            self.details.add_row(_("Cause"), _(cause.cause))
        self.details.add_row(_("Effect"), _(cause.effect))

    def _tell_next(self, sentence: str) -> None:
        self.details.add_section(_("What to do next"))
        self.details.add_note(sentence)

    def _tell_question(self, run: Run, asked: str) -> None:
        self.details.add_section(_("What was asked"))
        self.details.add_row(_("Operation"), run_title(run))
        if run.connection:
            self.details.add_row(_("Connection"), run.connection)
        for label, text in asked_rows(run):
            self.details.add_row(label, text)
        if asked:
            self.details.add_row(_("Sent to the device"), asked)
        self.details.add_row(_("When"), moment_text(run.started_at))
        if run.actor:
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
    """The next action: the outcome's own, else that of what stopped the run, else that of its cause."""
    if outcome.remedy:
        return _(outcome.remedy)
    if outcome.status is Status.NOT_ATTEMPTED and run.error is not None:
        return remedy_of(run.error)
    cause = cause_of_outcome(outcome)
    return _(cause.remedy if cause is not None else NO_REMEDY[outcome.status])


def open_why_of_test(
    parent: QWidget, report: TestReport, operation: str, connection: str = "", at: datetime | None = None
) -> WhyDialog:
    """Show why a test failed, which is kept as a report and not as a run; `at` is when, else just now."""
    run = Run(
        "",
        operation,
        connection,
        RunState.STOPPED,
        at or now(),
        "" if at is not None else current_user(),  # who ran an earlier one is not kept
        duration_ms=sum(stage.duration_ms for stage in report.stages),
        error=report.error,
    )
    return open_why(parent, run)


def open_why(parent: QWidget, run: Run, outcome: Outcome | None = None) -> WhyDialog:
    """Show why; without an outcome, why the run ended as it did."""
    dialog = WhyDialog(parent, run, outcome)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
