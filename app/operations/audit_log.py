"""Who acts here and from where, and where Muster writes down what they did (connections.md §3 AuditEntry).

Every method but `origin` is called inside the transaction that stores what is recorded: the change and its entry are
kept together or not at all.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Any

from app.domain.audit import AuditKind, AuditNote, Origin, Via, changed
from app.domain.connections import Connection
from app.domain.outcomes import Run, Trigger
from app.store import audit
from app.store.runs import HOST

_BY_SCHEDULE = (Trigger.SCHEDULE, Trigger.RETRY)


def current_user() -> str:
    """Who is signed in to this computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or on Windows no environment that names one
        return "?"


class AuditLog:
    """The audit trail as the programs write it; `via` is the way in that this program is."""

    def __init__(self, via: Via) -> None:
        self.via = via

    def origin(self, trigger: Trigger = Trigger.MANUAL) -> Origin:
        """Who acts now."""
        return Origin(current_user(), Via.SCHEDULE if trigger in _BY_SCHEDULE else self.via, HOST)

    def add(self, *notes: AuditNote, trigger: Trigger = Trigger.MANUAL) -> None:
        """Record what happened."""
        audit.record(self.origin(trigger), *notes)

    def run_started(self, run: Run, connection: Connection | None) -> None:
        """A run began, with what was asked for."""
        self.add(_of_run(AuditKind.RUN_STARTED, run, connection, run.params), trigger=run.trigger)

    def run_ended(self, run: Run, connection: Connection | None) -> None:
        """A run ended; its counts and, where it ended early, why."""
        after = dict(run.summary)
        if run.error is not None:
            after["error"] = {"kind": run.error.kind, "message": run.error.message}
        self.add(_of_run(AuditKind.RUN_ENDED, run, connection, after, run.state.value), trigger=run.trigger)

    def refused(self, operation: str, connection: str, trigger: Trigger, reason: str) -> None:
        """Somebody asked for what their role may not do (connections.md §2)."""
        self.add(AuditNote(AuditKind.REFUSED, operation, connection, result=reason), trigger=trigger)

    def settings_changed(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Settings of this installation changed; another role is an entry of its own."""
        was, is_now = changed(before, after)
        notes = []
        if "role" in is_now:
            roles = {"role": was.pop("role")}, {"role": is_now.pop("role")}
            notes.append(AuditNote(AuditKind.ROLE_CHANGED, object="role", before=roles[0], after=roles[1]))
        if is_now:
            notes.append(AuditNote(AuditKind.SETTING_CHANGED, object="settings", before=was, after=is_now))
        self.add(*notes)


def _of_run(
    kind: AuditKind, run: Run, connection: Connection | None, after: Mapping[str, Any], result: str = ""
) -> AuditNote:
    return AuditNote(
        kind, run.operation, run.connection, connection.id if connection is not None else "",
        after=after, result=result, run_id=run.run_id,
    )  # fmt: skip
