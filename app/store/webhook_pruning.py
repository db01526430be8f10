"""What of the log of webhooks is older than it is kept, how much that is, and taking it away (webhooks.md §2).

First tries, bodies and events go, later the deliveries themselves, whose numbers per day stay for ever. What still
waits stays whatever its age.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from app.domain.webhooks.delivery import DeliveryStatus, Retention
from app.store.database import fetch, run_sql
from app.store.pruning import Amount
from app.store.values import from_ms, now, to_ms
from app.store.webhook_log import DAY_MS, day_text
from app.store.webhook_rows import WebhookAttemptRow, WebhookDeliveryRow, WebhookEventRow

_A, _D, _E = WebhookAttemptRow, WebhookDeliveryRow, WebhookEventRow
_OVER = _D.status.not_in([DeliveryStatus.PENDING.value, DeliveryStatus.SENDING.value])
# Written out: peewee gives each use of a number a parameter of its own, which GROUP BY refuses.
_PER_DAY = (
    f"SELECT webhook_id, created_at / {DAY_MS}, event_type, status, COUNT(*), SUM(attempts) FROM webhook_delivery "
    "WHERE created_at < ? AND NOT is_test AND status NOT IN ('pending', 'sending') GROUP BY 1, 2, 3, 4"
)
_KEEP_DAY = (
    "INSERT INTO webhook_day (webhook_id, day, event_type, status, deliveries, attempts) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (webhook_id, day, event_type, status) DO UPDATE SET "
    "deliveries = webhook_day.deliveries + excluded.deliveries, attempts = webhook_day.attempts + excluded.attempts"
)


def old_tries(before: datetime) -> Amount:
    """Tries that were made, bodies of deliveries that were queued and events that happened before."""
    at = to_ms(before)
    return _together(
        _amount(_A, _A.started_at, (_A.url, _A.request_headers, _A.response_headers, _A.response_body), _old_tries(at)),
        _amount(_D, _D.created_at, (_D.body, _D.response_body), _old_bodies(at)),
        _amount(_E, _E.occurred_at, (_E.payload,), _E.occurred_at < at),
    )


def old_deliveries(before: datetime) -> Amount:
    """Deliveries of whole days before that came to an end."""
    columns = (_D.id, _D.webhook_id, _D.event_id, _D.event_type, _D.error_message)
    return _amount(_D, _D.created_at, columns, (_D.created_at < _whole_days(before)) & _OVER)


def prune(keep: Retention) -> None:
    """Forget what is older than that many days."""
    drop_tries(now() - timedelta(days=keep.attempt_days))
    drop_deliveries(now() - timedelta(days=keep.delivery_days))


def drop_tries(before: datetime) -> None:
    """Take away what `old_tries` counts; the deliveries themselves stay."""
    at = to_ms(before)
    _A.delete().where(_old_tries(at)).execute()
    _D.update(body=None, response_body="").where(_old_bodies(at)).execute()
    _E.delete().where(_E.occurred_at < at).execute()


def drop_deliveries(before: datetime) -> None:
    """Take away what `old_deliveries` counts, and keep how many there were on each day."""
    at = _whole_days(before)
    for webhook_id, day, kind, status, count, tried in run_sql(_PER_DAY, (at,)).fetchall():
        run_sql(_KEEP_DAY, (webhook_id, day_text(day), kind, status, count, int(tried or 0)))
    _D.delete().where(_D.created_at < at, _OVER).execute()


def _old_tries(at: int | None) -> Any:
    return _A.started_at < at


def _old_bodies(at: int | None) -> Any:
    return (_D.created_at < at) & _OVER & _D.body.is_null(False)


def _whole_days(before: datetime) -> int:
    at = to_ms(before) or 0
    return at - at % DAY_MS


def _amount(table: Any, moment: Any, columns: tuple[Any, ...], condition: Any) -> Amount:
    text = sum((fn.COALESCE(fn.LENGTH(column), 0) for column in columns[1:]), fn.COALESCE(fn.LENGTH(columns[0]), 0))
    query = table.select(fn.COUNT(moment), fn.COALESCE(fn.SUM(text), 0), fn.MIN(moment)).where(condition)
    ((count, weight, oldest),) = fetch(query)
    return Amount(int(count), int(weight), from_ms(oldest))


def _together(*amounts: Amount) -> Amount:
    oldest = min((a.oldest for a in amounts if a.oldest is not None), default=None)
    return Amount(sum(a.rows for a in amounts), sum(a.size for a in amounts), oldest)
