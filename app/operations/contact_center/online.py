"""What is now: who is in which status, the load of groups, the numbers of queues (contact-center.md §5.7-§5.9).

An answer is a whole snapshot: who is missing from it has left. When a call fails the snapshot before it stays, with
its age; so it does where there is no data at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.access import Permission
from app.domain.contact_center.days import iso_utc
from app.domain.contact_center.queues import QueueMetrics
from app.domain.contact_center.records import GroupLoad, OnlineStatus, Read
from app.domain.outcomes import Action, Outcome, Status
from app.events import ContactCenterDataChanged
from app.i18n import N_, _
from app.operations.contact_center.asking import (
    CONTACT_CENTER,
    Subject,
    agent_name,
    ask_personnel,
    client,
    groups_meant,
)
from app.operations.contact_center.live_asking import is_lost
from app.operations.contact_center.not_taken import note_losses, unread_outcome, unsendable_outcome
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.store import contact_center_now as stored
from app.store import live_statuses


@dataclass(frozen=True)
class LoadParams:
    """Ids of groups, or `all`."""

    groups: tuple[str, ...] = ()


@operation("cc.online_agent_status", N_("Agents now"), Permission.READ, NoParams, kinds=CONTACT_CENTER, history=False)
async def agents_now(context: RunContext, _params: NoParams) -> None:
    """The status that every agent is in now."""
    read = await (await client(context)).online_statuses()
    statuses = read.rows
    accounts = await context.workspace.store.read(stored.accounts, context.own_connection.id)
    names = {a.agent.agent_id: agent_name(a.agent) for a in accounts}
    before = await context.workspace.store.read(stored.agents_now, context.own_connection.id)
    here = {a.status.agent_id: a.status for a in before if a.left_ms is None}
    context.rows = [_status_row(status, names.get(status.agent_id, "")) for status in statuses]
    if not _is_lost(context, read, here):
        await _keep(context, _keep_statuses, statuses)
    found = [(Subject(s.agent_id, names.get(s.agent_id) or s.agent_id), s.state_name) for s in statuses]
    _tell(context, found, read, {s.agent_id for s in statuses if here.get(s.agent_id) == s})


@operation("cc.online_groups_load", N_("Groups now"), Permission.READ, LoadParams, kinds=CONTACT_CENTER, history=False)
async def groups_now(context: RunContext, params: LoadParams) -> None:
    """How many wait and work in every group now, and what the day brought so far."""
    subjects = {s.id: s for s in await groups_meant(context, params.groups)}
    read = await (await client(context)).groups_load(list(subjects))
    loads = read.rows
    before = await context.workspace.store.read(stored.loads_now, context.own_connection.id)
    known = {load.group_id: load for load, _seen_ms in before}
    context.rows = [_load_row(load, subjects) for load in loads]
    if not _is_lost(context, read, known):
        await _keep(context, stored.write_loads, loads)
    _tell(context, _waiting(loads, subjects), read, {g.group_id for g in loads if known.get(g.group_id) == g})


@operation(
    "cc.online_queue_metrics", N_("Queues now"), Permission.READ, LoadParams, kinds=CONTACT_CENTER, history=False,
    writes=False,
)  # fmt: skip
async def queues_now(context: RunContext, params: LoadParams) -> None:
    """The numbers of every queue now, worked out of the load of its group."""
    subjects = {s.id: s for s in await groups_meant(context, params.groups)}
    read = await (await client(context)).queue_metrics(list(subjects))
    queues = read.rows
    context.rows = [
        {
            "queue_id": q.group_id,
            "service_group": subjects[q.group_id].name if q.group_id in subjects else q.group_id,
            "waiting": q.waiting,
            "agents_ready_or_busy": q.operators,
            "in_conversation": q.in_conversation,
            "received_today": q.received,
            "answered_today": q.answered,
            "answered_pct": q.answered_pct,
            "service_level_pct": q.service_level_pct,
            "avg_wait_ms": q.wait_ms,
            "lost_today_estimate": q.lost_estimate,
            "timestamp": iso_utc(q.taken_ms),
        }
        for q in queues
    ]
    _tell(context, _waiting(queues, subjects), read)


@operation("cc.personnel", N_("Groups and agents"), Permission.READ, NoParams, kinds=CONTACT_CENTER)
async def read_personnel(context: RunContext, _params: NoParams) -> None:
    """Services, groups and accounts of agents, which all other questions need to know (§5.1)."""
    found = await ask_personnel(context)
    context.result |= {
        "services": [asdict(service) for service in found.services],
        "agents": [asdict(agent) for agent in found.agents],
    }
    context.summary |= {"groups": len(found.groups), "agents": len(found.agents), "failed": found.unreadable}
    note_losses(context, found.unread)
    if found.unread:
        context.report([unread_outcome(Subject("", _("Rows without an id")), "personnel", "platform", found.unread)])
    if not found.recognised:
        context.warnings.append(_("The answer names no services: check that the address is that of the integration."))


def _status_row(status: OnlineStatus, name: str) -> dict[str, Any]:
    return {
        "agentId": status.agent_id,
        "name": name,
        "stateCode": status.state_code,
        "stateName": status.state_name,
        "startDate": iso_utc(status.since_ms),
    }


def _load_row(load: GroupLoad, subjects: dict[str, Subject]) -> dict[str, Any]:
    return {
        "serviceId": load.service_id,
        "groupId": load.group_id,
        "name": subjects[load.group_id].name if load.group_id in subjects else "",
        "callNumber": load.waiting,
        "operatorNumber": load.operators,
        "callReceived": load.received,
        "aht": load.aht_ms,
        "acd": load.answered_pct,
        "awt": load.wait_ms,
        "callAnswered": load.answered,
        "callAnsweredTst": load.answered_in_time,
        "callProcessing": load.in_conversation,
    }


def _waiting(found: Sequence[GroupLoad | QueueMetrics], subjects: dict[str, Subject]) -> list[tuple[Subject, str]]:
    text = _("Waiting: {count}")
    return [(subjects.get(g.group_id, Subject(g.group_id, g.group_id)), text.format(count=g.waiting)) for g in found]


def _is_lost(context: RunContext, read: Read[Any], known: Collection[Any]) -> bool:
    """Whether what is known stays although nothing came, and is said to."""
    if lost := is_lost(read, known):
        context.warnings.append(
            _("The contact centre answers 404, as if there were nothing; what was known stays. Check the address.")
        )
    return lost


def _keep_statuses(connection_id: str, statuses: Sequence[OnlineStatus], seen_ms: int) -> None:
    """The snapshot, and how the platform calls its statuses: pushed ones are called so too (§6)."""
    live_statuses.keep_snapshot(connection_id, statuses, seen_ms)
    stored.note_statuses(connection_id, {s.state_code: s.state_name for s in statuses})


async def _keep(context: RunContext, write: Callable[[str, Sequence[Any], int], None], found: Sequence[Any]) -> None:
    if context.dry_run:
        return
    await context.workspace.store.write(write, context.own_connection.id, found, round(time.time() * 1000))
    context.workspace.events.publish(ContactCenterDataChanged(context.own_connection.id))


def _tell(
    context: RunContext, found: Sequence[tuple[Subject, str]], read: Read[Any], same: Collection[str] = ()
) -> None:
    """One outcome per agent or group; what is now is no history, so they are shown and not stored.

    `same` are the ids of those that are as they were.
    """
    where = ("now", "platform")
    outcomes = [
        Outcome(
            s.name, s.id, *where, Status.SUCCESS, "fetch", text, Action.UNCHANGED if s.id in same else Action.UPDATE
        )
        for s, text in found
    ]
    outcomes += [unsendable_outcome(Subject(i, i), *where) for i in read.left_out]
    if read.unread:
        outcomes.append(unread_outcome(Subject("", _("Rows that cannot be read")), *where, read.unread))
    note_losses(context, read.unread, read.left_out)
    context.refuse(read.refused)
    if any(isinstance(one, GroupLoad | QueueMetrics) and one.doubts_ratio for one in read.rows):
        context.warnings.append(_("The share of answered contacts looks like a ratio rather than a percentage."))
    context.warnings += read.warnings
    failed = read.unreadable + len(read.left_out)
    context.summary |= {
        "total": len(found) + failed, "created": 0, "updated": len(found) - len(same), "skipped": len(same),
        "failed": failed,
    }  # fmt: skip
    context.report(outcomes)
