"""The organizations of this installation: which is open; switch, add one, name this one (connections.md §3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.organizations import FIRST, checked_name, folded
from app.errors import MusterError, UsageError
from app.i18n import _
from app.operations.runner import Request
from ui.theme import GRID, theme, tokens
from ui.widgets import Button, Look, announce

if TYPE_CHECKING:
    from ui.desk import Desk

LIST, ADD, RENAME = "organizations.list", "organizations.add", "organizations.rename"
_WIDTH = 460


class OrganizationsDialog(QDialog):
    """A list, and a name for a new one or this one; `chosen` is the one to switch to."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.desk = desk
        self._rows: list[dict[str, Any]] = []
        self.setObjectName("organizations")
        self.setWindowTitle(_("Organizations"))
        self.setMinimumWidth(_WIDTH)
        self.list = QListWidget()
        self.list.setObjectName("organizations.list")
        self.list.setAccessibleName(_("Organizations"))
        self.list.setAlternatingRowColors(False)
        self.list.currentRowChanged.connect(lambda _row: self._allow())
        self.list.itemActivated.connect(lambda _item: self._switch())
        self.name = QLineEdit()
        self.name.setObjectName("organizations.name")
        self.name.setAccessibleName(_("Name of an organization"))
        self.name.setPlaceholderText(_("Name of an organization"))
        self.name.textChanged.connect(lambda _text: self._allow())
        self.note = QLabel(wordWrap=True)
        self.note.setObjectName("organizations.note")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.add = Button(_("Add"), object_name="organizations.add")
        self.add.clicked.connect(lambda: self._do(ADD))
        self.rename = Button(_("Name this one so"), object_name="organizations.rename")
        self.rename.clicked.connect(lambda: self._do(RENAME))
        self.close_button = Button(_("Close"), object_name="organizations.close")
        self.close_button.clicked.connect(self.reject)
        self.switch = Button(_("Switch"), look=Look.PRIMARY, object_name="organizations.switch")
        self.switch.clicked.connect(self._switch)
        for button in (self.add, self.rename, self.close_button, self.switch):
            button.setAutoDefault(False)  # Enter in the name adds it, and never switches
        self.name.returnPressed.connect(self.add.click)
        self._arrange()
        theme.changed.connect(self._dress)
        self._dress()
        self._allow()
        desk.start("list organizations", self._load())

    def _arrange(self) -> None:
        about = QLabel(_("Each has data of its own; nothing of one shows in another."), wordWrap=True)
        about.setProperty("role", "muted")
        naming = QHBoxLayout()
        naming.setSpacing(2 * GRID)
        naming.addWidget(self.name, 1)
        naming.addWidget(self.add)
        naming.addWidget(self.rename)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 5 * GRID, 5 * GRID, 5 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(about)
        column.addWidget(self.list, 1)
        column.addLayout(naming)
        column.addWidget(self.note)
        column.addLayout(buttons)

    def _dress(self) -> None:
        self.note.setStyleSheet(f"color: {tokens().danger.ink};")

    # -- what there is -------------------------------------------------------------------------------------------

    async def _load(self, select: str = "") -> None:
        report = await self.desk.report_of(Request(LIST))
        if report is None or report.error is not None:
            self._say(report.error if report else None)
            return
        self._show(report.run.result["organizations"], select)

    def _show(self, rows: Sequence[dict[str, Any]], select: str) -> None:
        self._rows = list(rows)
        self.list.clear()
        for row in self._rows:
            title = _("First organization") if not row["key"] and row["name"] == FIRST else row["name"]
            text = _("{name} – open now").format(name=title) if row["current"] else title
            item = QListWidgetItem(text)
            self.list.addItem(item)
            if row["name"] == select or (not select and row["current"]):
                self.list.setCurrentItem(item)
        self._allow()

    def _current(self) -> dict[str, Any] | None:
        at = self.list.currentRow()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    # -- what can be done ----------------------------------------------------------------------------------------

    def _allow(self) -> None:
        lack, wrong = self._lack()
        self._write(lack if wrong else "")
        for button, operation in ((self.add, ADD), (self.rename, RENAME)):
            button.permit(self.desk.refusal(operation) or lack)
        row = self._current()
        self.switch.permit(_("Choose another one.") if row is None or row["current"] else "")

    def _lack(self) -> tuple[str, bool]:
        """What is missing of the name, and whether it is a mistake rather than nothing typed yet."""
        typed = self.name.text()
        if not typed.strip():
            return _("Type a name."), False
        try:
            name = checked_name(typed)
        except UsageError as error:
            return error.message, True
        taken = any(folded(row["name"]) == folded(name) for row in self._rows)
        return (_("There is already an organization of that name."), True) if taken else ("", False)

    def _switch(self) -> None:
        row = self._current()
        if row is not None and self.switch.isEnabled():
            self.accept()
            self.chosen.emit(row["key"] or FIRST)

    def _do(self, operation: str) -> None:
        self.desk.start(operation, self._run(operation, self.name.text()))

    async def _run(self, operation: str, name: str) -> None:
        try:
            report = await (await self.desk.workspace.runner.start(Request(operation, params={"name": name}))).report()
        except MusterError as error:
            self._say(error)
            return
        if report.error is not None:
            self._say(report.error)
            return
        self.name.clear()
        await self._load(checked_name(name))

    def _say(self, error: MusterError | None) -> None:
        text = f"{error.message} {_(error.remedy)}".strip() if error else ""
        self._write(text)
        if text:
            announce(self, text, urgent=True)

    def _write(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))
