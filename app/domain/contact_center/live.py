"""What a platform that sends live numbers by itself says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.contact_center.records import GroupLoad, OnlineStatus
from app.errors import MusterError


class LiveKind(StrEnum):
    """What a change is: everything there is, what is different, or that the line is lost for now."""

    SNAPSHOT = "snapshot"
    CHANGE = "change"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class LiveChange:
    """One message of the platform.

    In a snapshot `statuses` is everybody who is there, or None where it says nothing of agents; `loads` likewise of
    groups. In a change they are those that are different, and `left` are the agents who have gone. When the line is
    lost, `problem` says why; a snapshot follows when it is back.
    """

    kind: LiveKind
    statuses: tuple[OnlineStatus, ...] | None = None
    loads: tuple[GroupLoad, ...] | None = None
    left: tuple[str, ...] = ()
    problem: MusterError | None = None
