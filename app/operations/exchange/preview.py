"""The first rows of a file, before anything is checked: its columns, what they are taken for, and what it may hold.

It reads no further than it shows, and refuses nothing that a person can still put right by saying what a column is.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.domain.exchange import SHAPES, DataType, Shape, folded
from app.errors import UsageError
from app.i18n import _
from app.operations.exchange.files import AS_GUESSED, FileKind, SourceFile, TextForm, look_at
from app.operations.exchange.headings import LEFT_OUT, Headings
from app.operations.exchange.json_rows import json_items
from app.operations.exchange.tables import no_table, open_table, sheet_rows
from app.operations.source_files import unread

ROWS = 50
_MOST_COLUMNS = 200
_MOST_CHARS = 300
_TYPE = folded("data_type")


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a file: its name there, and the key of the field it is taken for; `known` columns of our own exports
    are read over without a word.
    """

    name: str
    field: str = ""
    known: bool = False


@dataclass(frozen=True)
class FilePreview:
    """What can be said of a file from its first rows. `data_type` is what a person said or what it looks like;
    `missing` are fields that are needed and have no column, `doubled` fields that have two.
    """

    source: SourceFile
    data_type: DataType
    columns: tuple[FileColumn, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    missing: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The columns that are no field; their values are kept beside the row."""
        return tuple(c.name for c in self.columns if not c.field and not c.known)


def preview_file(
    path: Path,
    data_type: DataType | None = None,
    columns: Mapping[str, str] | None = None,
    form: TextForm = AS_GUESSED,
) -> FilePreview:
    """Look at a file; without `data_type` the one whose fields fit its columns best is taken.

    Takes its time, as the whole file is read once to know it again: not for the event loop. Raises `UsageError` for
    what is no file of rows at all, `StoreError` when it cannot be read.
    """
    source = look_at(path, form)
    try:
        if data_type is None:
            data_type = _guess(source)
        names, rows = _head(source, SHAPES[data_type])
    except UnicodeError as error:
        text = _("The file {file} is written in another encoding.").format(file=path.name)
        raise UsageError(text, _("Choose another one.")) from error
    except OSError as error:
        raise unread(path, error) from error
    return _described(source, data_type, names, rows, columns or {})


def _described(
    source: SourceFile,
    data_type: DataType,
    names: Sequence[str],
    rows: Sequence[tuple[int, tuple[str, ...]]],
    by_hand: Mapping[str, str],
) -> FilePreview:
    shape = SHAPES[data_type]
    headings = Headings(shape, by_hand)
    places = [headings.place(name) for name in names]
    columns = tuple(
        FileColumn(name, shape.fields[place].key if place is not None and place >= 0 else "", place == LEFT_OUT)
        for name, place in zip(names, places, strict=True)
    )
    held = Counter(column.field for column in columns if column.field)
    missing = tuple(key for key in shape.required if key not in held)
    return FilePreview(source, data_type, columns, tuple(rows), missing, tuple(k for k, n in held.items() if n > 1))


def _guess(source: SourceFile) -> DataType:
    """The type of which most fields that are needed are there, then most fields; our own exports say it."""
    found: list[tuple[tuple[bool, int, int], DataType]] = []
    for data_type, shape in SHAPES.items():
        names, rows = _head(source, shape)
        if (said := _said(names, rows)) is not None:
            return said
        places = set(map(Headings(shape, {}).place, names)) - {None, LEFT_OUT}
        needed = [key for key in shape.required if shape.place(key) in places]
        found.append(((len(needed) == len(shape.required), len(needed), len(places)), data_type))
    return max(found, key=lambda each: each[0])[1]


def _said(names: Sequence[str], rows: Sequence[tuple[int, tuple[str, ...]]]) -> DataType | None:
    place = next((place for place, name in enumerate(names) if folded(name) == _TYPE), None)
    if place is None or not rows or place >= len(rows[0][1]) or rows[0][1][place] not in set(DataType):
        return None
    return DataType(rows[0][1][place])


def _head(source: SourceFile, shape: Shape) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
    """The names of the columns and the first rows, with their numbers."""
    if source.kind is FileKind.JSON:
        return _head_of_json(source, shape)
    rows = _table_rows(source)
    _number, names = next(rows, (0, ()))
    titles = tuple(name.strip() for name in names[:_MOST_COLUMNS])
    return titles, [(number, cells[: len(titles)]) for number, cells in islice(rows, ROWS)]


def _table_rows(source: SourceFile) -> Iterator[tuple[int, tuple[str, ...]]]:
    if source.encoding is None:
        yield from ((number, tuple(map(_shown, row))) for number, row in sheet_rows(source.path))
        return
    with source.path.open(encoding=source.encoding, newline="") as file:
        try:
            for number, row in open_table(file, source.separator).rows():
                if any(row):
                    yield number, tuple(map(_shown, row))
        except csv.Error as error:
            raise no_table(error) from error


def _head_of_json(source: SourceFile, shape: Shape) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
    with source.path.open(encoding=source.encoding) as file:
        items = list(islice(json_items(file, Headings(shape, {})), ROWS))
    names: dict[str, None] = {}
    for item in items:
        if isinstance(item, dict) and len(names) < _MOST_COLUMNS:
            names |= dict.fromkeys(item)
    shown = (tuple(_shown(item.get(name)) for name in names) if isinstance(item, dict) else () for item in items)
    return tuple(names), list(enumerate(shown, 1))


def _shown(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    text = "" if cell is None else str(int(cell) if whole else cell)  # type: ignore[call-overload]
    return text[:_MOST_CHARS]
