"""Carries checks out on a converted value (connections.md §9). Only `required` minds that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from app.domain.mappings.rules import Check, CheckKind
from app.domain.mappings.transforms import Unconvertible, as_number, is_blank, shown
from app.domain.onec_values import instant, number, text
from app.i18n import _

_MOST_PATTERN_CHARS = 2_000


def check_value(value: Any, checks: Sequence[Check], seen: set[str], now: datetime) -> None:
    """Refuse a value that fails a check; `seen` are the values that earlier records of the same list had.

    Raises `Unconvertible`.
    """
    for check in checks:
        if is_blank(value):
            if check.kind is CheckKind.REQUIRED:
                raise Unconvertible(_("There is no value, but one is required."))
        elif cause := _fault(value, check, seen, now):
            raise Unconvertible(cause)


def _fault(value: Any, check: Check, seen: set[str], now: datetime) -> str:
    match check.kind:
        case CheckKind.REQUIRED:
            return ""
        case CheckKind.MIN_VALUE | CheckKind.MAX_VALUE:
            return _limit_fault(value, check)
        case CheckKind.PATTERN if not _fits(value, check.text):
            return _("“{value}” does not fit the pattern {pattern}.").format(value=shown(value), pattern=check.text)
        case CheckKind.ONE_OF if _word(value) not in check.values:
            return _("“{value}” is none of the allowed values.").format(value=shown(value))
        case CheckKind.UNIQUE:
            return _unique_fault(value, seen)
        case CheckKind.NOT_IN_FUTURE:
            return _future_fault(value, now)
        case _:
            return ""


def _limit_fault(value: Any, check: Check) -> str:
    found, limit = as_number(value), number(check.text)
    if limit is None:
        return ""
    if check.kind is CheckKind.MIN_VALUE and found < limit:
        return _("{value} is less than {limit}.").format(value=shown(value), limit=check.text)
    if check.kind is CheckKind.MAX_VALUE and found > limit:
        return _("{value} is more than {limit}.").format(value=shown(value), limit=check.text)
    return ""


def _fits(value: Any, pattern: str) -> bool:
    """`*`, `?` and `#` as in `Check`; brackets stand for themselves."""
    glob = pattern.replace("[", "[[]").replace("#", "[0-9]")
    word = _word(value)
    return len(word) <= _MOST_PATTERN_CHARS and fnmatchcase(word, glob)


def _unique_fault(value: Any, seen: set[str]) -> str:
    word = _word(value)
    if word in seen:
        return _("“{value}” occurs more than once.").format(value=shown(value))
    seen.add(word)
    return ""


def _future_fault(value: Any, now: datetime) -> str:
    found = instant(value, UTC)
    if found is None:
        return _("“{value}” is not a date.").format(value=shown(value))
    return _("{value} is in the future.").format(value=shown(value)) if found > now else ""


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else text(value) or str(value)
