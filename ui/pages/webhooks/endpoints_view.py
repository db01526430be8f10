"""The endpoints of the Webhooks page: who is told of what, and how each receiver is doing.

It reads the store; what is sent meanwhile tells of itself by events, and is read at most a few times a second.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.endpoint import notice
from app.errors import MusterError
from app.events import ConnectionsChanged, DeliveryTried, RoleChanged, WebhookDisabled, WebhookHeld, WebhooksChanged
from app.i18n import _, ngettext
from app.operations.runner import Request
from app.store import webhook_log, webhooks
from app.store.values import now
from ui.desk import Desk
from ui.pages.entries import fill
from ui.pages.webhooks.causes import explain
from ui.pages.webhooks.endpoint_actions import ADD, EndpointActions
from ui.pages.webhooks.endpoint_details import EndpointDetails
from ui.pages.webhooks.endpoint_rows import COLUMNS, EndpointLine, filters
from ui.pages.webhooks.sparkline import SparklineDelegate
from ui.pages.webhooks.words import needs_a_look, state_of
from ui.tables import TablePane, WithDetails, format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import Action, BannerArea, Button, ElidedLabel, Look, StatusChip

SOON_MS = 300
AGE_REFRESH_MS = 30_000
_SETTINGS, _SWITCH = "settings.update", "enable_webhooks"


class EndpointsView(QWidget):
    """All endpoints, and what can be done with them. What it says in `banners` concerns the whole page."""

    attention_changed = Signal(int)

    def __init__(self, desk: Desk, shortcuts_in: QWidget, banners: BannerArea) -> None:
        super().__init__()
        self.desk = desk
        self.attention = 0
        self._wanted = ""
        self._found: list[EndpointLine] = []
        self._any = False
        self._told: set[str] = set()
        self._off_told: str | None = None
        self.actions_of = EndpointActions(desk, self)
        self.banners = banners
        self.chip = StatusChip(object_name="webhooks.chip")
        self.evidence = ElidedLabel(object_name="webhooks.evidence")
        self.evidence.setProperty("role", "muted")
        self.verify = Button(_("How to verify"), icon=Icon.VERIFY, object_name="webhooks.verify")
        self.add = Button(_("Add webhook"), look=Look.PRIMARY, icon=Icon.PLUS, object_name="webhooks.add")
        self.pane: TablePane[EndpointLine] = TablePane(
            name=_("Webhooks"), page="webhooks", columns=COLUMNS, key=lambda line: line.endpoint.id,
            search_hint=_("Search webhooks"), count_text=_count_text, store=desk.layouts, shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.details = EndpointDetails(self.actions_of)
        place = next(at for at, column in enumerate(COLUMNS) if column.key == "recent")
        self.pane.table.setItemDelegateForColumn(place, SparklineDelegate(self.pane.table))
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self._arrange()
        self._connect()
        self._show_role()
        self.pane.show_loading()

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        header.setSpacing(2 * GRID)
        header.addWidget(self.chip)
        header.addWidget(self.evidence, 1)
        header.addWidget(self.verify)
        header.addWidget(self.add)
        self.split = WithDetails(self.pane, self.pane.table, self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.split, 1)

    def _connect(self) -> None:
        self.pane.set_filters(filters())
        self.add.clicked.connect(lambda _checked=False: self.actions_of.add())
        self.verify.clicked.connect(lambda _checked=False: self._open_verify())
        self.actions_of.made.connect(self.show_record)
        self.split.told.connect(self._tell_details)
        self.pane.table.row_activated.connect(self.split.open)
        self.pane.table.add_to_menu(self._fill_menu)
        self.pane.export_requested.connect(self.export)
        for kind in (WebhooksChanged, WebhookDisabled):
            self.desk.on(kind, lambda _event: self._moved())
        self.desk.on(DeliveryTried, self._tried)
        self.desk.on(WebhookHeld, self._held)
        self.desk.on(RoleChanged, lambda _event: self._show_role())
        self.desk.on(ConnectionsChanged, lambda _event: self._show_switch())  # settings for all connections tell of it
        ages = QTimer(self, interval=AGE_REFRESH_MS)
        ages.timeout.connect(self._show)
        ages.start()

    # -- reading -------------------------------------------------------------------------------------------------

    def _moved(self) -> None:
        """Deliveries may end hundreds of times a second: they are read together."""
        if not self._soon.isActive():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Another program may have sent something meanwhile."""
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """See what other programs did."""
        self._show_switch()
        self.refresh()

    def refresh(self) -> None:
        """Read the store again."""
        self.desk.start("read webhooks", self.read())

    async def read(self) -> None:
        """All endpoints with the line of their health."""
        try:
            self._found = await self.desk.workspace.store.read(_lines)
        except MusterError as error:
            again = [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)]
            if self._found:  # what was read before stays in the table
                self.banners.show_banner("store", Tone.DANGER, error.message, remedy_of(error), again)
            else:
                self.pane.show_error(error.message, remedy_of(error), again)
            return
        self.banners.clear("store")
        self._show()

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        lines = self._found
        self.pane.set_rows(lines)
        if bool(lines) != self._any:  # with the first one the details open, with the last they go
            self._any = bool(lines)
            self.details.setVisible(self._any)
        self._choose()
        self.split.tell()
        self._show_header(lines)
        self._show_notices(lines)

    def _show_header(self, lines: list[EndpointLine]) -> None:
        troubled = [line.endpoint for line in lines if needs_a_look(line.endpoint)]
        active = sum(line.endpoint.is_active for line in lines)
        off = not self.desk.workspace.event_log.enabled
        if off:
            self.chip.set_status(_("Webhooks are switched off"), Tone.WARNING)
        elif troubled:
            text = ngettext("{count} needs a look", "{count} need a look", len(troubled))
            self.chip.set_status(text.format(count=format_value(len(troubled))), Tone.WARNING)
        elif lines:
            text = ngettext("{count} active", "{count} active", active).format(count=format_value(active))
            self.chip.set_status(text, Tone.SUCCESS if active else Tone.NEUTRAL)
        else:
            self.chip.set_status("", Tone.NEUTRAL)
        said = ""
        if troubled and not off:
            said = _("{name}: {cause}").format(name=troubled[0].name, cause=state_of(troubled[0])[0])
        self.evidence.setText(said)
        if len(troubled) != self.attention:
            self.attention = len(troubled)
            self.attention_changed.emit(self.attention)

    def _show_switch(self) -> None:
        """Said for as long as the setting holds everything back (webhooks.md §1, global switch)."""
        off = not self.desk.workspace.event_log.enabled
        refusal = self.desk.refusal(_SETTINGS)
        if (told := refusal if off else None) == self._off_told:
            return
        self._off_told = told
        self.banners.clear(_SWITCH)
        if off:
            text = _("Events are logged, but nothing is sent: the setting enable_webhooks is off.")
            acts = [] if refusal else [Action(_("Switch on"), self._switch_on)]
            remedy = refusal or _("Switch on the setting enable_webhooks.")
            self.banners.show_banner(_SWITCH, Tone.WARNING, text, remedy, acts, permanent=True)
        self._show()

    def _switch_on(self) -> None:
        self.desk.run(Request(_SETTINGS, params={_SWITCH: True}), lambda _report: self._show_switch())

    def _show_notices(self, lines: list[EndpointLine]) -> None:
        """A receiver that made Muster switch its webhook off is said until it is dismissed or resumed."""
        off = {f"off {e.id}": e for e in (line.endpoint for line in lines) if not e.is_active and needs_a_look(e)}
        for key in self._told - off.keys():
            self.banners.clear(key)
        for key in off.keys() - self._told:
            endpoint = off[key]
            resume = (
                []
                if self.desk.refusal("webhooks.resume")
                else [Action(_("Resume"), partial(self.actions_of.resume, endpoint))]
            )
            remedy = explain(endpoint.last_code, endpoint.last_http_status).remedy if endpoint.last_code else ""
            self.banners.show_banner(key, Tone.DANGER, notice(endpoint, now()), remedy, resume)
        self._told = set(off)

    def _tried(self, event: DeliveryTried) -> None:
        """Something was sent: its secret can be read again, if it could not."""
        self.banners.clear(f"held {event.webhook_id}")
        self._moved()

    def _held(self, event: WebhookHeld) -> None:
        """Nothing can be sent as a secret cannot be read."""
        self.banners.show_banner(f"held {event.webhook_id}", Tone.WARNING, event.message, _(event.remedy))

    def _show_role(self) -> None:
        self._show_switch()
        self.add.permit(self.desk.refusal(ADD))
        act = Action(_("Add webhook"), self.actions_of.add, Look.PRIMARY, Icon.PLUS)
        self.pane.show_empty(
            _("No webhooks yet"),
            _("A webhook tells another system at once when a sync ends, a connection fails or a schedule was sent."),
            [act] if self.add.isEnabled() else [],
            drawing=Icon.SEND,
        )
        self.split.tell()

    def _choose(self) -> None:
        """Keep a row chosen: the one asked for, else the first."""
        wanted = next((r.endpoint.id for r in self._found if self._wanted in {r.endpoint.id, r.endpoint.name}), "")
        if wanted:
            self._wanted = ""
            if not self.pane.table.select_key(wanted):
                self.pane.clear_search()
                self.pane.table.select_key(wanted)
            self.details.show()
        elif self.pane.table.current_row() is None and self.pane.rows.rowCount():
            self.pane.table.selectRow(0)

    def _tell_details(self) -> None:
        self.details.show_line(self.pane.table.current_row())

    # -- what a person does --------------------------------------------------------------------------------------

    def _fill_menu(self, menu: QMenu) -> None:
        line = self.pane.table.current_row()
        if line is not None:
            fill(menu, self.actions_of.entries(line.endpoint), "webhooks.menu")

    def _open_verify(self) -> None:
        from ui.dialogs.webhook_verify import open_verify

        open_verify(self)

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "webhooks")

    def show_record(self, record_id: str) -> None:
        """Bring a webhook into view, by id or name, and open its details."""
        self._wanted = record_id
        self.refresh()


def _lines() -> list[EndpointLine]:
    """Read on the store's thread."""
    return [EndpointLine(e, tuple(webhook_log.recent_results(e.id))) for e in webhooks.endpoints()]


def _count_text(count: int) -> str:
    return ngettext("{count} webhook", "{count} webhooks", count).format(count=format_value(count))
