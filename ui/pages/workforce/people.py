"""People of 1C as the tables of schedules and hours name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.onec_people import KnownPerson
from app.store import onec


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of 1C; who is known by an id alone is named by it."""

    external_id: str
    name: str
    number: str = ""
    department: str = ""
    employee_id: str = ""
    hired: date | None = None
    left: date | None = None
    absent: bool = False

    def works_in(self, first: date, last: date) -> bool:
        """Whether they are employed on any of these days, and 1C still lists them."""
        begun = self.hired is None or self.hired <= last
        return begun and not self.absent and (self.left is None or self.left >= first)


class Workers(dict[str, Worker]):
    """Workers by external id; whom nobody knows any more is named by the id."""

    def __missing__(self, external_id: str) -> Worker:
        return Worker(external_id, external_id, absent=True)


def workers(connection_id: str) -> Workers:
    """Everybody of a connection, by name; read on the store's thread."""
    departments = {d.department.external_id: d.department.name for d in onec.departments(connection_id)}
    return Workers({k.person.external_id: _worker(k, departments) for k in onec.people(connection_id)})


def _worker(known: KnownPerson, departments: dict[str, str]) -> Worker:
    person = known.person
    return Worker(
        person.external_id,
        known.name,
        person.personnel_number,
        departments.get(person.department_external_id or "", ""),
        known.employee_id or "",
        person.hire_date,
        person.termination_date,
        known.absent_since is not None,
    )
