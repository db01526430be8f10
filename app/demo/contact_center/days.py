"""Two weeks of history and the day under way, made when somebody asks and kept (contact-center.md section 5).

From the contacts of the groups follow the statuses of the agents, so that calls, statuses and metrics agree.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from app.demo.contact_center.contacts import Contact, GroupDay, group_day
from app.demo.contact_center.roster import GROUPS, Agent, Group
from app.demo.contact_center.shifts import DAY, Shift, Window, day_of, midnight, shift_of

HISTORY_DAYS = 14

PREPARES = ("Preparation", "Подготовка")
READY, WORK, AFTER_CALL = ("Ready", "Готов"), ("Work", "Обработка"), ("AfterCall", "Постобработка")


class Segment(NamedTuple):
    """A status from `start` to `end`; `group` is None for one that belongs to no particular group."""

    start: int
    end: int
    status: tuple[str, str]
    group: Group | None


@dataclass(frozen=True)
class Timeline:
    """What an agent did in one shift, without gaps from signing in to signing out."""

    segments: tuple[Segment, ...]

    @property
    def login(self) -> int:
        """When the agent signed in."""
        return self.segments[0].start

    @property
    def logout(self) -> int:
        """When the agent signed out."""
        return self.segments[-1].end

    @cached_property
    def _starts(self) -> list[int]:
        return [segment.start for segment in self.segments]

    def at(self, now: float) -> Segment | None:
        """The status at `now`; None while signed out."""
        if not self.login <= now < self.logout:
            return None
        return self.segments[bisect_right(self._starts, now) - 1]


class Days:
    """The days of these agents."""

    def __init__(self, agents: Sequence[Agent], seed: int) -> None:
        self.agents = agents
        self._seed = seed
        self._sizes = {g.id: sum(1 / len(agent.groups) for agent in agents if g in agent.groups) for g in GROUPS}
        self._shifts: dict[tuple[int, date], Shift | None] = {}
        self._groups: dict[tuple[str, date], GroupDay] = {}
        self._timelines: dict[tuple[int, date], Timeline | None] = {}

    def group(self, group: Group, day: date) -> GroupDay:
        """The contacts of `group` on `day`."""
        key = (group.id, day)
        if key not in self._groups:
            begins = midnight(day)
            duty = [(agent.place, windows) for agent in self.agents if (windows := self._windows(agent, group, begins))]
            size = self._sizes[group.id]
            self._groups[key] = group_day(group, size, begins, day.weekday(), duty, self._seed)
        return self._groups[key]

    def _windows(self, agent: Agent, group: Group, begins: int) -> list[Window]:
        if group not in agent.groups:
            return []
        day = day_of(begins)
        shifts = [self._shift(agent, day - timedelta(days=1))] if agent.groups[0].by_night else []
        shifts.append(self._shift(agent, day))
        windows = (window for shift in shifts if shift for window in shift.windows)
        return [window for window in windows if window.group is group and begins <= window.start < begins + DAY]

    def _shift(self, agent: Agent, day: date) -> Shift | None:
        key = (agent.place, day)
        if key not in self._shifts:
            self._shifts[key] = shift_of(agent, day, self._seed)
        return self._shifts[key]

    def timeline(self, agent: Agent, day: date) -> Timeline | None:
        """The shift of `agent` that began on `day`; None without one."""
        key = (agent.place, day)
        if key not in self._timelines:
            if len(self._timelines) > 4 * len(self.agents):  # the live numbers ask for two days, again and again
                self._timelines.clear()
            shift = self._shift(agent, day)
            self._timelines[key] = self._made(agent, shift) if shift else None
        return self._timelines[key]

    def timelines(self, agent: Agent, start: float, end: float) -> Iterator[Timeline]:
        """The shifts that touch `start` to `end`, oldest first."""
        day, last = day_of(start) - timedelta(days=1), day_of(end)
        while day <= last:
            line = self.timeline(agent, day)
            if line and line.login < end and line.logout > start:
                yield line
            day += timedelta(days=1)

    def _made(self, agent: Agent, shift: Shift) -> Timeline:
        segments = [Segment(shift.login, shift.windows[0].start, PREPARES, None)]
        for at, window in enumerate(shift.windows):
            segments += _worked(window, self._contacts(agent, window))
            if at + 1 < len(shift.windows):
                segments.append(Segment(segments[-1].end, shift.windows[at + 1].start, window.then, None))
        return Timeline(tuple(segment for segment in segments if segment.start < segment.end))

    def _contacts(self, agent: Agent, window: Window) -> list[Contact]:
        contacts = self.group(window.group, day_of(window.start)).by_agent.get(agent.place, [])
        return [contact for contact in contacts if window.start <= contact.left <= window.end + window.grace]


def _worked(window: Window, contacts: Sequence[Contact]) -> Iterator[Segment]:
    """Ready, at work, wrapping up, in turn; contacts that overlap are one piece of work."""
    now, group = window.start, window.group
    for start, end, wrapped in _pieces(contacts):
        yield Segment(now, start, READY, group)
        yield Segment(start, end, WORK, group)
        yield Segment(end, wrapped, AFTER_CALL, group)
        now = wrapped
    yield Segment(now, max(now, window.end), READY, group)


def _pieces(contacts: Sequence[Contact]) -> list[tuple[int, int, int]]:
    pieces: list[tuple[int, int, int]] = []
    for contact in contacts:
        piece = (contact.left, contact.end, contact.wrapped)
        if pieces and contact.left < pieces[-1][2]:
            start, end, wrapped = pieces.pop()
            piece = (start, max(end, contact.end), max(wrapped, contact.wrapped))
        pieces.append(piece)
    return pieces
