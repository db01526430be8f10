"""What became of deliveries: the log, one delivery with every try, sending again, statistics, the catalogue of events
(webhooks.md §1, §3, §7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from app.access import Permission
from app.domain.webhooks.delivery import Delivery, DeliveryStatus, Trigger
from app.domain.webhooks.events import CATALOGUE
from app.errors import Held, UsageError
from app.events import WebhooksChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.operations.webhooks.endpoints import find, refuse_switched_off
from app.operations.webhooks.rows import attempt_row, curl_text, delivery_row, statistics_row
from app.store import webhook_events, webhook_log, webhooks
from app.store.values import now
from app.store.webhook_log import DeliveryFilter

_GIVEN_UP = (DeliveryStatus.FAILED, DeliveryStatus.EXPIRED)
MOST_AT_ONCE = 100_000


@dataclass(frozen=True)
class DeliveriesParams:
    """Which deliveries: of a webhook (all without `id`), in these states, of a type of event, made in a period."""

    id: str = ""
    status: tuple[DeliveryStatus, ...] = ()
    event_type: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True)
class DeliveryParams:
    """The delivery, by id."""

    delivery: str


@dataclass(frozen=True)
class RetryParams:
    """One `delivery`, or of a webhook (all without `id`) those in these states made in a period.

    `again` sends also what was delivered already.
    """

    delivery: str = ""
    id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    status: tuple[DeliveryStatus, ...] = _GIVEN_UP
    again: bool = False


@dataclass(frozen=True)
class StatsParams:
    """Over how many days."""

    days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30


@operation(
    "webhooks.deliveries", N_("Deliveries of webhooks"), Permission.READ, DeliveriesParams, writes=False, history=False
)
async def list_deliveries(context: RunContext, params: DeliveriesParams) -> None:
    """The log, newest first."""
    wanted = DeliveryFilter(
        await _webhook_id(context, params.id), params.status, params.event_type, _aware(params.since),
        _aware(params.until), params.limit, params.offset,
    )  # fmt: skip
    context.summary["total"] = await context.workspace.store.read(webhook_log.count_deliveries, wanted)
    found = await context.workspace.store.read(webhook_log.deliveries, wanted)
    context.rows = [delivery_row(delivery) for delivery in found]


@operation("webhooks.delivery", N_("Show a delivery"), Permission.READ, DeliveryParams, writes=False, history=False)
async def show_delivery(context: RunContext, params: DeliveryParams) -> None:
    """One delivery: what was sent and every try, with the last one as a command for a shell."""
    delivery = await _find_delivery(context, params.delivery)
    store = context.workspace.store
    tries = await store.read(webhook_log.attempts, delivery.id)
    endpoint = await store.read(webhooks.find_endpoint, delivery.webhook_id)
    context.result |= delivery_row(delivery)
    context.result |= {
        "body": delivery.body,
        "response_body": delivery.response_body,
        "tries": [attempt_row(attempt) for attempt in tries],
        "curl": curl_text(endpoint.method.value if endpoint else "POST", tries[-1], delivery.body or "")
        if tries
        else None,
    }


@operation("webhooks.retry", N_("Send deliveries again"), Permission.WRITE, RetryParams)
async def retry(context: RunContext, params: RetryParams) -> None:
    """Have one delivery or a range sent again with the same id and body; a dry run counts them."""
    found = await _to_send_again(context, params)
    if not params.again and any(d.status is DeliveryStatus.DELIVERED for d in found):
        raise Held(
            _("This was delivered already."), _("Send it again with again=true; the receiver may count it twice.")
        )
    if any(d.body is None for d in found):
        context.warnings.append(_("Bodies of old deliveries were forgotten: those cannot be sent again."))
    ids = [d.id for d in found if d.body is not None]
    context.summary |= {"total": len(ids), "queued": 0}
    if context.dry_run or not ids:
        return
    refuse_switched_off(context.workspace)
    trigger = Trigger.MANUAL if params.delivery else Trigger.BULK
    queued = await context.workspace.store.write(webhook_log.send_again, ids, trigger)
    context.summary["queued"] = queued
    context.workspace.event_log.queued += queued
    context.workspace.events.publish(WebhooksChanged())


@operation("webhooks.stats", N_("Statistics of webhooks"), Permission.READ, StatsParams, writes=False, history=False)
async def show_statistics(context: RunContext, params: StatsParams) -> None:
    """What became of the deliveries of the last days; tests are not counted."""
    until = now()
    found = await context.workspace.store.read(
        webhook_log.statistics, until - timedelta(days=params.days), until + timedelta(seconds=1)
    )
    context.result |= statistics_row(found, params.days)


@operation("webhooks.event_types", N_("Events of webhooks"), Permission.READ, NoParams, writes=False, history=False)
async def list_event_types(context: RunContext, _params: NoParams) -> None:
    """The catalogue by category, each with the newest payload that happened here, else an invented one."""
    real = await context.workspace.store.read(webhook_events.samples)
    context.rows = [
        {
            "category": spec.category.value,
            "event_type": spec.type.value,
            "description": _(spec.sent_when),
            "sample": real.get(spec.type, dict(spec.sample)),
            "sample_is_real": spec.type in real,
        }
        for spec in CATALOGUE.values()
    ]


async def _to_send_again(context: RunContext, params: RetryParams) -> list[Delivery]:
    if params.delivery:
        delivery = await _find_delivery(context, params.delivery)
        await _refuse_paused(context, delivery.webhook_id)
        if delivery.is_test:
            raise UsageError(_("A test is not sent again; press Test instead."))
        return [delivery]
    if not params.id and params.since is None:
        raise UsageError(_("Say which: a delivery, a webhook, or since when."))
    webhook_id = await _webhook_id(context, params.id)
    if webhook_id:
        await _refuse_paused(context, webhook_id)
    wanted = DeliveryFilter(
        webhook_id, params.status, "", _aware(params.since), _aware(params.until), MOST_AT_ONCE
    )  # fmt: skip
    known = {endpoint.id for endpoint in await context.workspace.store.read(webhooks.endpoints) if endpoint.is_active}
    found = await context.workspace.store.read(webhook_log.deliveries, wanted)
    return [d for d in found if not d.is_test and d.webhook_id in known]


async def _refuse_paused(context: RunContext, webhook_id: str) -> None:
    endpoint = await context.workspace.store.read(webhooks.find_endpoint, webhook_id)
    if endpoint is None:
        raise UsageError(_("This webhook was removed; nothing can be sent to it."))
    if not endpoint.is_active:
        raise UsageError(_("The webhook {name} is paused.").format(name=endpoint.name), _("Resume it first."))


async def _webhook_id(context: RunContext, name_or_id: str) -> str:
    """The id of a webhook; one that was removed is still found in the log by its id."""
    if not name_or_id:
        return ""
    found = await context.workspace.store.read(webhooks.find_endpoint, name_or_id)
    if found is not None:
        return found.id
    if await context.workspace.store.read(webhook_log.count_deliveries, DeliveryFilter(name_or_id)):
        return name_or_id
    return (await find(context.workspace, name_or_id)).id


async def _find_delivery(context: RunContext, delivery_id: str) -> Delivery:
    found = await context.workspace.store.read(webhook_log.find_delivery, delivery_id)
    if found is None:
        raise UsageError(_("There is no delivery {id}.").format(id=delivery_id))
    return found


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is this computer's."""
    return moment.astimezone(UTC) if moment is not None else None
