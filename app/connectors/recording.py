"""Notes each request with its answer for the sync log of the connection (connections.md §8).

Bodies are noted only while a person wants them: as text, without secrets, 64 KB of each at most. Addresses lose their
query before they come here, as a key may stand in it.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from app.domain.attempts import ANSWERED, MOST_BODY_CHARS, Attempt, AttemptLog, open_log
from app.redaction import MASK, redact

_MOST_READ_BYTES = 1_000_000  # an excerpt is blanked before it is cut, and what is blanked has an end
_SWITCHED = 101  # HTTP's status of an opened WebSocket (RFC 6455, 4.1)
_TEXTUAL = re.compile(r"json|text|xml|x-www-form-urlencoded|javascript", re.IGNORECASE)
_SECRET_VALUES = re.compile(
    r'("(?:access_|refresh_|id_)?token"|"(?:api_?|service_)?key"|"(?:client_)?secret"|"pass(?:word|wd)?")(\s*:\s*)"[^"]*"',
    re.IGNORECASE,
)


class Noted:
    """One request under way; whoever sends it says when it begins and how it ends."""

    def __init__(self, method: str, url: str) -> None:
        self._log = open_log()
        self._attempt = Attempt(datetime.now(UTC), method, redact(url.partition("?")[0]))
        self._begun = time.monotonic()

    @property
    def with_bodies(self) -> bool:
        """Whether somebody wants to read the bodies."""
        return self._log is not None and self._log.with_bodies

    def sends(self, body: bytes) -> None:
        """The body of the request, where somebody wants to read it."""
        self._attempt.sent = body_text(body)

    def begin(self) -> None:
        """It is sent now, after waiting for its turn."""
        self._attempt.at, self._begun = datetime.now(UTC), time.monotonic()

    def answered(self, status: int, size: int, problem: str = "") -> None:
        """An answer of so many bytes came; `problem` says what is wrong with it."""
        self._attempt.status, self._attempt.size = status, size
        self._end(problem)

    def keep_body(self, body: bytes, content_type: str) -> None:
        """The body of the answer that came, where somebody wants to read it; called before `answered`."""
        if self.with_bodies:
            self._attempt.answered = body_text(body, content_type)

    def clock(self, system: str, offset_s: float | None) -> None:
        """How far the clock of a system is ahead of ours, where its answer says."""
        if self._log is not None and offset_s is not None:
            self._log.clocks[system] = offset_s

    def counted(self, messages: int) -> None:
        """So many messages came over it; called before `answered`."""
        self._attempt.messages = messages

    def failed(self, message: str) -> None:
        """No answer came, or none that could be read."""
        self._end(message)

    def again(self, pause_s: float) -> None:
        """It is sent once more, after so many seconds."""
        self._attempt.again_after_s = round(pause_s, 3)

    def _end(self, message: str) -> None:
        self._attempt.duration_ms = round((time.monotonic() - self._begun) * 1000)
        self._attempt.error = redact(message)
        log: AttemptLog | None = self._log
        if log is not None:
            log.add(self._attempt)


class NotedLine:
    """A WebSocket: that it was opened or refused, and when it is over how much came. What came is not kept."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opening: Noted | None = Noted("CONNECT", url)
        self._opening.begin()
        self._listening: Noted | None = None
        self._status: int | None = None
        self._messages = self._size = 0

    def opened(self) -> None:
        """It stands."""
        if self._opening is not None:
            self._opening.answered(_SWITCHED, 0)
        self._opening, self._listening = None, Noted("LISTEN", self._url)
        self._listening.begin()

    def refused(self, status: int) -> None:
        """HTTP's status was the answer; why it is one, `ended` says."""
        self._status = status

    def came(self, message: str | bytes) -> None:
        """A message."""
        self._messages += 1
        self._size += len(message if isinstance(message, bytes) else message.encode())

    def ended(self, problem: str = "") -> None:
        """It is over, or was never opened; without a problem nobody wanted it any more."""
        if self._listening is not None:
            self._listening.counted(self._messages)
            self._listening.answered(ANSWERED, self._size, problem)
        elif self._opening is not None and self._status is not None:
            self._opening.answered(self._status, 0, problem)
        elif self._opening is not None and problem:
            self._opening.failed(problem)
        self._opening = self._listening = None


def body_text(body: bytes, content_type: str = "application/json") -> str:
    """A body to read: without secrets and of bounded length; of what is no text only what it is and its size."""
    if content_type and not _TEXTUAL.search(content_type):
        return f"<{content_type.partition(';')[0]}, {len(body)} bytes>"
    text = redact(body[:_MOST_READ_BYTES].decode("utf-8", "replace"))
    return _SECRET_VALUES.sub(rf'\1\2"{MASK}"', text)[:MOST_BODY_CHARS]
