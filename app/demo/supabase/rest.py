"""The tables over HTTP: one GET answered as PostgREST does, rows, range and count (supabase.md sections 3.2 to 3.5).

Nothing can be written: nobody has the grant (section 8.2, "writes to Supabase: none").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from app.demo.listing import Record, encoded
from app.demo.supabase.conditions import cast_of, condition_test, sort
from app.demo.supabase.database import Database, Table
from app.demo.supabase.gateway import Caller, Gateway
from app.demo.supabase.query import Column, Embed, Level, read_query
from app.demo.supabase.refusals import table_refusal
from app.demo.supabase.tokens import TokenProblem

JSON, ONE_OBJECT = "application/json", "application/vnd.pgrst.object+json"
SCHEMAS = ("public", "graphql_public")
_RANGE = re.compile(r"(?:items=)?(\d+)-(\d*)")
_COUNT = re.compile(r"\bcount=(?:exact|planned|estimated)\b")

Make = Callable[[Record], object]
"""Makes one field of an answer of a row."""


@dataclass(frozen=True)
class Window:
    """Which rows are wanted: `limit` None is all."""

    offset: int
    limit: int | None

    def of(self, rows: list[Record]) -> list[Record]:
        """These rows."""
        return rows[self.offset : None if self.limit is None else self.offset + self.limit]


class Rest:
    """Answers below `/rest/v1`. `max_rows` may be changed while serving: every answer is cut there, silently."""

    def __init__(self, database: Database, gateway: Gateway) -> None:
        self._database = database
        self._gateway = gateway
        self.max_rows = 1000

    async def answer(self, request: Request) -> Response:
        """One request for a table. Raises Refusal."""
        try:
            caller = self._gateway.caller(request)
        except TokenProblem as problem:
            raise table_refusal(401, problem.code, problem.message) from problem
        _check_schema(request)
        table = self._database.table(str(request.path_params["table"]))
        kind = _media_type(request)
        if request.method not in ("GET", "HEAD"):
            raise table_refusal(403, "42501", f"permission denied for table {table.name}")
        query = read_query(request.query_params.multi_items())
        rows, total, window = self._read(caller, table, query, _header_range(request))
        counted = _COUNT.search(request.headers.get("prefer", ""))
        if kind == ONE_OBJECT:
            return _one_object(rows)
        headers = {"Content-Range": _content_range(window.offset, len(rows), total if counted else None)}
        if counted and window.offset > total:
            details = f"An offset of {window.offset} was requested, but there are only {total} rows."
            refusal = table_refusal(416, "PGRST103", "Requested range not satisfiable", details)
            refusal.headers = {"Content-Range": f"*/{total}"}
            raise refusal
        if counted:
            headers["Preference-Applied"] = counted[0]
        status = 206 if counted and len(rows) < total else 200
        return Response(encoded(rows), status, headers, f"{JSON}; charset=utf-8")

    def _read(
        self, caller: Caller, table: Table, query: Level, header: Window | None
    ) -> tuple[list[Record], int, Window]:
        """The rows of the answer, how many there are, and the window they were seen through."""
        make, keep = self._maker(caller, table, query)
        tests = [condition_test(condition, table) for condition in query.conditions]
        found = [row for row in table.visible(caller) if all(test(row) for test in tests)]
        found = [row for row in sort(found, query.order, table) if keep(row)]
        window = self._window(header or _asked(query))
        return [make(row) for row in window.of(found)], len(found), window

    def _window(self, asked: Window) -> Window:
        limit = self.max_rows if asked.limit is None else min(asked.limit, self.max_rows)
        return Window(asked.offset, limit)

    def _maker(
        self, caller: Caller, table: Table, level: Level, shown_as: str = ""
    ) -> tuple[Callable[[Record], Record], Callable[[Record], bool]]:
        """Makes a row of the answer, and says whether a row is kept by the inner joins."""
        fields: list[tuple[str, Make]] = []
        needed: list[Make] = []
        for item in level.items:
            if isinstance(item, Embed):
                make = self._embedded(caller, table, item)
                fields.append((item.alias or item.table, make))
                needed += [make] if item.inner else []
            else:
                fields += _fields(item, table, shown_as)

        def row_of(row: Record) -> Record:
            return {name: make(row) for name, make in fields}

        return row_of, lambda row: all(make(row) for make in needed)

    def _embedded(self, caller: Caller, table: Table, embed: Embed) -> Make:
        """Reads the rows of another table that belong to a row: a list, or one or null (section 3.3)."""
        key = self._database.foreign_key(table.name, embed.table, embed.hint)
        other = self._database.tables[embed.table]
        shown_as, level = f"{embed.alias or other.name}_1", embed.level
        tests = [condition_test(condition, other, shown_as) for condition in level.conditions]
        make, keep = self._maker(caller, other, level, shown_as)
        to_many = key.parent == table.name
        here, there = ("id", key.column) if to_many else (key.column, "id")
        by_key: dict[object, list[Record]] = defaultdict(list)
        for row in other.visible(caller):
            by_key[row.get(there)].append(row)
        window = self._window(_asked(level))

        def rows_of(row: Record) -> list[Record]:
            found = [one for one in by_key.get(row.get(here), ()) if all(test(one) for test in tests) and keep(one)]
            return [make(one) for one in window.of(sort(found, level.order, other))]

        if to_many and not key.unique:
            return rows_of
        return lambda row: next(iter(rows_of(row)), None)


def _fields(column: Column, table: Table, shown_as: str) -> list[tuple[str, Make]]:
    if column.name == "*":
        return [(name, _reader(name)) for name in table.columns]
    table.type_of(column.name, shown_as)
    make = cast_of(column.name, column.cast) if column.cast else _reader(column.name)
    return [(column.alias or column.name, make)]


def _reader(name: str) -> Make:
    return lambda row: row.get(name)


def _asked(level: Level) -> Window:
    if (level.limit or 0) < 0:
        details = "Limit should be greater than or equal to zero."
        raise table_refusal(416, "PGRST103", "Requested range not satisfiable", details)
    return Window(max(0, level.offset), level.limit)


def _header_range(request: Request) -> Window | None:
    """What the header asks for, which is heard for GET only and beats the parameters."""
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if match is None or request.method != "GET":
        return None
    first, last = int(match[1]), match[2]
    if last and int(last) < first:
        details = "The lower boundary must be lower than or equal to the upper boundary in the Range header."
        raise table_refusal(416, "PGRST103", "Requested range not satisfiable", details)
    return Window(first, int(last) - first + 1 if last else None)


def _content_range(offset: int, rows: int, total: int | None) -> str:
    shown = f"{offset}-{offset + rows - 1}" if rows else "*"
    return f"{shown}/{'*' if total is None else total}"


def _one_object(rows: list[Record]) -> Response:
    if len(rows) != 1:
        details = f"The result contains {len(rows)} rows"
        raise table_refusal(406, "PGRST116", "Cannot coerce the result to a single JSON object", details)
    return Response(encoded(rows[0]), media_type=f"{ONE_OBJECT}; charset=utf-8")


def _media_type(request: Request) -> str:
    """What the client wants. Raises Refusal when that is neither a list nor one object."""
    asked = [part.partition(";")[0].strip() for part in request.headers.get("accept", "*/*").split(",")]
    for kind in asked:
        if kind in ("*/*", "application/*", JSON):
            return JSON
        if kind == ONE_OBJECT:
            return ONE_OBJECT
    raise table_refusal(406, "PGRST107", f"None of these media types are available: {', '.join(asked)}")


def _check_schema(request: Request) -> None:
    reads = request.method in ("GET", "HEAD")
    schema = request.headers.get("accept-profile" if reads else "content-profile", "public")
    if schema != "public":
        hint = f"Only the following schemas are exposed: {', '.join(SCHEMAS)}"
        raise table_refusal(406, "PGRST106", f"Invalid schema: {schema}", None, hint)
