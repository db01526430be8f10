"""The Connections page: header, table, details. It reads the store, so that it opens at once without any network.

What runs tells of itself: tests by their stages, everything else by `ConnectionsChanged`. `attention_changed` says how
many connections need a look, for the tab.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.health import NOTHING_KNOWN, Circumstances, TestReport, connection_health, success_rate_percent
from app.errors import MusterError, NoKeyring
from app.events import ConnectionsChanged, RunEnded, RunStarted, SchedulesChanged, StageReached
from app.i18n import _, ngettext
from app.operations.connection_test import stage_titles
from app.operations.pulse import circumstances
from app.operations.reports import read_report, stored_report
from app.operations.schedule_rows import next_syncs
from app.operations.secret_expiry import ending
from app.store import connections as stored
from app.store.values import now
from ui.desk import Desk
from ui.dialogs.connection_stages import StagesSeen
from ui.dialogs.export import export_table
from ui.pages.connections.actions import ConnectionActions
from ui.pages.connections.details import ConnectionDetails
from ui.pages.connections.header import ConnectionsHeader
from ui.pages.connections.life import ConnectionLife
from ui.pages.connections.menu import fill_row_menu
from ui.pages.connections.rows import COLUMNS, ConnectionLine, filters
from ui.tables import Beside, TablePane, format_value
from ui.texts import day_text
from ui.theme import Icon, Tone
from ui.widgets import Action, BannerArea, Look

log = logging.getLogger(__name__)
AGE_REFRESH_MS = 30_000
COUNTDOWN_MS = 1_000
TEST = "connections.test"


class ConnectionsPage(QWidget):
    """All connections, and what can be done with them."""

    attention_changed = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.attention = 0
        self._found: list[Connection] = []
        self._around: dict[str, Circumstances] = {}
        self._tests: dict[str, str] = {}  # running tests: id of the run, name of the connection
        self._next: dict[str, dict[str, Any]] = {}  # by id of a connection: when its schedules run next
        self._seen: dict[str, StagesSeen] = {}
        self._told: dict[str, TestReport] = {}  # tests whose result may not be stored
        self._wanted = ""
        self._any = False
        self.commands = ConnectionActions(desk, self)
        self.commands.made.connect(self.show_record)
        self.life = ConnectionLife(desk, self)
        self.life.made.connect(self.show_record)
        self.header = ConnectionsHeader(desk, self.commands, self.life, lambda: self._found)
        self.banners = BannerArea(object_name="connections.banners")
        self.pane: TablePane[ConnectionLine] = TablePane(
            name=_("Connections"), page="connections", columns=COLUMNS, key=lambda line: line.connection.id,
            search_hint=_("Search connections"), count_text=_count_text, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.details = ConnectionDetails(desk, self.commands, self.life)
        self.details.hide()
        self.setAutoFillBackground(True)
        self._connect()
        self._arrange()
        self.pane.show_loading()
        self.refresh()
        desk.start("look at the keyring", self._look_at_keyring())

    def _connect(self) -> None:
        self.pane.set_filters(filters())
        table = self.pane.table
        table.current_row_changed.connect(self._show_details)
        table.details_requested.connect(lambda _line: self.details.setVisible(self.details.isHidden()))
        table.row_activated.connect(lambda _line: self.details.show())
        table.add_to_menu(lambda menu: fill_row_menu(menu, self.desk, self.commands, self.life, table.current_row()))
        self.pane.export_requested.connect(self.export)
        self.desk.on(ConnectionsChanged, lambda _event: self._connections_changed())
        self.desk.on(SchedulesChanged, lambda _event: self.desk.start("read next runs", self._read_next()))
        self.desk.on(RunStarted, self._run_started)
        self.desk.on(StageReached, self._stage_reached)
        self.desk.on(RunEnded, self._run_ended)
        ages = QTimer(self, interval=AGE_REFRESH_MS)
        ages.timeout.connect(self._show)
        ages.start()
        self._countdown = QTimer(self, interval=COUNTDOWN_MS)
        self._countdown.timeout.connect(self._tick)

    def _arrange(self) -> None:
        self.split = Beside(self.pane, self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(self.header)
        column.addWidget(self.split, 1)

    # -- reading -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the store again."""
        self.desk.start("read connections", self._read())

    async def _read(self) -> None:
        try:
            found = await self.desk.workspace.store.read(stored.connections)
            self._around = await circumstances(self.desk.workspace, found)
        except MusterError as error:
            again = Action(_("Retry"), self.refresh, icon=Icon.REFRESH)
            if self._found:  # what was read before stays in the table
                self.banners.show_banner("store", Tone.DANGER, error.message, remedy_of(error), [again])
            else:
                self.pane.show_error(error.message, remedy_of(error), [again])
            return
        self.banners.clear("store")
        self._found = sorted(found, key=lambda connection: connection.name.casefold())
        self._show()
        await self._read_next()

    async def _read_next(self) -> None:
        """When schedules run next; after the rows are there, so that many schedules do not delay the page."""
        try:
            self._next = await next_syncs(self.desk.workspace, self._found)
        except MusterError as error:
            log.warning("Next runs are not known: %s", error.message)
            return
        self._show()

    async def _look_at_keyring(self) -> None:
        """Without a keyring no key can be kept or read: said here, where it matters."""
        if problem := await self.desk.workspace.vault.problem():
            self.banners.show_banner("keyring", Tone.WARNING, problem, _(NoKeyring.default_remedy))

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show what was read, with what is known of it now."""
        lines = [self._line(connection) for connection in self._found]
        self.pane.set_rows(lines)
        if not lines:
            self._show_empty()
        if bool(lines) != self._any:  # with the first connection the details open, with the last they go
            self._any = bool(lines)
            self.details.setVisible(self._any)
        self.header.show_lines(lines)
        self._choose()
        self._show_details()
        self._count_attention(lines)
        self._show_full_access()
        self._show_unverified()
        self._show_expiry()
        self._count_down(lines)

    def _count_down(self, lines: list[ConnectionLine]) -> None:
        """Second by second while calls are refused, so that what is left of the pause is true."""
        refused = any(line.refused_until is not None for line in lines)
        if refused != self._countdown.isActive():
            self._countdown.start() if refused else self._countdown.stop()

    def _tick(self) -> None:
        """Show what is left of the pauses; what else is on the page stays as it is."""
        counting = [row.connection for row in self.pane.rows.all_rows() if row.refused_until is not None]
        lines = [self._line(connection) for connection in counting]
        if any(line.refused_until is None for line in lines) or not lines:
            self._show()
        else:
            self.pane.update_rows(lines)

    def _show_full_access(self) -> None:
        """A key that opens everything is said for as long as it is in use (supabase.md §2.2)."""
        names = ", ".join(connection.name for connection in self._found if connection.full_access)
        text = _("Full access key in use: {names}.").format(names=names)
        shown = self.banners.banner("full_access")
        if not names:
            self.banners.clear("full_access")
        elif shown is None or shown.text != text:
            remedy = _("Whoever gets hold of this computer can read the whole project. Better sign in as a user.")
            self.banners.show_banner("full_access", Tone.WARNING, text, remedy, permanent=True)

    def _show_unverified(self) -> None:
        """A connection that takes any certificate is said for as long as it does (connections.md §5)."""
        names = ", ".join(connection.name for connection in self._found if connection.unverified)
        text = _("Certificates are not checked: {names}.").format(names=names)
        shown = self.banners.banner("unverified")
        if not names:
            self.banners.clear("unverified")
        elif shown is None or shown.text != text:
            remedy = _("Anybody on the way can read and change everything. Better name a certificate file.")
            self.banners.show_banner("unverified", Tone.WARNING, text, remedy, permanent=True)

    def _show_expiry(self) -> None:
        """A token that ends within seven days, or has ended, is said while there is time to get another one (§5)."""
        moment = now()
        found = ending(self._found, moment)
        shown = self.banners.banner("expiry")
        if not found:
            self.banners.clear("expiry")
            return
        words = {True: _("The token of {name} ended on {day}."), False: _("The token of {name} ends on {day}.")}
        text = " ".join(
            words[at <= moment].format(name=c.name, day=day_text(at.astimezone().date())) for c, at in found
        )
        if shown is None or shown.text != text:
            first = found[0][0]
            again = Action(_("Sign in again…"), lambda: self.life.sign_in(first), icon=Icon.KEY)
            remedy = _("Get a new one from its administrator, then sign in again: settings and history stay.")
            self.banners.show_banner("expiry", Tone.WARNING, text, remedy, [again])

    def _line(self, connection: Connection) -> ConnectionLine:
        workspace = self.desk.workspace
        secrets = workspace.vault.known_secrets(connection)
        refused_until = workspace.links.refused_until(connection.id)
        around = replace(self._around.get(connection.id, NOTHING_KNOWN), refused_until=refused_until)
        coming = self._next.get(connection.id, {})
        at = coming.get("next_sync")
        return ConnectionLine(
            connection,
            connection_health(connection, secrets, around),
            secrets,
            refused_until,
            testing=connection.name in self._seen,
            held=around.held,
            next_run=datetime.fromisoformat(at) if at else None,
            next_run_reason=coming.get("next_sync_reason", ""),
            success_rate=success_rate_percent(around.recent),
        )

    def _show_empty(self) -> None:
        self.pane.show_empty(
            _("No connections yet"),
            _("Add the system your offices and people come from, or import its settings from a .env file."),
            [
                Action(_("Add connection"), self.add_connection, Look.PRIMARY, Icon.PLUS),
                Action(_("Import from .env…"), self.import_env, icon=Icon.IMPORT),
            ],
            drawing=Icon.PLUG,
        )

    def _choose(self) -> None:
        """Keep a row chosen: the one asked for, else the first."""
        wanted = next((c.id for c in self._found if self._wanted in {c.id, c.name}), "")
        if wanted:
            self._wanted = ""
            if not self.pane.table.select_key(wanted):
                self.pane.clear_search()
                self.pane.table.select_key(wanted)
            self.details.show()
        elif self.pane.table.current_row() is None and self.pane.rows.rowCount():
            self.pane.table.selectRow(0)

    def _show_details(self, _line: ConnectionLine | None = None) -> None:
        line = self.pane.table.current_row()
        if line is None:
            self.details.show_line(None, None, None)
            return
        name = line.connection.name
        self.details.show_line(line, self._told.get(name) or stored_report(line.connection), self._seen.get(name))

    def _count_attention(self, lines: list[ConnectionLine]) -> None:
        count = sum(line.needs_a_look for line in lines)
        if count != self.attention:
            self.attention = count
            self.attention_changed.emit(count)

    # -- runs ----------------------------------------------------------------------------------------------------

    def _connections_changed(self) -> None:
        self._told.clear()
        self.refresh()

    def _run_started(self, event: RunStarted) -> None:
        if event.run.operation == TEST:
            self._tests[event.run.run_id] = event.run.connection
            kinds = {c.name: c.kind for c in self._found}
            if (kind := kinds.get(event.run.connection)) is not None:
                self._seen[event.run.connection] = StagesSeen(titles=stage_titles(kind))
            self._show()

    def _stage_reached(self, event: StageReached) -> None:
        name = self._tests.get(event.run_id)
        if name is not None and name in self._seen:
            self._seen[name] = self._seen[name].reached(event)
            self._show_details()

    def _run_ended(self, event: RunEnded) -> None:
        if (name := self._tests.pop(event.run.run_id, None)) is not None:
            self._seen.pop(name, None)
            if (report := read_report(event.run.result)) is not None:
                self._told[name] = report
        self.refresh()

    # -- what the window asks of a page --------------------------------------------------------------------------

    def add_connection(self) -> None:
        """Show the form of a new connection."""
        self.commands.add()

    def import_env(self) -> None:
        """Ask for a `.env` file."""
        self.commands.import_env()

    def sync(self) -> None:
        """F5 here finds out how everything is."""
        self.commands.test_all(self._found)

    def preview(self) -> None:
        """Nothing on this page changes records, so there is nothing to preview."""

    def export(self) -> None:
        """Export exactly what is shown."""
        export_table(self, self.desk, self.pane.visible_table(), "connections")

    def show_record(self, record_id: str) -> None:
        """Bring a connection into view, by id or name, and open its details."""
        self._wanted = record_id
        self.refresh()


def _count_text(count: int) -> str:
    text = ngettext("{count} connection", "{count} connections", count)
    return text.format(count=format_value(count))
