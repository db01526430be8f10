"""The contacts of one group on one day: who called when, who answered, who gave up.

A queue, served by whoever of the group on duty is free the longest. Customers who gave up often try again, which is
what makes contacts that are not unique (contact-center.md section 5.2).
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, count
from operator import attrgetter
from random import Random
from typing import NamedTuple

from app.demo.contact_center.roster import Group
from app.demo.contact_center.shifts import DAY, HOUR, MINUTE, Window

TARGET_S = 20
"""The N seconds behind `callAnsweredTst`."""
TRIES_AGAIN, COMES_BACK = 0.5, 0.06
DEMAND = 0.56
"""With this much of the curves below most are answered, and the busiest hours are not pleasant."""

WORKDAY = (
    .01, .01, .01, .01, .01, .02, .05, .15, .22, .38, .46, .48, .52, .50, .50, .60, .48, .44, .40, .36, .33, .20, .15,
    .10,
)  # fmt: skip
"""Demand by the hour, in shares of what all of the group could handle."""
NIGHT = (.40, .38, .32, .26, .22, .22, .28, .32, .05, .02, .02, .02, .02, .02, .02, .02, .02, .02, .03, .06, .38, .44,
         .45, .42)  # fmt: skip
WEEK = (1.12, 1.04, 1.0, 0.98, 0.95, 0.42, 0.38)
"""Monday first."""


class Contact(NamedTuple):
    """One contact, in seconds since 1970. `left` is when it left the queue: answered at `start`, or given up."""

    arrived: int
    left: int
    start: int | None
    end: int
    wrapped: int
    agent: int
    """Place in the roster; -1 for nobody."""
    first: bool
    """The customer's first on this day."""

    @property
    def counted_at(self) -> int:
        """The moment whose interval it belongs to: its start, for a lost one that of waiting."""
        return self.arrived if self.start is None else self.start


@dataclass
class GroupDay:
    """A day's contacts by `counted_at`, and sums over them for any moment of the day."""

    contacts: list[Contact]
    by_agent: dict[int, list[Contact]] = field(init=False)

    def __post_init__(self) -> None:
        self.contacts.sort(key=attrgetter("counted_at"))
        self.by_agent = defaultdict(list)
        handled = [contact for contact in self.contacts if contact.start is not None]
        for contact in handled:
            self.by_agent[contact.agent].append(contact)
        self._arrived = sorted(contact.arrived for contact in self.contacts)
        self._left = sorted(contact.left for contact in self.contacts)
        self._started = [contact.left for contact in handled]
        self._ended = sorted(contact.end for contact in handled)
        self._waits = [0, *accumulate(contact.left - contact.arrived for contact in handled)]
        self._in_time = [0, *accumulate(contact.left - contact.arrived <= TARGET_S for contact in handled)]
        talks = sorted((contact.end, contact.end - contact.left) for contact in handled)
        self._talked = [0, *accumulate(talk for _end, talk in talks)]

    def load(self, now: float) -> dict[str, float]:
        """What section 5.8 wants to know at `now`, by its names; times in milliseconds."""
        received, answered = bisect_right(self._arrived, now), bisect_right(self._started, now)
        ended = bisect_right(self._ended, now)
        return {
            "callNumber": received - bisect_right(self._left, now),
            "callReceived": received,
            "aht": self._talked[ended] * 1000 // ended if ended else 0,
            "acd": round(100 * answered / received, 4) if received else 100,
            "awt": self._waits[answered] * 1000 // answered if answered else 0,
            "callAnswered": answered,
            "callAnsweredTst": self._in_time[answered],
            "callProcessing": answered - ended,
        }


def group_day(group: Group, size: float, begins: int, weekday: int, duty: Sequence[tuple[int, list[Window]]], seed: int
              ) -> GroupDay:  # fmt: skip
    """The day that begins at `begins` for a group of `size` agents; `duty` are their windows on it, by place."""
    rng = Random(f"{seed} {group.id} {begins}")
    waiting = [(moment, customer, 0) for customer, moment in enumerate(_arrivals(rng, group, size, begins, weekday))]
    queue = _Queue(group, duty)
    customers, seen, contacts = len(waiting), set[int](), []
    while waiting:
        moment, customer, tries = heapq.heappop(waiting)
        if customers and rng.random() < COMES_BACK:
            customer = rng.randrange(customers)  # somebody who called before, or will
        contact = queue.serve(rng, moment, customer not in seen)
        seen.add(customer)
        contacts.append(contact)
        again = moment + rng.randint(2 * MINUTE, 12 * MINUTE)
        if contact.start is None and tries < 3 and rng.random() < TRIES_AGAIN and again < begins + DAY:
            heapq.heappush(waiting, (again, customer, tries + 1))
    return GroupDay(contacts)


def _arrivals(rng: Random, group: Group, size: float, begins: int, weekday: int) -> list[int]:
    """First tries, in order, at a rate that changes with the hour."""
    curve = NIGHT if group.by_night else WORKDAY
    capacity = DEMAND * size * group.at_once / (group.handling + group.wrap_up)
    mood = rng.uniform(0.88, 1.12)
    found: list[int] = []
    for hour in range(24):
        rate = capacity * curve[hour] * (1 if group.by_night else WEEK[weekday]) * mood
        moment = hour * HOUR + (rng.expovariate(rate) if rate else HOUR)
        while moment < (hour + 1) * HOUR:
            found.append(begins + int(moment))
            moment += rng.expovariate(rate)
    return found


class _Queue:
    """Who is free when: a heap of (free from, tie, place in the roster, windows left)."""

    def __init__(self, group: Group, duty: Sequence[tuple[int, list[Window]]]) -> None:
        self._group = group
        self._ties = count()
        self._free = [
            (windows[0].start, next(self._ties), agent, windows)
            for agent, windows in duty
            for _slot in range(group.at_once)
        ]
        heapq.heapify(self._free)

    def serve(self, rng: Random, arrived: int, first: bool) -> Contact:
        """Answered by whoever is free first, if that is soon enough."""
        group = self._group
        handling = max(15, int(rng.gammavariate(3, group.handling / 3)))
        wrap_up = int(rng.gammavariate(2, group.wrap_up / 2))
        gives_up = arrived + int(rng.expovariate(1 / group.patience)) + 5
        while self._free and self._free[0][0] <= gives_up:
            free, _tie, agent, windows = heapq.heappop(self._free)
            start = max(free, arrived + rng.randint(1, 4))
            done = start + handling + wrap_up
            if done <= windows[0].end + windows[0].grace:
                heapq.heappush(self._free, (done + 1, next(self._ties), agent, windows))
                return Contact(arrived, start, start, start + handling, done, agent, first)
            if windows[1:]:
                heapq.heappush(self._free, (windows[1].start, next(self._ties), agent, windows[1:]))
        return Contact(arrived, gives_up, None, gives_up, gives_up, -1, first)
