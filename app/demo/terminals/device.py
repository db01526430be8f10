"""What a terminal is and remembers: its identity, its account, its people and their faces.

Everything here is public and may be changed while the terminal serves. Protocol and sockets are elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from app.demo.terminals.calls import Latency
from app.demo.terminals.quirks import PLAIN, Quirks

PERSON_KEYS = {
    "number": "employeeNo",
    "user_type": "userType",
    "validity": "Valid",
    "door_right": "doorRight",
    "plans": "RightPlan",
}
EARLIEST, LATEST = "1970-01-01T00:00:00", "2037-12-31T23:59:59"


class Validity(msgspec.Struct, frozen=True, rename="camel"):
    """`Valid` of section 6.2; without a `timeType` the terminal reads UTC."""

    enable: bool = False
    begin_time: str = EARLIEST
    end_time: str = LATEST
    time_type: str = "UTC"


class DoorPlan(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of `RightPlan`."""

    door_no: int = 0
    plan_template_no: str = ""


class Person(msgspec.Struct, frozen=True, rename=PERSON_KEYS):
    """A person as the terminal stores them, by the keys of section 6.2."""

    number: str
    name: str = ""
    user_type: str = "normal"
    validity: Validity = Validity()
    door_right: str = ""
    plans: tuple[DoorPlan, ...] = ()


@dataclass(eq=False)
class Device:
    """One terminal. `people` and `faces` (JPEG bytes) are kept by `employeeNo`, exact text: "007" is not "7"."""

    number: int
    name: str
    site: str
    model: str
    firmware: str
    released: str
    serial: str
    mac: str
    username: str
    password: str = field(repr=False)
    https: bool = False
    capacity_people: int = 1500
    capacity_faces: int = 1500
    latency: Latency = field(default_factory=Latency)
    quirks: Quirks = PLAIN
    clock_drift_s: float = 0
    utc_offset_h: int = 2
    time_mode: str = "NTP"
    has_library: bool = True
    door_state: int = 4
    camera: bytes | None = field(default=None, repr=False)
    """The picture the camera takes when asked to capture; None: nobody looks into it."""
    people: dict[str, Person] = field(default_factory=dict, repr=False)
    faces: dict[str, bytes] = field(default_factory=dict, repr=False)
    pictures: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    """Picture bytes that all terminals of a fleet keep once, however many of them hold the face."""

    def store_face(self, number: str, picture: bytes) -> None:
        """Keep `picture` as the face of `number`."""
        self.faces[number] = self.pictures.setdefault(picture, picture)

    def forget(self, number: str) -> None:
        """Remove a person and what belongs to them; nothing happens when they are absent."""
        self.people.pop(number, None)
        self.faces.pop(number, None)
