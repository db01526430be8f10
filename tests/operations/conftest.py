"""Of every flow that a test of operations runs: whatever went wrong in it has a cause in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from app.domain.causes import CAUSES, cause_of_outcome
from app.domain.outcomes import Outcome, Run
from app.errors import MusterError
from app.operations import runner
from app.operations.context import RunContext


@pytest.fixture(autouse=True)
def every_cause_is_catalogued(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An outcome that did not go well, or an error of a run, that names no entry of the catalogue fails the test."""
    nameless: list[object] = []
    report, revise, finished = RunContext.report, RunContext.revise, runner._finished

    def look(outcomes: Sequence[Outcome]) -> None:
        nameless.extend(o for o in outcomes if cause_of_outcome(o) is not None and o.code not in CAUSES)

    def reporting(self: RunContext, outcomes: Sequence[Outcome]) -> None:
        look(outcomes)
        report(self, outcomes)

    def revising(self: RunContext, revised: Sequence[tuple[int, Outcome]]) -> None:
        look([outcome for _number, outcome in revised])
        revise(self, revised)

    def ending(context: RunContext, error: MusterError | None, duration_ms: int) -> Run:
        run = finished(context, error, duration_ms)
        if run.error is not None and run.error.code not in CAUSES:
            nameless.append(run.error)
        return run

    monkeypatch.setattr(RunContext, "report", reporting)
    monkeypatch.setattr(RunContext, "revise", revising)
    monkeypatch.setattr(runner, "_finished", ending)
    yield
    assert not nameless
