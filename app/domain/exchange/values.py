"""Values as files hold them, read tolerantly: decimal commas, blanks between thousands, times of every spelling.

Each reader takes what a cell or a JSON value holds and gives what is stored; it raises `Refused` for what it cannot
take. Moments become whole milliseconds since 1970 in UTC; one without a zone is of the connection's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from functools import lru_cache, partial
from typing import Any

from app.domain.exchange.problems import Refused, Rule
from app.domain.exchange.shapes import FieldKind
from app.i18n import _

MOST_CHARS = 255
_MOST = 10**12  # so that the sum of millions is still a number of 64 bits
_SURELY_SMALL = 16  # digits
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LED_FORMULA = re.compile(r"'[=+\-@＝＋－＠]")  # as exports keep spreadsheets from calculating (§7.3)
_NUMBER = re.compile(r"[+-]?\d{1,18}(?:[.,]\d{1,18})?", re.ASCII)
_BETWEEN_THOUSANDS = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'"))
_LOCAL = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_EARLIEST_MS, _LATEST_MS = 0, 7_258_118_400_000  # 1970 and 2200
_REMEMBERED = 8_192  # numbers and moments repeat in every file, those of a month of intervals in turn

Reader = Callable[[Any], Any]


def readers(zone: tzinfo) -> dict[FieldKind, Reader]:
    """A reader for each kind of field, None for a blank cell; they remember what they read, so make them per file."""
    count = _remembering(whole_number)
    return {
        FieldKind.ID: _remembering(text),
        FieldKind.TEXT: _remembering(text),
        FieldKind.COUNT: count,
        FieldKind.DURATION: count,
        FieldKind.PERCENT: _remembering(percentage),
        FieldKind.MOMENT: _remembering(partial(moment, zone=zone)),
        FieldKind.DAY: _remembering(partial(day, zone=zone)),
    }


def _remembering(read: Reader) -> Reader:
    def read_or_none(value: Any) -> Any:
        if value is None or (isinstance(value, str) and (not value or value.isspace())):
            return None
        return read(value)

    return lru_cache(_REMEMBERED, typed=True)(read_or_none)


def text(value: object) -> str:
    """An id or name: numbers as they stand, as ids are texts even where they look like numbers (§4)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = isinstance(value, float) and value.is_integer()
        value = str(int(value)) if whole else str(value)
    if not isinstance(value, str):
        raise Refused(Rule.TEXT, _("{value} is not a text.").format(value=quoted(value)), _("Write an id or a name."))
    stripped = value.strip()
    if _LED_FORMULA.match(stripped):
        stripped = stripped[1:]
    if len(stripped) > MOST_CHARS or _FORBIDDEN.search(stripped):
        raise Refused(
            Rule.TEXT,
            _("The text is too long or holds characters that cannot be shown."),
            _("Shorten it to {count} ordinary characters.").format(count=MOST_CHARS),
        )
    return stripped


def whole_number(value: object) -> int:
    """A count or milliseconds, from 0."""
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) < _SURELY_SMALL:
        return int(value)
    number = _number(value)
    if not isinstance(number, int) and not number.is_integer():
        raise Refused(
            Rule.WHOLE_NUMBER,
            _("{value} is not a whole number.").format(value=quoted(value)),
            _("Write a whole number; durations are in milliseconds."),
        )
    return int(_from_zero(number, value))


def percentage(value: object) -> float:
    """A percentage, from 0."""
    return float(_from_zero(_number(value), value))


def _number(value: object) -> int | float:
    if isinstance(value, str):
        bare = value.translate(_BETWEEN_THOUSANDS)
        if _NUMBER.fullmatch(bare):
            return int(bare) if bare.lstrip("+-").isdecimal() else float(bare.replace(",", "."))
    elif (isinstance(value, float) and math.isfinite(value)) or (
        isinstance(value, int) and not isinstance(value, bool)
    ):
        return value
    raise Refused(
        Rule.NUMBER, _("{value} is not a number.").format(value=quoted(value)), _("Write digits, without a unit.")
    )


def _from_zero(number: int | float, value: object) -> int | float:
    if number < 0:
        raise Refused(
            Rule.NOT_NEGATIVE,
            _("{value} is less than 0.").format(value=quoted(value)),
            _("Write 0 or more, or leave it empty where it is not known."),
        )
    if number > _MOST:
        raise Refused(
            Rule.TOO_LARGE, _("{value} is too large.").format(value=quoted(value)), _("Check the number and its unit.")
        )
    return number


def moment(value: object, zone: tzinfo) -> int:
    """A moment in milliseconds since 1970."""
    try:
        found = _moment(value)
        found = found.replace(tzinfo=zone) if found.tzinfo is None else found
        milliseconds = round(found.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise _no_moment(value) from error
    if not _EARLIEST_MS <= milliseconds <= _LATEST_MS:
        raise _no_moment(value)
    return milliseconds


def _moment(value: object) -> datetime:
    if isinstance(value, str):
        stripped = value.strip()
        if match := _LOCAL.fullmatch(stripped):
            day_, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day_, hour, minute, second)  # noqa: DTZ001 - the zone is the connection's
        return datetime.fromisoformat(stripped)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    raise ValueError("neither text nor time")


def _no_moment(value: object) -> Refused:
    return Refused(
        Rule.MOMENT,
        _("{value} is not a time.").format(value=quoted(value)),
        _("Write it like 2026-03-05T09:00:00+03:00; without a zone, that of the connection is meant."),
    )


def day(value: object, zone: tzinfo) -> str:
    """A calendar day as `2026-03-05`; a moment with a zone means the day that it falls on in the connection's."""
    try:
        found = _moment(value)
        local = found.astimezone(zone) if found.tzinfo is not None else found
    except (ValueError, OverflowError) as error:
        raise _no_day(value) from error
    if not 1970 <= local.year < 2200:
        raise _no_day(value)
    return local.date().isoformat()


def _no_day(value: object) -> Refused:
    return Refused(Rule.DAY, _("{value} is not a day.").format(value=quoted(value)), _("Write it like 2026-03-05."))


def quoted(value: object) -> str:
    """A value as a message repeats it: short, in quotes."""
    shown = value if isinstance(value, str) else str(value)[:MOST_CHARS]
    shown = _FORBIDDEN.sub("?", shown[:41])
    return f"“{shown[:40]}…”" if len(shown) > 40 else f"“{shown}”"
