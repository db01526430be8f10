"""Width, order and visibility of a table's columns, and its sorting: chosen by the user, remembered by column key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from app.i18n import _
from ui.tables.columns import Column

_SAVE_AFTER_MS = 300


class LayoutStore(Protocol):
    """Where layouts are kept; the window backs it by a settings file, tests by a dictionary."""

    def get(self, key: str) -> str | None:
        """What was stored under `key`."""

    def set(self, key: str, value: str) -> None:
        """Store `value` under `key`."""


class ColumnLayout(QObject):
    """Watches the header of one table, restores what was remembered and offers the choice of columns."""

    visible_changed = Signal()
    """A column was shown or hidden."""

    def __init__(self, view: QTableView, columns: Sequence[Column[Any]], name: str, store: LayoutStore | None) -> None:
        super().__init__(view)
        self._view = view
        self._columns = columns
        self._store = store
        self._name = f"table/{name}"
        self._save_soon = QTimer(self, interval=_SAVE_AFTER_MS, singleShot=True)
        self._save_soon.timeout.connect(self.save)
        self.reset()
        self._restore()
        header = self._header
        for signal in (header.sectionResized, header.sectionMoved, header.sortIndicatorChanged):
            signal.connect(self._changed)

    @property
    def _header(self) -> QHeaderView:
        return self._view.horizontalHeader()

    def visible(self) -> list[int]:
        """The indexes of the visible columns, from left to right."""
        header = self._header
        logical = (header.logicalIndex(place) for place in range(header.count()))
        return [column for column in logical if not self._view.isColumnHidden(column)]

    def show_column(self, column: int, *, on: bool) -> None:
        """Show or hide one column; the first one names the row and stays."""
        if column == 0 or self._view.isColumnHidden(column) is not on:
            return
        self._view.setColumnHidden(column, not on)
        self._changed()
        self.visible_changed.emit()

    def reset(self) -> None:
        """Back to the columns as the program comes."""
        header = self._header
        for index, column in enumerate(self._columns):
            self._view.setColumnHidden(index, column.hidden and index > 0)
            header.resizeSection(index, max(column.width, header.sectionSizeHint(index)))  # headings differ in length
            header.moveSection(header.visualIndex(index), index)
        self.visible_changed.emit()

    def menu(self, parent: QMenu | None = None) -> QMenu:
        """The choice of columns as a menu."""
        menu = QMenu(_("Columns"), parent or self._view)
        for index, column in enumerate(self._columns):
            action = QAction(column.heading, menu, checkable=True, checked=not self._view.isColumnHidden(index))
            action.setEnabled(index > 0)
            action.toggled.connect(lambda on, at=index: self.show_column(at, on=on))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(_("Reset columns"), self.reset)
        return menu

    def save(self) -> None:
        """Remember the layout now."""
        self._save_soon.stop()
        if self._store is None:
            return
        header = self._header
        columns = [
            {
                "key": self._columns[at].key,
                "width": header.sectionSize(at),
                "shown": not header.isSectionHidden(at),
            }
            for at in (header.logicalIndex(place) for place in range(header.count()))
        ]
        sorted_by = header.sortIndicatorSection()
        known = 0 <= sorted_by < len(self._columns)
        state = {
            "columns": columns,
            "sort": self._columns[sorted_by].key if known else None,
            "descending": header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder,
        }
        self._store.set(self._name, json.dumps(state))

    def _changed(self, *_what: object) -> None:
        self._save_soon.start()

    def _restore(self) -> None:
        text = self._store.get(self._name) if self._store is not None else None
        if not text:
            return
        try:
            state = json.loads(text)
            self._restore_columns(state["columns"])
            self._restore_sort(state["sort"], descending=state["descending"])
        except (ValueError, TypeError, KeyError):
            self.reset()  # written by hand or by another version: the program's own layout is a good answer

    def _restore_columns(self, saved: list[dict[str, Any]]) -> None:
        header = self._header
        index_of = {column.key: index for index, column in enumerate(self._columns)}
        known = [each for each in saved if each["key"] in index_of]
        for place, each in enumerate(known):
            index = index_of[each["key"]]
            header.moveSection(header.visualIndex(index), place)
            self._view.setColumnHidden(index, index > 0 and not each["shown"])
            if each["shown"]:
                header.resizeSection(index, max(24, int(each["width"])))

    def _restore_sort(self, key: str | None, *, descending: bool) -> None:
        index = next((at for at, column in enumerate(self._columns) if column.key == key), -1)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._view.sortByColumn(index, order)
