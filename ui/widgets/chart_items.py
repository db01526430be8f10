"""What a chart draws besides lines: stacked areas, and the shade over what is selected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from ui.theme import tokens
from ui.widgets.chart_marks import colour, ground_brush, hatch_brush, line_pen

Numbers = NDArray[np.float64]


class Bands(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph carries no types
    """Areas one upon another, each as high as its part of the whole from 0 to 1.

    On screen they are put together pixel by pixel, which takes the same few milliseconds whatever they look like: Qt
    fills ragged polygons with hatching sixty times slower. For an SVG they are polygons.
    """

    def __init__(self) -> None:
        super().__init__()
        self._edges: Numbers = np.empty(0)
        self._tops: Numbers = np.empty((0, 0))
        self._numbers: tuple[int, ...] = ()

    def show_stack(self, edges: Numbers, rows: Numbers, numbers: Sequence[int]) -> None:
        """Draw these series from the bottom up, between each two edges; where one is NaN there is a gap in all.

        `numbers` say which look each has.
        """
        self.prepareGeometryChange()
        self._edges, self._numbers = edges, tuple(numbers)
        self._tops = np.cumsum(rows, axis=0)
        self.update()

    def boundingRect(self) -> QRectF:
        """The room it takes."""
        if not self._tops.size:
            return QRectF()
        return QRectF(self._edges[0], 0.0, self._edges[-1] - self._edges[0], 1.0)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Ground and hatching of each, and a gap where nothing is known."""
        if not self._tops.size:
            return
        if painter.paintEngine().type() is QPaintEngine.Type.SVG:
            self._paint_polygons(painter)
        else:
            self._paint_pixels(painter)

    def _paint_pixels(self, painter: QPainter) -> None:
        to_pixels = painter.deviceTransform()
        seen = self.boundingRect() & QRectF(self.getViewBox().viewRect())
        area = to_pixels.mapRect(seen).toAlignedRect()
        if area.isEmpty():
            return
        from_pixels, _possible = to_pixels.inverted()
        across = from_pixels.m11() * (np.arange(area.left(), area.right() + 1) + 0.5) + from_pixels.dx()
        down = from_pixels.m22() * (np.arange(area.top(), area.bottom() + 1) + 0.5) + from_pixels.dy()
        column = np.clip(np.searchsorted(self._edges, across, side="right") - 1, 0, self._tops.shape[1] - 1)
        tops = self._tops[:, column]
        band = np.zeros((len(down), len(across)), dtype=np.uint8)
        for top in tops:
            band += down[:, np.newaxis] > top
        band[:, ~np.isfinite(tops[-1])] = len(self._numbers)
        # Upside down, as values grow upwards; so placed that a pixel of it is one of the screen.
        painter.drawImage(from_pixels.mapRect(QRectF(area)), _painted(band, self._numbers))

    def _paint_polygons(self, painter: QPainter) -> None:
        x = np.repeat(self._edges, 2)[1:-1]
        known = np.repeat(np.isfinite(self._tops[-1]), 2)
        below = np.zeros(len(x))
        for number, tops in zip(self._numbers, np.repeat(self._tops, 2, axis=1), strict=True):
            for run in _runs(known):
                polygon = _polygon(x[run], below[run], tops[run])
                for brush in (ground_brush(number), hatch_brush(number)):
                    painter.setPen(line_pen(number, dense=True))
                    painter.setBrush(brush)
                    painter.drawPolygon(polygon)
            below = tops


_TILE = 8
"""Hatching repeats after so many pixels."""


def _painted(band: NDArray[np.uint8], numbers: Sequence[int]) -> QImage:
    """A picture, bottom first, of which band each pixel is in; beyond the last one it is clear."""
    tiles = np.zeros((len(numbers) + 1, _TILE, _TILE), dtype=np.uint32)
    for place, number in enumerate(numbers):
        tiles[place] = _tile(number)
    height, width = band.shape
    y, x = np.arange(height)[:, np.newaxis] % _TILE, np.arange(width)[np.newaxis] % _TILE
    within = (y * _TILE + x).astype(np.uint16)
    pixels = tiles.ravel().take(band.astype(np.uint16) * np.uint16(_TILE * _TILE) + within)
    upper = (band[1:] != band[:-1]) & (band[1:] < len(numbers))  # the edge of each, in its own colour
    lines = np.array([colour(number).rgba() for number in numbers] + [0], dtype=np.uint32)
    pixels[1:][upper] = lines[band[1:][upper]]
    pixels = np.ascontiguousarray(pixels[::-1])
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
    return image.copy()  # the array goes, the picture stays


def _tile(number: int) -> NDArray[np.uint32]:
    """A piece of a band's ground with its hatching."""
    image = QImage(_TILE, _TILE, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    for brush in (ground_brush(number), hatch_brush(number)):
        painter.fillRect(image.rect(), brush)
    painter.end()
    return np.frombuffer(bytes(image.constBits()), dtype=np.uint32).reshape(_TILE, _TILE)


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
