"""People, devices and placements for tests of the window, put straight into the store; no terminal is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device, DeviceFacts
from app.domain.directory import Employee
from app.store import devices as stored
from app.store import directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from app.workspace import Workspace


def a_person(key: str, last_name: str = "Popescu", **fields: Any) -> Employee:
    """Somebody active with a terminal number, as Supabase brings them; the key is also the first name."""
    values: dict[str, Any] = {"employee_no": str(1000 + len(key)), "supabase_id": f"s-{key}", **fields}
    return Employee(key, key.capitalize(), last_name, **values)


def a_device(name: str, **fields: Any) -> Device:
    """A device with a password; its id is its name in lower case."""
    values: dict[str, Any] = {"host": "10.0.0.31", "username": "admin", "has_password": True, **fields}
    return Device(name.lower(), name, **values)


def a_placement(device: Device, person: str, state: CoverageState, **fields: Any) -> Placement:
    """What is known of a person (an id, or `#` and a number) at a device."""
    known = "" if person.startswith("#") else person
    return Placement(device.id, known, fields.pop("number", person.removeprefix("#")), state, **fields)


async def fill(
    workspace: Workspace, people: Iterable[Employee], devices: Iterable[Device], placements: Iterable[Placement] = ()
) -> None:
    """Store all of this."""

    def write() -> None:
        rows = [(*directory.employee_row(p)[:-2], "2026-01-01", "2026-01-01") for p in people]
        insert_rows(EmployeeRow, rows)
        for device in devices:
            stored.add_device(device)
            if device.facts != DeviceFacts():
                stored.note_facts(device.id, device.facts)
        stored.note_placements(list(placements))

    await workspace.store.write(write)


async def place(workspace: Workspace, states: Mapping[tuple[Device, str], CoverageState]) -> None:
    """Store what became known of some pairs since."""
    found = [a_placement(device, person, state) for (device, person), state in states.items()]
    await workspace.store.write(stored.note_placements, found)
