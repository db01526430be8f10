"""What a Supabase project says about employees and terminals, after reading but before comparing (supabase.md §4).

The family name (`nume`) comes first on terminals; `last_name` holds it here, `first_name` the given name (`prenume`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.i18n import N_

ACTIVE = "activ"
"""The only status that is synchronised (§4.1, §4.3)."""
LARGEST_NUMBER = 2_147_483_647
"""The largest terminal number (§4.2)."""


class RecordProblem(StrEnum):
    """Why a record cannot be used."""

    NO_NAME = "no_name"
    BAD_NUMBER = "bad_number"
    NOT_ACTIVE = "not_active"


PROBLEM_TEXTS = {
    RecordProblem.NO_NAME: N_("The record has no name."),
    RecordProblem.BAD_NUMBER: N_("The terminal number is not a whole number from 1 to 2,147,483,647."),
    RecordProblem.NOT_ACTIVE: N_("The employee is not active."),
}


@dataclass(frozen=True, slots=True)
class SupabaseEmployee:
    """An active employee with number and photo; texts are NFC with single blanks.

    `employee_no` None means that there is none, which is no problem; `problem` is why the record cannot be used.
    """

    supabase_id: str
    first_name: str
    last_name: str
    full_name: str
    employee_no: int | None
    photo_reference: str | None
    status: str
    problem: RecordProblem | None = None

    @property
    def name(self) -> str:
        """The name on terminals: family name first, else the full name (§4.1)."""
        return f"{self.last_name} {self.first_name}".strip() or self.full_name

    @property
    def problem_text(self) -> str:
        """The problem as an English sentence to be translated where it is shown; blank without one."""
        return PROBLEM_TEXTS[self.problem] if self.problem is not None else ""


@dataclass(frozen=True, slots=True)
class SupabaseDevice:
    """An active terminal; `password` is plain text at the source (§4.3) and stays out of every representation."""

    source_id: str
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    site: str | None = None


class PhotoPlace(StrEnum):
    """Where a photo lies (§7.1)."""

    PROJECT = "project"
    OTHER_HOST = "other_host"


@dataclass(frozen=True, slots=True)
class PhotoAddress:
    """Where a photo can be fetched without any key.

    A signed address opens the photo for whoever holds it, so it stays out of every representation.
    """

    url: str = field(repr=False)
    place: PhotoPlace
    signed: bool = False
