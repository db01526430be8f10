"""What is known of now at one contact centre: every agent and group with the moment it was last spoken of.

An answer never takes the place of what was said after it was asked for: a line that sends changes by itself is quicker
than a question that is under way. Moments are milliseconds since 1970 by this computer's clock; only `since_ms` of a
status is the platform's.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.contact_center.queues import QueueMetrics, queue_metrics
from app.domain.contact_center.records import GroupLoad, OnlineStatus
from app.domain.contact_center.skew import Skew
from app.store.contact_center_now import AgentNow

MOST_PAST = 20


@dataclass(frozen=True, slots=True)
class GroupNow:
    """A group: what the platform said of its load, the numbers of its queue, when, and since when somebody waits."""

    load: GroupLoad
    queue: QueueMetrics
    seen_ms: int
    waiting_since_ms: int | None = None


class Board:
    """The present of one connection."""

    def __init__(self, target_answer_seconds: float | None) -> None:
        self.target_s = target_answer_seconds
        self.agents: dict[str, AgentNow] = {}
        self.groups: dict[str, GroupNow] = {}
        self.skew = Skew()
        self.past: dict[str, deque[AgentNow]] = defaultdict(lambda: deque(maxlen=MOST_PAST))
        """Statuses of each agent before the present one, as seen since the program began, the newest first."""
        self._changes: list[AgentNow] = []
        self._own_queues: dict[str, QueueMetrics] = {}
        self._heard_ms: int | None = None

    def recall(self, agents: Iterable[AgentNow], loads: Iterable[tuple[GroupLoad, int]]) -> None:
        """Begin with what was stored."""
        self.agents = {a.status.agent_id: a for a in agents}
        self.groups = {g.group_id: GroupNow(g, self._queue(g, seen), seen) for g, seen in loads}

    @property
    def here(self) -> list[AgentNow]:
        """Who is signed in."""
        return [a for a in self.agents.values() if a.left_ms is None]

    def since_ms(self, status: OnlineStatus) -> int:
        """When a status began, by our clock."""
        return status.since_ms - self.skew.ms

    def take_changes(self) -> list[AgentNow]:
        """Every status that agents entered or left since the last time this was asked, in order."""
        taken, self._changes = self._changes, []
        return taken

    def give_back(self, changes: list[AgentNow]) -> None:
        """These could not be told after all."""
        self._changes[:0] = changes

    # -- agents --------------------------------------------------------------------------------------------------

    def put_snapshot(self, statuses: Iterable[OnlineStatus], asked_ms: int, now_ms: int) -> frozenset[str]:
        """Everybody who is there: who is missing has left (§5.7). Returns whom anything changed for."""
        seen = {s.agent_id: s for s in statuses}
        gone = [i for i, a in self.agents.items() if i not in seen and a.left_ms is None and a.seen_ms <= asked_ms]
        if self._heard_ms is None and seen:
            self.skew.note_newest(max(s.since_ms for s in seen.values()), now_ms)
        changed = self._put(seen.values(), asked_ms, now_ms) | self._leave(gone, now_ms)
        self._heard_ms = now_ms
        return changed

    def put_changes(self, statuses: Iterable[OnlineStatus], left: Iterable[str], now_ms: int) -> frozenset[str]:
        """Those that are different now, and who has gone."""
        changed = self._put(statuses, now_ms, now_ms) | self._leave((i for i in left if i in self.agents), now_ms)
        self._heard_ms = now_ms
        return changed

    def _put(self, statuses: Iterable[OnlineStatus], asked_ms: int, now_ms: int) -> frozenset[str]:
        changed = set()
        for status in statuses:
            before = self.agents.get(status.agent_id)
            if before is not None and before.seen_ms > asked_ms:
                continue
            self.agents[status.agent_id] = AgentNow(status, now_ms)
            if before is None or before.left_ms is not None or before.status != status:
                changed.add(status.agent_id)
                self._changes.append(self.agents[status.agent_id])
                if before is not None:
                    self.past[status.agent_id].appendleft(before)
                if self._heard_ms is not None and (before is None or before.status.since_ms != status.since_ms):
                    self.skew.note(status.since_ms, self._heard_ms, now_ms)
        return frozenset(changed)

    def _leave(self, agent_ids: Iterable[str], now_ms: int) -> frozenset[str]:
        leaving = [i for i in agent_ids if self.agents[i].left_ms is None]
        for agent_id in leaving:
            self.agents[agent_id] = replace(self.agents[agent_id], seen_ms=now_ms, left_ms=now_ms)
            self._changes.append(self.agents[agent_id])
        return frozenset(leaving)

    # -- groups --------------------------------------------------------------------------------------------------

    def put_loads(self, loads: Iterable[GroupLoad], asked_ms: int, now_ms: int) -> frozenset[str]:
        """The load of groups; others keep theirs. Returns the groups that anything changed for."""
        changed = set()
        for load in loads:
            before = self.groups.get(load.group_id)
            if before is not None and before.seen_ms > asked_ms:
                continue
            since = before.waiting_since_ms if before is not None else None
            since = (since if since is not None else now_ms) if load.waiting else None
            self.groups[load.group_id] = GroupNow(load, self._queue(load, now_ms), now_ms, since)
            if before is None or before.load != load:
                changed.add(load.group_id)
        return frozenset(changed)

    def put_queues(self, queues: Iterable[QueueMetrics]) -> frozenset[str]:
        """Numbers of queues from a platform that has them itself: they go before those worked out of loads."""
        changed = set()
        for queue in queues:
            self._own_queues[queue.group_id] = queue
            if (known := self.groups.get(queue.group_id)) is not None:
                self.groups[queue.group_id] = replace(known, queue=queue)
                changed.add(queue.group_id)
        return frozenset(changed)

    def _queue(self, load: GroupLoad, now_ms: int) -> QueueMetrics:
        return self._own_queues.get(load.group_id) or queue_metrics(load, now_ms, self.target_s)

    # -- an open line --------------------------------------------------------------------------------------------

    def confirm(self, heard_ms: int, *, agents: bool, groups: bool) -> None:
        """What a line did not speak of until then was so until then."""
        if agents:
            for agent_id, agent in self.agents.items():
                if agent.left_ms is None and agent.seen_ms < heard_ms:
                    self.agents[agent_id] = replace(agent, seen_ms=heard_ms)
        if groups:
            for group_id, group in self.groups.items():
                if group.seen_ms < heard_ms:
                    self.groups[group_id] = replace(group, seen_ms=heard_ms)
