"""What a check of many rows found, grouped by rule, and the reports of it (contact-center.md §7.1, §7.2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.exchange.problems import Problem, Rule

MOST_KEPT = 100_000
"""Bad rows that are kept whole, for a file of errors or to be put right by hand."""
MOST_LISTED = 1_000
"""Bad rows that a stored result names one by one; groups count all of them."""
_MOST_ROWS_OF_GROUP = 20
_MOST_CHARS = 300  # more than a field may have


@dataclass(frozen=True, slots=True)
class RowError:
    """A row with what is wrong with it: `index` counts rows from 0, `row` is its line in the file or table."""

    index: int
    row: int
    record: Mapping[str, str]
    problems: tuple[Problem, ...]


@dataclass
class ProblemGroup:
    """All problems of one rule in one field: how many, in which rows first, and what was said of the first."""

    rule: Rule
    field: str
    warning: bool
    message: str
    fix: str
    count: int = 0
    rows: list[int] = dataclasses.field(default_factory=list)


@dataclass
class Findings:
    """Collects what is found, and the first `keep` bad rows as they are."""

    keys: Sequence[str]
    keep: int = MOST_LISTED
    total: int = 0
    valid: int = 0
    errors: list[RowError] = dataclasses.field(default_factory=list)
    groups: dict[tuple[str, Rule, bool], ProblemGroup] = dataclasses.field(default_factory=dict)

    @property
    def invalid(self) -> int:
        """How many rows cannot be taken."""
        return self.total - self.valid

    def refuse(
        self, row: int, cells: Sequence[object], problems: Sequence[Problem], extra: Mapping[str, object] | None = None
    ) -> None:
        """Note a bad row, the one that was counted last, and what it holds beyond its fields."""
        self._group(row, problems)
        if len(self.errors) < self.keep:
            record = {key: _shown(cell) for key, cell in zip(self.keys, cells, strict=False)}
            if extra:
                record |= {name: _shown(value) for name, value in extra.items()}
            self.errors.append(RowError(self.total - 1, row, record, tuple(problems)))

    def accept(self, row: int, warnings: Sequence[Problem]) -> None:
        """Note a good row, the one that was counted last."""
        self.valid += 1
        if warnings:
            self._group(row, warnings)

    def _group(self, row: int, problems: Sequence[Problem]) -> None:
        for p in problems:
            key = (p.field, p.rule, p.warning)
            group = self.groups.get(key)
            if group is None:
                group = self.groups[key] = ProblemGroup(p.rule, p.field, p.warning, p.message, p.fix)
            group.count += 1
            if len(group.rows) < _MOST_ROWS_OF_GROUP:
                group.rows.append(row)

    def grouped(self, *, warnings: bool) -> list[dict[str, Any]]:
        """The groups, those of most rows first."""
        chosen = [g for g in self.groups.values() if g.warning is warnings]
        return [
            {
                "rule": g.rule.value,
                "field": g.field,
                "count": g.count,
                "rows": g.rows,
                "message": g.message,
                "fix": g.fix,
            }
            for g in sorted(chosen, key=lambda g: (-g.count, g.field, g.rule))
        ]

    def listed(self) -> list[dict[str, Any]]:
        """The first bad rows, each with all that is wrong with it."""
        return [
            {
                "record_index": e.index,
                "row": e.row,
                "record": e.record,
                "errors": [
                    {"field": p.field, "rule": p.rule.value, "message": p.message, "fix": p.fix}
                    for p in e.problems
                    if not p.warning
                ],
            }
            for e in self.errors[:MOST_LISTED]
        ]

    def validation_report(self) -> dict[str, Any]:
        """The result of a check (§7.2)."""
        return {
            "total_records": self.total,
            "valid_records": self.valid,
            "invalid_records": self.invalid,
            "success_rate": round(100 * self.valid / self.total, 2) if self.total else 100.0,
            "error_groups": self.grouped(warnings=False),
            "warning_groups": self.grouped(warnings=True),
            "validation_errors": self.listed(),
        }

    def rows_of_file(self) -> list[tuple[int, str, str, str, str, str]]:
        """All that is wrong, as the table of an error file; see `ERROR_COLUMNS`."""
        return [
            (e.row, p.field, p.rule.value, p.message, p.fix, e.record.get(p.field, ""))
            for e in self.errors
            for p in e.problems
            if not p.warning
        ]


ERROR_COLUMNS = ("row", "field", "rule", "message", "fix", "value")


def _shown(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()  # as workbooks hold every number
    shown = "" if cell is None else cell if isinstance(cell, str) else str(int(cell) if whole else cell)  # type: ignore[call-overload]
    return shown[:_MOST_CHARS].encode("utf-8", "replace").decode()
