"""Tiles with counts above a table: how many customers have their database, how many agents are in which status.

Where the page is low, as above an open run panel, number and word stand side by side.

Each is a button that filters the table; pressed again, all rows are back. The choice itself lives in the table's
filters, so that "Clear search and filters" reaches it too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.i18n import _
from ui.theme import CONTROL_HEIGHT, GRID, RADIUS, draw_focus, icon_pixmap, theme, tokens
from ui.widgets.chip_button import FilterChip
from ui.widgets.flow import FlowLayout

_ICON = 16
_PADDING = 3 * GRID
_GAP = 2 * GRID
_FLAT_PADDING, _FLAT_GAP = 2 * GRID, GRID + 2
_NARROWEST = 96
_NUMBER_SCALE = 1.5
"""Height of the number against the word below it."""


class Tile(QAbstractButton):
    """One count: number, word, icon and colour."""

    def __init__(self, chip: FilterChip, parent: QWidget) -> None:
        super().__init__(parent)
        self.chip = chip
        self.number = ""
        self.flat = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def set_count(self, count: int | None) -> None:
        """How many; None while it is being counted, when the old number stays."""
        if count is not None:
            self.number = self.locale().toString(count)
        self.setText(_("{number} {label}").format(number=self.number, label=self.chip.label))
        self.setAccessibleName(_("{label}: {number}").format(label=self.chip.label, number=self.number))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The room it would like."""
        words = self.fontMetrics()
        number, label = self._number_width(), words.horizontalAdvance(self.chip.label)
        if self.flat:
            return QSize(_ICON + number + label + 2 * (_FLAT_GAP + _FLAT_PADDING), CONTROL_HEIGHT)
        number += _ICON + _GAP
        width = max(label, number, _NARROWEST - 2 * _PADDING)
        return QSize(width + 2 * _PADDING, self._number_height() + words.height() + 4 * GRID)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, some = self.isChecked(), self.number != "0"
        ground = colours.selection if chosen else colours.hover if self.underMouse() else colours.surface
        painter.setPen(QPen(QColor(colours.accent if chosen else colours.outline), 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        number, label = self._places()
        if self.chip.icon is not None:
            ink = colours.tone(self.chip.tone).ink if self.chip.tone and some else colours.muted
            pixmap = icon_pixmap(self.chip.icon, _ICON, self.devicePixelRatioF(), ink)
            painter.drawPixmap(_FLAT_PADDING if self.flat else _PADDING, number.center().y() - _ICON // 2 + 1, pixmap)
        where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(colours.text if some else colours.muted))
        painter.setFont(self._number_font())
        painter.drawText(number, where, self.number)
        painter.setPen(QColor(colours.text if chosen else colours.muted))
        painter.setFont(self.font())
        painter.drawText(label, where, self.chip.label)
        if self.hasFocus():
            draw_focus(painter, self.rect())

    def _places(self) -> tuple[QRect, QRect]:
        """Where number and word stand: one above the other, or in one line."""
        if self.flat:
            number = self.rect().adjusted(_FLAT_PADDING + _ICON + _FLAT_GAP, 0, 0, 0)
            return number, number.adjusted(self._number_width() + _FLAT_GAP, 0, 0, 0)
        inside = self.rect().adjusted(_PADDING, 0, -_PADDING + 1, 0)
        behind = inside.adjusted(_ICON + _GAP, 0, 0, 0)
        below = 2 * GRID + self._number_height()
        number = QRect(behind.x(), 2 * GRID, behind.width(), self._number_height())
        return number, QRect(inside.x(), below, inside.width(), self.height() - below - 2 * GRID)

    def _number_font(self) -> QFont:
        font = QFont(self.font())
        if not self.flat:
            font.setPixelSize(round(QFontInfo(font).pixelSize() * _NUMBER_SCALE))
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _number_height(self) -> int:
        return round(self.fontMetrics().height() * _NUMBER_SCALE)

    def _number_width(self) -> int:
        return QFontMetrics(self._number_font()).horizontalAdvance(self.number)


class Tiles(QWidget):
    """A line of tiles that wraps; `pressed` names the one that was clicked."""

    pressed = Signal(str)

    def __init__(self, chips: Sequence[FilterChip], rare: Collection[str], *, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(_("Summary"))
        self._rare = rare
        self._flow = FlowLayout(self)
        self._flow.setContentsMargins(4 * GRID, GRID, 4 * GRID, 3 * GRID)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.tiles: dict[str, Tile] = {}
        self._is_flat = False
        self.set_chips(chips)
        self.show_choice([])

    def set_chips(self, chips: Sequence[FilterChip]) -> None:
        """Offer these, in this order; those that were there keep their counts."""
        before = self.tiles
        for tile in before.values():
            self._flow.removeWidget(tile)
        self.tiles = {c.key: before.pop(c.key) if c.key in before else self._make(c) for c in chips}
        for chip, tile in zip(chips, self.tiles.values(), strict=True):
            tile.chip = chip
            self._flow.addWidget(tile)
            tile.show()
        for tile in before.values():
            tile.hide()
            tile.deleteLater()
        self._hide_rare()

    def _make(self, chip: FilterChip) -> Tile:
        tile = Tile(chip, self)
        tile.setObjectName(f"{self.objectName()}.{chip.key}")
        tile.clicked.connect(lambda _checked: self.pressed.emit(chip.key))
        tile.flat = self._is_flat
        tile.set_count(0)
        return tile

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show these counts; those not counted yet keep theirs."""
        for key, tile in self.tiles.items():
            tile.set_count(counts.get(key))
        self._hide_rare()

    def show_choice(self, keys: Collection[str]) -> None:
        """Mark the tile that filters the table."""
        for key, tile in self.tiles.items():
            tile.setChecked(key in keys)
        self._hide_rare()

    def set_flat(self, *, flat: bool) -> None:
        """Number and word side by side, or one above the other."""
        self._is_flat = flat
        for tile in self.tiles.values():
            if tile.flat is not flat:
                tile.flat = flat
                tile.updateGeometry()
                tile.update()

    def _hide_rare(self) -> None:
        for key in self._rare:
            if (tile := self.tiles.get(key)) is not None:
                tile.setHidden(tile.number == "0" and not tile.isChecked())
