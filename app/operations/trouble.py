"""What stands now that a person should know of (connections.md §14): sign-ins that are refused, circuits that stay
open, schedules that fail or paused themselves, webhooks that were switched off.

It reads the store and never calls a remote system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from app.domain.connections import Connection
from app.domain.health import Health, connection_health
from app.domain.incidents import Incident, IncidentKind
from app.domain.schedules import Schedule
from app.domain.webhooks.endpoint import DisabledReason, WebhookEndpoint
from app.i18n import _, ngettext
from app.operations.pulse import circumstances
from app.store import connections, schedules, webhooks

if TYPE_CHECKING:
    from app.workspace import Workspace

FAILING = 3
"""Failures in a row that make a schedule an incident: one or two pass by themselves."""


async def standing(workspace: Workspace, open_since: Mapping[str, float]) -> list[Incident]:
    """Everything that stands now; `open_since` says of connections, by id, since when their circuit is open."""
    found, planned, hooks = await workspace.store.read(
        lambda: (connections.connections(), schedules.schedules(), webhooks.endpoints())
    )
    around = await circumstances(workspace, found)
    refused = {
        connection.id
        for connection in found
        if connection_health(connection, workspace.vault.known_secrets(connection), around[connection.id]).health
        is Health.NEEDS_SIGN_IN
    }
    return [
        *_of_connections(found, refused, open_since),
        *_of_schedules(planned, {connection.id: connection for connection in found}),
        *_of_webhooks(hooks),
    ]


def _of_connections(
    found: Iterable[Connection], refused: set[str], open_since: Mapping[str, float]
) -> Iterator[Incident]:
    for connection in found:
        about = (connection.id, connection.name)
        place = ("connections", connection.id)
        if connection.id in refused:
            text = _("{name} refuses the sign-in.").format(name=connection.name)
            yield Incident(
                IncidentKind.SIGN_IN, *about, text, _("Sign in again; the other settings stay as they are."), *place
            )
        if connection.id in open_since:
            text = _("{name} does not answer and is left alone for now.").format(name=connection.name)
            remedy = _("It is tried again by itself. Look whether the system is up, then press Test.")
            yield Incident(IncidentKind.CIRCUIT, *about, text, remedy, *place, since=open_since[connection.id])


def _of_schedules(planned: Iterable[Schedule], known: Mapping[str, Connection]) -> Iterator[Incident]:
    """Those of a connection count as its own, so that one cause is told once."""
    for schedule in planned:
        connection = known.get(schedule.connection)
        subject = connection.id if connection else f"schedule {schedule.id}"
        about = (subject, connection.name if connection else schedule.name)
        place = ("connections", schedule.connection)
        if schedule.paused and schedule.pause_reason:
            text = _("The schedule {name} paused itself.").format(name=schedule.name)
            yield Incident(IncidentKind.PAUSED, *about, text, schedule.pause_reason, *place)
        elif not schedule.paused and schedule.failures >= FAILING:
            text = ngettext(
                "The schedule {name} failed {count} time in a row.",
                "The schedule {name} failed {count} times in a row.",
                schedule.failures,
            ).format(name=schedule.name, count=schedule.failures)
            yield Incident(IncidentKind.FAILING, *about, text, _("Activity says why."), "activity")


def _of_webhooks(hooks: Iterable[WebhookEndpoint]) -> Iterator[Incident]:
    for hook in hooks:
        if hook.is_active or hook.disabled_reason not in {DisabledReason.GONE, DisabledReason.FAILING}:
            continue
        gone = hook.disabled_reason == DisabledReason.GONE
        reason = _("Its receiver says that it is gone for good.") if gone else _("It failed too often or for too long.")
        text = _("Nothing is sent to the webhook {name} any more.").format(name=hook.name)
        yield Incident(IncidentKind.WEBHOOK, f"webhook {hook.id}", hook.name, text, reason, "webhooks", hook.id)
