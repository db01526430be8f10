"""Shifts as people write them, in the window, in files, in parameters: read value by value (onec-zup.md §5.3)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from app.domain.onec_schedules import Period, Shift
from app.i18n import _

_LOCAL = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(.+))?", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_MOMENT = r"(?:\d{1,4}[-.]\d{1,2}[-.]\d{1,4}[ T]+)?\d{1,2}:\d{2}(?::\d{2})?"
_OFFSET = r"(?:Z|[+-]\d{2}:\d{2})?"
_RANGE = re.compile(rf"\s*({_MOMENT}{_OFFSET})\s*[-/\N{{EN DASH}}]\s*({_MOMENT}{_OFFSET})\s*", re.ASCII)
_DAY = timedelta(days=1)


class ShiftRule(StrEnum):
    """What a row can break, beside the rules of `ShiftProblem`."""

    REQUIRED = "required"
    MOMENT = "moment"
    BREAK = "break"
    CLOCK_CHANGE = "clock_change"
    UNKNOWN_PERSON = "unknown_person"
    CLOSED_MONTH = "closed_month"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift as it was given: `row` is its place in the list or file, values as they came.

    `start` and `end` are moments, or times of `date`; an end that is not after its start is then of the next day.
    """

    row: int
    agent: object
    start: object
    end: object
    breaks: object = None
    date: object = None


class WrongValue(Exception):
    """A value that cannot be taken: the field it is of, the rule it breaks, what to do."""

    def __init__(self, field: str, rule: ShiftRule, message: str, fix: str) -> None:
        super().__init__(message)
        self.field, self.rule, self.message, self.fix = field, rule, message, fix


def read_shift(row: ShiftRow, zone: tzinfo) -> Shift:
    """The shift of a row.

    Raises `WrongValue` for the first value that cannot be taken.
    """
    day = _day(row.date)
    start = moment(row.start, zone, "start", day)
    end = moment(row.end, zone, "end", start.date() if day or _is_time(row.end) else None)
    if not _before(start, end) and _is_time(row.end):
        end = moment(row.end, zone, "end", start.date() + _DAY)
    breaks = tuple(_break(start, one, zone) for one in _breaks(row.breaks))
    return Shift(start, end, breaks)


def _breaks(value: object) -> Sequence[tuple[object, object]]:
    """Breaks of a list of objects, also as the JSON of one, or of a text like `13:00-14:00; 18:00-18:15`.

    The times of a text may have their days before them.
    """
    if value is None or value == "":
        return ()
    if isinstance(value, str) and value.lstrip().startswith("["):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, str):
        parts = [_from_to(part) for part in re.split(r"[;,]", value) if part.strip()]
        if all(len(part) == 2 for part in parts):
            return [(part[0], part[1]) for part in parts]
    elif isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value):
        return [(one.get("start"), one.get("end")) for one in value]
    raise WrongValue(
        "unpaid_breaks",
        ShiftRule.BREAK,
        _("The breaks cannot be read."),
        _("Write them like 13:00-14:00; 18:00-18:15."),
    )


def _from_to(text: str) -> Sequence[str]:
    """The two times of a break, each still to be read; days before them hold the same signs as stand between them."""
    match = _RANGE.fullmatch(text)
    return match.groups() if match else [part.strip() for part in re.split("[-/\N{EN DASH}]", text)]


def _break(shift_start: datetime, given: tuple[object, object], zone: tzinfo) -> Period:
    start = moment(given[0], zone, "unpaid_breaks", shift_start.date())
    if _before(start, shift_start) and _is_time(given[0]):
        start = moment(given[0], zone, "unpaid_breaks", shift_start.date() + _DAY)
    end = moment(given[1], zone, "unpaid_breaks", start.date())
    if not _before(start, end) and _is_time(given[1]):
        end = moment(given[1], zone, "unpaid_breaks", start.date() + _DAY)
    if not _before(start, end):
        message = _("The break ends before it begins.")
        raise WrongValue("unpaid_breaks", ShiftRule.BREAK, message, _("Check both times."))
    return Period(start, end)


def _before(one: datetime, other: datetime) -> bool:
    """By real time: moments of one zone would be compared by their wall times."""
    return one.timestamp() < other.timestamp()


def _day(value: object) -> date | None:
    if value is None or value == "":
        return None
    found = _read(value, None)
    if found is None:
        raise _no_moment("date", value)
    return found.date()


def moment(value: object, zone: tzinfo, field: str, day: date | None = None) -> datetime:
    """A moment in `zone`: with its own offset, or wall time there, or a time of `day`.

    Raises `WrongValue` naming `field` for what is none, and for a wall time that the change of the clocks leaves out
    or repeats.
    """
    if value is None or value == "":
        raise WrongValue(field, ShiftRule.REQUIRED, _("It is empty or missing."), _("Fill it in."))
    found = _read(value, day)
    if found is None:
        raise _no_moment(field, value)
    if found.tzinfo is not None:
        return found.astimezone(zone)
    early, late = found.replace(tzinfo=zone, fold=0), found.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early
    there = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == found
    message = _("This time comes twice that night.") if there else _("There is no such time that night.")
    fix = _("The clocks change then: write it with its offset, like 2026-03-05T20:00:00+03:00.")
    raise WrongValue(field, ShiftRule.CLOCK_CHANGE, message, fix)


def _read(value: object, day: date | None) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, time):
        return datetime.combine(day, value) if day else None
    if isinstance(value, date):
        return datetime.combine(value, time())
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if match := _LOCAL.fullmatch(text):
            local = date(int(match[3]), int(match[2]), int(match[1]))
            return datetime.combine(local, _time(match[4]) if match[4] else time())
        if _TIME.fullmatch(text):
            return datetime.combine(day, _time(text)) if day else None
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _time(text: str) -> time:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def _is_time(value: object) -> bool:
    return isinstance(value, time) or (isinstance(value, str) and _TIME.fullmatch(value.strip()) is not None)


def _no_moment(field: str, value: object) -> WrongValue:
    message = _("{value} is not a time.").format(value=str(value)[:40])
    return WrongValue(field, ShiftRule.MOMENT, message, _("Write it like 2026-03-05T20:00."))
