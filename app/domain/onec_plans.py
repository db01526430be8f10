"""What 1C's people would change here (onec-zup.md §5.1, §6.1). Pure functions.

People match by 1C's own id, then by personnel number where nothing has to be guessed, else they are new. Whoever 1C
alone knows is kept as 1C says; people that Vitec or Supabase know too keep what those say. Nobody is removed: who left
a full list is marked, unless so many left it that the list itself is suspicious.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from operator import attrgetter

from app.domain.causes import CAUSES, record_code
from app.domain.directory import Employee, EmployeeStatus
from app.domain.ids import new_id
from app.domain.kinds import ConnectionKind
from app.domain.mappings.refusals import refused_step
from app.domain.onec import OneCPeople, OneCPerson
from app.domain.onec_people import KnownPerson, LinkedBy, derived, person_name, with_norm
from app.domain.outcomes import Action, FieldChange
from app.domain.plans import Plan, Step
from app.i18n import N_, _, ngettext

PERSONNEL = "personnel"
NO_CHANGES = N_("No changes")
MOST_LOST_TO_AN_EMPTY_ANSWER = 10  # §6.1
_NAMED = 5
_FIELDS = tuple(f.name for f in fields(OneCPerson) if f.name not in {"external_id", "unreadable"})
_values = attrgetter(*_FIELDS)
_OURS: Mapping[str, str] = {
    "startwork": "hire_date",
    "finishwork": "termination_date",
    "positionChangeDate": "position_change_date",
    "rate": "employment_rate",
    "normWeek": "weekly_norm_hours",
    "normWeekChangeDate": "norm_change_date",
    "AR_vacation": "vacation",
}
"""Our names of the fields that may be unreadable."""


@dataclass(frozen=True)
class Personnel:
    """What is stored: people of this connection, employees, and which of those 1C people of any connection are."""

    people: Sequence[KnownPerson]
    employees: Sequence[Employee]
    linked: Collection[str] = ()


@dataclass(frozen=True)
class PersonnelSettings:
    """What the plan needs beside the data; `departments` are the ids of those that are meant, none for all."""

    connection: str
    today: date
    full: bool = False
    departments: Collection[str] = ()
    missing_limit_percent: int = 10


def plan_personnel(found: OneCPeople, stored: Personnel, settings: PersonnelSettings) -> Plan[KnownPerson]:
    """What the people of `found` would change in what is `stored`."""
    matcher = _Matcher(found, stored, settings)
    listed = [p for p in found.people if not settings.departments or p.department_external_id in settings.departments]
    steps = [matcher.step(person) for person in listed]
    steps += [matcher.doubled(external_id) for external_id in found.doubled]
    steps += [_left_out("unreadable", "?", "")] * found.unreadable
    steps += [refused_step(ConnectionKind.ONEC, problem) for problem in (*found.refused, *found.refused_parts)]
    missing = _missing(found, stored, settings)
    left = [k for k in missing if not k.person.employed_on(settings.today)]  # 1C lists them for a month and no longer
    gone = [k for k in missing if k.absent_since is None and k.person.employed_on(settings.today)]
    ours = sum(k.absent_since is None for k in stored.people)
    suspicious = bool(missing) and (
        not found.complete or len(gone) * 100 > max(ours, 1) * settings.missing_limit_percent
    )
    if not suspicious:
        steps += [step for k in left if (step := matcher.leaving(k)) is not None]
    handled = {step.source_id for step in steps}
    marked = tuple(k for k in missing if k.absent_since is None and k.person.external_id not in handled)
    warnings = (*found.warnings, *matcher.warnings(), *_missing_warnings(len(gone), suspicious=suspicious))
    details = {"departments": found.departments, "full": settings.full and not settings.departments and found.complete}
    return Plan(PERSONNEL, "store", tuple(steps), warnings, marked, (), suspicious, details)


def lost_everybody(found: OneCPeople, stored: Personnel, *, full: bool) -> bool:
    """Whether an answer without people is an error: nothing may come of it (§6.1)."""
    known = sum(k.absent_since is None for k in stored.people)
    return not found.people and not found.refused and known > (0 if full else MOST_LOST_TO_AN_EMPTY_ANSWER)


def _missing(found: OneCPeople, stored: Personnel, settings: PersonnelSettings) -> list[KnownPerson]:
    if not settings.full:
        return []
    listed = {person.external_id for person in found.people}
    return [
        k
        for k in stored.people
        if k.person.external_id not in listed
        and (not settings.departments or k.person.department_external_id in settings.departments)
    ]


class _Matcher:
    """Finds who is who, and makes the steps."""

    def __init__(self, found: OneCPeople, stored: Personnel, settings: PersonnelSettings) -> None:
        self._settings = settings
        self._known = {k.person.external_id: k for k in stored.people}
        self._employees = {e.id: e for e in stored.employees}
        self._numbers = Counter(p.personnel_number for p in found.people)
        self._holders: dict[str, list[Employee]] = defaultdict(list)
        linked = {*stored.linked, *(k.employee_id for k in stored.people)}
        for employee in stored.employees:
            if employee.employee_no and employee.id not in linked:
                self._holders[employee.employee_no].append(employee)
        self._no_changes = _(NO_CHANGES)
        self._doubtful: list[str] = []
        self._shared: list[str] = []
        self._active_elsewhere: list[str] = []

    def step(self, source: OneCPerson) -> Step[KnownPerson]:
        """What one person of the answer changes."""
        known = self._known.get(source.external_id)
        person = _readable(source, known)
        name = person_name(person)
        if not (person.last_name or person.first_name):
            return Step(
                Action.SKIP, name, person.external_id, before=known, reason="missing_name", message=_("No name in 1C."),
                remedy=_("Give the person a name in 1C, then sync again."),
            )  # fmt: skip
        if lacking := _lacking(person):
            message = _("Required, and missing or unreadable in 1C: {fields}.").format(fields=", ".join(lacking))
            return _left_out("missing_required", name, person.external_id, message, known)
        employee_id, linked_by = self._link(person, known)
        self._note_elsewhere(person, employee_id)
        connection = self._settings.connection
        if known is None:
            new = KnownPerson(connection, person, employee_id, linked_by, norms=with_norm((), person))
            changes = self._linked_changes(new) if linked_by is not LinkedBy.NEW else ()
            return Step(Action.CREATE, name, person.external_id, new, None, changes, match_method=linked_by.value)
        like = (known.connection, known.employee_id, known.linked_by, known.absent_since)
        same = person == known.person and like == (connection, employee_id, linked_by, None)
        if same and not self._changes_employee(known):
            return Step(Action.UNCHANGED, name, person.external_id, known, known, message=self._no_changes)
        record = KnownPerson(connection, person, employee_id, linked_by, None, with_norm(known.norms, person))
        return self._changed(record, known)

    def doubled(self, external_id: str) -> Step[KnownPerson]:
        """Somebody whose id came once more; the first row counts."""
        known = self._known.get(external_id)
        return _left_out("duplicate_id", known.name if known else external_id, external_id, before=known)

    def leaving(self, known: KnownPerson) -> Step[KnownPerson] | None:
        """Somebody who is not listed because they left; None when that is known already."""
        record = replace(known, absent_since=known.absent_since or self._settings.today)
        return self._changed(record, known) if self._changes_employee(record) else None

    def _link(self, person: OneCPerson, known: KnownPerson | None) -> tuple[str | None, LinkedBy]:
        """The employee of a person, the same as before where that still holds; a new id for a new employee."""
        if known is not None:
            if known.linked_by is LinkedBy.HAND and known.employee_id is None:
                return None, LinkedBy.HAND
            employee = self._employees.get(known.employee_id or "")
            if employee is not None and not _another_number(known, person, employee):
                return employee.id, known.linked_by
        found = self._holder(person)
        return (found.id, LinkedBy.NUMBER) if found is not None else (new_id(), LinkedBy.NEW)

    def _holder(self, person: OneCPerson) -> Employee | None:
        number = person.personnel_number
        holders = self._holders.get(number, []) if number else []
        if not holders:
            if number and self._numbers[number] > 1:
                self._shared.append(person_name(person))
            return None
        if len(holders) == 1 and self._numbers[number] == 1 and not self._has_rival(number, person.external_id):
            return holders[0]
        self._doubtful.append(person_name(person))
        return None

    def _has_rival(self, number: str, external_id: str) -> bool:
        """Whether another person of 1C has that number."""
        return any(i != external_id and k.person.personnel_number == number for i, k in self._known.items())

    def _changed(self, record: KnownPerson, known: KnownPerson) -> Step[KnownPerson]:
        changes = {c.field: c for c in self._linked_changes(record)}
        before, after = _values(known.person), _values(record.person)
        changes |= {n: FieldChange(n, a, b) for n, a, b in zip(_FIELDS, before, after, strict=True) if a != b}
        for name in ("employee_id", "absent_since"):
            a, b = getattr(known, name), getattr(record, name)
            if a != b:
                changes[name] = FieldChange(name, a, b)
        leaves = "status" in changes and changes["status"].after is EmployeeStatus.INACTIVE
        action = Action.DEACTIVATE if leaves else Action.UPDATE
        return Step(action, record.name, record.person.external_id, record, known, tuple(changes.values()))

    def _changes_employee(self, record: KnownPerson) -> bool:
        current = self._employees.get(record.employee_id or "")
        if current is None:
            return record.employee_id is not None
        return derived(current, record.person, self._settings.today) is not current

    def _note_elsewhere(self, person: OneCPerson, employee_id: str | None) -> None:
        employee = self._employees.get(employee_id or "")
        if employee is None or person.employed_on(self._settings.today):
            return
        if employee.status is EmployeeStatus.ACTIVE and derived(employee, person, self._settings.today) is employee:
            self._active_elsewhere.append(person_name(person))

    def _linked_changes(self, record: KnownPerson) -> tuple[FieldChange, ...]:
        """What changes at the employee that is there already."""
        current = self._employees.get(record.employee_id or "")
        if current is None:
            return ()
        after = derived(current, record.person, self._settings.today)
        names = ("first_name", "last_name", "title", "status")
        return tuple(
            FieldChange(n, getattr(current, n), getattr(after, n))
            for n in names
            if getattr(current, n) != getattr(after, n)
        )

    def warnings(self) -> tuple[str, ...]:
        """What the matching leaves to a person."""
        said = []
        if self._doubtful:
            names = ", ".join(self._doubtful[:_NAMED])
            said.append(
                _("Several people have this personnel number, so nobody was linked: {names}.").format(names=names)
            )
        if self._shared:
            names = ", ".join(self._shared[:_NAMED])
            said.append(
                _("People with the same personnel number, each an employee of their own: {names}.").format(names=names)
            )
        if self._active_elsewhere:
            names = ", ".join(self._active_elsewhere[:_NAMED])
            said.append(_("Left according to 1C, and active in another system: {names}.").format(names=names))
        return tuple(said)


def _lacking(person: OneCPerson) -> list[str]:
    """Required keys of the wire that a person could not be kept without (§5.1)."""
    if person.personnel_number and person.last_name and person.first_name and person.hire_date:
        return []  # nearly everybody
    required = {
        "tabN": person.personnel_number,
        "lastname": person.last_name,
        "firstname": person.first_name,
        "startwork": person.hire_date,
    }
    return [name for name, value in required.items() if not value]


def _left_out(
    reason: str, name: str, external_id: str, message: str = "", before: KnownPerson | None = None
) -> Step[KnownPerson]:
    """A row that is not kept; its words are those of the cause."""
    cause = CAUSES[record_code(reason)]
    return Step(
        Action.SKIP, name, external_id, before=before, reason=reason, message=message or _(cause.title),
        remedy=_(cause.remedy),
    )  # fmt: skip


def _another_number(known: KnownPerson, person: OneCPerson, employee: Employee) -> bool:
    """Whether a link by number does not hold any more: it may then be somebody else (§6.1)."""
    if known.linked_by is not LinkedBy.NUMBER or not employee.employee_no:
        return False
    return person.personnel_number != employee.employee_no


def _readable(source: OneCPerson, known: KnownPerson | None) -> OneCPerson:
    """A value that could not be read takes the place of none that could."""
    if not source.unreadable:
        return source
    kept = {n: getattr(known.person, n) for w in source.unreadable if (n := _OURS.get(w))} if known else {}
    return replace(source, unreadable=(), **kept)


def _missing_warnings(gone: int, *, suspicious: bool) -> tuple[str, ...]:
    if not gone:
        return ()
    text = ngettext("{count} person is no longer listed by 1C.", "{count} people are no longer listed by 1C.", gone)
    said = (text.format(count=gone),)
    if suspicious:
        return (*said, _("That is more than usual, so they stay as they are until the list is complete again."))
    return said
