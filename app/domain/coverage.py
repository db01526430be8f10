"""Who is on which device: one placement per person and device, as far as Muster knows.

A push writes what it sent, a read-back turns it into what the device really holds (hikvision-isapi.md §6.4, §13). A
person without a placement at a device was never sent there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CoverageState(StrEnum):
    """A cell of the matrix people × devices (screens.md, Devices)."""

    VERIFIED = "verified"
    SENT = "sent"
    """The device said yes and was not read back yet."""
    PHOTO_MISSING = "photo_missing"
    """The person is there, the face that belongs to them is not."""
    DIFFERENT = "different"
    MISSING = "missing"
    """Read back and not there."""
    EXTRA = "extra"
    """On the device and unknown here."""
    FAILED = "failed"
    WAITING = "waiting"
    """Never sent; the state of a pair without a placement."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What is known of one person at one device.

    `employee_id` is empty for somebody only the device knows. `person_digest` and `face_digest` name what was sent
    last; `refused_face` a picture that this device will not take (§5.3: never sent again until it changes).
    """

    device_id: str
    employee_id: str
    number: str
    state: CoverageState
    name: str = ""
    person_digest: str = ""
    face_digest: str = ""
    refused_face: str = ""
    message: str = ""
    run_id: str = ""
    sent_at: datetime | None = None
    checked_at: datetime | None = None
