"""What is now: who is in which status, the load of groups, the numbers of queues (contact-center.md §5.7-§5.9).

An answer is a whole snapshot: who is missing from it has left. When a call fails the snapshot before it stays, with
its age.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.access import Permission
from app.domain.contact_center.days import iso_utc
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
    context.rows = [_status_row(status, names.get(status.agent_id, "")) for status in statuses]
    await _keep(context, live_statuses.keep_snapshot, statuses)
    _tell(context, [(Subject(s.agent_id, names.get(s.agent_id) or s.agent_id), s.state_name) for s in statuses], read)


@operation("cc.online_groups_load", N_("Groups now"), Permission.READ, LoadParams, kinds=CONTACT_CENTER, history=False)
async def groups_now(context: RunContext, params: LoadParams) -> None:
    """How many wait and work in every group now, and what the day brought so far."""
    subjects = {s.id: s for s in await groups_meant(context, params.groups)}
    read = await (await client(context)).groups_load(list(subjects))
    loads = read.rows
    context.rows = [_load_row(load, subjects) for load in loads]
    await _keep(context, stored.write_loads, loads)
    if any(load.doubts_ratio for load in loads):
        context.warnings.append(_("The share of answered contacts looks like a ratio rather than a percentage."))
    _tell(
        context, [(subjects.get(g.group_id, Subject(g.group_id, g.group_id)), _waiting(g.waiting)) for g in loads], read
    )


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
    _tell(
        context,
        [(subjects.get(q.group_id, Subject(q.group_id, q.group_id)), _waiting(q.waiting)) for q in queues],
        read,
    )


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


def _waiting(count: int) -> str:
    return _("Waiting: {count}").format(count=count)


async def _keep(context: RunContext, write: Callable[[str, Sequence[Any], int], None], found: Sequence[Any]) -> None:
    if context.dry_run:
        return
    await context.workspace.store.write(write, context.own_connection.id, found, round(time.time() * 1000))
    context.workspace.events.publish(ContactCenterDataChanged(context.own_connection.id))


def _tell(context: RunContext, found: Sequence[tuple[Subject, str]], read: Read[Any]) -> None:
    """One outcome per agent or group; what is now is no history, so they are shown and not stored."""
    where = ("now", "platform")
    outcomes = [Outcome(s.name, s.id, *where, Status.SUCCESS, "fetch", text, Action.UPDATE) for s, text in found]
    outcomes += [unsendable_outcome(Subject(i, i), *where) for i in read.left_out]
    if read.unread:
        outcomes.append(unread_outcome(Subject("", _("Rows that cannot be read")), *where, read.unread))
    note_losses(context, read.unread, read.left_out)
    context.refuse(read.refused)
    failed = read.unreadable + len(read.left_out)
    context.summary |= {
        "total": len(found) + failed, "created": 0, "updated": len(found), "skipped": 0, "failed": failed,
    }  # fmt: skip
    context.report(outcomes)
