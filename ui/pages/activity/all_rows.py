"""Exporting more than is shown: asks whether the rows on the screen are meant or all that fit, and reads those page by
page while the file is written, so that a million of them never stand in memory together.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.errors import Cancelled
from app.i18n import _
from ui.tables import Column, format_value
from ui.theme import GRID
from ui.widgets import Button, Look

Row = TypeVar("Row")
NextPage = Callable[[Row | None], Awaitable[Sequence[Row]]]
"""The rows that follow a row, the first ones after None; none at the end."""
AT_ONCE = 1_000
_WIDTH = 440
_PATIENCE_S = 30.0  # a window that closes meanwhile answers no more


class AllRows(Generic[Row]):
    """The cells of all rows, one row after the other, for the thread that writes; made on the window's thread."""

    def __init__(self, columns: Sequence[Column[Row]], next_page: NextPage[Row]) -> None:
        self._columns = [column for column in columns if column.copyable]
        self._next_page = next_page
        self._loop = asyncio.get_running_loop()
        self._ended = threading.Event()

    def end(self) -> None:
        """Nobody waits for the rows any more: the thread that goes through them comes to its end."""
        self._ended.set()

    @property
    def headers(self) -> tuple[str, ...]:
        """What stands over the cells."""
        return tuple(column.heading for column in self._columns)

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        last: Row | None = None
        while page := asyncio.run_coroutine_threadsafe(self._page(last), self._loop).result(_PATIENCE_S):
            for row in page:
                if self._ended.is_set():
                    raise Cancelled(_("Cancelled."))
                yield tuple(column.exported(row) for column in self._columns)
            last = page[-1]

    async def _page(self, last: Row | None) -> Sequence[Row]:
        return await self._next_page(last)


class ExportChoice(QDialog):
    """Rows shown, or all that fit; `wants_all` is the answer once it is accepted."""

    def __init__(self, parent: QWidget, shown: int, total: int) -> None:
        super().__init__(parent)
        self.wants_all = False
        self.setObjectName("export_choice")
        self.setWindowTitle(_("Export"))
        heading = QLabel(_("Export what?"), wordWrap=True)
        heading.setProperty("role", "title")
        words = QLabel(_("More rows fit the search and the filters than are shown here."), wordWrap=True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setFixedWidth(_WIDTH)
        self.setAccessibleDescription(words.text())
        self.cancel = Button(_("Cancel"), object_name="export_choice.cancel")
        self.shown = Button(
            _("Rows shown ({count})").format(count=format_value(shown)), object_name="export_choice.shown"
        )
        self.all = Button(
            _("All that fit ({count})").format(count=format_value(total)),
            look=Look.PRIMARY,
            object_name="export_choice.all",
        )
        self.cancel.clicked.connect(self.reject)
        self.shown.clicked.connect(self.accept)
        self.all.clicked.connect(self._all)
        self.all.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch(1)
        for button in (self.cancel, self.shown, self.all):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setSpacing(3 * GRID)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.addWidget(heading)
        column.addWidget(words)
        column.addLayout(buttons)
        self.all.setFocus()

    def _all(self) -> None:
        self.wants_all = True
        self.accept()
