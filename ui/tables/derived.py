"""One value per row (sort key, search text, verdict of a filter), computed in slices and kept in step with the rows.

Tables of 100,000 rows compute these while the window is idle; whoever needs the values earlier calls `complete`.
Knows nothing of Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Generic, TypeVar

Row = TypeVar("Row")
Value = TypeVar("Value")

_CHUNK = 100  # rows computed between two looks at the clock


class Derived(Generic[Row, Value]):
    """The values of `compute` over `rows`, of which the first `len(values)` are there already."""

    def __init__(self, rows: list[Row], compute: Callable[[Sequence[Row]], list[Value]]) -> None:
        self._rows = rows
        self._compute = compute
        self.values: list[Value] = []

    @property
    def missing(self) -> int:
        """How many rows still wait."""
        return len(self._rows) - len(self.values)

    def advance(self, until: float) -> bool:
        """Compute until the clock (`perf_counter`, seconds) passes `until`; true when nothing is missing."""
        while self.missing and perf_counter() < until:
            done = len(self.values)
            self.values += self._compute(self._rows[done : done + _CHUNK])
        return not self.missing

    def complete(self) -> list[Value]:
        """All values, computed now as far as they are missing."""
        if self.missing:
            self.values += self._compute(self._rows[len(self.values) :])
        return self.values

    def renew(self, slots: Iterable[int]) -> None:
        """Rows at `slots` were replaced; those not yet computed are computed in their turn."""
        stale = [slot for slot in slots if slot < len(self.values)]
        for slot, value in zip(stale, self._compute([self._rows[slot] for slot in stale]), strict=True):
            self.values[slot] = value

    def keep(self, slots: Sequence[int]) -> None:
        """Only the rows at `slots` remain, in that order (ascending)."""
        done = len(self.values)
        self.values = [self.values[slot] for slot in slots if slot < done]
