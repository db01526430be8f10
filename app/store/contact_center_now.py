"""Who and what a contact centre has, and how it stands now: accounts and groups, current statuses, loads, meanings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from peewee import fn

from app.domain.contact_center.records import Agent, Channel, Group, GroupLoad, OnlineStatus, Personnel
from app.store.contact_center_rows import AgentNowRow, AgentRow, GroupNowRow, GroupRow, ServiceRow, StatusMeaningRow
from app.store.database import fetch, insert_rows, put_rows
from app.store.values import from_strings, to_strings

KEPT_MS = 7 * 86_400_000
_SLICE = 500


@dataclass(frozen=True, slots=True)
class Account:
    """An agent's account, and the id of the employee it is linked to; `by_hand` that a person said so."""

    agent: Agent
    employee_id: str | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class AgentNow:
    """The status of an agent: since when, when it was last seen, and when the agent left (None: still there)."""

    status: OnlineStatus
    seen_ms: int
    left_ms: int | None = None


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """What a status means here, in the person's words, and whether it counts as worked time."""

    state_code: str
    state_name: str
    meaning: str = ""
    counts_as_worked: bool = False


def write_personnel(connection_id: str, personnel: Personnel) -> None:
    """Keep services, groups and accounts as they are now; links to people stay with their accounts.

    What an answer lacks of which a row could not be taken stays as it is: it may be that row. So does all of a kind
    that it names nothing of. An account that a person decided on stays too, without groups: agents without groups are
    not returned, and what a person said cannot be read again (§5.1).
    """
    known = {a.agent.agent_id: a for a in accounts(connection_id)}
    links = {agent_id: (a.employee_id, a.by_hand) for agent_id, a in known.items()}
    told: dict[type[Any], Sequence[Any]] = {
        ServiceRow: personnel.services,
        GroupRow: personnel.groups,
        AgentRow: personnel.agents,
    }
    for table in [table for table, rows in told.items() if rows and personnel.complete]:
        table.delete().where(table.connection == connection_id).execute()
    services = {s.service_id: (connection_id, s.service_id, s.name, s.active) for s in personnel.services}
    put_rows(ServiceRow, list(services.values()))
    kept = {(g.service_id, g.group_id): _group_row(connection_id, g) for g in personnel.groups}
    put_rows(GroupRow, list(kept.values()))
    unlinked = (None, False)
    agents = {a.agent_id: a for a in personnel.agents}
    if agents and personnel.complete:
        gone = [a.agent for agent_id, a in known.items() if a.by_hand and agent_id not in agents]
        agents |= {a.agent_id: replace(a, group_ids=()) for a in gone}
    put_rows(AgentRow, [_agent_row(connection_id, a, links.get(a.agent_id, unlinked)) for a in agents.values()])


def groups(connection_id: str) -> list[Group]:
    """All groups by name."""
    g = GroupRow
    query = g.select(g.group_id, g.service_id, g.name, g.active, g.channels).where(g.connection == connection_id)
    return [
        Group(group, service, name, bool(active), tuple(map(Channel, from_strings(channels))))
        for group, service, name, active, channels in fetch(query.order_by(fn.LOWER(g.name), g.group_id))
    ]


def accounts(connection_id: str) -> list[Account]:
    """All accounts by name."""
    a = AgentRow
    query = a.select().where(a.connection == connection_id).order_by(fn.LOWER(a.surname), fn.LOWER(a.name), a.agent_id)
    return [_account(row) for row in fetch(query)]


def write_snapshot(connection_id: str, statuses: Iterable[OnlineStatus], seen_ms: int) -> None:
    """Keep a full snapshot of current statuses: who is missing from it left when it was taken (§5.7).

    Who left more than a week ago is forgotten (§9).
    """
    now = AgentNowRow
    seen = {s.agent_id: s for s in statuses}
    known = {a.status.agent_id: a for a in agents_now(connection_id)}
    now.delete().where(now.connection == connection_id).execute()
    rows = [_now_row(connection_id, AgentNow(status, seen_ms)) for status in seen.values()]
    for agent_id, before in known.items():
        if agent_id not in seen:
            left = before.left_ms if before.left_ms is not None else seen_ms
            if seen_ms - left > KEPT_MS:
                continue
            rows.append(_now_row(connection_id, AgentNow(before.status, before.seen_ms, left)))
    insert_rows(now, rows)


def agents_now(connection_id: str) -> list[AgentNow]:
    """The last known status of every agent."""
    n = AgentNowRow
    return [
        AgentNow(OnlineStatus(agent, code, name, since), seen, left)
        for _connection, agent, code, name, since, seen, left in fetch(
            n.select().where(n.connection == connection_id).order_by(n.agent_id)
        )
    ]


def write_loads(connection_id: str, loads: Iterable[GroupLoad], seen_ms: int) -> None:
    """Keep the load of these groups; others keep what was last said of them."""
    latest = {load.group_id: load for load in loads}
    _forget_loads(connection_id, list(latest))
    insert_rows(GroupNowRow, [_load_row(connection_id, load, seen_ms) for load in latest.values()])


def _forget_loads(connection_id: str, group_ids: Sequence[str]) -> None:
    for start in range(0, len(group_ids), _SLICE):
        chunk = list(group_ids[start : start + _SLICE])
        GroupNowRow.delete().where(GroupNowRow.connection == connection_id, GroupNowRow.group_id.in_(chunk)).execute()


def loads_now(connection_id: str) -> list[tuple[GroupLoad, int]]:
    """The last known load of every group, and when it was seen."""
    n = GroupNowRow
    return [
        (GroupLoad(*row[1:-1]), row[-1])
        for row in fetch(n.select().where(n.connection == connection_id).order_by(n.group_id))
    ]


def meanings(connection_id: str) -> list[StatusMeaning]:
    """What statuses mean, as far as a person said."""
    m = StatusMeaningRow
    return [
        StatusMeaning(code, name, meaning, bool(counts))
        for _connection, code, name, meaning, counts in fetch(
            m.select().where(m.connection == connection_id).order_by(m.state_code)
        )
    ]


def note_statuses(connection_id: str, names: Mapping[str, str]) -> None:
    """Remember the statuses that a platform has, by code; what a person said of one stays.

    A name that is only the code, as where nobody knew a better one, takes the place of no other.
    """
    m = StatusMeaningRow
    known = dict(fetch(m.select(m.state_code, m.state_name).where(m.connection == connection_id)))
    insert_rows(m, [(connection_id, code, name, "", False) for code, name in names.items() if code not in known])
    for code, name in names.items():
        if name not in (code, known.get(code, name)):
            m.update(state_name=name).where(m.connection == connection_id, m.state_code == code).execute()


def set_meaning(connection_id: str, said: StatusMeaning) -> None:
    """Keep what a person said of a status."""
    m = StatusMeaningRow
    m.delete().where(m.connection == connection_id, m.state_code == said.state_code).execute()
    insert_rows(m, [(connection_id, said.state_code, said.state_name, said.meaning, said.counts_as_worked)])


def _group_row(connection_id: str, g: Group) -> tuple[Any, ...]:
    return connection_id, g.service_id, g.group_id, g.name, g.active, to_strings(c.value for c in g.channels)


def _agent_row(connection_id: str, a: Agent, link: tuple[str | None, bool]) -> tuple[Any, ...]:
    lists = to_strings(a.logins), to_strings(a.group_ids)
    return connection_id, a.agent_id, a.name, a.surname, a.second_name, a.number, *lists, *link


def _account(row: tuple[Any, ...]) -> Account:
    _connection, agent_id, name, surname, second_name, number, logins, group_ids, employee_id, by_hand = row
    agent = Agent(agent_id, name, surname, second_name, number, from_strings(logins), from_strings(group_ids))
    return Account(agent, employee_id, bool(by_hand))


def _now_row(connection_id: str, a: AgentNow) -> tuple[Any, ...]:
    s = a.status
    return connection_id, s.agent_id, s.state_code, s.state_name, s.since_ms, a.seen_ms, a.left_ms


def _load_row(connection_id: str, g: GroupLoad, seen_ms: int) -> tuple[Any, ...]:
    first = (connection_id, g.group_id, g.service_id, g.waiting, g.operators, g.received, g.aht_ms, g.answered_pct)
    return (*first, g.wait_ms, g.answered, g.answered_in_time, g.in_conversation, seen_ms)
