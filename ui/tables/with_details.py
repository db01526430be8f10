"""A table with the details of its current row beside it: Enter opens them, Space shows or hides them (screens.md)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from ui.tables.view import TableView

USUAL_SIZES = (1000, 360)


class Beside(QSplitter):
    """What a page shows, and on the right, narrower and of a width of its own, what it says of a part of it."""

    def __init__(self, shown: QWidget, details: QWidget, sizes: tuple[int, int] = USUAL_SIZES) -> None:
        super().__init__(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.addWidget(shown)
        self.addWidget(details)
        self.setStretchFactor(0, 1)
        self.setSizes(list(sizes))


class WithDetails(Beside):
    """`shown` holds the table; the details begin hidden unless whoever made them says otherwise afterwards."""

    told = Signal()
    """The details are in sight, and what they tell is to be that of the current row."""

    def __init__(
        self, shown: QWidget, table: TableView[Any], details: QWidget, sizes: tuple[int, int] = USUAL_SIZES
    ) -> None:
        super().__init__(shown, details, sizes)
        self.details = details
        details.hide()
        table.current_row_changed.connect(self.tell)
        table.details_requested.connect(self.toggle)

    def tell(self, _row: object = None) -> None:
        """Tell the current row, where the details are in sight."""
        if not self.details.isHidden():
            self.told.emit()

    def open(self, _row: object = None) -> None:
        """Show the details."""
        self.details.show()
        self.tell()

    def toggle(self, _row: object = None) -> None:
        """Show or hide the details."""
        self.details.setVisible(self.details.isHidden())
        self.tell()
