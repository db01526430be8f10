"""What is going on around each connection: last runs, breaker, next try of its schedules (connections.md §4).

It reads the store and this program's open clients, and never calls a remote system.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.connections import Connection
from app.domain.health import Circumstances, RecentRun
from app.domain.outcomes import RunState
from app.domain.schedules import Schedule
from app.store import schedules
from app.store.recent_runs import recent_runs

if TYPE_CHECKING:
    from app.workspace import Workspace


async def circumstances(workspace: Workspace, connections: Iterable[Connection]) -> dict[str, Circumstances]:
    """What is known around each of these connections, by its id."""
    recent, planned = await workspace.store.read(_read)
    return {
        connection.id: Circumstances(
            recent=recent.get(connection.name, ()),
            running=any(run.state is RunState.RUNNING for run in recent.get(connection.name, ())),
            refused_until=workspace.links.refused_until(connection.id),
            retry_at=_retry_at(connection.id, planned),
            held=workspace.links.is_held(connection.id),
        )
        for connection in connections
    }


def _read() -> tuple[Mapping[str, tuple[RecentRun, ...]], Sequence[Schedule]]:
    return recent_runs(), schedules.schedules()


def _retry_at(connection_id: str, planned: Sequence[Schedule]) -> datetime | None:
    """When a schedule that failed tries again."""
    retries = (s.due_at for s in planned if s.connection == connection_id and s.failures and not s.paused)
    return min((due for due in retries if due is not None), default=None)
