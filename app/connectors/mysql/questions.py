"""What the server is asked about databases, and what its rows mean for the names of customers (cetec-mysql.md §4.3).

The server first tells which databases there are. Names are compared with those here, in memory, and only spellings that
the server itself told are asked for. So a question holds no name the server could stumble over, no wildcard, no name of
a customer without a database; and letter case, trailing blanks and accents count as they are, not as one of the
server's collations has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from app.domain.customers import DatabaseAnswer, DatabaseDetail, DatabaseStatus

SCHEMAS = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"
MARKED = "SELECT TABLE_SCHEMA FROM information_schema.TABLES WHERE TABLE_NAME = 'usage_stats'"
_RIGHTS_TO_ALL_NAMES = frozenset(
    {"ALL PRIVILEGES", "SHOW DATABASES", "SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE"}
)
_SYSTEM = frozenset({"information_schema", "mysql", "performance_schema", "sys"})


def asked_table(question: str) -> str:
    """The table that a question reads, as `schema.TABLE`; blank for one that reads none."""
    found = re.search(r" FROM (\S+)", question)
    return found[1] if found else ""


def marked_among(names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The question which of these databases hold the marker table, and its values.

    A list whose names are equal to MariaDB (`Acme`, `acme`) becomes a comparison with the first alone. One more name,
    which is equal to none, prevents it.
    """
    values = tuple(names) if len(names) == 1 else (*names, "information_schema")
    return f"{MARKED} AND TABLE_SCHEMA IN ({', '.join(['%s'] * len(values))})", values


class Schemas:
    """The databases that the account may see; `own` is how many there are apart from the system's."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._in_any_case: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            self._in_any_case[name.lower()].append(name)
        self.own = sum(name.lower() not in _SYSTEM for name in self.names)

    def spelled(self, names: Iterable[str]) -> list[str]:
        """The databases that these names may mean, each once."""
        return list(dict.fromkeys(spelling for name in names for spelling in self._spellings(name)))

    def answer(self, name: str, marked: Collection[str]) -> DatabaseAnswer:
        """What it means for a name which databases are `marked` by the table."""
        spellings = self._spellings(name)
        if any(spelling in marked for spelling in spellings):
            exact = name in self.names
            return DatabaseAnswer(DatabaseStatus.EXISTS, DatabaseDetail.OK if exact else DatabaseDetail.CASE_MISMATCH)
        if spellings:
            return DatabaseAnswer(DatabaseStatus.NO_DATABASE, DatabaseDetail.TABLE_MISSING)
        detail = DatabaseDetail.DATABASE_MISSING if self.own else DatabaseDetail.NOT_VISIBLE
        return DatabaseAnswer(DatabaseStatus.NO_DATABASE, detail)

    def _spellings(self, name: str) -> Sequence[str]:
        """The database of exactly this name, or those that differ from it in letter case alone."""
        return [name] if name in self.names else self._in_any_case.get(name.lower(), ())


def first_column(rows: Iterable[Sequence[object]]) -> list[str]:
    """The names in the rows of an answer."""
    return [row[0] for row in rows if isinstance(row[0], str)]


def sees_all_names(grants: Iterable[str]) -> bool:
    """Whether SHOW GRANTS names a global right that shows every database by its name (§4.5)."""
    found = (re.match(r"GRANT (.+) ON \*\.\* TO ", grant) for grant in grants)
    rights = {right.strip() for grant in found if grant for right in grant[1].split(",")}
    return not rights.isdisjoint(_RIGHTS_TO_ALL_NAMES)
