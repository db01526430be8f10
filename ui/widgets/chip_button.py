"""One filter as a chip with a count: what it is, and the button that chooses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.i18n import _
from ui.theme import GRID, Icon, Tone, draw_focus, icon_pixmap, theme, tokens

CHIP_HEIGHT = 28
PADDING = 12
DRAWING = 14


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One filter. Of one `group` one chip at a time is chosen (Active or Inactive); other chips narrow further.

    Chips of the same `menu` stand in one that opens it; `hidden` ones are chosen by a part of the page's own.
    """

    key: str
    label: str
    predicate: Callable[[Any], bool]
    group: str = ""  # by default it stands for itself
    icon: Icon | None = None
    tone: Tone | None = None
    menu: str = ""
    hidden: bool = False


class ChipButton(QAbstractButton):
    """One chip; painted here, as a style sheet cannot round by height at every scale."""

    def __init__(self, chip: FilterChip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = chip
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)
        self.count: int | None = None
        self.set_count(None)

    def set_count(self, count: int | None) -> None:
        """How many rows pass; `None` while it is being counted."""
        self.count = count
        number = self.locale().toString(count) if count is not None else ""
        text = _("{label} {count}").format(label=self.chip.label, count=number) if number else self.chip.label
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The room it would like."""
        drawing = DRAWING + GRID if self._drawing() is not None else 0
        width = self.fontMetrics().horizontalAdvance(self.text()) + drawing + 2 * PADDING
        return QSize(width, max(CHIP_HEIGHT, self.fontMetrics().height() + 2 * GRID))

    def _drawing(self) -> Icon | None:
        """Chosen chips carry a tick: colour alone must not say it."""
        return Icon.CHECK if self.isChecked() else self.chip.icon

    def set_chosen(self, on: bool) -> None:
        """Choose or release, silently."""
        self.setChecked(on)
        self.updateGeometry()

    def nextCheckState(self) -> None:
        """What a click does."""
        self.set_chosen(not self.isChecked())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        tone = self.chip.tone
        paint_chip(self, self.text(), self._drawing(), chosen=self.isChecked(), tone=tone)


def paint_chip(
    button: QAbstractButton, text: str, drawing: Icon | None, *, chosen: bool, tone: Tone | None = None,
    after: bool = False,
) -> None:  # fmt: skip
    """A chip with its words and its drawing before or after them."""
    colours = tokens()
    painter = QPainter(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = colours.info.ground if chosen else colours.hover if button.underMouse() else colours.surface
    ink = colours.info.ink if chosen else colours.muted
    painter.setPen(QPen(QColor(colours.info.ink if chosen else colours.outline), 1))
    painter.setBrush(QColor(ground))
    shape = button.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2)
    words = button.rect().adjusted(PADDING, 0, 0, 0)
    if drawing is not None:
        colour = colours.tone(tone).ink if tone is not None and not chosen else ink
        pixmap = icon_pixmap(drawing, DRAWING, button.devicePixelRatioF(), colour)
        left = button.width() - PADDING - DRAWING if after else PADDING
        painter.drawPixmap(left, (button.height() - DRAWING) // 2, pixmap)
        words.adjust(0 if after else DRAWING + GRID, 0, 0, 0)
    painter.setPen(QColor(ink))
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
    if button.hasFocus():
        draw_focus(painter, button.rect())
