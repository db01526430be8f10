"""The panel beside the form of a connection: its test, stage by stage, and what to do when one fails."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.domain.health import TestReport
from app.events import StageReached
from app.i18n import _
from app.operations.connection_test import STAGE_TITLES
from ui.dialogs.connection_stages import StagesSeen
from ui.dialogs.why import open_why_of_test
from ui.theme import GRID, Icon, theme, tokens
from ui.widgets import Button, announce
from ui.widgets.stages import StageList

_WIDTH = 340


class TryPanel(QWidget):
    """Shows one test; who starts it is the dialog, whose `name` begins the names of the parts."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        name: str = "connection",
        titles: Mapping[str, str] = STAGE_TITLES,
        label: str = "",
        promise: str = "",
        operation: str = "connections.try",
    ) -> None:
        """`titles` are the stages in order, `label` stands on the button, `promise` says what it does.

        `operation` is what tests, for whoever asks why it failed.
        """
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self._titles = titles
        self._seen = StagesSeen(titles=titles)
        self._run_id = ""
        self._report: TestReport | None = None
        self._operation = operation
        heading = QLabel(_("Test"))
        heading.setProperty("role", "heading")
        usual = _("Tries what stands on the left, step by step. Nothing is saved or changed.")
        promised = QLabel(promise or usual, wordWrap=True)
        promised.setProperty("role", "muted")
        self.stages = StageList(name=_("Steps of the test"), object_name=f"{name}.stages")
        self.stages.why_requested.connect(self._explain)
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setObjectName(f"{name}.verdict")
        self.test = Button(label or _("Test"), icon=Icon.PLUG, object_name=f"{name}.test")
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.setContentsMargins(5 * GRID, 5 * GRID, 5 * GRID, 5 * GRID)
        column.addWidget(heading)
        column.addWidget(promised)
        column.addSpacing(GRID)
        column.addWidget(self.test)
        column.addSpacing(3 * GRID)
        column.addWidget(self.stages)
        column.addSpacing(GRID)
        column.addWidget(self.verdict)
        column.addStretch()
        theme.changed.connect(self.update)

    def follow(self, run_id: str) -> None:
        """Show the stages of this run as they are reached."""
        self._run_id = run_id
        self._show(StagesSeen(titles=self._titles), "")

    def reached(self, event: StageReached) -> None:
        """A stage of some run was reached."""
        if event.run_id == self._run_id:
            self._show(self._seen.reached(event), "")

    def show_report(self, report: TestReport) -> None:
        """Show a test that is over, with its remedy."""
        self._report = report
        self._show(StagesSeen.of(report, self._titles), verdict(report))
        announce(self, verdict(report))

    def _explain(self) -> None:
        if self._report is not None:
            open_why_of_test(self, self._report, self._operation)

    def _show(self, seen: StagesSeen, text: str) -> None:
        self._seen = seen
        self.stages.show_lines(seen.lines())
        self.verdict.setText(text)
        self.verdict.setVisible(bool(text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Stands back a little from the form."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().sunken))
        painter.fillRect(0, 0, 1, self.height(), QColor(tokens().line))


def verdict(report: TestReport) -> str:
    """What the test as a whole says, and what to do next."""
    if not report.success:
        return _(report.remedy)
    taken_ms = sum(stage.duration_ms for stage in report.stages)
    text = _("It works: {ms} ms in all.").format(ms=taken_ms)
    return "\n".join((text, *report.warnings))
