"""The tables of the History tab: one per source, that of statuses with a column per status; one is in front."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.i18n import _
from ui.layouts import Layouts
from ui.pages.workforce.history.measures import GROUP_MEASURES, Slot, Source, columns
from ui.tables import TablePane
from ui.widgets import FilterChip

if TYPE_CHECKING:
    from ui.pages.workforce.history.reading import Answer

KEY: Callable[[Slot], int] = itemgetter(0)  # its start, by C: a call of Python for each of 100,000 rows is felt


class HistoryTables(QStackedWidget):
    """Holds them; the first is the page's own, of groups. Others are made when they are first needed."""

    made = Signal(object)
    """A further table, for the page to listen to."""
    rows_selected = Signal()
    """Other rows of a table are selected."""

    def __init__(
        self, first: TablePane[Slot], layouts: Layouts, count_text: Callable[[int], str], shortcuts_in: QWidget
    ) -> None:
        super().__init__()
        self._layouts, self._count_text, self._shortcuts_in = layouts, count_text, shortcuts_in
        self._panes: dict[tuple[Source, tuple[str, ...]], TablePane[Slot]] = {}
        self._keep((Source.GROUPS, ()), first)

    def _keep(self, key: tuple[Source, tuple[str, ...]], pane: TablePane[Slot]) -> None:
        self._panes[key] = pane
        self.addWidget(pane)
        pane.set_filters(_filters(with_lost=key[0] is Source.GROUPS))
        pane.chips.choose([])
        pane.table.selected_rows_changed.connect(self.rows_selected)

    def bring_forward(self, answer: Answer, zone: Callable[[], ZoneInfo]) -> TablePane[Slot]:
        """The table of an answer's source, in front; of several the keys go to it."""
        source = answer.question.source
        key = source, () if source is Source.GROUPS else tuple(m.key for m in answer.measures)
        if key not in self._panes:
            pane: TablePane[Slot] = TablePane(
                name=_("History"), page=f"history.{source}", columns=columns(answer.measures, zone), key=KEY,
                search_hint=_("Search"), count_text=self._count_text, store=self._layouts,
                shortcuts_in=self._shortcuts_in,
            )  # fmt: skip
            self._keep(key, pane)
            self.made.emit(pane)
        front = self._panes[key]
        self.setCurrentWidget(front)
        for each in self._panes.values():
            for shortcut in each.shortcuts:
                shortcut.setEnabled(each is front)
        return front


def _filters(*, with_lost: bool) -> list[FilterChip]:
    """Rows with anything in them, and those in which contacts were lost."""
    chips = [FilterChip("some", _("With values"), lambda slot: any(slot.values))]
    if with_lost:
        place = [m.key for m in GROUP_MEASURES].index("lost")
        chips.append(FilterChip("lost", _("Lost contacts"), lambda slot: bool(slot.values[place])))
    return chips
