"""`muster list`: reads the local store as JSON, CSV, XLSX or a table; keys are the field names of the domain."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import msgspec

from app.cli.files import write_files, writes_files
from app.cli.output import print_json, print_table, read_pairs
from app.cli.session import with_workspace
from app.domain.directory import Employee, Office
from app.domain.outcomes import Run
from app.errors import UsageError
from app.i18n import _
from app.operations.connections import connection_rows
from app.operations.customer_rows import CUSTOMER_KEYS, customer_rows
from app.operations.devices import DEVICE_KEYS, device_rows
from app.operations.onec.rows import KNOWN_KEYS, known_row
from app.store import connections, customers, devices, directory, onec, runs
from app.workspace import Workspace

Row = dict[str, Any]
_FIELDS = {
    "offices": [f.name for f in fields(Office)],
    "employees": list(dict.fromkeys([*(f.name for f in fields(Employee)), *KNOWN_KEYS])),
    "devices": list(DEVICE_KEYS),
    "customers": list(CUSTOMER_KEYS),
    "connections": ["id", "name", "kind", "status", "settings", "secrets", "last_sync", "last_error"],
    "runs": ["id", "run_id", "operation", "connection", "state", "started_at", "duration_ms"],
}
_SHOWN = {
    "offices": ["name", "short_code", "city", "phone", "email", "is_active"],
    "employees": ["first_name", "last_name", "title", "email", "phone", "status"],
    "devices": ["name", "site", "host", "port", "status", "source", "model", "people", "free_places", "test_message"],
    "customers": ["id", "name", "domain", "database_exists", "database_detail", "priority_support", "lastPulled"],
    "connections": ["name", "kind", "status", "last_sync", "last_error"],
    "runs": ["run_id", "operation", "connection", "state", "started_at", "duration_ms"],
}


def run_row(run: Run) -> Row:
    """A run as `list runs` and `runs list` name it."""
    return {
        "id": run.run_id,
        "run_id": run.run_id,
        "operation": run.operation,
        "connection": run.connection or None,
        "state": run.state.value,
        "started_at": msgspec.to_builtins(run.started_at),
        "duration_ms": run.duration_ms,
    }


def list_table(args: argparse.Namespace) -> int:
    """Print or export one table."""

    async def work(workspace: Workspace) -> tuple[list[Row], str]:
        return await _rows(workspace, args.table), workspace.organization.owner

    conditions = _conditions(args.table, args.where)
    found, owner = with_workspace(args.home, work)
    rows = [row for row in found if all(_equal(row[k], v) for k, v in conditions.items())]
    columns = _FIELDS[args.table]
    write_files(args, columns, [[_flat(row[c]) for c in columns] for row in rows], owner)
    if args.json:
        print_json(rows)
    elif not writes_files(args):
        columns = _SHOWN[args.table]
        print_table(args.table.capitalize(), columns, [[_flat(row[c]) for c in columns] for row in rows])
    return 0


async def _rows(workspace: Workspace, table: str) -> list[Row]:
    match table:
        case "connections":
            return connection_rows(workspace, await workspace.store.read(connections.connections))
        case "runs":
            await workspace.store.write(workspace.event_log.mark_interrupted)
            return [run_row(run) for run in await workspace.store.read(runs.runs)]
        case "devices":
            return device_rows(await workspace.store.read(devices.devices))
        case "customers":
            return customer_rows(await workspace.store.read(customers.customers))
        case "offices":
            return [msgspec.to_builtins(office) for office in await workspace.store.read(directory.offices)]
        case _:
            return await workspace.store.read(_employee_rows)


def _employee_rows() -> list[Row]:
    known, departments = onec.by_employee(), onec.department_names()
    return [known_row(known.get(e.id), departments) | _employee_row(e) for e in directory.employees()]


def _employee_row(person: Employee) -> Row:
    """A person as fields; `photo` is our copy of it, else where it lies, without the signature of an address."""
    row: Row = msgspec.to_builtins(person)
    address = (person.photo_address or "").partition("?")[0] or None
    return row | {"photo": person.photo or address, "photo_address": address}


def _conditions(table: str, given: Sequence[str]) -> dict[str, str]:
    conditions = read_pairs(given)
    if unknown := sorted(set(conditions) - set(_FIELDS[table])):
        raise UsageError(
            _("There is no field {name}.").format(name=unknown[0]),
            _("The fields are: {names}.").format(names=", ".join(_FIELDS[table])),
        )
    return conditions


def _equal(cell: Any, wanted: str) -> bool:
    if isinstance(cell, list | tuple):
        return wanted in map(str, cell)
    if isinstance(cell, bool):
        return wanted.lower() == str(cell).lower()
    return str("" if cell is None else cell) == wanted


def _flat(cell: Any) -> Any:
    if isinstance(cell, list | tuple):
        return ", ".join(map(str, cell))
    return msgspec.json.encode(cell).decode() if isinstance(cell, dict) else cell
