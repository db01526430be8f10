"""The tabs of the run panel: one per run, with its state as an icon and in words, closable when it is over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QToolButton, QWidget

from app.i18n import _
from ui.runs.shown import ShownRun
from ui.runs.words import look_text, run_title
from ui.texts import STATE_WORDS
from ui.theme import GRID, ICON_SIZE, Icon, Ink, icon, theme, tokens

_CLOSE = 20
_CLOSE_SHEET = "QToolButton { min-width: 0; min-height: 0; padding: 1px; border: 0; background: transparent; }"
_TAB_SHEET = "QTabBar { background: transparent; } QTabBar::tab { padding: 7px 12px; margin: 2px 0 0 0; }"
_CLOSE_SIDE = QTabBar.ButtonPosition.RightSide


class RunTabs(QTabBar):
    """Names its tabs by the ids of their runs."""

    run_chosen = Signal(str)
    close_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run.tabs")
        self.setStyleSheet(_TAB_SHEET)
        self.setAccessibleName(_("Runs"))
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.currentChanged.connect(lambda place: self.run_chosen.emit(str(self.tabData(place) or "")))

    def run_ids(self) -> list[str]:
        """The runs that have a tab, from left to right."""
        return [str(self.tabData(place)) for place in range(self.count())]

    def current_run(self) -> str:
        """The run in front; empty when there is none."""
        return str(self.tabData(self.currentIndex()) or "") if self.count() else ""

    def put(self, shown: ShownRun) -> None:
        """Give a run its tab, or show its state on the one it has."""
        run_id = shown.run.run_id
        ids = self.run_ids()
        place = ids.index(run_id) if run_id in ids else self._add(run_id)
        title = run_title(shown.run)
        self.setTabText(place, title)
        self.setTabIcon(place, icon(*shown.mark))
        state = (_(STATE_WORDS[shown.run.state]), look_text(shown.problems), shown.run.connection)
        self.setTabToolTip(place, ", ".join(filter(None, state)))
        self.setAccessibleTabName(place, ", ".join(filter(None, (title, *state))))
        if shown.running:
            self.setTabButton(place, _CLOSE_SIDE, None)
        elif self.tabButton(place, _CLOSE_SIDE) is None:
            self.setTabButton(place, _CLOSE_SIDE, self._close_button(run_id, title))

    def bring(self, run_id: str) -> None:
        """Bring the tab of a run to the front."""
        self._quietly(lambda: self.setCurrentIndex(self.run_ids().index(run_id)))

    def drop(self, run_id: str) -> None:
        """Take the tab of a run away."""
        ids = self.run_ids()
        if run_id in ids:
            self._quietly(lambda: self.removeTab(ids.index(run_id)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The middle button closes a tab."""
        super().mouseReleaseEvent(event)
        place = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and place >= 0:
            self.close_requested.emit(str(self.tabData(place)))

    def _add(self, run_id: str) -> int:
        self._quietly(lambda: self.setTabData(self.addTab(""), run_id))
        return self.count() - 1

    def _quietly(self, change: Callable[[], object]) -> None:
        """`run_chosen` is for what a person chooses; the panel knows of its own changes."""
        self.blockSignals(True)
        change()
        self.blockSignals(False)

    def _close_button(self, run_id: str, title: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("run.close")
        button.setFixedSize(_CLOSE, _CLOSE)
        button.setStyleSheet(_CLOSE_SHEET)
        button.setIcon(icon(Icon.CLOSE, Ink.MUTED))
        name = _("Close “{title}”").format(title=title)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(lambda: self.close_requested.emit(run_id))
        return button


class TabStrip(QWidget):
    """The strip that the tabs stand on, from edge to edge, with room for a button at its end."""

    def __init__(self, tabs: RunTabs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * GRID, 0, 3 * GRID, 0)
        self._row.setSpacing(2 * GRID)
        self._row.addWidget(tabs, 1)
        theme.changed.connect(self.update)

    def add(self, button: QWidget) -> None:
        """Put a button at the end."""
        self._row.addWidget(button)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().window))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens().line))
