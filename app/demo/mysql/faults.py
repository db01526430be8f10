"""The bad days of the demo MySQL server, and the plan that says which one, where and for how long.

MysqlFaultPlan(MysqlFault.REFUSED)                                      nobody is let in
MysqlFaultPlan(MysqlFault.HANG, containing="usage_stats", times=1)      one question for tables hangs, then healed
MysqlFaultPlan(MysqlFault.CUT, containing="IN (", skip=1)               from the second list of names on
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from enum import StrEnum

import msgspec


class MysqlFault(StrEnum):
    """What goes wrong."""

    NONE = "none"
    TOO_MANY = "too_many"
    """A connection gets error 1040 in place of the greeting."""
    SILENT = "silent"
    """A connection is accepted and never greeted."""
    REFUSED = "refused"
    """Error 1045 at sign-in, whatever the password."""
    SLOW = "slow"
    """The right answer `seconds` late, or error 3024 once the session's max_execution_time is over."""
    HANG = "hang"
    """The question is taken and never answered."""
    CUT = "cut"
    """The connection ends in the middle of the answer."""
    LIMIT = "limit"
    """Error 3024 at once: time of the query exceeded."""
    ERROR = "error"
    """Error `errno`."""


_AT_CONNECTION = frozenset({MysqlFault.TOO_MANY, MysqlFault.SILENT})
_AT_SIGN_IN = frozenset({MysqlFault.REFUSED})
_AT_QUESTION = frozenset(MysqlFault) - _AT_CONNECTION - _AT_SIGN_IN


class MysqlFaultPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault: what, which questions (`containing` a text, letter case aside; blank is all), how often.

    A struct and not a dataclass because it is also the body of the control path, checked as it is read.
    Raises ValueError for numbers that mean nothing.
    """

    fault: MysqlFault = MysqlFault.NONE
    containing: str = ""
    skip: int = 0
    """So many of those it would hit go well first."""
    times: int | None = None
    """Connections or questions it still hits; then the server is healed. None: until changed."""
    seconds: float = 5
    errno: int = 1105

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times must be 1 or more")
        if self.seconds < 0 or self.skip < 0:
            raise ValueError("seconds and skip must not be negative")
        if not 1000 <= self.errno <= 65535:
            raise ValueError("errno must be 1000 to 65535")


HEALTHY = MysqlFaultPlan()


class MysqlFaultSwitch:
    """The plan in force, set by a test or a person (from other threads than the server's) and used up."""

    def __init__(self) -> None:
        self._plan = HEALTHY
        self._lock = threading.Lock()

    @property
    def plan(self) -> MysqlFaultPlan:
        """What is in force, with what it still skips and hits."""
        return self._plan

    @plan.setter
    def plan(self, plan: MysqlFaultPlan) -> None:
        with self._lock:
            self._plan = plan

    def at_connection(self) -> MysqlFault:
        """What happens to a new connection."""
        return self._take(_AT_CONNECTION).fault

    def at_sign_in(self) -> MysqlFault:
        """What happens to somebody signing in."""
        return self._take(_AT_SIGN_IN).fault

    def at_question(self, sql: str) -> MysqlFaultPlan:
        """What happens to a question."""
        return self._take(_AT_QUESTION, sql)

    def _take(self, faults: Collection[MysqlFault], text: str = "") -> MysqlFaultPlan:
        with self._lock:
            plan = self._plan
            if plan.fault not in faults or plan.containing.lower() not in text.lower():
                return HEALTHY
            if plan.skip:
                self._plan = msgspec.structs.replace(plan, skip=plan.skip - 1)
                return HEALTHY
            if plan.times is not None:
                healed = plan.times == 1
                self._plan = HEALTHY if healed else msgspec.structs.replace(plan, times=plan.times - 1)
            return plan
