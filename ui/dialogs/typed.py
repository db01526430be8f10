"""A question that is answered by typing a name: for what cannot be undone (connections.md §14)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.i18n import _
from ui.theme import GRID
from ui.widgets import Button, Look

_WIDTH = 440


class TypedDialog(QDialog):
    """What goes, what stays, and the field for the name; its parts are called `kind.name`, `kind.action` and so on."""

    def __init__(self, parent: QWidget, kind: str, name: str, title: str, words: Sequence[str], label: str) -> None:
        super().__init__(parent)
        self._name = name
        self.setObjectName(kind)
        self.setWindowTitle(title)
        heading = QLabel(title, wordWrap=True)
        heading.setProperty("role", "title")
        ask_for = QLabel(_("Type {name} to confirm:").format(name=name), wordWrap=True)
        self.field = QLineEdit()
        self.field.setObjectName(f"{kind}.name")
        ask_for.setBuddy(self.field)
        self.field.setAccessibleName(ask_for.text())
        self.cancel = Button(_("Cancel"), object_name=f"{kind}.cancel")
        self.action = Button(label, look=Look.DANGER, object_name=f"{kind}.action")
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
        for widget in (heading, *(QLabel(part, wordWrap=True) for part in words), ask_for):
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
