"""What goes wrong at a terminal for a while, and the switch that deals it out to requests.

    TerminalFault(FaultKind.STATUS, code="deviceBusy", only=Place.PERSON, times=2)      twice, then healed
    TerminalFault(FaultKind.STATUS, code="SubpicAnalysisModelingError", only=Place.FACE, chance=0.1)
    TerminalFault(FaultKind.DROP, only=Place.FACE, times=1)                             the line breaks in mid-upload

Faults hit signed requests, and with `bare` also the handshakes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from enum import StrEnum
from random import Random

import msgspec

from app.demo.terminals.statuses import STATUSES


class Place(StrEnum):
    """Kinds of calls a fault may be aimed at."""

    PERSON = "person"
    """Record, Modify, SetUp and both deletes."""
    FACE = "face"
    """Every write to the face library."""
    SEARCH = "search"
    """UserInfo/Search."""
    FACE_SEARCH = "face_search"
    COUNT = "count"
    CAPABILITIES = "capabilities"
    INFO = "info"
    TIME = "time"
    USER_CHECK = "user_check"
    STATUS = "status"
    DOOR = "door"
    LIBRARY = "library"
    CAPTURE = "capture"


class FaultKind(StrEnum):
    """What goes wrong."""

    STATUS = "status"
    """The status `code` (section 5.2) in place of the work."""
    SLOW = "slow"
    """The right answer, `seconds` late."""
    HANG = "hang"
    """Taken, done nothing with, never answered."""
    DROP = "drop"
    """The line breaks while the request is still arriving; nothing is done."""
    LOST_ANSWER = "lost_answer"
    """The work is done, then the line breaks before the answer."""
    CUT = "cut"
    """Half of the answer, then the line breaks."""
    HTML = "html"
    """A page of HTML, HTTP 200."""
    EMPTY = "empty"
    """HTTP 200 without a body."""


class TerminalFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault: what, where (None is everywhere), how often, how likely.

    A struct and not a dataclass because it is also the body of the control path, checked as it is read.
    Raises ValueError for numbers that mean nothing and for a status that section 5.2 does not know.
    """

    kind: FaultKind
    only: Place | None = None
    times: int | None = None
    """Requests it still hits; None: until changed."""
    chance: float = 1
    """Share of the requests it hits."""
    seconds: float = 5
    code: str = ""
    bare: bool = False

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times must be 1 or more")
        if not 0 < self.chance <= 1:
            raise ValueError("chance must be over 0 and at most 1")
        if self.seconds < 0:
            raise ValueError("seconds must not be negative")
        if self.kind is FaultKind.STATUS and self.code not in STATUSES:
            raise ValueError(f"code must be a subStatusCode of section 5.2, not {self.code!r}")


class FaultSwitch:
    """The faults in force at one terminal; set from other threads than the server's. `seed` makes chance repeat."""

    def __init__(self, seed: int) -> None:
        self._faults: tuple[TerminalFault, ...] = ()
        self._lock = threading.Lock()
        self._random = Random(seed)

    @property
    def faults(self) -> tuple[TerminalFault, ...]:
        """What is in force, with the number of requests each still hits."""
        return self._faults

    @faults.setter
    def faults(self, faults: Iterable[TerminalFault]) -> None:
        with self._lock:
            self._faults = tuple(faults)

    def take(self, place: Place | None, *, signed: bool) -> TerminalFault | None:
        """The first fault that hits this request, counted off; None when all is well."""
        if not self._faults:
            return None
        with self._lock:
            for number, fault in enumerate(self._faults):
                if self._hits(fault, place, signed=signed):
                    self._count_off(number, fault)
                    return fault
        return None

    def _hits(self, fault: TerminalFault, place: Place | None, *, signed: bool) -> bool:
        aimed = (fault.only is None or fault.only == place) and (signed or fault.bare)
        return aimed and (fault.chance == 1 or self._random.random() < fault.chance)

    def _count_off(self, number: int, fault: TerminalFault) -> None:
        if fault.times is None:
            return
        left = list(self._faults)
        left[number : number + 1] = [msgspec.structs.replace(fault, times=fault.times - 1)] if fault.times > 1 else []
        self._faults = tuple(left)
