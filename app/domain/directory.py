"""Offices and employees as Muster keeps them (vitec-hub.md §7.2 and §8.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EmployeeStatus(StrEnum):
    """Whether a person works here now."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class Source(StrEnum):
    """A system that a record came from."""

    VITEC = "vitec"
    SUPABASE = "supabase"


@dataclass(frozen=True, slots=True)
class Office:
    """One office. `missing_since` is when its source stopped listing it; `pinned` names fields where local wins."""

    id: str
    name: str
    vitec_department_id: int | None = None
    legal_name: str | None = None
    organization_number: str | None = None
    short_code: str | None = None
    email: str | None = None
    phone: str | None = None
    street_address: str | None = None
    postal_code: str | None = None
    city: str | None = None
    is_active: bool = True
    description: str | None = None
    department_number: str | None = None
    connection: str | None = None
    pinned: tuple[str, ...] = ()
    missing_since: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Employee:
    """One person. `photo` is a file name in the home's picture folder; `also_at` lists further office ids.

    `employee_no` is the number on the terminals. `photo_address` is where the source keeps the face photo, as the
    source writes it; `photo_digest` names the bytes of a local photo, which wins over that address.
    `supabase_missing_since` is when Supabase stopped listing the person as active; `number_shared_with` names who else
    carries the number there, which keeps both from the terminals (supabase.md §4.2).
    """

    id: str
    first_name: str
    last_name: str = ""
    vitec_employee_id: str | None = None
    office_id: str | None = None
    also_at: tuple[str, ...] = ()
    email: str | None = None
    title: str | None = None
    phone: str | None = None
    system_roles: tuple[str, ...] = ()
    status: EmployeeStatus = EmployeeStatus.ACTIVE
    description: str | None = None
    employee_no: str | None = None
    photo: str | None = None
    photo_checked_at: datetime | None = None
    connection: str | None = None
    pinned: tuple[str, ...] = ()
    missing_since: datetime | None = None
    supabase_id: str | None = None
    supabase_connection: str | None = None
    supabase_missing_since: datetime | None = None
    photo_address: str | None = None
    photo_digest: str | None = None
    number_shared_with: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def name(self) -> str:
        """Full name as shown."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def terminal_name(self) -> str:
        """The name on a terminal: family name first (supabase.md §4.1)."""
        return " ".join(f"{self.last_name} {self.first_name}".split())

    @property
    def has_photo(self) -> bool:
        """Whether there is a photo that a terminal could get."""
        return bool(self.photo_digest or self.photo_address)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The systems that know this person."""
        known = ((Source.VITEC, self.vitec_employee_id), (Source.SUPABASE, self.supabase_id))
        return tuple(source for source, key in known if key)
