"""Rules of a mapping: which key is filled from what, through which transformations, under which checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.mappings.entities import SECRET_KEYS, Entity, plain_key
from app.domain.onec_values import number
from app.errors import UsageError
from app.i18n import _

MOST_CHARS = 1_000
_MOST_SOURCES = 10
_MOST_STEPS = 20
_MOST_PAIRS = 1_000


class TransformKind(StrEnum):
    """One transformation (connections.md §9). Reading from another key needs none: it is the rule's source."""

    CONSTANT = "constant"
    DEFAULT = "default"
    CONCAT = "concat"
    SPLIT = "split"
    TRIM = "trim"
    UPPER = "upper"
    LOWER = "lower"
    MAP_VALUES = "map_values"
    TO_INT = "to_int"
    TO_DECIMAL = "to_decimal"
    TO_BOOL = "to_bool"
    TO_DATE = "to_date"
    TO_DATETIME = "to_datetime"
    MS_TO_HOURS = "ms_to_hours"
    HOURS_TO_MS = "hours_to_ms"
    SECONDS_TO_MS = "seconds_to_ms"
    LOOKUP = "lookup"
    HASH = "hash"


class Otherwise(StrEnum):
    """What `map_values` and `lookup` do with a value that is not in the table, or in the register."""

    KEEP = "keep"
    EMPTY = "empty"
    ERROR = "error"


class IdRegister(StrEnum):
    """What `lookup` finds our own id in: whose id it is, and by which id of another system."""

    EMPLOYEE_BY_VITEC_ID = "employee_by_vitec_id"
    EMPLOYEE_BY_SUPABASE_ID = "employee_by_supabase_id"
    EMPLOYEE_BY_NUMBER = "employee_by_number"
    OFFICE_BY_DEPARTMENT = "office_by_department"


class CheckKind(StrEnum):
    """What a value must fulfil (connections.md §9)."""

    REQUIRED = "required"
    MIN_VALUE = "min_value"
    MAX_VALUE = "max_value"
    PATTERN = "pattern"
    ONE_OF = "one_of"
    UNIQUE = "unique"
    NOT_IN_FUTURE = "not_in_future"


@dataclass(frozen=True)
class Transform:
    """One transformation and its argument.

    `text` is the constant, the default, what joins or splits, the time zone, or the register of ids; `part` the part
    after a split, from 1, or from the end when negative; `table` belongs to `map_values`, `otherwise` also to `lookup`.
    """

    kind: TransformKind
    text: str = ""
    part: int = 1
    table: Mapping[str, str] = field(default_factory=dict)
    otherwise: Otherwise = Otherwise.KEEP


@dataclass(frozen=True)
class Check:
    """One check and its argument.

    `text` is a limit as a number, or a pattern: `*` stands for anything, `?` for one character, `#` for one digit.
    Such a pattern takes time that grows with the length of the value alone, unlike a regular expression. `values` are
    those of `one_of`.
    """

    kind: CheckKind
    text: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """How one key is filled. Of several sources the first with a value counts, unless they are joined (`concat`)."""

    target: str
    sources: tuple[str, ...] = ()
    transforms: tuple[Transform, ...] = ()
    checks: tuple[Check, ...] = ()
    active: bool = True

    @property
    def is_identity(self) -> bool:
        """Whether it does what would be done without it."""
        return self.sources == (self.target,) and not self.transforms and not self.checks and self.active


Rules = tuple[Rule, ...]
"""The mapping of one entity: keys without a rule are read from the key of the same name."""


def check_rules(entity: Entity, rules: Rules) -> Rules:
    """The rules as they are kept: without those that say nothing.

    Raises `UsageError` naming the first that cannot be.
    """
    twice = [key for key, count in Counter(rule.target for rule in rules).items() if count > 1]
    if twice:
        raise UsageError(_("{field} is filled by two rows.").format(field=twice[0]), _("Remove one of them."))
    for rule in rules:
        _check_rule(entity, rule)
    return tuple(rule for rule in rules if not rule.is_identity)


def _check_rule(entity: Entity, rule: Rule) -> None:
    if entity.field(rule.target) is None:
        known = ", ".join(field.key for field in entity.fields)
        raise UsageError(
            _("There is no field {field} to fill.").format(field=rule.target),
            _("The fields are: {names}.").format(names=known),
        )
    if len(rule.sources) > _MOST_SOURCES or len(rule.transforms) + len(rule.checks) > _MOST_STEPS:
        raise UsageError(_("{field}: a row this long is not supported.").format(field=rule.target))
    is_constant = any(one.kind is TransformKind.CONSTANT for one in rule.transforms)
    if not is_constant and not any(source.strip() for source in rule.sources):
        raise UsageError(_("{field}: choose the field it is read from.").format(field=rule.target))
    if secret := next((source for source in rule.sources if plain_key(source) in SECRET_KEYS), None):
        raise UsageError(_("{field} holds a secret, so nothing is read from it.").format(field=secret))
    for one in rule.transforms:
        if cause := _transform_fault(one):
            raise UsageError(_("{field}: {cause}").format(field=rule.target, cause=cause))
    for check in rule.checks:
        if cause := _check_fault(check):
            raise UsageError(_("{field}: {cause}").format(field=rule.target, cause=cause))


def _transform_fault(one: Transform) -> str:
    if len(one.text) > MOST_CHARS or len(one.table) > _MOST_PAIRS:
        return _("The argument is too long.")
    match one.kind:
        case TransformKind.CONSTANT | TransformKind.DEFAULT if not one.text.strip():
            return _("The text to fill in is missing.")
        case TransformKind.SPLIT if not one.text:
            return _("Say where to split.")
        case TransformKind.SPLIT if one.part == 0:
            return _("Parts are counted from 1, or from -1 at the end.")
        case TransformKind.MAP_VALUES if not one.table:
            return _("The table of values is empty.")
        case TransformKind.LOOKUP if one.text not in set(IdRegister):
            return _("Choose whose id is looked up: {names}.").format(names=", ".join(IdRegister))
        case TransformKind.TO_DATETIME if not _is_zone(one.text):
            return _("There is no time zone {name}.").format(name=one.text or "-")
        case _:
            return ""


def _check_fault(check: Check) -> str:
    match check.kind:
        case CheckKind.MIN_VALUE | CheckKind.MAX_VALUE if number(check.text) is None:
            return _("The limit is not a number.")
        case CheckKind.PATTERN if not check.text or len(check.text) > MOST_CHARS:
            return _("The pattern is missing or too long.")
        case CheckKind.ONE_OF if not check.values or len(check.values) > _MOST_PAIRS:
            return _("Name the allowed values.")
        case _:
            return ""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)
