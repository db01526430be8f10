"""Makes runs and outcomes for tests, as the runner reports them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.outcomes import Action, Outcome, Run, RunState, Status
from app.events import OutcomesReported, RunEnded, RunStarted
from app.store import runs
from app.store.values import now
from app.workspace import Workspace


def outcome(subject: str = "Kari Nordmann", **fields: Any) -> Outcome:
    """One outcome: a person who was updated in the store."""
    values: dict[str, Any] = {
        "subject": subject,
        "subject_id": subject.lower().replace(" ", "-"),
        "target": "employees",
        "target_id": "store",
        "status": Status.SUCCESS,
        "step": "store",
        "message": "Updated",
        "action": Action.UPDATE,
        **fields,
    }
    return Outcome(**values)


def unchanged(subject: str = "Ola Nordmann") -> Outcome:
    """One who was as they should be."""
    return outcome(subject, status=Status.SKIPPED, action=Action.UNCHANGED, message="No changes")


def failed(subject: str = "Åse Nordmann", **fields: Any) -> Outcome:
    """One it did not work out for."""
    given = {"status": Status.FATAL, "message": "Refused", "remedy": "Ask the owner.", **fields}
    return outcome(subject, **given)


def left_out(subject: str = "Uten Kontor") -> Outcome:
    """One who was left out for a cause."""
    return outcome(subject, status=Status.SKIPPED, action=Action.SKIP, message="No department in Vitec.")


def run(run_id: str = "run-1", **fields: Any) -> Run:
    """A run of the directory sync that is under way."""
    values: dict[str, Any] = {
        "run_id": run_id,
        "operation": "directory.sync",
        "connection": "vitec",
        "state": RunState.RUNNING,
        "started_at": now(),
        "actor": "kari",
        **fields,
    }
    return Run(**values)


def tell(workspace: Workspace, started: Run, outcomes: Sequence[Outcome] = (), ended: Run | None = None) -> None:
    """Say on the bus what a runner would say of a run."""
    workspace.events.publish(RunStarted(started))
    if outcomes:
        workspace.events.publish(OutcomesReported(started.run_id, outcomes))
    if ended is not None:
        end(workspace, ended)


def end(workspace: Workspace, ended: Run) -> None:
    """Say on the bus that a run is over."""
    workspace.events.publish(RunEnded(ended))


async def keep(workspace: Workspace, kept: Run, outcomes: Sequence[Outcome] = ()) -> None:
    """Put a run into the history."""

    def write() -> None:
        runs.begin_run(kept)
        runs.add_outcomes(kept.run_id, 0, outcomes)
        runs.end_run(kept)

    await workspace.store.write(write)
