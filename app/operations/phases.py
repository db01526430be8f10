"""Phases of a run: each is confirmed in the transaction that did it, and not done again when the run is taken up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.outcomes import Outcome
from app.operations.context import RunContext
from app.store import leases, runs


def resumed(context: RunContext, phase: str) -> dict[str, int] | None:
    """The summary of a phase that was confirmed before an interruption, with what it noted; None when it was not."""
    receipt = context.receipts.get(phase)
    if receipt is None:
        return None
    take(context, phase, receipt)
    return dict(receipt["summary"])


def take(context: RunContext, phase: str, receipt: Mapping[str, Any]) -> None:
    """Go on with what a phase noted when it was confirmed."""
    context.warnings += receipt["warnings"]
    context.reasons.update(receipt["reasons"])
    context.result[phase] = receipt["result"]


def confirm(context: RunContext, phase: str, outcomes: Sequence[Outcome], receipt: Mapping[str, Any]) -> None:
    """Store the outcomes of a phase and that it is done, inside the transaction that did it."""
    run_id = context.run.run_id
    leases.beat(run_id)  # after a sleep of this computer another program may have taken over: then nothing is kept
    runs.journal_intent(run_id, phase)
    runs.add_outcomes(run_id, len(context.outcomes), outcomes)
    runs.journal_confirm(run_id, phase, receipt)
