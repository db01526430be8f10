"""Events and the deliveries they make, written inside the transaction of the row that caused them (webhooks.md §6).

What a delivery is made of is loaded with the first one: most runs have events, and few computers have webhooks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from app.domain.webhooks.events import CATALOGUE, Event, EventType, event, wants
from app.store.database import fetch, insert_rows, run_sql
from app.store.models import ConnectionRow
from app.store.values import from_json, from_ms, from_strings, now, to_json, to_ms
from app.store.webhook_rows import WebhookDeliveryRow, WebhookEventRow, WebhookStatusRow

MOST_STATUSES = 500
STATUS_PAUSE_MS = 1000
_SWITCH = "enable_webhooks"
_KEEP = "INSERT INTO webhook_status (connection, agent_id, status, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
Subscription = tuple[str, tuple[str, ...], str]
"""Who wants what: id of an endpoint, patterns, and the form of the body, one of `PayloadFormat`."""


def record(events: Sequence[Event], *, queue: bool) -> int:
    """Log events and, with `queue`, write a delivery for every endpoint that wants one; returns how many.

    Of a connection whose own setting says that webhooks are not told, events are logged only.
    """
    if not events:
        return 0
    known = subscriptions()
    wanted = {e.event_id: [s for s in known if wants(s[1], e.type)] for e in events}
    insert_rows(WebhookEventRow, [_row(e) for e in events if wanted[e.event_id] or not CATALOGUE[e.type].on_demand])
    if not queue or not any(wanted.values()):
        return 0
    silent = _silent({e.source for e in events})
    rows = [delivery_row(e, s) for e in events if e.source not in silent for s in wanted[e.event_id]]
    insert_rows(WebhookDeliveryRow, rows)
    return len(rows)


def subscriptions() -> list[Subscription]:
    """Those of every endpoint that is not paused."""
    found = run_sql("SELECT id, event_types, payload_format FROM webhook_endpoint WHERE is_active").fetchall()
    return [(key, from_strings(patterns), form) for key, patterns, form in found]


def tells_webhooks(connection_id: str) -> bool:
    """Whether the connection's own setting lets webhooks be told of it (connections.md §12)."""
    return not _silent({connection_id})


def _silent(connection_ids: Collection[str]) -> set[str]:
    """Those of these connections that say no by themselves; what holds for all of them is asked elsewhere."""
    c = ConnectionRow
    query = c.select(c.id, c.settings).where(c.id.in_([key for key in connection_ids if key]))
    return {key for key, text in fetch(query) if (from_json(text, dict[str, Any]) or {}).get(_SWITCH) is False}


def delivery_row(what: Event, subscription: Subscription, *, test: bool = False, due: bool = True) -> tuple[Any, ...]:
    """A whole row of the table of deliveries, due now."""
    from app.domain.webhooks.body import body_text
    from app.domain.webhooks.delivery import DeliveryStatus, new_delivery_id
    from app.domain.webhooks.endpoint import PayloadFormat

    webhook_id, _patterns, form = subscription
    key, at = new_delivery_id(), to_ms(now())
    body = body_text(what, PayloadFormat(form), key, webhook_id)
    return (
        key, webhook_id, what.event_id, what.type.value, body, DeliveryStatus.PENDING.value, at, at if due else None,
        at, None, 0, 0, None, "", "", "", test, "", "", None, "", 0.0,
    )  # fmt: skip


def samples() -> dict[EventType, dict[str, Any]]:
    """The newest payload of every type of event that happened here."""
    found: dict[EventType, dict[str, Any]] = {}
    e = WebhookEventRow
    for kind in EventType:
        query = e.select(e.payload).where(e.event_type == kind.value).order_by(e.occurred_at.desc()).limit(1)
        for (text,) in fetch(query):
            found[kind] = from_json(text, dict[str, Any]) or {}
    return found


def missed(webhook_id: str, patterns: Iterable[str], since: datetime) -> list[Event]:
    """Events since then that an endpoint wants and was never sent, the oldest first."""
    e, d = WebhookEventRow, WebhookDeliveryRow
    sent = d.select(d.event_id).where(d.webhook_id == webhook_id)
    columns = e.event_type, e.payload, e.occurred_at, e.event_id
    query = e.select(*columns).where(e.occurred_at >= to_ms(since), e.event_id.not_in(sent)).order_by(e.occurred_at)
    known = list(patterns)
    found = [
        Event(EventType(kind), from_json(text, dict[str, Any]) or {}, _moment(at), key)
        for kind, text, at, key in fetch(query)
        if wants(known, kind)
    ]
    silent = _silent({e.source for e in found})
    return [e for e in found if e.source not in silent]


def queue_for(webhook_id: str, form: str, events: Iterable[Event]) -> int:
    """Write a delivery for one endpoint of each event; returns how many."""
    rows = [delivery_row(what, (webhook_id, (), form)) for what in events]
    insert_rows(WebhookDeliveryRow, rows)
    return len(rows)


def note_statuses(connection_id: str, statuses: Iterable[tuple[str, str, int]]) -> None:
    """Keep statuses of agents (id, code, milliseconds) for the next message about them, where anybody wants one."""
    if not statuses_wanted(connection_id):
        return
    for agent_id, status, at_ms in statuses:
        _keep_status(connection_id, agent_id, status, at_ms)


def _keep_status(connection_id: str, agent_id: str, status: str, at_ms: int) -> None:
    """Keep one; of two in one moment both are told, in their order, and the same one twice is told once."""
    s = WebhookStatusRow
    while not run_sql(_KEEP, (connection_id, agent_id, status, at_ms)).rowcount:
        there = s.select(s.status).where(s.connection == connection_id, s.agent_id == agent_id, s.at_ms == at_ms)
        following = s.select(s.status).where(
            s.connection == connection_id, s.agent_id == agent_id, s.at_ms == at_ms + 1
        )
        if fetch(there)[0][0] == status and not fetch(following):
            return
        at_ms += 1


def statuses_wanted(connection_id: str) -> bool:
    """Whether anybody is to be told of statuses of agents of a connection."""
    wanted = any(wants(patterns, EventType.AGENT_STATUS) for _id, patterns, _form in subscriptions())
    return wanted and tells_webhooks(connection_id)


def tell_statuses(*, queue: bool) -> int:
    """One message with the statuses that wait, the oldest first, if the last one is a second old; returns how many."""
    e, at = WebhookEventRow, to_ms(now()) or 0
    of_statuses = e.select(e.occurred_at).where(e.event_type == EventType.AGENT_STATUS.value)
    last = fetch(of_statuses.order_by(e.occurred_at.desc()).limit(1))
    if last and 0 <= at - last[0][0] < STATUS_PAUSE_MS:
        return 0
    s = WebhookStatusRow
    waiting = fetch(s.select(s.at_ms, s.connection, s.agent_id, s.status).order_by(s.at_ms).limit(MOST_STATUSES))
    if not waiting:
        return 0
    for row in waiting:
        run_sql("DELETE FROM webhook_status WHERE at_ms = ? AND connection = ? AND agent_id = ?", row[:3])
    from app.domain.webhooks.body import moment_text

    told = [
        {"agent_id": agent, "status": status, "timestamp": moment_text(_moment(ms))}
        for ms, _connection, agent, status in waiting
    ]
    return record([event(EventType.AGENT_STATUS, {"statuses": told})], queue=queue)


def _row(what: Event) -> tuple[Any, ...]:
    return what.event_id, what.type.value, to_ms(what.occurred_at), to_json(what.payload)


def _moment(ms: int) -> datetime:
    found = from_ms(ms)
    assert found is not None
    return found
