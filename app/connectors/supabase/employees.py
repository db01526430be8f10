"""From rows of `angajati` with their biometric data to employees (supabase.md §3.3, §4.1, §4.2).

Forgiving about shapes, since types and relations differ between projects; strict about what would harm: a number that
is none, or a record without a name, carries a reason and is never sent to a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from app.connectors.supabase.paging import Row, row_id
from app.domain.supabase import ACTIVE, LARGEST_NUMBER, RecordProblem, SupabaseEmployee
from app.i18n import ngettext

BIOMETRICS = "angajati_biometrie"
_NAMED = 5  # names in a warning
_MOST_CHARS = 200
_MOST_REFERENCE_CHARS = 2000


def read_employee(row: Row) -> SupabaseEmployee:
    """One employee with embedded biometric data."""
    biometrics = one_biometric(row.get(BIOMETRICS))
    number, bad_number = terminal_number(biometrics.get("employee_no"))
    first, last, full = (clean_text(row.get(key)) for key in ("prenume", "nume", "nume_complet"))
    status = clean_text(row.get("status"))
    problem = None
    if not (first or last or full):
        problem = RecordProblem.NO_NAME
    elif bad_number:
        problem = RecordProblem.BAD_NUMBER
    elif status != ACTIVE:
        problem = RecordProblem.NOT_ACTIVE
    return SupabaseEmployee(
        supabase_id=row_id(row),
        first_name=first,
        last_name=last,
        full_name=full,
        employee_no=number,
        photo_reference=_reference(biometrics.get("foto_fata_url")),
        status=status,
        problem=problem,
    )


def one_biometric(value: object) -> Row:
    """The one row of an embed, which may come as array, object or null; of several the one with a number (§3.3)."""
    rows = value if isinstance(value, list) else [value]
    found = [row for row in rows if isinstance(row, dict)]
    return min(found, key=lambda row: (terminal_number(row.get("employee_no"))[0] is None, row_id(row)), default={})


def clean_text(value: object) -> str:
    """Text in NFC, trimmed, inner blanks collapsed, without anything that cannot be printed; blank for other types."""
    if not isinstance(value, str):
        return ""
    printable = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", value))
    return " ".join(printable.split())[:_MOST_CHARS].strip()


def terminal_number(value: object) -> tuple[int | None, bool]:
    """A terminal number, and whether what stands there is none: text is accepted, blank means that there is none."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None, False
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"\s*[0-9]{1,20}\s*", value, re.ASCII) else None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_NUMBER:
        return None, True
    return value, False


def _reference(value: object) -> str | None:
    text = value.strip() if isinstance(value, str) else ""
    return text if text and len(text) <= _MOST_REFERENCE_CHARS and text.isprintable() else None


def doubled_warnings(rows: Iterable[Row]) -> tuple[str, ...]:
    """A sentence naming the employees that have more than one row of biometric data."""
    doubled = [row for row in rows if isinstance(found := row.get(BIOMETRICS), list) and len(found) > 1]
    if not doubled:
        return ()
    text = ngettext(
        "{count} employee has several rows of biometric data; the one with a number was taken: {names}.",
        "{count} employees have several rows of biometric data; the one with a number was taken: {names}.",
        len(doubled),
    )
    names = ", ".join(read_employee(row).name or row_id(row) for row in doubled[:_NAMED])
    return (text.format(count=len(doubled), names=names),)


def joined(people: Iterable[Row], biometrics: Iterable[Row]) -> list[Row]:
    """People with the biometric rows that name them, as an embed would have brought them (§5.3)."""
    of: dict[str, list[Row]] = {}
    for row in biometrics:
        of.setdefault(str(row.get("angajat_id")), []).append(row)
    return [{**row, BIOMETRICS: of.get(row_id(row), [])} for row in people]


def in_order(people: Iterable[SupabaseEmployee]) -> tuple[SupabaseEmployee, ...]:
    """Sorted by family name, given name and id (§3.4)."""
    return tuple(sorted(people, key=lambda p: (p.last_name.casefold(), p.first_name.casefold(), p.supabase_id)))


def embed_form(row: Mapping[str, Any]) -> str:
    """How the biometric data of a row came: `array`, `object`, or `null`, which fits an object (§3.3)."""
    match row.get(BIOMETRICS):
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "null"


def unreadable_warnings(count: int) -> tuple[str, ...]:
    """A sentence about rows that were no records."""
    if not count:
        return ()
    text = ngettext("{count} row could not be read.", "{count} rows could not be read.", count)
    return (text.format(count=count),)
