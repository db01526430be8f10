"""Our own ids by those that other systems gave, for the transformation `lookup` of mappings (connections.md §9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.mappings.registers import Registers
from app.domain.mappings.rules import IdRegister
from app.store.database import fetch
from app.store.models import EmployeeRow, OfficeRow

_COLUMNS: Mapping[str, tuple[Any, Any]] = {
    IdRegister.EMPLOYEE_BY_VITEC_ID: (EmployeeRow, EmployeeRow.vitec_employee_id),
    IdRegister.EMPLOYEE_BY_SUPABASE_ID: (EmployeeRow, EmployeeRow.supabase_id),
    IdRegister.EMPLOYEE_BY_NUMBER: (EmployeeRow, EmployeeRow.employee_no),
    IdRegister.OFFICE_BY_DEPARTMENT: (OfficeRow, OfficeRow.vitec_department_id),
}


def id_registers(wanted: Iterable[str]) -> Registers:
    """These registers; an id that two records bear names neither, as nobody knows which is meant."""
    return {name: _register(*_COLUMNS[name]) for name in wanted if name in _COLUMNS}


def _register(table: Any, column: Any) -> dict[str, str]:
    ours: dict[str, str] = {}
    twice: set[str] = set()
    for theirs, own in fetch(table.select(column, table.id).where(column.is_null(False))):
        key = str(theirs).strip()
        twice |= {key} & ours.keys()
        ours[key] = own
    return {key: own for key, own in ours.items() if key and key not in twice}
