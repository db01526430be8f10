"""The bad days a demo system can have, and the plan that says which one, where and for how long.

This module knows no HTTP: what a fault looks like on the wire is `fault_answers`, who is hit is decided here.

    FaultPlan(Fault.RATE_LIMITED, seconds=30)                        every request
    FaultPlan(Fault.SERVER_ERROR, only="employees", times=2)         two requests for the list, then healed
    FaultPlan(Fault.FORBIDDEN, only="installation")                  all but the Hub's Account/Methods
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from enum import StrEnum

import msgspec


class Fault(StrEnum):
    """What goes wrong."""

    NONE = "none"
    SLOW = "slow"
    """The right answer, `seconds` late."""
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    """429; `seconds` stand in Retry-After in the form of `retry_after`."""
    SERVER_ERROR = "server_error"
    """The `status` (5xx); with `leaks` the text repeats the credentials it was sent."""
    HTML = "html"
    """200 with the HTML of a sign-in page."""
    CUT_JSON = "cut_json"
    """Half of the body, its length stated as such; with `breaks` the connection ends there instead."""
    EMPTY_LIST = "empty_list"
    NOT_A_LIST = "not_a_list"
    """The list wrapped in an object."""
    REDIRECT = "redirect"
    """302 to a sign-in page elsewhere."""
    HANG = "hang"
    """The request is taken and never answered."""
    HUGE = "huge"
    """More than 100 MB."""
    EXACT_1000 = "exact_1000"
    """A list of exactly 1000 records, as if it had been cut at a page."""


class RetryAfter(StrEnum):
    """How a 429 says when to come back."""

    SECONDS = "seconds"
    HTTP_DATE = "http_date"
    MISSING = "missing"


class FaultPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault: what, where (`only` an endpoint or group of the system; blank is everywhere), how often.

    A struct and not a dataclass because it is also the body of `POST /_demo/faults`, checked as it is read.
    Raises ValueError for numbers that mean nothing.
    """

    fault: Fault = Fault.NONE
    only: str = ""
    times: int | None = None
    """Requests it still hits; then the system is healed. None: until changed."""
    seconds: float = 5
    status: int = 503
    retry_after: RetryAfter = RetryAfter.SECONDS
    breaks: bool = False
    leaks: bool = False

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times must be 1 or more")
        if self.seconds < 0:
            raise ValueError("seconds must not be negative")
        if not 500 <= self.status <= 599:
            raise ValueError("status must be 500 to 599")


HEALTHY = FaultPlan()


class FaultSwitch:
    """The plan in force at one system, set by a test or a person and used up by requests.

    `places` are the names a plan may be aimed at. Plans are set from other threads than the server's.
    """

    def __init__(self, places: Collection[str]) -> None:
        self._places = frozenset(places)
        self._plan = HEALTHY
        self._lock = threading.Lock()

    @property
    def plan(self) -> FaultPlan:
        """What is in force, with the number of requests it still hits."""
        return self._plan

    @plan.setter
    def plan(self, plan: FaultPlan) -> None:
        """Raises ValueError when `plan.only` is no place of this system."""
        if plan.only and plan.only not in self._places:
            raise ValueError(f"only must be one of {', '.join(sorted(self._places))}")
        with self._lock:
            self._plan = plan

    def take(self, places: Collection[str]) -> FaultPlan:
        """The plan for one request to an endpoint known by `places`; counts it off."""
        with self._lock:
            plan = self._plan
            if plan.only and plan.only not in places:
                return HEALTHY
            if plan.times is not None:
                healed = plan.times == 1
                self._plan = HEALTHY if healed else msgspec.structs.replace(plan, times=plan.times - 1)
            return plan
