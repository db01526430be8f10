"""The query language of the tables, read from a request's parameters (supabase.md section 3.2).

Columns with renames and casts, embedded tables, conditions with `and`, `or` and `not`, order, limit and offset. What
cannot be read is refused with PGRST100, as are the parts of the language that this project does not play (JSON
paths, aggregates, spread embeds, full-text search).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.demo.supabase.refusals import Refusal, table_refusal

OPERATORS = {"eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "in", "is"}
RESERVED = {"columns", "on_conflict", "apikey"}
"""Parameters that are no conditions."""
_FILTER = re.compile(r"(?P<negated>not\.)?(?P<operator>[a-z]+)\.(?P<value>.*)", re.S)
_NAME = r'(?:"[^"]*"|[\w$ -]+)'
_ITEM = re.compile(rf"(?:(?P<alias>{_NAME}):(?!:))?(?P<name>\*|{_NAME})(?P<hints>(?:!\w+)*)(?:::(?P<cast>[\w ]+))?")
_ORDER = re.compile(rf"(?P<name>{_NAME})(?:\.(?P<way>asc|desc))?(?:\.nulls(?P<nulls>first|last))?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it was asked for; `*` is all of them."""

    name: str
    alias: str = ""
    cast: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """`column operator value`; for `in` the value is still one text."""

    column: str
    operator: str
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all, or with `any_of` one, must hold."""

    parts: tuple[Condition | Group, ...]
    any_of: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order."""

    column: str
    descending: bool
    nulls_first: bool


@dataclass(slots=True)
class Level:
    """What is asked of one table: the whole request's, or an embedded one's."""

    items: list[Column | Embed] = field(default_factory=list)
    conditions: list[Condition | Group] = field(default_factory=list)
    order: list[Order] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0

    def embed(self, key: str) -> Embed | None:
        """The embedded table known by this alias or name."""
        return next((item for item in self.items if isinstance(item, Embed) and key in (item.alias, item.table)), None)


@dataclass(slots=True)
class Embed:
    """A table within a row; `hint` names the foreign key, with `inner` rows without it are left out."""

    table: str
    alias: str
    hint: str
    inner: bool
    level: Level


def read_query(parameters: Iterable[tuple[str, str]]) -> Level:
    """The query of these parameters. Raises Refusal for what cannot be read."""
    parameters = list(parameters)
    selects = [value for key, value in parameters if key == "select"]
    level = Level(items=_Items(selects[-1] if selects and selects[-1] else "*").read())
    for key, value in parameters:
        if key != "select" and key not in RESERVED:
            *path, last = key.split(".")
            _apply(_target(level, path, last), last, value, negated=bool(path) and path[-1] == "not")
    return level


def list_of(value: str) -> list[str]:
    """The values of `(a,"b,c")`. Raises Refusal when there are no brackets."""
    if not (value.startswith("(") and value.endswith(")")):
        raise unreadable("filter", value)
    return [_unquoted(part) for part in _split(value[1:-1])] if value != "()" else []


def unreadable(what: str, text: str) -> Refusal:
    """400 PGRST100."""
    return table_refusal(400, "PGRST100", f'"failed to parse {what} ({text})" (line 1, column 1)', "unexpected input")


def _target(level: Level, path: list[str], last: str) -> Level:
    """The level a parameter is about."""
    names = path[:-1] if path and path[-1] == "not" and last in ("and", "or") else path
    for name in names:
        embed = level.embed(name)
        if embed is None:
            hint = f"Verify that '{name}' is included in the 'select' query parameter."
            raise table_refusal(400, "PGRST108", f"'{name}' is not an embedded resource in this request", None, hint)
        level = embed.level
    return level


def _apply(level: Level, key: str, value: str, *, negated: bool) -> None:
    if key == "order":
        level.order = [_order(part) for part in value.split(",") if part]
    elif key in ("limit", "offset"):
        if re.fullmatch(r"-?\d+", value):  # anything else is passed over
            setattr(level, key, int(value))
    elif key in ("and", "or"):
        level.conditions.append(_group(key, value, negated=negated))
    else:
        level.conditions.append(_condition(_unquoted(key), value))


def _condition(column: str, text: str) -> Condition:
    match = _FILTER.fullmatch(text)
    if match is None or match["operator"] not in OPERATORS:
        raise unreadable("filter", text)
    return Condition(column, match["operator"], match["value"], bool(match["negated"]))


def _group(kind: str, text: str, *, negated: bool) -> Group:
    if not (text.startswith("(") and text.endswith(")")):
        raise unreadable("logic tree", text)
    return Group(tuple(_part(part) for part in _split(text[1:-1])), kind == "or", negated)


def _part(text: str) -> Condition | Group:
    group = re.fullmatch(r"(not\.)?(and|or)(\(.*\))", text, re.S)
    if group:
        return _group(group[2], group[3], negated=bool(group[1]))
    column, dot, rest = text.partition(".")
    if not dot:
        raise unreadable("logic tree", text)
    found = _condition(_unquoted(column), rest)
    return found if found.operator == "in" else Condition(column, found.operator, _unquoted(found.value), found.negated)


def _order(text: str) -> Order:
    match = _ORDER.fullmatch(text)
    if match is None:
        raise unreadable("order", text)
    descending = match["way"] == "desc"
    return Order(_unquoted(match["name"]), descending, match["nulls"] == "first" if match["nulls"] else descending)


def _split(text: str) -> list[str]:
    """At commas that stand in no brackets and no quotes."""
    parts, depth, quoted, start, at = [], 0, False, 0, 0
    while at < len(text):
        sign = text[at]
        if quoted and sign == "\\":
            at += 1
        elif sign == '"':
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
            if sign == "," and depth == 0:
                parts.append(text[start:at])
                start = at + 1
        at += 1
    if depth or quoted:
        raise unreadable("logic tree", text)
    return [*parts, text[start:]]


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if quoted else text


class _Items:
    """Reads a `select` from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> list[Column | Embed]:
        items = self._items()
        if self._at < len(self._text):
            raise unreadable("select parameter", self._text)
        return items

    def _items(self) -> list[Column | Embed]:
        items = [self._item()]
        while self._next(","):
            items.append(self._item())
        return items

    def _next(self, sign: str) -> bool:
        found = self._text[self._at : self._at + 1] == sign
        self._at += found
        return found

    def _item(self) -> Column | Embed:
        match = _ITEM.match(self._text, self._at)
        if match is None:
            raise unreadable("select parameter", self._text)
        self._at = match.end()
        alias, name = _unquoted((match["alias"] or "").strip()), _unquoted(match["name"].strip())
        hints = match["hints"].split("!")[1:]
        if not self._next("("):
            if hints:
                raise unreadable("select parameter", self._text)
            return Column(name, alias, (match["cast"] or "").strip())
        items: list[Column | Embed] = []
        if not self._next(")"):
            items = self._items()
            if not self._next(")"):
                raise unreadable("select parameter", self._text)
        hint = next((hint for hint in hints if hint not in ("inner", "left")), "")
        return Embed(name, alias, hint, "inner" in hints, Level(items=items))
