"""A table over more rows than a window should hold: the newest of those that fit, searched and counted by the store.

The search line and the chips ask the store anew instead of looking through what is shown; below the table a button
fetches older rows while there are more.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.i18n import _
from ui.layouts import Layouts
from ui.tables import Column, TablePane, format_value
from ui.theme import GRID, Icon
from ui.widgets import Action, Button, FilterChip

Row = TypeVar("Row")
AT_ONCE = 500
"""So many rows are read at a time."""
_TYPING_MS = 60


class SearchedTable(QWidget, Generic[Row]):
    """The pane, and the button for older rows. `wanted` asks for rows; the answer comes by `show_found`."""

    wanted = Signal()

    def __init__(
        self, *, name: str, page: str, columns: Sequence[Column[Row]], key: Callable[[Row], Hashable],
        search_hint: str, count_text: Callable[[int], str], layouts: Layouts, shortcuts_in: QWidget,
    ) -> None:  # fmt: skip
        """Parameters as of `TablePane`."""
        super().__init__()
        self.limit = AT_ONCE
        self._count_text = count_text
        self._total = 0
        self._counts: dict[str, int] = {}
        self.pane: TablePane[Row] = TablePane(
            name=name, page=page, columns=columns, key=key, search_hint=search_hint, count_text=self._count,
            store=layouts, shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.older = Button(_("Show older ones"), icon=Icon.CHEVRON_DOWN, object_name=f"{page}.older")
        self.older.hide()
        below = QHBoxLayout()
        below.setContentsMargins(4 * GRID, GRID, 4 * GRID, GRID)
        below.addWidget(self.older)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pane, 1)
        column.addLayout(below)
        self.setFocusProxy(self.pane)
        self._soon = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._soon.timeout.connect(self.wanted)
        self.pane.search.textChanged.disconnect(self.pane.rows.search)  # the store searches
        self.pane.search.textChanged.connect(lambda _text: self._narrowed())
        self.pane.chips.changed.connect(self._narrowed)
        self.pane.rows.counts_changed.connect(lambda: self.pane.chips.set_counts(self._counts))
        self.older.clicked.connect(self._more)

    def set_chips(self, chips: Sequence[FilterChip]) -> None:
        """Offer these filters; what they mean is the asker's business."""
        self.pane.chips.set_chips(chips)

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.pane.search.text().strip()

    @property
    def total(self) -> int:
        """How many rows fit, shown or not."""
        return self._total

    @property
    def chosen(self) -> list[str]:
        """The keys of the chosen chips."""
        return self.pane.chips.chosen()

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter is in force."""
        return bool(self.text or self.chosen)

    def show_found(self, rows: Sequence[Row], total: int, counts: Mapping[str, int]) -> None:
        """Show rows: `total` there are, `counts` by chip."""
        self._total, self._counts = total, dict(counts)
        self.pane.set_rows(rows)
        self.pane.chips.set_counts(self._counts)
        self.older.setVisible(total > len(rows))

    def say_empty(self, title: str, text: str) -> None:
        """What is said without any row: that nothing fits, or that there is nothing yet."""
        if self.is_narrowed:
            clear = Action(_("Clear search and filters"), self.pane.clear_search)
            self.pane.show_empty(_("No match"), _("Nothing holds all of these words and filters."), (clear,),
                                 drawing=Icon.SEARCH)  # fmt: skip
        else:
            self.pane.show_empty(title, text, drawing=Icon.HISTORY)

    def ask_soon(self) -> None:
        """Ask for rows in a moment; several reasons at once ask once."""
        self._soon.start()

    def _narrowed(self) -> None:
        self.limit = AT_ONCE
        self._soon.start()

    def _more(self) -> None:
        self.limit *= 4
        self.wanted.emit()

    def _count(self, shown: int) -> str:
        text = self._count_text(max(shown, self._total))
        if shown >= self._total:
            return text
        return _("{shown} of {total}").format(shown=format_value(shown), total=text)
