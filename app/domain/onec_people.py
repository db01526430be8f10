"""People of 1C as they are kept: what 1C said of them, which employee they are, the history of their weekly norm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from app.domain.directory import Employee, EmployeeStatus
from app.domain.onec import OneCDepartment, OneCPerson, WeeklyNorm


class LinkedBy(StrEnum):
    """How somebody of 1C and an employee here were found to be the same."""

    NEW = "new"
    """The employee was made for them."""
    NUMBER = "number"
    HAND = "hand"
    """A person decided, also that there is no such employee."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody of 1C as stored; `norms` is the history of weekly norms that syncs saw (§5.2)."""

    connection: str
    person: OneCPerson
    employee_id: str | None = None
    linked_by: LinkedBy = LinkedBy.NEW
    absent_since: date | None = None
    norms: tuple[WeeklyNorm, ...] = ()

    @property
    def name(self) -> str:
        """Family name first, as 1C writes people."""
        return person_name(self.person)


@dataclass(frozen=True, slots=True)
class KnownDepartment:
    """A department as stored."""

    connection: str
    department: OneCDepartment
    absent_since: date | None = None


def person_name(person: OneCPerson) -> str:
    """Family, first and middle name, else what else tells who it is."""
    name = " ".join(filter(None, (person.last_name, person.first_name, person.middle_name)))
    return name or person.personnel_number or person.external_id


def derived(current: Employee, person: OneCPerson, today: date) -> Employee:
    """The employee as 1C wants it; pinned fields, and people that another system knows too, stay as they are."""
    if current.vitec_employee_id or current.supabase_id:
        return current
    first, last = person.first_name or current.first_name, person.last_name or current.last_name
    title, status = person.position or current.title, _status(person, today)
    if (current.first_name, current.last_name, current.title, current.status) == (first, last, title, status):
        return current
    wanted: dict[str, Any] = {"first_name": first, "last_name": last, "title": title, "status": status}
    changed = {k: v for k, v in wanted.items() if k not in current.pinned and getattr(current, k) != v}
    return replace(current, **changed) if changed else current


def new_employee(employee_id: str, person: OneCPerson, today: date) -> Employee:
    """Somebody of 1C who is nobody here yet."""
    return Employee(
        employee_id, person.first_name, person.last_name, title=person.position or None, status=_status(person, today)
    )


def _status(person: OneCPerson, today: date) -> EmployeeStatus:
    return EmployeeStatus.ACTIVE if person.employed_on(today) else EmployeeStatus.INACTIVE


def with_norm(norms: tuple[WeeklyNorm, ...], person: OneCPerson) -> tuple[WeeklyNorm, ...]:
    """The history with the norm of now."""
    if person.weekly_norm_hours is None:
        return norms
    now = WeeklyNorm(person.weekly_norm_hours, person.norm_change_date or person.hire_date)
    if not norms or now in norms:
        return norms or (now,)
    kept = [norm for norm in norms if norm.change_date != now.change_date]
    return tuple(sorted((*kept, now), key=lambda norm: norm.change_date or date.min))
