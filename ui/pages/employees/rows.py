"""What one row of the employees table shows, and its columns and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtGui import QPixmap

from app.domain.directory import Employee, EmployeeStatus, Office
from app.i18n import N_, _
from ui.tables import Column, Kind
from ui.theme import Tone
from ui.widgets import FilterChip

ROLE_WORDS = {
    "eiendomsmegler": N_("Licensed estate agent"),
    "daglig_leder": N_("Managing director"),
    "fagansvarlig": N_("Professionally responsible agent"),
    "antihvitvaskingsansvarlig": N_("Anti-money-laundering officer"),
    "medhjelper": N_("Assistant"),
    # Translators: roles at a Norwegian estate agent's, here whoever settles the payments of a sale
    "oppgjor": N_("Settlement"),
    "administrasjon": N_("Administration"),
    "eiendomsmeglerfullmektig": N_("Trainee agent"),
    "salgsleder": N_("Sales manager"),
    "kontorleder": N_("Office manager"),
}


@dataclass(frozen=True, slots=True)
class EmployeeLine:
    """A person with what other tables know of them."""

    employee: Employee
    office: str
    also_at: tuple[str, ...]


def employee_lines(employees: Iterable[Employee], offices: Iterable[Office]) -> list[EmployeeLine]:
    """Rows for the table."""
    names = {o.id: o.name for o in offices}
    return [
        EmployeeLine(e, names.get(e.office_id or "", ""), tuple(names[i] for i in e.also_at if i in names))
        for e in employees
    ]


def role_words(roles: Iterable[str]) -> str:
    """Roles in the person's language."""
    return ", ".join(_(ROLE_WORDS.get(role, role)) for role in roles)


def state_words(line: EmployeeLine) -> str:
    """Active, inactive, or gone from Vitec."""
    if line.employee.missing_since:
        return _("Not in Vitec")
    return _("Active") if _active(line) else _("Inactive")


def state_tone(line: EmployeeLine) -> Tone:
    """The colour that goes with the words."""
    if line.employee.missing_since:
        return Tone.WARNING
    return Tone.SUCCESS if _active(line) else Tone.NEUTRAL


def _active(line: EmployeeLine) -> bool:
    return line.employee.status is EmployeeStatus.ACTIVE


def _has_no_photo(line: EmployeeLine) -> bool:
    """Looked up and not there; a picture that nobody asked for yet does not count."""
    return _active(line) and line.employee.photo is None and line.employee.photo_checked_at is not None


def source_words(line: EmployeeLine) -> str:
    """The systems that know this person."""
    return ", ".join(source.value.capitalize() for source in line.employee.sources)


def photo_words(line: EmployeeLine) -> str:
    """Where the photo comes from that a push sends."""
    if line.employee.photo_digest:
        return _("From a file")
    return _("Supabase") if line.employee.photo_address else _("None")


def columns(picture: Callable[[EmployeeLine], QPixmap | None]) -> tuple[Column[EmployeeLine], ...]:
    """The columns; `picture` gives a person's picture, or None for initials."""
    return (
        Column("name", N_("Name"), lambda r: r.employee.name, kind=Kind.PERSON, picture=picture, width=210),
        Column("office", N_("Office"), lambda r: r.office, width=160),
        Column("title", N_("Title"), lambda r: r.employee.title, width=165),
        Column("roles", N_("Roles"), lambda r: role_words(r.employee.system_roles), width=130, muted=True),
        Column("email", N_("E-mail"), lambda r: r.employee.email, width=205, muted=True),
        Column("phone", N_("Phone"), lambda r: r.employee.phone, width=110, muted=True),
        Column("employee_no", N_("Number"), lambda r: r.employee.employee_no, width=84),
        Column("source", N_("Source"), source_words, width=120, muted=True),
        Column("status", N_("Status"), state_words, kind=Kind.CHIP, tone=state_tone, width=124),
        # Translators: where the face photo for the devices comes from
        Column("photo", N_("Photo for devices"), photo_words, width=120, muted=True, hidden=True),
        Column("vitec_employee_id", N_("Vitec employee id"), lambda r: r.employee.vitec_employee_id, hidden=True),
        Column("also_at", N_("Also works at"), lambda r: ", ".join(r.also_at), width=180, hidden=True),
    )


def filters() -> list[FilterChip]:
    """The filter chips, in the person's language."""
    return [
        FilterChip("active", _("Active"), _active, "state"),
        FilterChip("inactive", _("Inactive"), lambda r: not _active(r), "state"),
        FilterChip("no_photo", _("No photo"), _has_no_photo),
        FilterChip("missing", _("Not in Vitec"), lambda r: r.employee.missing_since is not None),
    ]
