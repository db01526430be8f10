"""Telling the receiver of status updates that an agent is in another status (contact-center.md §6)."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import _
from ui.pages.workforce.live.lines import AgentLine
from ui.theme import GRID, Icon
from ui.widgets import Button, Look

_WIDTH = 420


class StatusDialog(QDialog):
    """Chooses a status that the platform is known to have, or one typed by its code."""

    def __init__(self, parent: QWidget, agent: AgentLine, statuses: Mapping[str, str]) -> None:
        """`statuses` are the titles of statuses by code."""
        super().__init__(parent)
        self.setObjectName("live.status")
        self.setWindowTitle(_("Set status"))
        heading = QLabel(_("Status of {agent}").format(agent=agent.name), wordWrap=True)
        heading.setProperty("role", "title")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        before = agent.status.state_name if agent.status is not None else _("Not signed in")
        self.choice = QComboBox(editable=True)
        self.choice.setObjectName("live.status.choice")
        self.choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for code, title in sorted(statuses.items(), key=lambda pair: pair[1].casefold()):
            self.choice.addItem(title if title == code else f"{title} ({code})", code)
        self.choice.setCurrentIndex(-1)
        edit = self.choice.lineEdit()
        assert edit is not None  # it is editable
        edit.setPlaceholderText(_("Choose one, or type its code"))
        self.choice.editTextChanged.connect(lambda _text: self._changed())
        form = QFormLayout()
        form.setHorizontalSpacing(4 * GRID)
        form.setVerticalSpacing(2 * GRID)
        now = QLabel(before)
        now.setTextFormat(Qt.TextFormat.PlainText)
        form.addRow(_("Now"), now)
        form.addRow(_("New status"), self.choice)
        words = QLabel(
            _("The receiver is told that the agent leaves the status before and enters this one. What it does not take "
              "at once waits here and is sent in order; it does not answer."), wordWrap=True,
        )  # fmt: skip
        words.setProperty("role", "muted")
        words.setFixedWidth(_WIDTH)
        self.send = Button(_("Send"), look=Look.PRIMARY, icon=Icon.SEND, object_name="live.status.send")
        self.send.setDefault(True)
        self.send.clicked.connect(self.accept)
        cancel = Button(_("Cancel"), object_name="live.status.cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(heading)
        column.addLayout(form)
        column.addWidget(words)
        column.addLayout(buttons)
        self.chosen = ""
        """The code when it was accepted; by then its parts may be gone."""
        self.accepted.connect(self._keep)
        self._changed()

    def _keep(self) -> None:
        self.chosen = self.code

    @property
    def code(self) -> str:
        """The code of the status that was chosen or typed."""
        text = self.choice.currentText().strip()
        at = self.choice.findText(text, Qt.MatchFlag.MatchFixedString)
        return str(self.choice.itemData(at)) if at >= 0 else text

    def _changed(self) -> None:
        if self.code:
            self.send.allow()
        else:
            self.send.refuse(_("Choose a status first."))
