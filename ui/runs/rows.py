"""What one row of the result table shows, what it means to the person, and the filters that follow from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.outcomes import Action, Outcome, Status
from app.domain.pushes import PushStep
from app.i18n import N_, _
from ui.runs.words import TARGET_WORDS, step_words
from ui.tables import Column, Kind
from ui.texts import ACTION_TONES, ACTION_WORDS, FIELD_WORDS, STATUS_TONES, STATUS_WORDS
from ui.theme import TONE_ICONS, Tone
from ui.widgets import FilterChip


class Result(StrEnum):
    """What became of one subject at one target, those that need a look first: each row has exactly one.

    It parts `Status` where a person does: something changed or all was well before; left out for a cause or because
    there was nothing to do.
    """

    FAILED = "failed"
    MISSING = "missing"
    DIFFERENT = "different"
    EXTRA = "extra"
    INCOMPLETE = "incomplete"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    NOT_ATTEMPTED = "not_attempted"
    LEFT_OUT = "left_out"
    CHANGED = "changed"
    SENT = "sent"
    VERIFIED = "verified"
    SUCCESS = "success"
    UNCHANGED = "unchanged"

    @property
    def needs_look(self) -> bool:
        """Whether somebody should do something about it (the runs that end with exit code 3, command-line.md)."""
        return _ORDER[self] < _ORDER[Result.CHANGED]


_ORDER = {result: place for place, result in enumerate(Result)}
_WRITING = frozenset({Action.CREATE, Action.UPDATE, Action.DEACTIVATE})
_BY_STATUS = {
    Status.FATAL: Result.FAILED,
    Status.PARTIAL: Result.PARTIAL,
    Status.UNKNOWN: Result.UNKNOWN,
    Status.NOT_ATTEMPTED: Result.NOT_ATTEMPTED,
    Status.SKIPPED: Result.LEFT_OUT,
}
_BY_READING_BACK = {
    Action.MISSING: Result.MISSING,
    Action.DIFFERENT: Result.DIFFERENT,
    Action.EXTRA: Result.EXTRA,
    Action.INCOMPLETE: Result.INCOMPLETE,
    Action.VERIFIED: Result.VERIFIED,
}
_SENT_STEPS = frozenset({PushStep.PERSON.value, PushStep.FACE.value})
RESULT_WORDS = {
    Result.FAILED: N_("Failed"),
    Result.MISSING: N_("Missing"),
    Result.DIFFERENT: N_("Different"),
    Result.EXTRA: N_("Unknown here"),
    Result.INCOMPLETE: N_("List incomplete"),
    Result.PARTIAL: N_("Partial"),
    Result.UNKNOWN: N_("Unknown"),
    Result.NOT_ATTEMPTED: N_("Not attempted"),
    Result.LEFT_OUT: N_("Left out"),
    Result.CHANGED: N_("Changed"),
    # Translators: a device said yes, and was not read back yet
    Result.SENT: N_("Sent"),
    Result.VERIFIED: N_("Verified"),
    Result.SUCCESS: N_("Success"),
    Result.UNCHANGED: N_("No changes"),
}
RESULT_TONES = {
    Result.FAILED: Tone.DANGER,
    Result.MISSING: Tone.DANGER,
    Result.DIFFERENT: Tone.WARNING,
    Result.EXTRA: Tone.WARNING,
    Result.INCOMPLETE: Tone.WARNING,
    Result.PARTIAL: Tone.WARNING,
    Result.UNKNOWN: Tone.WARNING,
    Result.NOT_ATTEMPTED: Tone.NEUTRAL,
    Result.LEFT_OUT: Tone.WARNING,
    Result.CHANGED: Tone.SUCCESS,
    Result.SENT: Tone.INFO,
    Result.VERIFIED: Tone.SUCCESS,
    Result.SUCCESS: Tone.SUCCESS,
    Result.UNCHANGED: Tone.NEUTRAL,
}


_SAYS_MORE = frozenset({*_BY_READING_BACK.values(), Result.SENT})
"""Results of which the status alone would say too little."""


def result_of(outcome: Outcome) -> Result:
    """What became of it; what a push sent counts as verified only when it was read back (hikvision-isapi.md §13)."""
    if outcome.action in _BY_READING_BACK:
        return _BY_READING_BACK[outcome.action]
    if outcome.status is Status.SUCCESS and outcome.step == PushStep.READ_BACK.value:
        return Result.VERIFIED
    if outcome.action is Action.UNCHANGED:
        return Result.UNCHANGED
    if outcome.status is Status.SUCCESS:
        if outcome.step in _SENT_STEPS:
            return Result.SENT
        return Result.CHANGED if outcome.action in _WRITING else Result.SUCCESS
    return _BY_STATUS[outcome.status]


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One outcome, its number within the run and what it means; `planned` when a preview says what would happen."""

    seq: int
    outcome: Outcome
    result: Result
    planned: bool = False


def problems_first(lines: Iterable[OutcomeLine]) -> list[OutcomeLine]:
    """The rows by what they mean, what needs a look on top, else in the order in which they came."""
    return sorted(lines, key=lambda line: _ORDER[line.result])


def happened(outcome: Outcome) -> str:
    """The message, and the fields that were changed."""
    if outcome.status is not Status.SUCCESS or not outcome.changes:
        return _(outcome.message)
    fields = ", ".join(_(FIELD_WORDS.get(change.field, change.field)) for change in outcome.changes)
    return _("{message}: {fields}").format(message=_(outcome.message), fields=fields)


def _status_words(line: OutcomeLine) -> str:
    outcome = line.outcome
    if line.planned:
        return _(ACTION_WORDS[outcome.action])
    return _(RESULT_WORDS[line.result] if line.result in _SAYS_MORE else STATUS_WORDS[outcome.status])


def _status_tone(line: OutcomeLine) -> Tone:
    outcome = line.outcome
    if line.planned:
        return ACTION_TONES[outcome.action]
    if line.result in _SAYS_MORE:
        return RESULT_TONES[line.result]
    return Tone.WARNING if line.result is Result.LEFT_OUT else STATUS_TONES[outcome.status]


COLUMNS: tuple[Column[OutcomeLine], ...] = (
    Column("subject", N_("Name"), lambda r: r.outcome.subject, width=220),
    Column("target", N_("Target"), lambda r: _(TARGET_WORDS.get(r.outcome.target, r.outcome.target)), width=110,
           muted=True),
    Column("status", N_("Status"), lambda r: r.outcome.status.value, text=_status_words, kind=Kind.CHIP, width=150,
           tone=_status_tone),
    Column("step", N_("Step"), lambda r: step_words(r.outcome.step), width=90, muted=True),
    Column("message", N_("What happened"), lambda r: happened(r.outcome), width=420),
    Column("remedy", N_("What to do"), lambda r: _(r.outcome.remedy), width=260, muted=True, hidden=True),
    Column("subject_id", N_("Id"), lambda r: r.outcome.subject_id, width=220, muted=True, hidden=True),
    Column("why", N_("Why?"), lambda _r: _("Why?"), kind=Kind.LINK, width=72, copyable=False),
)  # fmt: skip


def filters(occurring: Collection[Result], *, planned: bool) -> list[FilterChip]:
    """One chip for each kind of result there is; they widen each other."""
    return [_chip(result, planned) for result in Result if result in occurring]


def _chip(result: Result, planned: bool) -> FilterChip:
    label = _("Would change") if planned and result is Result.CHANGED else _(RESULT_WORDS[result])
    tone = RESULT_TONES[result]
    return FilterChip(result.value, label, lambda line: line.result is result, "result", TONE_ICONS[tone], tone)
