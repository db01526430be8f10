"""One line of each table of the Live page, put together from what the platform says now and what the store knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from app.domain.contact_center.alarms import Alarm, Metric
from app.domain.contact_center.records import OnlineStatus
from app.operations.contact_center.asking import agent_name
from app.operations.contact_center.live_board import Board, GroupNow
from app.store import contact_center_now as stored
from app.store import directory
from app.store.contact_center_now import Account, AgentNow, StatusMeaning


@dataclass(frozen=True, slots=True)
class AgentLine:
    """An agent: who it is, the status now or the last one known, and the person that the account is linked to."""

    agent_id: str
    name: str
    number: str = ""
    groups: tuple[str, ...] = ()
    now: AgentNow | None = None
    employee_id: str | None = None
    person: str = ""
    by_hand: bool = False
    has_account: bool = True

    @property
    def status(self) -> OnlineStatus | None:
        """The status that the agent is in; None who is not signed in."""
        return self.now.status if self.now is not None and self.now.left_ms is None else None

    def like(self, other: AgentLine) -> bool:
        """Whether both read the same, but for the age."""
        left = [line.now.left_ms if line.now is not None else None for line in (self, other)]
        return (self.status, left[0]) == (other.status, left[1]) and replace(self, now=None) == replace(other, now=None)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group with its numbers, and the limits on them that are crossed."""

    group_id: str
    name: str
    now: GroupNow
    alarms: Mapping[Metric, Alarm] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a connection: accounts by id, names of groups and people, what statuses mean."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, StatusMeaning] = field(default_factory=dict)


def read_known(connection_id: str) -> Known:
    """Read it, on the store's own thread."""
    return Known(
        {a.agent.agent_id: a for a in stored.accounts(connection_id)},
        {g.group_id: g.name for g in stored.groups(connection_id)},
        {e.id: e.name for e in directory.employees()},
        {m.state_code: m for m in stored.meanings(connection_id)},
    )


def status_words(status: OnlineStatus) -> tuple[str, str]:
    """Status and reason of a title like “Break: lunch”; how platforms join them is not told, so only this is read."""
    word, colon, reason = status.state_name.partition(":")
    return (word.strip(), reason.strip()) if colon and word.strip() else (status.state_name, "")


def agent_lines(known: Known, board: Board, wanted: Collection[str] | None = None) -> list[AgentLine]:
    """Every agent that has an account or is there; or those of `wanted`."""
    ids = wanted if wanted is not None else [*known.accounts, *(i for i in board.agents if i not in known.accounts)]
    return [_agent_line(agent_id, known, board) for agent_id in ids]


def _agent_line(agent_id: str, known: Known, board: Board) -> AgentLine:
    account, now = known.accounts.get(agent_id), board.agents.get(agent_id)
    if account is None:
        return AgentLine(agent_id, agent_id, now=now, has_account=False)
    agent = account.agent
    groups = tuple(known.groups.get(group_id, group_id) for group_id in agent.group_ids)
    person = known.people.get(account.employee_id or "", "")
    return AgentLine(
        agent_id, agent_name(agent), agent.number, groups, now, account.employee_id, person, account.by_hand
    )


def group_lines(
    known: Known, board: Board, alarms: Collection[Alarm], wanted: Collection[str] | None = None
) -> list[GroupLine]:
    """Every group that has numbers; or those of `wanted`."""
    return [
        GroupLine(
            group_id, known.groups.get(group_id, group_id), board.groups[group_id],
            {a.metric: a for a in alarms if a.group_id == group_id},
        )
        for group_id in (board.groups if wanted is None else wanted)
    ]  # fmt: skip
