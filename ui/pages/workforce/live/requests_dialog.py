"""The requests behind the live numbers: what was asked, and when the line was opened, refused and lost.

They belong to no run, so no sync log holds them: the newest are kept in memory for as long as the program runs
(connections.md §8).
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n import _
from app.operations.contact_center.live_feed import Feed
from ui.desk import Desk
from ui.dialogs.connection_log_detail import COLUMNS, Row, requests_text
from ui.runs.filling import Filling
from ui.tables import TablePane
from ui.theme import GRID, Icon
from ui.widgets import Button

AGAIN_MS = 1000


class LiveRequestsDialog(QDialog):
    """The newest requests of one feed, read again every second."""

    def __init__(self, parent: QWidget, desk: Desk, feed: Feed) -> None:
        super().__init__(parent)
        self.desk, self.feed = desk, feed
        self._total = 0
        self.setObjectName("live_requests")
        self.setWindowTitle(_("Live numbers – requests"))
        self.resize(1000, 560)
        self.pane: TablePane[Row] = TablePane(
            name=_("Requests"), page="live_requests", columns=COLUMNS, key=lambda row: row[0],
            search_hint=_("Search the requests"),
            count_text=lambda shown: requests_text(shown, self._total),
            store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        Filling(self.pane.table, "error")
        self.pane.show_empty(
            _("No requests yet"), _("They are kept while the program runs, the newest of them."), drawing=Icon.HISTORY
        )
        if desk.layouts.get("table/live_requests.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.pane.export_requested.connect(self.export)
        self.close_button = Button(_("Close"), object_name="live_requests.close")
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        self._arrange()
        again = QTimer(self, interval=AGAIN_MS)
        again.timeout.connect(self._show)
        again.start()
        self._show()

    def _arrange(self) -> None:
        below = QHBoxLayout()
        below.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 0)
        below.addStretch(1)
        below.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, 4 * GRID)
        column.setSpacing(0)
        column.addWidget(self.pane, 1)
        column.addLayout(below)

    def _show(self) -> None:
        found = self.feed.requests
        self._total = found.total
        self.pane.set_rows(list(enumerate(found.kept, found.total - len(found.kept))))

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "requests")


def open_live_requests(parent: QWidget, desk: Desk, feed: Feed) -> LiveRequestsDialog:
    """Show them beside the page, which goes on."""
    dialog = LiveRequestsDialog(parent, desk, feed)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
