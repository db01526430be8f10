"""Turns what only this program's memory knows into events of webhooks: circuit breakers and limits on live numbers.

Everything else says so itself, in the transaction that stores it (`EventLog`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.events import AlarmsChanged, BreakerMoved

if TYPE_CHECKING:
    from app.domain.webhooks.events import Event
    from app.workspace import Workspace


class Listening:
    """Listens for as long as the workspace lives."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[str, set[tuple[str, str, int]]] = {}
        workspace.links.on_breaker = self._breaker
        workspace.events.subscribe(AlarmsChanged, self._alarms)

    def _breaker(self, connection_id: str, old: str, new: str) -> None:
        from app.operations.webhooks.sources import breaker_moved

        self._workspace.events.publish(BreakerMoved(connection_id, old, new))
        self._log(breaker_moved(connection_id, old, new))

    def _alarms(self, changed: AlarmsChanged) -> None:
        """An alarm is told once, when it begins."""
        from app.operations.webhooks.sources import threshold_crossed

        alarms = self._workspace.live.feed(changed.connection).alarms.alarms
        known = self._known.get(changed.connection, set())
        self._known[changed.connection] = {(a.group_id, a.metric.value, a.since_ms) for a in alarms}
        begun = [a for a in alarms if (a.group_id, a.metric.value, a.since_ms) not in known]
        about = changed.connection
        self._log([threshold_crossed(about, a.group_id, a.metric.value, a.value, a.bound) for a in begun])

    def _log(self, events: Sequence[Event]) -> None:
        workspace = self._workspace
        if events and workspace.tasks.accepting:
            workspace.tasks.start("An event is logged", self._store(events))

    async def _store(self, events: Sequence[Event]) -> None:
        workspace = self._workspace
        await workspace.store.write(workspace.event_log.add, events)
        if "webhooks" in workspace.__dict__:
            workspace.webhooks.wake()
