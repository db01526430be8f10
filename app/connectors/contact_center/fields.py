"""Reads the fields of a row: what a row cannot do without is refused, what it can is None when it cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache, partial
from typing import Any, TypeVar

from app.connectors.tolerant_json import Row
from app.domain.exchange.problems import Refused, Rule
from app.domain.exchange.values import day, moment, percentage, text, whole_number

V = TypeVar("V")
_REMEMBERED = 8_192
_EMPTY_DATE = "0001-01-01"


class Fields:
    """Reads fields of one answer; it remembers moments, which repeat. Times without a zone are of `zone`."""

    def __init__(self, zone: tzinfo) -> None:
        self._moment = lru_cache(_REMEMBERED)(partial(moment, zone=zone))
        self._day = lru_cache(_REMEMBERED)(partial(day, zone=zone))

    def moment(self, row: Row, *names: str) -> int:
        """A moment.

        Raises `Refused`.
        """
        value = row.get(*names)
        if not isinstance(value, str):
            raise Refused(Rule.MOMENT, "", "", names[0])
        return _named(self._moment, value, names[0])

    def moment_or_none(self, row: Row, *names: str) -> int | None:
        """A moment; None only where there is none, which 1C's empty date means too (§4; onec-zup.md §4.3).

        Raises `Refused` for what cannot be read: an end that nobody knows is not the same as none.
        """
        value = row.get(*names)
        if value in (None, "") or (isinstance(value, str) and value.lstrip().startswith(_EMPTY_DATE)):
            return None
        return self.moment(row, *names)

    def day(self, row: Row, *names: str) -> str:
        """A calendar day.

        Raises `Refused`.
        """
        value = row.get(*names)
        if not isinstance(value, str):
            raise Refused(Rule.DAY, "", "", names[0])
        return _named(self._day, value, names[0])


def identity(row: Row, *names: str) -> str:
    """An id, as text.

    Raises `Refused`, also for a blank one.
    """
    if found := _named(text, row.get(*names), names[0]):
        return found
    raise Refused(Rule.REQUIRED, "", "", names[0])


def words(row: Row, *names: str) -> str:
    """A text; blank where there is none."""
    return _or_none(text, row, *names) or ""


def count(row: Row, *names: str) -> int:
    """A whole number from 0.

    Raises `Refused`.
    """
    return _named(whole_number, row.get(*names), names[0])


def count_or_none(row: Row, *names: str) -> int | None:
    """A whole number from 0."""
    return _or_none(whole_number, row, *names)


def duration(row: Row, *names: str) -> int | None:
    """Milliseconds from 0; an average may come with a fraction."""
    return _or_none(lambda value: round(percentage(value)), row, *names)


def percent(row: Row, *names: str) -> float | None:
    """A percentage from 0."""
    return _or_none(percentage, row, *names)


def _named(read: Callable[[Any], V], value: Any, name: str) -> V:
    """What `read` makes of a value; a refusal says which field it is about."""
    if value is None:
        raise Refused(Rule.REQUIRED, "", "", name)
    try:
        return read(value)
    except Refused as refused:
        raise Refused(refused.rule, refused.message, refused.fix, refused.field or name) from None


def _or_none(read: Callable[[object], V], row: Row, *names: str) -> V | None:
    value = row.get(*names)
    try:
        return None if value is None else read(value)
    except Refused:
        return None
