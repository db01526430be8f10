"""One run as the panel holds it: its record, its outcomes so far and how far it is. No widget.

Outcomes arrive in lumps of any size and are handed to the table in slices, so that no lump holds the window up. What
is known better later (sent, then verified) replaces the row of the same number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.outcomes import Outcome, Run, RunState
from app.domain.progress import Meter
from ui.runs.rows import OutcomeLine, Result, problems_first, result_of
from ui.theme import Icon, Tone


@dataclass
class TargetCount:
    """How it stands at one target, such as a device."""

    id: str
    name: str
    results: Counter[Result] = field(default_factory=Counter)


@dataclass
class ShownRun:
    """A run under way, or one that is over; `counts` are its results, as far as made rows.

    `began` is the moment (seconds of `time.monotonic`) at which this program saw it begin; `here` says that it runs
    in this program and can be cancelled. `revised` are rows made before that are different now, `age` grows when all
    of them were thrown away. `left` says that its journal holds steps that were never confirmed.
    """

    run: Run
    began: float = 0.0
    here: bool = False
    cancelling: bool = False
    left: bool = False
    age: int = 0
    meter: Meter = field(default_factory=Meter)
    outcomes: list[Outcome] = field(default_factory=list)
    lines: list[OutcomeLine] = field(default_factory=list)
    counts: Counter[Result] = field(default_factory=Counter)
    targets: dict[str, TargetCount] = field(default_factory=dict)
    revised: set[int] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)

    @property
    def running(self) -> bool:
        """Whether it is under way in this program."""
        return self.here and not self.run.state.over

    @property
    def has_targets(self) -> bool:
        """Whether its results are told per device."""
        return self.run.operation.startswith("terminals.")

    @property
    def results(self) -> set[Result]:
        """The kinds of results there are."""
        return {result for result, count in self.counts.items() if count}

    @property
    def changes(self) -> int:
        """How many records changed, or would change."""
        return self.counts[Result.CHANGED]

    @property
    def problems(self) -> int:
        """How many results need a look."""
        return sum(count for result, count in self.counts.items() if result.needs_look)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Outcomes that are now known, in order."""
        self.outcomes += outcomes

    def start_over(self, outcomes: Sequence[Outcome]) -> None:
        """All outcomes anew: a run that is resumed numbers them again."""
        self.outcomes = list(outcomes)
        self.lines, self.counts, self.targets = [], Counter(), {}
        self.revised, self.moved = set(), set()
        self.age += 1

    def revise(self, revised: Sequence[tuple[int, Outcome]]) -> None:
        """Outcomes that are known better now, by their number."""
        for number, outcome in revised:
            self.outcomes[number] = outcome
            if number < len(self.lines):
                self._count(self.lines[number], -1)
                self.lines[number] = self._line(number)
                self._count(self.lines[number], 1)
                self.revised.add(number)

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
            line = self._line(seq)
            self.lines.append(line)
            self._count(line, 1)

    def ended_lines(self) -> list[OutcomeLine]:
        """All rows as they are shown when nothing more comes: what needs a look first."""
        self.make_lines()
        return problems_first(self.lines)

    def _line(self, seq: int) -> OutcomeLine:
        return OutcomeLine(seq, self.outcomes[seq], result_of(self.outcomes[seq]), self.run.dry_run)

    def _count(self, line: OutcomeLine, by: int) -> None:
        self.counts[line.result] += by
        if self.has_targets:
            outcome = line.outcome
            target = self.targets.setdefault(outcome.target_id, TargetCount(outcome.target_id, outcome.target))
            target.results[line.result] += by
            self.moved.add(outcome.target_id)

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
