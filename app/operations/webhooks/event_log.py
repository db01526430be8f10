"""Where the rest of Muster says that something happened. Called inside the transaction that stores what happened.

What it needs is loaded with the first event: a window opens sooner without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.connections import Connection
    from app.domain.outcomes import Run
    from app.domain.webhooks.events import Event
    from app.operations.registry import Operation
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
    def kept_days(self) -> tuple[int, int]:
        """For how many days tries with bodies are kept, and deliveries themselves."""
        values = self._settings_file.values
        return values.webhook_attempt_days, values.webhook_delivery_days

    def add(self, events: Sequence[Event]) -> None:
        """Store events with their deliveries. To be called from inside `Store.write`."""
        from app.store.webhook_events import record

        self.queued += record(events, queue=self.enabled)

    def run_started(self, run: Run, connection: Connection | None, operation: Operation) -> None:
        """A run begins; under the rule of `add`."""
        from app.operations.webhooks.sources import run_started

        self.add(run_started(run, connection, operation))

    def run_ended(self, run: Run, connection: Connection | None, operation: Operation) -> None:
        """A run is over; under the rule of `add`."""
        from app.operations.webhooks.sources import run_ended

        self.add(run_ended(run, connection, operation))

    def mark_interrupted(self) -> None:
        """Mark runs whose program is gone, which they could not say themselves; under the rule of `add`."""
        from app.store import connections, runs

        for run_id in runs.mark_interrupted():
            from app.operations.webhooks.sources import run_interrupted

            if (run := runs.find_run(run_id)) is not None:
                self.add(run_interrupted(run, connections.find_connection(run.connection)))

    def status_changed(self, connection_id: str, moved: tuple[str, str] | None, reason: str) -> None:
        """The status of a connection moved, or with None did not; under the rule of `add`."""
        from app.operations.webhooks.sources import status_changed

        if moved is not None:
            self.add([status_changed(connection_id, *moved, reason)])
