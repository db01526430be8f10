"""The Customers page: tiles that filter, the table, details; customers appear as fetched and statuses follow live.

It reads the store and compares there, so that a run over ten thousand customers replaces only the rows that moved.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.customers import Customer
from app.domain.kinds import ConnectionKind
from app.errors import MusterError
from app.events import CustomersChanged, RunEnded, RunProgress
from app.i18n import _, ngettext, pgettext
from app.store import connections
from app.store import customers as stored
from ui.desk import Desk
from ui.pages.customers import troubles
from ui.pages.customers.actions import CHECK, SYNC, CustomerActions
from ui.pages.customers.details import CustomerDetails
from ui.pages.customers.menus import fill_row_menu, more_entries, row_entries
from ui.pages.customers.rows import (
    ALWAYS_SEARCHED,
    COLUMNS,
    LIST,
    RARE_TILES,
    TOTAL,
    environments_of,
    filters,
    is_listed,
    tiles,
)
from ui.pages.data_page import DataPage, DataPageSpec
from ui.pages.entries import fill
from ui.tables import format_value
from ui.texts import run_counts
from ui.theme import Icon
from ui.widgets import Action
from ui.widgets.tiles import Tiles

LIVE_MS = 250
"""How often at most the table follows a run: less often where reading takes long, as it would slow down painting."""
REST = 6
"""So many times as long as a reading took, nothing is read."""
LOW = 420
"""Height in pixels below which tiles become flat."""
SLICE = 150
"""Rows that are replaced at once: about 10 ms in a table of ten thousand."""


@dataclass(frozen=True, slots=True)
class News:
    """The customers as they are now, by key, and which differ from those shown; `moved` when others are there."""

    known: dict[str, Customer]
    changed: list[Customer]
    moved: bool
    environments: tuple[str, ...]


class CustomersPage(DataPage[Customer]):
    """Customers of the chosen CETEC connection as stored, and what can be done with them."""

    def __init__(self, desk: Desk) -> None:
        self._known: dict[str, Customer] = {}
        self._environments: tuple[str, ...] = ()
        self._reading = self._again = False
        self._checking = False
        self._wanted = ""
        self._list_keys = {chip.key for chip in filters() if chip.group == LIST}
        super().__init__(desk, _spec())
        self._soon.setInterval(LIVE_MS)
        self.commands = CustomerActions(desk, self)
        self.customer_details = CustomerDetails(desk, self.details, self.commands)
        self.tiles = Tiles(tiles(), RARE_TILES, object_name="customers.tile")
        self.tiles.hide()
        column = self.layout()
        assert column is not None
        column.insertWidget(1, self.tiles)  # type: ignore[attr-defined]
        self._connect()

    def _connect(self) -> None:
        rows, table, chips = self.pane.rows, self.pane.table, self.pane.chips
        self.tiles.pressed.connect(self._tile_pressed)
        chips.changed.connect(self._show_choice)
        rows.counts_changed.connect(lambda: self.tiles.show_counts(chips.counts()))  # the chips know them by then
        table.layout_of_columns.visible_changed.connect(self._search_more)
        table.add_to_menu(lambda menu: fill_row_menu(menu, self.commands, self.chosen()))
        self.header.menu.aboutToShow.connect(self._fill_more)
        self._fill_more()
        for entry in ("check", "open", "open_test", "copy_domain", "mark_pulled"):
            self._add_keys(entry)
        self._search_more()
        self._show_choice()

    def _add_keys(self, name: str) -> None:
        """The keys of an entry of the row menu, while the page has the keyboard."""
        keys = {"check": "Ctrl+R", "open": "Ctrl+O", "open_test": "Ctrl+Shift+O", "copy_domain": "Ctrl+D",
                "mark_pulled": "Ctrl+M"}[name]  # fmt: skip
        shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(partial(self._act, name))

    def _act(self, name: str) -> None:
        chosen = self.chosen()
        entry = next((e for e in row_entries(self.commands, chosen) if e.name == name), None) if chosen else None
        if entry is not None and not entry.obstacle:
            entry.act()

    def _fill_more(self) -> None:
        self.header.menu.clear()
        fill(self.header.menu, more_entries(self.commands, self.failed, self.export), "customers")

    def _listen(self) -> None:
        super()._listen()
        self.desk.on(CustomersChanged, self._data_moved)

    # -- reading -------------------------------------------------------------------------------------------------

    def _data_moved(self, _event: object) -> None:
        """Whatever comes while a reading is due is read with it: a quick run must not put it off again and again."""
        self._stale = True
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Read the store again; one reading at a time."""
        self._stale = False
        if self._reading:
            self._again = True
            return
        self._reading = True
        self.desk.start("read customers", self._read())

    async def _read(self) -> None:
        try:
            await self._read_news()
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)])
        finally:
            self._reading = False
        if self._again:
            self._again = False
            self.refresh()

    async def _read_news(self) -> None:
        read = self.desk.workspace.store.read
        found = [c for c in await read(connections.connections) if self._fits(c)]
        known = self.connection.id if self.connection else ""
        self._choose(next((c for c in found if c.id == known), found[0] if found else None))
        self.header.show_connections(found, self.connection.name if self.connection else "")
        began = time.monotonic()
        news = await read(read_news, self.connection.id if self.connection else None, self._known)
        self._soon.setInterval(max(LIVE_MS, round(REST * 1000 * (time.monotonic() - began))))
        self._show_health()
        await self._show_news(news)

    def _choose(self, connection: Connection | None) -> None:
        self.connection = self.commands.connection = connection

    async def _use(self, name: str) -> None:
        self._choose(await self.desk.workspace.store.read(connections.find_connection, name))
        self.refresh()

    # -- showing -------------------------------------------------------------------------------------------------

    async def _show_news(self, news: News) -> None:
        """Show what is new, a slice at a time where it is much, so that the window never waits for it."""
        if news.environments != self._environments:
            self._environments = news.environments
            self.pane.set_filters(filters(news.environments))
        first, self._known = not self._known, news.known
        if news.moved or first:
            self.pane.set_rows(news.known.values())
            self.tiles.setVisible(bool(news.known))
        else:
            await self._replace(news.changed)
        if not news.known:
            self._show_empty()
        self._find_wanted()
        if self.pane.table.current_row() != self.customer_details.customer:
            self._current_changed()

    async def _replace(self, changed: list[Customer]) -> None:
        """Bring these rows up to date where they stand; the table is painted once, at the end."""
        table = self.pane.table.viewport()
        table.setUpdatesEnabled(False)
        try:
            for start in range(0, len(changed), SLICE):
                self.pane.update_rows(changed[start : start + SLICE])
                await asyncio.sleep(0)
        finally:
            table.setUpdatesEnabled(True)

    # -- tiles and search ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the page is low the tiles leave their height to the table."""
        super().resizeEvent(event)
        self.tiles.set_flat(flat=event.size().height() < LOW)

    def _tile_pressed(self, key: str) -> None:
        """One tile at a time; the one that was chosen gives way to all customers."""
        chips = self.pane.chips
        again = key in chips.chosen()
        others = [other for other in chips.chosen() if other not in self._list_keys]
        chips.choose([*others, TOTAL if again else key])
        self._show_choice()

    def _show_choice(self) -> None:
        self.tiles.show_choice(self.pane.chips.chosen())

    def _search_more(self) -> None:
        """Search the id and the key as well, though they are hidden at first."""
        places = {column.key: place for place, column in enumerate(COLUMNS)}
        visible = self.pane.table.layout_of_columns.visible()
        self.pane.rows.search_columns(sorted({*visible, *(places[key] for key in ALWAYS_SEARCHED)}))

    # -- runs ----------------------------------------------------------------------------------------------------

    def _run_progress(self, event: RunProgress) -> None:
        if event.run_id != self._run_id:
            return
        self._checking = self._checking or event.total > 0
        text = _("{doing} …").format(doing=event.doing)
        if event.total:
            text = _("Checked {done} of {total}").format(done=format_value(event.done), total=format_value(event.total))
        self.header.show_running(text)

    def _run_ended(self, event: RunEnded) -> None:
        run = event.run
        checking, ours = self._checking, run.run_id == self._run_id
        super()._run_ended(event)
        if ours:
            self._checking = False
            troubles.tell_error(self.desk, run, checking=checking)
        if run.operation not in {SYNC, CHECK} or run.dry_run or run.error is not None:
            return
        self.desk.voice.clear_banner(troubles.SERVER)
        self.header.show_result(run_counts(run))
        self._show_health()
        if troubles.some_failed(run):
            self.desk.start("tell of failed checks", self._tell_failed(run.connection))
        elif run.operation == CHECK:
            self.desk.voice.toast(run_counts(run))
        troubles.tell_warnings(self.desk, run)

    async def _tell_failed(self, name: str) -> None:
        read = self.desk.workspace.store.read
        connection = await read(connections.find_connection, name)
        if connection is not None:
            customers = await read(stored.customers, connection.id)
            troubles.tell_failed_checks(self.desk, customers, connection, lambda: self.commands.check(self.failed()))

    # -- what is chosen ------------------------------------------------------------------------------------------

    def chosen(self) -> list[Customer]:
        """The selected customers, else the current one."""
        current = self.pane.table.current_row()
        return self.pane.table.selected_rows() or ([current] if current is not None else [])

    def failed(self) -> list[Customer]:
        """Listed customers whose last check failed."""
        return [c for c in self._known.values() if is_listed(c) and c.database_status and c.database_status.failed]

    def show_details(self, record: Customer | None) -> None:
        """Every field of a customer, its database and its history."""
        self.customer_details.show_customer(record)

    def show_record(self, record_id: str) -> None:
        """Bring a customer into view, by key, id or name, and open its details."""
        self._wanted = record_id
        self.refresh()

    def _find_wanted(self) -> None:
        if not self._wanted:
            return
        wanted = next((c for c in self._known.values() if self._wanted in {c.key, c.id, c.name}), None)
        if wanted is not None:
            self._wanted = ""
            super().show_record(wanted.key)


def read_news(connection_id: str | None, known: Mapping[str, Customer]) -> News:
    """What the store holds against what is shown; on the store's own thread, as comparing takes its time."""
    now = {c.key: c for c in stored.customers(connection_id)}
    changed = [c for key, c in now.items() if known.get(key) != c]
    return News(now, changed, list(now) != list(known), environments_of(now.values()))


def _spec() -> DataPageSpec[Customer]:
    return DataPageSpec(
        name="customers",
        title=_("Customers"),
        operation=SYNC,
        sync_label=pgettext("button", "Sync customers"),
        columns=COLUMNS,
        key=lambda customer: customer.key,
        filters=filters(),
        first_filter=TOTAL,
        search_hint=_("Search customers"),
        count_text=lambda count: ngettext("{count} customer", "{count} customers", count).format(
            count=format_value(count)
        ),
        empty_title=_("No customers yet"),
        empty_text=_("Fetch them from CETEC; each is then checked for its backup database."),
        drawing=Icon.DATABASE,
        kind=ConnectionKind.CETEC,
        connect_text=_("Add a CETEC connection or explore with demo data."),
        connect_first=_("Add a CETEC connection first."),
    )
