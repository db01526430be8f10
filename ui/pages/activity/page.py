"""The Activity page: two inner views, the runs there were and the audit trail (screens.md, Activity)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.i18n import _
from ui.desk import Desk
from ui.pages.activity.runs_view import RunsView
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.pages.activity.trail_view import TrailView

RUNS = 0


class ActivityPage(QWidget):
    """What ran, and who did what."""

    run_opened = Signal(str)
    """The id of a run to be shown as it ended, by the run panel."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.runs = RunsView(desk, self)
        self.tabs = QTabBar(drawBase=False, expanding=False, usesScrollButtons=False)
        self.tabs.setObjectName("activity.tabs")
        self.tabs.setAccessibleName(_("Views of the activity"))
        self.tabs.setProperty("look", "inner")
        self.stack = QStackedWidget()
        for title in (_("Runs"), _("Audit trail")):
            self.tabs.addTab(title)
        self.stack.addWidget(self.runs)
        row = QHBoxLayout()
        row.setContentsMargins(3 * GRID, 2 * GRID, 4 * GRID, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.stack, 1)
        self.runs.run_opened.connect(self.run_opened)
        self.tabs.currentChanged.connect(self._tab_changed)

    @cached_property
    def trail(self) -> TrailView:
        """The audit trail, made when somebody first looks at it."""
        from ui.pages.activity.trail_view import TrailView

        made = TrailView(self.desk, self)
        made.run_opened.connect(self.run_opened)
        self.stack.addWidget(made)
        return made

    def _tab_changed(self, _place: int) -> None:
        self.stack.setCurrentWidget(self._front())
        self._enable_shortcuts()
        self.refresh()
        if not self.tabs.hasFocus():  # whoever walks along the tabs by keyboard stays there
            self._front().setFocus(Qt.FocusReason.OtherFocusReason)

    def _enable_shortcuts(self) -> None:
        for view in (self.runs, self.trail):  # a page with several tables lets those of the one in front act
            for shortcut in view.pane.shortcuts:
                shortcut.setEnabled(view is self._front())

    def _front(self) -> RunsView | TrailView:
        return self.runs if self.tabs.currentIndex() == RUNS else self.trail

    def showEvent(self, event: QShowEvent) -> None:
        """Rows are read when the page comes to the front: other programs may have run something meanwhile."""
        super().showEvent(event)
        self.refresh()

    # -- what the window asks of a page --------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the store again for the view in front."""
        self._front().refresh()

    def sync(self) -> None:
        """F5: read again, also what other programs did."""
        self.refresh()

    def preview(self) -> None:
        """Shift+F5: there is nothing to preview here."""

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        self._front().export()

    def show_record(self, record_id: str) -> None:
        """Bring a run into view and open its details."""
        self.tabs.setCurrentIndex(RUNS)
        self.runs.show_record(record_id)
