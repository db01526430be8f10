"""Tells of incidents: once when one begins, once when it is over; as a banner and through the tray (connections.md
§14).

What stands is looked up a moment after something happened, and now and then, as schedules of other programs on the
same database fail too.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.incidents import Incident, IncidentKind, Incidents, Notice, worst
from app.errors import MusterError
from app.events import (
    BreakerMoved,
    ConnectionsChanged,
    RunEnded,
    SchedulePaused,
    SchedulesChanged,
    WebhookDisabled,
    WebhooksChanged,
)
from app.i18n import _
from ui.desk import Desk
from ui.theme import Icon, Tone
from ui.widgets import Action

SNOOZE_S = 4 * 3600.0
_SOON_MS, _AGAIN_MS = 1000, 30_000
_NEWS = (
    BreakerMoved, ConnectionsChanged, RunEnded, SchedulePaused, SchedulesChanged, WebhookDisabled, WebhooksChanged,
)  # fmt: skip
TONES = {IncidentKind.FAILING: Tone.WARNING, IncidentKind.CIRCUIT: Tone.WARNING}


def works_again(incident: Incident) -> str:
    """The good news that an incident is over."""
    return _("{name} works again.").format(name=incident.name)


class Notices(QObject):
    """Watches for as long as the workspace is open; `changed` says what stands, `told` each `Notice` that is said."""

    changed = Signal(list)
    told = Signal(object)

    def __init__(self, desk: Desk, pages: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._desk, self._pages, self._clock = desk, pages, clock
        self._store = f"notices/snoozed_{desk.workspace.organization.key or 'first'}"
        self._incidents = Incidents(self._remembered())
        self._open_since: dict[str, float] = {}
        self._shown: dict[str, Incident] = {}
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(lambda: desk.start("incidents", self.look()))
        for event in _NEWS:
            desk.on(event, self._news)
        self._soon.start()

    def _news(self, event: object) -> None:
        if isinstance(event, BreakerMoved):
            self._breaker(event)
        self._soon.start(_SOON_MS)

    def _breaker(self, event: BreakerMoved) -> None:
        """A trial that fails leaves the circuit open: only what closes it, or a person, ends the time it is open."""
        if event.new == "open":
            self._open_since.setdefault(event.connection, self._clock())
        elif event.new != "half_open":
            self._open_since.pop(event.connection, None)

    async def look(self) -> None:
        """See what stands now, and tell what is new."""
        from app.operations.trouble import standing

        with suppress(MusterError):  # a disk that is busy now
            found = await standing(self._desk.workspace, self._open_since)
            self._tell(found, self._incidents.look(found, self._clock()))
        self._soon.start(_AGAIN_MS)

    def _tell(self, found: Sequence[Incident], notices: Sequence[Notice]) -> None:
        stands = worst(found, self._clock())
        for subject, shown in list(self._shown.items()):
            if subject not in stands:
                del self._shown[subject]
                self._desk.voice.clear_banner(f"incident {subject}")
            elif stands[subject].kind is not shown.kind:
                self._show(stands[subject])  # the banner is true at once; whether it is said aloud is another matter
        for notice in notices:
            if notice.over:
                self._desk.voice.toast(works_again(notice.incident))
            else:
                self._show(notice.incident)
            self.told.emit(notice)
        self.changed.emit(list(stands.values()))

    def _show(self, incident: Incident) -> None:
        self._shown[incident.subject] = incident
        actions = [Action(_("Remind me in 4 hours"), partial(self.snooze, incident), icon=Icon.CLOCK)]
        if incident.page in self._pages:
            open_page = partial(self._desk.voice.open_page, incident.page, incident.record)
            actions.insert(0, Action(_("Look"), open_page, icon=Icon.EYE))
        tone = TONES.get(incident.kind, Tone.DANGER)
        self._desk.voice.banner(f"incident {incident.subject}", tone, incident.text, incident.remedy, actions)

    # -- snoozing ------------------------------------------------------------------------------------------------

    def snooze(self, incident: Incident) -> None:
        """Say nothing of it for a while, also after a new start."""
        self._incidents.snooze(incident, self._clock() + SNOOZE_S)
        self._shown.pop(incident.subject, None)
        self._desk.voice.clear_banner(f"incident {incident.subject}")
        self._desk.layouts.set(self._store, json.dumps(self._incidents.snoozed))

    def _remembered(self) -> dict[str, float]:
        with suppress(ValueError, AttributeError, TypeError):
            stored = json.loads(self._desk.layouts.get(self._store) or "{}")
            return {str(key): float(until) for key, until in stored.items()}
        return {}
