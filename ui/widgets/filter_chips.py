"""Filters as chips with counts above a table: `Active 318`, `No photo 14`. They wrap when the page is narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.i18n import _
from ui.theme import CONTROL_HEIGHT, GRID, Icon, Tone, draw_focus, icon_pixmap, theme, tokens
from ui.widgets.flow import FlowLayout

_HEIGHT = 28
_PADDING = 12
_ICON = 14


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One filter. Of one `group` one chip at a time is chosen (Active or Inactive); other chips narrow further."""

    key: str
    label: str
    predicate: Callable[[Any], bool]
    group: str = ""  # by default it stands for itself
    icon: Icon | None = None
    tone: Tone | None = None


class FilterChips(QWidget):
    """A line of checkable chips; `changed` fires when the choice has changed."""

    changed = Signal()

    def __init__(self, *, name: str, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setObjectName(object_name)
        self._flow = FlowLayout(self)
        self._flow.setContentsMargins(0, (CONTROL_HEIGHT - _HEIGHT) // 2, 0, 0)  # in line with a field beside it
        self._chips: dict[str, ChipButton] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_chips(self, chips: Sequence[FilterChip]) -> None:
        """Offer these filters; those chosen before stay chosen."""
        chosen = set(self.chosen())
        for button in self._chips.values():
            self._flow.removeWidget(button)
            button.deleteLater()
        self._chips = {chip.key: ChipButton(chip, self) for chip in chips}
        for key, button in self._chips.items():
            button.set_chosen(key in chosen)
            button.setObjectName(f"{self.objectName()}.{key}")
            button.clicked.connect(lambda _checked, of=button: self._clicked(of))
            self._flow.addWidget(button)
        self.setVisible(bool(chips))

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show these counts; chips without one show none."""
        for key, button in self._chips.items():
            button.set_count(counts.get(key))

    def chosen(self) -> list[str]:
        """The keys of the chosen filters."""
        return [key for key, button in self._chips.items() if button.isChecked()]

    def choose(self, keys: Sequence[str]) -> None:
        """Choose exactly these filters."""
        if set(keys) != set(self.chosen()):
            for key, button in self._chips.items():
                button.set_chosen(key in keys)
            self.changed.emit()

    def _clicked(self, button: ChipButton) -> None:
        group = button.chip.group
        for other in self._chips.values():
            if other is not button and group and other.chip.group == group:
                other.set_chosen(False)
        self.changed.emit()


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
        self.set_count(None)

    def set_count(self, count: int | None) -> None:
        """How many rows pass; `None` while it is being counted."""
        number = self.locale().toString(count) if count is not None else ""
        text = _("{label} {count}").format(label=self.chip.label, count=number) if number else self.chip.label
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The room it would like."""
        drawing = _ICON + GRID if self._drawing() is not None else 0
        width = self.fontMetrics().horizontalAdvance(self.text()) + drawing + 2 * _PADDING
        return QSize(width, max(_HEIGHT, self.fontMetrics().height() + 2 * GRID))

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
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colours.info.ground if self.isChecked() else colours.hover if self.underMouse() else colours.surface
        line = colours.info.ink if self.isChecked() else colours.outline
        ink = colours.info.ink if self.isChecked() else colours.muted
        painter.setPen(QPen(QColor(line), 1))
        painter.setBrush(QColor(ground))
        shape = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2)
        left = _PADDING
        if (drawing := self._drawing()) is not None:
            tone = self.chip.tone
            colour = colours.tone(tone).ink if tone is not None and not self.isChecked() else ink
            pixmap = icon_pixmap(drawing, _ICON, self.devicePixelRatioF(), colour)
            painter.drawPixmap(left, (self.height() - _ICON) // 2, pixmap)
            left += _ICON + GRID
        painter.setPen(QColor(ink))
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            draw_focus(painter, self.rect())
