"""Records of 1C as other programs read them: plain objects under our names, decimal numbers as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.onec import OneCPerson, VacationBalance
from app.domain.onec_people import KnownPerson

PERSON_KEYS = tuple(f.name for f in fields(OneCPerson) if f.name != "unreadable")
KNOWN_KEYS = (*PERSON_KEYS, "department", "linked_by", "absent_since")


def person_row(person: OneCPerson, departments: Mapping[str, str]) -> dict[str, Any]:
    """One person with the name of their department."""
    row = {key: plain(getattr(person, key)) for key in PERSON_KEYS}
    return row | {"department": departments.get(person.department_external_id or "")}


def known_row(known: KnownPerson | None, departments: Mapping[str, str]) -> dict[str, Any]:
    """What 1C says of an employee; all empty for somebody it does not know."""
    if known is None:
        return dict.fromkeys(KNOWN_KEYS)
    row = person_row(known.person, departments)
    return row | {"linked_by": known.linked_by.value, "absent_since": plain(known.absent_since)}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):  # and moments, which are dates too
        return value.isoformat()
    if isinstance(value, VacationBalance):
        return {"date": value.date.isoformat(), "days": plain(value.days)}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value
