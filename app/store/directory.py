"""Offices and employees as stored."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from peewee import fn

from app.domain.directory import Employee, EmployeeStatus, Office
from app.store.database import fetch, insert_rows, update_rows
from app.store.listings import forget_listings
from app.store.models import EmployeeRow, OfficeRow
from app.store.values import from_strings, from_time, now, to_strings, to_time


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


def change_office(office: Office) -> None:
    """Store an office that a person edited."""
    update_rows(OfficeRow, [office_row(replace(office, updated_at=now()))])
    forget_listings()


def change_employee(employee: Employee) -> None:
    """Store a person that a person edited."""
    update_rows(EmployeeRow, [employee_row(replace(employee, updated_at=now()))])
    forget_listings()


def add_employees(people: Iterable[Employee], stop: threading.Event | None = None) -> None:
    """Store new people."""
    stamp = to_time(now())
    insert_rows(EmployeeRow, [(*employee_row(person)[:-2], stamp, stamp) for person in people], stop)
    forget_listings()


def change_employees(people: Iterable[Employee], stop: threading.Event | None = None) -> None:
    """Store people that a source changed."""
    stamp = to_time(now())
    update_rows(EmployeeRow, [(*employee_row(person)[:-1], stamp) for person in people], stop)
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


def office_row(office: Office) -> tuple[Any, ...]:
    """An office in the order of the columns."""
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


def employee_row(employee: Employee) -> tuple[Any, ...]:
    """An employee in the order of the columns."""
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
