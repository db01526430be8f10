"""What went over the line while something ran: each request with its answer, for the sync log (connections.md §8).

Whoever runs something opens a record and works inside it; the connectors note into the one that is open where they are
called, or nowhere. Nothing secret comes in here: addresses have no query, texts are redacted by whoever notes them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_ATTEMPTS = 200
ANSWERED = 0
"""The status of what was answered by a system that has no numbers for good answers."""
MOST_BODY_CHARS = 65_536  # connections.md §8
MOST_BODIES_CHARS = 4_000_000


class LogLevel(StrEnum):
    """How much of a connection's requests is kept (connections.md §8, §12)."""

    DEBUG = "DEBUG"
    """All of them, with their bodies."""
    INFO = "INFO"
    """All of them."""
    WARNING = "WARNING"
    """Those that went wrong."""
    ERROR = "ERROR"
    """Those that went wrong and were not sent again."""


@dataclass(slots=True)
class Attempt:
    """One request: `at` in UTC, `url` without query, `size` bytes of the answer.

    `status` is that of HTTP; of a MySQL server the number of its error, `ANSWERED` where there was none; None where no
    answer came. A WebSocket is one request to open it, and one to listen with how many `messages` came and their size.
    `error` says what was wrong, `again_after_s` that it was therefore sent again, after so many seconds. `sent` and
    `answered` are the bodies, at most `MOST_BODY_CHARS` of each, kept in detail only.
    """

    at: datetime
    method: str
    url: str
    status: int | None = None
    duration_ms: int = 0
    size: int = 0
    error: str = ""
    again_after_s: float | None = None
    sent: str = ""
    answered: str = ""
    messages: int = 0


@dataclass(frozen=True)
class Attempts:
    """The newest attempts of a run, oldest first, of `total` that there were."""

    kept: tuple[Attempt, ...] = ()
    total: int = 0

    def followed_by(self, later: Attempts) -> Attempts:
        """These and those of the run taken up again, the newest `MOST_ATTEMPTS` of both."""
        return Attempts((*self.kept, *later.kept)[-MOST_ATTEMPTS:], self.total + later.total)


class AttemptLog:
    """The record of one run, bounded in number and in text: the newest stay. Threads may note into it too.

    `clocks` says how many seconds the clock of each system was ahead of this computer's, by its last answer.
    """

    def __init__(self, level: LogLevel = LogLevel.INFO) -> None:
        self.level = level
        self.clocks: dict[str, float] = {}
        self._kept: deque[Attempt] = deque(maxlen=MOST_ATTEMPTS)
        self._total = 0
        self._chars = 0
        self._lock = threading.Lock()

    @property
    def with_bodies(self) -> bool:
        """Whether bodies are wanted."""
        return self.level is LogLevel.DEBUG

    def add(self, attempt: Attempt) -> None:
        """Note an attempt that is over; that it is sent again may still be written into it."""
        with self._lock:
            self._add(attempt)

    def _add(self, attempt: Attempt) -> None:
        self._total += 1
        if self.level in {LogLevel.WARNING, LogLevel.ERROR} and not attempt.error:
            return
        if len(self._kept) == MOST_ATTEMPTS:
            self._chars -= _chars(self._kept[0])
        self._kept.append(attempt)
        self._chars += _chars(attempt)
        for old in self._kept if self._chars > MOST_BODIES_CHARS else ():
            self._chars -= _chars(old)
            old.sent = old.answered = ""
            if self._chars <= MOST_BODIES_CHARS:
                break

    def told(self) -> Attempts:
        """What is kept of them."""
        final = self.level is LogLevel.ERROR
        with self._lock:
            return Attempts(tuple(a for a in self._kept if not final or a.again_after_s is None), self._total)


_open: ContextVar[AttemptLog | None] = ContextVar("attempts", default=None)


def open_log() -> AttemptLog | None:
    """The record that is open here; None where nobody wants one."""
    return _open.get()


@contextmanager
def noting(log: AttemptLog) -> Iterator[AttemptLog]:
    """Everything that is sent inside, also by tasks begun inside, is noted in `log`."""
    token = _open.set(log)
    try:
        yield log
    finally:
        _open.reset(token)


def _chars(attempt: Attempt) -> int:
    return len(attempt.sent) + len(attempt.answered)
