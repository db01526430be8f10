"""The legend of a chart: each series with its dash and marker or its hatching; pressing one takes it off the chart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.i18n import _
from ui.theme import GRID, draw_focus, theme, tokens
from ui.widgets.chart_marks import draw_sample
from ui.widgets.flow import FlowLayout

_SAMPLE = 28
_HEIGHT = 24


class LegendEntry(QAbstractButton):
    """One series; checked while it is drawn."""

    def __init__(self, title: str, number: int, *, is_area: bool, symbol: QPainterPath | None) -> None:
        super().__init__()
        self._number, self._is_area, self._symbol = number, is_area, symbol
        self.setText(title)
        self.setAccessibleName(title)
        self.setToolTip(_("Show or hide {series}").format(series=title))
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The room it would like."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + _SAMPLE + 4 * GRID
        return QSize(width, max(_HEIGHT, self.fontMetrics().height() + GRID))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sample and words; those of a hidden series are struck out."""
        painter = QPainter(self)
        shown = self.isChecked()
        middle = self.height() / 2
        painter.setOpacity(1.0 if shown else 0.4)
        sample = QRectF(GRID, middle - 5, _SAMPLE, 10)
        draw_sample(painter, sample, self._number, is_area=self._is_area, symbol=self._symbol)
        painter.setOpacity(1.0)
        font = self.font()
        font.setStrikeOut(not shown)
        painter.setFont(font)
        painter.setPen(QColor(tokens().text if shown else tokens().muted))
        words = self.rect().adjusted(_SAMPLE + 2 * GRID, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            draw_focus(painter, self.rect())


class Legend(QWidget):
    """The entries of a chart in a line that wraps; `changed` when one is pressed."""

    changed = Signal()

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(_("Legend"))
        self._entries: dict[str, LegendEntry] = {}
        self._hidden: set[str] = set()
        self._flow = FlowLayout(self)
        self._flow.setContentsMargins(0, GRID, 0, 0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(self, entries: Sequence[tuple[str, LegendEntry]]) -> None:
        """Offer these, by key; what was hidden before stays hidden."""
        for entry in self._entries.values():
            self._flow.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self._entries = dict(entries)
        for key, entry in entries:
            entry.setObjectName(f"{self.objectName()}.{key}")
            entry.setChecked(key not in self._hidden)
            entry.toggled.connect(partial(self._toggled, key))
            self._flow.addWidget(entry)

    def _toggled(self, key: str, shown: bool) -> None:
        self._hidden = self._hidden - {key} if shown else self._hidden | {key}
        self.changed.emit()

    def is_shown(self, key: str) -> bool:
        """Whether that series is drawn."""
        return key not in self._hidden
