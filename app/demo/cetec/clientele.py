"""Who the demo CETEC bills, and which of them have a backup database (cetec-mysql.md sections 2.3, 4 and 5).

    clientele = build_clientele(344)      298 with a backup, 23 that host themselves, 12 under ITAR, 11 without
    clientele.customers[0]                as it is sent; flags and numbers in all the spellings of section 2.3
    clientele.databases["acme"]           the tables of a database

The same seed gives the same customers. No two share a database name, not even in another letter case. About 20 more are
not billed; only among those is a domain missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from app.demo.cetec.company_names import AEROSPACE, FAMILIES, FIRST, FORMS, PLACES, SECOND, TRADES
from app.demo.listing import Record

MARKER = "usage_stats"
"""The table that makes a database a backup (section 4.3)."""
BACKUP_TABLES = (MARKER, "cust", "ordhead", "partrec")

RESIDENT, ITAR, WITHOUT, NOT_BILLED = 23, 12, 11, 20
OF = 344
"""So many of `OF` billed customers; other numbers in proportion."""

KNOWN = {0: ("Acme Corp", "acme"), 1: ("Example Circuits Inc", "examplecircuits")}
"""Names that the reference uses in its examples; both have a backup where there are that many."""

STEMS = len(FIRST) * len(SECOND) * len(TRADES)
MAX_CUSTOMERS = 100_000

YES: tuple[object, ...] = (1, 1, "1", True)
NO: tuple[object, ...] = (0, 0, "0", False, "", None)
ITAR_YES: tuple[object, ...] = (
    "ITAR - GovCloud (US-West), US persons only",
    1,
    True,
    "ITAR hosting BC #2",
    "1",
    "true",
)
NOT_BILLED_FLAGS: tuple[object, ...] = (0, "0", "", False, "false", None)
NO_DOMAINS: tuple[object, ...] = ("undefined", None, "", "  ")
SUPPORT: tuple[object, ...] = (
    "Enterprise", "Standard", "Lite", "enterprise", "Ent", "E", "STANDARD", "std", "s", "lite ", "L", "", None, "trial",
)  # fmt: skip
SUPPORT_WEIGHTS = (60, 80, 60, 10, 8, 5, 8, 8, 5, 6, 6, 12, 10, 4)
TEST_ENVIRONMENTS = ("Update Nightly", "Update Weekly", "Pause Updates", "0", "")


class _Part(Enum):
    """What makes a customer answer the question for its backup in its own way."""

    BACKUP = auto()
    RESIDENT = auto()
    ITAR = auto()
    NO_DATABASE = auto()
    NO_TABLE = auto()
    NOT_BILLED = auto()


@dataclass(frozen=True)
class Clientele:
    """The customers as CETEC sends them, and the tables of each database that the MySQL server holds."""

    customers: list[Record]
    databases: dict[str, set[str]]


def build_clientele(billed: int = OF, *, seed: int = 2026) -> Clientele:
    """Customers of whom `billed` are billed. Raises ValueError for a negative number or more than MAX_CUSTOMERS."""
    if not 0 <= billed <= MAX_CUSTOMERS:
        raise ValueError(f"A demo CETEC has 0 to {MAX_CUSTOMERS} billed customers.")
    rng = Random(f"{seed} customers")
    parts = _parts(rng, billed)
    stems = list(range(STEMS))
    rng.shuffle(stems)
    customers: list[Record] = []
    databases: dict[str, set[str]] = {}
    number_in_cetec = 100
    for place, part in enumerate(parts):
        number_in_cetec += rng.randint(1, 4)
        name, domain = KNOWN.get(place) or _named(rng, stems, place, part)
        customers.append(_customer(rng, number_in_cetec, name, domain, part))
        if part is _Part.BACKUP:
            databases[domain] = set(BACKUP_TABLES)
        elif part is _Part.NO_TABLE:
            databases[domain] = set(BACKUP_TABLES[1:])
    return Clientele(customers, databases)


def _parts(rng: Random, billed: int) -> list[_Part]:
    """One for each customer, those with a backup first as far as the names of the reference go."""
    resident, itar, without, more = (round(billed * share / OF) for share in (RESIDENT, ITAR, WITHOUT, NOT_BILLED))
    parts = [
        *[_Part.RESIDENT] * resident,
        *[_Part.ITAR] * itar,
        *[_Part.NO_DATABASE] * (without - without // 2),
        *[_Part.NO_TABLE] * (without // 2),
        *[_Part.NOT_BILLED] * more,
    ]
    parts += [_Part.BACKUP] * (billed + more - len(parts))
    first = min(len(KNOWN), parts.count(_Part.BACKUP))
    del parts[len(parts) - first :]
    rng.shuffle(parts)
    return [_Part.BACKUP] * first + parts


def _named(rng: Random, stems: list[int], place: int, part: _Part) -> tuple[str, str]:
    """A name and the domain that goes with it, told apart by a town from the second round on."""
    around, at = divmod(place, len(stems))
    head, trade = divmod(stems[at], len(TRADES))
    first = FIRST[head // len(SECOND)] + SECOND[head % len(SECOND)]
    field = TRADES[trade]
    town = PLACES[around - 1] if around else ""
    name = f"{_styled(rng, first, _field(rng, field, part))}{f' of {town}' if town else ''}{rng.choice(FORMS)}"
    return name, _domain(rng, first, "".join(sign for sign in field if sign.isalpha()), town, part)


def _field(rng: Random, field: str, part: _Part) -> str:
    return rng.choice(AEROSPACE) if part is _Part.ITAR else field


def _styled(rng: Random, first: str, field: str) -> str:
    """Quotes, hyphens, ampersands and capitals as firms have them."""
    draw = rng.random()
    if draw < 0.04:
        return f"{rng.choice(FAMILIES)}'s {first} {field}"
    if draw < 0.10:
        return f"{first}-{rng.choice(FAMILIES)} {field}"
    if draw < 0.16:
        return f"{first} & {rng.choice(FAMILIES)} {field}"
    if draw < 0.18:
        return f'The "{first}" {field}'
    return f"{first.upper()} {field}" if draw < 0.22 else f"{first} {field}"


def _domain(rng: Random, first: str, field: str, town: str, part: _Part) -> str:
    """Mostly a short word in lower case, else with a dot, a hyphen, an underscore or capitals (section 4.2).

    The letters alone are unique, whatever stands between them and however they are written.
    """
    words = [word for word in (first, field, town) if word]
    lower = [word.lower() for word in words]
    draw = rng.random()
    if part is _Part.RESIDENT and draw < 0.6:
        return f"erp.{''.join(lower)}.example"
    if draw < 0.05:
        return f"{''.join(lower)}.example"
    if draw < 0.11:
        return "-".join(lower)
    if draw < 0.16:
        return "_".join(lower)
    return "".join(words) if draw < 0.21 else "".join(lower)


def _customer(rng: Random, number: int, name: str, domain: str, part: _Part) -> Record:
    billed = part is not _Part.NOT_BILLED
    nowhere = not billed and rng.random() < 0.4
    # One or two customers under ITAR host themselves as well, which must not matter (section 4.1, row 2).
    resident = part is _Part.RESIDENT or (part is _Part.ITAR and rng.random() < 0.15)
    return {
        "id": str(number) if rng.random() < 0.1 else number,
        "name": f" {name} " if rng.random() < 0.02 else name,
        "domain": rng.choice(NO_DOMAINS) if nowhere else domain,
        "ok_to_bill": rng.choice(YES if billed else NOT_BILLED_FLAGS),
        "priority_support": rng.choices(SUPPORT, SUPPORT_WEIGHTS)[0],
        "resident_hosting": rng.choice(YES if resident else NO),
        "test_environment": rng.choices(TEST_ENVIRONMENTS, (40, 25, 10, 15, 10))[0],
        "itar_hosting_bc": rng.choice(ITAR_YES if part is _Part.ITAR else NO),
        "num_prod_users": _heads(rng, rng.randint(2, 180)),
        "num_full_users": _heads(rng, rng.randint(1, 40)),
        "techx_password": f"tx-{rng.getrandbits(48):012x}",
        "external_key": f"CRM-{number:06}" if rng.random() < 0.6 else rng.choice(("", None)),
        "custnum": f"C{number:05}",
        "acct_email": f"accounts+{number}@customers.example",
    }


def _heads(rng: Random, heads: int) -> object:
    """A number as whole number, text or float, or null."""
    return rng.choices((heads, str(heads), float(heads), f"{heads}.0", None), (50, 30, 8, 4, 8))[0]
