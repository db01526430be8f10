"""A view of more rows than a window should hold: its choices, the table that the store searches, details beside it.

The base of the runs, of the audit trail and of the deliveries of webhooks: one question is asked at a time, and the
answer to an earlier one that comes late is not shown.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.errors import MusterError
from app.i18n import _
from app.store.values import now
from ui.desk import Desk
from ui.pages.activity.all_rows import AllRows, ExportChoice, NextPage
from ui.pages.activity.period import PeriodChoice
from ui.pages.activity.searched import SearchedTable
from ui.tables import TablePane, WithDetails
from ui.tables.with_details import USUAL_SIZES
from ui.theme import GRID, Icon, Tone
from ui.widgets import Action, ask

Row = TypeVar("Row")
Answer = TypeVar("Answer")


class SearchedView(QWidget, Generic[Row]):
    """A subclass makes its parts, then calls `compose`; it says what is read, and what is told of a row."""

    def __init__(self, desk: Desk, table: SearchedTable[Row], *, page: str, export_as: str) -> None:
        """`page` is what the names of its parts begin with, `export_as` that of a file."""
        super().__init__()
        self.desk = desk
        self.table = table
        self.pane: TablePane[Row] = table.pane
        self.period = PeriodChoice(f"{page}.period")
        self._page, self._export_as = page, export_as
        self._asked = 0

    def compose(
        self, details: QWidget, first: list[QWidget], last: list[QWidget], sizes: tuple[int, int] = USUAL_SIZES
    ) -> None:
        """Put everything in its place: what stands in the header left and right, table, details."""
        header = QHBoxLayout()
        header.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        header.setSpacing(2 * GRID)
        for part in first:
            header.addWidget(part)
        header.addStretch(1)
        for part in last:
            header.addWidget(part)
        self.split = WithDetails(self.table, self.pane.table, details, sizes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.split, 1)
        self.split.told.connect(self.tell_details)
        self.period.changed.connect(self.ask)
        self.table.wanted.connect(self.ask)
        self.pane.export_requested.connect(self.export)
        if self.desk.layouts.get(f"table/{self._page}.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.pane.show_loading()

    def tell_details(self) -> None:
        """Tell the current row in the details."""
        raise NotImplementedError

    # -- reading -------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Other programs may have done something meanwhile."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the store again, also what other programs did."""
        self.ask()

    def ask(self) -> None:
        """Ask the store for what is searched for now."""
        self.desk.start(f"read {self._page}", self.read())

    async def read(self) -> None:
        """Show the newest rows that fit, and how many there are of each kind."""
        raise NotImplementedError

    async def newest(self, asking: Awaitable[Answer]) -> Answer | None:
        """The store's answer; None where it had none, which the table then says, or where more was asked meanwhile."""
        self._asked += 1
        asked = self._asked
        try:
            answer = await asking
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)])
            return None
        return answer if asked == self._asked else None

    def since(self) -> datetime | None:
        """Since when rows are wanted; None for all there are."""
        days = self.period.days()
        return now() - timedelta(days=days) if days else None

    def export(self) -> None:
        """Write what is shown to a file, or where more fits than is shown and a person wants it, all of that."""
        from ui.dialogs.export import export_table

        next_page = self.next_page()
        if next_page is not None and self.table.total > self.pane.rows.total:
            self.desk.start(f"export {self._page}", self._export_chosen(next_page))
        else:
            export_table(self, self.desk, self.pane.visible_table(), self._export_as)

    def next_page(self) -> NextPage[Row] | None:
        """How all rows that fit now are read, page by page; None where only those shown can be exported."""
        return None

    async def fitting(self, _next_page: NextPage[Row]) -> int:
        """How many rows fit, shown or not."""
        return self.table.total

    async def _export_chosen(self, next_page: NextPage[Row]) -> None:
        from ui.dialogs.export import export_table, export_to_file

        try:
            total = await self.fitting(next_page)
        except MusterError as error:
            self.desk.voice.banner("export", Tone.DANGER, error.message, remedy_of(error))
            return
        shown = self.pane.rows.rowCount()
        choice = ExportChoice(self, shown, total)
        if total > shown and not await ask(choice):
            return
        if not choice.wants_all:
            export_table(self, self.desk, self.pane.visible_table(), self._export_as)
            return
        rows = AllRows(self.pane.table.visible_columns(), next_page)
        title = _("Export all that fit")
        try:
            await export_to_file(self, self.desk, rows.headers, rows, self._export_as, title)
        finally:
            rows.end()
