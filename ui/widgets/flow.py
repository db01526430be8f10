"""A layout that sets its widgets one after another and wraps to the next line, as words do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui.theme import GRID


class FlowLayout(QLayout):
    """Left to right, then down; all lines as high as their highest widget."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 2 * GRID) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's entry; use `addWidget`."""
        self._items.append(item)

    def count(self) -> int:
        """Number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at `index`, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and answer the item at `index`."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrow means high."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height at `width`, with wrapping."""
        edges = self.contentsMargins()
        inside = QRect(0, 0, width - edges.left() - edges.right(), 0)
        return self._place(inside, move=False) + edges.top() + edges.bottom()

    def setGeometry(self, rect: QRect) -> None:
        """Place the widgets inside `rect`."""
        super().setGeometry(rect)
        self._place(rect.marginsRemoved(self.contentsMargins()), move=True)

    def sizeHint(self) -> QSize:
        """The room it would like."""
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self.spacing() * max(0, len(shown) - 1)
        edges = self.contentsMargins()
        height = max((size.height() for size in shown), default=0)
        return QSize(width + edges.left() + edges.right(), height + edges.top() + edges.bottom())

    def minimumSize(self) -> QSize:
        """The largest single widget."""
        smallest = QSize()
        for item in self._items:
            smallest = smallest.expandedTo(item.minimumSize())
        return smallest

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Height taken; with `move` the widgets are put where they belong."""
        x, y, line_height = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.x() + rect.width():
                x, y, line_height = rect.x(), y + line_height + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size.boundedTo(QSize(max(rect.width(), 1), size.height()))))
            x += size.width() + self.spacing()
            line_height = max(line_height, size.height())
        return y + line_height - rect.y()
