"""Choosing the person that an account of the contact centre belongs to, from all employees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.directory import Employee, EmployeeStatus
from app.i18n import N_, _, ngettext
from ui.pages.workforce.live.lines import AgentLine
from ui.tables import Column, TablePane, format_value
from ui.theme import GRID, Icon
from ui.widgets import Button, FilterChip, Look

_SIZE = (640, 520)


class LinkDialog(QDialog):
    """Offers everybody, searched for the agent's own name first; `chosen` is the person when it is accepted."""

    def __init__(
        self, parent: QWidget, agent: AgentLine, people: Sequence[Employee], numbers: Mapping[str, str]
    ) -> None:
        """`numbers` are the personnel numbers of employees by id."""
        super().__init__(parent)
        columns = (
            Column[Employee]("name", N_("Name"), lambda e: e.name, width=240),
            Column[Employee]("number", N_("Personnel number"), lambda e: numbers.get(e.id, ""), width=130),
            # Translators: what somebody is employed as
            Column[Employee]("title", N_("Title"), lambda e: e.title or "", width=180, muted=True),
        )
        self.setObjectName("live.link")
        self.setWindowTitle(_("Link to a person"))
        self.resize(*_SIZE)
        number = agent.number or _("none")
        words = _("Account {account}, personnel number {number}. Who is it?").format(
            account=agent.agent_id, number=number
        )
        heading, line = QLabel(agent.name, wordWrap=True), QLabel(words, wordWrap=True)
        heading.setProperty("role", "title")
        for label in (heading, line):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.pane: TablePane[Employee] = TablePane(
            name=_("People"), page="live.link", columns=columns, key=lambda e: e.id, search_hint=_("Search people"),
            count_text=lambda n: ngettext("{count} person", "{count} people", n).format(count=format_value(n)),
            shortcuts_in=self,
        )  # fmt: skip
        self.pane.set_filters([FilterChip("active", _("Active"), lambda e: e.status is EmployeeStatus.ACTIVE)])
        self.pane.set_rows(people)
        self.pane.show_empty(_("No employees yet"), _("Sync people from 1C or Vitec Hub first."))
        self.link = Button(_("Link"), look=Look.PRIMARY, icon=Icon.USER, object_name="live.link.link")
        self.link.setDefault(True)
        self.link.clicked.connect(self.accept)
        cancel = Button(_("Cancel"), object_name="live.link.cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 4 * GRID)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.link)
        top = QVBoxLayout()
        top.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, GRID)
        top.addWidget(heading)
        top.addWidget(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)
        self.pane.table.current_row_changed.connect(lambda _row: self._changed())
        self.pane.table.row_activated.connect(lambda _row: self.accept())
        self.chosen: Employee | None = None
        """The person when it was accepted; by then its parts may be gone."""
        self._suggest(agent)
        self._changed()

    def accept(self) -> None:
        """Take the person under the keyboard."""
        self.chosen = self.pane.table.current_row()
        if self.chosen is not None:
            super().accept()

    def _suggest(self, agent: AgentLine) -> None:
        """Search for the first word of the name, where that finds anybody."""
        self.pane.search.setText(agent.name.split(" ")[0])
        if not self.pane.rows.rowCount():
            self.pane.search.clear()
        if self.pane.rows.rowCount():
            self.pane.table.select_place(0)
        self.pane.focus_search()

    def _changed(self) -> None:
        if self.pane.table.current_row() is None:
            self.link.refuse(_("Choose a person first."))
        else:
            self.link.allow()
