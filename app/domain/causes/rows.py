"""Why a row of a file, or a shift, cannot be taken: one cause per rule (contact-center.md §7.2, onec-zup.md §5.3)."""

from __future__ import annotations

from app.domain.causes.cause import ROW_LEFT_OUT, Cause
from app.i18n import N_

_FORM = N_("The value is not of the form that this field has.")
_LIMIT = N_("The value is outside what this field may hold.")
_MISSING = N_("The field must be filled in, and it is empty.")
_UNKNOWN = N_("What the row names is not known here.")
_TOGETHER = N_("The values of the row do not fit together, or not with another row.")
_TIME = N_("A shift has a beginning, a later end within 24 hours, and breaks within it.")
_CLOSED = N_("1C has closed the month, or nothing of it is left to send.")
_CORRECT = N_("Correct the row, then check it again.")
_TITLES = {
    "required": (N_("Value missing"), _MISSING),
    "text": (N_("Not a text"), _FORM),
    "number": (N_("Not a number"), _FORM),
    "whole_number": (N_("Not a whole number"), _FORM),
    "not_negative": (N_("Less than zero"), _LIMIT),
    "too_large": (N_("Too large"), _LIMIT),
    "moment": (N_("Not a time"), _FORM),
    "day": (N_("Not a day"), _FORM),
    "order": (N_("Ends before it begins"), _TOGETHER),
    "row": (N_("Not a row"), _FORM),
    "min_value": (N_("Below the limit"), _LIMIT),
    "max_value": (N_("Above the limit"), _LIMIT),
    "pattern": (N_("Not of the pattern"), _FORM),
    "one_of": (N_("Not one of the values"), _LIMIT),
    "stored": (N_("Cannot be stored like this"), _TOGETHER),
    "unknown_field": (N_("Unknown field"), _UNKNOWN),
    "unknown_id": (N_("Unknown id"), _UNKNOWN),
    "interval": (N_("Not of the interval"), _TOGETHER),
    "overlap": (N_("Overlaps another"), _TOGETHER),
    "counts": (N_("Counts do not add up"), _TOGETHER),
    "duration": (N_("Duration does not fit"), _TOGETHER),
    "double": (N_("There twice"), _TOGETHER),
    "break": (N_("Wrong break"), _TIME),
    "clock_change": (N_("No such time that night"), N_("The clocks change in that night.")),
    "unknown_person": (N_("Unknown person"), _UNKNOWN),
    "closed_month": (N_("Month is over"), _CLOSED),
    "empty": (N_("No shifts"), _CLOSED),
    "ends_before_it_begins": (N_("Ends before it begins"), _TIME),
    "over_24_hours": (N_("Longer than 24 hours"), _TIME),
    "overlaps": (N_("Overlaps another"), _TOGETHER),
    "outside_period": (N_("Outside the period"), _TIME),
    "break_outside_shift": (N_("Break outside the shift"), _TIME),
    "not_begun": (N_("Shift has not begun yet"), _TIME),
    "not_over": (N_("Shift is not over yet"), _TIME),
    "held": (N_("Another shift of the month is wrong"), N_("Its days without a shift would become days off.")),
}
"""By the values of `Rule`, `ShiftRule` and `ShiftProblem`, which share a name where they mean the same."""


def row_code(rule: str) -> str:
    """The code of the cause of a broken rule."""
    return f"row.{rule}"


ROWS = tuple(Cause(row_code(rule), *words, ROW_LEFT_OUT, _CORRECT) for rule, words in _TITLES.items())
