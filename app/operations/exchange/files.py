"""Opens a file of rows, whatever it is: CSV, XLSX, a JSON array or JSON Lines, told apart by what they hold.

Text may be UTF-8, with or without a byte order mark, UTF-16 with one, or Windows-1251, as 1C and old Excels write it.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.exchange import Shape
from app.errors import StoreError, UsageError
from app.i18n import _
from app.operations.exchange.headings import Headings, SourceRow
from app.operations.exchange.json_rows import is_json, json_rows
from app.operations.exchange.tables import csv_rows, workbook_rows

MOST_BYTES = 300_000_000
_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"
_SNIFFED_CHARS = 4_096


@dataclass(frozen=True)
class SourceFile:
    """A file that was looked at: `digest` knows it again, `encoding` is blank for a workbook."""

    path: Path
    digest: str
    encoding: str


def look_at(path: Path) -> SourceFile:
    """Read a file once through, to know it again and to find out how its text is written.

    Raises `UsageError` for one that is not there, too large or no text, `StoreError` when it cannot be read.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(
                _("The file {file} is too large.").format(file=path.name), _("Split it into smaller ones.")
            )
        return _look_through(path)
    except FileNotFoundError as error:
        raise UsageError(_("There is no file {file}.").format(file=path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _look_through(path: Path) -> SourceFile:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        encoding = _encoding_by_head(path, head)
        decoder = codecs.getincrementaldecoder(encoding or "latin-1")()
        fallen_back = False
        chunk = head
        while chunk:
            digest.update(chunk)
            try:
                decoder.decode(chunk, final=False)
            except UnicodeDecodeError as error:
                if encoding != "utf-8-sig" or fallen_back:
                    raise _no_text(path) from error
                fallen_back, encoding, decoder = True, "cp1251", codecs.getincrementaldecoder("latin-1")()
            chunk = file.read(_CHUNK)
    return SourceFile(path, digest.hexdigest(), encoding)


def _encoding_by_head(path: Path, head: bytes) -> str:
    if head.startswith(_ZIP):
        return ""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        raise _no_text(path)
    return "utf-8-sig"


def read_rows(source: SourceFile, shape: Shape, columns: Mapping[str, str]) -> Iterator[SourceRow]:
    """The rows of a file; `columns` names fields for columns that are called otherwise.

    Raises `UsageError` when the file as a whole is no table of such rows, `StoreError` when it cannot be read.
    """
    headings = Headings(shape, columns)
    try:
        if not source.encoding:
            yield from workbook_rows(source.path, headings)
            return
        with source.path.open(encoding=source.encoding, newline="", buffering=_CHUNK) as file:
            json_ = is_json(file.read(_SNIFFED_CHARS))
            file.seek(0)
            yield from (json_rows if json_ else csv_rows)(file, headings)
    except UnicodeError as error:
        raise _no_text(source.path) from error
    except OSError as error:
        raise _unreadable(source.path, error) from error


def _no_text(path: Path) -> UsageError:
    return UsageError(
        _("The file {file} is neither a workbook nor a text that can be read.").format(file=path.name),
        _("Save it as XLSX, or as CSV or JSON in UTF-8."),
    )


def _unreadable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        _("The file {file} cannot be read: {cause}").format(file=path, cause=error),
        _("Check the rights of the file and its folder."),
    )
