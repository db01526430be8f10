"""Removing a connection: one that did anything is only deactivated, unless its history goes too (connections.md §1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.access import Permission
from app.domain.connections import Connection, ConnectionStatus
from app.domain.webhooks.events import EventType
from app.errors import Held
from app.events import ConnectionsChanged, SchedulesChanged
from app.i18n import N_, _, ngettext
from app.operations.connections import ALL
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.setting_changes import connection_notes, schedule_notes
from app.operations.webhooks.sources import connection_changed, status_changed
from app.store import connections, purging, schedules


@dataclass(frozen=True)
class DeleteParams:
    """`purge` takes the history away too; without `confirm` it only says how much that is."""

    purge: bool = False
    confirm: bool = False


@operation(
    "connections.delete", N_("Remove a connection"), Permission.ADMIN, DeleteParams, kinds=ALL, works_paused=True
)  # fmt: skip
async def delete_connection(context: RunContext, params: DeleteParams) -> None:
    """Remove a connection and its secrets; one with a history is deactivated, so that its runs stay its own.

    With `purge` its runs, what it fetched and what it sent go with it; records that other systems know too stay, and so
    does the audit trail. Raises `Held` where a history would go without `confirm`.
    """
    connection, store = context.own_connection, context.workspace.store
    kept = await store.read(purging.has_history, connection)
    removed = params.purge or not kept
    runs = await store.read(purging.count_history, connection)
    context.result |= {"id": connection.id, "name": connection.name, "removed": removed, "runs": runs}
    if context.dry_run:
        return
    if params.purge and kept and not params.confirm:
        text = ngettext(
            "Nothing was taken away: {count} run of {name} would go, with what it brought.",
            "Nothing was taken away: {count} runs of {name} would go, with what they brought.",
            runs,
        )
        raise Held(
            text.format(count=runs, name=connection.name), _("Look at the number, then run it again with confirm=true.")
        )
    await context.workspace.links.drop(connection.id)  # a sign-in under way may still have brought a secret
    for key in {*connection.secrets, *connection.spec.earned_secrets}:
        await context.workspace.vault.delete(connection.id, key)
    if removed:
        await store.write(_remove, context, connection, purge=params.purge)
    else:
        await store.write(_deactivate, context, connection)
        text = _("{name} has a history, so it was deactivated instead of removed. Its keys are forgotten.")
        context.warnings.append(text.format(name=connection.name))
    context.workspace.events.publish(ConnectionsChanged())
    context.workspace.events.publish(SchedulesChanged())


def _remove(context: RunContext, connection: Connection, *, purge: bool) -> None:
    """Its schedules go with it."""
    context.workspace.event_log.add([connection_changed(EventType.CONNECTION_DELETED, connection)])
    for schedule in schedules.schedules():
        if schedule.connection == connection.id:
            context.note(*schedule_notes(context.run, schedule, None))
    context.note(*connection_notes(context.run, connection, None, lost=connection.secrets))
    if purge:
        purging.purge_connection(connection)
    else:
        connections.remove_connection(connection.id)


def _deactivate(context: RunContext, connection: Connection) -> None:
    inactive = replace(connection, status=ConnectionStatus.INACTIVE, secrets=())
    connections.change_connection(inactive)
    context.note(*connection_notes(context.run, connection, inactive, lost=connection.secrets))
    if connection.status is not ConnectionStatus.INACTIVE:
        moved = connection.status.value, inactive.status.value
        context.workspace.event_log.add([status_changed(connection.id, *moved, "removed")])
