"""Status updates: stored at once, sent from the outbox, nobody waits for an answer (contact-center.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.access import Permission
from app.domain.contact_center.pushes import StatusAction, StatusUpdate
from app.domain.outcomes import Action, Outcome, Status
from app.errors import UsageError
from app.i18n import N_, _, ngettext
from app.operations.contact_center.asking import CONTACT_CENTER, zone_of
from app.operations.context import RunContext
from app.operations.registry import operation
from app.store import runs
from app.store.values import now

PATIENCE_S = 5.0


class StatusStep(StrEnum):
    """One message alone, by name or as it stands on the wire."""

    ENTER = "enter"
    LEAVE = "leave"
    ONE = "1"
    ZERO = "0"


_ACTIONS = {
    StatusStep.ENTER: StatusAction.ENTER,
    StatusStep.ONE: StatusAction.ENTER,
    StatusStep.LEAVE: StatusAction.LEAVE,
    StatusStep.ZERO: StatusAction.LEAVE,
}


@dataclass(frozen=True)
class SendParams:
    """An agent's new status and since when, now unless it is said.

    Without `action` the status before is left and the new one entered; with it that is the only message.
    """

    agent_id: str
    status: str
    timestamp: datetime | None = None
    action: StatusStep | None = None

    def __post_init__(self) -> None:
        if blank := next((name for name in ("agent_id", "status") if not getattr(self, name).strip()), ""):
            raise UsageError(_("The field {field} must not be empty.").format(field=blank))


@operation("cc.send_status", N_("Send a status"), Permission.WRITE, SendParams, kinds=CONTACT_CENTER)
async def send_status(context: RunContext, params: SendParams) -> None:
    """Tell the receiver that an agent is in another status; what cannot be sent within seconds waits in the outbox."""
    moment = params.timestamp or now()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(context.own_connection))
    action = _ACTIONS[params.action] if params.action is not None else None
    update = StatusUpdate(params.agent_id, params.status, int(moment.astimezone(UTC).timestamp()), action=action)
    if context.dry_run:
        context.report([_outcome(params, _("Would be sent"))])
        return
    sender, connection = context.workspace.status_sender, context.own_connection
    await sender.put(connection, [update])
    waiting = await sender.flush(connection.id, PATIENCE_S)
    text = ngettext("{count} message waits in the outbox", "{count} messages wait in the outbox", waiting)
    outcome = _outcome(params, text.format(count=waiting) if waiting else _("Sent"))
    await context.workspace.store.write(runs.add_outcomes, context.run.run_id, 0, [outcome])
    context.report([outcome])
    context.summary |= {"total": 1, "waiting": waiting}
    if waiting:
        context.warnings.append(_("The receiver does not answer: what waits is sent as soon as it does."))


def _outcome(params: SendParams, message: str) -> Outcome:
    return Outcome(
        params.agent_id, params.agent_id, "status", "receiver", Status.SUCCESS, "send", message, Action.UPDATE
    )
