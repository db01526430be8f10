"""What information_schema and SHOW DATABASES say, for as many databases as there may be.

sqlglot parses every question. The shape that a check of backups asks in (columns or counts of one view, conditions that
name values) is looked up in sets: 400 names take a millisecond beside the 8 of parsing. Any other question is executed
by sqlglot over the rows that its conditions leave. Names compare by letter case, as on Linux (section 4.5).

Everything here is to be called off the event loop.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from mysql_mimic.results import ResultColumn, ResultSet
from mysql_mimic.types import ColumnType
from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.executor import execute

from app.demo.mysql.accounts import Tables

INFORMATION_SCHEMA = "information_schema"
Row = dict[str, str | None]

execute("SELECT 1")  # loads four more dialects, which would otherwise hold up the first client

_PLAIN_PARTS = {"expressions", "from_", "where", "distinct"}


class UnknownQuestion(Exception):
    """A question to information_schema that nothing here can answer."""


class _View(Enum):
    """A view of information_schema by its static columns; the first is the name of the database."""

    SCHEMATA = ("SCHEMA_NAME", "CATALOG_NAME", "DEFAULT_CHARACTER_SET_NAME", "DEFAULT_COLLATION_NAME", "SQL_PATH")
    TABLES = ("TABLE_SCHEMA", "TABLE_NAME", "TABLE_CATALOG", "TABLE_TYPE", "ENGINE")


@dataclass(frozen=True)
class _Conditions:
    """The values that conditions allow for columns; `complete` when they say no more than that."""

    allowed: dict[str, frozenset[str]]
    complete: bool


def single(sql: str) -> exp.Expr:
    """The one statement in `sql`. Raises SqlglotError when it holds none, several, or no SQL."""
    statements = [statement for statement in MySQL().parse(sql) if statement]
    if len(statements) != 1:
        raise ParseError("One statement at a time.")
    return statements[0]


def answered(sql: str, seen: Tables, database: str) -> ResultSet | None:
    """The answer to a question about the databases that are `seen`; None when it is about something else.

    `database` is the one in use. Raises UnknownQuestion for one that cannot be answered, SqlglotError as `single` does.
    """
    statement = single(sql)
    if isinstance(statement, exp.Show) and statement.name == "DATABASES":
        pattern = like_pattern(statement.text("like") or "%")
        return ResultSet([[name] for name in sorted(seen) if pattern.fullmatch(name)], [_text("Database")])
    tables = list(statement.find_all(exp.Table)) if isinstance(statement, exp.Select) else []
    if not tables or any((table.db or database).lower() != INFORMATION_SCHEMA for table in tables):
        return None
    assert isinstance(statement, exp.Select)
    return _from_view(statement, _view(tables), seen)


def like_pattern(like: str) -> re.Pattern[str]:
    """The pattern of LIKE; `_` and `%` are wildcards unless a backslash stands before them."""
    signs = re.findall(r"\\?.", like, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return re.compile(
        "".join(wild.get(sign) or re.escape(sign.removeprefix("\\") or "\\") for sign in signs), re.DOTALL
    )


def _view(tables: Sequence[exp.Table]) -> _View:
    name = tables[0].name.upper()
    if len(tables) > 1 or name not in _View.__members__:
        raise UnknownQuestion("The demo server answers questions to SCHEMATA or to TABLES, one at a time.")
    return _View[name]


def _from_view(statement: exp.Select, view: _View, seen: Tables) -> ResultSet:
    for column in statement.find_all(exp.Column):
        if column.name.upper() not in view.value and not _is_alias(column, statement):
            raise UnknownQuestion(f"The demo server knows no column {column.name} there.")
    conditions = _conditions(statement)
    rows = _rows(view, conditions.allowed, seen)
    plain = {part for part, value in statement.args.items() if value} <= _PLAIN_PARTS
    answer = _chosen(statement, rows) if plain and conditions.complete else None
    return answer or _executed(statement, view, rows)


def _is_alias(column: exp.Column, statement: exp.Select) -> bool:
    return column.name in {part.alias for part in statement.expressions}


def _conditions(statement: exp.Select) -> _Conditions:
    where = statement.args.get("where")
    told: list[exp.Expr] = []
    if where is not None:
        told = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    allowed: dict[str, frozenset[str]] = {}
    understood = [found for condition in told if (found := _values(condition))]
    for column, values in understood:
        allowed[column] = values & allowed.get(column, values)
    return _Conditions(allowed, len(understood) == len(told))


def _values(condition: exp.Expr) -> tuple[str, frozenset[str]] | None:
    """Column and values of `column = 'value'` and `column IN ('value', ...)`."""
    if not isinstance(condition, exp.EQ | exp.In) or not isinstance(condition.this, exp.Column):
        return None
    values = [condition.expression] if isinstance(condition, exp.EQ) else condition.expressions
    texts = [value.this for value in values if isinstance(value, exp.Literal) and value.is_string]
    return (condition.this.name.upper(), frozenset(texts)) if values and len(texts) == len(values) else None


def _rows(view: _View, allowed: dict[str, frozenset[str]], seen: Tables) -> list[Row]:
    """The rows that the conditions leave; a database that they name is looked up, not searched for."""
    name_column = view.value[0]
    names: Collection[str] = allowed[name_column] & seen.keys() if name_column in allowed else seen.keys()
    cells: list[tuple[str | None, ...]]
    if view is _View.SCHEMATA:
        cells = [(name, "def", "utf8mb4", "utf8mb4_0900_ai_ci", None) for name in sorted(names)]
    else:
        cells = [
            (name, table, "def", "SYSTEM VIEW" if name == INFORMATION_SCHEMA else "BASE TABLE", "InnoDB")
            for name in sorted(names)
            for table in sorted(allowed.get("TABLE_NAME", frozenset(seen[name])).intersection(seen[name]))
        ]
    rows = [dict(zip(view.value, row, strict=True)) for row in cells]
    return [row for row in rows if all(row[column] in values for column, values in allowed.items())]


def _chosen(statement: exp.Select, rows: list[Row]) -> ResultSet | None:
    """Counts, or columns as they are; None where anything else is asked."""
    titles = [_title(part) for part in statement.expressions]
    asked = [part.unalias() for part in statement.expressions]
    if all(isinstance(part, exp.Column) for part in asked):
        cells = [tuple(row[part.name.upper()] for part in asked) for row in rows]
        if statement.args.get("distinct"):
            cells = list(dict.fromkeys(cells))
        return ResultSet(cells, [_text(title) for title in titles])
    counts = [_count(part, rows) for part in asked]
    if None in counts:
        return None
    return ResultSet([counts], [ResultColumn(title, ColumnType.LONGLONG) for title in titles])


def _count(part: exp.Expr, rows: list[Row]) -> int | None:
    if not isinstance(part, exp.Count):
        return None
    if isinstance(part.this, exp.Star):
        return len(rows)
    counted = part.this.expressions if isinstance(part.this, exp.Distinct) else []
    return (
        len({row[counted[0].name.upper()] for row in rows}) if [type(one) for one in counted] == [exp.Column] else None
    )


def _title(part: exp.Expr) -> str:
    """The heading: an alias as it is written, a column in capitals as MySQL 8 has it, else the words themselves."""
    if part.alias:
        return part.alias
    return part.name.upper() if isinstance(part, exp.Column) else part.sql(dialect="mysql")


def _text(title: str) -> ResultColumn:
    return ResultColumn(title, ColumnType.VAR_STRING)


def _executed(statement: exp.Select, view: _View, rows: list[Row]) -> ResultSet:
    columns = [column.lower() for column in view.value]
    table = [{column.lower(): value for column, value in row.items()} for row in rows]
    plain = statement.transform(lambda node: node.this if isinstance(node, exp.Collate) else node)
    try:
        found = execute(
            plain,
            schema={INFORMATION_SCHEMA: {view.name.lower(): dict.fromkeys(columns, "TEXT")}},
            tables={INFORMATION_SCHEMA: {view.name.lower(): table}},
        )
    except SqlglotError as error:
        raise UnknownQuestion("The demo server cannot answer this.") from error
    titles = [_title(part) for part in statement.expressions]
    whole = [bool(found.rows) and all(isinstance(row[at], int) for row in found.rows) for at in range(len(titles))]
    types = [ColumnType.LONGLONG if number else ColumnType.VAR_STRING for number in whole]
    return ResultSet(found.rows, [ResultColumn(*told) for told in zip(titles, types, strict=True)])
