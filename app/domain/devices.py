"""Face terminals as Muster keeps them, whether they come from Supabase or were added by hand; the screen says "device".

What a terminal told of itself (`DeviceFacts`) is kept beside what a person or a source decides, with the moment it
was told: facts grow old, settings do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

VENDOR_PORT = 8000
"""The vendor's SDK port: not HTTP (supabase.md §4.3)."""


class DeviceStatus(StrEnum):
    """Whether pushes to all devices include it; `INACTIVE` is paused by a person."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class DeviceSource(StrEnum):
    """Who says that the device exists."""

    LOCAL = "local"
    SUPABASE = "supabase"


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What the terminal last said of itself (hikvision-isapi.md §6.6, §7.1, §9); None is "not known".

    `drift_s` is terminal minus this computer, in seconds; `name_bytes` the longest name in UTF-8 bytes; `search_page`
    the most people in one answer; `address_chars` the longest photo address; `face_parts` the names of the two parts
    of an upload that it accepted; `locked_until` the end of a lock-out that it reported; `test_problem` the kind of
    what the last test failed at (its category, or the kind of the error), empty when it went well.
    """

    model: str = ""
    serial: str = ""
    firmware: str = ""
    mac: str = ""
    device_name: str = ""
    people: int | None = None
    faces: int | None = None
    most_people: int | None = None
    most_faces: int | None = None
    name_bytes: int | None = None
    search_page: int | None = None
    address_chars: int | None = None
    face_functions: tuple[str, ...] = ()
    face_parts: tuple[str, str] | None = None
    drift_s: float | None = None
    locked_until: datetime | None = None
    tested_at: datetime | None = None
    test_ok: bool | None = None
    test_message: str = ""
    test_problem: str = ""
    pushed_at: datetime | None = None

    @property
    def free_places(self) -> int | None:
        """How many people can still be added (§6.6)."""
        limits = [limit for limit in (self.most_people, self.most_faces) if limit is not None]
        return max(0, min(limits) - self.people) if limits and self.people is not None else None


@dataclass(frozen=True, slots=True)
class Device:
    """One terminal. Its password is in the vault under its `id`; `has_password` says whether one is set.

    `fingerprint` is the SHA-256 of the certificate that a person trusted; `pinned` names fields where local wins over
    the source; `missing_since` is when its source stopped listing it as active.
    """

    id: str
    name: str
    host: str
    port: int = 80
    https: bool = False
    username: str = ""
    status: DeviceStatus = DeviceStatus.ACTIVE
    source: DeviceSource = DeviceSource.LOCAL
    site: str | None = None
    source_id: str | None = None
    connection: str | None = None
    fingerprint: str = ""
    has_password: bool = False
    pinned: tuple[str, ...] = ()
    facts: DeviceFacts = DeviceFacts()
    missing_since: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def address(self) -> str:
        """Host and port as shown."""
        usual = 443 if self.https else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"

    @property
    def takes_pushes(self) -> bool:
        """Whether a push to all devices includes it."""
        return self.status is DeviceStatus.ACTIVE and self.missing_since is None
