"""Values as 1C writes them, read tolerantly: dates that mean nothing, days that are instants, commas in numbers, words
for yes and no (onec-zup.md §4.3). What cannot be read is None; nothing here ever raises.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache

_NO_REFERENCE = "00000000-0000-0000-0000-000000000000"
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,40})?", re.ASCII)
_STAMP = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?[:.,\d]*\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_MOST = 10**15
_NUMERIC = (int, float)  # `int | float` would be made anew at every call
_MOST_STAMP_CHARS = 100
_AMOUNT = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,9})?)(?:\s*\((\d{1,9}(?:[.,]\d{1,9})?)\))?\s*", re.ASCII)
_PLAIN_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YES = frozenset({"true", "истина", "1", "да", "yes"})
_NO = frozenset({"false", "ложь", "0", "нет", "no"})


def text(value: object) -> str:
    """Trimmed text; numbers as they stand; blank for everything else."""
    if isinstance(value, str):
        return (value.replace("\0", "") if "\0" in value else value).strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def reference(value: object) -> str | None:
    """An id, in lower case where it is a GUID; None for a blank one and for the empty reference."""
    return _reference(text(value))


@lru_cache(maxsize=4_096)  # departments and positions are many people's
def _reference(found: str) -> str | None:
    if _GUID.fullmatch(found):
        found = found.lower()
    return found if found and found != _NO_REFERENCE else None


def flag(value: object) -> bool | None:
    """Yes or no, also as words of either language and as 1 and 0."""
    if isinstance(value, bool):
        return value
    word = text(value).lower()
    return True if word in _YES else False if word in _NO else None


def number(value: object) -> Decimal | None:
    """A decimal number, also as text with comma or point and blanks between thousands."""
    if isinstance(value, str):
        return _number(value)
    if isinstance(value, _NUMERIC) and not isinstance(value, bool):
        return Decimal(str(value)) if -_MOST < value < _MOST else None
    return None


@lru_cache(maxsize=4_096)  # rates and norms are many people's
def _number(value: str) -> Decimal | None:
    found = "".join(text(value).split())
    return Decimal(found.replace(",", ".")) if _NUMBER.fullmatch(found) else None


def instant(value: object, zone: tzinfo) -> datetime | None:
    """A moment in `zone`, which is also meant where none is named; None for the empty date of 1C."""
    match = _STAMP.fullmatch(text(value))
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if year == 1:  # never converted: no zone can hold it
        return None
    try:
        wall = datetime(year, month, day, hour, minute, second, tzinfo=_zone(match["zone"]) or zone)
        return wall.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def day(value: object, zone: tzinfo) -> date | None:
    """A calendar day in `zone`; an instant means the day that it falls on there."""
    return _day(value, zone) if isinstance(value, str) and len(value) < _MOST_STAMP_CHARS else None


@lru_cache(maxsize=4_096)  # the same days come again and again
def _day(value: str, zone: tzinfo) -> date | None:
    if _PLAIN_DAY.fullmatch(value):
        try:
            plain = date.fromisoformat(value)
        except ValueError:
            return None
        return plain if plain.year > 1 else None
    found = instant(value, zone)
    return found.date() if found else None


def is_blank(value: object) -> bool:
    """Whether a value says that there is none: null, blank, or the empty date of 1C."""
    found = text(value)
    return not found or found.startswith("0001-01-01")


def amount(value: object) -> tuple[Decimal, Decimal | None] | None:
    """Days, and hours in brackets where there are any: `"2(5)"` (§5.4)."""
    match = _AMOUNT.fullmatch(text(value))
    if match is None:
        return None
    days, hours = (Decimal(part.replace(",", ".")) if part else None for part in match.groups())
    return (days, hours) if days is not None else None


def _zone(name: str | None) -> tzinfo | None:
    if not name:
        return None
    if name in "Zz":
        return UTC
    hours, minutes = int(name[1:3]), int(name[-2:])
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if name[0] == "-" else 1))
