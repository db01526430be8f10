"""Incidents that a person is told of once: when one begins, and once when it is over (connections.md §14).

Pure: what stands and the time, in seconds, come in; what to tell comes out. About one connection, schedule or webhook
there is never more than one message in ten minutes, whatever comes and goes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class IncidentKind(StrEnum):
    """What a person has to know of; those above cover those below for the same connection."""

    SIGN_IN = "sign_in"
    CIRCUIT = "circuit"
    PAUSED = "paused"
    WEBHOOK = "webhook"
    FAILING = "failing"


_ORDER = tuple(IncidentKind)
QUIET_S = 600.0
PATIENCE_S = {IncidentKind.CIRCUIT: 300.0}
"""How long one has to last before it is told: a breaker opens and closes by itself."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that stands; `subject` is what it is about, by id, `since` its beginning in seconds.

    `text` and `remedy` are whole sentences; `page` and `record` lead to where it is dealt with.
    """

    kind: IncidentKind
    subject: str
    name: str
    text: str
    remedy: str
    page: str
    record: str = ""
    since: float = 0.0

    @property
    def key(self) -> str:
        """Kind and subject."""
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True, slots=True)
class Notice:
    """What to tell now: an incident that began, or one that is `over`."""

    incident: Incident
    over: bool = False


@dataclass(slots=True)
class _Told:
    """The last message about a subject: the incident that still counts, None once its end was told, and when."""

    incident: Incident | None
    at: float


class Incidents:
    """Remembers what was told. `snoozed` are keys of incidents and until when nothing is said of them."""

    def __init__(self, snoozed: Mapping[str, float] | None = None) -> None:
        self.snoozed = dict(snoozed or {})
        self._told: dict[str, _Told] = {}

    def look(self, found: Iterable[Incident], now: float) -> list[Notice]:
        """What to tell of all that stands now."""
        self.snoozed = {key: until for key, until in self.snoozed.items() if until > now}
        standing = worst(found, now)
        subjects = [*standing, *(subject for subject in self._told if subject not in standing)]
        notices = (self._news(subject, standing.get(subject), now) for subject in subjects)
        return [notice for notice in notices if notice is not None]

    def _news(self, subject: str, incident: Incident | None, now: float) -> Notice | None:
        told = self._told.get(subject)
        if incident is not None and incident.key in self.snoozed:
            return None
        before = told.incident if told is not None else None
        if told is not None and 0 <= now - told.at < QUIET_S:
            return None
        if incident is None:
            if before is None:
                self._told.pop(subject, None)
                return None
            self._told[subject] = _Told(None, now)
            return Notice(before, over=True)
        if before is not None and _ORDER.index(before.kind) <= _ORDER.index(incident.kind):
            assert told is not None
            told.incident = incident  # the same one, or what is left of it
            return None
        self._told[subject] = _Told(incident, now)
        return Notice(incident)

    def snooze(self, incident: Incident, until: float) -> None:
        """Say nothing of it until then; if it still stands, it is told anew."""
        self.snoozed[incident.key] = until
        told = self._told.get(incident.subject)
        self._told[incident.subject] = _Told(None, until - QUIET_S if told is None else min(told.at, until - QUIET_S))


def worst(found: Iterable[Incident], now: float) -> dict[str, Incident]:
    """Of each subject the incident that covers the others, once it has lasted."""
    standing: dict[str, Incident] = {}
    for incident in found:
        if now - incident.since < PATIENCE_S.get(incident.kind, 0.0):
            continue
        known = standing.get(incident.subject)
        if known is None or _ORDER.index(incident.kind) < _ORDER.index(known.kind):
            standing[incident.subject] = incident
    return standing
