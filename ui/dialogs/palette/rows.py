"""The list of the palette: a model over entries, and how a line is painted. What an entry does is not known here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.i18n import _
from ui.dialogs.palette.entries import GROUP_ICONS, GROUP_WORDS, PaletteEntry
from ui.theme import GRID, ICON_SIZE, RADIUS, Tone, icon_pixmap, tokens

Index = QModelIndex | QPersistentModelIndex
ROW = 36
_ICON_ROOM = ICON_SIZE + 3 * GRID


class EntryModel(QAbstractListModel):
    """The entries that were found, best first."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: Sequence[PaletteEntry] = ()

    def show_entries(self, entries: Sequence[PaletteEntry]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Entries shown."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title, and the whole line for assistive tools and as tooltip."""
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return entry.spoken
        return None


class EntryDelegate(QStyledItemDelegate):
    """Icon, title, detail or obstacle, and at the right the kind of thing or its keys."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All lines are as high."""
        return QSize(200, max(ROW, option.fontMetrics.height() + 4 * GRID))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints one line from the tokens."""
        model = index.model()
        assert isinstance(model, EntryModel)
        entry, colours = model.entries[index.row()], tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(option.rect.adjusted(GRID, 1, -GRID, -1), RADIUS - 2, RADIUS - 2)
        area = option.rect.adjusted(4 * GRID, 0, -4 * GRID, 0)
        ink = colours.muted if entry.act is None else colours.text
        drawing = icon_pixmap(GROUP_ICONS[entry.group], ICON_SIZE, _ratio(painter), colours.muted)
        painter.drawPixmap(area.x(), area.center().y() - ICON_SIZE // 2 + 1, drawing)
        area.setLeft(area.left() + _ICON_ROOM)
        kind = entry.keys or _(GROUP_WORDS[entry.group])
        area.setRight(area.right() - self._write_right(painter, option, area, kind) - 3 * GRID)
        self._write(painter, option, area, entry, ink)
        painter.restore()

    def _write(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, entry: PaletteEntry, ink: str
    ) -> None:
        """The title whole, then as much of the rest as fits."""
        metrics = option.fontMetrics
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(option.font)
        painter.setPen(QColor(ink))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, title)
        area.setLeft(area.left() + metrics.horizontalAdvance(title) + 3 * GRID)
        if area.width() > 6 * GRID:
            painter.setPen(QColor(tokens().tone(Tone.WARNING).ink if entry.obstacle else tokens().muted))
            rest = metrics.elidedText(entry.obstacle or entry.detail, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, rest)

    def _write_right(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, text: str) -> int:
        """Small and muted at the right edge; answers the width it took."""
        font = QFont(option.font)
        font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        return painter.fontMetrics().horizontalAdvance(text)


def _ratio(painter: QPainter) -> float:
    device = painter.device()
    return device.devicePixelRatio() if device is not None else 1.0
