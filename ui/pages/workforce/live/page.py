"""The Live page: alarms, agents by status, groups and queues now, each number with its age (contact-center.md §10).

It shows what the feed of the chosen connection knows (`workspace.live`), keeps that feed running while it is visible,
and reads the store for names, accounts and what waits to be sent. Rows that changed are replaced a few times a second;
ages and durations tick by painting alone.
"""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection, ConnectionStatus
from app.domain.contact_center.alarms import Metric
from app.domain.kinds import ConnectionKind
from app.errors import MusterError
from app.events import (
    AlarmsChanged,
    ConnectionsChanged,
    ContactCenterDataChanged,
    DirectoryChanged,
    LiveChanged,
    WorkforceChanged,
)
from app.i18n import _
from app.operations.contact_center.live import Wanted
from app.operations.contact_center.live_feed import Channel, Feed
from app.store import connections, outbox
from app.store.contact_center_now import StatusMeaning
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.pages.workforce.live.actions import LIMITS, LiveActions
from ui.pages.workforce.live.ages import Ages
from ui.pages.workforce.live.alarm_line import AlarmLine
from ui.pages.workforce.live.channel import channel_told, is_stale, outbox_words, skew_words, trouble
from ui.pages.workforce.live.details import AgentDetails
from ui.pages.workforce.live.header import LiveHeader
from ui.pages.workforce.live.lines import AgentLine, Known, read_known
from ui.pages.workforce.live.menus import fill_more_menu, fill_row_menu
from ui.pages.workforce.live.tables import LiveTables
from ui.tables import format_value
from ui.theme import Icon, Tone
from ui.widgets import Action, BannerArea, Look

SOON_MS = 50
"""Changes are shown together at most this much later."""
TICK_MS = 1000
LOW = 460
"""Height below which tiles become flat."""


class LivePage(QWidget):
    """What is now at the chosen contact centre."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.connection: Connection | None = None
        self.known = Known()
        self._changed: tuple[set[str], set[str]] = set(), set()
        self._banner = ""
        self._said_skew = ""
        self._wanted = ""
        self._ticks = 0
        self._was_stale = False
        self.commands = LiveActions(desk, self)
        self.ages = Ages(lambda: self.feed)
        self.header = LiveHeader()
        self.alarm_line = AlarmLine(object_name="live.alarms")
        self.banners = BannerArea(object_name="live.banners")
        self.tables = LiveTables(desk.layouts, self.ages, self._meaning, shortcuts_in=self)
        self.agents = self.tables.agents
        self.agent_details = AgentDetails(self.tables.details, self.commands, self.ages)
        self._arrange()
        self._connect()
        self._listen()
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._show_changes)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._tick_once)
        self.agents.show_loading()
        self.header.show_possible(_("Loading …"), _("Loading …"))
        self.refresh()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.alarm_line, self.header, self.banners, self.tables.tiles):
            column.addWidget(widget)
        column.addWidget(self.tables, 1)
        self.setFocusProxy(self.agents)

    def _connect(self) -> None:
        header, table = self.header, self.agents.table
        header.sync_pressed.connect(self.sync)
        header.pause_pressed.connect(self.toggle_pause)
        header.limits_pressed.connect(self._edit_limits)
        header.connection_chosen.connect(self._choose_connection)
        header.menu.aboutToShow.connect(self._fill_more)
        self._fill_more()
        self.alarm_line.acknowledged.connect(self._acknowledge)
        table.add_to_menu(lambda menu: fill_row_menu(menu, self.commands, self.chosen()))
        table.current_row_changed.connect(lambda _row: self._show_details())
        table.details_requested.connect(lambda _row: self._toggle_details())
        table.row_activated.connect(lambda _row: self.open_details())
        for pane in (self.tables.groups, self.tables.queues):
            pane.table.row_activated.connect(lambda line: self._edit_limits(line.group_id))
        for each in (self.agents, self.tables.groups, self.tables.queues):
            each.export_requested.connect(self.export)

    def _listen(self) -> None:
        on = self.desk.on
        on(LiveChanged, self._live_changed)
        on(AlarmsChanged, self._alarms_changed)
        for kind in (ConnectionsChanged, ContactCenterDataChanged, DirectoryChanged, WorkforceChanged):
            on(kind, lambda _event: self._data_moved())

    @property
    def feed(self) -> Feed | None:
        """The feed of the chosen connection."""
        return self.desk.workspace.live.feed(self.connection.id) if self.connection is not None else None

    def _meaning(self, code: str) -> StatusMeaning | None:
        return self.known.meanings.get(code)

    # -- while it is visible -------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Numbers come while somebody looks."""
        super().showEvent(event)
        self._tick.start()
        self._hold()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is asked for, but for alarms."""
        super().hideEvent(event)
        self._tick.stop()
        if self.connection is not None:
            self.desk.workspace.live.release(self.connection.id, Wanted.PAGE)

    def _hold(self) -> None:
        if self.connection is not None and self.isVisible():
            self.desk.workspace.live.hold(self.connection.id, Wanted.PAGE)

    def _data_moved(self) -> None:
        if self.isVisible():
            self.refresh()

    # -- reading -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the store again: connections, names, accounts."""
        self.desk.start("read live", self._read())

    async def _read(self) -> None:
        read = self.desk.workspace.store.read
        try:
            every = await read(connections.connections)
            found = [c for c in every if c.kind is ConnectionKind.CONTACT_CENTER]
            before = self.connection.id if self.connection else ""
            self._choose(next((c for c in found if c.id == before), found[0] if found else None))
            if self.connection is not None:
                self.known = await read(read_known, self.connection.id)
        except MusterError as error:
            self.agents.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.refresh)])
            return
        self.header.show_connections(found, self.connection.name if self.connection else "")
        self._show_everything()
        await self._read_outbox()

    def _choose(self, connection: Connection | None) -> None:
        before, self.connection = self.connection, connection
        self.commands.connection = connection
        if before is not None and (connection is None or before.id != connection.id):
            self.desk.workspace.live.release(before.id, Wanted.PAGE)
        self._hold()

    def _choose_connection(self, name: str) -> None:
        self.desk.start("choose connection", self._use(name))

    async def _use(self, name: str) -> None:
        self._choose(await self.desk.workspace.store.read(connections.find_connection, name))
        self.refresh()

    async def _read_outbox(self) -> None:
        if self.connection is None:
            self.header.show_outbox("", "")
            return
        try:
            state = await self.desk.workspace.store.read(outbox.outbox_state, self.connection.id)
        except MusterError:
            return  # a busy disk; it is read again in a moment
        tally = state.tally
        detail = _("Status updates sent: {taken}, refused: {refused}, dropped as too late: {late}.").format(
            taken=format_value(tally.taken), refused=format_value(tally.refused), late=format_value(tally.late)
        )
        self.header.show_outbox(outbox_words(state.waiting, state.oldest_ms), detail if state.waiting else "")

    # -- showing -------------------------------------------------------------------------------------------------

    def _show_everything(self) -> None:
        """All rows anew: other names, another connection."""
        feed = self.feed
        for changed in self._changed:
            changed.clear()
        if feed is None:
            self._show_nothing()
            return
        self.tables.show_all(self.known, feed)
        self.alarm_line.show_alarms(feed.alarms.alarms, self._group_name)
        self._show_state()
        self._find_wanted()

    def _show_nothing(self) -> None:
        self.tables.show_none()
        add = Action(_("Add a connection"), lambda: self.desk.voice.open_page("connections"), Look.PRIMARY, Icon.PLUS)
        text = _("Add a contact centre, or explore with demo data: who is in which status is then shown here.")
        self.agents.show_empty(_("No contact centre yet"), text, [add], drawing=Icon.USERS)
        self._show_state()

    def _live_changed(self, event: LiveChanged) -> None:
        if self.connection is None or event.connection != self.connection.id:
            return
        self._changed[0].update(event.agents)
        self._changed[1].update(event.groups)
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _alarms_changed(self, event: AlarmsChanged) -> None:
        feed = self.feed
        if feed is not None and event.connection == feed.connection_id:
            self._changed[1].update(feed.board.groups)
            self._soon.start()

    def _show_changes(self) -> None:
        """The rows that changed, and how the numbers come."""
        feed = self.feed
        if feed is None:
            return
        agents, groups = (set(changed) for changed in self._changed)
        for changed in self._changed:
            changed.clear()
        self.tables.show_changed(self.known, feed, agents, groups)
        if groups:
            self.alarm_line.show_alarms(feed.alarms.alarms, self._group_name)
        self._show_state()
        if self.agent_details.agent is not None and self.agent_details.agent.agent_id in agents:
            self._show_details()

    def _group_name(self, group_id: str) -> str:
        return self.known.groups.get(group_id, group_id)

    def _show_state(self) -> None:
        """Chip, words, banners and buttons, as they are now."""
        feed, connection = self.feed, self.connection
        has_rows = bool(self.agents.rows.total)
        self.tables.make_room(self.width(), is_empty=feed is None)
        if feed is None or connection is None:
            self.header.chip.set_status(_("Not configured"), Tone.WARNING)
            self.header.evidence.setText("")
            lack = _("Add a contact centre first.")
            self.header.show_possible(lack, lack)
            self.banners.hide()
            self.alarm_line.hide()
            return
        self.header.show_told(channel_told(feed, connection))
        self.header.show_paused(paused=feed.is_paused)
        paused = connection.status is ConnectionStatus.INACTIVE
        self.header.show_possible(
            _("The connection is paused.") if paused else "", self.commands.obstacle(LIMITS)
        )  # fmt: skip
        self._show_banners(feed)
        if not has_rows:
            self._show_why_empty(feed)

    def _show_banners(self, feed: Feed) -> None:
        found = trouble(feed)
        text = f"{found.text}|{found.remedy}|{found.urgent}" if found is not None else ""
        if text != self._banner:
            self._banner = text
            self.banners.clear("trouble")
            if found is not None:
                act = Action(_("Try now"), self.sync, icon=Icon.REFRESH, object_name="live.try_now")
                tone = Tone.DANGER if found.urgent else Tone.WARNING
                self.banners.show_banner("trouble", tone, found.text, found.remedy, [act], permanent=True)
        skew = skew_words(feed)
        if skew != self._said_skew:
            self._said_skew = skew
            self.banners.clear("skew")
            if skew:
                self.banners.show_banner("skew", Tone.WARNING, skew)

    def _show_why_empty(self, feed: Feed) -> None:
        problem = feed.problem
        if feed.is_paused or (feed.channel is Channel.OFF and problem is None):
            self.agents.show_empty(_("Paused"), _("Resume to see who is in which status."), drawing=Icon.PAUSE)
        elif problem is not None:
            self.agents.show_error(problem.message, remedy_of(problem), [Action(_("Try now"), self.sync)])
        elif feed.channel in {Channel.STARTING, Channel.RECONNECTING}:
            self.agents.show_loading()
        else:
            self.agents.show_empty(_("Nobody is signed in"), _("The platform names no agent now."), drawing=Icon.USERS)

    def _tick_once(self) -> None:
        """Ages and durations are words of the moment: painting them again is enough."""
        self._ticks += 1
        feed = self.feed
        stale = feed is not None and is_stale(feed)
        self.tables.paint_again(whole=stale is not self._was_stale)
        self._was_stale = stale
        self.alarm_line.tick()
        self._show_state()
        if self._ticks % 2 == 0:
            self.desk.start("read outbox", self._read_outbox())

    # -- tiles, details, menus -----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the page is low the tiles leave their height to the table."""
        super().resizeEvent(event)
        self.tables.tiles.set_flat(flat=event.size().height() < LOW)

    def _acknowledge(self, keys: list[tuple[str, Metric]]) -> None:
        if (feed := self.feed) is not None:
            feed.acknowledge(keys)

    def chosen(self) -> list[AgentLine]:
        """The selected agents, else the current one."""
        current = self.agents.table.current_row()
        return self.agents.table.selected_rows() or ([current] if current is not None else [])

    def _fill_more(self) -> None:
        fill_more_menu(self.header.menu, self.commands, self.export)

    def _edit_limits(self, group_id: str = "") -> None:
        self.commands.edit_limits(group_id)

    def _toggle_details(self) -> None:
        self.tables.details.setVisible(self.tables.details.isHidden())
        self._show_details()

    def open_details(self) -> None:
        """Show the details (Enter, double click)."""
        self.tables.details.show()
        self._show_details()

    def _show_details(self) -> None:
        feed = self.feed
        self._show_state()
        if not self.tables.details.isHidden():
            self.agent_details.show_agent(self.agents.table.current_row(), feed.board if feed else None)

    # -- what the window asks of a page --------------------------------------------------------------------------

    def sync(self) -> None:
        """Ask at once (F5)."""
        feed = self.feed
        if feed is not None and self.header.sync.isEnabled():
            feed.pause(paused=False)
            self.desk.start("update live numbers", feed.try_now())

    def preview(self) -> None:
        """Nothing is written here, so there is nothing to preview."""

    def toggle_pause(self) -> None:
        """Ask for nothing until it is pressed again."""
        if (feed := self.feed) is not None:
            feed.pause(paused=not feed.is_paused)

    def export(self) -> None:
        """Export the table that has the keyboard, else the agents."""
        pane = next(
            (p for p in (self.tables.groups, self.tables.queues) if p.isAncestorOf(self.focusWidget())), self.agents
        )
        export_table(self, self.desk, pane.visible_table(), "live")

    def show_record(self, record_id: str) -> None:
        """Bring an agent into view and open its details."""
        self._wanted = record_id
        self._find_wanted()

    def _find_wanted(self) -> None:
        if not self._wanted or not self.agents.rows.total:
            return
        if not self.agents.table.select_key(self._wanted):
            self.agents.clear_search()
            if not self.agents.table.select_key(self._wanted):
                return
        self._wanted = ""
        self.open_details()
