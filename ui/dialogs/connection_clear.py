"""Clearing what a connection fetched: says how many records go, and wants the name of the connection typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.i18n import _, ngettext
from app.operations.runner import Request
from ui.desk import Desk
from ui.tables import format_value
from ui.theme import GRID, Tone
from ui.widgets import Button, Look, ask

OPERATION = "connections.clear_data"
_WIDTH = 440


class ClearDialog(QDialog):
    """The number, what stays, and the field for the name."""

    def __init__(self, parent: QWidget, connection: Connection, count: int) -> None:
        super().__init__(parent)
        self._name = connection.name
        self.setObjectName("clear")
        self.setWindowTitle(_("Clear local data of {name}").format(name=connection.name))
        heading = QLabel(_("Clear local data of {name}?").format(name=connection.name), wordWrap=True)
        heading.setProperty("role", "title")
        text = ngettext(
            "{count} record that was fetched or imported from files is taken away. The next sync fetches it again as "
            "far as the system still has it.",
            "{count} records that were fetched or imported from files are taken away. The next sync fetches them again "
            "as far as the system still has them.",
            count,
        ).format(count=format_value(count))
        stays = _("Links to people, marks, plans, what was sent, settings and history stay.")
        ask_for = QLabel(_("Type {name} to confirm:").format(name=connection.name), wordWrap=True)
        self.field = QLineEdit()
        self.field.setObjectName("clear.name")
        ask_for.setBuddy(self.field)
        self.field.setAccessibleName(ask_for.text())
        self.cancel = Button(_("Cancel"), object_name="clear.cancel")
        label = ngettext("Clear {count} record", "Clear {count} records", count).format(count=format_value(count))
        self.action = Button(label, look=Look.DANGER, object_name="clear.action")
        self.cancel.clicked.connect(self.reject)
        self.action.clicked.connect(self.accept)
        self.cancel.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.action)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.setSpacing(3 * GRID)
        words = [QLabel(part, wordWrap=True) for part in (text, stays)]
        for widget in (heading, *words, ask_for):
            widget.setTextFormat(Qt.TextFormat.PlainText)
            widget.setFixedWidth(_WIDTH)
            column.addWidget(widget)
        column.addWidget(self.field)
        column.addLayout(buttons)
        self.field.textChanged.connect(lambda _text: self._allow())
        self._allow()
        self.field.setFocus()

    def _allow(self) -> None:
        if self.field.text().strip() == self._name:
            self.action.allow()
        else:
            self.action.refuse(_("Type the name of the connection first."))


async def clear_local_data(parent: QWidget, desk: Desk, connection: Connection) -> None:
    """Count, ask and clear."""
    counted = await desk.report_of(Request(OPERATION, connection.id, dry_run=True))
    if counted is None:
        return
    if counted.error is not None:
        desk.voice.banner(OPERATION, Tone.DANGER, counted.error.message, remedy_of(counted.error))
        return
    count = int(counted.run.summary.get("total", 0))
    if not count:
        desk.voice.toast(_("{name} keeps no data here.").format(name=connection.name))
        return
    if not await ask(ClearDialog(parent, connection, count)):
        return
    report = await desk.report_of(Request(OPERATION, connection.id, {"confirm": True}))
    if report is None:
        return
    if report.error is not None:
        desk.voice.banner(OPERATION, Tone.DANGER, report.error.message, remedy_of(report.error))
        return
    gone = int(report.run.summary.get("removed", 0))
    text = ngettext("{count} record was cleared.", "{count} records were cleared.", gone)
    desk.voice.toast(text.format(count=format_value(gone)))
