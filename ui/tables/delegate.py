"""Paints the cells: text, chips, avatars, links, ticks. It only paints; what is shown comes from the column.

Each cell costs a few microseconds of Python, so the delegate asks the column directly instead of collecting a dozen
roles through `QStyleOptionViewItem`, and paints visible cells only.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from ui.tables.columns import Column, Kind
from ui.tables.model import TableModel
from ui.theme import (
    ROW_HEIGHT,
    Tone,
    avatar,
    chip_size,
    device_ratio,
    draw_bar,
    draw_chip,
    draw_focus,
    draw_tick,
    icon_pixmap,
    tokens,
)

Index = QModelIndex | QPersistentModelIndex

MARGIN = 8
"""Room left and right inside a cell, in pixels."""
_AVATAR = 20
_ICON = 14
_GAP = 8
_TICK = 16
_BAR = 56
_SELECTED = QStyle.StateFlag.State_Selected.value
_ACTIVE = QStyle.StateFlag.State_Active.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_CHIP_SCALE = 0.93  # chips are set slightly smaller than text


class CellDelegate(QStyledItemDelegate):
    """Paints every cell of a `TableView`; `hovered` is the row under the mouse, or -1."""

    hovered = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's entry for one cell."""
        model = index.model()
        assert isinstance(model, TableModel)
        column, row = model.columns[index.column()], model.row_at(index.row())
        cell, state = option.rect, option.state.value
        painter.save()
        painter.fillRect(cell, self._ground(state, index.row()))
        painter.fillRect(cell.x(), cell.bottom(), cell.width(), 1, QColor(tokens().line))
        area = cell.adjusted(MARGIN, 0, -MARGIN, -1)
        if model.checkable and index.column() == 0:
            tick = model.data(index, Qt.ItemDataRole.CheckStateRole)
            if tick is not None:  # rows without a box keep its space
                draw_tick(painter, self._tick_area(cell), ticked=tick == Qt.CheckState.Checked)
            area.setLeft(area.left() + _TICK + _GAP)
        painter.setFont(option.font)
        self._paint_content(painter, area, column, row)
        if state & _FOCUSED:
            draw_focus(painter, cell.adjusted(0, 0, 0, -1))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Used when a column is fitted to its content by double click."""
        model = index.model()
        assert isinstance(model, TableModel)
        column = model.columns[index.column()]
        words = column.words(model.row_at(index.row()))
        if column.kind is Kind.CHIP:
            width = chip_size(words, QFontMetrics(chip_font(option.font))).width()
        else:
            width = option.fontMetrics.horizontalAdvance(words) + _room_before_text(column)
        ticks = _TICK + _GAP if model.checkable and index.column() == 0 else 0
        return QSize(width + ticks + 2 * MARGIN, ROW_HEIGHT)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line in place of the cell, named as its column."""
        editor = super().createEditor(parent, option, index)
        model = index.model()
        assert isinstance(model, TableModel)
        editor.setAccessibleName(model.columns[index.column()].heading)
        editor.setObjectName("cell.editor")
        return editor

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """A click on the tick box toggles it."""
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and index.flags() & Qt.ItemFlag.ItemIsUserCheckable
            and self._tick_area(option.rect).adjusted(-4, -4, 4, 4).contains(event.position().toPoint())
        ):
            ticked = model.data(index, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            return bool(model.setData(index, state, Qt.ItemDataRole.CheckStateRole))
        return False

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """The column's tooltip, or the whole text where it was cut."""
        tip = index.data(Qt.ItemDataRole.ToolTipRole) if index.isValid() else None
        if not tip and index.isValid() and self.sizeHint(option, index).width() > option.rect.width():
            tip = index.data(Qt.ItemDataRole.DisplayRole)
        if tip:
            QToolTip.showText(event.globalPos(), str(tip), view.viewport(), option.rect)
        else:
            QToolTip.hideText()
        return True

    def _ground(self, state: int, row: int) -> QColor:
        colours = tokens()
        if state & _SELECTED:
            return QColor(colours.selection if state & _ACTIVE else colours.selection_idle)
        return QColor(colours.hover if row == self.hovered else colours.surface)

    def _paint_content(self, painter: QPainter, area: QRect, column: Column[Any], row: Any) -> None:
        words = column.words(row)
        tone = column.tone(row) if column.tone is not None else None
        if column.kind is Kind.CHIP:
            if words:
                painter.setFont(chip_font(painter.font()))
                draw_chip(painter, area, words, tone or Tone.NEUTRAL, column.icon(row) if column.icon else None)
            return
        if column.kind is Kind.BAR and words:
            draw_bar(painter, QRect(area.x(), area.y(), _BAR, area.height()), column.value(row), tone)
        if column.kind is Kind.PERSON:
            picture = column.picture(row) if column.picture is not None else None
            face = avatar(words, _AVATAR, device_ratio(painter), picture)
            painter.drawPixmap(area.x(), area.y() + (area.height() - _AVATAR) // 2, face)
        elif column.icon is not None and (mark := column.icon(row)) is not None:
            at = QPoint(area.x(), area.y() + (area.height() - _ICON) // 2)
            painter.drawPixmap(at, icon_pixmap(mark, _ICON, device_ratio(painter), _ink(column, tone)))
        area.setLeft(area.left() + _room_before_text(column))
        painter.setPen(QColor(_ink(column, tone)))
        line = words.replace("\n", " ") if "\n" in words else words
        shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, column.alignment.flag, shown)

    def _tick_area(self, cell: QRect) -> QRect:
        return QRect(cell.x() + MARGIN, cell.y() + (cell.height() - _TICK) // 2, _TICK, _TICK)


def chip_font(font: QFont) -> QFont:
    """The font of chips beside text in `font`."""
    smaller = QFont(font)
    if font.pixelSize() > 0:
        smaller.setPixelSize(round(font.pixelSize() * _CHIP_SCALE))
    else:
        smaller.setPointSizeF(font.pointSizeF() * _CHIP_SCALE)
    return smaller


def _room_before_text(column: Column[Any]) -> int:
    if column.kind is Kind.PERSON:
        return _AVATAR + _GAP
    if column.kind is Kind.BAR:
        return _BAR + _GAP
    return _ICON + _GAP // 2 + 2 if column.icon is not None else 0


def _ink(column: Column[Any], tone: Tone | None) -> str:
    if tone is not None:
        return tokens().tone(tone).ink
    if column.kind is Kind.LINK:
        return tokens().accent
    return tokens().muted if column.muted else tokens().text
