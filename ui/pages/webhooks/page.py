"""The Webhooks page: inner tabs for endpoints, deliveries, events, statistics and the inbox (screens.md, Webhooks).

Each view is made when it is first shown; what the window asks of the page goes to the one in front.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.domain.webhooks.delivery import PREFIX
from app.i18n import N_, _
from ui.desk import Desk
from ui.pages.webhooks.endpoints_view import EndpointsView
from ui.tables import TablePane
from ui.theme import GRID

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
KEPT = "webhooks/tab"


class View(Protocol):
    """What the page asks of its views."""

    pane: TablePane[object]

    def refresh(self) -> None:
        """Read the store again."""

    def export(self) -> None:
        """Write exactly what is shown to a file."""


class WebhooksPage(QWidget):
    """Shows one view at a time."""

    attention_changed = Signal(int)
    """How many endpoints need a look, for the tab of the window."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.views: dict[str, QWidget] = {}
        self.tabs = QTabBar(drawBase=False, expanding=False, usesScrollButtons=True)
        self.tabs.setObjectName("webhooks.tabs")
        self.tabs.setAccessibleName(_("Views of the webhooks"))
        self.tabs.setProperty("look", "inner")
        for name in INNER:
            self.tabs.addTab(_(TITLES[name]))
        self.stack = QStackedWidget()
        self._arrange()
        self.endpoints = EndpointsView(desk, self)
        self.endpoints.attention_changed.connect(self.attention_changed)
        self.endpoints.actions_of.log_wanted.connect(self.open_log)
        self._keep("endpoints", self.endpoints)
        self.tabs.currentChanged.connect(self._show)
        kept = desk.layouts.get(KEPT)
        self.tabs.setCurrentIndex(INNER.index(kept) if kept in INNER else 0)
        self._show(self.tabs.currentIndex())

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(3 * GRID, 2 * GRID, 4 * GRID, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.stack, 1)

    @property
    def attention(self) -> int:
        """How many endpoints need a look."""
        return self.endpoints.attention

    # -- views ---------------------------------------------------------------------------------------------------

    def inner(self, name: str) -> QWidget:
        """The view of that name, made on first use."""
        if name not in self.views:
            self._keep(name, cast("QWidget", getattr(self, name)))
        return self.views[name]

    @cached_property
    def deliveries(self) -> DeliveriesView:
        """The log, made when somebody first looks at it."""
        from ui.pages.webhooks.deliveries_view import DeliveriesView

        made = DeliveriesView(self.desk, self)
        made.commands.webhook_wanted.connect(self.show_record)
        return made

    @cached_property
    def events(self) -> EventsView:
        """The catalogue, made when somebody first looks at it."""
        from ui.pages.webhooks.events_view import EventsView

        return EventsView(self.desk, self)

    @cached_property
    def statistics(self) -> StatisticsView:
        """The numbers, made when somebody first looks at them."""
        from ui.pages.webhooks.statistics_view import StatisticsView

        return StatisticsView(self.desk, self)

    @cached_property
    def inbox(self) -> InboxView:
        """The built-in receiver, made when somebody first looks at it."""
        from ui.pages.webhooks.inbox_view import InboxView

        return InboxView(self.desk, self, self.endpoints.actions_of)

    def _keep(self, name: str, view: QWidget) -> None:
        self.views[name] = view
        self.stack.addWidget(view)

    def _show(self, index: int) -> None:
        if index < 0:
            return
        front = self.inner(INNER[index])
        self.stack.setCurrentWidget(front)
        self.setFocusProxy(front)
        for view in self.views.values():  # of several tables those of the view in front act
            for shortcut in cast("View", view).pane.shortcuts:
                shortcut.setEnabled(view is front)
        if not self.tabs.hasFocus():  # whoever walks along the tabs by keyboard stays there
            front.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.layouts.set(KEPT, INNER[index])

    def open_log(self, endpoint_id: str) -> None:
        """Show the deliveries of one endpoint."""
        self.tabs.setCurrentIndex(INNER.index("deliveries"))
        self.deliveries.show_webhook(endpoint_id)

    # -- what the window asks of a page --------------------------------------------------------------------------

    def _front(self) -> View:
        return cast("View", self.stack.currentWidget())

    def refresh(self) -> None:
        """Read the store again for the view in front."""
        self._front().refresh()

    def sync(self) -> None:
        """F5: read again, also what other programs sent."""
        self.refresh()

    def preview(self) -> None:
        """Shift+F5: there is nothing to preview here."""

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        self._front().export()

    def show_record(self, record_id: str) -> None:
        """Bring a webhook into view, by id or name, or a delivery by its id."""
        if record_id.startswith(PREFIX):
            self.tabs.setCurrentIndex(INNER.index("deliveries"))
            self.deliveries.show_record(record_id)
            return
        self.tabs.setCurrentIndex(INNER.index("endpoints"))
        self.endpoints.show_record(record_id)
