"""A data page of 1C that shows several tables over one period: inner views, one period, one details pane.

What a page shows is read on the store's thread, for the chosen connection and period, one reading at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.onec import month_end
from app.errors import MusterError
from app.events import WorkforceChanged
from app.i18n import _
from app.store import connections
from app.store.values import now
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.pages.data_page import DataPage, DataPageSpec
from ui.tables import Beside, TablePane
from ui.theme import GRID, Icon
from ui.widgets import Action, Button
from ui.widgets.inner_tabs import InnerTabs, TabKeys
from ui.widgets.period import PeriodPicker

R = TypeVar("R")
D = TypeVar("D")


@dataclass(frozen=True)
class View:
    """One of the tables of a page, behind a tab of that title."""

    name: str
    title: str
    pane: TablePane[Any]


class ViewsPage(DataPage[R], Generic[R, D]):
    """Base of the pages of schedules and hours; the first view is the table of the page."""

    def __init__(self, desk: Desk, spec: DataPageSpec[R]) -> None:
        self._reading = self._again = False
        self._wanted = ""
        self._shown: dict[str, list[Any]] = {}
        self.data: D | None = None
        super().__init__(desk, spec)
        self._view_changed(0)

    # -- parts ---------------------------------------------------------------------------------------------------

    def make_views(self) -> Sequence[View]:
        """The views, the page's own table first."""
        raise NotImplementedError

    def make_tools(self) -> Sequence[Button]:
        """Buttons beside the period."""
        return ()

    def _arrange(self) -> None:
        name = self.spec.name
        self.views = tuple(self.make_views())
        self.tabs = InnerTabs(self, name=_("Views"), object_name=f"{name}.tabs", keys=TabKeys.OF_VIEW)
        self.stack = QStackedWidget()
        for view in self.views:
            self.tabs.addTab(view.title)
            self.stack.addWidget(view.pane)
            if view.pane is not self.pane:
                self._connect_pane(view.pane)
        today = now().date()
        self.period = PeriodPicker(today.replace(day=1), month_end(today), object_name=f"{name}.period")
        self.period.changed.connect(lambda _first, _last: self.refresh())
        self.tabs.currentChanged.connect(self._view_changed)
        second = QHBoxLayout()
        second.setContentsMargins(3 * GRID, GRID, 4 * GRID, 2 * GRID)
        second.setSpacing(3 * GRID)
        second.addWidget(self.tabs)
        second.addStretch(1)
        second.addWidget(self.period)
        for button in self.make_tools():
            second.addWidget(button)
        self.split = Beside(self.stack, self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(second)
        column.addWidget(self.split, 1)

    def _connect_pane(self, pane: TablePane[Any]) -> None:
        pane.table.current_row_changed.connect(self._current_changed)
        pane.table.details_requested.connect(self.toggle_details)
        pane.table.row_activated.connect(self.open_details)
        pane.export_requested.connect(self.export)
        pane.show_loading()

    def _listen(self) -> None:
        super()._listen()
        self.desk.on(WorkforceChanged, self._workforce_moved)

    def _workforce_moved(self, event: WorkforceChanged) -> None:
        if self.connection is None or event.connection == self.connection.id:
            self._data_moved(event)

    # -- views ---------------------------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """The one in front."""
        return self.views[max(0, self.tabs.currentIndex())]

    def open_view(self, name: str) -> None:
        """Bring a view to the front."""
        self.tabs.setCurrentIndex(next(at for at, view in enumerate(self.views) if view.name == name))

    def _view_changed(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        for at, view in enumerate(self.views):
            for shortcut in view.pane.shortcuts:
                shortcut.setEnabled(at == place)
        self._current_changed()

    def _current_changed(self, *_args: Any) -> None:
        if not self.details.isHidden():
            self.show_line(self.view.pane.table.current_row())

    def show_details(self, record: R | None) -> None:
        """The same, of the page's own table."""
        self.show_line(record)

    def show_line(self, line: object) -> None:
        """Fill the details with the line of whatever view is in front."""
        raise NotImplementedError

    def export(self) -> None:
        """Export exactly what is shown."""
        export_table(self, self.desk, self.view.pane.visible_table(), f"{self.spec.name}-{self.view.name}")

    # -- reading -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the store again; what moves meanwhile is read right after."""
        self._stale = False
        if self._reading:
            self._again = True
            return
        self._reading = True
        self.desk.start(f"read {self.spec.name}", self._read())

    async def _read(self) -> None:
        try:
            await self._read_all()
        except MusterError as error:
            again = [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)]
            for view in self.views:
                self._shown.clear()
                view.pane.show_error(error.message, remedy_of(error), again)
        finally:
            self._reading = False
        if self._again:
            self._again = False
            self.refresh()

    async def _read_all(self) -> None:
        read = self.desk.workspace.store.read
        found = [c for c in await read(connections.connections) if self._fits(c)]
        known = self.connection.id if self.connection else ""
        self.connection = next((c for c in found if c.id == known), found[0] if found else None)
        self.header.show_connections(found, self.connection.name if self.connection else "")
        if self.connection is None:
            self.data = None
            for view in self.views:
                self._show_rows(view, [])
        else:
            self.data = await read(self.read_data, self.connection, *self.period.period(), self.data)
            await self.show_data(self.data)
        self._show_health()
        self._say_empty()
        self._find_wanted()
        self._current_changed()

    def read_data(self, connection: Connection, first: date, last: date, before: D | None) -> D:
        """What the page shows, read from the store on the store's own thread.

        Rows that are the same as `before` are the very same list, so that nothing is shown anew without need.
        """
        raise NotImplementedError

    def rows_of(self, data: D) -> Mapping[str, list[Any]]:
        """The rows of each view by its name."""
        raise NotImplementedError

    async def show_data(self, data: D) -> None:
        """Put what moved into the views, the one in front first; between them the window goes on living."""
        rows = self.rows_of(data)
        for view in sorted(self.views, key=lambda view: view is not self.view):
            self._show_rows(view, rows[view.name])
            await asyncio.sleep(0)

    def _show_rows(self, view: View, rows: list[Any]) -> None:
        if self._shown.get(view.name) is not rows:
            self._shown[view.name] = rows
            view.pane.set_rows(rows)

    def _say_empty(self) -> None:
        self._show_empty()

    async def _use(self, name: str) -> None:
        self.connection = await self.desk.workspace.store.read(connections.find_connection, name)
        self.refresh()

    # -- records -------------------------------------------------------------------------------------------------

    def show_record(self, record_id: str) -> None:
        """Bring somebody into view, by 1C's id, the id of the employee or the name."""
        self._wanted = record_id
        self.refresh()

    def _find_wanted(self) -> None:
        if not self._wanted or self.data is None:
            return
        for view in self.views:
            key = next((view.pane.rows.key(r) for r in view.pane.rows.all_rows() if self.names(r, self._wanted)), None)
            if key is not None:
                self._wanted = ""
                self.open_view(view.name)
                if not view.pane.table.select_key(key):
                    view.pane.clear_search()
                    view.pane.table.select_key(key)
                self.details.show()
                return

    def names(self, line: Any, wanted: str) -> bool:
        """Whether a line is about the one who is meant."""
        worker = line.worker
        return wanted in {worker.external_id, worker.employee_id, worker.name}

    def days_of_months(self) -> tuple[date, date]:
        """The whole months that the period touches: 1C keeps one document per person and month."""
        first, last = self.period.period()
        return first.replace(day=1), month_end(last)


def kept(before: list[R] | None, rows: list[R]) -> list[R]:
    """The list from before where nothing in it moved."""
    return before if before is not None and before == rows else rows


def show_days(pane: TablePane[Any], firsts: Sequence[date]) -> None:
    """Show as many columns of days, `d01` and on, as the longest of these months has."""
    longest = max((month_end(first).day for first in firsts), default=31)
    for at, column in enumerate(pane.rows.columns):
        if column.key in {"d29", "d30", "d31"} and pane.table.isColumnHidden(at) is not (int(column.key[1:]) > longest):
            pane.table.setColumnHidden(at, int(column.key[1:]) > longest)
