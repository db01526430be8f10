"""What was sent to 1C and how it answered: schedules per person and month, worked time per person and shift
(onec-zup.md §5.3, §5.5).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.onec import FactSlice, PersonSchedule, ScheduleShift


class SentStatus(StrEnum):
    """How 1C answered."""

    SENDING = "sending"
    """Written down before it is sent; what the program was killed over stays so, and nobody knows its end."""
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """No answer, or none that could be read."""


@dataclass(frozen=True, slots=True)
class ScheduleReceipt:
    """One sent schedule; `digest` knows the same content again."""

    external_id: str
    first: date
    last: date
    digest: str
    shifts: tuple[ScheduleShift, ...]
    status: SentStatus
    answer: str
    run_id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class FactReceipt:
    """Worked time of one shift day that was sent; `document` is what 1C made of it."""

    external_id: str
    day: date
    shift_start: datetime
    initiator_name: str
    slices: tuple[FactSlice, ...]
    status: SentStatus
    document: str | None
    answer: str
    run_id: str
    sent_at: datetime

    @property
    def may_be_there(self) -> bool:
        """Whether 1C has it, or may have it, so that a second sending would make a second document."""
        return self.status is not SentStatus.REFUSED


def digest_of(schedule: PersonSchedule) -> str:
    """The same for the same days, starts and hours."""
    parts = [schedule.first.isoformat(), schedule.last.isoformat()]
    parts += (f"{s.start.isoformat()} {s.day_ms} {s.night_ms}" for s in schedule.shifts)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
