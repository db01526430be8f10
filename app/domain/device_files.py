"""Reads a CSV file of devices: every row is checked by itself, good rows are kept, bad ones say what to put right.

Columns, in any order and case: name, host, port, https, username, password, site; only name and host must be there.
Separated by `;` (Excel in most of Europe) or `,`. What is said of a bad row quotes none of its cells but the name and
the address: in a row that slipped by a column, the password may stand anywhere else.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from app.domain.device_rules import checked_host, checked_name, checked_port
from app.errors import UsageError
from app.i18n import _

COLUMNS = ("name", "host", "port", "https", "username", "password", "site")
MOST_ROWS = 10_000
_MOST_CHARS = 255
_SURPLUS = ""
_NEEDED = ("name", "host")
_YES = frozenset({"1", "true", "yes", "x", "da", "ja"})
_NO = frozenset({"", "0", "false", "no", "nu", "nei"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Why a row cannot be taken: the column, the rule it breaks, what to do."""

    field: str
    rule: str
    fix: str


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A row of the file; `number` is the one a spreadsheet shows: the header is 1.

    Of one with problems only texts are certain.
    """

    number: int
    name: str
    host: str = ""
    port: int = 80
    https: bool = False
    username: str = ""
    site: str = ""
    password: str = field(default="", repr=False)
    problems: tuple[FieldProblem, ...] = ()


def read_device_lines(text: str) -> list[DeviceLine]:
    """The rows of a file, each with its problems; blank rows are left out.

    Raises `UsageError` when the file as a whole is not such a table.
    """
    try:
        return _checked_lines(_read_rows(text.removeprefix("\ufeff")))
    except csv.Error as error:
        raise UsageError(
            _("This file is not a CSV table: {cause}").format(cause=error), _("Save it as CSV (UTF-8).")
        ) from error


def _read_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") >= header.count(",") and ";" in header else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = [cell.strip().lower() for cell in next(reader, [])]
    _check_columns(columns)
    filled = ((number, row) for number, row in enumerate(reader, 2) if any(cell.strip() for cell in row))
    for count, (number, cells) in enumerate(filled, start=1):
        if count > MOST_ROWS:
            raise UsageError(
                _("The file has more than {count} rows.").format(count=MOST_ROWS), _("Split it into smaller ones.")
            )
        named = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        surplus = "".join(cells[len(columns) :]).strip()
        yield number, named | ({_SURPLUS: surplus} if surplus else {})


def _check_columns(columns: list[str]) -> None:
    remedy = _("The first row names the columns: {names}.").format(names=", ".join(COLUMNS))
    if missing := [name for name in _NEEDED if name not in columns]:
        raise UsageError(_("The file has no column {name}.").format(name=missing[0]), remedy)
    named = [name for name in columns if name]
    if unknown := [name for name in named if name not in COLUMNS]:
        raise UsageError(_("The file has an unknown column {name}.").format(name=unknown[0][:40]), remedy)
    if len(set(named)) < len(named):
        raise UsageError(_("The file has a column twice."), remedy)


def _checked_lines(rows: Iterable[tuple[int, dict[str, str]]]) -> list[DeviceLine]:
    lines: list[DeviceLine] = []
    names: dict[str, int] = {}
    addresses: dict[tuple[str, int], int] = {}
    for number, cells in rows:
        line = _checked_line(number, cells)
        if not line.problems:
            line = replace(line, problems=tuple(_doubled(line, names, addresses)))
        lines.append(line)
    return lines


def _doubled(line: DeviceLine, names: dict[str, int], addresses: dict[tuple[str, int], int]) -> Iterator[FieldProblem]:
    """What an earlier good row already has; remembers this one."""
    if (earlier := names.setdefault(line.name.casefold(), line.number)) != line.number:
        rule = _("The name is already in row {number}.").format(number=earlier)
        yield FieldProblem("name", rule, _("Give each device a name of its own."))
    elif (earlier := addresses.setdefault((line.host, line.port), line.number)) != line.number:
        rule = _("The address is already in row {number}.").format(number=earlier)
        yield FieldProblem("host", rule, _("List each device once."))


def _checked_line(number: int, cells: Mapping[str, str]) -> DeviceLine:
    if _SURPLUS in cells:
        rule, fix = _("The row has more cells than the first row."), _("Put a text that holds the separator in quotes.")
        return DeviceLine(number, "", problems=(FieldProblem("", rule, fix),))
    texts = {name: cells.get(name, "").strip() for name in COLUMNS}
    problems: list[FieldProblem] = []

    def check(name: str, rule: Callable[[str], T], otherwise: T) -> T:
        try:
            return rule(texts[name])
        except UsageError as error:
            problems.append(FieldProblem(name, error.message, error.remedy))
            return otherwise

    https = check("https", _yes_or_no, False)
    line = DeviceLine(
        number,
        name=check("name", checked_name, texts["name"]),
        host=check("host", checked_host, texts["host"]),
        port=check("port", lambda text: checked_port(text, https=https), 80),
        https=https,
        username=check("username", _printable, ""),
        site=check("site", _printable, ""),
        password=check("password", lambda _text: _printable(cells.get("password", "")), ""),
    )
    return replace(line, problems=tuple(problems))


def _yes_or_no(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise UsageError(_("This is neither yes nor no."), _("Write yes or no."))
    return text.lower() in _YES


def _printable(text: str) -> str:
    if not text.isprintable() or len(text) > _MOST_CHARS:
        raise UsageError(_("The text cannot be used."), _("Type it again, without line breaks."))
    return text
