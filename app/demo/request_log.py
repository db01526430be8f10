"""What a demo system was asked, so that a test can prove what was called and what was not."""

from __future__ import annotations

from typing import NamedTuple


class LoggedRequest(NamedTuple):
    """One request: `path` as it stood in the request line, still percent-encoded, with its query.

    `status` is 0 while there is no answer, and stays so when there never is one.
    """

    method: str
    path: str
    status: int


class RequestLog:
    """Requests in the order of their arrival."""

    def __init__(self) -> None:
        self._requests: dict[int, LoggedRequest] = {}
        self._next = 0

    def arrived(self, method: str, path: str) -> int:
        """Note a request; returns the number to give to `answered`."""
        self._next += 1
        self._requests[self._next] = LoggedRequest(method, path, 0)
        return self._next

    def answered(self, number: int, status: int) -> None:
        """Note the status; a request that was forgotten meanwhile stays so."""
        if number in self._requests:
            self._requests[number] = self._requests[number]._replace(status=status)

    def forget_requests(self) -> None:
        """Start over."""
        self._requests.clear()

    @property
    def requests(self) -> list[LoggedRequest]:
        """A copy of all so far."""
        return list(self._requests.values())
