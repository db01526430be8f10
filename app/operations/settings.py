"""Settings that hold for every connection which says nothing else, and a few of this installation: show and change them
(connections.md §12).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from app.access import Permission
from app.domain.connections import checked_settings
from app.domain.database_address import checked_database_url, without_password
from app.domain.kinds import ConnectionKind
from app.errors import UsageError
from app.events import ConnectionsChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.settings import SHARED, Settings
from app.store import connections

DAYS = ("webhook_attempt_days", "webhook_delivery_days")
"""For how long what was told to webhooks is kept (webhooks.md §1)."""
FEWEST_DAYS, MOST_DAYS = 1, 3650
_DEFAULTS = {f.name: f.default for f in fields(Settings) if f.name in SHARED}


@dataclass(frozen=True)
class SettingsParams:
    """What changes; a blank one goes back to its default."""

    sync_interval: str | int | None = None
    retry_attempts: str | int | None = None
    timeout_seconds: str | float | None = None
    batch_size: str | int | None = None
    enable_webhooks: str | bool | None = None
    log_level: str | None = None
    webhook_attempt_days: int | None = None
    webhook_delivery_days: int | None = None
    database_url: str | None = None


@operation("settings.show", N_("Show the settings"), Permission.READ, NoParams, writes=False, history=False)
async def show_settings(context: RunContext, _params: NoParams) -> None:
    """The settings, which connections have their own, and keys that this version does not know."""
    found = await context.workspace.store.read(connections.connections)
    values = context.workspace.settings
    context.result |= {
        "settings": {key: getattr(values, key) for key in SHARED},
        "defaults": _DEFAULTS,
        "installation": {key: getattr(values, key) for key in DAYS}
        | {"database_url": without_password(values.database_url)},
        "overrides": {c.name: own for c in found if (own := {k: v for k, v in c.settings.items() if k in SHARED})},
        "unknown": values.unknown,
    }


@operation("settings.update", N_("Change the settings"), Permission.ADMIN, SettingsParams)
async def update_settings(context: RunContext, params: SettingsParams) -> None:
    """Check and store; open clients are made anew with the new values.

    Raises `UsageError` for an impossible value.
    """
    given = {key: value for key in SHARED if (value := getattr(params, key)) is not None}
    changes = _DEFAULTS | _checked(given)
    changes = {key: changes[key] for key in given} | _installation(params)
    if not context.dry_run and changes:
        workspace = context.workspace
        await workspace.change_settings(**changes)
        if given:
            for connection in await workspace.store.read(connections.connections):
                await workspace.links.drop(connection.id)
        if "sync_interval" in changes:
            from app.operations.scheduler import replan_following

            await replan_following(workspace)
        workspace.events.publish(ConnectionsChanged())
    await show_settings(context, NoParams())


def _installation(params: SettingsParams) -> dict[str, Any]:
    """What holds for this installation alone; another database is opened at the next start."""
    changes: dict[str, Any] = {key: days for key in DAYS if (days := getattr(params, key)) is not None}
    if any(not FEWEST_DAYS <= days <= MOST_DAYS for days in changes.values()):
        raise UsageError(_("Between {low} and {high} days are kept.").format(low=FEWEST_DAYS, high=MOST_DAYS))
    if params.database_url is not None:
        changes["database_url"] = checked_database_url(params.database_url)
    return changes


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """Values as a connection that has all of these settings would keep them; no number is bent into its bounds."""
    checked = checked_settings(ConnectionKind.CONTACT_CENTER, given)
    for key, value in checked.items():
        if isinstance(value, int | float) and not isinstance(value, bool) and float(given[key]) != value:
            raise UsageError(_("{field} cannot be {value}.").format(field=key, value=given[key]))
    return checked
