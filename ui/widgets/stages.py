"""The steps of something that is checked one after another: icon, title, word and time, with a sentence below.

    steps = StageList(name=_("Steps of the test"))
    steps.show_lines([StageLine(_("Address"), StageState.PASSED, _("10.0.0.1 answers."), 31), ...])

Shown again at each change; knows nothing of what is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import N_, _
from ui.theme import GRID, ICON_SIZE, Icon, Ink, Tone, icon_pixmap, theme, tokens
from ui.widgets.buttons import Button


class StageState(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not_reached"


_WORDS = {
    StageState.WAITING: N_("Waiting"),
    StageState.RUNNING: N_("Testing…"),
    StageState.PASSED: N_("Passed"),
    StageState.FAILED: N_("Failed"),
    StageState.NOT_REACHED: N_("Not reached"),
}
_LOOKS: dict[StageState, tuple[Icon, Ink | Tone]] = {
    StageState.WAITING: (Icon.CLOCK, Ink.MUTED),
    StageState.RUNNING: (Icon.LOADER, Tone.INFO),
    StageState.PASSED: (Icon.DONE, Tone.SUCCESS),
    StageState.FAILED: (Icon.FAILED, Tone.DANGER),
    StageState.NOT_REACHED: (Icon.MINUS, Ink.MUTED),
}


@dataclass(frozen=True, slots=True)
class StageLine:
    """One step as it is shown; `duration_ms` is None while it is not over, `explains` offers to say why it failed."""

    title: str
    state: StageState
    message: str = ""
    duration_ms: int | None = None
    explains: bool = False

    @property
    def outcome(self) -> str:
        """The word for its state, with the time it took."""
        word = _(_WORDS[self.state])
        if self.duration_ms is None:
            return word
        return _("{word} · {ms} ms").format(word=word, ms=self.duration_ms)


class StageList(QWidget):
    """Steps below each other; `name` is read aloud. `why_requested` is a person's question about a failed one."""

    why_requested = Signal()

    def __init__(self, *, name: str, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setObjectName(object_name)
        self._rows: list[_StageRow] = []
        self._column = QVBoxLayout(self)
        self._column.setSpacing(2 * GRID + 2)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_lines(self, lines: Sequence[StageLine]) -> None:
        """Show these steps and no others."""
        while len(self._rows) < len(lines):
            self._rows.append(_StageRow(self))
            self._rows[-1].why.clicked.connect(lambda _checked: self.why_requested.emit())
            self._column.addWidget(self._rows[-1])
        for row, line in zip(self._rows, lines, strict=False):
            row.show_line(line)
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(lines))


class _StageRow(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._line = StageLine("", StageState.WAITING)
        self._icon = QLabel()
        self._icon.setFixedSize(ICON_SIZE, ICON_SIZE)
        self._title = QLabel()
        self._outcome = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._message = QLabel(wordWrap=True)
        self._message.setProperty("role", "muted")
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._message.setMinimumWidth(1)  # the pane decides the width; a long address must not
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for label in (self._title, self._outcome, self._message):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.why = Button(_("Why?"), icon=Icon.ASK, object_name="stage.why")
        self.why.setAutoDefault(False)
        self.why.hide()
        grid = QGridLayout(self)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._title, 0, 1)
        grid.addWidget(self._outcome, 0, 2)
        grid.addWidget(self._message, 1, 1, 1, 2)
        grid.addWidget(self.why, 2, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        theme.changed.connect(self._dress)

    def show_line(self, line: StageLine) -> None:
        """Show a step."""
        if line == self._line:
            return
        self._line = line
        self._title.setText(line.title)
        self._outcome.setText(line.outcome)
        self._message.setText(line.message)
        self._message.setVisible(bool(line.message))
        self.why.setVisible(line.explains)
        self.setAccessibleName(_("{column}: {value}").format(column=line.title, value=line.outcome))
        self.setAccessibleDescription(line.message)
        self._dress()

    def _dress(self) -> None:
        mark, ink = _LOOKS[self._line.state]
        colours = tokens()
        self._icon.setPixmap(icon_pixmap(mark, ICON_SIZE, self.devicePixelRatioF(), colours.ink(ink)))
        pale = self._line.state in {StageState.WAITING, StageState.NOT_REACHED}
        self._title.setStyleSheet(f"color: {colours.muted if pale else colours.text};")
        failed = self._line.state is StageState.FAILED
        self._outcome.setStyleSheet(f"color: {colours.ink(ink) if failed else colours.muted};")
