"""Who works in the demo contact centre, as ZUP knows them (onec-zup.md section 5.1).

    staff = build_staff(60, today=date(2026, 3, 10))
    staff.people[0].number          "00-0417", Мария Орлова of the reference's examples

The same seed and day give the same staff. Of each sixty people two left within the last month, one leaves within the
next, three were hired lately; a tenth have a shorter week, another tenth half a rate.
"""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.demo.onec.names_ru import (
    GROUPS,
    MEN,
    MEN_PATRONYMICS,
    SITES,
    SURNAMES,
    UNCHANGED,
    WOMEN,
    WOMEN_PATRONYMICS,
    latin,
)

EMPTY_GUID = "00000000-0000-0000-0000-000000000000"
MAX_PEOPLE = 50_000
FIRST_NUMBER = 417

ROUND = 60
LEFT, LEAVES_SOON, NEW = (7, 23), (40,), (11, 31, 47)
"""Who of each round of sixty left, leaves or came lately."""


@dataclass
class Department:
    """A unit; `parent_id` is the unit's own id or the empty GUID at the top, both mean so (section 5.1)."""

    id: str
    name: str
    parent_id: str


@dataclass(frozen=True)
class Position:
    """A post in the staff list."""

    id: str
    name: str


@dataclass(frozen=True)
class Absence:
    """Days away with the code of the time sheet (section 7), both days included."""

    code: str
    first: date
    last: date


@dataclass
class Person:
    """An employee. `agent_id` is lower case here, whatever is written on the wire."""

    agent_id: str
    number: str
    last_name: str
    first_name: str
    middle_name: str
    hired: date
    left: date | None
    position: Position
    position_since: date | None
    department_id: str
    rate: float
    norm_week: int
    norm_since: date
    login: str
    site: str
    vacation_days: float
    """Vacation accumulated at the start of this month."""
    absences: list[Absence] = field(default_factory=list)

    def employed(self, day: date) -> bool:
        """Whether `day` is between hire and termination; the last day counts."""
        return self.hired <= day and (self.left is None or day <= self.left)

    def away(self, day: date) -> str | None:
        """The code of the absence on `day`; sick leave displaces what else there is (section 5.4)."""
        codes = {absence.code for absence in self.absences if absence.first <= day <= absence.last}
        return "Б" if "Б" in codes else min(codes, default=None)


@dataclass
class Staff:
    """People and the tree they hang in. Everything may be changed in place."""

    departments: list[Department]
    people: list[Person]

    def find(self, agent_id: str) -> Person | None:
        """By GUID in any letter case."""
        key = agent_id.lower()
        return next((person for person in self.people if person.agent_id == key), None)


OPERATOR = Position("c9e1a7b0-1111-4d2e-8c33-7a9b00000001", "Оператор")
SENIOR = Position("c9e1a7b0-1111-4d2e-8c33-7a9b00000002", "Старший оператор")
SUPERVISOR = Position("c9e1a7b0-1111-4d2e-8c33-7a9b00000003", "Супервизор")
PLANNER = Position("c9e1a7b0-1111-4d2e-8c33-7a9b00000004", "Специалист по планированию")

ORLOVA = ("Орлова", "Мария", "Игоревна")


def build_staff(people: int = 60, *, today: date, seed: int = 2026) -> Staff:
    """The staff of this size. Raises ValueError for a negative number of people or more than MAX_PEOPLE."""
    departments = _departments()
    rng = Random(f"{seed} staff")
    logins: Counter[str] = Counter()
    number = FIRST_NUMBER
    found = []
    for place in range(checked_size(people)):
        found.append(_person(rng, place, number, departments, logins, today))
        number += rng.randint(1, 3)
    return Staff(departments, found)


def checked_size(people: int) -> int:
    """`people`. Raises ValueError for a number that a staff cannot have."""
    if not 0 <= people <= MAX_PEOPLE:
        raise ValueError(f"A demo 1C has 0 to {MAX_PEOPLE} people.")
    return people


def _departments() -> list[Department]:
    root = _department_id(1)
    groups = [Department(_department_id(2 + at), name, root) for at, name in enumerate(GROUPS)]
    planning = Department(_department_id(2 + len(GROUPS)), "Отдел планирования", EMPTY_GUID)
    return [Department(root, "Контактный центр", root), *groups, planning]


def _department_id(number: int) -> str:
    return f"a1c0e9d2-{number:04}-4a6b-8f10-5d2f5a{number:06}"


def _person(
    rng: Random, place: int, number: int, departments: list[Department], logins: Counter[str], today: date
) -> Person:
    last, first, middle = ORLOVA if place == 0 else _name(rng)
    at = place % ROUND
    department, position = _post(at, place, departments)
    hired, left = _service(rng, at, today)
    rate = 0.5 if at % 10 == 5 else 0.75 if at == 18 else 1.0
    norm = 20 if rate < 1 else 36 if at % 10 == 9 else 40
    person = Person(
        agent_id="5b7d4a3e-7f10-4b5c-9d21-3c8e1f00a101" if place == 0 else _guid(rng),
        number=f"{number // 10_000:02}-{number % 10_000:04}",
        last_name=last,
        first_name=first,
        middle_name="" if at == 14 else middle,
        hired=hired,
        left=left,
        position=position,
        position_since=hired + timedelta(days=200) if rng.random() < 0.4 and at not in NEW else None,
        department_id=department.id,
        rate=rate,
        norm_week=norm,
        norm_since=max(hired, date(today.year, 1, 1)) if norm == 36 else hired,
        login=_login(first, last, logins),
        site=SITES[place % len(SITES)],
        vacation_days=round(rng.uniform(0, 24), 6),
    )
    person.absences = [] if at in NEW else _absences(rng, today)
    return person


def _guid(rng: Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _name(rng: Random) -> tuple[str, str, str]:
    woman = rng.random() < 0.65
    surname = rng.choice(UNCHANGED) if rng.random() < 0.05 else ""
    if woman:
        return surname or f"{rng.choice(SURNAMES)}а", rng.choice(WOMEN), rng.choice(WOMEN_PATRONYMICS)
    return surname or rng.choice(SURNAMES), rng.choice(MEN), rng.choice(MEN_PATRONYMICS)


def _post(at: int, place: int, departments: list[Department]) -> tuple[Department, Position]:
    """Two of sixty plan, one in each group leads it."""
    if at in (58, 59):
        return departments[-1], PLANNER
    group = departments[1 + place % len(GROUPS)]
    if at // len(GROUPS) == 1:
        return group, SUPERVISOR
    return group, SENIOR if at // len(GROUPS) == 2 else OPERATOR


def _service(rng: Random, at: int, today: date) -> tuple[date, date | None]:
    hired = today - timedelta(days=rng.randint(120, 3000))
    if at in LEFT:
        return hired, today - timedelta(days=rng.randint(2, 20))
    if at in LEAVES_SOON:
        return hired, today + timedelta(days=rng.randint(5, 20))
    if at in NEW:
        return today - timedelta(days=rng.randint(1, 20)), None
    return hired, None


def _login(first: str, last: str, taken: Counter[str]) -> str:
    stem = f"{latin(first)[:1]}.{latin(last)}"
    taken[stem] += 1
    return stem if taken[stem] == 1 else f"{stem}{taken[stem]}"


def _absences(rng: Random, today: date) -> list[Absence]:
    """A vacation of a fortnight within two months around today; some fell ill lately, now and then in the middle."""
    first = today + timedelta(days=rng.randint(-60, 60))
    away = [Absence("ОТ", first, first + timedelta(days=13))]
    if rng.random() < 0.12:
        ill = today - timedelta(days=rng.randint(3, 25))
        away.append(Absence("Б", ill, ill + timedelta(days=rng.randint(2, 9))))
    return away


def months_between(first: date, last: date) -> list[date]:
    """The first day of each month that `first` to `last` touches."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(start, start + count)]


def end_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
