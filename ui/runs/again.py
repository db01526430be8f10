"""Doing a run again: whole, for those that failed only, or from where it ended; and why not, where it cannot be.

Pure but for the role, which the desk knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from app.access import Permission
from app.domain.outcomes import Outcome, Run, RunState, Status
from app.i18n import _
from app.operations.registry import operations
from app.operations.runner import Request
from ui.desk import Desk

SUBJECTS = ("employees", "offices", "people")
"""Parameters that name the subjects of an operation by their ids."""
FAILED = frozenset({Status.PARTIAL, Status.FATAL, Status.NOT_ATTEMPTED, Status.UNKNOWN})


def failed_ids(outcomes: Iterable[Outcome]) -> list[str]:
    """Whom it did not work out for; who was left out for a cause would be left out again."""
    return list(dict.fromkeys(o.subject_id for o in outcomes if o.status in FAILED))


def same_again(run: Run) -> Request:
    """The run once more."""
    return Request(run.operation, run.connection, run.params, dry_run=run.dry_run)


def failed_again(run: Run, outcomes: Iterable[Outcome]) -> Request:
    """The run once more for the failed only; where its operation takes no subjects, the whole of it."""
    params: dict[str, Any] = dict(run.params)
    operation = operations()[run.operation]
    named = {field.name for field in fields(operation.params)}
    outcomes = list(outcomes)
    ids = [i for i in failed_ids(outcomes) if i and not i.startswith("#")]  # whom only devices know cannot be asked for
    if ids and (name := next((each for each in SUBJECTS if each in named), None)):
        params[name] = ids
        if "devices" in named:
            params["devices"] = list(dict.fromkeys(o.target_id for o in outcomes if o.status in FAILED))
    return Request(run.operation, run.connection, params, dry_run=run.dry_run)


def stopped_by(run: Run, outcomes: Iterable[Outcome]) -> tuple[str, str] | None:
    """Id and name of the device that stopped a push, as its error begins with the name; None when none did."""
    pushes = run.operation.startswith("terminals.push")
    if run.state is not RunState.STOPPED or run.error is None or not pushes:
        return None
    targets = {outcome.target_id: outcome.target for outcome in outcomes}
    named = [(key, name) for key, name in targets.items() if run.error.message.startswith(f"{name}:")]
    return max(named, key=lambda each: len(each[1]), default=None)


def obstacle(desk: Desk, run: Run) -> str:
    """Why this run cannot be done again from its record, for a disabled button; empty when it can."""
    operation = operations().get(run.operation)
    if operation is None:
        return _("This Muster no longer has this operation.")
    if operation.permission is Permission.ADMIN:
        return _("Secrets are not kept in the history. Do it again on the Connections page.")
    if any(field.name == "confirm" for field in fields(operation.params)):
        return _("It is only done where it is shown and confirmed first: on its own page.")
    return desk.refusal(run.operation)


def may_retry(run: Run) -> bool:
    """Whether a run that finished may have left steps open that it can be taken up for."""
    operation = operations().get(run.operation)
    return run.state is RunState.FINISHED and not run.dry_run and operation is not None and operation.retries


def is_resumable(run: Run, *, left: bool) -> bool:
    """Whether a run can be taken up; `left` says that its journal holds steps that were never confirmed."""
    return not run.dry_run and (run.state.resumable or (left and may_retry(run)))


def resume_obstacle(desk: Desk, run: Run, *, left: bool = False) -> str:
    """Why this run cannot be taken up where it ended; empty when it can. `left` as of `is_resumable`."""
    if not run.state.over:
        return _("It is still running.")
    if not is_resumable(run, left=left):
        return _("It finished; there is nothing left to do.")
    return obstacle(desk, run)
