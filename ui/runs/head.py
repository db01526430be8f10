"""The line over the results: the bar and Cancel of a run under way, or how it ended and what can be done next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.outcomes import Run, RunState
from app.domain.progress import Progress
from app.i18n import _
from ui.runs.shown import ShownRun
from ui.runs.words import duration_text, end_sentence, look_text
from ui.texts import STATE_WORDS
from ui.theme import CONTROL_HEIGHT, GRID, Icon
from ui.widgets import Button, ProgressLine, StatusChip

_WARNINGS = 3


class RunHead(QWidget):
    """Shows one run; which one is the panel's business."""

    cancel_pressed = Signal()
    retry_pressed = Signal()
    resume_pressed = Signal()
    without_pressed = Signal()
    why_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.doing = _label("run.doing")
        self.progress = ProgressLine(name=_("Progress"), object_name="run.progress")
        self.cancel = Button(_("Cancel"), icon=Icon.CLOSE, object_name="run.cancel")
        self.cancel.clicked.connect(self.cancel_pressed)
        self.state = StatusChip(object_name="run.chip")
        self.sentence = _label("run.sentence", wraps=True)
        self.took = _label("run.took", role="muted")
        self.resume = Button(_("Resume"), icon=Icon.PLAY, object_name="run.resume")
        self.resume.clicked.connect(self.resume_pressed)
        self.without = Button("", icon=Icon.PLAY, object_name="run.continue")
        self.without.clicked.connect(self.without_pressed)
        self.retry = Button(_("Retry failed"), icon=Icon.UNDO, object_name="run.retry")
        self.retry.clicked.connect(self.retry_pressed)
        self.why = Button(_("Why?"), icon=Icon.ASK, object_name="run.why")
        self.why.clicked.connect(self.why_pressed)
        self._arrange()

    def _arrange(self) -> None:
        self._under_way = _row(self.doing, (self.progress, 1), self.cancel)
        self._over = _row(self.state, (self.sentence, 1), self.took, self.why, self.retry, self.without, self.resume)
        self._over.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.addWidget(self._under_way)
        column.addWidget(self._over)

    def show_progress(self, progress: Progress, *, cancelling: bool) -> None:
        """A run under way."""
        self._under_way.show()
        self._over.hide()
        self.doing.setText(progress.doing or _("Starting"))
        if cancelling:
            self.progress.say(_("Cancelling…"))
            self.cancel.refuse(_("Cancelling…"))
            return
        self.cancel.allow()
        self.cancel.set_tip(_("Start nothing more and stop (Esc)"))
        self.progress.show_progress(
            progress.done, progress.total or None, per_second=progress.per_second, left_s=progress.left_s
        )

    def show_end(self, shown: ShownRun) -> None:
        """A run that is over, or runs in another program."""
        self._under_way.hide()
        self._over.show()
        run, (mark, tone) = shown.run, shown.mark
        self.state.set_status(_(STATE_WORDS[run.state]), tone, mark=mark, detail=look_text(shown.problems))
        elsewhere = _("It runs in another Muster.")
        self.sentence.setText(end_sentence(run, shown.changes) if run.state.over else elsewhere)
        self.took.setText(duration_text(run.duration_ms) if run.duration_ms else "")
        self.why.setVisible(run.error is not None and run.state is not RunState.CANCELLED)

    def offer(self, *, retry: str, resume: str, obstacle: str, without: str = "") -> None:
        """Which ways on there are, by the words on their buttons, and what stands in their way for this person."""
        for button, wanted in ((self.retry, retry), (self.without, without), (self.resume, resume)):
            button.setText(wanted)
            button.setVisible(bool(wanted))
            button.permit(obstacle)


class RunNote(QLabel):
    """Below the line, in grey: what to do about an error, and what the run warned of; takes no room without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, wordWrap=True)
        self.setObjectName("run.note")
        self.setProperty("role", "muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setContentsMargins(4 * GRID, 0, 4 * GRID, 2 * GRID)
        self.hide()

    def tell(self, run: Run) -> None:
        """Of a run that is over; of one under way there is nothing to say yet."""
        error = run.error if run.state is not RunState.CANCELLED else None
        remedy = [remedy_of(error)] if error is not None else []
        warnings = [_(warning) for warning in run.warnings]
        more = len(warnings) - _WARNINGS
        rest = [_("… and {count} more, see Activity").format(count=more)] if more > 0 else []
        self.setText("\n".join(remedy + warnings[:_WARNINGS] + rest))
        self.setVisible(bool(self.text()) and run.state.over)


def _label(name: str, *, role: str = "", wraps: bool = False) -> QLabel:
    label = QLabel(wordWrap=wraps)
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if wraps:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setMinimumWidth(1)
    return label


def _row(*parts: QWidget | tuple[QWidget, int]) -> QWidget:
    line = QWidget()
    line.setMinimumHeight(CONTROL_HEIGHT)  # with and without buttons: nothing jumps at the end of a run
    row = QHBoxLayout(line)
    row.setSpacing(3 * GRID)
    row.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        widget, stretch = part if isinstance(part, tuple) else (part, 0)
        row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)
    return line
