"""The part of a chart that is dragged, clicked and wheeled: along time only, as its height follows what is seen."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

_WHEEL = 1.25
"""How much one notch of the wheel zooms."""
_NOTCH = 120


class Drag(StrEnum):
    """What dragging does."""

    MOVE = "move"
    ZOOM = "zoom"
    SELECT = "select"


class TimeView(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph carries no types
    """Shift zooms and Ctrl selects, whatever dragging usually does."""

    stretch_dragged = Signal(object, float, float, bool)
    """What for (`Drag`), from where to where in seconds, and whether that was all."""
    clicked = Signal(float, object)
    """Where, and the keys that were held."""
    wheeled = Signal(float, float)
    """Where, and by which factor to zoom."""
    rolled = Signal(float)
    """By which part of what is seen to pan."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.drag = Drag.MOVE
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()

    def _at(self, scene: Any) -> float:
        return float(self.mapSceneToView(scene).x())

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:  # noqa: ARG002 - as pyqtgraph calls it
        """Pan, or tell the stretch."""
        if ev.button() != Qt.MouseButton.LeftButton:
            ev.ignore()
            return
        keys = ev.modifiers()
        drag = self.drag
        if keys & Qt.KeyboardModifier.ShiftModifier:
            drag = Drag.ZOOM
        elif keys & Qt.KeyboardModifier.ControlModifier:
            drag = Drag.SELECT
        if drag is Drag.MOVE:
            super().mouseDragEvent(ev, axis=0)
            return
        ev.accept()
        begin, end = sorted((self._at(ev.buttonDownScenePos()), self._at(ev.scenePos())))
        self.stretch_dragged.emit(drag, begin, end, ev.isFinish())

    def mouseClickEvent(self, ev: Any) -> None:
        """Tell where."""
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self.clicked.emit(self._at(ev.scenePos()), ev.modifiers())

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:  # noqa: ARG002 - as pyqtgraph calls it
        """Zoom where the pointer is; with Shift, or a wheel from left to right, pan."""
        ev.accept()
        notches = ev.delta() / _NOTCH
        if ev.orientation() == Qt.Orientation.Horizontal or ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.rolled.emit(-notches / 10)
        else:
            self.wheeled.emit(self._at(ev.scenePos()), _WHEEL**-notches)
