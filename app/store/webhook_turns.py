"""Whose turn it is: deliveries are claimed, and what became of them is written down (webhooks.md §6).

A claim names the program and how long it holds, so that two programs on one database never send one delivery. What a
program claimed and did not settle before it ended is claimed again by whoever looks next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from app.domain.webhooks.delivery import Attempt, Delivery, DeliveryStatus, Trigger
from app.domain.webhooks.endpoint import DisabledReason, WebhookEndpoint, gives_up
from app.domain.webhooks.error_codes import ErrorCode
from app.domain.webhooks.events import OF_DELIVERIES, EventType, event
from app.domain.webhooks.ladder import Verdict, span_s
from app.store.database import clock_s, fetch, put_rows, run_sql
from app.store.runs import HOST, program_alive, this_process
from app.store.values import from_ms, now, to_json, to_ms
from app.store.webhook_events import record
from app.store.webhook_rows import WebhookAttemptRow, WebhookDeliveryRow, WebhookEndpointRow, WebhookStatusRow
from app.store.webhooks import endpoints_of

LEASE_S = 60.0
"""How long a claim holds beyond the endpoint's time limit; only other computers go by it."""
_COLUMNS = (
    "id", "webhook_id", "event_id", "event_type", "body", "status", "created_at", "due_at", "delivered_at", "tries",
    "attempts", "http_status", "response_body", "error_code", "error_message", "is_test", "manual",
)  # fmt: skip
_READY = (
    "SELECT e.id, e.consecutive_failures, e.throttled_until FROM webhook_endpoint e WHERE e.is_active AND EXISTS "
    "(SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = e.id AND d.status = 'pending' AND d.due_at <= ?)"
)
_NEXT = (
    "SELECT id FROM webhook_delivery WHERE webhook_id = ? AND status = 'pending' AND due_at <= ? "
    "ORDER BY due_at, id LIMIT ?"
)
_ARRIVED = (
    "UPDATE webhook_endpoint SET success_count = success_count + 1, consecutive_failures = 0, first_failure_at = NULL, "
    "last_triggered = ?, last_success = ?, last_code = '', last_http_status = ? WHERE id = ?"
)
_MANUAL = frozenset({Trigger.MANUAL, Trigger.BULK})
_CLOCK_SLACK_MS = 5_000


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this program's to send, and its endpoint."""

    delivery: Delivery
    endpoint: WebhookEndpoint


@dataclass(frozen=True, slots=True)
class Settled:
    """A try that is over, and what follows from it. Without an attempt it was not made: the delivery is given back."""

    claimed: Claimed
    attempt: Attempt | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Disabled:
    """An endpoint that was switched off by what its receiver did."""

    webhook_id: str
    reason: DisabledReason


@dataclass(frozen=True, slots=True)
class Turn:
    """What one transaction brought: deliveries to send, endpoints that were switched off, new deliveries."""

    claimed: tuple[Claimed, ...] = ()
    disabled: tuple[Disabled, ...] = ()
    raised: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What there is to do now.

    `ready` are endpoints that something is due for: id, failures in a row, whether it is held to one request at a time.
    `next_at` is when something else becomes due, `statuses` whether statuses of agents wait to be told.
    """

    ready: tuple[tuple[str, int, bool], ...] = ()
    next_at: datetime | None = None
    statuses: bool = False


def me() -> str:
    """Names this program in claims."""
    return f"{HOST}|{this_process()}"


def look(at: datetime) -> Due:
    """What is due."""
    e, d = WebhookEndpointRow, WebhookDeliveryRow
    at_ms = to_ms(at) or 0
    found = run_sql(_READY, (at_ms,)).fetchall()
    ready = tuple((key, failures, (until or 0) > at_ms) for key, failures, until in found)
    active = e.select(e.id).where(e.is_active)
    coming = d.select(fn.MIN(d.due_at)).where(d.status == "pending", d.due_at > at_ms, d.webhook_id.in_(active))
    ((next_ms,),) = fetch(coming)
    statuses = bool(fetch(WebhookStatusRow.select(WebhookStatusRow.agent_id).limit(1)))
    return Due(ready, from_ms(next_ms), statuses)


def take_turn(settled: Sequence[Settled], wanted: Mapping[str, int], holder: str, *, queue: bool) -> Turn:
    """Settle tries that are over and claim new ones: of each endpoint in `wanted` at most so many."""
    disabled: list[Disabled] = []
    raised = sum(_settle(one, holder, disabled, queue=queue) for one in settled)
    off = {one.webhook_id for one in disabled}
    return Turn(tuple(_claim({k: n for k, n in wanted.items() if k not in off}, holder)), tuple(disabled), raised)


def claim_one(delivery_id: str, holder: str) -> Claimed | None:
    """Claim that very delivery, whatever it waits for; None when another program has it."""
    found = _claim_ids([delivery_id], holder, LEASE_S + 300)
    known = endpoints_of([d.webhook_id for d in found])
    return next((Claimed(d, known[d.webhook_id]) for d in found if d.webhook_id in known), None)


def _claim(wanted: Mapping[str, int], holder: str) -> list[Claimed]:
    if not wanted:
        return []
    known = {key: e for key, e in endpoints_of(list(wanted)).items() if e.is_active}
    at, claimed = to_ms(now()), list[Claimed]()
    for key, endpoint in known.items():
        ids = [i for (i,) in run_sql(_NEXT, (key, at, wanted[key])).fetchall()]
        if ids:
            found = _claim_ids(ids, holder, endpoint.timeout_seconds + LEASE_S)
            claimed += [Claimed(delivery, endpoint) for delivery in found]
    return claimed


def _claim_ids(ids: Sequence[str], holder: str, lease_s: float) -> list[Delivery]:
    sql = (
        "UPDATE webhook_delivery SET status = 'sending', claimed_by = ?, claimed_until = ? "
        f"WHERE id IN ({', '.join('?' * len(ids))}) AND status = 'pending' RETURNING {', '.join(_COLUMNS)}"
    )
    rows = run_sql(sql, (holder, clock_s() + lease_s, *ids)).fetchall()
    return sorted((to_delivery(row) for row in rows), key=lambda d: d.id)


def _settle(one: Settled, holder: str, disabled: list[Disabled], *, queue: bool) -> int:
    delivery, attempt, verdict = one.claimed.delivery, one.attempt, one.verdict
    if attempt is None or verdict is None:
        _give_back([delivery.id], holder)
        return 0
    put_rows(WebhookAttemptRow, [_attempt_row(attempt)])
    changes = _outcome(delivery, attempt, verdict)
    sql = f"UPDATE webhook_delivery SET {_set(changes)} WHERE id = ? AND claimed_by = ? AND status = 'sending'"
    done = run_sql(sql, [*changes.values(), delivery.id, holder]).rowcount
    if delivery.is_test or not done:
        return 0
    _count(one.claimed.endpoint, attempt, verdict, disabled)
    status = DeliveryStatus(changes["status"])
    return _tell(delivery, attempt, status, queue=queue) if status.over else 0


def _set(changes: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = ?" for name in changes)


def _outcome(delivery: Delivery, attempt: Attempt, verdict: Verdict) -> dict[str, Any]:
    """The new values of the row; a try by hand that failed moves nothing of the ladder (webhooks.md §7)."""
    answer = attempt.answer
    by_hand = attempt.trigger in _MANUAL
    changes: dict[str, Any] = {
        "status": verdict.status.value,
        "due_at": to_ms(verdict.due),
        "touched_at": to_ms(now()),
        "tries": delivery.tries + (not by_hand),
        "attempts": attempt.attempt_number,
        "http_status": answer.http_status,
        "response_body": answer.response_body,
        "error_code": answer.error_code.value if answer.error_code else "",
        "error_message": answer.error_message,
        "manual": "",
        "back_to": "",
        "back_due": None,
        "claimed_by": "",
        "claimed_until": 0.0,
    }
    if answer.arrived:
        return changes | {"delivered_at": to_ms(now()), "due_at": None}
    return changes | _back(delivery.id) if by_hand else changes


def _back(delivery_id: str) -> dict[str, Any]:
    """Where a delivery stood before somebody sent it by hand."""
    d = WebhookDeliveryRow
    ((status, due),) = fetch(d.select(d.back_to, d.back_due).where(d.id == delivery_id))
    return {"status": status or DeliveryStatus.FAILED.value, "due_at": due}


def _count(endpoint: WebhookEndpoint, attempt: Attempt, verdict: Verdict, disabled: list[Disabled]) -> None:
    e, at, answer = WebhookEndpointRow, to_ms(now()), attempt.answer
    if answer.arrived:
        run_sql(_ARRIVED, (at, at, answer.http_status, endpoint.id))
        return
    of_this = e.id == endpoint.id
    changes: dict[Any, Any] = {
        "failure_count": e.failure_count + 1,
        "consecutive_failures": e.consecutive_failures + 1,
        "last_triggered": at,
        "last_failure": at,
        "last_code": answer.error_code.value if answer.error_code else "",
        "last_http_status": answer.http_status,
    }
    if verdict.throttled_until is not None:
        changes["throttled_until"] = to_ms(verdict.throttled_until)
    e.update(changes).where(of_this).execute()
    e.update(first_failure_at=at).where(of_this, e.first_failure_at.is_null()).execute()
    ((first, active),) = fetch(e.select(e.first_failure_at, e.is_active).where(of_this)) or [(None, False)]
    if active and (verdict.gone or gives_up(from_ms(first), now())):
        reason = DisabledReason.GONE if verdict.gone else DisabledReason.FAILING
        e.update(is_active=False, disabled_reason=reason.value, deactivated_at=at).where(of_this).execute()
        disabled.append(Disabled(endpoint.id, reason))


def _tell(delivery: Delivery, attempt: Attempt, status: DeliveryStatus, *, queue: bool) -> int:
    """The event about the end of a delivery; deliveries of such events end in silence (webhooks.md §3)."""
    tried_again_in_vain = attempt.trigger in _MANUAL and not attempt.answer.arrived
    if delivery.event_type in OF_DELIVERIES or tried_again_in_vain:
        return 0
    kind = EventType.DELIVERY_SUCCESSFUL if status is DeliveryStatus.DELIVERED else EventType.DELIVERY_FAILED
    values = {
        "webhook_id": delivery.webhook_id,
        "delivery_id": delivery.id,
        "event_type": delivery.event_type,
        "http_status": attempt.answer.http_status,
    }
    return record([event(kind, values)], queue=queue)


def recover(*, spread_s: float, draw: Any) -> None:
    """Put right what a program left that ended: claims of the dead, what is too old, what is long due.

    What is overdue is spread over so many seconds by `draw(0, spread_s)`, except what was never tried.
    """
    free_the_dead()
    d, at = WebhookDeliveryRow, to_ms(now()) or 0
    waiting = d.status == DeliveryStatus.PENDING.value
    d.update(due_at=at, touched_at=at).where(waiting, d.touched_at > at + _CLOCK_SLACK_MS).execute()
    _expire(at)
    overdue = d.select(d.id).where(waiting, d.tries > 0, d.manual == "", d.due_at < at)
    for (key,) in fetch(overdue):
        d.update(due_at=at + round(draw(0.0, spread_s) * 1000)).where(d.id == key).execute()


def after_clock_moved_back(moved_s: float) -> None:
    """Keep the pauses that were meant when the clock of this computer is set back by so many seconds."""
    d, back = WebhookDeliveryRow, round(moved_s * 1000)
    d.update(due_at=d.due_at - back, touched_at=d.touched_at - back).where(
        d.status == DeliveryStatus.PENDING.value
    ).execute()


def free_the_dead() -> None:
    """Give back what programs claimed that are gone."""
    d = WebhookDeliveryRow
    query = d.select(d.id, d.claimed_by, d.claimed_until).where(d.status == DeliveryStatus.SENDING.value)
    alive: dict[str, bool] = {}
    for key, holder, until in fetch(query):
        if holder not in alive:
            host, _bar, process = holder.rpartition("|")
            # Of another computer only the end of the lease is known.
            alive[holder] = program_alive(host, process, None) if host == HOST else clock_s() < until
        if not alive[holder]:
            _give_back([key], holder)


def _give_back(ids: Iterable[str], holder: str) -> None:
    d = WebhookDeliveryRow
    d.update(status=DeliveryStatus.PENDING.value, claimed_by="", claimed_until=0.0, touched_at=to_ms(now())).where(
        d.id.in_(list(ids)), d.claimed_by == holder, d.status == DeliveryStatus.SENDING.value
    ).execute()


def _expire(at: int) -> None:
    d = WebhookDeliveryRow
    too_old = {"status": DeliveryStatus.EXPIRED.value, "error_code": ErrorCode.EXPIRED.value, "due_at": None}
    ids = [key for (key,) in fetch(WebhookEndpointRow.select(WebhookEndpointRow.id))]
    for endpoint in endpoints_of(ids).values():
        for tried in (False, True):
            before = at - round(span_s(endpoint, tried) * 1000)
            of_these = d.tries > 0 if tried else d.tries == 0
            d.update(too_old).where(
                d.webhook_id == endpoint.id, d.status == DeliveryStatus.PENDING.value, d.manual == "", of_these,
                d.created_at < before,
            ).execute()  # fmt: skip


def to_delivery(row: Sequence[Any]) -> Delivery:
    """A delivery from a row in the order of the columns that claims return."""
    key, webhook_id, event_id, kind, body, status, created, due, delivered, *rest = row
    tries, attempts, http_status, response, code, message, test, manual = rest
    made = from_ms(created)
    assert made is not None
    return Delivery(
        key, webhook_id, event_id, kind, body, DeliveryStatus(status), made, from_ms(due), from_ms(delivered), tries,
        attempts, http_status, response, code, message, bool(test), manual,
    )  # fmt: skip


def delivery_columns() -> list[Any]:
    """The columns that `to_delivery` reads."""
    return [getattr(WebhookDeliveryRow, name) for name in _COLUMNS]


def _attempt_row(a: Attempt) -> tuple[Any, ...]:
    answer = a.answer
    return (
        a.delivery_id, a.attempt_number, a.trigger.value, to_ms(a.started_at), a.duration_ms, a.url,
        to_json(a.request_headers), answer.http_status, to_json(answer.response_headers), answer.response_body,
        answer.error_code.value if answer.error_code else "", answer.error_message,
    )  # fmt: skip
