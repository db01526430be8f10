"""Status updates that Muster sends itself: from what a person or program says to messages (contact-center.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class StatusAction(IntEnum):
    """What a message says of a status."""

    LEAVE = 0
    ENTER = 1


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """An agent's new status, since `at_s` seconds after 1970.

    Without an `action` it is a change: the status known before is left, the new one entered. With one it is that
    single message.
    """

    agent_id: str
    state_code: str
    at_s: int
    state_name: str = ""
    action: StatusAction | None = None


@dataclass(frozen=True, slots=True)
class KnownStatus:
    """The status that an agent was in last."""

    state_code: str
    state_name: str


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """One message; `action_time` is in whole seconds."""

    worker_id: str
    state_code: str
    state_name: str
    system_id: str
    action_time: int
    action: StatusAction

    def wire(self) -> dict[str, str | int]:
        """The six keys, all of them mandatory."""
        return {
            "workerId": self.worker_id,
            "stateName": self.state_name,
            "stateCode": self.state_code,
            "systemId": self.system_id,
            "actionTime": self.action_time,
            "action": int(self.action),
        }


def status_messages(update: StatusUpdate, before: KnownStatus | None, system_id: str) -> tuple[StatusMessage, ...]:
    """The messages of an update: leave first, then enter; only enter where no earlier status is known."""

    def message(code: str, name: str, action: StatusAction) -> StatusMessage:
        return StatusMessage(update.agent_id, code, name or code, system_id, update.at_s, action)

    new = message(update.state_code, update.state_name, StatusAction.ENTER if update.action is None else update.action)
    if update.action is not None or before is None:
        return (new,)
    return (message(before.state_code, before.state_name, StatusAction.LEAVE), new)
