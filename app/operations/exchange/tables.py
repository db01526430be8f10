"""Rows of CSV files and workbooks, one after the other."""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import Any, TextIO

from app.errors import UsageError
from app.i18n import _
from app.operations.exchange.headings import Columns, Headings, SourceRow, find_columns

MOST_UNPACKED_BYTES = 1_000_000_000
MOST_CELLS = 12_000_000  # a workbook is laid out in memory as a rectangle, however few of its cells hold anything
_CHUNK = 1 << 20
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_WIDE_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{2,3})\d""")
_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,3}(\d{1,9})["']""")


class Separator(StrEnum):
    """What stands between the cells of a text table."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    BAR = "bar"

    @property
    def sign(self) -> str:
        """The character."""
        return _SIGNS[self]


_SIGNS = {Separator.COMMA: ",", Separator.SEMICOLON: ";", Separator.TAB: "\t", Separator.BAR: "|"}


@dataclass(frozen=True)
class TextTable:
    """An open text table at its first row."""

    file: TextIO
    separator: Separator

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """The rows with the numbers that a spreadsheet shows: the headings are 1, whatever lines the rows take."""
        return enumerate(csv.reader(self.file, delimiter=self.separator.sign, strict=True), 1)


def open_table(file: TextIO, said: Separator | None = None) -> TextTable:
    """A text table separated as a person or Excel's own first line says, else by what divides the first row most."""
    first = file.readline(_CHUNK)
    if named := _SEPARATOR_LINE.fullmatch(first):
        by_excel = next((each for each in Separator if each.sign == named[1]), Separator.COMMA)
        return TextTable(file, said or by_excel)  # spreadsheets do not show this line
    file.seek(0)
    return TextTable(file, said or max(Separator, key=lambda each: _cells_of(first, each)))


def _cells_of(line: str, separator: Separator) -> int:
    """Into how many cells a separator divides a line; inside quotes it divides nothing."""
    closed = line + '"' * (line.count('"') % 2)  # a cell with line breaks goes on in the next line
    try:
        return len(next(csv.reader([closed], delimiter=separator.sign, strict=True), []))
    except csv.Error:
        return 0


def csv_rows(table: TextTable, headings: Headings) -> Iterator[SourceRow]:
    """Rows of a text table.

    Raises `UsageError` when it is none.
    """
    try:
        rows = table.rows()
        _number, names = next(rows, (1, []))
        columns = find_columns(names, headings)
        pick = itemgetter(*columns.places)
        plain = len(columns.extra) == 0
        for number, row in rows:
            if plain and len(row) == columns.width:  # the usual row, as quickly as can be
                row.append("")
                if any(row):
                    yield number, pick(row), None, ""
            elif any(row):
                yield _row(number, row, columns, pick)
    except csv.Error as error:
        raise no_table(error) from error


def no_table(error: csv.Error) -> UsageError:
    """What is said of a text that is no table."""
    return UsageError(_("This file is not a CSV table: {cause}").format(cause=error), _("Save it as CSV (UTF-8)."))


def _row(number: int, cells: list[Any], columns: Columns, pick: itemgetter[tuple[object, ...]]) -> SourceRow:
    missing = columns.width - len(cells)
    defect = ""
    if missing < 0:
        if any(str(cell or "").strip() for cell in cells[columns.width :]):
            defect = _("The row has more cells than the first row.")
        del cells[columns.width :]
    cells += [""] * (max(missing, 0) + 1)
    extra = {name: cells[index] for index, name in columns.extra if cells[index] != ""} if columns.extra else None
    return number, pick(cells), extra, defect


def workbook_rows(path: Path, headings: Headings) -> Iterator[SourceRow]:
    """Rows of the first sheet of an XLSX file; its texts, numbers and times come as such.

    Raises `UsageError` when it is none, or too large.
    """
    rows = sheet_rows(path)
    _number, names = next(rows, (0, []))
    columns = find_columns([str(cell).strip() for cell in names], headings)
    pick = itemgetter(*columns.places)
    for number, row in rows:
        yield _row(number, row, columns, pick)


def sheet_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """The rows of the first sheet that hold anything, with their numbers; the headings are the first of them.

    Raises `UsageError` when it is no workbook, or too large.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bombs(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for number, row in enumerate(book.get_sheet_by_index(0).iter_rows(), 1):
                if any(cell not in ("", None) for cell in row):
                    yield number, list(row)
    except (CalamineError, zipfile.BadZipFile) as error:
        raise _no_workbook(str(error)) from error


def _no_workbook(cause: str) -> UsageError:
    return UsageError(
        _("This file is not an Excel workbook: {cause}").format(cause=cause), _("Save it as XLSX or CSV.")
    )


def _refuse_bombs(path: Path) -> None:
    """Refuse a workbook that would unpack or lay out to more than memory holds."""
    too_large = UsageError(_("The workbook is too large."), _("Split it into smaller ones, or save it as CSV."))
    try:
        with zipfile.ZipFile(path) as book:
            members = book.infolist()
            if sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
                raise too_large
            for member in members:
                if "worksheets/" in member.filename.lower() and _cells(book, member) > MOST_CELLS:
                    raise too_large
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise _no_workbook(str(error)) from error


def _cells(book: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Rows times columns that a sheet spans at most, by the addresses of its cells."""
    widest, last, tail = 26, 0, b""
    with book.open(member) as sheet:
        while chunk := sheet.read(_CHUNK):
            text = tail + chunk
            widest = max([widest, *map(_column_number, set(_WIDE_CELL.findall(text)))])
            last = max([last, *map(int, _ROW.findall(text))])
            tail = text[-64:]
    return widest * last


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
