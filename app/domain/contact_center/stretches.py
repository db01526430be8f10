"""Time in statuses, at contacts and with chats, counted once and cut to days (contact-center.md §5.3-§5.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from app.domain.contact_center.days import Span
from app.domain.contact_center.records import AgentCall, AgentLogin, AgentStatus, OnlineStatus

K = TypeVar("K")


def without_repeats(statuses: Iterable[AgentStatus]) -> tuple[AgentStatus, ...]:
    """Each status of an agent once: one that belongs to no group is sent again under each of the agent's groups."""
    once: dict[tuple[str, int, int, str], AgentStatus] = {}
    for status in statuses:
        once.setdefault((status.agent_id, status.start_ms, status.end_ms, status.state_code), status)
    return tuple(once.values())


def time_in_statuses(statuses: Iterable[AgentStatus], span: Span) -> dict[tuple[str, str], int]:
    """Milliseconds per agent and status code inside a period, each status counted once and cut to the period."""
    return _summed(((s.agent_id, s.state_code), span.part(s.start_ms, s.end_ms)) for s in without_repeats(statuses))


def time_signed_in(logins: Iterable[AgentLogin], span: Span, now_ms: int) -> dict[str, int]:
    """Milliseconds signed in per agent inside a period; who is still in counts up to now."""
    once = {(login.agent_id, login.start_ms): login for login in logins}
    ends = ((login, now_ms if login.end_ms is None else login.end_ms) for login in once.values())
    return _summed((login.agent_id, span.part(login.start_ms, end)) for login, end in ends)


def time_at_contacts(calls: Iterable[AgentCall]) -> dict[str, int]:
    """Milliseconds of contacts per agent. Contacts side by side count both, so it may be longer than the day (§5.5)."""
    found: dict[str, int] = defaultdict(int)
    for call in calls:
        found[call.agent_id] += call.duration_ms
    return dict(found)


def time_with_any(stretches: Iterable[Span], span: Span) -> int:
    """Milliseconds of a period with at least one of the stretches, which may overlap (§5.6)."""
    parts = sorted(
        (part.start_ms, part.end_ms) for s in stretches if (part := span.part(s.start_ms, s.end_ms)) is not None
    )
    counted, until = 0, span.start_ms
    for start, end in parts:
        counted += max(0, end - max(start, until))
        until = max(until, end)
    return counted


def departed(before: Mapping[str, OnlineStatus], now: Iterable[OnlineStatus]) -> tuple[OnlineStatus, ...]:
    """The agents of an earlier snapshot that are missing from a later one: they have left (§5.7)."""
    here = {status.agent_id for status in now}
    return tuple(status for agent_id, status in before.items() if agent_id not in here)


def _summed(parts: Iterable[tuple[K, Span | None]]) -> dict[K, int]:
    found: dict[K, int] = defaultdict(int)
    for key, part in parts:
        if part is not None:
            found[key] += part.length_ms
    return dict(found)
