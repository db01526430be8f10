"""Writing a table to a file: CSV, XLSX or JSON by the file's suffix, whole or not at all.

Window and command line share this; the window gives the headers it shows, the command line the names of the fields.
Values are `str`, `int`, `float`, `bool`, `date`, `datetime` or `None`; anything else is written as its text.

    export_rows(Path("offices.xlsx"), ("Name", "Employees"), [("Sentrum", 12)])
"""

from __future__ import annotations

import contextlib
import csv
import errno
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.errors import FileForbidden, FolderMissing, MusterError, StoreError, UsageError
from app.i18n import N_, _

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER_OR_PHONE = re.compile(r"[+-][\d\s().-]*", re.ASCII)
_WIDEST_COLUMN = 60  # characters
_BUFFER = 1 << 20  # bytes; each write lets another thread in, which takes its time to wake up
_ROWS_OF_XLSX = 1_048_576  # Excel's limit, header included

Rows = Iterable[Sequence[object]]


def of_organization(owner: str, headers: Sequence[str], rows: Rows) -> tuple[Sequence[str], Rows]:
    """Headers and rows with a last column that says whose data this is, where `owner` does (connections.md §3)."""
    return ((*headers, "organization"), ((*row, owner) for row in rows)) if owner else (headers, rows)


def check_target(path: Path) -> None:
    """Refuse what cannot be a file to write: no name, or a folder's. Raises `UsageError`."""
    if path != Path() and os.path.isdir(path):  # noqa: PTH112 - what may not be looked at is no error yet
        raise UsageError(_("{file} is a folder.").format(file=path), _("Name a file in it."))
    if not path.name.strip():
        raise UsageError(_("No file is named."), _("Say where to write it, with the name of the file."))


def export_rows(path: Path, headers: Sequence[str], rows: Rows, suffix: str = "", separator: str = ",") -> None:
    """Write `headers` and `rows` to `path`, replacing the file there only when everything is written.

    `suffix` names the format where the file's own does not, `separator` what divides the cells of CSV. Raises
    `UsageError` for no name, a folder, an unknown format or too many rows for XLSX, `StoreError` when the file cannot
    be written: open in another program, no right, no room.
    """
    check_target(path)
    write = _WRITERS.get((suffix or path.suffix).lower())
    if write is None:
        raise UsageError(
            _("The file name {name} ends in no known format.").format(name=path.name),
            N_("Choose a name that ends in .csv, .xlsx or .json."),
        )
    with _replacing(path) as unfinished:
        write(unfinished, headers, rows, separator)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place in the end; on failure it vanishes and `path` stays as it was."""
    unfinished: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        unfinished = Path(name)
        yield unfinished
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(path)
    except OSError as error:
        raise _explained(path, error) from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def _umask() -> int:
    """The process's mask; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _explained(path: Path, error: OSError) -> MusterError:
    name = path.name
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreError(
            _("The disk is full, {name} was not written.").format(name=name),
            N_("Free some space or choose another folder."),
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return FolderMissing(_("The folder of {name} does not exist.").format(name=name))
    if error.errno == errno.EROFS:
        return FileForbidden(
            _("{name} was not written: the disk is read-only.").format(name=name), N_("Choose another folder.")
        )
    if isinstance(error, PermissionError):
        return FileForbidden(_("{name} is open in another program, or may not be written there.").format(name=name))
    return StoreError(
        _("{name} could not be written: {cause}.").format(name=name, cause=error.strerror),
        N_("Choose another folder and try again."),
    )


def _write_csv(path: Path, headers: Sequence[str], rows: Rows, separator: str) -> None:
    """UTF-8 with a byte order mark, by which Excel knows it."""
    with path.open("w", _BUFFER, encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow([_csv_cell(header) for header in headers])
        writer.writerows([_csv_cell(value) for value in row] for row in rows)


def _csv_cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula is led by an apostrophe (OWASP, CSV injection).

    Phone numbers (`+47 900 00 041`) begin alike but can do no harm, and have to be read back as they are.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
        case date():
            return value.isoformat()
        case _:
            text = str(value)
            return f"'{text}" if _FORMULA.match(text) and not _NUMBER_OR_PHONE.fullmatch(text) else text


def _write_xlsx(path: Path, headers: Sequence[str], rows: Rows, _separator: str) -> None:
    """One sheet with a frozen, filterable header; texts are never formulas or links."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    try:
        with Workbook(path, _XLSX_OPTIONS) as book:
            _fill_sheet(book, headers, rows)
    except FileCreateError as error:  # wraps the OSError that says why
        raise error.args[0] from error


_XLSX_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "remove_timezone": True,
}


def _fill_sheet(book: Any, headers: Sequence[str], rows: Rows) -> None:
    sheet = book.add_worksheet()
    formats: dict[type, Any] = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    sheet.write_row(0, 0, headers, book.add_format({"bold": True}))
    widths = [len(header) for header in headers]
    last = 0
    for last, row in enumerate(rows, 1):
        if last >= _ROWS_OF_XLSX:
            raise UsageError(_("An Excel sheet holds 1,048,575 rows at most."), N_("Filter the table, or choose CSV."))
        for column, value in enumerate(row):
            native = value if value is None or isinstance(value, str | int | float | date) else str(value)
            if isinstance(native, str):
                sheet.write_string(last, column, native)
            else:
                sheet.write(last, column, native, formats.get(type(native)))
            widths[column] = max(widths[column], len(str(native or "")))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, _WIDEST_COLUMN) + 2)
    sheet.freeze_panes(1, 0)
    if headers:
        sheet.autofilter(0, 0, last, len(headers) - 1)


def _write_json(path: Path, headers: Sequence[str], rows: Rows, _separator: str) -> None:
    """An array of flat objects whose keys are the headers; moments in ISO 8601."""
    with path.open("w", _BUFFER, encoding="utf-8") as file:
        file.write("[")
        for number, row in enumerate(rows):
            file.write(",\n" if number else "\n")
            file.write(json.dumps(dict(zip(headers, row, strict=True)), ensure_ascii=False, default=_json_text))
        file.write("\n]\n")


def _json_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_WRITERS: dict[str, Callable[[Path, Sequence[str], Rows, str], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".json": _write_json,
}
