"""Keeps selection, current row and scroll position of a table by key while its rows are replaced."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject
from PySide6.QtWidgets import QTableView

from ui.tables.model import TableModel, runs


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the user was."""

    selected: frozenset[Hashable]
    current: Hashable | None
    column: int
    anchor: Hashable | None  # the row that stays where it is on screen
    offset: int  # pixels from the top edge to the anchor


_NOWHERE = _Place(frozenset(), current=None, column=0, anchor=None, offset=0)


class PlaceKeeper(QObject):
    """Remembers before a reset of the model, brings back after it."""

    def __init__(self, view: QTableView, model: TableModel[Any]) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._kept = _NOWHERE
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._bring_back)

    def _keep(self) -> None:
        view, model = self._view, self._model
        index = view.currentIndex()
        ranges = view.selectionModel().selection().toList()
        places = {at for each in ranges for at in range(each.top(), each.bottom() + 1)}
        anchor = self._anchor_place()
        self._kept = _Place(
            selected=frozenset(model.key(model.row_at(place)) for place in places),
            current=model.key(model.row_at(index.row())) if index.isValid() else None,
            column=index.column() if index.isValid() else 0,
            anchor=None if anchor < 0 else model.key(model.row_at(anchor)),
            offset=0 if anchor < 0 else view.rowViewportPosition(anchor),
        )

    def _anchor_place(self) -> int:
        """The current row while it is in sight, else the top one; none at the very top, where one wants to stay."""
        view = self._view
        if view.verticalScrollBar().value() == 0:
            return -1
        current = view.currentIndex().row()
        seen = 0 <= view.rowViewportPosition(current) < view.viewport().height() if current >= 0 else False
        return current if seen else view.rowAt(0)

    def _bring_back(self) -> None:
        kept, self._kept = self._kept, _NOWHERE
        self._bring_back_selection(kept)
        place = self._place_of(kept.anchor)
        if place >= 0:
            height = self._view.verticalHeader().defaultSectionSize()
            self._view.verticalScrollBar().setValue(place * height - kept.offset)

    def _bring_back_selection(self, kept: _Place) -> None:
        chosen = self._view.selectionModel()
        place = self._place_of(kept.current)
        if place >= 0:
            index = self._model.index(place, kept.column)
            chosen.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        selection = QItemSelection()
        for first, last in runs(self._model.places_of(kept.selected)):
            selection.select(self._model.index(first, 0), self._model.index(last, self._model.columnCount() - 1))
        if not selection.isEmpty():
            chosen.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _place_of(self, key: Hashable | None) -> int:
        places = self._model.places_of([key]) if key is not None else []
        return places[0] if places else -1
