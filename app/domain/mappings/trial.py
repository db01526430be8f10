"""Tries rules on rows that a source sent, through the very code of a real run, and says what would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.mappings.entities import Entity
from app.domain.mappings.mapper import Mapper, Problem, look_up
from app.domain.mappings.registers import NO_REGISTERS, Registers
from app.domain.mappings.rules import Rules
from app.domain.mappings.transforms import is_blank
from app.i18n import _

Row = Mapping[str, Any]
NAMELESS = "?"
"""What a record without an id is called."""


@dataclass(frozen=True, slots=True)
class TrialChange:
    """One field of one record, as our reader gets it by the rules kept now and by those tried."""

    record: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Trial:
    """What rules would do to `records` rows.

    `blanked` are required fields that would lose their value, `merged` says that different records would get one name.
    """

    records: int
    changed: int
    changes: tuple[TrialChange, ...]
    problems: tuple[Problem, ...]
    blanked: tuple[str, ...]
    merged: bool = False

    @property
    def refused(self) -> int:
        """How many records could not be taken."""
        return len(self.problems)

    def objection(self, entity: Entity) -> Objection | None:
        """Why rules must not be kept after this, if anything; the shipped ones always may."""
        if self.blanked:
            return Objection(
                _("This mapping would take the value away from a required field: {fields}.").format(
                    fields=", ".join(_title(entity, key) for key in self.blanked)
                ),
                _("Choose fields that hold a value in the last records."),
            )
        if self.merged:
            return Objection(
                _("This mapping would give different records the same value of {field}.").format(
                    field=_title(entity, entity.required[0][0])
                ),
                _("Choose a field that tells the records apart."),
            )
        if self.records and self.refused >= self.records:
            return Objection(
                _("With this mapping none of the last records could be taken."),
                _("Choose other fields or transformations for what each record is refused for."),
            )
        return None


@dataclass(frozen=True, slots=True)
class Objection:
    """Why rules must not be kept, and what to do."""

    message: str
    remedy: str


def try_rules(
    entity: Entity,
    samples: Sequence[Row],
    kept: Rules,
    tried: Rules,
    now: datetime,
    registers: Registers = NO_REGISTERS,
) -> Trial:
    """Compare what `kept` and `tried` make of the samples; `registers` are those that either looks into."""
    rows = [dict(row) for row in samples]
    before = Mapper({entity.id: kept}, registers=registers, now=lambda: now).take(entity.id, rows)
    mapper = Mapper({entity.id: tried}, registers=registers, now=lambda: now)
    taken = mapper.take(entity.id, rows)
    before, after = _good(before), _good(taken)
    changes: list[TrialChange] = []
    changed = 0
    for raw, was, becomes in zip(rows, before, after, strict=True):
        found = _changes(entity, record_name(entity, raw), was, becomes)
        changes += found
        changed += bool(found)
    blanked = (_blanked(entity, raw, was, becomes) for raw, was, becomes in zip(rows, before, after, strict=True))
    keys = dict.fromkeys(key for found in blanked for key in found)
    problems = tuple(one for one in taken if isinstance(one, Problem))
    return Trial(len(rows), changed, tuple(changes), problems, tuple(keys), _merged(entity, before, after))


def _good(taken: Iterable[Row | Problem]) -> list[Row | None]:
    return [None if isinstance(one, Problem) else one for one in taken]


def _merged(entity: Entity, before: Iterable[Row | None], after: Iterable[Row | None]) -> bool:
    """Whether records that had names of their own would share one."""
    names: dict[str, str] = {}
    for was, becomes in zip(before, after, strict=True):
        if was is None or becomes is None:
            continue
        old, new = record_name(entity, was), record_name(entity, becomes)
        if NAMELESS not in (old, new) and names.setdefault(new, old) != old:
            return True
    return False


def _title(entity: Entity, key: str) -> str:
    field = entity.field(key)
    return _(field.title) if field is not None else key


def record_name(entity: Entity, row: Row) -> str:
    """What a record is called in a list: its id."""
    found = [look_up(row, key) for key in entity.required[0]]
    return next((str(value)[:100] for value in found if not is_blank(value)), NAMELESS)


def _changes(entity: Entity, record: str, was: Row | None, becomes: Row | None) -> list[TrialChange]:
    """Fields that differ; a record that is refused after is told by its problem instead."""
    if becomes is None:
        return []
    pairs = [
        (field.key, look_up(was, field.key) if was else None, look_up(becomes, field.key)) for field in entity.fields
    ]
    return [TrialChange(record, key, old, new) for key, old, new in pairs if _differs(old, new)]


def _differs(old: Any, new: Any) -> bool:
    """Whether a value or its type is another: 1, true and "1" are three values to a reader."""
    return type(old) is not type(new) or bool(old != new)


def _blanked(entity: Entity, raw: Row, was: Row | None, becomes: Row | None) -> list[str]:
    """Of each required group the key that is left without any value, where there was one."""
    if becomes is None:
        return []
    return [
        group[0]
        for group in entity.required
        if not _has_any(becomes, group) and (_has_any(raw, group) or (was is not None and _has_any(was, group)))
    ]


def _has_any(row: Row, group: Sequence[str]) -> bool:
    return any(not is_blank(look_up(row, key)) and look_up(row, key) not in ([], {}) for key in group)
