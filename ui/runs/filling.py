"""Lets one column of a table take the room that the others leave, but never less than it needs to be read.

Qt's own stretching would squeeze the column to nothing in a narrow window; this one then scrolls.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject

from ui.tables import TableView

_LEAST = 220


class Filling(QObject):
    """Watches one table for as long as it lives; `key` names the column."""

    def __init__(self, table: TableView[Any], key: str) -> None:
        super().__init__(table)
        self._table = table
        self._place = next(place for place, column in enumerate(table.rows.columns) if column.key == key)
        header = table.horizontalHeader()
        header.setStretchLastSection(False)
        header.sectionResized.connect(self._section_resized)
        table.layout_of_columns.visible_changed.connect(self._fill)
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The table has another width."""
        if event.type() == QEvent.Type.Resize:
            self._fill()
        return super().eventFilter(watched, event)

    def _section_resized(self, place: int, _before: int, _now: int) -> None:
        if place != self._place:
            self._fill()

    def _fill(self) -> None:
        header = self._table.horizontalHeader()
        others = header.length() - header.sectionSize(self._place)
        header.resizeSection(self._place, max(_LEAST, self._table.viewport().width() - others))
