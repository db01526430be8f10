"""Services, groups and agents of a platform (contact-center.md §5.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from app.connectors.contact_center.answers import decoded, mapped
from app.connectors.contact_center.fields import identity, words
from app.connectors.tolerant_json import Row, Rows, rows_of
from app.domain.contact_center.losses import Losses
from app.domain.contact_center.records import Agent, Channel, Group, Personnel, Service
from app.domain.exchange.problems import Refused
from app.domain.exchange.values import text
from app.domain.mappings import AS_SENT, Mapper, Problem
from app.errors import BadData
from app.i18n import _

R = TypeVar("R")
_CHANNELS: Mapping[str, Channel] = {channel.value: channel for channel in Channel}


def read_personnel(body: bytes, mapper: Mapper = AS_SENT) -> Personnel:
    """The answer of `personnel`.

    Raises `BadData` when it names no services.
    """
    row = next((one for one in _with_envelope(decoded(body).value) if one.has("services")), None)
    if row is None:
        raise BadData(_("The answer of the contact centre names no services."))
    rows = _Rows(mapper)
    services = rows.read(row.rows("services"), "service", lambda one: _service(one, rows))
    agents = rows.read(row.rows("agents"), "agent", _agent)
    return Personnel(tuple(services), _once(agents), rows.losses.told(), recognised=True, refused=tuple(rows.refused))


@dataclass
class _Rows:
    """Reads the rows of one answer, counting what cannot be read and keeping what the mapping cannot take."""

    mapper: Mapper
    losses: Losses = field(default_factory=Losses)
    refused: list[Problem] = field(default_factory=list)

    def read(self, rows: Rows, entity: str, read: Callable[[Row], R]) -> list[R]:
        """What can be read of rows."""
        wanted = mapped(rows, entity, self.mapper)
        self.losses.others(wanted.others)
        self.refused += wanted.refused
        found: list[R] = []
        for row in wanted:
            try:
                found.append(read(row))
            except Refused as refused:
                self.losses.refuse(refused)
        return found


def _with_envelope(value: Any) -> Iterator[Row]:
    """The answer itself, and what lies in it: a gateway may wrap it (§3), 1C's kin in a list of one (§4)."""
    if isinstance(value, list):
        yield from rows_of(value)
    if isinstance(value, dict):
        yield Row(value)
        for inner in value.values():
            yield from rows_of(inner)


def _service(row: Row, rows: _Rows) -> Service:
    service_id = identity(row, "id")
    listed = row.rows("serviceGroups", "groups")
    groups = rows.read(listed, "group", lambda one: _group(one, service_id))
    return Service(service_id, words(row, "name") or service_id, _is_active(row), tuple(groups))


def _group(row: Row, service_id: str) -> Group:
    group_id = identity(row, "id", "groupId")
    return Group(group_id, service_id, words(row, "name") or group_id, _is_active(row), _channels(row))


def _is_active(row: Row) -> bool:
    return words(row, "status").upper() != "INACTIVE"


def _channels(row: Row) -> tuple[Channel, ...]:
    """The channels of a group: one, several with commas, or a list."""
    names = (part.strip().upper() for said in _texts(row.get("channelType")) for part in said.split(","))
    return tuple(dict.fromkeys(_CHANNELS[name] for name in names if name in _CHANNELS))


def _agent(row: Row) -> Agent:
    agent_id = identity(row, "id", "agentId")
    groups = (words(one, "groupId", "id") for one in row.rows("agentGroups"))
    bare = _texts(row.get("agentGroups"))
    return Agent(
        agent_id=agent_id,
        name=words(row, "name"),
        surname=words(row, "surname"),
        second_name=words(row, "secondName"),
        number=words(row, "agentNumber"),
        logins=_texts(row.get("loginSSO")),
        group_ids=tuple(dict.fromkeys(group for group in (*groups, *bare) if group)),
    )


def _once(agents: Iterable[Agent]) -> tuple[Agent, ...]:
    """Each account once, with the groups of all its rows."""
    known: dict[str, Agent] = {}
    for agent in agents:
        before = known.setdefault(agent.agent_id, agent)
        if before is not agent:
            known[agent.agent_id] = replace(before, group_ids=tuple(dict.fromkeys(before.group_ids + agent.group_ids)))
    return tuple(known.values())


def _texts(value: Any) -> tuple[str, ...]:
    """The texts of a list, or the one that stands for it; what is no text is left out."""
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        try:
            found.append(text(one))
        except Refused:
            continue
    return tuple(name for name in found if name)
