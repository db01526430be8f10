"""What can be wrong with a row, and what is said of it; errors are grouped by these rules (contact-center.md §7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """The rules of rows; the last six only warn, unless a check is strict."""

    REQUIRED = "required"
    TEXT = "text"
    NUMBER = "number"
    WHOLE_NUMBER = "whole_number"
    NOT_NEGATIVE = "not_negative"
    TOO_LARGE = "too_large"
    MOMENT = "moment"
    DAY = "day"
    ORDER = "order"
    ROW = "row"
    MIN_VALUE = "min_value"
    MAX_VALUE = "max_value"
    PATTERN = "pattern"
    ONE_OF = "one_of"
    STORED = "stored"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_ID = "unknown_id"
    INTERVAL = "interval"
    OVERLAP = "overlap"
    COUNTS = "counts"
    DURATION = "duration"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a row: the field as the platform calls it (blank for the row), rule, cause and remedy.

    A `warning` does not keep the row out.
    """

    field: str
    rule: Rule
    message: str
    fix: str
    warning: bool = False


class Refused(Exception):
    """A value that cannot be taken, with what is said of it; raised and caught within this package."""

    def __init__(self, rule: Rule, message: str, fix: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.rule = rule
        self.message = message
        self.fix = fix
