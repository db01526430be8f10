"""What every operation on a contact centre needs: its client, its zone, whom and what a person means (§5.1, §8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.domain.connections import Connection
from app.domain.contact_center.records import Agent, Group, Personnel
from app.domain.kinds import ConnectionKind
from app.errors import UsageError
from app.i18n import _
from app.operations.context import RunContext
from app.store import contact_center_now as stored
from app.store.values import now

if TYPE_CHECKING:
    from app.connectors.contact_center import ContactCenter

CONTACT_CENTER = (ConnectionKind.CONTACT_CENTER,)
ALL = "all"


@dataclass(frozen=True)
class Subject:
    """A group or an agent, by the id that the platform knows it by."""

    id: str
    name: str


def zone_of(connection: Connection) -> ZoneInfo:
    """The zone that days are meant in."""
    return ZoneInfo(connection.setting("timezone"))


def period(connection: Connection, first: date | None, last: date | None) -> tuple[date, date]:
    """The days that are meant, both included; yesterday and today unless they are given.

    Raises `UsageError` for a period that ends before it begins.
    """
    today = now().astimezone(zone_of(connection)).date()
    end = last or max(today, first or today)
    start = first or end.fromordinal(end.toordinal() - 1)
    if end < start:
        raise UsageError(_("The period ends before it begins."), _("end_date must not be before start_date."))
    return start, end


async def client(context: RunContext) -> ContactCenter:
    """The client of the run's connection."""
    return await context.workspace.links.contact_center(context.own_connection)


async def groups_meant(context: RunContext, wanted: Sequence[str]) -> list[Subject]:
    """The groups that are meant: those named, whether known or not, else all that the platform has."""
    known = await context.workspace.store.read(stored.groups, context.own_connection.id)
    if not (_all(wanted) or not known):
        names = {g.group_id: g.name for g in known}
        return [Subject(i, names.get(i, i)) for i in dict.fromkeys(wanted)]
    found = (await ask_personnel(context)).groups
    return _meant([_group(g) for g in found], wanted)


async def agents_meant(context: RunContext, wanted: Sequence[str]) -> list[Subject]:
    """The agents that are meant, under the rules of `groups_meant`."""
    known = await context.workspace.store.read(stored.accounts, context.own_connection.id)
    if not (_all(wanted) or not known):
        names = {a.agent.agent_id: agent_name(a.agent) for a in known}
        return [Subject(i, names.get(i, i)) for i in dict.fromkeys(wanted)]
    found = (await ask_personnel(context)).agents
    return _meant([Subject(a.agent_id, agent_name(a)) for a in found], wanted)


async def ask_personnel(context: RunContext) -> Personnel:
    """Who and what there is, kept for the next time; an answer without anything keeps what is known."""
    context.progress(_("Fetching groups and agents"))
    personnel = await (await client(context)).personnel()
    context.refuse(personnel.refused)
    if personnel.recognised and not context.dry_run:
        await context.workspace.store.write(stored.write_personnel, context.own_connection.id, personnel)
    return personnel


def agent_name(agent: Agent) -> str:
    """The whole name; `name` may hold all of it (§5.1)."""
    return " ".join(part for part in (agent.surname, agent.name, agent.second_name) if part) or agent.agent_id


def _all(wanted: Sequence[str]) -> bool:
    return not wanted or ALL in wanted


def _meant(found: Sequence[Subject], wanted: Sequence[str]) -> list[Subject]:
    by_id = {s.id: s for s in found}
    return list(by_id.values()) if _all(wanted) else [by_id.get(i, Subject(i, i)) for i in dict.fromkeys(wanted)]


def _group(group: Group) -> Subject:
    return Subject(group.group_id, group.name)
