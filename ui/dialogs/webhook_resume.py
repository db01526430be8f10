"""Sending to a paused webhook again asks what becomes of the events it missed (webhooks.md §6)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import _, ngettext
from ui.tables import format_value
from ui.theme import GRID
from ui.widgets import Button, Look


class ResumeDialog(QDialog):
    """`send_missed` says what was chosen once it was accepted."""

    def __init__(self, parent: QWidget, name: str, missed: int) -> None:
        super().__init__(parent)
        self.send_missed = False
        count = format_value(missed)
        title = _("Resume {name}?").format(name=name)
        self.setObjectName("webhook_resume")
        self.setWindowTitle(title)
        heading = QLabel(title, wordWrap=True)
        heading.setProperty("role", "title")
        text = ngettext(
            "{count} event happened meanwhile that the receiver was not told of.",
            "{count} events happened meanwhile that the receiver was not told of.",
            missed,
        )
        words = QLabel(text.format(count=count), wordWrap=True)
        words.setObjectName("webhook_resume.missed")
        for label in (heading, words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        send = ngettext("Resume and send {count} event", "Resume and send {count} events", missed)
        self.with_them = Button(send.format(count=count), look=Look.PRIMARY, object_name="webhook_resume.send")
        self.without = Button(_("Resume without them"), object_name="webhook_resume.without")
        cancel = Button(_("Cancel"), object_name="webhook_resume.cancel")
        self.with_them.setDefault(True)
        self.with_them.clicked.connect(self._send)
        self.without.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch()
        for button in (cancel, self.without, self.with_them):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setSpacing(3 * GRID)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.addWidget(heading)
        column.addWidget(words)
        column.addSpacing(2 * GRID)
        column.addLayout(buttons)
        self.with_them.setFocus()

    def _send(self) -> None:
        self.send_missed = True
        self.accept()
