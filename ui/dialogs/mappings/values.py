"""Values of the source that nobody mapped, with how often they came, and a box to choose what each stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.connections import Connection
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.dialogs.mappings.rows import VALUE_COLUMNS, ValueLine, value_lines
from ui.tables import TablePane, format_value
from ui.theme import GRID, Icon
from ui.widgets import Button

MAP_VALUE = "mappings.map_value"
_NAME = "mappings.values"


class ValuesPanel(QWidget):
    """The list and the box; `then` is called when a value has got its meaning."""

    def __init__(self, desk: Desk, connection: Connection, then: Callable[[Report], None]) -> None:
        super().__init__()
        self.desk, self.connection, self._then = desk, connection, then
        self.setObjectName(_NAME)
        self.pane: TablePane[ValueLine] = TablePane(
            name=_("Values that nobody mapped"), page=_NAME, columns=VALUE_COLUMNS, key=lambda line: line.value,
            search_hint=_("Search values"), count_text=_values_in_words, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.box = QComboBox()
        self.box.setObjectName(f"{_NAME}.ours")
        self.box.setAccessibleName(_("What the value stands for"))
        self.box.setMinimumWidth(220)
        label = QLabel(_("Stands for"))
        label.setBuddy(self.box)
        self.map = Button(_("Use from now on"), icon=Icon.CHECK, object_name=f"{_NAME}.map")
        self.map.setAutoDefault(False)
        self.map.clicked.connect(lambda _on: self._map())
        line = QHBoxLayout()
        line.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 2 * GRID)
        line.setSpacing(2 * GRID)
        line.addWidget(label)
        line.addWidget(self.box)
        line.addWidget(self.map)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, 0)
        column.addWidget(self.pane, 1)
        column.addLayout(line)
        self.pane.show_empty(_("Every value has a meaning"), _("Values that nobody mapped appear here after a sync."))
        self.pane.table.current_row_changed.connect(lambda _line: self._allow())
        self.pane.table.row_activated.connect(lambda _line: self.box.setFocus())
        self._allow()

    def show_values(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Show the values of `connections.mappings`; how many there are."""
        lines = value_lines(rows)
        chosen = self.box.currentData()
        self.box.clear()
        for key, title in lines[0].choices if lines else ():
            self.box.addItem(title if title == key else f"{title} ({key})", key)
        self.box.setCurrentIndex(max(0, self.box.findData(chosen)))
        self.pane.set_rows(lines)
        if lines and self.pane.table.current_row() is None:
            self.pane.table.select_key(lines[0].value)
        self._allow()
        return len(lines)

    def _allow(self) -> None:
        reason = self.desk.refusal(MAP_VALUE)
        if not reason and self.pane.table.current_row() is None:
            reason = _("Choose a value first.")
        self.map.permit(reason)

    def _map(self) -> None:
        line = self.pane.table.current_row()
        if line is not None:
            params = {"value": line.value, "target": self.box.currentData()}
            self.map.refuse(_("It is running."))
            self.desk.run(Request(MAP_VALUE, self.connection.name, params), self._then)


def _values_in_words(count: int) -> str:
    return ngettext("{count} value", "{count} values", count).format(count=format_value(count))
