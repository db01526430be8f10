"""The log of deliveries: what a person sees, sends again and counts (webhooks.md §2, §7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from app.domain.webhooks.delivery import Answer, Attempt, Delivery, DeliveryStatus, Trigger
from app.domain.webhooks.error_codes import ErrorCode
from app.domain.webhooks.statistics import Counts, Statistics
from app.store.database import fetch, run_sql
from app.store.values import from_json, from_ms, now, to_ms
from app.store.webhook_rows import (
    WebhookAttemptRow,
    WebhookDayRow,
    WebhookDeliveryRow,
    WebhookEndpointRow,
)
from app.store.webhook_turns import delivery_columns, to_delivery

DAY_MS = 86_400_000
# Written out: peewee reads `%` as LIKE and gives each use of a number a parameter of its own, which GROUP BY refuses.
_PER_DAY = (
    f"SELECT created_at / {DAY_MS}, event_type, status, COUNT(*), SUM(attempts) FROM webhook_delivery "
    "WHERE created_at >= ? AND created_at < ? AND NOT is_test GROUP BY 1, 2, 3"
)
_RESENDABLE = tuple(s.value for s in DeliveryStatus if s is not DeliveryStatus.SENDING)


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries: of an endpoint, in these states, of a type of event (or `a.*`), of a period; newest first.

    `below` continues a list: deliveries that stand after that one, whatever comes or goes meanwhile.
    """

    webhook_id: str = ""
    statuses: tuple[DeliveryStatus, ...] = ()
    event_type: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    offset: int = 0
    below: Delivery | None = None


def deliveries(wanted: DeliveryFilter) -> list[Delivery]:
    """Deliveries of the log."""
    d = WebhookDeliveryRow
    query = _filtered(d.select(*delivery_columns()), wanted)
    newest = query.order_by(d.created_at.desc(), d.id.desc()).limit(wanted.limit).offset(wanted.offset)
    return [to_delivery(row) for row in fetch(newest)]


def count_deliveries(wanted: DeliveryFilter) -> int:
    """How many there are, whatever the page."""
    ((count,),) = fetch(_filtered(WebhookDeliveryRow.select(fn.COUNT(WebhookDeliveryRow.id)), wanted))
    return int(count)


def find_delivery(delivery_id: str) -> Delivery | None:
    """The delivery of that id."""
    found = fetch(WebhookDeliveryRow.select(*delivery_columns()).where(WebhookDeliveryRow.id == delivery_id))
    return to_delivery(found[0]) if found else None


def attempts(delivery_id: str) -> list[Attempt]:
    """Every try of a delivery, the first one first."""
    a = WebhookAttemptRow
    return [_attempt(row) for row in fetch(a.select().where(a.delivery_id == delivery_id).order_by(a.attempt_number))]


def last_durations_ms(ids: Sequence[str]) -> dict[str, int]:
    """How long the last try of each of these deliveries took; one that was never tried is left out."""
    found: dict[str, int] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        sql = "SELECT delivery_id, duration_ms FROM webhook_attempt WHERE delivery_id IN ({}) ORDER BY attempt_number"
        found |= dict(run_sql(sql.format(", ".join("?" * len(some))), some).fetchall())
    return found


def recent_results(webhook_id: str, count: int = 50) -> list[bool]:
    """Whether the last deliveries that came to an end arrived, the oldest first: the line of an endpoint's health."""
    d = WebhookDeliveryRow
    over = [s.value for s in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED, DeliveryStatus.EXPIRED)]
    query = d.select(d.status).where(d.webhook_id == webhook_id, d.status.in_(over), ~d.is_test)
    found = fetch(query.order_by(d.created_at.desc()).limit(count))
    return [status == DeliveryStatus.DELIVERED for (status,) in reversed(found)]


def count_waiting() -> int:
    """How many deliveries wait or are under way."""
    d = WebhookDeliveryRow
    waiting = d.status.in_([DeliveryStatus.PENDING.value, DeliveryStatus.SENDING.value])
    ((count,),) = fetch(d.select(fn.COUNT(d.id)).where(waiting, ~d.is_test))
    return int(count)


def send_again(ids: Sequence[str], trigger: Trigger) -> int:
    """Have deliveries sent by hand as soon as may be: same id, same body; the ladder stays where it was.

    Returns how many; one that is being sent and one whose body was forgotten are left alone.
    """
    d, at, count = WebhookDeliveryRow, to_ms(now()), 0
    for start in range(0, len(ids), 500):
        chosen = d.id.in_(list(ids[start : start + 500])), d.status.in_(_RESENDABLE), d.body.is_null(False)
        fresh = d.update(back_to=d.status, back_due=d.due_at).where(*chosen, d.manual == "")
        fresh.execute()
        again = d.update(status=DeliveryStatus.PENDING.value, manual=trigger.value, due_at=at, touched_at=at)
        count += again.where(*chosen).execute()
    return count


def statistics(since: datetime, until: datetime) -> Statistics:
    """What became of all deliveries but tests that were made in a period."""
    d, a, day = WebhookDeliveryRow, WebhookAttemptRow, WebhookDayRow
    made = (d.created_at >= to_ms(since), d.created_at < to_ms(until), ~d.is_test)
    rows = [(day_text(day), *row) for day, *row in run_sql(_PER_DAY, (to_ms(since), to_ms(until))).fetchall()]
    kept = day.select(day.day, day.event_type, day.status, fn.SUM(day.deliveries), fn.SUM(day.attempts))
    in_period = day.day.between(since.date().isoformat(), until.date().isoformat())
    rows += fetch(kept.where(in_period).group_by(day.day, day.event_type, day.status))
    by_type: dict[str, Counts] = defaultdict(Counts)
    by_day: dict[str, Counts] = defaultdict(Counts)
    tries = 0
    for of_day, kind, status, count, tried in rows:
        one = Counts.of(DeliveryStatus(status), int(count))
        by_type[kind] += one
        by_day[of_day] += one
        tries += int(tried or 0)
    took = a.select(a.duration_ms).join(d, on=(d.id == a.delivery_id)).where(*made).order_by(a.duration_ms)
    durations = [ms for (ms,) in fetch(took)]
    return Statistics(since, until, *_endpoint_counts(), dict(by_type), dict(sorted(by_day.items())), tries, durations)


def _endpoint_counts() -> tuple[int, int]:
    e = WebhookEndpointRow
    ((total,),) = fetch(e.select(fn.COUNT(e.id)))
    ((active,),) = fetch(e.select(fn.COUNT(e.id)).where(e.is_active))
    return int(total), int(active)


def _filtered(query: Any, wanted: DeliveryFilter) -> Any:
    d = WebhookDeliveryRow
    conditions = []
    if wanted.webhook_id:
        conditions.append(d.webhook_id == wanted.webhook_id)
    if wanted.statuses:
        conditions.append(d.status.in_([status.value for status in wanted.statuses]))
    if wanted.event_type:
        kind = wanted.event_type
        conditions.append(d.event_type.startswith(kind[:-1]) if kind.endswith("*") else d.event_type == kind)
    if wanted.since is not None:
        conditions.append(d.created_at >= to_ms(wanted.since))
    if wanted.until is not None:
        conditions.append(d.created_at < to_ms(wanted.until))
    if wanted.below is not None:
        at, key = to_ms(wanted.below.created_at), wanted.below.id
        conditions.append((d.created_at < at) | ((d.created_at == at) & (d.id < key)))
    return query.where(*conditions) if conditions else query


def _attempt(row: Sequence[Any]) -> Attempt:
    key, number, cause, started, duration, url, asked, status, headers, body, code, message = row
    at = from_ms(started)
    assert at is not None
    answer = Answer(status, ErrorCode(code) if code else None, message, from_json(headers, dict[str, str]) or {}, body)
    return Attempt(key, number, Trigger(cause), at, duration, url, from_json(asked, dict[str, str]) or {}, answer)


def day_text(number: int) -> str:
    """The date of a day, counted from the first one of 1970."""
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()
