"""Live statuses that a platform told, for webhooks: only what is news, whoever of several programs heard it first
(webhooks.md §3).

Statuses that were sent from here go the same way (`store.outbox`); the platform telling them back is no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.contact_center.records import OnlineStatus
from app.store.contact_center_now import AgentNow, agents_now, write_snapshot
from app.store.database import fetch
from app.store.outbox_rows import StatusToldRow
from app.store.webhook_events import note_statuses, statuses_wanted

_SENT_IN_MS = 1000  # statuses are sent with whole seconds


def keep_snapshot(connection_id: str, statuses: Sequence[OnlineStatus], seen_ms: int) -> None:
    """Keep a full snapshot of current statuses, and for webhooks what it changes."""
    here = {s.agent_id for s in statuses}
    gone = [
        replace(a, left_ms=seen_ms)
        for a in agents_now(connection_id)
        if a.left_ms is None and a.status.agent_id not in here
    ]
    note_changes(connection_id, [*(AgentNow(status, seen_ms) for status in statuses), *gone])
    write_snapshot(connection_id, statuses, seen_ms)


def note_changes(connection_id: str, changes: Sequence[AgentNow]) -> None:
    """Keep for webhooks, of statuses that agents entered or left, in order, those that are not stored yet.

    To be called before they are stored, in the same transaction.
    """
    if not changes or not statuses_wanted(connection_id):
        return
    known = {a.status.agent_id: a for a in agents_now(connection_id)}
    sent = _sent(connection_id)
    told = []
    for change in changes:
        agent_id = change.status.agent_id
        before = known.get(agent_id)
        by_us = before is not None and sent.get(agent_id) == before.status.since_ms
        if _is_news(change, before, by_us=by_us):
            known[agent_id] = change
            told.append(_to_tell(change))
    note_statuses(connection_id, told)


def _is_news(change: AgentNow, before: AgentNow | None, *, by_us: bool) -> bool:
    """Whether it is later than what is known; moments of a status that came from here are of another clock."""
    if before is None:
        return change.left_ms is None
    if change.left_ms is not None:
        return before.left_ms is None
    if before.left_ms is not None:
        return change.seen_ms > before.left_ms
    later_ms = change.status.since_ms - before.status.since_ms
    if change.status.state_code != before.status.state_code:
        return later_ms >= 0 or by_us
    return later_ms >= _SENT_IN_MS


def _sent(connection_id: str) -> dict[str, int]:
    t = StatusToldRow
    found: Iterable[tuple[str, int]] = fetch(t.select(t.agent_id, t.at_ms).where(t.connection == connection_id))
    return dict(found)


def _to_tell(change: AgentNow) -> tuple[str, str, int]:
    if change.left_ms is not None:
        return change.status.agent_id, "", change.left_ms
    return change.status.agent_id, change.status.state_code, change.status.since_ms
