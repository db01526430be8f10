"""Makes records for tests: as the Hub sends them, as the connector reads them, as Muster keeps them."""

from __future__ import annotations

from typing import Any

import msgspec

from app.connectors.vitec_answers import read_departments, read_employees
from app.domain.connections import Connection, ConnectionStatus
from app.domain.directory import Employee, Office
from app.domain.kinds import ConnectionKind
from app.domain.snapshots import Snapshot
from app.domain.vitec import VitecEmployee, VitecOffice

CONNECTION = "conn"


def department(number: int = 4711, **fields: Any) -> dict[str, Any]:
    """A department in JSON (vitec-hub.md §7.1)."""
    return {
        "departmentId": number,
        "departmentNumber": number - 4700,
        "marketName": f"Fjordheim {number}",
        "name": f"Intern {number}",
        "legalName": "Fjordheim AS",
        "organisationNumber": f"99988{number}",
        "email": f"kontor{number}@example.no",
        "phone": "22 00 00 00",
        "streetAddress": "Eksempelgata 1",
        "postalCode": "0150",
        "city": "Oslo",
        "webPublish": True,
        "aboutDepartment": "Vi hjelper deg",
    } | fields


def person(employee_id: Any = "KARNOR01", **fields: Any) -> dict[str, Any]:
    """An employee in JSON (vitec-hub.md §8.1)."""
    return {
        "employeeId": employee_id,
        "departmentId": [4711],
        "name": f"Kari {employee_id}",
        "email": f"{employee_id}@example.no",
        "title": "Eiendomsmegler MNEF",
        "mobilePhone": "900 00 001",
        "workPhone": None,
        "employeePositions": [{"type": 1}],
        "employeeActive": True,
        "aboutMe": "Har meglet siden 2011.",
    } | fields


def offices_read(*records: Any) -> Snapshot[VitecOffice]:
    """Departments as the connector reads them."""
    return read_departments(msgspec.json.encode(records))


def people_read(*records: Any) -> Snapshot[VitecEmployee]:
    """Employees as the connector reads them."""
    return read_employees(msgspec.json.encode(records))


def one_office(**fields: Any) -> VitecOffice:
    """One department, read."""
    return offices_read(department(**fields)).records[0]


def one_person(**fields: Any) -> VitecEmployee:
    """One employee, read."""
    return people_read(person(**fields)).records[0]


def office(**fields: Any) -> Office:
    """An office as kept, of the connection under test."""
    values: dict[str, Any] = {"id": "office-1", "name": "Fjordheim 4711", "connection": CONNECTION, **fields}
    return Office(**values)


def employee(**fields: Any) -> Employee:
    """A person as kept, of the connection under test."""
    values: dict[str, Any] = {"id": "person-1", "first_name": "Kari", "connection": CONNECTION, **fields}
    return Employee(**values)


def connection(**fields: Any) -> Connection:
    """A configured Vitec connection."""
    values: dict[str, Any] = {
        "id": CONNECTION,
        "name": "vitec",
        "kind": ConnectionKind.VITEC,
        "status": ConnectionStatus.ACTIVE,
        "settings": {"installation_id": "MSXYTEST", "product_login": "muster"},
        "secrets": ("access_key",),
        **fields,
    }
    return Connection(**values)
