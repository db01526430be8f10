"""Why a schedule would be skipped, were it due now, and the interval that it goes by (connections.md §11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.access import missing_permission
from app.domain.connections import Connection, ConnectionStatus
from app.domain.health import Health, connection_health
from app.domain.schedules import Schedule
from app.errors import MusterError
from app.i18n import _
from app.operations.registry import find_operation
from app.store import runs

if TYPE_CHECKING:
    from app.workspace import Workspace


def sync_interval_s(workspace: Workspace, connection: Connection | None) -> int:
    """Seconds between automatic syncs: the connection's own, else everybody's (connections.md §12)."""
    own = connection.setting("sync_interval") if connection is not None else None
    return int(own or workspace.settings.sync_interval)


async def hindrance(workspace: Workspace, schedule: Schedule, connection: Connection | None) -> str:
    """Why a schedule would be skipped now, in words; empty when it would run."""
    try:
        operation = find_operation(schedule.operation)
    except MusterError as error:
        return error.message
    if reason := missing_permission(workspace.role, operation.permission):
        return reason
    if not schedule.connection:
        return ""
    if connection is None:
        return _("Its connection was removed.")
    if connection.status is ConnectionStatus.INACTIVE and not operation.works_paused:
        return _("The connection {name} is paused.").format(name=connection.name)
    if connection_health(connection, workspace.vault.known_secrets(connection)).health is Health.NOT_CONFIGURED:
        return _("The connection {name} is not set up completely.").format(name=connection.name)
    if workspace.links.is_held(connection.id):
        return _("Somebody holds the calls of {name} back.").format(name=connection.name)
    if (until := workspace.links.refused_until(connection.id)) is not None:
        text = _("{name} failed several times in a row and is left alone until {time}.")
        return text.format(name=connection.name, time=f"{until.astimezone():%H:%M:%S}")
    refused: bool = await workspace.store.read(runs.sign_in_refused, connection.name)
    if connection.last_error and refused:
        return _("{name} refused the sign-in. Sign in again, or test the connection.").format(name=connection.name)
    return ""
