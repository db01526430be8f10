"""Runs and their outcomes: the words of command-line.md for what happened to whom, where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.errors import FolderMissing, UsageError


class Status(StrEnum):
    """How it went for one subject at one target."""

    SUCCESS = "success"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FATAL = "fatal"
    NOT_ATTEMPTED = "not_attempted"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What was, or in a dry run would be, done."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    DEACTIVATE = "deactivate"
    CONFLICT = "conflict"
    SKIP = "skip"
    VERIFIED = "verified"
    MISSING = "missing"
    DIFFERENT = "different"
    EXTRA = "extra"
    INCOMPLETE = "incomplete"


class RunState(StrEnum):
    """Where a run stands. `INTERRUPTED` is a run whose process ended without saying so."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self not in {RunState.QUEUED, RunState.RUNNING}

    @property
    def resumable(self) -> bool:
        """Whether the run can be taken up where it ended."""
        return self in {RunState.STOPPED, RunState.FAILED, RunState.CANCELLED, RunState.INTERRUPTED}


class Trigger(StrEnum):
    """Why a run began (connections.md §3). `RETRY` is a schedule that tries again after a failure."""

    MANUAL = "manual"
    SCHEDULE = "schedule"
    RETRY = "retry"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one subject (person, office ...) at one target (table, device ...).

    `asked` and `answered` say what went over the line, in the words of the protocol and without anything secret. `code`
    is the cause of what did not go well, in the catalogue `app.domain.causes`.
    """

    subject: str
    subject_id: str
    target: str
    target_id: str
    status: Status
    step: str
    message: str
    action: Action
    remedy: str = ""
    changes: tuple[FieldChange, ...] = ()
    asked: str = ""
    answered: str = ""
    code: str = ""


CODES_OF_ASKING = (UsageError.code, FolderMissing.code)
"""Causes of a run's end that lie in what was asked for."""


@dataclass(frozen=True)
class RunError:
    """Why a run ended early; `kind` is one of command-line.md's error kinds, `code` its cause in the catalogue."""

    kind: str
    message: str
    remedy: str = ""
    retry_after: float | None = None
    code: str = ""

    @property
    def of_store(self) -> bool:
        """Whether it was Muster's own database that refused, of which a connection knows nothing."""
        return self.code.startswith("database.")

    @property
    def of_asking(self) -> bool:
        """Whether something that cannot be was asked for, which says nothing about a remote system."""
        return self.code in CODES_OF_ASKING


@dataclass(frozen=True)
class Run:
    """One execution of an operation, without its outcomes."""

    run_id: str
    operation: str
    connection: str
    state: RunState
    started_at: datetime
    actor: str = ""
    dry_run: bool = False
    duration_ms: int = 0
    params: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    result: Any = None
    first_fatal: str | None = None
    error: RunError | None = None
    trigger: Trigger = Trigger.MANUAL
