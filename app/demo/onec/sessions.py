"""Sessions and licences of the demo 1C (onec-zup.md section 4.4): one session takes one licence.

A call without a cookie has a session for its own length. Where the publication reuses sessions, `IBSession: start`
gets a cookie that keeps the session, and its licence, until `IBSession: finish` or until it is too old.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.requests import Request

from app.demo.onec.wire import Ways

COOKIE = "ibsession"


class NoSession(StrEnum):
    """Why a call gets no session."""

    NO_LICENCE = "no_licence"
    POOL_IS_FULL = "pool_is_full"
    UNKNOWN_COOKIE = "unknown_cookie"


@dataclass
class Sessions:
    """`kept` are the sessions with a cookie, by cookie, with the time of their last call."""

    kept: dict[str, float] = field(default_factory=dict)
    started: int = 0
    """Sessions started so far; a reused one counts once."""
    most_at_once: int = 0
    """The most calls that were under way at one time."""
    _under_way: int = 0
    _passing: int = 0

    def begin(self, request: Request, ways: Ways) -> str | NoSession | None:
        """Take a session for a call: its cookie, None for one that ends with the call, or why there is none."""
        now = time.monotonic()
        self.kept = {cookie: used for cookie, used in self.kept.items() if now - used < ways.session_max_age_s}
        cookie = request.cookies.get(COOKIE)
        if ways.reuse_sessions and cookie:
            if cookie not in self.kept:
                return NoSession.UNKNOWN_COOKIE
            self.kept[cookie] = now
            self._count()
            return cookie
        if ways.max_sessions and len(self.kept) + self._passing >= ways.max_sessions:
            return NoSession.NO_LICENCE
        return self._start(request, ways, now)

    def _start(self, request: Request, ways: Ways, now: float) -> str | NoSession | None:
        keeps = ways.reuse_sessions and request.headers.get("IBSession", "").lower() == "start"
        if keeps and len(self.kept) >= ways.pool_size:
            return NoSession.POOL_IS_FULL
        self.started += 1
        self._count()
        if not keeps:
            self._passing += 1
            return None
        cookie = str(uuid.uuid4())
        self.kept[cookie] = now
        return cookie

    def _count(self) -> None:
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)

    def end(self, request: Request, cookie: str | None) -> None:
        """The call is over; with `IBSession: finish` its session as well."""
        self._under_way -= 1
        if cookie is None:
            self._passing -= 1
        elif request.headers.get("IBSession", "").lower() == "finish":
            self.kept.pop(cookie, None)
