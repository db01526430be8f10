"""What a contact centre says, one record per row of its answers (contact-center.md §5).

The fields of stored records stand in the order of `app.domain.exchange.rows.COLUMNS`; `extra` is what the platform said
beyond them, as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any, Generic, TypeVar

from app.domain.contact_center.losses import Unread, total
from app.domain.exchange.rows import COLUMNS, Row
from app.domain.exchange.shapes import DataType
from app.domain.mappings.mapper import Problem

R = TypeVar("R")


class Channel(StrEnum):
    """How contacts reach a group (§5.1)."""

    CHATS = "CHATS"
    MAILS = "MAILS"
    INCOMING_CALLS = "INCOMING_CALLS"
    OUTGOING_CALLS = "OUTGOING_CALLS"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of agents within a service."""

    group_id: str
    service_id: str
    name: str
    active: bool = True
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service with its groups."""

    service_id: str
    name: str
    active: bool = True
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """An account of the platform; `name` may hold the whole name, `number` is the personnel number."""

    agent_id: str
    name: str
    surname: str = ""
    second_name: str = ""
    number: str = ""
    logins: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Personnel:
    """Who and what there is. `recognised` says that the answer named services at all, `unread` are rows without an
    id, `refused` those that the mapping could not take, and `no_data` says that the platform answered 404.
    """

    services: tuple[Service, ...] = ()
    agents: tuple[Agent, ...] = ()
    unread: tuple[Unread, ...] = ()
    recognised: bool = False
    no_data: bool = False
    refused: tuple[Problem, ...] = ()

    @property
    def unreadable(self) -> int:
        """How many rows could not be read."""
        return total(self.unread)

    @property
    def complete(self) -> bool:
        """Whether who and what is not in it is not there any more."""
        return not self.unread and not self.refused

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of all services."""
        return tuple(group for service in self.services for group in service.groups)


@dataclass(frozen=True, slots=True)
class IntervalMetrics:
    """Contacts of a group in one interval (§5.2); times are None where nothing was handled."""

    start_ms: int
    group_id: str
    service_id: str
    step_ms: int
    offered: int = 0
    handled: int = 0
    lost: int = 0
    unique_offered: int | None = None
    unique_handled: int | None = None
    unique_lost: int | None = None
    aht_ms: int | None = None
    post_ms: int | None = None
    extra: str | None = None

    @property
    def end_ms(self) -> int:
        """Where the next interval begins."""
        return self.start_ms + self.step_ms


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """A stretch of time in one status (§5.3); `group_id` is blank where none was named."""

    start_ms: int
    agent_id: str
    state_code: str
    group_id: str
    service_id: str
    end_ms: int
    state_name: str
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class AgentLogin:
    """A time signed in (§5.4); without an end the agent is still in."""

    start_ms: int
    agent_id: str
    end_ms: int | None
    duration_ms: int | None
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class AgentCall:
    """A handled contact (§5.5); those of one agent may overlap, and `ordinal` tells equal ones apart."""

    start_ms: int
    agent_id: str
    group_id: str
    end_ms: int
    ordinal: int
    service_id: str
    duration_ms: int
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class ChatDay:
    """Time with at least one chat (§5.6) on a day like `2026-03-05`."""

    day: str
    agent_id: str
    work_ms: int
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class OnlineStatus:
    """The status that an agent is in now (§5.7)."""

    agent_id: str
    state_code: str
    state_name: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class GroupLoad:
    """The load of a group now; totals are since the start of the day (§5.8). What was not said is None."""

    group_id: str
    service_id: str
    waiting: int
    operators: int
    received: int | None = None
    aht_ms: int | None = None
    answered_pct: float | None = None
    wait_ms: int | None = None
    answered: int | None = None
    answered_in_time: int | None = None
    in_conversation: int | None = None

    @property
    def doubts_ratio(self) -> bool:
        """Whether `answered_pct` may be a ratio: it is at most 1 where the counts say otherwise."""
        return looks_like_ratio(self.answered_pct, self.received, self.answered)


def looks_like_ratio(answered_pct: float | None, received: int | None, answered: int | None) -> bool:
    """Whether a share of answered contacts is hardly in percent, by the counts beside it (§5.8)."""
    if answered_pct is None or not 0 < answered_pct <= 1 or not received or answered is None:
        return False
    return 100 * answered / received > 2


@dataclass(frozen=True, slots=True)
class Read(Generic[R]):
    """The answers to one question.

    `unread` are the rows that could not be read, `refused` those that the mapping could not take, `left_out` names
    ids that cannot be asked for, `repaired` says that the JSON was broken and could be mended, `warnings` are
    sentences, `no_data` says that every answer was 404.
    """

    rows: tuple[R, ...] = ()
    unread: tuple[Unread, ...] = ()
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    repaired: bool = False
    no_data: bool = False
    refused: tuple[Problem, ...] = ()

    @property
    def unreadable(self) -> int:
        """How many rows could not be read."""
        return total(self.unread)


def joined(parts: Iterable[Read[R]]) -> Read[R]:
    """Several answers as one."""
    parts = tuple(parts)
    return Read(
        rows=tuple(row for part in parts for row in part.rows),
        unread=tuple(one for part in parts for one in part.unread),
        left_out=tuple(i for part in parts for i in part.left_out),
        warnings=tuple(dict.fromkeys(text for part in parts for text in part.warnings)),
        repaired=any(part.repaired for part in parts),
        no_data=bool(parts) and all(part.no_data for part in parts),
        refused=tuple(problem for part in parts for problem in part.refused),
    )


HistoryRecord = IntervalMetrics | AgentStatus | AgentLogin | AgentCall | ChatDay
RECORD_TYPES: dict[DataType, type[Any]] = {
    DataType.GROUP_METRICS: IntervalMetrics,
    DataType.STATUS: AgentStatus,
    DataType.LOGIN: AgentLogin,
    DataType.CALLS: AgentCall,
    DataType.CHAT_TIME: ChatDay,
}
_READERS = {record: attrgetter(*COLUMNS[data_type], "extra") for data_type, record in RECORD_TYPES.items()}


def stored_row(record: HistoryRecord) -> Row:
    """A record as the store takes it: its columns, and last what was said beyond them."""
    row: Row = _READERS[type(record)](record)
    return row
