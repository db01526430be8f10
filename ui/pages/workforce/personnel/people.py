"""People of 1C as the table shows them: what is stored, put together with departments, employees and today's timesheet.

Everything here is read on the store's own thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.connections import Connection
from app.domain.directory import Employee, EmployeeStatus
from app.domain.onec_people import KnownDepartment, KnownPerson
from app.domain.onec_time_types import TimeGroup, TimeType, time_type_of, time_types
from app.i18n import _
from app.operations.onec.asking import today
from app.store import directory, onec, onec_hours

_AWAY = frozenset({TimeGroup.PAID_ABSENCE, TimeGroup.UNPAID_ABSENCE})


class PersonState(StrEnum):
    """How somebody stands with the employer today."""

    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    """By the stored timesheet of the day; `agents` says nothing of absences (§5.1)."""
    TO_COME = "to_come"
    DISMISSED = "dismissed"


class PersonProblem(StrEnum):
    """What somebody should look at."""

    DEPARTMENT_MISSING = "department_missing"
    NUMBER_MISSING = "number_missing"
    NUMBER_TWICE = "number_twice"
    NORM_MISSING = "norm_missing"
    EMPLOYEE_GONE = "employee_gone"
    ACTIVE_ELSEWHERE = "active_elsewhere"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of 1C with what else is known; `departments` are the ids of theirs and of those above it.

    `away` is the code of today's absence with its name; `changed_at` is when what is stored last changed, `synced_at`
    when a sync last compared it.
    """

    known: KnownPerson
    department: str
    departments: frozenset[str]
    employee: Employee | None
    state: PersonState
    away: str = ""
    problems: tuple[PersonProblem, ...] = ()
    changed_at: datetime | None = None
    synced_at: datetime | None = None

    @property
    def missing(self) -> bool:
        """Whether full lists of 1C lack them."""
        return self.known.absent_since is not None


def read_people(connection: Connection) -> list[PersonLine]:
    """Everybody of one connection, by name."""
    known = onec.people(connection.id)
    employees = {e.id: e for e in directory.employees()} if known else {}
    day = today(connection)
    codes = onec_hours.codes_on(connection.id, day)
    table = time_types(connection.setting("time_type_map") or "")
    written = onec.written_at(connection.id)
    tree = Departments(onec.departments(connection.id))
    numbers = Counter(k.person.personnel_number for k in known if k.absent_since is None)
    lines = []
    for one in known:
        person = one.person
        employee = employees.get(one.employee_id or "")
        away = _away(codes.get(person.external_id, ()), table)
        changed = written.get(person.external_id)
        lines.append(
            PersonLine(
                one,
                tree.name(person.department_external_id),
                tree.above(person.department_external_id),
                employee,
                _state(one, day, away=bool(away)),
                away,
                tuple(_problems(one, employee, day, numbers[person.personnel_number])),
                changed,
                changed if one.absent_since else connection.last_sync or changed,
            )
        )
    return lines


class Departments:
    """The tree of departments; a ring in it ends where it closes (§5.1)."""

    def __init__(self, known: Sequence[KnownDepartment]) -> None:
        self._by_id = {k.department.external_id: k.department for k in known}

    def above(self, external_id: str | None) -> frozenset[str]:
        """A department and those it belongs to, by id."""
        return frozenset(self._line(external_id))

    def name(self, external_id: str | None) -> str:
        """Its name; one that is not listed is named by its id."""
        if external_id is None:
            return ""
        found = self._by_id.get(external_id)
        return found.name if found is not None else external_id

    def _line(self, external_id: str | None) -> list[str]:
        line: list[str] = []
        while external_id and external_id not in line:
            line.append(external_id)
            found = self._by_id.get(external_id)
            external_id = found.parent_external_id if found is not None else None
        return line


def _away(codes: Sequence[str], table: Mapping[str, TimeType]) -> str:
    """The first code of an absence, with its name."""
    kinds = (time_type_of(code, table) for code in codes)
    return next((f"{kind.code} {_(kind.title)}" for kind in kinds if kind.group in _AWAY), "")


def _state(known: KnownPerson, day: date, *, away: bool) -> PersonState:
    person = known.person
    if not person.employed_on(day):
        return PersonState.DISMISSED
    if person.hire_date is not None and person.hire_date > day:
        return PersonState.TO_COME
    return PersonState.ON_LEAVE if away else PersonState.ACTIVE


def _problems(known: KnownPerson, employee: Employee | None, day: date, same_number: int) -> list[PersonProblem]:
    person = known.person
    employed = person.employed_on(day)
    active = employee is not None and employee.status is EmployeeStatus.ACTIVE
    found = {
        PersonProblem.DEPARTMENT_MISSING: person.department_missing,
        PersonProblem.NUMBER_MISSING: not person.personnel_number,
        PersonProblem.NUMBER_TWICE: bool(person.personnel_number) and same_number > 1 and known.absent_since is None,
        PersonProblem.NORM_MISSING: employed and person.weekly_norm_hours is None,
        PersonProblem.EMPLOYEE_GONE: known.employee_id is not None and employee is None,
        PersonProblem.ACTIVE_ELSEWHERE: active and not employed,
    }
    return [problem for problem, there in found.items() if there]
