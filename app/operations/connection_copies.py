"""Taking away what a connection fetched, to fetch it anew (connections.md §4, Clear local data)."""

from __future__ import annotations

from dataclasses import dataclass

from app.access import Permission
from app.domain.kinds import ConnectionKind
from app.errors import Held
from app.events import ContactCenterDataChanged, CustomersChanged, WorkforceChanged
from app.i18n import N_, _, ngettext
from app.operations.context import RunContext
from app.operations.registry import operation
from app.store import copies


@dataclass(frozen=True)
class ClearParams:
    """Without `confirm` nothing goes; it only says how many records would."""

    confirm: bool = False


@operation(
    "connections.clear_data", N_("Clear the local data of a connection"), Permission.ADMIN, ClearParams,
    kinds=copies.KINDS_WITH_COPIES, remote=False, works_paused=True,
)  # fmt: skip
async def clear_data(context: RunContext, params: ClearParams) -> None:
    """Take away what can be fetched again; links, marks, plans and what was sent stay, and the system is not asked.

    Raises `Held` without `confirm` when something would go.
    """
    connection, store = context.own_connection, context.workspace.store
    count = await store.read(copies.count_copies, connection.id, connection.kind)
    context.summary["total"] = count
    context.result["records"] = count
    if context.dry_run or not count:
        return
    if not params.confirm:
        text = ngettext(
            "Nothing was taken away: {count} record would go.",
            "Nothing was taken away: {count} records would go.",
            count,
        )
        raise Held(text.format(count=count), _("Look at the number, then run it again with confirm=true."))
    context.summary["removed"] = await store.write(copies.clear_copies, connection.id, connection.kind)
    events = context.workspace.events
    match connection.kind:
        case ConnectionKind.CETEC:
            events.publish(CustomersChanged())
        case ConnectionKind.ONEC:
            events.publish(WorkforceChanged(connection.id))
        case _:
            events.publish(ContactCenterDataChanged(connection.id))
