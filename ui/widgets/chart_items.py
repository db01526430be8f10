"""What a chart draws besides lines: stacked areas, and the shade over what is selected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from ui.theme import tokens
from ui.widgets.chart_marks import ground_brush, hatch_brush, line_pen

Numbers = NDArray[np.float64]


class Bands(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph carries no types
    """Areas one upon another; `numbers` say which look each has."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[int, QPolygonF]] = []
        self._bounds = QRectF()

    def show_stack(self, x: Numbers, rows: Numbers, numbers: Sequence[int]) -> None:
        """Draw these series from the bottom up; where one is NaN there is a gap in all."""
        self.prepareGeometryChange()
        tops = np.cumsum(rows, axis=0)
        self._parts = [
            (number, _polygon(x[run], (tops[at - 1] if at else np.zeros(len(x)))[run], tops[at][run]))
            for run in _runs(np.logical_and.reduce(np.isfinite(rows), axis=0))
            for at, number in enumerate(numbers)
        ]
        high = float(np.nanmax(tops)) if np.isfinite(tops).any() else 0.0
        self._bounds = QRectF(x[0], 0.0, x[-1] - x[0], high) if len(x) else QRectF()
        self.update()

    def boundingRect(self) -> QRectF:
        """The room it takes."""
        return self._bounds

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Ground, hatching that stays as it is when the chart is zoomed, and the upper edge."""
        to_pixels, _possible = painter.worldTransform().inverted()
        for number, polygon in self._parts:
            painter.setPen(line_pen(number, dense=True))
            painter.setBrush(ground_brush(number))
            painter.drawPolygon(polygon)
            hatching = hatch_brush(number)
            if hatching.style() is not Qt.BrushStyle.NoBrush:
                hatching.setTransform(to_pixels)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(hatching)
                painter.drawPolygon(polygon)


def _runs(known: NDArray[np.bool_]) -> list[slice]:
    """Stretches of neighbours that are known."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _polygon(x: Numbers, low: Numbers, high: Numbers) -> QPolygonF:
    along = zip(np.concatenate((x, x[::-1])).tolist(), np.concatenate((high, low[::-1])).tolist(), strict=True)
    return QPolygonF([QPointF(a, b) for a, b in along])


class Shade(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph carries no types
    """Stretches of time that are selected, over the whole height."""

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[float, float]] = []

    def show_spans(self, spans: Sequence[tuple[float, float]]) -> None:
        """Shade these stretches, beginning and end in seconds."""
        self.prepareGeometryChange()
        self._spans = list(spans)
        self.update()

    def boundingRect(self) -> QRectF:
        """All that can be seen."""
        view = self.getViewBox()
        return QRectF(view.viewRect()) if view is not None else QRectF()

    def viewRangeChanged(self) -> None:
        """The room it takes is the view's."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """A tint with its edges, so that even one narrow stretch is seen."""
        seen = self.boundingRect()
        ground = QColor(tokens().accent)
        ground.setAlpha(48)
        edge = QPen(QColor(tokens().accent), 1)
        edge.setCosmetic(True)
        painter.setPen(edge)
        painter.setBrush(ground)
        for begin, end in self._spans:
            if end >= seen.left() and begin <= seen.right():
                painter.drawRect(QRectF(begin, seen.top(), end - begin, seen.height()))
