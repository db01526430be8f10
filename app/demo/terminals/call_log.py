"""What a terminal was asked, when, and how many asked at once: proof of pace, order and one request at a time."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class LoggedCall:
    """One request. Times are seconds of `time.monotonic`; `status` and `answered_at` are 0 while there is no answer.

    `scheme` is "digest", "basic", or blank for a bare request. `sent` is the JSON part of the body as it came.
    """

    method: str
    path: str
    query: str
    scheme: str
    arrived_at: float
    answered_at: float = 0
    status: int = 0
    body_bytes: int = 0
    sent: bytes = field(default=b"", repr=False)

    @property
    def signed(self) -> bool:
        """Did it carry credentials."""
        return bool(self.scheme)

    @property
    def body(self) -> Any:
        """The JSON of the body, or None when there was none that can be read."""
        try:
            return json.loads(self.sent)
        except ValueError:
            return None

    def told(self) -> dict[str, Any]:
        """All of it for the control path."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "scheme": self.scheme,
            "signed": self.signed,
            "arrived_at": self.arrived_at,
            "answered_at": self.answered_at,
            "status": self.status,
            "body_bytes": self.body_bytes,
            "body": self.body,
        }


class CallLog:
    """Requests of one terminal in the order of their arrival."""

    def __init__(self) -> None:
        self.calls: list[LoggedCall] = []
        self.most_at_once = 0
        self._under_way = 0

    @property
    def under_way(self) -> int:
        """Requests that have arrived and are not answered yet."""
        return self._under_way

    def arrived(self, method: str, path: str, query: str, scheme: str) -> LoggedCall:
        """Note a request; it must be given to `left` in the end."""
        call = LoggedCall(method, path, query, scheme, time.monotonic())
        self.calls.append(call)
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        return call

    def left(self) -> None:
        """A request is over, answered or not."""
        self._under_way -= 1

    def forget(self) -> None:
        """Start over."""
        self.calls = []
        self.most_at_once = self._under_way
