"""A table as text for the clipboard: cells of one column, or whole rows with their headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ui.tables.columns import Column


@dataclass(frozen=True, slots=True)
class VisibleTable:
    """What a table shows, in its order: headers, and one tuple of values per row (numbers and moments as such)."""

    headers: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def visible_table(columns: Sequence[Column[Any]], rows: Iterable[Any]) -> VisibleTable:
    """The given columns of the given rows, for an export."""
    kept = [column for column in columns if column.copyable]
    return VisibleTable(
        tuple(column.heading for column in kept),
        tuple(tuple(column.exported(row) for column in kept) for row in rows),
    )


def cells_as_text(column: Column[Any], rows: Iterable[Any]) -> str:
    """One column's words, one line per row."""
    return "\n".join(_one_line(column.words(row)) for row in rows)


def rows_as_text(columns: Sequence[Column[Any]], rows: Iterable[Any]) -> str:
    """Headers and rows, separated by tabs, as spreadsheets take them."""
    kept = [column for column in columns if column.copyable]
    lines = ["\t".join(column.heading for column in kept)]
    lines += ["\t".join(_one_line(column.words(row)) for column in kept) for row in rows]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split()) if any(mark in text for mark in "\t\r\n") else text
