"""Conditions, casts and orders as functions over rows, with PostgreSQL's errors (supabase.md sections 3.2, 3.5)."""

from __future__ import annotations

import operator
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.demo.listing import Record
from app.demo.supabase.database import ColumnType, Table
from app.demo.supabase.query import Condition, Group, Order, list_of, unreadable
from app.demo.supabase.refusals import Refusal, table_refusal

Test = Callable[[Record], bool]
"""Whether a row is wanted; a comparison with null never is, not even negated."""

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "neq": operator.ne,
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip
_CASTS: dict[str, Callable[[object], object]] = {
    "text": str, "varchar": str, "integer": lambda value: int(str(value)), "int": lambda value: int(str(value)),
    "int4": lambda value: int(str(value)), "bigint": lambda value: int(str(value)), "uuid": str,
}  # fmt: skip
_BEYOND = 2**31


def condition_test(condition: Condition | Group, table: Table, shown_as: str = "") -> Test:
    """The test of a condition. Raises Refusal for a column or value that PostgreSQL would not take."""
    if isinstance(condition, Group):
        tests = [condition_test(part, table, shown_as) for part in condition.parts]
        joined, negated = any if condition.any_of else all, condition.negated
        return lambda row: joined(test(row) for test in tests) != negated
    name, kind, negated = condition.column, table.type_of(condition.column, shown_as), condition.negated
    if condition.operator == "is":
        return _is(name, kind, condition.value, negated=negated)
    matches = _comparison(condition, kind)

    def test(row: Record) -> bool:
        value = row.get(name)
        return value is not None and matches(comparable(kind, value)) != negated

    return test


def cast_of(column: str, cast: str) -> Callable[[Record], object]:
    """Reads a column of a row as another type; refuses a row whose value is not of that type."""
    make = _CASTS.get(cast)
    if make is None:
        raise table_refusal(400, "42704", f'type "{cast}" does not exist')

    def read(row: Record) -> object:
        value = row.get(column)
        try:
            return None if value is None else make(value)
        except ValueError as error:
            raise _malformed(cast, str(value)) from error

    return read


def sort(rows: list[Record], orders: list[Order], table: Table) -> list[Record]:
    """The rows in this order; those that are equal stay as they are."""
    rows = list(rows)
    for order in reversed(orders):
        rows.sort(key=_sort_key(order, table.type_of(order.column)), reverse=order.descending)
    return rows


def comparable(kind: ColumnType, value: object) -> object:
    """A value of a row in a form that can be compared with others of its column."""
    if kind is ColumnType.INTEGER:
        try:
            return int(str(value))
        except ValueError:
            return 0  # a test may put anything into a row
    return str(value)


def _sort_key(order: Order, kind: ColumnType) -> Callable[[Record], tuple[bool, object]]:
    name, first = order.column, order.nulls_first != order.descending

    def key(row: Record) -> tuple[bool, object]:
        value = row.get(name)
        return ((value is None) != first, "" if value is None else comparable(kind, value))

    return key


def _is(name: str, kind: ColumnType, value: str, *, negated: bool) -> Test:
    if value.lower() not in ("null", "not_null"):
        if value.lower() in ("true", "false", "unknown"):
            raise table_refusal(400, "42804", f"argument of IS {value.upper()} must be type boolean, not type {kind}")
        raise unreadable("filter", f"is.{value}")
    wanted = (value.lower() == "null") != negated
    return lambda row: (row.get(name) is None) == wanted


def _comparison(condition: Condition, kind: ColumnType) -> Callable[[object], bool]:
    if condition.operator == "in":
        values = {_value(kind, text) for text in list_of(condition.value)}
        return lambda value: value in values
    if condition.operator in ("like", "ilike"):
        return _like(condition, kind)
    compare, wanted = _COMPARE[condition.operator], _value(kind, condition.value)
    return lambda value: compare(value, wanted)


def _like(condition: Condition, kind: ColumnType) -> Callable[[object], bool]:
    sign = "~~" if condition.operator == "like" else "~~*"
    if kind is not ColumnType.TEXT:
        hint = "No operator matches the given name and argument types. You might need to add explicit type casts."
        raise table_refusal(404, "42883", f"operator does not exist: {kind} {sign} unknown", None, hint)
    wild = {"*": ".*", "%": ".*", "_": "."}
    text = "".join(wild.get(letter) or re.escape(letter) for letter in condition.value)
    pattern = re.compile(text, re.S | (re.I if sign == "~~*" else re.NOFLAG))
    return lambda value: pattern.fullmatch(str(value)) is not None


def _value(kind: ColumnType, text: str) -> object:
    """A value of a request. Raises Refusal when it is none of this type."""
    try:
        if kind is ColumnType.UUID:
            return str(uuid.UUID(text))
        if kind is ColumnType.INTEGER:
            number = int(text)
            if not -_BEYOND <= number < _BEYOND:
                raise table_refusal(400, "22003", f'value "{text}" is out of range for type integer')
            return number
        if kind is ColumnType.TIMESTAMP:
            datetime.fromisoformat(text)
    except ValueError as error:
        raise _malformed(kind, text) from error
    return text


def _malformed(kind: str, text: str) -> Refusal:
    return table_refusal(400, "22P02", f'invalid input syntax for type {kind}: "{text}"')
