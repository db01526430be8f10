"""Why a row of a file, or a shift, cannot be taken: one cause per rule (contact-center.md §7.2, onec-zup.md §5.3)."""

from __future__ import annotations

from app.domain.causes.cause import ROW_LEFT_OUT, Cause
from app.domain.exchange.problems import Rule
from app.domain.onec_schedules import ShiftProblem
from app.domain.onec_shift_rows import ShiftRule
from app.i18n import N_

_FORM = N_("The value is not of the form that this field has.")
_LIMIT = N_("The value is outside what this field may hold.")
_MISSING = N_("The field must be filled in, and it is empty.")
_UNKNOWN = N_("What the row names is not known here.")
_TOGETHER = N_("The values of the row do not fit together, or not with another row.")
_TIME = N_("A shift has a beginning, a later end within 24 hours, and breaks within it.")
_CLOSED = N_("1C has closed the month, or nothing of it is left to send.")
_CORRECT = N_("Correct the row, then check it again.")
_TITLES: dict[str, tuple[str, str]] = {
    Rule.REQUIRED: (N_("Value missing"), _MISSING),
    Rule.TEXT: (N_("Not a text"), _FORM),
    Rule.NUMBER: (N_("Not a number"), _FORM),
    Rule.WHOLE_NUMBER: (N_("Not a whole number"), _FORM),
    Rule.NOT_NEGATIVE: (N_("Less than zero"), _LIMIT),
    Rule.TOO_LARGE: (N_("Too large"), _LIMIT),
    Rule.MOMENT: (N_("Not a time"), _FORM),
    Rule.DAY: (N_("Not a day"), _FORM),
    Rule.ORDER: (N_("Ends before it begins"), _TOGETHER),
    Rule.ROW: (N_("Not a row"), _FORM),
    Rule.MIN_VALUE: (N_("Below the limit"), _LIMIT),
    Rule.MAX_VALUE: (N_("Above the limit"), _LIMIT),
    Rule.PATTERN: (N_("Not of the pattern"), _FORM),
    Rule.ONE_OF: (N_("Not one of the values"), _LIMIT),
    Rule.STORED: (N_("Cannot be stored like this"), _TOGETHER),
    Rule.UNKNOWN_FIELD: (N_("Unknown field"), _UNKNOWN),
    Rule.UNKNOWN_ID: (N_("Unknown id"), _UNKNOWN),
    Rule.INTERVAL: (N_("Not of the interval"), _TOGETHER),
    Rule.OVERLAP: (N_("Overlaps another"), _TOGETHER),
    Rule.COUNTS: (N_("Counts do not add up"), _TOGETHER),
    Rule.DURATION: (N_("Duration does not fit"), _TOGETHER),
    Rule.DOUBLE: (N_("There twice"), _TOGETHER),
    ShiftRule.BREAK: (N_("Wrong break"), _TIME),
    ShiftRule.CLOCK_CHANGE: (N_("No such time that night"), N_("The clocks change in that night.")),
    ShiftRule.UNKNOWN_PERSON: (N_("Unknown person"), _UNKNOWN),
    ShiftRule.CLOSED_MONTH: (N_("Month is over"), _CLOSED),
    ShiftRule.EMPTY: (N_("No shifts"), _CLOSED),
    ShiftProblem.ENDS_BEFORE_IT_BEGINS: (N_("Ends before it begins"), _TIME),
    ShiftProblem.OVER_24_HOURS: (N_("Longer than 24 hours"), _TIME),
    ShiftProblem.OVERLAPS: (N_("Overlaps another"), _TOGETHER),
    ShiftProblem.OUTSIDE_PERIOD: (N_("Outside the period"), _TIME),
    ShiftProblem.BREAK_OUTSIDE_SHIFT: (N_("Break outside the shift"), _TIME),
    "not_over": (N_("Shift is not over yet"), _TIME),
    "held": (N_("Another shift of the month is wrong"), N_("Its days without a shift would become days off.")),
}
"""Rules of several sets share a name where they mean the same."""


def row_code(rule: str) -> str:
    """The code of the cause of a broken rule."""
    return f"row.{rule}"


ROWS = tuple(Cause(row_code(rule), *words, ROW_LEFT_OUT, _CORRECT) for rule, words in _TITLES.items())
