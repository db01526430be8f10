"""What goes wrong at a terminal for a while, and the switch that deals it out to requests.

    Trouble(TroubleKind.STATUS, code="deviceBusy", only=Place.PERSON, times=2)      twice, then healed
    Trouble(TroubleKind.STATUS, code="SubpicAnalysisModelingError", only=Place.FACE, chance=0.1)
    Trouble(TroubleKind.DROP, only=Place.FACE, times=1)                             the line breaks in mid-upload

Troubles hit signed requests, and with `bare` also the handshakes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from enum import StrEnum
from random import Random

import msgspec

from app.demo.terminals.statuses import STATUSES


class Place(StrEnum):
    """Kinds of calls a trouble may be aimed at."""

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


class TroubleKind(StrEnum):
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


class Trouble(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One trouble: what, where (None is everywhere), how often, how likely.

    A struct and not a dataclass because it is also the body of the control path, checked as it is read.
    Raises ValueError for numbers that mean nothing and for a status that section 5.2 does not know.
    """

    kind: TroubleKind
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
        if self.kind is TroubleKind.STATUS and self.code not in STATUSES:
            raise ValueError(f"code must be a subStatusCode of section 5.2, not {self.code!r}")


class TroubleSwitch:
    """The troubles in force at one terminal; set from other threads than the server's. `seed` makes chance repeat."""

    def __init__(self, seed: int) -> None:
        self._troubles: tuple[Trouble, ...] = ()
        self._lock = threading.Lock()
        self._random = Random(seed)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is in force, with the number of requests each still hits."""
        return self._troubles

    @troubles.setter
    def troubles(self, troubles: Iterable[Trouble]) -> None:
        with self._lock:
            self._troubles = tuple(troubles)

    def take(self, place: Place | None, *, signed: bool) -> Trouble | None:
        """The first trouble that hits this request, counted off; None when all is well."""
        if not self._troubles:
            return None
        with self._lock:
            for number, trouble in enumerate(self._troubles):
                if self._hits(trouble, place, signed=signed):
                    self._count_off(number, trouble)
                    return trouble
        return None

    def _hits(self, trouble: Trouble, place: Place | None, *, signed: bool) -> bool:
        aimed = (trouble.only is None or trouble.only == place) and (signed or trouble.bare)
        return aimed and (trouble.chance == 1 or self._random.random() < trouble.chance)

    def _count_off(self, number: int, trouble: Trouble) -> None:
        if trouble.times is None:
            return
        left = list(self._troubles)
        left[number : number + 1] = (
            [msgspec.structs.replace(trouble, times=trouble.times - 1)] if trouble.times > 1 else []
        )
        self._troubles = tuple(left)
