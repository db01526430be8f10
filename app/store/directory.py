"""Offices and employees as stored, and the transaction that carries out a plan."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from peewee import fn

from app.domain.devices import Device
from app.domain.directory import Employee, EmployeeStatus, Office
from app.domain.outcomes import Action, FieldChange
from app.domain.plans import Plan, Step
from app.store.base import BaseModel
from app.store.database import fetch, insert_rows, update_rows
from app.store.devices import device_row, devices
from app.store.listings import forget_listings
from app.store.models import DeviceRow, EmployeeRow, OfficeRow
from app.store.values import from_strings, from_time, now, to_strings, to_time

R = TypeVar("R", Office, Employee, Device)


@dataclass(frozen=True)
class _Table(Generic[R]):
    """A kind of record and the fields that tie it to one source; a person may have several sources."""

    model: type[BaseModel]
    to_row: Callable[[R], tuple[Any, ...]]
    read: Callable[[], list[R]]
    source_field: str
    connection_field: str = "connection"
    missing_field: str = "missing_since"

    def source_key(self, record: R) -> tuple[Any, Any]:
        """What no two records may share: the connection and the source's id."""
        return getattr(record, self.connection_field), getattr(record, self.source_field)


def offices() -> list[Office]:
    """All offices by name."""
    return [_to_office(row) for row in fetch(OfficeRow.select().order_by(OfficeRow.name))]


def employees() -> list[Employee]:
    """All employees by name."""
    query = EmployeeRow.select().order_by(EmployeeRow.first_name, EmployeeRow.last_name)
    return [_to_employee(row) for row in fetch(query)]


def heads() -> dict[str, int]:
    """How many active people each office has, by office id."""
    e = EmployeeRow
    active = e.select(e.office_id, fn.COUNT(e.id)).where(e.status == EmployeeStatus.ACTIVE.value)
    return {office_id: count for office_id, count in fetch(active.group_by(e.office_id)) if office_id}


def write_plan(plan: Plan[Any], stop: threading.Event) -> dict[str, tuple[FieldChange, ...]]:
    """Carry out the writing steps of a plan inside the caller's transaction.

    Returns, by record id, the fields that changed here since the plan was made; those records were not written
    (vitec-hub.md §10: shown again instead of being overwritten). Raises `Cancelled` when `stop` is set.
    """
    table = _TABLES[plan.phase]
    moment = now()
    stamp = to_time(moment)
    writing: list[Step[Any]] = [s for s in plan.steps if (s.writes or s.marks) and s.record is not None]
    present = {record.id: record for record in table.read()} if writing else {}
    moved = _moved_since(writing, present, table)
    pairs = [(s, s.record) for s in writing if s.record is not None and s.record.id not in moved]
    # Created and updated are the last two columns; `dataclasses.replace` would cost more than everything else here.
    created = [(*table.to_row(r)[:-2], stamp, stamp) for s, r in pairs if s.action is Action.CREATE]
    insert_rows(table.model, created, stop)
    updated = [_changed(present[r.id], s, table) for s, r in pairs if s.action is not Action.CREATE]
    update_rows(table.model, [(*table.to_row(r)[:-1], stamp) for r in updated], stop)
    if not plan.suspicious:  # a list that lacks too much proves nothing about single records (§9.5)
        gone = [r.id for r in plan.missing if getattr(r, table.missing_field) is None]
        _mark_missing(table, gone, moment)
    _mark_missing(table, [r.id for r in plan.returned], None)
    if pairs or plan.missing or plan.returned:
        forget_listings()
    return moved


def _changed(current: Any, step: Step[Any], table: _Table[Any]) -> Any:
    """The record as it is now with the step's changes: what else changed since the plan was made stays."""
    assert step.record is not None
    owner = {table.connection_field: getattr(step.record, table.connection_field)}
    return replace(current, **owner, **{c.field: c.after for c in step.changes})


def _moved_since(
    steps: Sequence[Step[Any]], present: Mapping[str, Any], table: _Table[Any]
) -> dict[str, tuple[FieldChange, ...]]:
    """Fields whose stored value is no longer the one the plan saw, per record id."""
    known = {table.source_key(record) for record in present.values()}
    moved: dict[str, tuple[FieldChange, ...]] = {}
    for step in steps:
        assert step.record is not None
        if step.before is None:
            if (key := table.source_key(step.record)) in known:  # an older preview: somebody synced since
                moved[step.record.id] = (FieldChange(table.source_field, None, key[1]),)
        elif differing := _differing(step, step.before, present.get(step.before.id)):
            moved[step.before.id] = differing
    return moved


def _differing(step: Step[Any], before: Any, current: Any) -> tuple[FieldChange, ...]:
    if current is None:
        return (FieldChange("id", before.id, None),)
    return tuple(
        FieldChange(c.field, c.before, getattr(current, c.field))
        for c in step.changes
        if getattr(current, c.field) != c.before
    )


def _mark_missing(table: _Table[Any], ids: Sequence[str], moment: datetime | None) -> None:
    model: Any = table.model
    for start in range(0, len(ids), 500):
        chunk = list(ids[start : start + 500])
        model.update({table.missing_field: to_time(moment)}).where(model.id.in_(chunk)).execute()


def change_office(office: Office) -> None:
    """Store an office that a person edited."""
    update_rows(OfficeRow, [_office_row(replace(office, updated_at=now()))])
    forget_listings()


def change_employee(employee: Employee) -> None:
    """Store a person that a person edited."""
    update_rows(EmployeeRow, [_employee_row(replace(employee, updated_at=now()))])
    forget_listings()


def add_employees(people: Iterable[Employee], stop: threading.Event | None = None) -> None:
    """Store new people."""
    stamp = to_time(now())
    insert_rows(EmployeeRow, [(*_employee_row(person)[:-2], stamp, stamp) for person in people], stop)
    forget_listings()


def change_employees(people: Iterable[Employee], stop: threading.Event | None = None) -> None:
    """Store people that a source changed."""
    stamp = to_time(now())
    update_rows(EmployeeRow, [(*_employee_row(person)[:-1], stamp) for person in people], stop)
    forget_listings()


def note_photos(results: Iterable[tuple[str, str | None]]) -> None:
    """Remember, per employee id, the picture's file name, or None where there is none, and when it was looked up."""
    moment = to_time(now())
    for employee_id, name in results:
        EmployeeRow.update(photo=name, photo_checked_at=moment).where(EmployeeRow.id == employee_id).execute()


def note_local_photo(employee_id: str, digest: str | None) -> None:
    """Remember that a person's photo was set from a file, or that the source's counts again."""
    values: dict[str, Any] = {"photo_digest": digest}
    if digest is None:
        values |= {"photo": None, "photo_checked_at": None}
    EmployeeRow.update(values).where(EmployeeRow.id == employee_id).execute()


def forget_photos(employee_ids: Sequence[str]) -> None:
    """The thumbnails of these people are gone and may be fetched again."""
    for start in range(0, len(employee_ids), 500):
        chunk = list(employee_ids[start : start + 500])
        EmployeeRow.update(photo=None, photo_checked_at=None).where(EmployeeRow.id.in_(chunk)).execute()


_office_plain = attrgetter(
    "id",
    "name",
    "vitec_department_id",
    "legal_name",
    "organization_number",
    "short_code",
    "email",
    "phone",
    "street_address",
    "postal_code",
    "city",
    "is_active",
    "description",
    "department_number",
    "connection",
)


def _office_row(office: Office) -> tuple[Any, ...]:
    return (
        *_office_plain(office),
        to_strings(office.pinned),
        to_time(office.missing_since),
        to_time(office.created_at),
        to_time(office.updated_at),
    )


def _to_office(row: tuple[Any, ...]) -> Office:
    times = map(from_time, row[16:19])
    return Office(*row[:11], bool(row[11]), *row[12:15], from_strings(row[15]), *times)  # type: ignore[call-arg]  # mypy cannot count slices


def _employee_row(employee: Employee) -> tuple[Any, ...]:
    e = employee
    return (
        e.id,
        e.first_name,
        e.last_name,
        e.vitec_employee_id,
        e.office_id,
        to_strings(e.also_at),
        e.email,
        e.title,
        e.phone,
        to_strings(e.system_roles),
        e.status.value,
        e.description,
        e.employee_no,
        e.photo,
        to_time(e.photo_checked_at),
        e.connection,
        to_strings(e.pinned),
        to_time(e.missing_since),
        e.supabase_id,
        e.supabase_connection,
        to_time(e.supabase_missing_since),
        e.photo_address,
        e.photo_digest,
        e.number_shared_with,
        to_time(e.created_at),
        to_time(e.updated_at),
    )


_STATUS = {status.value: status for status in EmployeeStatus}


def _to_employee(row: tuple[Any, ...]) -> Employee:
    return Employee(  # type: ignore[call-arg]  # mypy cannot count slices
        *row[:5],
        from_strings(row[5]),
        *row[6:9],
        from_strings(row[9]),
        _STATUS[row[10]],
        *row[11:14],
        from_time(row[14]),
        row[15],
        from_strings(row[16]),
        from_time(row[17]),
        *row[18:20],
        from_time(row[20]),
        *row[21:24],
        *map(from_time, row[24:26]),
    )


_OFFICES: _Table[Office] = _Table(OfficeRow, _office_row, offices, "vitec_department_id")
_EMPLOYEES: _Table[Employee] = _Table(EmployeeRow, _employee_row, employees, "vitec_employee_id")
_PEOPLE: _Table[Employee] = replace(
    _EMPLOYEES,
    source_field="supabase_id",
    connection_field="supabase_connection",
    missing_field="supabase_missing_since",
)
_DEVICES: _Table[Device] = _Table(DeviceRow, device_row, devices, "source_id")
_TABLES: dict[str, _Table[Any]] = {
    "offices": _OFFICES,
    "employees": _EMPLOYEES,
    "people": _PEOPLE,
    "devices": _DEVICES,
}
