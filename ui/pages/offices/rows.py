"""What one row of the offices table shows, and its columns and filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.connections import Connection
from app.domain.directory import Office
from app.i18n import N_, _
from ui.tables import Column, Kind
from ui.theme import Tone
from ui.widgets import FilterChip


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """An office with what other tables know of it."""

    office: Office
    employees: int
    last_synced: datetime | None


def office_lines(
    offices: Iterable[Office], heads: Mapping[str, int], connections: Iterable[Connection]
) -> list[OfficeLine]:
    """Rows for the table; `heads` are active people per office id.

    An office that vanished from its source was last synced when that was noticed.
    """
    synced = {c.id: c.last_sync for c in connections}
    return [OfficeLine(o, heads.get(o.id, 0), o.missing_since or synced.get(o.connection or "")) for o in offices]


def state_words(line: OfficeLine) -> str:
    """Active, inactive, or gone from Vitec."""
    if line.office.missing_since:
        return _("Not in Vitec")
    return _("Active") if line.office.is_active else _("Inactive")


def state_tone(line: OfficeLine) -> Tone:
    """The colour that goes with the words."""
    if line.office.missing_since:
        return Tone.WARNING
    return Tone.SUCCESS if line.office.is_active else Tone.NEUTRAL


COLUMNS: tuple[Column[OfficeLine], ...] = (
    Column("name", N_("Name"), lambda r: r.office.name, width=220),
    Column("short_code", N_("Short code"), lambda r: r.office.short_code, width=96, muted=True),
    Column("city", N_("City"), lambda r: r.office.city, width=120),
    Column("phone", N_("Phone"), lambda r: r.office.phone, width=110, muted=True),
    Column("email", N_("E-mail"), lambda r: r.office.email, width=210, muted=True),
    Column("employees", N_("Employees"), lambda r: r.employees, width=96, kind=Kind.NUMBER),
    Column("status", N_("Status"), lambda r: r.office.is_active, text=state_words, kind=Kind.CHIP, tone=state_tone),
    Column("last_synced", N_("Last synced"), lambda r: r.last_synced, kind=Kind.MOMENT, width=130, muted=True),
    Column("legal_name", N_("Legal name"), lambda r: r.office.legal_name, width=200, hidden=True),
    Column("organization_number", N_("Organisation number"), lambda r: r.office.organization_number, hidden=True),
    Column("street_address", N_("Street address"), lambda r: r.office.street_address, width=180, hidden=True),
    Column("postal_code", N_("Postal code"), lambda r: r.office.postal_code, width=90, hidden=True),
    Column(
        "vitec_department_id", N_("Vitec department id"), lambda r: str(r.office.vitec_department_id or ""), hidden=True
    ),
)


def filters() -> list[FilterChip]:
    """The filter chips, in the person's language."""
    return [
        FilterChip("active", _("Active"), lambda r: r.office.is_active, "state"),
        FilterChip("inactive", _("Inactive"), lambda r: not r.office.is_active, "state"),
        FilterChip("missing", _("Not in Vitec"), lambda r: r.office.missing_since is not None),
    ]
