"""The log of deliveries: what was sent to whom, what came back, when it is tried again.

The store is asked for the newest that fit the choices above; the search line looks through what is shown.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from app.domain.webhooks.delivery import DeliveryStatus
from app.domain.webhooks.endpoint import WebhookEndpoint
from app.domain.webhooks.events import CATALOGUE, Category
from app.events import DeliveryTried, RoleChanged, RunEnded, WebhooksChanged
from app.i18n import _, ngettext
from app.store import webhook_log, webhooks
from app.store.webhook_log import DeliveryFilter
from ui.desk import Desk
from ui.pages.activity.all_rows import AT_ONCE, NextPage
from ui.pages.activity.searched import SearchedTable
from ui.pages.activity.searched_view import SearchedView
from ui.pages.entries import Entry, fill
from ui.pages.webhooks.delivery_actions import RETRY, DeliveryActions
from ui.pages.webhooks.delivery_details import DeliveryDetails
from ui.pages.webhooks.delivery_rows import COLUMNS, DeliveryLine, chips
from ui.pages.webhooks.words import CATEGORY_WORDS
from ui.tables import format_value
from ui.tables.search import holding, search_words
from ui.theme import Icon
from ui.widgets import Button

SOON_MS = 300


class DeliveriesView(SearchedView[DeliveryLine]):
    """The deliveries of all endpoints or of one, and what can be done with them."""

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        table: SearchedTable[DeliveryLine] = SearchedTable(
            name=_("Deliveries"), page="webhooks.deliveries", columns=COLUMNS, key=lambda line: line.delivery.id,
            search_hint=_("Search what is shown"), count_text=_count_text, layouts=desk.layouts,
            shortcuts_in=shortcuts_in,
        )  # fmt: skip
        super().__init__(desk, table, page="webhooks.deliveries", export_as="webhook-deliveries")
        self._wanted = ""
        self.commands = DeliveryActions(desk, self)
        self.webhook = _choice("webhooks.deliveries.webhook", _("Webhook"), _("All webhooks"))
        self.event_type = _choice("webhooks.deliveries.event", _("Event"), _("All events"))
        for category in Category:
            self.event_type.addItem(_(CATEGORY_WORDS[category]), f"{category.value}.*")
            for spec in CATALOGUE.values():
                if spec.category is category:
                    self.event_type.addItem(f"    {spec.type.value}", spec.type.value)
        self.failed = Button(_("Send failed again…"), icon=Icon.REFRESH, object_name="webhooks.deliveries.failed")
        self.pane.search.textChanged.disconnect()
        self.pane.search.textChanged.connect(self.pane.rows.search)
        self.details = DeliveryDetails(desk, self.commands)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self.table.set_chips(chips())
        self.compose(self.details, [self.webhook, self.event_type, self.period], [self.failed], (980, 380))
        self._connect()
        self._show_role()

    def _connect(self) -> None:
        for part in (self.webhook, self.event_type):
            part.activated.connect(lambda _place: self.refresh())
        self.failed.clicked.connect(lambda _checked=False: self._send_failed())
        self.pane.table.row_activated.connect(self.split.open)
        self.pane.table.add_to_menu(self._fill_menu)
        for kind in (WebhooksChanged, DeliveryTried, RunEnded):
            self.desk.on(kind, lambda _event: self._moved())
        self.desk.on(RoleChanged, lambda _event: self._show_role())

    # -- reading -------------------------------------------------------------------------------------------------

    def _moved(self) -> None:
        """Deliveries may end hundreds of times a second: they are read together, and only where they are seen."""
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _filter(self) -> DeliveryFilter:
        return DeliveryFilter(
            str(self.webhook.currentData()),
            tuple(DeliveryStatus(key) for key in self.table.chosen),
            str(self.event_type.currentData()),
            since=self.since(),
            limit=self.table.limit,
        )

    async def read(self) -> None:
        """The newest deliveries that fit, and how many there are in each state."""
        wanted = self._filter()
        answer = await self.newest(self.desk.workspace.store.read(_read, wanted))
        if answer is None:
            return
        endpoints, lines, counts = answer
        self._offer(endpoints)
        self.table.say_empty(
            _("Nothing was sent yet"), _("Every event that a webhook wants appears here, with each attempt to send it.")
        )
        total = sum(count for status, count in counts.items() if not wanted.statuses or status in wanted.statuses)
        self.table.show_found(lines, total, {status.value: count for status, count in counts.items()})
        self._choose()
        self.split.tell()

    def next_page(self) -> NextPage[DeliveryLine]:
        """All deliveries that fit the choices and hold the words that are searched for."""
        wanted, read = replace(self._filter(), limit=AT_ONCE), self.desk.workspace.store.read
        words, columns = search_words(self.table.text), self.pane.table.visible_columns()

        async def following(last: DeliveryLine | None) -> list[DeliveryLine]:
            below = last.delivery if last is not None else None
            while lines := await read(_lines, replace(wanted, below=below)):
                if found := await asyncio.to_thread(holding, columns, lines, words):
                    return found
                below = lines[-1].delivery
            return []

        return following

    async def fitting(self, next_page: NextPage[DeliveryLine]) -> int:
        """The store counts what fits the choices; for the words all of it is looked through."""
        if not self.table.text:
            return self.table.total
        count, last = 0, None
        while page := await next_page(last):
            count, last = count + len(page), page[-1]
        return count

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
        self.failed.permit(self.desk.refusal(RETRY))

    def _choose(self) -> None:
        if self._wanted and self.pane.table.select_key(self._wanted):
            self._wanted = ""
            self.details.show()

    def tell_details(self) -> None:
        """The current delivery with its attempts."""
        self.details.show_line(self.pane.table.current_row())

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
        self.commands.send_failed(str(self.webhook.currentData()), self.since())


def _read(wanted: DeliveryFilter) -> tuple[list[WebhookEndpoint], list[DeliveryLine], dict[DeliveryStatus, int]]:
    """Read on the store's thread."""
    counts = {s: webhook_log.count_deliveries(replace(wanted, statuses=(s,))) for s in DeliveryStatus}
    return webhooks.endpoints(), _lines(wanted), counts


def _lines(wanted: DeliveryFilter) -> list[DeliveryLine]:
    names = {endpoint.id: endpoint.name for endpoint in webhooks.endpoints()}
    found = webhook_log.deliveries(wanted)
    took = webhook_log.last_durations_ms([delivery.id for delivery in found])
    return [DeliveryLine(d, names.get(d.webhook_id, ""), took.get(d.id)) for d in found]


def _choice(object_name: str, name: str, everything: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(object_name)
    box.setAccessibleName(name)
    box.addItem(everything, "")
    return box


def _count_text(count: int) -> str:
    return ngettext("{count} delivery", "{count} deliveries", count).format(count=format_value(count))
