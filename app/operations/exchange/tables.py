"""Rows of CSV files and workbooks, one after the other."""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterator
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


def csv_rows(file: TextIO, headings: Headings) -> Iterator[SourceRow]:
    """Rows of a text table separated by `,`, `;` or tabs, by whichever the first line has most.

    Raises `UsageError` when it is no such table.
    """
    first = file.readline(_CHUNK)
    named = _SEPARATOR_LINE.fullmatch(first)  # Excel's own way to say it
    delimiter = named[1] if named else max(",;\t", key=first.count)
    if not named:
        file.seek(0)
    try:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        columns = find_columns(next(reader, []), headings)
        pick = itemgetter(*columns.places)
        ahead = 1 if named else 0
        plain = len(columns.extra) == 0
        for row in reader:
            if plain and len(row) == columns.width:  # the usual row, as quickly as can be
                row.append("")
                if any(row):
                    yield reader.line_num + ahead, pick(row), None, ""
            elif any(row):
                yield _row(reader.line_num + ahead, row, columns, pick)
    except csv.Error as error:
        raise UsageError(
            _("This file is not a CSV table: {cause}").format(cause=error), _("Save it as CSV (UTF-8).")
        ) from error


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
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bombs(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet = book.get_sheet_by_index(0)
            rows = (
                (n, row) for n, row in enumerate(sheet.iter_rows(), 1) if any(cell not in ("", None) for cell in row)
            )
            _number, names = next(rows, (0, []))
            columns = find_columns([str(cell).strip() for cell in names], headings)
            pick = itemgetter(*columns.places)
            for number, row in rows:
                yield _row(number, list(row), columns, pick)
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
