"""The status of a service with runs of its own: connection, last test, last runs.

Nothing remote is asked: with 1C that would take a licence (onec-zup.md §6.3, contact-center.md §7.4).
"""

from __future__ import annotations

from typing import Any

from app.operations.connection_state import show_status
from app.operations.connections import time_text
from app.operations.context import RunContext
from app.operations.registry import NoParams
from app.store import runs

_RECENT = 10
_PROBE_KEYS = ("success", "message", "response_time_ms", "test_type", "recommendations")


async def show_service_status(context: RunContext, params: NoParams) -> None:
    """Put the status of the run's connection into the result; the operation adds what it knows of its data."""
    connection = context.own_connection
    await show_status(context, params)
    own = [r for r in await context.workspace.store.read(runs.runs) if r.connection == connection.name][:_RECENT]
    context.result["performance_metrics"]["avg_response_time_ms"] = (
        round(sum(r.duration_ms for r in own) / len(own)) if own else None
    )
    context.result |= {
        "connection_id": connection.id,
        "status": connection.status.value,
        "health_check": _last_test(connection.last_test, time_text(connection.last_test_at)),
    }


def _last_test(report: dict[str, Any] | None, at: str | None) -> dict[str, Any] | None:
    """The last test, as a probe of the connection's health."""
    if report is None:
        return None
    return {key: report.get(key) for key in _PROBE_KEYS} | {"checked_at": at}
