"""Limits on live numbers, beyond which an alarm is given (contact-center.md §5.9)."""

from __future__ import annotations

from dataclasses import dataclass

from app.access import Permission
from app.domain.contact_center.alarms import Metric, Threshold
from app.errors import UsageError
from app.events import ThresholdsChanged
from app.i18n import N_, _
from app.operations.contact_center.asking import CONTACT_CENTER
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.setting_changes import limit_notes
from app.store import contact_center_thresholds as stored


@dataclass(frozen=True)
class Limit:
    """One limit: of a group, or without one of all that have none of their own; without a bound no alarm at all."""

    metric: Metric
    bound: float | None = None
    group_id: str = ""


@dataclass(frozen=True)
class LimitsParams:
    """All limits of the connection, in place of those before: a JSON array of {metric, bound, group_id}."""

    limits: tuple[Limit, ...] = ()


@operation(
    "cc.live_limits", N_("Set limits on live numbers"), Permission.WRITE, LimitsParams,
    kinds=CONTACT_CENTER, works_paused=True, remote=False,
)  # fmt: skip
async def set_limits(context: RunContext, params: LimitsParams) -> None:
    """Keep these limits and no others."""
    if wrong := next((one for one in params.limits if one.bound is not None and one.bound < 0), None):
        raise UsageError(_("A limit on {metric} cannot be less than zero.").format(metric=wrong.metric))
    wanted = [Threshold(one.metric, one.bound, one.group_id) for one in params.limits]
    context.summary |= {"total": len(wanted)}
    if context.dry_run:
        return
    connection = context.own_connection

    def keep() -> None:
        before = stored.thresholds(connection.id)
        stored.set_thresholds(connection.id, wanted)
        context.note(*limit_notes(context.run, connection, before, stored.thresholds(connection.id)))

    await context.workspace.store.write(keep)
    context.workspace.events.publish(ThresholdsChanged(connection.id))
