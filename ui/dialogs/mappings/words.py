"""Transformations, checks and values of mappings in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from app.domain.mappings import CheckKind, IdRegister, Otherwise, Rule, TransformKind
from app.i18n import N_, _

_MOST_CHARS = 60

TRANSFORM_WORDS: Mapping[TransformKind, str] = {
    TransformKind.CONSTANT: N_("Always this text"),
    TransformKind.DEFAULT: N_("This text where there is none"),
    TransformKind.CONCAT: N_("Join the fields"),
    TransformKind.SPLIT: N_("Take a part"),
    TransformKind.TRIM: N_("Without blanks around it"),
    TransformKind.UPPER: N_("In capitals"),
    TransformKind.LOWER: N_("In small letters"),
    TransformKind.MAP_VALUES: N_("Replace values"),
    TransformKind.TO_INT: N_("To a whole number"),
    TransformKind.TO_DECIMAL: N_("To a number"),
    TransformKind.TO_BOOL: N_("To yes or no"),
    TransformKind.TO_DATE: N_("To a date"),
    TransformKind.TO_DATETIME: N_("To a moment"),
    TransformKind.MS_TO_HOURS: N_("Milliseconds to hours"),
    TransformKind.HOURS_TO_MS: N_("Hours to milliseconds"),
    TransformKind.SECONDS_TO_MS: N_("Seconds to milliseconds"),
    TransformKind.LOOKUP: N_("To our own id"),
    TransformKind.HASH: N_("To a fingerprint (SHA-256)"),
}
CHECK_WORDS: Mapping[CheckKind, str] = {
    CheckKind.REQUIRED: N_("A value is required"),
    CheckKind.MIN_VALUE: N_("At least"),
    CheckKind.MAX_VALUE: N_("At most"),
    CheckKind.PATTERN: N_("Fits a pattern"),
    CheckKind.ONE_OF: N_("One of these"),
    CheckKind.UNIQUE: N_("Not twice"),
    CheckKind.NOT_IN_FUTURE: N_("Not in the future"),
}
ARGUMENT_WORDS: Mapping[TransformKind | CheckKind, str] = {
    TransformKind.CONSTANT: N_("Text"),
    TransformKind.DEFAULT: N_("Text"),
    TransformKind.CONCAT: N_("Text between them"),
    TransformKind.SPLIT: N_("Where to split"),
    TransformKind.MAP_VALUES: N_("A=Active; L=Left"),
    TransformKind.TO_DATETIME: N_("Time zone, such as Europe/Oslo"),
    CheckKind.MIN_VALUE: N_("Number"),
    CheckKind.MAX_VALUE: N_("Number"),
    CheckKind.PATTERN: N_("* anything, ? one character, # one digit"),
    CheckKind.ONE_OF: N_("Values with ; between them"),
}
"""What the argument of one is; those that are not here have none."""
REGISTER_WORDS: Mapping[IdRegister, str] = {
    IdRegister.EMPLOYEE_BY_VITEC_ID: N_("Person, by the id in Vitec"),
    IdRegister.EMPLOYEE_BY_SUPABASE_ID: N_("Person, by the id in Supabase"),
    IdRegister.EMPLOYEE_BY_NUMBER: N_("Person, by the terminal number"),
    IdRegister.OFFICE_BY_DEPARTMENT: N_("Office, by the department in Vitec"),
}
OTHERWISE_WORDS: Mapping[Otherwise, str] = {
    Otherwise.KEEP: N_("Keep other values"),
    Otherwise.EMPTY: N_("Leave others empty"),
    Otherwise.ERROR: N_("Refuse others"),
}


def kind_words(kind: TransformKind | CheckKind) -> str:
    """The name of a transformation or a check."""
    return _(TRANSFORM_WORDS[kind]) if isinstance(kind, TransformKind) else _(CHECK_WORDS[kind])


def rule_words(rule: Rule) -> str:
    """What happens between their field and ours; blank where it is taken as it is."""
    if not rule.active:
        return _("Switched off")
    words = [*(kind_words(one.kind) for one in rule.transforms), *(kind_words(one.kind) for one in rule.checks)]
    return " · ".join(words)


def value_words(value: Any) -> str:
    """A value of a source, cut to what a cell shows."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    text = " ".join(text.split())
    return text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}…"


def pair_words(before: Any, after: Any) -> tuple[str, str]:
    """Two values that differ; where only their types do, the text stands in quotes as JSON has it."""
    words = value_words(before), value_words(after)
    if words[0] != words[1]:
        return words
    encoded = [value_words(msgspec.json.encode(value).decode()) for value in (before, after)]
    return encoded[0], encoded[1]
