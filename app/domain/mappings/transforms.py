"""Carries transformations out, one value at a time (connections.md §9).

Values stay what JSON has, so that readers need not know of mappings: dates become ISO texts, numbers int or float.
What is blank (missing, null, text of blanks) stays blank; 0 and false are values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.mappings.registers import NO_REGISTERS, Registers
from app.domain.mappings.rules import Otherwise, Transform, TransformKind
from app.domain.onec_values import day, flag, instant, number, text
from app.i18n import _

_MS_PER_HOUR = Decimal(3_600_000)
_SHOWN_CHARS = 60
_MOST_TEXT_CHARS = 100_000


class Unconvertible(ValueError):
    """A value that a rule cannot take; the text is a sentence for people."""


def is_blank(value: object) -> bool:
    """Whether there is no value: presence and type count, not truthiness."""
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: object) -> str:
    """A value as a sentence quotes it."""
    said = value if isinstance(value, str) else str(value)
    return said if len(said) <= _SHOWN_CHARS else f"{said[:_SHOWN_CHARS]}…"


def convert(values: Sequence[Any], transforms: Sequence[Transform], registers: Registers = NO_REGISTERS) -> Any:
    """What the values of a rule's sources become; `registers` are what `lookup` looks into.

    Raises `Unconvertible`.
    """
    steps = list(transforms)
    if steps and steps[0].kind is TransformKind.CONCAT:
        value: Any = _joined(values, steps.pop(0).text)
    else:
        value = next((one for one in values if not is_blank(one)), None)
    for step in steps:
        if step.kind is TransformKind.LOOKUP:
            value = value if is_blank(value) else _looked_up(value, step, registers)
            continue
        value = _CONVERSIONS[step.kind](value, step) if step.kind in _FILLING or not is_blank(value) else value
    return value


def _joined(values: Sequence[Any], between: str) -> str | None:
    parts = [_word(one).strip() for one in values if not is_blank(one)]
    return between.join(part for part in parts if part) or None


def _word(value: Any) -> str:
    """A value as text.

    Raises `Unconvertible` for lists and objects.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value[:_MOST_TEXT_CHARS]
    if isinstance(value, int | float):
        return text(value)
    raise Unconvertible(_("A list or an object is not a text."))


def _split(value: Any, step: Transform) -> str | None:
    parts = _word(value).split(step.text)
    at = step.part - 1 if step.part > 0 else step.part
    return parts[at].strip() if -len(parts) <= at < len(parts) else None


def _mapped(value: Any, step: Transform) -> Any:
    word = _word(value).strip()
    if word in step.table:
        return step.table[word] or None
    return _otherwise(value, step, _("“{value}” is not in the table of values.").format(value=shown(word)))


def _looked_up(value: Any, step: Transform, registers: Registers) -> Any:
    """Our id for theirs: 7, 7.0 and "7" are one id."""
    word = _word(_plain(as_number(value)) if isinstance(value, float) else value).strip()
    if (own := registers.get(step.text, {}).get(word)) is not None:
        return own
    return _otherwise(value, step, _("Nobody here has the id “{value}”.").format(value=shown(word)))


def _otherwise(value: Any, step: Transform, refusal: str) -> Any:
    match step.otherwise:
        case Otherwise.KEEP:
            return value
        case Otherwise.EMPTY:
            return None
        case Otherwise.ERROR:
            raise Unconvertible(refusal)


def as_number(value: Any) -> Decimal:
    """A number, with comma or point.

    Raises `Unconvertible`.
    """
    found = number(value)
    if found is None:
        raise Unconvertible(_("“{value}” is not a number.").format(value=shown(value)))
    return found


def _plain(found: Decimal) -> int | float:
    return int(found) if found == found.to_integral_value() else float(found)


def _to_int(value: Any, _step: Transform) -> int:
    found = as_number(value)
    if found != found.to_integral_value():
        raise Unconvertible(_("“{value}” is not a whole number.").format(value=shown(value)))
    return int(found)


def _to_bool(value: Any, _step: Transform) -> bool:
    found = flag(value)
    if found is None:
        raise Unconvertible(_("“{value}” is neither yes nor no.").format(value=shown(value)))
    return found


def _to_date(value: Any, _step: Transform) -> str:
    found = day(value, _zone("UTC"))
    if found is None:
        raise Unconvertible(_("“{value}” is not a date.").format(value=shown(value)))
    return found.isoformat()


def _to_datetime(value: Any, step: Transform) -> str:
    found = instant(value, _zone(step.text))
    if found is None:
        raise Unconvertible(_("“{value}” is not a moment.").format(value=shown(value)))
    return found.isoformat()


def _times(factor: Decimal) -> Callable[[Any, Transform], int | float]:
    return lambda value, _step: _plain(as_number(value) * factor)


def _hash(value: Any, _step: Transform) -> str:
    return hashlib.sha256(_word(value).encode("utf-8", "replace")).hexdigest()


@lru_cache(maxsize=32)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


_FILLING = frozenset({TransformKind.CONSTANT, TransformKind.DEFAULT})
"""These alone look at a blank value."""
_CONVERSIONS: Mapping[TransformKind, Callable[[Any, Transform], Any]] = {
    TransformKind.CONSTANT: lambda _value, step: step.text,
    TransformKind.DEFAULT: lambda value, step: step.text if is_blank(value) else value,
    TransformKind.CONCAT: lambda value, _step: value,  # later than first there is one value, and nothing to join
    TransformKind.SPLIT: _split,
    TransformKind.TRIM: lambda value, _step: _word(value).strip(),
    TransformKind.UPPER: lambda value, _step: _word(value).upper(),
    TransformKind.LOWER: lambda value, _step: _word(value).lower(),
    TransformKind.MAP_VALUES: _mapped,
    TransformKind.TO_INT: _to_int,
    TransformKind.TO_DECIMAL: lambda value, _step: _plain(as_number(value)),
    TransformKind.TO_BOOL: _to_bool,
    TransformKind.TO_DATE: _to_date,
    TransformKind.TO_DATETIME: _to_datetime,
    TransformKind.MS_TO_HOURS: lambda value, _step: _plain(as_number(value) / _MS_PER_HOUR),
    TransformKind.HOURS_TO_MS: _times(_MS_PER_HOUR),
    TransformKind.SECONDS_TO_MS: _times(Decimal(1000)),
    TransformKind.HASH: _hash,
}
