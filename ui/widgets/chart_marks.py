"""How the series of a chart look: colour, dash and marker of a line, colour and hatching of an area.

No two are told apart by colour alone: a line has its own dash and its own marker, an area its own hatching.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from ui.theme import tokens

_DASHES = (
    Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
)  # fmt: skip
SYMBOLS = ("o", "t1", "s", "d", "t", "star", "p", "h")
"""Markers by the names that pyqtgraph knows them by."""
_HATCHING = (
    Qt.BrushStyle.NoBrush, Qt.BrushStyle.BDiagPattern, Qt.BrushStyle.Dense6Pattern, Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.FDiagPattern, Qt.BrushStyle.CrossPattern, Qt.BrushStyle.VerPattern, Qt.BrushStyle.DiagCrossPattern,
)  # fmt: skip
_GROUND = 0.3  # how much of its colour the ground of an area has
_EDGE = 9.0
"""Size of a marker in pixels."""


def colour(number: int) -> QColor:
    """The colour of the `number`-th series in the theme in force."""
    series = tokens().series
    return QColor(series[number % len(series)])


def line_pen(number: int, *, dense: bool = False) -> QPen:
    """How the `number`-th line is drawn; one of thousands of points is thin, without dashes that nobody could see."""
    style = Qt.PenStyle.SolidLine if dense else _DASHES[number % len(_DASHES)]
    pen = QPen(colour(number), 1 if dense else 2, style)
    pen.setCosmetic(True)
    return pen


def symbol_of(number: int) -> str:
    """The marker of the `number`-th line."""
    return SYMBOLS[number % len(SYMBOLS)]


def marker_edge() -> QPen:
    """What sets a marker off from the lines, which may be dense."""
    pen = QPen(QColor(tokens().surface), 1)
    pen.setCosmetic(True)
    return pen


def ground_brush(number: int) -> QBrush:
    """What the `number`-th area is filled with: its colour, mixed with the surface."""
    own, surface = colour(number), QColor(tokens().surface)
    pairs = zip((own.red(), own.green(), own.blue()), (surface.red(), surface.green(), surface.blue()), strict=True)
    return QBrush(QColor(*(round(_GROUND * a + (1 - _GROUND) * b) for a, b in pairs)))


def hatch_brush(number: int) -> QBrush:
    """What is drawn over it."""
    return QBrush(colour(number), _HATCHING[(number + number // len(_HATCHING)) % len(_HATCHING)])


def draw_sample(painter: QPainter, area: QRectF, number: int, *, is_area: bool, symbol: QPainterPath | None) -> None:
    """A piece of a series, for the legend."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if is_area:
        painter.setPen(line_pen(number, dense=True))
        for brush in (ground_brush(number), hatch_brush(number)):
            painter.setBrush(brush)
            painter.drawRect(area)
        return
    painter.setPen(line_pen(number))
    middle = area.center().y()
    painter.drawPolyline(QPolygonF([QPointF(area.left(), middle), QPointF(area.right(), middle)]))
    if symbol is not None:
        painter.save()
        painter.translate(area.center())
        painter.scale(_EDGE, _EDGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(number))
        painter.drawPath(symbol)
        painter.restore()
