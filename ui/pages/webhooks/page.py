"""The Webhooks page: inner tabs for endpoints, deliveries, events, statistics and the inbox (screens.md, Webhooks)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.webhooks.delivery import PREFIX
from app.i18n import N_, _
from ui.desk import Desk
from ui.pages.tabbed_page import TabbedTables
from ui.pages.webhooks.endpoints_view import EndpointsView
from ui.widgets import BannerArea

if TYPE_CHECKING:
    from ui.pages.webhooks.deliveries_view import DeliveriesView
    from ui.pages.webhooks.events_view import EventsView
    from ui.pages.webhooks.inbox_view import InboxView
    from ui.pages.webhooks.statistics_view import StatisticsView

TITLES = {
    # Translators: views of the page of webhooks
    "endpoints": N_("Endpoints"),
    "deliveries": N_("Deliveries"),
    "events": N_("Events"),
    "statistics": N_("Statistics"),
    "inbox": N_("Inbox"),
}
INNER = tuple(TITLES)
"""The inner tabs from left to right."""


class WebhooksPage(TabbedTables):
    """Who is told of what, and what became of it."""

    attention_changed = Signal(int)
    """How many endpoints need a look, for the tab of the window."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "webhooks", TITLES, spoken=_("Views of the webhooks"))
        self.banners = BannerArea(object_name="webhooks.banners")
        cast(QVBoxLayout, self.layout()).insertWidget(0, self.banners)
        self.endpoints.attention_changed.connect(self.attention_changed)
        self.open_last()

    def showEvent(self, event: QShowEvent) -> None:
        """What is switched off is said over every view, whichever is in front."""
        super().showEvent(event)
        if self.front_name != "endpoints":
            self.endpoints.look()

    @property
    def attention(self) -> int:
        """How many endpoints need a look."""
        return self.endpoints.attention

    # -- views ---------------------------------------------------------------------------------------------------

    def make_view(self, name: str) -> QWidget:
        """Each view but the first is imported when somebody first looks at it."""
        match name:
            case "endpoints":
                return self._make_endpoints()
            case "deliveries":
                return self._make_deliveries()
            case "events":
                from ui.pages.webhooks.events_view import EventsView

                return EventsView(self.desk, self)
            case "statistics":
                from ui.pages.webhooks.statistics_view import StatisticsView

                return StatisticsView(self.desk, self)
            case _:
                from ui.pages.webhooks.inbox_view import InboxView

                return InboxView(self.desk, self, self.endpoints.actions_of)

    def _make_endpoints(self) -> EndpointsView:
        made = EndpointsView(self.desk, self, self.banners)
        made.actions_of.log_wanted.connect(self.open_log)
        return made

    def _make_deliveries(self) -> DeliveriesView:
        from ui.pages.webhooks.deliveries_view import DeliveriesView

        made = DeliveriesView(self.desk, self)
        made.commands.webhook_wanted.connect(self.show_record)
        return made

    @property
    def endpoints(self) -> EndpointsView:
        """Who is told."""
        return cast("EndpointsView", self.inner("endpoints"))

    @property
    def deliveries(self) -> DeliveriesView:
        """The log."""
        return cast("DeliveriesView", self.inner("deliveries"))

    @property
    def events(self) -> EventsView:
        """The catalogue."""
        return cast("EventsView", self.inner("events"))

    @property
    def statistics(self) -> StatisticsView:
        """The numbers."""
        return cast("StatisticsView", self.inner("statistics"))

    @property
    def inbox(self) -> InboxView:
        """The built-in receiver."""
        return cast("InboxView", self.inner("inbox"))

    def open_log(self, endpoint_id: str) -> None:
        """Show the deliveries of one endpoint."""
        self.open_inner("deliveries")
        self.deliveries.show_webhook(endpoint_id)

    def show_record(self, record_id: str) -> None:
        """Bring a webhook into view, by id or name, or a delivery by its id."""
        self.open_inner("deliveries" if record_id.startswith(PREFIX) else "endpoints", record_id)
