"""How far a run is: amount, rate and time left, computed in one place from what the run says of itself.

A run says two things: what it does now and how much of it (`progressed`), and outcomes that are known (`reported`).
Either may come alone. Every moment is in seconds of one clock that never goes back, such as `time.monotonic`; the
meter reads no clock of its own, so that a window, a command line and a test each bring theirs.

    meter = Meter()
    meter.progressed(0.0, "Fetching pictures", 0, 340)
    meter.reported(3.1, 128)
    meter.read(3.1)        # Progress(doing="Fetching pictures", done=128, total=340, per_second=41.3, left_s=5.1)
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

WINDOW_S = 10.0
"""The rate is that of the last ten seconds: old haste or an old pause says nothing about the time left."""
EVIDENCE_S = 1.0
"""A rate from less than this would jump."""
_MARK_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; `total` is 0 and rate and time left are None while nothing tells them."""

    doing: str = ""
    done: int = 0
    total: int = 0
    per_second: float | None = None
    left_s: float | None = None


class Meter:
    """Watches one run. A run does one thing after another; each is measured by itself."""

    def __init__(self) -> None:
        self._doing = ""
        self._said = 0
        self._reported = 0
        self._total = 0
        self._marks: deque[tuple[float, int]] = deque()

    def progressed(self, moment: float, doing: str, done: int, total: int) -> None:
        """The run says that `done` of `total` (0: unknown) is behind it; another `doing` begins a new count."""
        if doing != self._doing or done < self._said:
            self._doing, self._reported = doing, 0
            self._marks.clear()
        self._said, self._total = done, total
        self._mark(moment)

    def reported(self, moment: float, count: int) -> None:
        """`count` more outcomes are known."""
        self._reported += count
        self._mark(moment)

    def read(self, moment: float) -> Progress:
        """How it stands at `moment`."""
        per_second = self._rate(moment)
        left = (self._total - self._done) / per_second if per_second and self._total else None
        return Progress(self._doing, self._done, self._total, per_second, left)

    @property
    def _done(self) -> int:
        """Progress and outcomes count the same things, so the one that is ahead is the truth."""
        done = max(self._said, self._reported)
        return min(done, self._total) if self._total else done

    def _mark(self, moment: float) -> None:
        if not self._marks or moment - self._marks[-1][0] >= _MARK_EVERY_S:
            self._marks.append((moment, self._done))

    def _rate(self, moment: float) -> float | None:
        while len(self._marks) > 1 and moment - self._marks[1][0] >= WINDOW_S:
            self._marks.popleft()
        if not self._marks:
            return None
        begun, before = self._marks[0]
        if moment - begun < EVIDENCE_S or self._done <= before:
            return None
        return (self._done - before) / (moment - begun)
