"""How far the clock of a platform is from ours, told by its own statuses.

A status that appeared between two looks began between them; when the platform says that it began an hour earlier or
later, its clock is an hour off. Single statuses may be dated back, so the middle one of several counts.
"""

from __future__ import annotations

from collections import deque
from statistics import median

WORTH_TELLING_MS = 30_000
"""Less than this is no wrong clock: statuses are dated by when the platform got to know of them."""
_WIDEST_MS = 12_000
_ENOUGH = 3


class Skew:
    """Collects what is seen of one platform's clock."""

    def __init__(self) -> None:
        self._apart: deque[float] = deque(maxlen=15)
        self._future_ms = 0

    def note(self, since_ms: int, before_ms: int, now_ms: int) -> None:
        """A status that was not there at `before_ms` and is at `now_ms`, both by our clock, began at `since_ms`."""
        if 0 <= now_ms - before_ms <= _WIDEST_MS:
            self._apart.append(since_ms - (before_ms + now_ms) / 2)

    def note_newest(self, since_ms: int, now_ms: int) -> None:
        """The newest status of a first look: one from the future proves a clock that is ahead at least so far."""
        self._future_ms = max(self._future_ms, since_ms - now_ms)

    @property
    def ms(self) -> int:
        """How far its clock is ahead of ours in milliseconds, negative when behind; 0 while nothing says so."""
        apart = median(self._apart) if len(self._apart) >= _ENOUGH else self._future_ms
        return round(apart) if abs(apart) >= WORTH_TELLING_MS else 0
