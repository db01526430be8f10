"""The line of health: the last fifty deliveries of an endpoint, one stroke each.

What arrived stands above the line, what failed hangs below it, so that nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyleOptionViewItem, QWidget

from app.i18n import _, ngettext
from ui.tables import Column, TableView, format_value
from ui.tables.delegate import CellDelegate, Index
from ui.theme import GRID, theme, tokens

MOST = 50
_STEP, _STROKE = 3, 2
_ABOVE, _BELOW = 9, 7
WIDTH = MOST * _STEP


def recent_text(recent: Sequence[bool]) -> str:
    """The same in words; blank while nothing came to an end."""
    if not recent:
        return ""
    text = ngettext("{good} of {count} arrived", "{good} of {count} arrived", len(recent))
    return text.format(good=format_value(sum(recent)), count=format_value(len(recent)))


def draw_sparkline(painter: QPainter, area: QRect, recent: Sequence[bool]) -> None:
    """Strokes from the left of `area`, the oldest first, at its middle."""
    colours = tokens()
    base = area.center().y() + 1
    painter.fillRect(area.x(), base, len(recent) * _STEP - 1, 1, QColor(colours.outline))
    for at, good in enumerate(recent):
        left = area.x() + at * _STEP
        if good:
            painter.fillRect(left, base - _ABOVE, _STROKE, _ABOVE, QColor(colours.success.ink))
        else:
            painter.fillRect(left, base + 1, _STROKE, _BELOW, QColor(colours.danger.ink))


class SparklineDelegate(CellDelegate):
    """Paints the column of health; every row has its results as `recent`."""

    def __init__(self, table: TableView[Any]) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The row under the mouse is known to the table's own delegate."""
        usual = self._table.itemDelegate()
        assert isinstance(usual, CellDelegate)
        self.hovered = usual.hovered
        super().paint(painter, option, index)

    def _paint_content(self, painter: QPainter, area: QRect, _column: Column[Any], row: Any) -> None:
        if not row.recent:
            return
        draw_sparkline(painter, area, row.recent)
        area.setLeft(area.left() + WIDTH + 2 * GRID)
        painter.setPen(QColor(tokens().muted))
        words = f"{sum(row.recent)}/{len(row.recent)}"
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


class Sparkline(QWidget):
    """The same beside the table."""

    def __init__(self, recent: Sequence[bool], *, object_name: str) -> None:
        super().__init__()
        self._recent = tuple(recent)
        self.setObjectName(object_name)
        self.setAccessibleName(_("Last deliveries: {text}").format(text=recent_text(recent) or _("none yet")))
        self.setToolTip(recent_text(recent))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The room of all fifty strokes."""
        return QSize(WIDTH, _ABOVE + _BELOW + 2 * GRID)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        draw_sparkline(QPainter(self), self.rect(), self._recent)
