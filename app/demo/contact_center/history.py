"""The five historic reads (contact-center.md sections 5.2 to 5.6), as rows with the published names.

Each function gets the days, and in `Asked` the ids (None: all), the period as `[start, end)` in seconds, and the moment
it is now: what has not ended by then is not told yet. There is nothing older than two weeks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.demo.contact_center.contacts import Contact
from app.demo.contact_center.days import HISTORY_DAYS, Days, Segment
from app.demo.contact_center.roster import GROUPS, Agent, Channel, Group
from app.demo.contact_center.shifts import day_of, midnight

Row = dict[str, Any]
"""A JSON object."""


@dataclass(frozen=True)
class Asked:
    """A period and ids; `shift_s` is how far the platform's clock is ahead, which all its records show."""

    start: float
    end: float
    ids: set[str] | None
    now: float
    shift_s: float = 0

    @property
    def true_start(self) -> float:
        """The start by a right clock, and not before there is any history."""
        return max(self.start - self.shift_s, midnight(day_of(self.now) - timedelta(days=HISTORY_DAYS)))

    @property
    def true_end(self) -> float:
        """The end by a right clock, and not later than now."""
        return min(self.end - self.shift_s, self.now)

    def wants(self, key: str) -> bool:
        """Whether the id was asked for."""
        return self.ids is None or key in self.ids

    def stamp(self, moment: float) -> str:
        """As the platform writes it: UTC."""
        return datetime.fromtimestamp(moment + self.shift_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def days(self) -> list[date]:
        """Every day of Moscow that the period touches, and the one before: who waits over midnight is of that one."""
        if self.true_end <= self.true_start:
            return []
        first, last = day_of(self.true_start) - timedelta(days=1), day_of(self.true_end)
        return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def service_group_data(days: Days, asked: Asked, step_ms: int) -> list[Row]:
    """Metrics by interval; groups and intervals without contacts are missing."""
    rows = []
    for group in GROUPS:
        if not asked.wants(group.id):
            continue
        intervals: dict[int, list[Contact]] = defaultdict(list)
        for contact in _contacts(days, group, asked):
            offset = contact.counted_at + asked.shift_s - asked.start
            intervals[int(offset * 1000 // step_ms)].append(contact)
        if intervals:
            data = [_interval(asked, at, step_ms, intervals[at]) for at in sorted(intervals)]
            rows.append({"serviceId": group.service_id, "groupId": group.id, "historicData": data})
    return rows


def _contacts(days: Days, group: Group, asked: Asked) -> Iterator[Contact]:
    """Those that began in the period and are over."""
    for day in asked.days():
        for contact in days.group(group, day).contacts:
            if asked.true_start <= contact.counted_at < asked.true_end and contact.wrapped <= asked.now:
                yield contact


def _interval(asked: Asked, at: int, step_ms: int, contacts: list[Contact]) -> Row:
    handled = [contact for contact in contacts if contact.start is not None]
    unique = [contact for contact in contacts if contact.first]
    treated = sum(contact.start is not None for contact in unique)
    start = asked.start - asked.shift_s + at * step_ms / 1000
    divisor = len(handled) or 1
    return {
        "startInterval": asked.stamp(start),
        "endInterval": asked.stamp(min(start + step_ms / 1000, asked.end - asked.shift_s)),
        "notUniqueReceived": len(contacts),
        "notUniqueTreated": len(handled),
        "notUniqueMissed": len(contacts) - len(handled),
        "receivedCalls": len(unique),
        "treatedCalls": treated,
        "missCalls": len(unique) - treated,
        "aht": sum(contact.end - contact.left for contact in handled) * 1000 // divisor,
        "postProcessing": sum(contact.wrapped - contact.end for contact in handled) * 1000 // divisor,
    }


def agent_status_data(days: Days, asked: Asked, *, repeated: bool) -> list[Row]:
    """Statuses that start or end in the period, by group; those of no group under each of the agent's.

    Without `repeated` those have a row of their own that names neither group nor service.
    """
    rows = []
    for agent in _wanted(days, asked):
        states: dict[str, list[Row]] = defaultdict(list)
        for segment in _segments(days, agent, asked):
            listed = [segment.group] if segment.group else list(agent.groups) if repeated else [None]
            for group in listed:
                states[group.id if group else ""].append(_state(segment, asked))
        for group in agent.groups:
            if group.id in states:
                named = {"serviceId": group.service_id, "groupId": group.id}
                rows.append({**named, "agentId": agent.id, "states": states[group.id]})
        if "" in states:
            rows.append({"agentId": agent.id, "states": states[""]})
    return rows


def _segments(days: Days, agent: Agent, asked: Asked) -> Iterator[Segment]:
    for line in days.timelines(agent, asked.true_start, asked.true_end):
        yield from (segment for segment in line.segments if _told(segment.start, segment.end, asked))


def _told(start: int, end: int, asked: Asked) -> bool:
    """Starts or ends in the period, and is over; what spans all of it is not told."""
    first, last = asked.true_start, asked.true_end
    return end <= asked.now and (first <= start < last or first <= end < last)


def _state(segment: Segment, asked: Asked) -> Row:
    code, name = segment.status
    dates = {"startDate": asked.stamp(segment.start), "endDate": asked.stamp(segment.end)}
    return {**dates, "stateCode": code, "stateName": name}


def agent_login_data(days: Days, asked: Asked, *, open_sessions: bool) -> list[Row]:
    """Sign-ins with their length in milliseconds; one that goes on is told only with `open_sessions`."""
    rows = []
    for agent in _wanted(days, asked):
        logins = []
        for line in days.timelines(agent, asked.true_start, asked.true_end):
            if _told(line.login, line.logout, asked):
                length = (line.logout - line.login) * 1000
                dates = {"loginDate": asked.stamp(line.login), "logoutDate": asked.stamp(line.logout)}
                logins.append({**dates, "duration": length})
            elif open_sessions and line.logout > asked.now and line.login >= asked.true_start:
                length = int(asked.now - line.login) * 1000
                logins.append({"loginDate": asked.stamp(line.login), "logoutDate": None, "duration": length})
        if logins:
            rows.append({"agentId": agent.id, "logins": logins})
    return rows


def agent_calls_data(days: Days, asked: Asked) -> list[Row]:
    """Handled contacts that start in the period, by group."""

    def call(contact: Contact) -> Row:
        dates = {"startCall": asked.stamp(contact.left), "endCall": asked.stamp(contact.end)}
        return {**dates, "duration": (contact.end - contact.left) * 1000}

    rows = []
    for agent, group, contacts in _handled(days, asked, lambda _group: True):
        told = [call(contact) for contact in contacts if asked.true_start <= contact.left and contact.end <= asked.now]
        if told:
            named = {"agentId": agent.id, "serviceId": group.service_id, "groupId": group.id}
            rows.append({**named, "agentCalls": told})
    return rows


def agent_chats_work_time(days: Days, asked: Asked) -> list[Row]:
    """The time with at least one chat, by agent and day, cut to the period."""
    work: dict[tuple[str, date], int] = defaultdict(int)
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for agent, _group, contacts in _handled(days, asked, lambda group: Channel.CHATS in group.channels):
        spans[agent.id] += [(contact.left, contact.end) for contact in contacts]
    for agent_id, found in spans.items():
        for start, end in _union(found, asked.true_start, asked.true_end):
            for first, last in _by_day(start, end):
                work[agent_id, day_of(first + asked.shift_s)] += int((last - first) * 1000)
    return [
        {"agentId": agent_id, "workDate": day.isoformat(), "workTime": spent}
        for (agent_id, day), spent in work.items()
        if spent
    ]


def _handled(days: Days, asked: Asked, fits: Callable[[Group], bool]) -> Iterator[tuple[Agent, Group, list[Contact]]]:
    """Contacts by agent and group that start before the period ends, from the day before it on."""
    for agent in _wanted(days, asked):
        for group in filter(fits, agent.groups):
            found = (days.group(group, day).by_agent.get(agent.place, []) for day in asked.days())
            yield agent, group, [contact for day in found for contact in day if contact.left < asked.true_end]


def _wanted(days: Days, asked: Asked) -> Iterable[Agent]:
    return (agent for agent in days.agents if asked.wants(agent.id)) if asked.true_start < asked.true_end else ()


def _union(spans: list[tuple[float, float]], first: float, last: float) -> list[tuple[float, float]]:
    united: list[tuple[float, float]] = []
    for start, end in sorted((max(start, first), min(end, last)) for start, end in spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        elif start < end:
            united.append((start, end))
    return united


def _by_day(start: float, end: float) -> Iterator[tuple[float, float]]:
    while (border := midnight(day_of(start) + timedelta(days=1))) < end:
        yield start, border
        start = border
    yield start, end
