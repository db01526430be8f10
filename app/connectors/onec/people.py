"""Reads the answer of `agents`: people, departments, vacation balances (onec-zup.md §5.1).

Forgiving field by field, strict about the whole: without a list of people it is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo

from app.connectors.onec.bodies import read_answer
from app.connectors.tolerant_json import Names, Row, rows_of
from app.domain.mappings import AS_SENT, Mapper, Problem
from app.domain.onec import OneCDepartment, OneCPeople, OneCPerson, VacationBalance
from app.domain.onec_values import day, is_blank, number, reference, text
from app.errors import BadData
from app.i18n import _, ngettext

_PEOPLE, _DEPARTMENTS = "AR_agents", "AR_departments"
_NAMED = 5


_FIELDS = Names(
    ("agentId", "id"),
    ("tabN",),
    ("lastname",),
    ("firstname",),
    ("secondname",),
    ("startwork",),
    ("finishwork",),
    ("positionId",),
    ("position",),
    ("positionChangeDate",),
    ("departmentId",),
    ("rate",),
    ("Login", "loginSSO"),
    ("normWeek",),
    ("normWeekChangeDate",),
    ("SN",),
    ("Db_ID",),
    ("area",),
    ("AR_vacation",),
)
_BALANCE = Names(("date",), ("vacation",))


def read_people(body: bytes, zone: tzinfo, mapper: Mapper = AS_SENT) -> OneCPeople:
    """The answer of `agents`, days in `zone`.

    Raises `BadData` when it is none, `OneCBusinessError` when 1C refuses.
    """
    loose = read_answer(body)
    objects = rows_of(loose.value)
    if loose.value not in ([], None) and not any(one.has(_PEOPLE) for one in objects):
        raise BadData(_("The answer of 1C holds no list of people (AR_agents)."))
    departments: dict[str, OneCDepartment] = {}
    found: dict[str, OneCPerson] = {}
    doubled: dict[str, None] = {}
    unreadable = objects.others
    refused: list[Problem] = []
    parts: list[Problem] = []
    for one in objects:
        structure = rows_of(mapper.take("department", one.get(_DEPARTMENTS)))
        staff = rows_of(mapper.take("agent", one.get(_PEOPLE)))
        refused += (*structure.refused, *staff.refused)
        listed, others = structure.read(_department)
        departments |= {d.external_id: d for d in listed if d.external_id not in departments}
        people, left_out = staff.read(lambda row: _person(row, zone, mapper, parts))
        unreadable += others + left_out
        for person in people:
            if found.setdefault(person.external_id, person) is not person:
                doubled[person.external_id] = None
    tree, broken = _tree(departments)
    members = tuple(_in_department(person, departments) for person in found.values())
    return OneCPeople(
        members,
        tuple(tree.values()),
        unreadable,
        tuple(doubled),
        loose.repaired,
        _warnings(members, unreadable, list(doubled), broken, repaired=loose.repaired, empty=not (members or refused)),
        tuple(refused),
        tuple(parts),
    )


def _department(row: Row) -> OneCDepartment | None:
    found = reference(row.get("departmentId"))
    if found is None:
        return None
    parent = reference(row.get("parentDepartmentId"))
    return OneCDepartment(found, text(row.get("department", "name")), None if parent == found else parent)


def _person(row: Row, zone: tzinfo, mapper: Mapper, refused: list[Problem]) -> OneCPerson | None:
    """One person; what the mapping could not take of them is added to `refused`."""
    (
        agent, tab, last, first, second, started, finished, position_id, position, position_changed, department, rate,
        login, norm, norm_changed, extra, other, area, balances,
    ) = row.values(_FIELDS)  # fmt: skip
    found = reference(agent)
    if found is None:
        return None
    # One by one, a call each, these would take as long as everything else here.
    tab, last, first, second, position, login, extra, other, area = [
        value.strip() if type(value) is str and "\0" not in value else text(value)
        for value in (tab, last, first, second, position, login, extra, other, area)
    ]
    hired, left = day(started, zone), day(finished, zone)
    moved, since = day(position_changed, zone), day(norm_changed, zone)
    part, week = number(rate), number(norm)
    told = (
        ("startwork", started, hired), ("finishwork", finished, left), ("positionChangeDate", position_changed, moved),
        ("rate", rate, part), ("normWeek", norm, week), ("normWeekChangeDate", norm_changed, since),
    )  # fmt: skip
    unreadable = [name for name, value, read in told if read is None and value is not None and not is_blank(value)]
    accruals = rows_of(mapper.take("vacation", balances))
    vacation, left_out = accruals.read(lambda one: _balance(one, zone))
    refused += accruals.refused
    if left_out or accruals.refused:
        unreadable.append("AR_vacation")
    return OneCPerson(
        found,
        tab,
        last,
        first,
        second,
        hired,
        left,
        reference(position_id),
        position,
        moved,
        reference(department),
        False,
        part,
        login,
        week,
        since,
        extra,
        other,
        area,
        tuple(vacation),
        tuple(unreadable),
    )


def _balance(row: Row, zone: tzinfo) -> VacationBalance | None:
    accrued, saved = row.values(_BALANCE)
    on, days = day(accrued, zone), number(saved)
    return VacationBalance(on, days) if on is not None and days is not None else None


def _in_department(person: OneCPerson, departments: Mapping[str, OneCDepartment]) -> OneCPerson:
    known = person.department_external_id is None or person.department_external_id in departments
    return person if known else replace(person, department_missing=True)


def _tree(departments: Mapping[str, OneCDepartment]) -> tuple[dict[str, OneCDepartment], int]:
    """The departments with parents that exist and lead to a root, and how many links were cut for that."""
    tree = dict(departments)
    rooted: set[str] = set()
    broken = 0
    for start in departments:
        path: dict[str, None] = {}
        at = start
        while at not in rooted:
            path[at] = None
            parent = tree[at].parent_external_id
            if parent is None:
                break
            if parent not in tree or parent in path:
                tree[at] = replace(tree[at], parent_external_id=None)
                broken += 1
                break
            at = parent
        rooted |= path.keys()
    return tree, broken


def _warnings(
    people: Iterable[OneCPerson], unreadable: int, doubled: list[str], broken: int, *, repaired: bool, empty: bool
) -> tuple[str, ...]:
    warnings = []
    if empty:
        warnings.append(_("1C returned nobody."))
    if repaired:
        warnings.append(_("The answer of 1C was broken JSON and had to be repaired."))
    if unreadable:
        text = ngettext("{count} row cannot be read.", "{count} rows cannot be read.", unreadable)
        warnings.append(text.format(count=unreadable))
    if doubled:
        ids = ", ".join(doubled[:_NAMED])
        warnings.append(_("Listed more than once, so only the first counts: {ids}.").format(ids=ids))
    if broken:
        text = ngettext(
            "{count} department has a parent that is missing or leads back to itself, so it stands at the top.",
            "{count} departments have parents that are missing or lead back to themselves, so they stand at the top.",
            broken,
        )
        warnings.append(text.format(count=broken))
    if blank := sum(bool(person.unreadable) for person in people):
        text = ngettext(
            "{count} person has values that cannot be read.", "{count} people have values that cannot be read.", blank
        )
        warnings.append(text.format(count=blank))
    return tuple(warnings)
