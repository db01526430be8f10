"""JSON as 1C and its neighbours write it: a byte order mark, commas where none belong (onec-zup.md §4.3).

What a server says about the kind of its answer is not asked: a body that begins like JSON is read as JSON. Rows are
looked up without regard to the case of their keys and to underscores in them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from app.domain.mappings import Problem

R = TypeVar("R")
_MOST_EXCERPT_CHARS = 200
_MOST_KEY_SETS = 256
# A text comes first, so that nothing inside it is touched; one that never ends is taken whole, or every quote in it
# would be looked at as a beginning.
_STRING = r'"(?:[^"\\]|\\.)*+"?'
_TRAILING_COMMA = re.compile(rf"{_STRING}|(,)(?=\s*[\]}}])", re.DOTALL)
_DECIMAL_COMMA = re.compile(rf'{_STRING}|(:\s*+-?\d++),(\d++)(?=\s*(?:,\s*"|\}}))', re.DOTALL)
_HALF_PAIR = re.compile(
    r"(?:\\[^u])++|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})",
    re.DOTALL,
)


class NotJson(ValueError):
    """The body is no JSON, not even after one repair; `excerpt` is how it begins."""

    def __init__(self, excerpt: str) -> None:
        super().__init__(excerpt)
        self.excerpt = excerpt


@dataclass(frozen=True, slots=True)
class Loose:
    """A value, and whether its text had to be repaired."""

    value: Any
    repaired: bool = False


def read_json(body: bytes) -> Loose:
    """The value of a body.

    Raises `NotJson`.
    """
    try:  # as it should be, which takes two thirds of the time; read as text it gives the same
        return Loose(_decoded(body.removeprefix(codecs.BOM_UTF8)))
    except ValueError:
        pass
    written = body_text(body)
    try:
        return Loose(_decoded(written))
    except ValueError:
        pass
    try:
        return Loose(_decoded(_repaired(written)), repaired=True)
    except ValueError as error:
        raise NotJson(written[:_MOST_EXCERPT_CHARS]) from error


def body_text(body: bytes) -> str:
    """A body as text, without byte order mark and blanks around it; what is no UTF-8 is read as Windows Cyrillic."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace").strip()
    try:
        return body.decode("utf-8-sig").strip("\ufeff \t\r\n")
    except UnicodeDecodeError:
        return body.decode("cp1251", "replace").strip()


def _decoded(written: str | bytes) -> Any:
    try:
        return msgspec.json.decode(written)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError("no JSON") from error


def _repaired(written: str) -> str:
    without = _TRAILING_COMMA.sub(lambda m: "" if m[1] else m[0], written)
    with_points = _DECIMAL_COMMA.sub(lambda m: f"{m[1]}.{m[2]}" if m[1] else m[0], without)
    # Half of a pair that is one sign, as a name cut in its middle has it: it costs its sign and not the whole list.
    return _HALF_PAIR.sub(lambda m: r"\ufffd" if m[1] else m[0], with_points)


class Names:
    """Fields by all the names that each is known by, to be read from many rows at once.

    Rows of one list mostly have the same keys, so which key stands for which field is found once per set of keys.
    """

    def __init__(self, *fields: tuple[str, ...]) -> None:
        self._fields = fields
        self.reader = lru_cache(_MOST_KEY_SETS)(self._reader)

    def _reader(self, keys: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
        """What takes the values of all fields from a row with these keys."""
        standing = self._standing(keys)
        if all(len(found) <= 1 for found in standing):
            single = [found[0] if found else names[0] for found, names in zip(standing, self._fields, strict=True)]
            return lambda raw: list(map(raw.get, single))
        return lambda raw: [next((v for key in found if (v := raw[key]) is not None), None) for found in standing]

    def _standing(self, keys: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """For each field the keys that stand for it, the likeliest first."""
        spelled: dict[str, list[str]] = {}
        for key in keys:
            spelled.setdefault(_plain(key), []).append(key)

        def standing_for(name: str) -> list[str]:
            return sorted(spelled.get(_plain(name), ()), key=lambda key: key != name)  # as it is written comes first

        return tuple(tuple(key for name in names for key in standing_for(name)) for names in self._fields)


class Row:
    """One object of an answer."""

    __slots__ = ("_plain", "_raw")

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self._plain: dict[str, Any] | None = None  # made when a name is not found as it is written

    @property
    def raw(self) -> Mapping[str, Any]:
        """The object as it came."""
        return self._raw

    def get(self, name: str, *others: str) -> Any:
        """The value of the first of these names that is there and not null."""
        value = self._raw.get(name)
        if value is not None or (not others and name in self._raw):
            return value
        values = (self._values.get(_plain(one)) for one in (name, *others))
        return next((value for value in values if value is not None), None)

    def values(self, names: Names) -> Sequence[Any]:
        """The values of all fields: of the first key of each that is there and not null."""
        return names.reader(tuple(self._raw))(self._raw)

    def has(self, name: str) -> bool:
        """Whether there is such a key at all."""
        return name in self._raw or _plain(name) in self._values

    @property
    def _values(self) -> Mapping[str, Any]:
        if self._plain is None:
            self._plain = {
                _plain(key): self._raw[key] for key in reversed(list(self._raw))
            }  # the first spelling counts
        return self._plain

    def rows(self, *names: str) -> Rows:
        """The objects under a name, also a single one without its array."""
        return rows_of(self.get(*names))


@dataclass(frozen=True, slots=True)
class Rows:
    """The objects of a list; `others` counts what was none, `refused` are those that the mapping could not take."""

    found: tuple[Row, ...] = ()
    others: int = 0
    refused: tuple[Problem, ...] = ()

    def read(self, read: Callable[[Row], R | None]) -> tuple[list[R], int]:
        """What `read` makes of each, without those it makes nothing of, which are counted with the others."""
        made = [read(row) for row in self.found]
        good = [one for one in made if one is not None]
        return good, self.others + len(made) - len(good)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.found)


def rows_of(value: object) -> Rows:
    """The objects of a list, or of a single object that stands for a list of one."""
    if value is None:
        return Rows()
    values = value if isinstance(value, list) else [value]
    found = tuple([Row(one) for one in values if isinstance(one, dict)])
    if len(found) == len(values):
        return Rows(found)
    refused = tuple(one for one in values if isinstance(one, Problem))
    return Rows(found, len(values) - len(found) - len(refused), refused)


@lru_cache(maxsize=1_000)
def _plain(key: str) -> str:
    return key.replace("_", "").strip().lower()
