"""A label of one line that gives way where room is short: it ends in … then, and its tooltip says the whole."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class ElidedLabel(QLabel):
    """`mode` says where the … stands: at the end, or in the middle of a path."""

    def __init__(self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight, *, object_name: str = "") -> None:
        super().__init__()
        self._mode = mode
        self.setObjectName(object_name)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:
        """Show this."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """The room without which it says nothing."""
        return QSize(4 * self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As a label paints, with the text that fits."""
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), self._mode, area.width())
        flags = self.alignment() | Qt.TextFlag.TextSingleLine
        painter = QPainter(self)
        self.style().drawItemText(
            painter, area, int(flags), self.palette(), self.isEnabled(), shown, self.foregroundRole()
        )
