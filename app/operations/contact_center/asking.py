"""What every operation on a contact centre needs: its client, its zone, whom and what a person means (§5.1, §8)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.domain.connections import Connection
from app.domain.contact_center.records import Agent, Personnel
from app.domain.kinds import ConnectionKind
from app.errors import UsageError
from app.i18n import _
from app.operations.context import RunContext
from app.store import contact_center_now as stored
from app.store import listings
from app.store.values import now

if TYPE_CHECKING:
    from app.connectors.contact_center import ContactCenter

CONTACT_CENTER = (ConnectionKind.CONTACT_CENTER,)
ALL = "all"
_PERSONNEL = "cc_personnel"


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
    """The groups that are meant: those named, whether known or not, else all that the platform has.

    They are asked for once a day.
    """
    known = await context.workspace.store.read(stored.groups, context.own_connection.id)
    if not known or (_all(wanted) and not await _know_today(context)):
        known = list((await ask_personnel(context)).groups) or known
    if _all(wanted) and not known:
        context.warnings.append(_("The contact centre names no groups, so nothing was asked for."))
    return _meant([Subject(g.group_id, g.name) for g in known], wanted)


async def agents_meant(context: RunContext, wanted: Sequence[str]) -> list[Subject]:
    """The agents that are meant, under the rules of `groups_meant`."""
    accounts = await context.workspace.store.read(stored.accounts, context.own_connection.id)
    known = [account.agent for account in accounts]
    if not known or (_all(wanted) and not await _know_today(context)):
        known = list((await ask_personnel(context)).agents) or known
    if _all(wanted) and not known:
        context.warnings.append(_("The contact centre names no agents, so nothing was asked for."))
    return _meant([Subject(a.agent_id, agent_name(a)) for a in known], wanted)


async def ask_personnel(context: RunContext) -> Personnel:
    """Who and what there is, kept for the next time; an answer without anything keeps what is known, and says so."""
    context.progress(_("Fetching groups and agents"))
    personnel = await (await client(context)).personnel()
    context.refuse(personnel.refused)
    connection, read = context.own_connection, context.workspace.store.read
    lacking: list[str] = []
    groups, accounts = await read(stored.groups, connection.id), await read(stored.accounts, connection.id)
    if groups and not personnel.groups:
        lacking.append(_("The contact centre names no groups any more; those that are known stay."))
    if accounts and not personnel.agents:
        lacking.append(_("The contact centre names no agents any more; those that are known stay."))
    context.warnings += lacking
    if personnel.recognised and not context.dry_run:

        def keep() -> None:
            stored.write_personnel(connection.id, personnel)
            if personnel.complete and not lacking:
                listings.remember(connection.id, _PERSONNEL, _as_asked(connection), {})

        await context.workspace.store.write(keep)
    return personnel


async def _know_today(context: RunContext) -> bool:
    """Whether groups and agents were read today, whole and with these settings and this mapping (§1: daily)."""
    found = await context.workspace.store.read(
        listings.remembered, context.own_connection.id, _PERSONNEL, _as_asked(context.own_connection)
    )
    return found is not None


def _as_asked(connection: Connection) -> str:
    """What has to be the same for what was read to hold; a change of the mapping forgets it by itself."""
    today = now().astimezone(zone_of(connection)).date()
    settings = repr(sorted(connection.settings.items()))
    return f"{today} {hashlib.blake2b(settings.encode(), digest_size=16).hexdigest()}"


def agent_name(agent: Agent) -> str:
    """The whole name; `name` may hold all of it (§5.1)."""
    return " ".join(part for part in (agent.surname, agent.name, agent.second_name) if part) or agent.agent_id


def _all(wanted: Sequence[str]) -> bool:
    return not wanted or ALL in wanted


def _meant(found: Sequence[Subject], wanted: Sequence[str]) -> list[Subject]:
    """Those named, in that order, else all by name: in the same order also when a run is taken up again."""
    by_id = {s.id: s for s in found}
    if _all(wanted):
        return sorted(by_id.values(), key=lambda s: (s.name.casefold(), s.id))
    return [by_id.get(i, Subject(i, i)) for i in dict.fromkeys(wanted)]
