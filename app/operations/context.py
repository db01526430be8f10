"""What the body of an operation works with: its connection, its plan, its journal, its listeners."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.domain.audit import AuditNote
from app.domain.connections import Connection
from app.domain.mappings import Problem
from app.domain.mappings.refusals import refused_outcomes
from app.domain.outcomes import Outcome, Run
from app.domain.plans import Plan
from app.errors import MusterError
from app.events import OutcomesReported, OutcomesRevised, RunProgress

if TYPE_CHECKING:
    from app.workspace import Workspace


@dataclass
class RunContext:
    """One run as its operation sees it.

    `plans` are the plans that were made; `chosen` are plans from a preview, to be carried out instead of new ones.
    `receipts` are the phases already confirmed when a run is resumed. `secrets` are values a person just typed; they
    are never part of the parameters, which are stored. `rows`, where an operation gives a list, is its whole result in
    place of `result`. `found` is what a run hands to whoever waits for it in this program; it is stored nowhere.
    `once` is shown with the result and never stored either: a secret that was just made.
    `refused` are outcomes of records that a read without a plan could not take by the mapping, told when the run ends;
    equal ones count as often as they came. `lost` says that another program took the target over.
    """

    workspace: Workspace
    run: Run
    connection: Connection | None = None
    dry_run: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, Plan[Any]] = field(default_factory=dict)
    receipts: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    plans: dict[str, Plan[Any]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    refused: Counter[Outcome] = field(default_factory=Counter)
    rows: list[dict[str, Any]] | None = None
    found: object = None
    once: dict[str, Any] = field(default_factory=dict, repr=False)
    held: str = ""
    lost: MusterError | None = None

    @property
    def own_connection(self) -> Connection:
        """The connection, for operations that always have one."""
        if self.connection is None:
            raise AssertionError("the runner gives such an operation its connection")
        return self.connection

    def progress(self, doing: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done now; `total` 0 while the amount is unknown."""
        self.workspace.events.publish(RunProgress(self.run.run_id, doing, done, total))

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Have records of a whole list told when the run ends, once also where the list is read again."""
        self.refused |= Counter(refused_outcomes(self.own_connection.kind, problems))

    def note(self, *notes: AuditNote) -> None:
        """Add to the audit trail, inside the transaction that does what is noted."""
        self.workspace.audit.add(*notes, trigger=self.run.trigger)

    def report(self, outcomes: Sequence[Outcome]) -> None:
        """Tell listeners of outcomes; whoever calls this has stored them."""
        self.outcomes += outcomes
        self.workspace.events.publish(OutcomesReported(self.run.run_id, outcomes))

    def revise(self, revised: Sequence[tuple[int, Outcome]]) -> None:
        """Tell listeners of outcomes that are known better now, by their number; whoever calls this has stored them."""
        for number, outcome in revised:
            self.outcomes[number] = outcome
        self.workspace.events.publish(OutcomesRevised(self.run.run_id, revised))
