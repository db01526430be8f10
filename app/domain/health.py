"""How a connection is: the stages of a test, the state shown on the chip, the health of all (connections.md §6, §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.connections import Connection, ConnectionStatus
from app.domain.outcomes import Run, RunState


class Health(StrEnum):
    """What a person sees of a connection; the first three are those of vitec-hub.md §6.1."""

    CONNECTED = "connected"
    NOT_CONFIGURED = "not_configured"
    ERROR = "error"
    NEVER_TESTED = "never_tested"
    PAUSED = "paused"


@dataclass(frozen=True)
class Stage:
    """One tick of a connection test; `duration_ms` is the time it took."""

    name: str
    ok: bool
    message: str
    duration_ms: int


@dataclass(frozen=True)
class TestReport:
    """A connection test: stages in order, the sentence and remedy of the first that failed, what was learned.

    `warnings` are sentences about what works and still deserves a look.
    """

    success: bool
    stages: tuple[Stage, ...]
    message: str
    remedy: str = ""
    category: str = "works"
    details: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    __test__ = False  # not a test case, whatever pytest makes of the name


@dataclass(frozen=True)
class HealthReport:
    """The state of one connection with its cause and the time of the evidence."""

    health: Health
    cause: str
    evidence_at: datetime | None


def connection_health(connection: Connection, known_secrets: Sequence[str]) -> HealthReport:
    """What the store knows of a connection, without calling the remote system.

    `known_secrets` are the secrets that can be read, from keyring or environment.
    """
    missing = [f.label for f in connection.missing_fields() if f.key not in known_secrets]
    evidence = max(filter(None, (connection.last_test_at, connection.last_sync)), default=None)
    if connection.status is ConnectionStatus.INACTIVE:
        return HealthReport(Health.PAUSED, "", evidence)
    if missing:
        return HealthReport(Health.NOT_CONFIGURED, ", ".join(missing), None)
    if connection.last_error:
        return HealthReport(Health.ERROR, connection.last_error, connection.updated_at)
    return HealthReport(Health.CONNECTED if evidence else Health.NEVER_TESTED, "", evidence)


class OverallHealth(StrEnum):
    """All connections together (connections.md §7)."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    WARNING = "warning"
    DOWN = "down"


def overall_health(connections: Sequence[Connection]) -> OverallHealth:
    """`warning` when none is active, `down` when all active ones fail, `degraded` when some do."""
    active = [c for c in connections if c.status is not ConnectionStatus.INACTIVE]
    failing = [c for c in active if c.status is ConnectionStatus.ERROR]
    if not active:
        return OverallHealth.WARNING
    if not failing:
        return OverallHealth.HEALTHY
    return OverallHealth.DOWN if len(failing) == len(active) else OverallHealth.DEGRADED


def success_rate_percent(runs: Sequence[Run]) -> float | None:
    """Share of finished runs among those that are over; None without any."""
    over = [r for r in runs if r.state.over]
    if not over:
        return None
    return round(100 * sum(r.state is RunState.FINISHED for r in over) / len(over), 1)


def masked(installation_id: str) -> str:
    """An installation id for display: first and last four characters when longer than eight (vitec-hub.md §6.1)."""
    return f"{installation_id[:4]}…{installation_id[-4:]}" if len(installation_id) > 8 else installation_id
