"""The words of the terminal protocol that both the connector and the operations use (hikvision-isapi.md).

No I/O: what is sent of a person, what a terminal holds, and what an answer of it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.terminal_answers import AnswerClass

BEGINS = "2020-01-01T00:00:00"
ENDS = "2037-12-31T23:59:59"
"""The fixed range of §6.2: many terminals refuse later ends."""
USUAL_NAME_BYTES = 128
_FORBIDDEN_IN_NAMES = re.compile(r"""['"&<>/:\x00-\x1f]""")


@dataclass(frozen=True)
class Reply:
    """One answer, understood.

    `code` is the terminal's own word for it; `asked` and `answered` say what went over the line, without values,
    secrets or pictures. `connection_failed` says that no answer came at all; `permanent` that the same bytes are
    refused again; `retry_after_s` when the terminal may be tried again.
    """

    kind: AnswerClass
    code: str
    message: str
    remedy: str
    asked: str
    answered: str
    warning: str = ""
    connection_failed: bool = False
    permanent: bool = False
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class TerminalPerson:
    """A person as sent (§6.2). `number` is text: "007" and "7" are two people."""

    number: str
    name: str
    begins: str = BEGINS
    ends: str = ENDS
    door_right: str = "1"
    plan: str = "1"

    def fitted(self, name_bytes: int = USUAL_NAME_BYTES) -> TerminalPerson:
        """The same with a name that the terminal takes: without its forbidden signs, cut on a letter's boundary."""
        clean = " ".join(_FORBIDDEN_IN_NAMES.sub(" ", self.name).split())
        return replace(self, name=clean.encode()[:name_bytes].decode("utf-8", "ignore").strip())


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person as a terminal holds them; None, or an empty time, is what its lists do not say."""

    number: str
    name: str
    begins: str = ""
    ends: str = ""
    enabled: bool | None = None
    door_right: str | None = None
    plan: str | None = None
    faces: int | None = None


@dataclass(frozen=True)
class PeopleList:
    """People read from a terminal; an incomplete list (`why`) proves nobody missing (§6.4)."""

    people: tuple[StoredPerson, ...]
    total: int = 0
    complete: bool = True
    why: str = ""


@dataclass(frozen=True)
class DeviceInfo:
    """Who a terminal says it is (§9.1); every field may be empty."""

    name: str = ""
    model: str = ""
    serial: str = ""
    mac: str = ""
    firmware: str = ""


@dataclass(frozen=True)
class PersonLimits:
    """What a terminal takes of people (§6.6); None is not said."""

    most_people: int | None = None
    name_bytes: int | None = None
    search_page: int | None = None
    functions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FaceLimits:
    """What a terminal takes of faces (§7.1); None is not said."""

    most_faces: int | None = None
    address_chars: int | None = None
    functions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PeopleCount:
    """How many people a terminal holds, and how many of them with a face, where it says so."""

    people: int
    faces: int | None = None


@dataclass(frozen=True)
class TerminalClock:
    """A terminal's time (§9.2); `drift_s` is terminal minus this computer."""

    local: datetime
    drift_s: float
    mode: str = ""
    zone: str = ""


@dataclass(frozen=True)
class LockState:
    """What a 401 says of the account (§3.1, §3.3); None is not said."""

    locked: bool = False
    seconds: int | None = None
    tries_left: int | None = None
    activated: bool | None = None


@dataclass(frozen=True)
class Probe:
    """What a bare request found (§9.1): whether a terminal asks for a sign-in there, and how."""

    is_terminal: bool
    schemes: tuple[str, ...] = ()
    lock: LockState = LockState()
    what: str = ""
