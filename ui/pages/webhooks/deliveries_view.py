"""The log of deliveries: what was sent to whom, what came back, when it is tried again.

The store is asked for the newest that fit the choices above; the search line looks through what is shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.webhooks.delivery import DeliveryStatus
from app.domain.webhooks.endpoint import WebhookEndpoint
from app.domain.webhooks.events import CATALOGUE, Category
from app.errors import MusterError
from app.events import DeliveryTried, RoleChanged, RunEnded, WebhooksChanged
from app.i18n import _, ngettext
from app.store import webhook_log, webhooks
from app.store.values import now
from app.store.webhook_log import DeliveryFilter
from ui.desk import Desk
from ui.pages.activity.period import PeriodChoice
from ui.pages.activity.searched import SearchedTable
from ui.pages.entries import Entry, fill
from ui.pages.webhooks.delivery_actions import RETRY, DeliveryActions
from ui.pages.webhooks.delivery_details import DeliveryDetails
from ui.pages.webhooks.delivery_rows import COLUMNS, DeliveryLine, chips
from ui.pages.webhooks.words import CATEGORY_WORDS
from ui.tables import TablePane, format_value
from ui.theme import GRID, Icon
from ui.widgets import Action, Button

SOON_MS = 300


class DeliveriesView(QWidget):
    """The deliveries of all endpoints or of one, and what can be done with them."""

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        super().__init__()
        self.desk = desk
        self._asked = 0
        self._wanted = ""
        self.commands = DeliveryActions(desk, self)
        self.webhook = _choice("webhooks.deliveries.webhook", _("Webhook"), _("All webhooks"))
        self.event_type = _choice("webhooks.deliveries.event", _("Event"), _("All events"))
        for category in Category:
            self.event_type.addItem(_(CATEGORY_WORDS[category]), f"{category.value}.*")
            for spec in CATALOGUE.values():
                if spec.category is category:
                    self.event_type.addItem(f"    {spec.type.value}", spec.type.value)
        self.period = PeriodChoice("webhooks.deliveries.period")
        self.failed = Button(_("Send failed again…"), icon=Icon.REFRESH, object_name="webhooks.deliveries.failed")
        self.table: SearchedTable[DeliveryLine] = SearchedTable(
            name=_("Deliveries"), page="webhooks.deliveries", columns=COLUMNS, key=lambda line: line.delivery.id,
            search_hint=_("Search what is shown"), count_text=_count_text, layouts=desk.layouts,
            shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.pane: TablePane[DeliveryLine] = self.table.pane
        self.pane.search.textChanged.disconnect()
        self.pane.search.textChanged.connect(self.pane.rows.search)
        self.details = DeliveryDetails(desk, self.commands)
        self.details.hide()
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self._arrange()
        self._connect()
        self.table.set_chips(chips())
        if desk.layouts.get("table/webhooks.deliveries.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self._show_role()
        self.pane.show_loading()

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        header.setSpacing(2 * GRID)
        for part in (self.webhook, self.event_type, self.period):
            header.addWidget(part)
        header.addStretch(1)
        header.addWidget(self.failed)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(self.table)
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        split.setSizes([980, 380])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        for part in (self.webhook, self.event_type):
            part.activated.connect(lambda _place: self.refresh())
        self.period.changed.connect(self.refresh)
        self.table.wanted.connect(self.refresh)
        self.failed.clicked.connect(lambda _checked=False: self._send_failed())
        table = self.pane.table
        table.current_row_changed.connect(self._show_details)
        table.details_requested.connect(lambda _line: self._toggle_details())
        table.row_activated.connect(lambda _line: self._open_details())
        table.add_to_menu(self._fill_menu)
        self.pane.export_requested.connect(self.export)
        for kind in (WebhooksChanged, DeliveryTried, RunEnded):
            self.desk.on(kind, lambda _event: self._moved())
        self.desk.on(RoleChanged, lambda _event: self._show_role())

    # -- reading -------------------------------------------------------------------------------------------------

    def _moved(self) -> None:
        """Deliveries may end hundreds of times a second: they are read together, and only where they are seen."""
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What was sent while the view was hidden."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the store for what is chosen now."""
        self.desk.start("read deliveries", self.read())

    def _filter(self) -> DeliveryFilter:
        days = self.period.days()
        return DeliveryFilter(
            str(self.webhook.currentData()),
            tuple(DeliveryStatus(key) for key in self.table.chosen),
            str(self.event_type.currentData()),
            since=now() - timedelta(days=days) if days else None,
            limit=self.table.limit,
        )

    async def read(self) -> None:
        """The newest deliveries that fit, and how many there are in each state."""
        self._asked += 1
        asked, wanted = self._asked, self._filter()
        try:
            endpoints, lines, counts = await self.desk.workspace.store.read(_read, wanted)
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)])
            return
        if asked != self._asked:  # another question was asked meanwhile
            return
        self._offer(endpoints)
        self.table.say_empty(
            _("Nothing was sent yet"), _("Every event that a webhook wants appears here, with each attempt to send it.")
        )
        total = sum(count for status, count in counts.items() if not wanted.statuses or status in wanted.statuses)
        self.table.show_found(lines, total, {status.value: count for status, count in counts.items()})
        self._choose()
        self._show_details()

    def _offer(self, endpoints: list[WebhookEndpoint]) -> None:
        """The endpoints that there are now; the chosen one stays chosen."""
        offered = [("", _("All webhooks")), *((e.id, e.name) for e in endpoints)]
        shown = [(self.webhook.itemData(at), self.webhook.itemText(at)) for at in range(self.webhook.count())]
        if offered == shown:
            return
        chosen = self.webhook.currentData()
        self.webhook.clear()
        for key, name in offered:
            self.webhook.addItem(name, key)
        self.webhook.setCurrentIndex(max(0, self.webhook.findData(chosen)))
        if self.webhook.currentData() != chosen:
            self.refresh()

    # -- showing -------------------------------------------------------------------------------------------------

    def _show_role(self) -> None:
        if refusal := self.desk.refusal(RETRY):
            self.failed.refuse(refusal)
        else:
            self.failed.allow()

    def _choose(self) -> None:
        if self._wanted and self.pane.table.select_key(self._wanted):
            self._wanted = ""
            self.details.show()

    def _show_details(self, _line: DeliveryLine | None = None) -> None:
        if not self.details.isHidden():
            self.details.show_line(self.pane.table.current_row())

    def _open_details(self) -> None:
        self.details.show()
        self._show_details()

    def _toggle_details(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self._show_details()

    def _fill_menu(self, menu: QMenu) -> None:
        line = self.pane.table.current_row()
        if line is None:
            return
        again = Entry("again", Icon.SEND, _("Send again"), lambda: self.commands.send_again(line),
                      self.commands.obstacle(line))  # fmt: skip
        fill(menu, [again], "webhooks.deliveries.menu")

    # -- what a person does --------------------------------------------------------------------------------------

    def show_webhook(self, endpoint_id: str) -> None:
        """Show the deliveries of one endpoint alone."""
        if self.webhook.findData(endpoint_id) < 0:
            self.webhook.addItem(endpoint_id, endpoint_id)  # its name comes with the answer
        self.webhook.setCurrentIndex(self.webhook.findData(endpoint_id))
        self.pane.clear_search()
        self.refresh()

    def show_record(self, delivery_id: str) -> None:
        """Bring a delivery into view and open its details."""
        self._wanted = delivery_id
        for part in (self.webhook, self.event_type):
            part.setCurrentIndex(0)
        self.period.choose(0)
        self.pane.clear_search()
        self.refresh()

    def _send_failed(self) -> None:
        days = self.period.days()
        self.commands.send_failed(str(self.webhook.currentData()), now() - timedelta(days=days) if days else None)

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "webhook-deliveries")


def _read(wanted: DeliveryFilter) -> tuple[list[WebhookEndpoint], list[DeliveryLine], dict[DeliveryStatus, int]]:
    """Read on the store's thread."""
    endpoints = webhooks.endpoints()
    names = {endpoint.id: endpoint.name for endpoint in endpoints}
    found = webhook_log.deliveries(wanted)
    took = webhook_log.last_durations_ms([delivery.id for delivery in found])
    lines = [DeliveryLine(d, names.get(d.webhook_id, ""), took.get(d.id)) for d in found]
    counts = {s: webhook_log.count_deliveries(replace(wanted, statuses=(s,))) for s in DeliveryStatus}
    return endpoints, lines, counts


def _choice(object_name: str, name: str, everything: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(object_name)
    box.setAccessibleName(name)
    box.addItem(everything, "")
    return box


def _count_text(count: int) -> str:
    return ngettext("{count} delivery", "{count} deliveries", count).format(count=format_value(count))
