"""One run of a connection as its sync log tells it: status, direction, records (connections.md §3, §8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.outcomes import Run, RunState, Status


class SyncStatus(StrEnum):
    """How a run stands, in the words of connections.md §3."""

    PENDING = "pending"
    STARTED = "started"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Direction(StrEnum):
    """Which way records went."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    BIDIRECTIONAL = "bidirectional"


STATES = {
    SyncStatus.PENDING: (RunState.QUEUED,),
    SyncStatus.STARTED: (RunState.RUNNING,),
    SyncStatus.COMPLETED: (RunState.FINISHED,),
    SyncStatus.PARTIAL: (RunState.FINISHED,),
    SyncStatus.FAILED: (RunState.STOPPED, RunState.FAILED, RunState.INTERRUPTED),
    SyncStatus.CANCELLED: (RunState.CANCELLED,),
}
"""The states of a run that a status stands for; what tells `partial` from `completed` are its outcomes."""
_FINE = frozenset({Status.SUCCESS, Status.SKIPPED})
_TOTALS = ("total", "total_customers")


@dataclass(frozen=True)
class SyncLog:
    """A run with the number of its outcomes by status; records that did not change are not among these."""

    run: Run
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def status(self) -> SyncStatus:
        """How it stands."""
        if self.run.state is RunState.FINISHED:
            return SyncStatus.PARTIAL if self.failed else SyncStatus.COMPLETED
        return next(status for status, states in STATES.items() if self.run.state in states)

    @property
    def failed(self) -> int:
        """Records that need a look."""
        return sum(count for status, count in self.counts.items() if Status(status) not in _FINE)

    @property
    def processed(self) -> int:
        """Records that were looked at; a run in two halves counts both."""
        halves = [half for half in self.run.summary.values() if isinstance(half, dict)] or [self.run.summary]
        told = sum(next((int(half[key]) for key in _TOTALS if isinstance(half.get(key), int)), 0) for half in halves)
        return max(told, sum(self.counts.values()))

    @property
    def successful(self) -> int:
        """Records that are as they should be."""
        return self.processed - self.failed

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; None while it runs, and for a run whose program was killed."""
        if not self.run.state.over or self.run.state is RunState.INTERRUPTED:
            return None
        return self.run.started_at + timedelta(milliseconds=self.run.duration_ms)

    @property
    def message(self) -> str:
        """Why it ended early, or the first thing that went wrong; blank where all went well."""
        if self.run.error is not None:
            return self.run.error.message
        return self.run.first_fatal or ""
