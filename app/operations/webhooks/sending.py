"""Sending by hand: the test of one webhook, and working off the outbox where no window does it (webhooks.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from app.access import Permission
from app.domain.causes import webhook_code
from app.domain.outcomes import Action, Outcome, Status
from app.domain.webhooks.delivery import Attempt, DeliveryStatus
from app.domain.webhooks.endpoint import WebhookEndpoint
from app.domain.webhooks.events import Event, EventType, event
from app.events import DeliveryTried
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.webhooks.endpoints import find, refuse_switched_off
from app.operations.webhooks.rows import attempt_row
from app.store import webhook_log
from app.store.database import insert_rows
from app.store.webhook_events import delivery_row
from app.store.webhook_rows import WebhookDeliveryRow

LONGEST_S = 24 * 3600.0
_ENDS = {
    DeliveryStatus.DELIVERED: (Status.SUCCESS, N_("Delivered")),
    DeliveryStatus.PENDING: (Status.PARTIAL, N_("Failed, tried again later")),
    DeliveryStatus.FAILED: (Status.FATAL, N_("Failed")),
}


@dataclass(frozen=True)
class TestParams:
    """The webhook, by id or name, and a payload of the person's own."""

    id: str
    payload: dict[str, Any] | None = None


@dataclass(frozen=True)
class DeliverParams:
    """For how many seconds retries that become due are waited for; without it, what is due now is sent."""

    wait: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_S)] = 0.0


@operation("webhooks.test", N_("Test a webhook"), Permission.WRITE, TestParams, history=False)
async def test_webhook(context: RunContext, params: TestParams) -> None:
    """Send the test event and say what came back; nothing is tried again."""
    workspace = context.workspace
    endpoint = await find(workspace, params.id)
    what = _test_event(endpoint, params.payload)
    row = delivery_row(what, (endpoint.id, (), endpoint.payload_format), test=True, due=False)
    if context.dry_run:
        context.result |= {"url": endpoint.url, "body": row[4]}
        return
    await workspace.store.write(insert_rows, WebhookDeliveryRow, [row])
    attempt = await workspace.webhooks.try_now(row[0])
    context.result |= {"success": attempt.answer.arrived, "delivery_id": row[0], **attempt_row(attempt)}
    context.report([_test_outcome(endpoint, attempt)])


@operation("webhooks.deliver", N_("Send what waits"), Permission.WRITE, DeliverParams, history=False)
async def deliver(context: RunContext, params: DeliverParams) -> None:
    """Work off the outbox without a window; ends when nothing is due any more."""
    refuse_switched_off(context.workspace)
    if context.dry_run:
        context.summary["waiting"] = await context.workspace.store.read(webhook_log.count_waiting)
        return
    ended: dict[str, Outcome] = {}

    def note(tried: DeliveryTried) -> None:
        ended[tried.delivery_id] = _outcome(tried)
        context.progress(_("Sending webhooks"), len(ended))

    end = context.workspace.events.subscribe(DeliveryTried, note)
    try:
        waiting = await context.workspace.webhooks.flush(params.wait or LONGEST_S, retries=params.wait > 0)
    finally:
        end()
    context.report(list(ended.values()))
    count = [outcome.status for outcome in ended.values()].count
    context.summary |= {
        "total": len(ended),
        "delivered": count(Status.SUCCESS),
        "retrying": count(Status.PARTIAL),
        "failed": count(Status.FATAL),
        "waiting": waiting,
    }
    context.result |= context.summary


def _test_event(endpoint: WebhookEndpoint, payload: Mapping[str, Any] | None) -> Event:
    values = {"message": "This is a test from Muster.", "webhook_id": endpoint.id}
    usual = event(EventType.TEST, values)
    return usual if payload is None else Event(EventType.TEST, payload, usual.occurred_at, usual.event_id)


def _test_outcome(endpoint: WebhookEndpoint, attempt: Attempt) -> Outcome:
    arrived = attempt.answer.arrived
    message = _("Delivered") if arrived else attempt.answer.error_message
    status = Status.SUCCESS if arrived else Status.FATAL
    return Outcome(endpoint.name, endpoint.id, endpoint.url.partition("?")[0], "receiver", status, "test", message, Action.UPDATE, code=webhook_code(attempt.answer.error_code or ""))  # fmt: skip  # noqa: E501


def _outcome(tried: DeliveryTried) -> Outcome:
    status, words = _ENDS.get(DeliveryStatus(tried.status), (Status.UNKNOWN, N_("Unknown")))
    said = _(words)
    if tried.error_code:
        said = _("{what}: {why}").format(what=said, why=tried.error_code)
    return Outcome(
        tried.delivery_id, tried.delivery_id, tried.webhook_id, tried.webhook_id, status, "deliver", said,
        Action.UPDATE, code=webhook_code(tried.error_code),
    )  # fmt: skip
