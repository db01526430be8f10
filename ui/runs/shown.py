"""One run as the panel holds it: its record, its outcomes so far and how far it is. No widget.

Outcomes arrive in lumps of any size and are handed to the table in slices, so that no lump holds the window up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.outcomes import Outcome, Run, RunState
from app.domain.progress import Meter
from ui.runs.rows import OutcomeLine, Result, problems_first, result_of
from ui.theme import Icon, Tone


@dataclass
class ShownRun:
    """A run under way, or one that is over: `results` there are, `changes` and `problems` counted, as far as made rows.

    `began` is the moment (seconds of `time.monotonic`) at which this program saw it begin; `here` says that it runs
    in this program and can be cancelled.
    """

    run: Run
    began: float = 0.0
    here: bool = False
    cancelling: bool = False
    meter: Meter = field(default_factory=Meter)
    outcomes: list[Outcome] = field(default_factory=list)
    lines: list[OutcomeLine] = field(default_factory=list)
    results: set[Result] = field(default_factory=set)
    changes: int = 0
    problems: int = 0

    @property
    def running(self) -> bool:
        """Whether it is under way in this program."""
        return self.here and not self.run.state.over

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Outcomes that are now known, in order."""
        self.outcomes += outcomes

    def end(self, run: Run) -> None:
        """It is over."""
        self.run, self.here, self.cancelling = run, False, False

    def begin_again(self, run: Run, began: float) -> None:
        """It is taken up where it ended; what is known stays."""
        self.run, self.began, self.here, self.cancelling, self.meter = run, began, True, False, Meter()

    def make_lines(self, most: int | None = None) -> None:
        """Make rows of the outcomes that have none yet, `most` of them at a time."""
        first = len(self.lines)
        last = len(self.outcomes) if most is None else min(first + most, len(self.outcomes))
        for seq in range(first, last):
            result = result_of(self.outcomes[seq])
            self.lines.append(OutcomeLine(seq, self.outcomes[seq], result, self.run.dry_run))
            self.results.add(result)
            self.changes += result is Result.CHANGED
            self.problems += result.needs_look

    def ended_lines(self) -> list[OutcomeLine]:
        """All rows as they are shown when nothing more comes: what needs a look first."""
        self.make_lines()
        return problems_first(self.lines)

    @property
    def needs_look(self) -> bool:
        """Whether somebody should do something about the run or one of its outcomes."""
        self.make_lines()
        failed = self.run.error is not None and self.run.state is not RunState.CANCELLED
        return failed or self.problems > 0

    @property
    def mark(self) -> tuple[Icon, Tone]:
        """The icon that stands for its state on its tab."""
        if not self.run.state.over:
            return Icon.LOADER, Tone.INFO
        if self.run.state is RunState.FINISHED:
            return (Icon.WARNING, Tone.WARNING) if self.needs_look else (Icon.DONE, Tone.SUCCESS)
        return _MARKS[self.run.state]


_MARKS = {
    RunState.STOPPED: (Icon.FAILED, Tone.DANGER),
    RunState.FAILED: (Icon.FAILED, Tone.DANGER),
    RunState.CANCELLED: (Icon.MINUS, Tone.NEUTRAL),
    RunState.INTERRUPTED: (Icon.WARNING, Tone.WARNING),
}
