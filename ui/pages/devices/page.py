"""The Devices page: header with Push all and how, the list of devices and the coverage matrix, details beside both.

It reads the store, so that it opens at once without any network; what runs tells of itself by events.
"""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.devices import Device
from app.domain.health import Health, connection_health
from app.domain.kinds import ConnectionKind
from app.errors import MusterError
from app.events import ConnectionsChanged, DevicesChanged
from app.i18n import _, ngettext
from app.operations.runner import Request
from app.store import connections
from app.store import devices as stored
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.pages.devices.actions import PUSH, SYNC, VERIFY, DeviceActions
from ui.pages.devices.coverage import CoveragePane
from ui.pages.devices.coverage.story import CoverageStory
from ui.pages.devices.details import DeviceDetails
from ui.pages.devices.following import Following
from ui.pages.devices.header import DevicesHeader, Troubles
from ui.pages.devices.menus import fill_cells_menu, fill_more, fill_row_menu
from ui.pages.devices.push_settings import PushBar
from ui.pages.devices.record_ids import MISSING_AT
from ui.pages.devices.rows import COLUMNS, DeviceLine, evidence_text, filters, severity
from ui.tables import Beside, TablePane, format_value
from ui.theme import GRID, Icon
from ui.widgets import Action, DetailsPane, Look
from ui.widgets.inner_tabs import InnerTabs

AGE_REFRESH_MS = 30_000
SOON_MS = 60
LIST, COVERAGE = 0, 1


class DevicesPage(QWidget):
    """All devices, who is on them, and what can be done with them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.connection: Connection | None = None
        self._found: list[Device] = []
        self._wanted = ""
        self._stale = True
        self.commands = DeviceActions(desk, self)
        self.header = DevicesHeader()
        self.push_bar = PushBar(desk.layouts)
        self.troubles = Troubles()
        self.tabs = InnerTabs(self, name=_("Views of the devices"), object_name="devices.tabs")
        self.pane: TablePane[DeviceLine] = TablePane(
            name=_("Devices"), page="devices", columns=COLUMNS, key=lambda line: line.device.id,
            search_hint=_("Search devices"), count_text=_count_text, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.coverage = CoveragePane(desk, self)
        self.details = QStackedWidget()
        facts, stories = DetailsPane(object_name="devices.facts"), DetailsPane(object_name="devices.story")
        self.device_details = DeviceDetails(desk, facts, self.commands)
        self.story = CoverageStory(desk, self.coverage.model, stories, self.commands)
        self.following = Following(desk, self.header)
        for part in (facts, stories):
            self.details.addWidget(part)
        self._arrange()
        self._connect()
        self._tab_changed(LIST)
        self.pane.set_filters(filters())
        self.pane.show_loading()
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)

    # -- parts ---------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.setAutoFillBackground(True)
        self.tabs.addTab(_("List"))
        self.tabs.addTab(_("Coverage"))
        self.stack = QStackedWidget()
        for part in (self.pane, self.coverage):
            self.stack.addWidget(part)
        self.details.setObjectName("devices.details")
        self.details.setMinimumWidth(280)
        self.details.hide()
        second = QHBoxLayout()
        second.setContentsMargins(3 * GRID, GRID, 4 * GRID, 2 * GRID)
        second.setSpacing(3 * GRID)
        second.addWidget(self.tabs)
        second.addWidget(self.troubles, 1)
        second.addWidget(self.push_bar)
        self.split = Beside(self.stack, self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(second)
        column.addWidget(self.split, 1)

    def _connect(self) -> None:
        header, table, coverage = self.header, self.pane.table, self.coverage
        header.push.clicked.connect(lambda _checked: self.commands.push())
        header.preview.clicked.connect(self.preview)
        header.verify.clicked.connect(lambda _checked: self.commands.verify())
        header.sync.clicked.connect(self.sync)
        header.connection_chosen.connect(self._choose_connection)
        fill_more(header.menu, self.desk, self.commands, self.chosen, self.export)
        self.tabs.currentChanged.connect(self._tab_changed)
        table.current_row_changed.connect(lambda _line: self._show_details())
        table.details_requested.connect(lambda _line: self._toggle_details())
        table.row_activated.connect(lambda _line: self._open_details())
        table.add_to_menu(lambda menu: fill_row_menu(menu, self.desk, self.commands, self.chosen()))
        self.pane.export_requested.connect(self.export)
        coverage.cell_chosen.connect(self.story.tell_cell)
        coverage.cell_learned.connect(self.story.learn)
        coverage.person_chosen.connect(lambda place: self._tell(self.story.tell_person, place))
        coverage.device_chosen.connect(lambda place: self._tell(self.story.tell_device, place))
        coverage.view.menu_opening.connect(
            lambda menu, people, devices: fill_cells_menu(menu, self.desk, self.commands, people, devices)
        )
        coverage.opened.connect(self._open_details)
        coverage.details_requested.connect(self._toggle_details)
        self.following.test_moved.connect(self._test_moved)
        self.following.changed.connect(self.refresh)
        self.commands.made.connect(self.show_record)
        self.desk.on(DevicesChanged, self._data_moved)
        self.desk.on(ConnectionsChanged, self._data_moved)
        ages = QTimer(self, interval=AGE_REFRESH_MS)
        ages.timeout.connect(self._show)
        ages.start()

    # -- reading -------------------------------------------------------------------------------------------------

    def _data_moved(self, _event: object) -> None:
        """Several changes at once are read once, and a hidden page reads when it is shown."""
        self._stale = True
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed while the page was hidden."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Read the store again."""
        self._stale = False
        self.desk.start("read devices", self._read())

    async def _read(self) -> None:
        read = self.desk.workspace.store.read
        try:
            all_connections = await read(connections.connections)
            self._found = await read(stored.devices)
        except MusterError as error:
            again = Action(_("Retry"), self.refresh, icon=Icon.REFRESH)
            self.pane.show_error(error.message, remedy_of(error), [again])
            return
        fitting = [c for c in all_connections if c.kind is ConnectionKind.SUPABASE]
        known = self.connection.name if self.connection else ""
        self.connection = next((c for c in fitting if c.name == known), fitting[0] if fitting else None)
        self.header.show_connections(fitting, self.connection.name if self.connection else "")
        self._show()
        self.coverage.reader.look_ahead()

    def _choose_connection(self, name: str) -> None:
        self.desk.start("choose connection", self._use(name))

    async def _use(self, name: str) -> None:
        self.connection = await self.desk.workspace.store.read(connections.find_connection, name)
        self._show_header()

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.pane.set_rows([DeviceLine(d, testing=self.following.is_tested(d.id)) for d in self._found])
        if not self._found:
            self._show_empty()
        self._show_header()
        self._choose()
        self._show_details()

    def _show_empty(self) -> None:
        self.pane.show_empty(
            _("No devices yet"),
            _("Add a Supabase connection, add a device by hand, or search the network."),
            [
                Action(_("Add a connection"), lambda: self.desk.voice.open_page("connections"), icon=Icon.PLUG),
                Action(_("Add device"), self.commands.add, Look.PRIMARY, Icon.PLUS),
                Action(_("Search the network"), self.commands.discover, icon=Icon.RADAR),
            ],
            drawing=Icon.FACE,
        )

    def _show_header(self) -> None:
        troubled = sorted((line for line in self.pane.rows.all_rows() if line.needs_a_look), key=severity)
        text = _("{name}: {cause}")
        first = [text.format(name=line.device.name, cause=evidence_text(line)) for line in troubled[:1]]
        self.troubles.show_count(len(troubled), "".join(first))
        report = None
        if self.connection is not None:
            report = connection_health(self.connection, self.desk.workspace.vault.known_secrets(self.connection))
        self.header.show_health(report)
        paused = report is not None and report.health is Health.PAUSED
        lack = _("Add a Supabase connection first.") if report is None else ""
        self.header.sync.set_possible(
            self.desk.refusal(SYNC) or lack or (_("The connection is paused.") if paused else "") or self._busy(SYNC)
        )
        none = "" if any(d.takes_pushes for d in self._found) else _("There is no active device yet.")
        self.header.push.set_possible(self.desk.refusal(PUSH) or none or self._busy(PUSH))
        self.header.preview.set_possible(self.desk.refusal(PUSH) or none)
        self.header.verify.set_possible(self.desk.refusal(VERIFY) or none or self._busy(VERIFY))

    def _busy(self, operation: str) -> str:
        return self.following.obstacle(operation)

    def _choose(self) -> None:
        """Bring the device that was asked for into view."""
        wanted = next((d.id for d in self._found if self._wanted in {d.id, d.name}), "")
        if wanted:
            self._wanted = ""
            if not self.pane.table.select_key(wanted):
                self.pane.clear_search()
                self.pane.table.select_key(wanted)
            self.details.show()

    def _show_details(self) -> None:
        if self.details.isHidden() or self.tabs.currentIndex() != LIST:
            return
        line = self.pane.table.current_row()
        self.device_details.show_line(line, self.following.stages(line.device.id) if line else None)

    def _test_moved(self, device_id: str) -> None:
        """A test began, came a step further or ended."""
        line = self.pane.rows.row_for(device_id)
        if line is None:
            return
        testing, seen = self.following.is_tested(device_id), self.following.stages(device_id)
        if line.testing is not testing:
            self.pane.update_rows([DeviceLine(line.device, testing=testing)])
            self._show_details()
        elif seen is not None and (current := self.pane.table.current_row()) and current.device.id == device_id:
            self.device_details.show_stages(seen)

    # -- details -------------------------------------------------------------------------------------------------

    def _tab_changed(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        parts: tuple[TablePane[DeviceLine] | CoveragePane, ...] = (self.pane, self.coverage)
        for at, part in enumerate(parts):
            for shortcut in part.shortcuts:
                shortcut.setEnabled(at == place)
        self.details.setCurrentIndex(place)
        self._show_details()

    def _open_details(self) -> None:
        self.details.show()
        self._show_details()

    def _toggle_details(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self._show_details()

    def _tell(self, tell: object, place: int) -> None:
        self.details.show()
        tell(place)  # type: ignore[operator]

    # -- what the window asks of a page --------------------------------------------------------------------------

    def chosen(self) -> list[Device]:
        """The selected devices."""
        return [line.device for line in self.pane.table.selected_rows()]

    def sync(self) -> None:
        """Fetch the devices (F5)."""
        if self.connection is not None and self.header.sync.isEnabled():
            self.desk.run(Request(SYNC, self.connection.name))

    def preview(self) -> None:
        """Show what a push to all would do (Shift+F5)."""
        if self.header.preview.isEnabled():
            self.commands.push(dry_run=True)

    def export(self) -> None:
        """Export exactly what is shown."""
        if self.tabs.currentIndex() == COVERAGE:
            self.coverage.export()
        else:
            export_table(self, self.desk, self.pane.visible_table(), "devices")

    def show_record(self, record_id: str) -> None:
        """Bring a device into view, by id or name; or, led by `MISSING_AT`, where a person is missing."""
        if record_id.startswith(MISSING_AT):
            self.tabs.setCurrentIndex(COVERAGE)
            self.coverage.show_person(record_id.removeprefix(MISSING_AT))
            self.details.show()
            return
        self.tabs.setCurrentIndex(LIST)
        self._wanted = record_id
        self.refresh()


def _count_text(count: int) -> str:
    return ngettext("{count} device", "{count} devices", count).format(count=format_value(count))
