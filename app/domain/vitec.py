"""What Vitec Hub says about offices and employees, after reading but before comparing (vitec-hub.md §7, §8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.directory import EmployeeStatus

# Known position types; the vendor publishes no list, so unknown ones are counted and shown (§8.4).
ROLES: Mapping[int, str] = {
    1: "eiendomsmegler",
    2: "daglig_leder",
    3: "fagansvarlig",
    4: "antihvitvaskingsansvarlig",
    5: "medhjelper",
    6: "oppgjor",
    7: "administrasjon",
    8: "eiendomsmeglerfullmektig",
    9: "salgsleder",
    10: "kontorleder",
}


@dataclass(frozen=True, slots=True)
class VitecOffice:
    """A department, mapped and trimmed; blank became None."""

    vitec_department_id: int | None
    name: str
    legal_name: str | None
    organization_number: str | None
    email: str | None
    phone: str | None
    street_address: str | None
    postal_code: str | None
    city: str | None
    is_active: bool | None
    description: str | None
    department_number: str | None


@dataclass(frozen=True, slots=True)
class VitecEmployee:
    """An employee, mapped and trimmed; `departments` are the department ids in order of appearance."""

    vitec_employee_id: str | None
    departments: tuple[int, ...]
    first_name: str
    last_name: str
    email: str | None
    title: str | None
    phone: str | None
    system_roles: tuple[str, ...]
    status: EmployeeStatus
    description: str | None

    @property
    def name(self) -> str:
        """Full name as shown."""
        return f"{self.first_name} {self.last_name}".strip()
