"""The numbers in the status of a connection: its last runs, its queues, its breaker (connections.md §7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.domain.connections import Connection
from app.domain.health import Circumstances, success_rate_percent
from app.domain.outcomes import RunState
from app.domain.sync_logs import SyncLog
from app.operations.connections import time_text
from app.store import outbox, sync_logs, webhook_log
from app.store.sync_logs import SyncLogFilter

if TYPE_CHECKING:
    from app.workspace import Workspace

RECENT = 10
"""Runs that rates are counted over."""
_LISTED = 5


async def run_numbers(workspace: Workspace, connection: Connection) -> dict[str, Any]:
    """Error count and success rate over the last ten runs, totals, and the five newest."""
    read = workspace.store.read
    wanted = SyncLogFilter(connection.name, syncs_only=True)
    recent = await read(sync_logs.sync_logs, wanted, limit=RECENT)
    finished = SyncLogFilter(connection.name, states=(RunState.FINISHED,), syncs_only=True)
    ended = [log.run.duration_ms for log in recent if log.ended_at is not None]
    return {
        "error_count": sum(log.run.error is not None for log in recent),
        "success_rate": success_rate_percent([log.run for log in recent]),
        "performance_metrics": {
            "total_syncs": await read(sync_logs.count_sync_logs, wanted),
            "successful_syncs": await read(sync_logs.count_sync_logs, finished),
            "avg_response_time_ms": round(sum(ended) / len(ended)) if ended else None,
            "recent_syncs": _listed(recent),
        },
    }


def _listed(recent: Sequence[SyncLog]) -> list[dict[str, Any]]:
    return [
        {
            "id": log.run.run_id,
            "type": log.run.operation,
            "status": log.run.state.value,
            "started_at": time_text(log.run.started_at),
            "duration_ms": log.run.duration_ms,
            "records_processed": log.processed,
            "records_failed": log.failed,
        }
        for log in recent[:_LISTED]
    ]


async def queue_lengths(workspace: Workspace, connection: Connection) -> dict[str, int]:
    """Status updates that wait to be sent to this system, and webhook deliveries that wait, whoever caused them."""
    read = workspace.store.read
    state = await read(outbox.outbox_state, connection.id)
    return {"status_updates": state.waiting, "webhook_deliveries": await read(webhook_log.count_waiting)}


def health_check(connection: Connection) -> dict[str, Any] | None:
    """The last test in short; None before the first. Its time is that of all its stages together."""
    if connection.last_test_at is None:
        return None
    report = connection.last_test or {}
    return {
        "success": connection.last_test_ok,
        "checked_at": time_text(connection.last_test_at),
        "response_time_ms": sum(stage.get("duration_ms", 0) for stage in report.get("stages", ())),
        "message": report.get("message"),
        "category": report.get("category"),
    }


def breaker_state(around: Circumstances) -> dict[str, Any]:
    """Whether calls pass: `held` by a person, `open` until the next trial after failures in a row, else `closed`."""
    state = "held" if around.held else "open" if around.refused_until is not None else "closed"
    return {"state": state, "refuses_until": time_text(around.refused_until)}
