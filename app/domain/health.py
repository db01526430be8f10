"""How a connection is: the stages of a test, the state shown on the chip, the health of all (connections.md §6, §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.connections import Connection, ConnectionStatus
from app.domain.outcomes import Run, RunError, RunState
from app.errors import ErrorKind
from app.i18n import N_


class Health(StrEnum):
    """What a person sees of a connection (connections.md §4); the first three are those of vitec-hub.md §6.1."""

    CONNECTED = "connected"
    NOT_CONFIGURED = "not_configured"
    ERROR = "error"
    NEVER_TESTED = "never_tested"
    PAUSED = "paused"
    RUNNING = "running"
    NEEDS_SIGN_IN = "needs_sign_in"
    ON_HOLD = "on_hold"
    RETRYING = "retrying"
    DEGRADED = "degraded"


POOR_RATE_PERCENT = 80
SLOW_MS = 5_000


@dataclass(frozen=True, slots=True)
class RecentRun:
    """One of the last runs of a connection, as far as its health goes; `partly` when not all of it worked."""

    state: RunState
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a connection beside its own record: its last runs, newest first, and what is going on now.

    `refused_until` is when the breaker lets a trial pass, `retry_at` when a schedule tries again after a failure,
    `held` whether a person holds calls back.
    """

    recent: tuple[RecentRun, ...] = ()
    running: bool = False
    refused_until: datetime | None = None
    retry_at: datetime | None = None
    held: bool = False


NOTHING_KNOWN = Circumstances()


@dataclass(frozen=True)
class Stage:
    """One tick of a connection test; `duration_ms` is the time it took, `code` the cause of what did not go well, in
    the catalogue `app.domain.causes`.
    """

    name: str
    ok: bool
    message: str
    duration_ms: int
    code: str = ""


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

    @property
    def error(self) -> RunError | None:
        """What ended it, as a run keeps it; None for one that went well."""
        failed = next((stage for stage in self.stages if not stage.ok), None)
        if failed is None:
            return None
        return RunError(failed.code or ErrorKind.UNEXPECTED, failed.message, self.remedy, code=failed.code)


@dataclass(frozen=True)
class HealthReport:
    """The state of one connection with its cause and the time of the evidence."""

    health: Health
    cause: str
    evidence_at: datetime | None


def connection_health(
    connection: Connection, known_secrets: Sequence[str], around: Circumstances = NOTHING_KNOWN
) -> HealthReport:
    """What is known of a connection, without calling the remote system: the first of these states that holds.

    `known_secrets` are the secrets that can be read, from keyring or environment.
    """
    missing = [f.label for f in connection.missing_fields() if f.key not in known_secrets]
    evidence = max(filter(None, (connection.last_test_at, connection.last_sync)), default=None)
    if connection.status is ConnectionStatus.INACTIVE:
        return HealthReport(Health.PAUSED, "", evidence)
    if missing:
        return HealthReport(Health.NOT_CONFIGURED, ", ".join(missing), None)
    if around.held:
        return HealthReport(Health.ON_HOLD, N_("Somebody holds its calls back."), evidence)
    if around.running:
        return HealthReport(Health.RUNNING, "", evidence)
    if connection.last_error:
        return HealthReport(_failing(connection, around), connection.last_error, connection.updated_at)
    if around.refused_until is not None:
        return HealthReport(Health.ON_HOLD, "", evidence)
    if cause := _degraded(connection, around.recent):
        return HealthReport(Health.DEGRADED, cause, evidence)
    return HealthReport(Health.CONNECTED if evidence else Health.NEVER_TESTED, "", evidence)


def _failing(connection: Connection, around: Circumstances) -> Health:
    if connection.last_error_kind == ErrorKind.REFUSED_SIGN_IN:
        return Health.NEEDS_SIGN_IN
    if around.refused_until is not None:
        return Health.ON_HOLD
    return Health.RETRYING if around.retry_at is not None else Health.ERROR


def _degraded(connection: Connection, recent: Sequence[RecentRun]) -> str:
    """Why a connection that works deserves a look (connections.md §4); empty when it does not."""
    over = [run for run in recent if run.state.over and run.state is not RunState.CANCELLED]
    if over and over[0].partly:
        return N_("The last run did not get everything done.")
    good = sum(run.state is RunState.FINISHED for run in over)
    if over and good * 100 < len(over) * POOR_RATE_PERCENT:
        return N_("Fewer than 8 of the last 10 runs worked.")
    spent_ms = sum(stage.get("duration_ms", 0) for stage in (connection.last_test or {}).get("stages", ()))
    return N_("It answers slowly: the last test took more than 5 seconds.") if spent_ms > SLOW_MS else ""


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


def success_rate_percent(runs: Sequence[Run | RecentRun]) -> float | None:
    """Share of finished runs among those that are over; None without any."""
    over = [r for r in runs if r.state.over]
    if not over:
        return None
    return round(100 * sum(r.state is RunState.FINISHED for r in over) / len(over), 1)


def masked(installation_id: str) -> str:
    """An installation id for display: first and last four characters when longer than eight (vitec-hub.md §6.1)."""
    return f"{installation_id[:4]}…{installation_id[-4:]}" if len(installation_id) > 8 else installation_id
