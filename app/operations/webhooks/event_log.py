"""Where the rest of Muster says that something happened. Called inside the transaction that stores what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.webhooks.delivery import Retention
from app.domain.webhooks.events import Event

if TYPE_CHECKING:
    from app.settings import SettingsFile


class EventLog:
    """Logs events, and queues them for the endpoints that want them unless the setting says otherwise.

    `queued` counts the deliveries that this program made.
    """

    def __init__(self, settings_file: SettingsFile) -> None:
        self._settings_file = settings_file
        self.queued = 0

    @property
    def enabled(self) -> bool:
        """Whether events are sent at all (`enable_webhooks`); they are logged in any case."""
        return self._settings_file.values.enable_webhooks

    @property
    def retention(self) -> Retention:
        """How long deliveries and their tries are kept."""
        values = self._settings_file.values
        return Retention(values.webhook_attempt_days, values.webhook_delivery_days)

    def add(self, events: Sequence[Event]) -> None:
        """Store events with their deliveries. To be called from inside `Store.write`."""
        from app.store.webhook_events import record  # with the first event: a window opens sooner without it

        self.queued += record(events, queue=self.enabled)
