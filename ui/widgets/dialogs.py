"""Dialogs in asynchronous code. `dialog.exec()` would spin a loop of its own and lose the tasks of ours; this does not.

if await confirm(self, _("Deactivate people"), _("They stay in the list."), _("Deactivate 14 people"), danger=True):
    ...
"""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import _
from ui.theme import GRID
from ui.widgets.buttons import Button, Look

_WIDTH = 440


async def ask(dialog: QDialog) -> bool:
    """Show `dialog` and wait for its end: true when it was accepted. Cancelling the caller closes it."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finished(code: int) -> None:
        if not answer.done():
            answer.set_result(code)

    dialog.finished.connect(finished)
    dialog.open()
    try:
        return await answer == QDialog.DialogCode.Accepted
    finally:
        dialog.finished.disconnect(finished)
        dialog.close()
        dialog.deleteLater()


async def confirm(parent: QWidget, title: str, text: str, action_label: str, *, danger: bool = False) -> bool:
    """Ask before something that matters; `action_label` names number and effect ("Deactivate 14 people")."""
    return await ask(ConfirmDialog(parent, title, text, action_label, danger=danger))


class ConfirmDialog(QDialog):
    """A question with the action and Cancel; a dangerous action is not what Enter presses."""

    def __init__(self, parent: QWidget, title: str, text: str, action_label: str, *, danger: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("confirm")
        self.setWindowTitle(title)
        self.setAccessibleDescription(text)
        heading = QLabel(title, wordWrap=True)
        heading.setProperty("role", "title")
        words = QLabel(text, wordWrap=True)
        words.setFixedWidth(_WIDTH)
        for label in (heading, words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.cancel = Button(_("Cancel"), object_name="confirm.cancel")
        self.action = Button(action_label, look=Look.DANGER if danger else Look.PRIMARY, object_name="confirm.action")
        self.cancel.clicked.connect(self.reject)
        self.action.clicked.connect(self.accept)
        default = self.cancel if danger else self.action
        default.setDefault(True)
        default.setFocus()
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(2 * GRID)
        self.buttons.addStretch()
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.action)
        column = QVBoxLayout(self)
        column.setSpacing(3 * GRID)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.addWidget(heading)
        column.addWidget(words)
        column.addSpacing(2 * GRID)
        column.addLayout(self.buttons)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
