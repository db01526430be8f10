"""Rows of the tables of the mappings dialog: fields, what a trial found, values without a meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.mappings import Entity, Rule, SourceField, Trial
from app.domain.mappings.mapper import look_up
from app.domain.mappings.transforms import is_blank
from app.domain.mappings.trial import record_name
from app.i18n import N_, _
from app.operations.mapping_rows import EntityView, sample_values
from ui.dialogs.mappings.words import pair_words, rule_words, value_words
from ui.tables import Column, Kind
from ui.theme import Tone


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of ours, and how it is filled now in the dialog."""

    field: SourceField
    rule: Rule
    required: bool
    samples: tuple[Any, ...]

    @property
    def changed(self) -> bool:
        """Whether a person said how it is filled."""
        return not self.rule.is_identity


def field_lines(view: EntityView, rules: Mapping[str, Rule]) -> list[FieldLine]:
    """The fields of an entity under the rules that stand in the dialog."""
    required = view.entity.required_keys
    lines = []
    for field in view.entity.fields:
        rule = rules.get(field.key) or Rule(field.key, (field.key,))
        lines.append(FieldLine(field, rule, field.key in required, tuple(sample_values(view.samples.rows, rule))))
    return lines


def _samples(line: FieldLine) -> str:
    return " · ".join(value_words(value) for value in line.samples)


def _state(line: FieldLine) -> str:
    if line.changed:
        return _("Changed here")
    return _("Required") if line.required else _("As sent")


FIELD_COLUMNS: tuple[Column[FieldLine], ...] = (
    Column("theirs", N_("Their field"), lambda r: ", ".join(r.rule.sources), width=132),
    Column("samples", N_("Last values"), _samples, width=176, muted=True, tooltip=_samples),
    Column("ours", N_("Our field"), lambda r: _(r.field.title), width=136, tooltip=lambda r: r.field.key),
    Column("how", N_("How"), lambda r: rule_words(r.rule), width=132, tooltip=lambda r: rule_words(r.rule)),
    Column("state", N_("State"), _state, kind=Kind.CHIP, width=190,
           tone=lambda r: Tone.INFO if r.changed else Tone.NEUTRAL),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One field of one record before and after, or why a record cannot be taken."""

    number: int
    record: str
    field: str
    before: str
    after: str
    note: str
    bad: bool


def trial_lines(entity: Entity, trial: Trial) -> list[TrialLine]:
    """What a trial found; what is wrong first."""
    found: list[tuple[str, str, str, str, str, bool]] = [
        (record_name(entity, p.record), p.target, value_words(look_up(p.record, p.target)), "", p.message, True)
        for p in trial.problems
    ]
    for c in trial.changes:
        bad = c.field in trial.blanked and is_blank(c.after)
        note = _("Required, would be empty") if bad else _("Would change")
        found.append((c.record, c.field, *pair_words(c.before, c.after), note, bad))
    found.sort(key=lambda line: not line[-1])
    return [
        TrialLine(number, record, _title(entity, key), before, after, note, bad)
        for number, (record, key, before, after, note, bad) in enumerate(found)
    ]


def _title(entity: Entity, key: str) -> str:
    field = entity.field(key)
    return _(field.title) if field is not None else key


TRIAL_COLUMNS: tuple[Column[TrialLine], ...] = (
    Column("record", N_("Record"), lambda r: r.record, width=170),
    Column("field", N_("Field"), lambda r: r.field, width=150),
    Column("before", N_("Before"), lambda r: r.before, width=220, tooltip=lambda r: r.before),
    Column("after", N_("After"), lambda r: r.after, width=220, tooltip=lambda r: r.after),
    Column("note", N_("Result"), lambda r: r.note, kind=Kind.CHIP, width=260, tooltip=lambda r: r.note,
           tone=lambda r: Tone.DANGER if r.bad else Tone.INFO),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A value that nobody mapped yet, and what it could stand for as pairs of id and title."""

    value: str
    count: int
    choices: tuple[tuple[str, str], ...]


def value_lines(rows: Sequence[Mapping[str, Any]]) -> list[ValueLine]:
    """The values of `connections.mappings`."""
    return [
        ValueLine(row["value"], row["count"], tuple((one["id"], one["title"]) for one in row["choices"]))
        for row in rows
    ]


VALUE_COLUMNS: tuple[Column[ValueLine], ...] = (
    Column("value", N_("Value of the source"), lambda r: r.value, width=320),
    Column("count", N_("Times"), lambda r: r.count, kind=Kind.NUMBER, width=120),
)
