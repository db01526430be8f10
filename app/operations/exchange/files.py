"""Opens a file of rows, whatever it is: CSV, XLSX, a JSON array or JSON Lines, told apart by what they hold.

Text may be UTF-8, with or without a byte order mark, UTF-16 with one, or of the Windows encoding that 1C and old Excels
write; how it is written is found out, unless a person says so.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.domain.exchange import Shape
from app.errors import UsageError
from app.i18n import _
from app.operations.exchange.encodings import Encoding, guess_windows, is_marked_utf16
from app.operations.exchange.headings import Headings, SourceRow
from app.operations.exchange.json_rows import is_json, json_rows
from app.operations.exchange.tables import Separator, csv_rows, open_table, workbook_rows
from app.operations.source_files import unread

MOST_BYTES = 300_000_000
_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"
_SNIFFED_CHARS = 4_096


class FileKind(StrEnum):
    """What kind of file it is."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True)
class TextForm:
    """How a person says that a text is written; what is None is found out."""

    encoding: Encoding | None = None
    separator: Separator | None = None


@dataclass(frozen=True)
class SourceFile:
    """A file that was looked at: `digest` knows it again; a workbook has no encoding, and only a CSV a separator."""

    path: Path
    digest: str
    kind: FileKind
    encoding: Encoding | None = None
    separator: Separator | None = None


AS_GUESSED = TextForm()


def look_at(path: Path, form: TextForm = AS_GUESSED) -> SourceFile:
    """Read a file once through, to know it again and to find out how its text is written.

    Raises `UsageError` for one that is not there, too large or no text, `StoreError` when it cannot be read.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(
                _("The file {file} is too large.").format(file=path.name), _("Split it into smaller ones.")
            )
        digest, encoding = _look_through(path, form.encoding)
        return _told_apart(path, digest, encoding, form.separator)
    except UnicodeError as error:
        raise _no_text(path) from error
    except OSError as error:
        raise unread(path, error) from error


def _look_through(path: Path, said: Encoding | None) -> tuple[str, Encoding | None]:
    """The digest of a file, and how its text is written; None for a workbook."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        encoding = _encoding_by_head(path, chunk, said)
        decoder = codecs.getincrementaldecoder(encoding or "latin-1")()
        while chunk:
            digest.update(chunk)
            try:
                decoder.decode(chunk, final=False)
            except UnicodeDecodeError:
                if encoding is not Encoding.UTF_8 or said:
                    raise
                encoding, decoder = guess_windows(chunk), codecs.getincrementaldecoder("latin-1")()
            chunk = file.read(_CHUNK)
    return digest.hexdigest(), encoding


def _encoding_by_head(path: Path, head: bytes, said: Encoding | None) -> Encoding | None:
    if head.startswith(_ZIP):
        return None
    if said is not None:
        return said
    if is_marked_utf16(head):
        return Encoding.UTF_16
    if b"\0" in head:
        raise _no_text(path)
    return Encoding.UTF_8


def _told_apart(path: Path, digest: str, encoding: Encoding | None, said: Separator | None) -> SourceFile:
    if encoding is None:
        return SourceFile(path, digest, FileKind.XLSX)
    with path.open(encoding=encoding, newline="") as file:
        if is_json(file.read(_SNIFFED_CHARS)):
            return SourceFile(path, digest, FileKind.JSON, encoding)
        file.seek(0)
        return SourceFile(path, digest, FileKind.CSV, encoding, open_table(file, said).separator)


def read_rows(source: SourceFile, shape: Shape, columns: Mapping[str, str]) -> Iterator[SourceRow]:
    """The rows of a file; `columns` names fields for columns that are called otherwise, "" for one to be left out.

    Raises `UsageError` when the file as a whole is no table of such rows, `StoreError` when it cannot be read.
    """
    headings = Headings(shape, columns)
    try:
        if source.encoding is None:
            yield from workbook_rows(source.path, headings)
            return
        with source.path.open(encoding=source.encoding, newline="", buffering=_CHUNK) as file:
            if source.kind is FileKind.JSON:
                yield from json_rows(file, headings)
            else:
                yield from csv_rows(open_table(file, source.separator), headings)
    except UnicodeError as error:
        raise _no_text(source.path) from error
    except OSError as error:
        raise unread(source.path, error) from error


def _no_text(path: Path) -> UsageError:
    return UsageError(
        _("The file {file} is neither a workbook nor a text that can be read.").format(file=path.name),
        _("Save it as XLSX, or as CSV or JSON in UTF-8."),
    )
