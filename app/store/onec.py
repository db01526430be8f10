"""People and departments of 1C as stored, and the transaction that carries out a plan (onec-zup.md §5.1, §6.1)."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from app.domain.directory import Employee
from app.domain.onec import OneCDepartment, OneCPerson, VacationBalance, WeeklyNorm
from app.domain.onec_people import KnownDepartment, KnownPerson, LinkedBy, derived, new_employee, person_name
from app.domain.onec_plans import Personnel
from app.domain.outcomes import FieldChange
from app.domain.plans import Plan, Step
from app.store import directory
from app.store.database import fetch, insert_rows, put_rows
from app.store.listings import forget_listings
from app.store.models import ConnectionRow
from app.store.onec_rows import ONEC_TABLES, OneCDepartmentRow, OneCPersonRow
from app.store.values import from_time, now, to_json, to_time

_LINKED_BY = {how.value: how for how in LinkedBy}
_balances = msgspec.json.Decoder(tuple[VacationBalance, ...])
_norms = lru_cache(maxsize=4_096)(msgspec.json.Decoder(tuple[WeeklyNorm, ...]).decode)
_SLICE = 500


def people(connection_id: str | None = None) -> list[KnownPerson]:
    """All people of 1C by name, or those of one connection."""
    query = OneCPersonRow.select().order_by(
        OneCPersonRow.last_name, OneCPersonRow.first_name, OneCPersonRow.external_id
    )
    if connection_id is not None:
        query = query.where(OneCPersonRow.connection == connection_id)
    return [_to_person(row) for row in fetch(query)]


def written_at(connection_id: str) -> dict[str, datetime | None]:
    """When what is stored of each person of a connection last changed, by external id."""
    p = OneCPersonRow
    query = p.select(p.external_id, p.updated_at).where(p.connection == connection_id)
    return {external_id: from_time(stamp) for external_id, stamp in fetch(query)}


def who_is_who(connection_id: str) -> dict[str, tuple[str, str]]:
    """Name and id of everybody of a connection by external id: of whoever is no employee here it is 1C's own."""
    p = OneCPersonRow
    columns = p.external_id, p.employee_id, p.personnel_number, p.last_name, p.first_name, p.middle_name
    found = fetch(p.select(*columns).where(p.connection == connection_id))
    return {
        external_id: (person_name(OneCPerson(external_id, *names)), employee_id or external_id)
        for external_id, employee_id, *names in found
    }


def departments(connection_id: str) -> list[KnownDepartment]:
    """The departments of one connection by name."""
    d = OneCDepartmentRow
    return [
        KnownDepartment(connection, OneCDepartment(external_id, name, parent), _day(absent_since))
        for connection, external_id, name, parent, absent_since in fetch(
            d.select().where(d.connection == connection_id).order_by(d.name, d.external_id)
        )
    ]


def department_names() -> dict[str, str]:
    """The names of all departments by external id."""
    return dict(fetch(OneCDepartmentRow.select(OneCDepartmentRow.external_id, OneCDepartmentRow.name)))


def personnel(connection_id: str) -> Personnel:
    """What a plan compares with; a connection without people takes over those of connections that were removed."""
    known = people()
    ours = [k for k in known if k.connection == connection_id]
    if not ours:
        there = {key for (key,) in fetch(ConnectionRow.select(ConnectionRow.id))}
        ours = list({k.person.external_id: k for k in known if k.connection not in there}.values())
    taken_over = {k.connection for k in ours} | {connection_id}
    linked = frozenset(k.employee_id for k in known if k.employee_id and k.connection not in taken_over)
    return Personnel(ours, directory.employees(), linked)


def write_personnel(
    plan: Plan[KnownPerson], connection_id: str, today: date, stop: threading.Event
) -> dict[str, tuple[FieldChange, ...]]:
    """Carry out a plan inside the caller's transaction: departments, people, the employees they are.

    Returns, by external id, what changed here since the plan was made; those people were not written. Raises
    `Cancelled` when `stop` is set.
    """
    _take_over(connection_id, [step.before for step in plan.steps if step.before is not None])
    _write_departments(connection_id, plan, today)
    writing: list[tuple[Step[KnownPerson], KnownPerson]] = [(s, s.record) for s in plan.steps if s.writes and s.record]
    present = {k.person.external_id: k for k in people(connection_id)} if writing else {}
    moved = {s.source_id: _moved(s, present.get(s.source_id)) for s, _record in writing}
    kept = [record for step, record in writing if not moved[step.source_id]]
    stamp = to_time(now())
    put_rows(OneCPersonRow, [_row(k, stamp) for k in kept], stop)
    _write_employees(kept, today, stop)
    if kept or plan.missing:
        forget_listings()
    if not plan.suspicious:
        _mark(connection_id, [k.person.external_id for k in plan.missing], today)
    return {external_id: changes for external_id, changes in moved.items() if changes}


def _take_over(connection_id: str, before: Sequence[KnownPerson]) -> None:
    """Everything that was kept for a removed connection goes on under the new one."""
    for old in {k.connection for k in before} - {connection_id}:
        forget_listings()
        for table in ONEC_TABLES:
            table.update(connection=connection_id).where(table.connection == old).execute()


def _write_departments(connection_id: str, plan: Plan[KnownPerson], today: date) -> None:
    listed: Sequence[OneCDepartment] = plan.details["departments"]
    known = {k.department.external_id: k for k in departments(connection_id)}
    d = OneCDepartmentRow
    for department in listed:
        before = known.get(department.external_id)
        values = {"name": department.name, "parent_external_id": department.parent_external_id, "absent_since": None}
        if before is not None and before != KnownDepartment(connection_id, department):
            mine = (d.connection == connection_id) & (d.external_id == department.external_id)
            d.update(values).where(mine).execute()
    new = [x for x in listed if x.external_id not in known]
    insert_rows(d, [(connection_id, x.external_id, x.name, x.parent_external_id, None) for x in new])
    if plan.details["full"] and not plan.suspicious:
        gone = known.keys() - {x.external_id for x in listed}
        for external_id in gone:
            mine = (d.connection == connection_id) & (d.external_id == external_id) & d.absent_since.is_null()
            d.update(absent_since=today.isoformat()).where(mine).execute()


def _moved(step: Step[KnownPerson], current: KnownPerson | None) -> tuple[FieldChange, ...]:
    """What is not any more as the plan saw it (vitec-hub.md §10: shown again instead of being overwritten)."""
    before = step.before
    if before is None:
        return () if current is None else (FieldChange("external_id", None, step.source_id),)
    if current is None:
        return (FieldChange("external_id", step.source_id, None),)
    if current.person != before.person:
        return (FieldChange("person", before.name, current.name),)
    if current.employee_id != before.employee_id:
        return (FieldChange("employee_id", before.employee_id, current.employee_id),)
    return ()


def _write_employees(written: Sequence[KnownPerson], today: date, stop: threading.Event) -> None:
    present = {e.id: e for e in directory.employees()} if written else {}
    new: list[Employee] = []
    changed: list[Employee] = []
    for known in written:
        person = known.person
        if known.employee_id is None:
            continue
        current = present.get(known.employee_id)
        if current is None:
            new.append(new_employee(known.employee_id, person, today))
        elif (after := derived(current, person, today)) is not current:
            changed.append(after)
    if new:
        directory.add_employees(new, stop)
    if changed:
        directory.change_employees(changed, stop)


def _mark(connection_id: str, external_ids: Sequence[str], day: date) -> None:
    p = OneCPersonRow
    for start in range(0, len(external_ids), _SLICE):
        chunk = list(external_ids[start : start + _SLICE])
        mine = (p.connection == connection_id) & p.external_id.in_(chunk) & p.absent_since.is_null()
        p.update(absent_since=day.isoformat()).where(mine).execute()


def link_person(known: KnownPerson, employee_id: str | None) -> None:
    """Say which employee somebody of 1C is, or that they are none; a person decided."""
    stamp = to_time(now())
    put_rows(OneCPersonRow, [_row(replace(known, employee_id=employee_id, linked_by=LinkedBy.HAND), stamp)])
    forget_listings()


def by_employee() -> Mapping[str, KnownPerson]:
    """People of 1C by the employee they are; of several the last."""
    return {k.employee_id: k for k in people() if k.employee_id}


def _row(known: KnownPerson, stamp: str | None) -> tuple[Any, ...]:
    p = known.person
    return (
        known.connection,
        p.external_id,
        known.employee_id,
        known.linked_by.value,
        p.personnel_number,
        p.last_name,
        p.first_name,
        p.middle_name,
        _iso(p.hire_date),
        _iso(p.termination_date),
        p.position_external_id,
        p.position,
        _iso(p.position_change_date),
        p.department_external_id,
        p.department_missing,
        decimal_text(p.employment_rate),
        p.login,
        decimal_text(p.weekly_norm_hours),
        _iso(p.norm_change_date),
        p.extra_1,
        p.other_system_id,
        p.site,
        to_json(p.vacation) if p.vacation else "[]",
        _iso(known.absent_since),
        to_json(known.norms) if known.norms else "[]",
        stamp,
    )


def _to_person(row: tuple[Any, ...]) -> KnownPerson:
    (
        connection, external_id, employee_id, linked_by, number, last, first, middle, hired, left, position_id,
        position, position_changed, department, missing, rate, login, norm, norm_changed, extra, other, site, vacation,
        absent_since, norms, _updated,
    ) = row  # fmt: skip
    person = OneCPerson(
        external_id,
        number,
        last,
        first,
        middle,
        _day(hired),
        _day(left),
        position_id,
        position,
        _day(position_changed),
        department,
        bool(missing),
        to_decimal(rate),
        login,
        to_decimal(norm),
        _day(norm_changed),
        extra,
        other,
        site,
        () if vacation == "[]" else _balances.decode(vacation),
    )
    history = () if norms == "[]" else _norms(norms)
    return KnownPerson(connection, person, employee_id, _LINKED_BY[linked_by], _day(absent_since), history)


def decimal_text(value: Decimal | None) -> str | None:
    """A decimal number as a column holds it."""
    return str(value) if value is not None else None


@lru_cache(maxsize=4_096)  # few numbers and days are many people's
def to_decimal(text: str | None) -> Decimal | None:
    """The decimal number that a column holds."""
    return Decimal(text) if text is not None else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


@lru_cache(maxsize=4_096)
def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
