"""Who is in which status now, and what waits in the groups (contact-center.md sections 5.7 and 5.8).

Both follow from the days and the clock; a status may be set by hand, so that somebody can measure how long it takes to
show. Called from the server's thread and from tests.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.demo.contact_center.days import AFTER_CALL, READY, WORK, Days, Segment
from app.demo.contact_center.history import Row
from app.demo.contact_center.roster import GROUPS, Agent, Channel
from app.demo.contact_center.shifts import day_of

AT_WORK = frozenset({READY, WORK, AFTER_CALL})
"""Statuses in which somebody works on, or waits for, contacts of a group."""


@dataclass(frozen=True)
class SetStatus:
    """A status set by hand at `since`; without a code the agent is gone."""

    code: str | None
    name: str
    since: float


class Live:
    """The present of these days."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._set: dict[str, SetStatus] = {}
        self._lock = threading.Lock()

    def set_status(self, agent_id: str, status: SetStatus) -> None:
        """Put an agent in a status until it is changed or cleared. Raises ValueError for an unknown agent."""
        if all(agent.id != agent_id for agent in self._days.agents):
            raise ValueError(f"there is no agent {agent_id}")
        with self._lock:
            self._set[agent_id] = status

    def clear(self) -> None:
        """Let all go on with their days."""
        with self._lock:
            self._set.clear()

    def _current(self, now: float) -> Iterable[tuple[Agent, Segment | SetStatus]]:
        with self._lock:
            by_hand = dict(self._set)
        today = day_of(now)
        for agent in self._days.agents:
            status: Segment | SetStatus | None = by_hand.get(agent.id)
            if status is None:
                lines = (self._days.timeline(agent, day) for day in (today, today - timedelta(days=1)))
                status = next((found for line in lines if line and (found := line.at(now))), None)
            if status is not None:
                yield agent, status

    def statuses(self, now: float, shift_s: float) -> list[Row]:
        """The full snapshot: whoever is signed in."""
        rows = []
        for agent, found in self._current(now):
            if isinstance(found, Segment):
                (code, name), since = found.status, float(found.start)
            elif found.code is None:
                continue
            else:
                code, name, since = found.code, found.name, found.since
            started = datetime.fromtimestamp(since + shift_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            rows.append({"agentId": agent.id, "stateCode": code, "stateName": name, "startDate": started})
        return rows

    def loads(self, now: float, wanted: set[str] | None) -> list[Row]:
        """A row for each group asked for; the mail tells no more than it must."""
        working = self._working(now)
        rows = []
        for group in GROUPS:
            if wanted is not None and group.id not in wanted:
                continue
            load = self._days.group(group, day_of(now)).load(now)
            if Channel.MAILS in group.channels:
                load = {key: load[key] for key in ("callNumber", "callReceived")}
            named: Row = {"serviceId": group.service_id, "groupId": group.id, "operatorNumber": working[group.id]}
            rows.append(named | load)
        return rows

    def _working(self, now: float) -> Counter[str]:
        """Operators by group; one who was put to work by hand works for the first of the agent's groups."""
        codes = {code for code, _name in AT_WORK}
        working: Counter[str] = Counter()
        for agent, found in self._current(now):
            if isinstance(found, Segment):
                if found.group and found.status in AT_WORK:
                    working[found.group.id] += 1
            elif found.code in codes:
                working[agent.groups[0].id] += 1
        return working
