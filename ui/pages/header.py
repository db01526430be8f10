"""The header of a data page: connection chip with its evidence, Preview, the sync button, a menu with the rest."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QWidget

from app.domain.connections import Connection
from app.domain.health import HealthReport
from app.i18n import _
from ui.texts import HEALTH_TONES, HEALTH_WORDS, health_text
from ui.theme import GRID, Icon
from ui.widgets import Button, ElidedLabel, Look, MenuButton, StatusChip


class PageHeader(QWidget):
    """Shows how the connection is and offers what can be done with it."""

    sync_pressed = Signal()
    preview_pressed = Signal()
    connection_chosen = Signal(str)

    def __init__(self, page: str, sync_label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sync_label = sync_label
        self._result = ""
        self.chip = StatusChip()
        self.chip.setObjectName(f"{page}.chip")
        self.evidence = ElidedLabel(object_name=f"{page}.evidence")
        self.evidence.setProperty("role", "muted")
        self.connections = QComboBox()
        self.connections.setObjectName(f"{page}.connection")
        self.connections.setAccessibleName(_("Connection"))
        self.connections.activated.connect(lambda index: self.connection_chosen.emit(self.connections.itemData(index)))
        self.preview = Button(_("Preview"), icon=Icon.EYE, object_name=f"{page}.preview")
        self.preview.set_tip(_("Show what a sync would change (Shift+F5)"))
        self.preview.clicked.connect(self.preview_pressed)
        self.sync = Button(sync_label, look=Look.PRIMARY, icon=Icon.REFRESH, object_name=f"{page}.sync")
        self.sync.set_tip(_("Fetch and store (F5)"))
        self.sync.clicked.connect(self.sync_pressed)
        self.menu = QMenu(self)
        self.more = MenuButton("", self.menu, name=_("More actions"), object_name=f"{page}.more")
        self._arrange()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.chip)
        row.addWidget(self.connections)
        row.addWidget(self.evidence, 1)
        for button in (self.preview, self.sync, self.more):
            row.addWidget(button)

    def show_connections(self, found: list[Connection], chosen: str) -> None:
        """Offer a choice of connections where there are several."""
        self.connections.clear()
        for connection in found:
            self.connections.addItem(connection.name, connection.name)
        self.connections.setCurrentText(chosen)
        self.connections.setVisible(len(found) > 1)

    def show_health(self, report: HealthReport) -> None:
        """Show how the chosen connection is, with the age of the evidence."""
        words = " · ".join(filter(None, (health_text(report), self._result)))
        self.chip.set_status(_(HEALTH_WORDS[report.health]), HEALTH_TONES[report.health])
        self.evidence.setText(words)

    def offer(self, label: str, drawing: Icon, tip: str) -> None:
        """Make the main button another one: on some pages the next thing to do changes."""
        self._sync_label = label
        self.sync.setText(label)
        self.sync.set_icon(drawing)
        self.sync.set_tip(tip)

    def show_result(self, text: str) -> None:
        """Keep the counts of the last run on the page; a toast alone would be gone."""
        self._result = text

    def show_running(self, doing: str) -> None:
        """Turn the sync button into progress; an empty text brings it back."""
        self.sync.setText(doing or self._sync_label)
        self.set_possible("" if not doing else _("It is running. Cancel it below."))

    def set_possible(self, reason: str) -> None:
        """Enable the buttons, or disable them with the reason as tooltip and accessible description."""
        for button in (self.sync, self.preview):
            button.permit(reason)
