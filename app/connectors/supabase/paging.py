"""Whole tables, page by page by key, whatever limit the server cuts its answers at (supabase.md §3.4).

A short page is not the end, since the server's limit may be below ours: only an empty page is. Pages go by the last
id, not by offset, so rows that come or go meanwhile neither double nor hide others.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import msgspec

from app.connectors.http import Answer
from app.connectors.supabase.refusals import PageBehindEnd, StatementTooLong
from app.domain.mappings import Mapper, Problem
from app.errors import BadData
from app.i18n import _

Row = Mapping[str, Any]
Ask = Callable[[str, str, bool], Awaitable[Answer]]
"""Asks for a table with a query; the last says whether the whole is to be counted."""
MOST_ROWS = 500_000
_SMALLEST_PAGE = 25
_READ_IN_THREAD_BYTES = 100_000


@dataclass(frozen=True)
class Query:
    """What is asked of one table: columns, filters as `(column, condition)`, rows per page (None: the server's)."""

    table: str
    select: str
    filters: tuple[tuple[str, str], ...] = ()
    page_size: int | None = None

    def text(self, after: str | None = None, page_size: int | None = None) -> str:
        """The query string of the page that follows the row `after`."""
        pairs = [("select", self.select), *self.filters, ("order", "id.asc")]
        if page_size is not None:
            pairs.append(("limit", str(page_size)))
        if after is not None:
            pairs.append(("id", f"gt.{after}"))
        return urlencode(pairs, safe="(),.:*!")


@dataclass(frozen=True)
class Table:
    """All rows of a query; `counted` is how many the server said there are, None when it did not.

    `refused` are rows that the mapping could not take.
    """

    rows: list[Row]
    unreadable: int = 0
    counted: int | None = None
    refused: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is known to be missing."""
        return not self.unreadable and not self.refused and (self.counted is None or len(self.rows) >= self.counted)

    def mapped(self, entity: str, mapper: Mapper) -> Table:
        """The rows as our reader is to see them, those that the mapping cannot take apart."""
        taken = mapper.take(entity, self.rows)
        kept = [row for row in taken if not isinstance(row, Problem)]
        return replace(self, rows=kept, refused=tuple(row for row in taken if isinstance(row, Problem)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know about this reading."""
        if self.counted is None or self.counted == len(self.rows) + self.unreadable + len(self.refused):
            return ()
        text = _("The list changed while it was read: {counted} were announced, {count} came.")
        return (text.format(counted=self.counted, count=len(self.rows)),)


async def read_table(ask: Ask, query: Query) -> Table:
    """All rows, each once.

    Raises `BadData` for an answer that is no list or never ends, and whatever `ask` raises.
    """
    rows: dict[str, Row] = {}
    unreadable, page_size, after = 0, query.page_size, None
    counted: int | None = None
    while True:
        try:
            answer = await ask(query.table, query.text(after, page_size), after is None)
        except StatementTooLong:
            if page_size is None or page_size <= _SMALLEST_PAGE:
                raise
            page_size = max(_SMALLEST_PAGE, page_size // 4)
            continue
        except PageBehindEnd:
            break
        if after is None:
            counted = count_of(answer)
        page = await read_rows(answer)
        if not page:
            break
        known = {row_id(row): row for row in page}
        unreadable += sum(not row_id(row) for row in page)
        fresh = {key: row for key, row in known.items() if key and key not in rows}
        if not fresh or len(rows) > MOST_ROWS:
            raise BadData(_("Supabase sends the list of {table} without end.").format(table=query.table))
        rows |= fresh
        after = next(reversed(fresh))
    return Table(list(rows.values()), unreadable, counted)


def row_id(row: object) -> str:
    """The key of a row as text; blank when it has none."""
    key = row.get("id") if isinstance(row, dict) else None
    return str(key) if isinstance(key, str | int) and not isinstance(key, bool) else ""


async def read_rows(answer: Answer) -> list[Any]:
    """The JSON list of an answer; a large one is read off the event loop.

    Raises `BadData` for anything else.
    """
    if len(answer.body) < _READ_IN_THREAD_BYTES:
        return _decode(answer.body)
    return await asyncio.to_thread(_decode, answer.body)


def _decode(body: bytes) -> list[Any]:
    try:
        return msgspec.json.decode(body, type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(_("Supabase's answer is not a list of rows.")) from error


def count_of(answer: Answer) -> int | None:
    """How many rows there are in all, by `Content-Range`; None when it does not say (`0-499/*`)."""
    found = re.fullmatch(r"(?:\d+-\d+|\*)/(\d{1,12})", answer.headers.get("content-range", "").strip())
    return int(found[1]) if found else None
