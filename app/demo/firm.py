"""The demo firm: an invented Norwegian estate agent, as the Hub sends it (vitec-hub.md sections 7.1, 8.1).

The same seed gives the same firm. Everyone can be stored: each employee has a name and a known department,
and no two share an e-mail address. Some records are awkward on purpose, within the reference: ids as text and
as numbers, `departmentId` as list, number or text, a name of one word, doubled blanks, no e-mail, two people
of one name.

Organisation numbers have a wrong check digit, so that none belongs to a real company.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from random import Random

from app.demo.jobs import ABOUT, ABOUT_OFFICE, JOBS, LEADERS, STYLIST, Job
from app.demo.listing import Record
from app.demo.names import DOUBLE_MEN, DOUBLE_WOMEN, MEN, SURNAMES, WOMEN
from app.demo.towns import DISTRICTS, TOWNS

MAIL_DOMAIN = "fjordheim.example"
MAX_OFFICES = len(TOWNS) * len(DISTRICTS)
INACTIVE_SHARE = 22 / 340
PICTURELESS_SHARE = 0.05
BANNERLESS = slice(6, None, 7)

NAMESAKE, ONE_WORD, TWO_BLANKS, MANY_BLANKS, NULL_MAIL, BLANK_MAIL = 40, 21, 33, 58, 47, 74
"""Where in the list the awkward people stand; a firm too small for one goes without."""
STYLISTS = (26, 88, 131)

AWKWARD_OFFICES: dict[int, Record] = {
    4: {"marketName": None, "name": "Fjordheim Sandvika", "departmentNumber": "14"},
    5: {"webPublish": None, "aboutDepartment": None},
    8: {"departmentNumber": None, "email": ""},
    11: {"webPublish": False},
}
"""What the Hub may leave out or send as text, by the place of the office in the list; 11 is not published."""


@dataclass(frozen=True)
class Firm:
    """What the Hub knows: departments, employees, and the ids (as text) of those without a picture."""

    departments: list[Record]
    employees: list[Record]
    without_banner: set[str]
    without_picture: set[str]


def build_firm(*, people: int = 340, offices: int = 14, seed: int = 2026) -> Firm:
    """The firm of this size and seed.

    Raises ValueError when there are no offices, too many (over MAX_OFFICES), or fewer than no people.
    """
    if not 1 <= offices <= MAX_OFFICES or people < 0:
        raise ValueError(f"A demo firm has 1 to {MAX_OFFICES} offices and no negative number of people.")
    departments = [_department(number, Random(f"{seed} office {number}")) for number in range(offices)]
    rng = Random(f"{seed} people")
    employees = _employees(rng, people, departments)
    pictureless = rng.sample(employees, round(people * PICTURELESS_SHARE))
    return Firm(
        departments,
        employees,
        without_banner={str(department["departmentId"]) for department in departments[BANNERLESS]},
        without_picture={str(person["employeeId"]) for person in pictureless},
    )


def plain(text: str) -> str:
    """`text` in the letters a to z, as Norwegians write names in addresses: ø to o, å to a, æ to ae."""
    for letter, written in {"ø": "o", "æ": "ae", "ł": "l"}.items():
        text = text.lower().replace(letter, written)
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if sign.isascii() and sign.isalpha())


def _department(number: int, rng: Random) -> Record:
    town = TOWNS[number % len(TOWNS)]
    label = f"{town.label} {DISTRICTS[number // len(TOWNS)]}".strip()
    record: Record = {
        "departmentId": 4701 + 3 * number,
        "departmentNumber": 10 + number,
        "marketName": f"Fjordheim {label}",
        "name": f"{label} avd.",
        "legalName": town.legal or f"{label} Eiendomsmegling AS",
        "organisationNumber": _organisation_number(town.legal or label),
        "email": f"{plain(label)}@{MAIL_DOMAIN}",
        "phone": f"{town.phone} 00 {number // 100:02} {number % 100:02}",
        "streetAddress": town.street,
        "postalCode": town.postal_code,
        "city": town.city,
        "webPublish": True,
        "aboutDepartment": rng.choice(ABOUT_OFFICE).format(city=town.city, street=town.street),
    }
    return record | AWKWARD_OFFICES.get(number, {})


def _organisation_number(entity: str) -> str:
    """Nine digits for a legal entity, always the same; the check digit (modulo 11) is one too high."""
    digits = f"9{Random(entity).randrange(10**7):07}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    return f"{digits}{(-total % 11 + 1) % 10}"


def _employees(rng: Random, people: int, departments: list[Record]) -> list[Record]:
    homes = _homes(rng, people, len(departments))
    names = _names(rng, people, homes)
    seen: Counter[int] = Counter()
    mails: Counter[str] = Counter()
    ids: Counter[str] = Counter()
    records = []
    for number, (name, home) in enumerate(zip(names, homes, strict=True)):
        job = _job(rng, number, seen[home])
        seen[home] += 1
        records.append(
            {
                "employeeId": _employee_id(rng, number, name, ids),
                "departmentId": _department_id(rng, departments, home),
                "name": name,
                "email": _email(number, name, mails),
                "title": rng.choice(("", None)) if rng.random() < 0.01 else job.title,
                **_phones(rng, number),
                "employeePositions": _positions(rng, job),
                "employeeActive": True,
                "aboutMe": _about(rng, str(departments[home]["city"])),
            }
        )
    _mark_inactive(rng, records)
    return records


def _homes(rng: Random, people: int, offices: int) -> list[int]:
    """The main office of each person: one each, then by the size of the offices."""
    sizes = [rng.uniform(0.6, 1.8) for _ in range(offices)]
    return [*range(offices), *rng.choices(range(offices), sizes, k=people)][:people]


def _names(rng: Random, people: int, homes: list[int]) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < people:
        names[_name(rng, crowded=len(names) > 5000)] = None
    listed = list(names)
    for position, name in {
        ONE_WORD: "Sverre",
        TWO_BLANKS: "Kari  Anne Nordmann",
        MANY_BLANKS: "Ole   Moe  Bjørnstad",
    }.items():
        listed[position : position + 1] = [name] if position < people else []
    # Equal names in one office would be a conflict by section 8.5, and everyone here can be stored.
    elsewhere = [at for at in range(NAMESAKE + 60, people) if homes[at] != homes[NAMESAKE]]
    if elsewhere:
        listed[elsewhere[0]] = listed[NAMESAKE]
    return listed


def _name(rng: Random, *, crowded: bool) -> str:
    firsts, doubles = rng.choice(((WOMEN, DOUBLE_WOMEN), (MEN, DOUBLE_MEN)))
    first, last = rng.choice(firsts), rng.choice(SURNAMES)
    draw = rng.random()
    if draw < 0.09:
        return f"{rng.choice(doubles[0])}{rng.choice('- ')}{rng.choice(doubles[1])} {last}"
    if draw < 0.19 or crowded:
        return f"{first} {rng.choice(SURNAMES)}{rng.choice('- ')}{last}"
    return f"{first} {last}"


def _job(rng: Random, number: int, place_in_office: int) -> Job:
    if number in STYLISTS:
        return STYLIST
    if place_in_office < len(LEADERS):
        return LEADERS[place_in_office]
    return rng.choices(JOBS, [job.weight for job in JOBS])[0]


def _employee_id(rng: Random, number: int, name: str, taken: Counter[str]) -> str | int:
    """Mostly text such as KARNOR01, else a number (section 8.1)."""
    if rng.random() < 0.3:
        return 3000 + number
    words = name.split()
    stem = (plain(words[0])[:3] + plain(words[-1])[:3]).upper()
    taken[stem] += 1
    return f"{stem}{taken[stem]:02}"


def _department_id(rng: Random, departments: list[Record], home: int) -> object:
    """Mostly a list of one, some of two, sometimes a number or text (8.1); the first is the main one."""
    main = departments[home]["departmentId"]
    draw = rng.random()
    if draw < 0.04 and len(departments) > 1:
        return [main, departments[home - 1]["departmentId"]]
    if draw < 0.10:
        return main
    return str(main) if draw < 0.14 else [main]


def _email(number: int, name: str, taken: Counter[str]) -> str | None:
    if number == NULL_MAIL:
        return None
    if number == BLANK_MAIL:
        return ""
    words = name.split()
    local = ".".join(dict.fromkeys((plain(words[0]), plain(words[-1]))))
    taken[local] += 1
    return f"{local}{taken[local] if taken[local] > 1 else ''}@{MAIL_DOMAIN}"


def _phones(rng: Random, number: int) -> Record:
    mobile = f"900{number % 100_000:05}"
    spaced = f"{mobile[:3]} {mobile[3:5]} {mobile[5:]}"
    return {
        "mobilePhone": rng.choices((spaced, f"+47 {spaced}", mobile, "", None), (70, 12, 10, 4, 4))[0],
        "workPhone": rng.choices((f"22 10 {number // 100 % 100:02} {number % 100:02}", "", None), (30, 20, 50))[0],
    }


def _positions(rng: Random, job: Job) -> list[Record] | None:
    """The types as numbers or nested in `value` or `id`; now and then none, so that the title tells."""
    if rng.random() < 0.06 and job is not STYLIST:
        return rng.choice(([], None))
    return [{"type": rng.choices((kind, {"value": kind}, {"id": kind}), (80, 12, 8))[0]} for kind in job.types]


def _about(rng: Random, city: str) -> str | None:
    if rng.random() < 0.6:
        return rng.choice(("", None))
    return rng.choice(ABOUT).format(city=city, year=rng.randint(1994, 2024))


def _mark_inactive(rng: Random, records: list[Record]) -> None:
    """22 of 340 have left; a few of the others say nothing about it, which means active (section 8.2)."""
    left = round(len(records) * INACTIVE_SHARE)
    chosen = rng.sample(records, min(len(records), left + left // 2))
    for record in chosen[:left]:
        record["employeeActive"] = False
    for at, record in enumerate(chosen[left:]):
        if at % 2:
            record["employeeActive"] = None
        else:
            del record["employeeActive"]
