"""A file on its way in: what is known of it, what a person said of it, what was found in it and put right.

Knows nothing of widgets; every question to the file runs on a thread of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from app.domain.exchange import DataType, Problem, Rule
from app.domain.exchange.checker import FieldRule
from app.domain.exchange.findings import Findings, ProblemGroup, RowError
from app.operations.exchange.corrections import RowCheck
from app.operations.exchange.files import TextForm
from app.operations.exchange.preview import FilePreview

BATCH_SIZE = 1_000
BATCH_SIZES = (100, 500, BATCH_SIZE, 2_000, 5_000, 10_000)


@dataclass(frozen=True)
class Choices:
    """What a person says of a file; what is None or empty is found out. `corrections` are those of an earlier check."""

    file: Path
    data_type: DataType | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    form: TextForm = TextForm()  # noqa: RUF009 - it cannot change
    strict: bool = False
    rules: Mapping[str, FieldRule] = field(default_factory=dict)
    replace_rows: bool = False
    batch_size: int = BATCH_SIZE
    corrections: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    def params(self, data_type: DataType) -> dict[str, Any]:
        """The parameters that a check and an import share."""
        return {
            "data_type": data_type.value,
            "file": str(self.file),
            "strict": self.strict,
            "validation_rules": msgspec.to_builtins(dict(self.rules)),
            "columns": dict(self.columns),
            "encoding": self.form.encoding,
            "separator": self.form.separator,
        }


class Standing(StrEnum):
    """How a finding stands; a warning keeps no row out."""

    BAD = "bad"
    CORRECTED = "corrected"
    WARNING = "warning"


GroupKey = tuple[str, Rule, bool]
"""Field and rule, and whether it only warns."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one row, or put right; `field` is blank for the row as a whole."""

    row: int
    field: str
    rule: Rule
    value: str
    message: str
    fix: str
    standing: Standing = Standing.BAD

    @property
    def key(self) -> tuple[int, str, bool]:
        """Names it within its file."""
        return (self.row, self.field, self.standing is Standing.WARNING)

    @property
    def editable(self) -> bool:
        """Whether its value can be put right: a field's, not one of the whole row, nor of what is no field."""
        return bool(self.field) and self.standing is not Standing.WARNING and self.rule is not Rule.UNKNOWN_FIELD

    @property
    def group(self) -> GroupKey:
        """The group it belongs to."""
        return (self.field, self.rule, self.standing is Standing.WARNING)


@dataclass
class BadRow:
    """A bad row: as the file has it, what was put right, and what was said of it first and now."""

    error: RowError
    first: dict[str, Problem]
    problems: dict[str, Problem]
    corrections: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, error: RowError) -> BadRow:
        """As it was found."""
        found = {p.field: p for p in error.problems if not p.warning}
        return cls(error, found, dict(found))

    @property
    def record(self) -> dict[str, str]:
        """Its values as they are now."""
        return {**self.error.record, **self.corrections}

    def findings(self) -> Iterator[Finding]:
        """What is wrong with it now, and what was and is put right."""
        record = self.record
        for key, said in {**self.first, **self.problems}.items():
            now = self.problems.get(key)
            standing = Standing.BAD if now is not None else Standing.CORRECTED
            problem = now or said
            yield Finding(
                self.error.row, key, problem.rule, record.get(key, ""), problem.message, problem.fix, standing
            )


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one rule in one field: how many rows are bad, or warned of, and what was said of the first."""

    field: str
    rule: Rule
    warning: bool
    count: int
    message: str
    fix: str

    @property
    def key(self) -> GroupKey:
        """Names it within its file."""
        return (self.field, self.rule, self.warning)


class Checked:
    """What a check found, and what a person put right since."""

    def __init__(self, found: Findings, check: RowCheck) -> None:
        self.total = found.total
        self.invalid = found.invalid
        self.rows = {error.row: BadRow.of(error) for error in found.errors}
        self.fields = frozenset(found.keys)
        self.corrected = 0
        self._found = found
        self._check = check
        self._said = {(g.field, g.rule, g.warning): g for g in found.groups.values()}
        self._counts = {key: group.count for key, group in self._said.items()}

    @property
    def bad(self) -> int:
        """How many rows are still bad."""
        return self.invalid - self.corrected

    @property
    def good(self) -> int:
        """How many rows can be imported."""
        return self.total - self.bad

    @property
    def not_shown(self) -> int:
        """How many bad rows are too many to be put right one by one."""
        return self.invalid - len(self.rows)

    def groups(self) -> list[Group]:
        """The groups, errors first, those of most rows first."""
        found = [
            Group(g.field, g.rule, g.warning, self._counts[key], g.message, g.fix) for key, g in self._said.items()
        ]
        return sorted(found, key=lambda g: (g.warning, -g.count, g.field, g.rule))

    def findings(self) -> list[Finding]:
        """All of them, row by row; of warnings the first rows that each is about."""
        bad = [finding for row in self.rows.values() for finding in row.findings()]
        warned = [
            Finding(row, g.field, g.rule, "", g.message, g.fix, Standing.WARNING)
            for g in self._found.groups.values()
            if g.warning
            for row in g.rows
        ]
        return bad + warned

    def correct(self, row_number: int, key: str, value: str) -> list[Finding]:
        """Take a value for a field of a row and check the row anew; returns what is to be said of it now."""
        row = self.rows[row_number]
        new = {**row.corrections, key: value}
        if value == row.error.record.get(key, ""):
            del new[key]
        return self._take(row, new)

    def correct_again(self, corrections: Mapping[int, Mapping[str, str]]) -> None:
        """Put right what was put right after an earlier check, as far as it is still bad."""
        for number, new in corrections.items():
            row = self.rows.get(number)
            if row is not None:
                self._take(row, {key: value for key, value in new.items() if key in row.error.record})

    def _take(self, row: BadRow, corrections: dict[str, str]) -> list[Finding]:
        self._count(row, -1)
        row.corrections = corrections
        row.problems = {p.field: p for p in self._check(row.record)} if corrections else dict(row.first)
        self._count(row, 1)
        return list(row.findings())

    def _count(self, row: BadRow, step: int) -> None:
        """Add a row to the counts, or take it out of them."""
        self.corrected += 0 if row.problems else step
        for problem in row.problems.values():
            key = (problem.field, problem.rule, False)
            said = ProblemGroup(problem.rule, problem.field, False, problem.message, problem.fix)
            self._said.setdefault(key, said)
            self._counts[key] = self._counts.get(key, 0) + step

    def corrections(self) -> dict[int, dict[str, str]]:
        """What was put right, for the import."""
        return {number: dict(row.corrections) for number, row in self.rows.items() if row.corrections}

    def table_of_bad(self) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """The bad rows as a table for somebody else: their values, and what is wrong; it can be imported again."""
        bad = [row for row in self.rows.values() if row.problems]
        keys = tuple(dict.fromkeys(key for row in bad for key in row.record))
        lines = [
            (row.error.row, *(row.record.get(key, "") for key in keys), " ".join(map(_sentence, row.problems.values())))
            for row in bad
        ]
        return ("row", *keys, "problems"), lines


def _sentence(problem: Problem) -> str:
    said = f"{problem.field}: {problem.message}" if problem.field else problem.message
    return f"{said} {problem.fix}"


@dataclass(frozen=True)
class Opened:
    """A file as far as it is known: what was said of it, its first rows, and what a check found."""

    choices: Choices
    preview: FilePreview
    checked: Checked | None = None

    @property
    def data_type(self) -> DataType:
        """What it holds."""
        return self.preview.data_type

    def said(self) -> Choices:
        """What a person said of it so far, with what was put right in it."""
        return replace(self.choices, corrections=self.checked.corrections()) if self.checked else self.choices

    def unchecked(self) -> Opened:
        """The same before it was checked; what was put right is put right again by the next check."""
        return Opened(self.said(), self.preview)
