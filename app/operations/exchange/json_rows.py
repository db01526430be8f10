"""Rows of JSON: an array of objects, or one object after the other (JSON Lines), read piece by piece.

Objects may be flat, or nested as the platform sends them: one per group or agent with a list of rows inside
(contact-center.md §5); an envelope around one list of rows is looked through (§3, `dialect`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

from app.errors import UsageError
from app.i18n import _
from app.operations.exchange.headings import Headings, SourceRow, fields_of

MOST_CHARS_OF_VALUE = 64_000_000
_CHUNK_CHARS = 1 << 16


def json_rows(file: TextIO, headings: Headings) -> Iterator[SourceRow]:
    """The rows of a JSON file.

    Raises `UsageError` when it cannot be read as JSON, or when none of its rows holds anything that is needed.
    """
    known = False
    number = 0
    for number, item in enumerate(json_items(file, headings), 1):
        row = _row(number, item, headings)
        known = known or any(cell is not None for cell in row[1])
        yield row
    if number and not known:
        raise UsageError(_("No row of the file has any of the fields."), fields_of(headings.shape))


def json_items(file: TextIO, headings: Headings) -> Iterator[object]:
    """The rows as the file holds them, out of whatever they are nested in.

    Raises `UsageError` when it cannot be read as JSON.
    """
    for value in _values(file):
        yield from _items(value, headings)


def _items(value: object, headings: Headings) -> Iterator[object]:
    """The rows inside a value: itself, those of one group or agent, or those of an envelope."""
    if not isinstance(value, dict):
        yield value
        return
    for key in headings.shape.nested:
        inner = value.get(key)
        if isinstance(inner, list):
            outer = {name: held for name, held in value.items() if name != key}
            for item in inner:
                yield outer | item if isinstance(item, dict) else item
            return
    lists = [held for held in value.values() if isinstance(held, list) and held and isinstance(held[0], dict)]
    if len(lists) == 1 and not any((headings.place(name) or 0) > 0 for name in value):
        for item in lists[0]:
            yield from _items(item, headings)
        return
    metrics = value.get("metrics")  # our own exports, and the rows of ContactCenterData (§9)
    yield {**value, **metrics} if isinstance(metrics, dict) else value


def _row(number: int, item: object, headings: Headings) -> SourceRow:
    cells: list[object] = [None] * len(headings.shape.fields)
    if not isinstance(item, dict):
        return number, cells, None, _("The row is not an object.")
    extra: dict[str, Any] = {}
    for name, value in item.items():
        place = headings.place(name) if len(name) < 256 else None
        if place is None and value is not None:
            extra[name] = value
        elif place is not None and place >= 0:
            cells[place] = json.dumps(value) if isinstance(value, list | dict) else value
    return number, cells, extra or None, ""


def _values(file: TextIO) -> Iterator[Any]:
    """The elements of the one array, or the values that follow each other."""
    decoder = json.JSONDecoder(parse_constant=_no_number)
    text = _Text(file)
    in_array = text.peek() == "["
    if in_array:
        text.position += 1
    expecting = False  # after a comma there has to be something
    while True:
        sign = text.peek()
        if in_array and sign == "]" and not expecting:
            text.position += 1
            if text.peek():
                text.refuse(None)
            return
        if not sign:
            if in_array:
                text.refuse(None)
            return
        yield text.next_value(decoder)
        expecting = in_array and text.peek() == ","
        if expecting:
            text.position += 1
        elif in_array and text.peek() != "]":
            text.refuse(None)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


class _Text:
    """The file as far as it was read, and where the next value begins in it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._held = ""
        self._done = 0
        self._ended = False
        self.position = 0

    def peek(self) -> str:
        """The next character that is no blank; blank at the end."""
        while True:
            while self.position < len(self._held):
                if not self._held[self.position].isspace():
                    return self._held[self.position]
                self.position += 1
            if not self._more(_CHUNK_CHARS):
                return ""

    def next_value(self, decoder: json.JSONDecoder) -> Any:
        """The next whole value, reading on while it is cut off."""
        wanted = _CHUNK_CHARS
        while True:
            try:
                value, end = decoder.raw_decode(self._held, self.position)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self._more(wanted):
                    self.refuse(error)
                wanted *= 2
                continue
            if end < len(self._held) or not self._more(wanted):  # a number might go on
                self.position = end
                return value

    def _more(self, chars: int) -> bool:
        """Read on, forgetting what is behind; False at the end of the file."""
        if self._ended:
            return False
        chunk = self._file.read(chars)
        self._ended = not chunk
        self._done += self.position
        self._held = self._held[self.position :] + chunk
        self.position = 0
        if len(self._held) > MOST_CHARS_OF_VALUE:
            raise UsageError(_("A single value of the file is too large."), _("Split it into smaller ones."))
        return not self._ended

    def refuse(self, cause: Exception | None) -> NoReturn:
        place = self._done + self.position + 1
        raise UsageError(
            _("The file cannot be read as JSON, from character {place} on.").format(place=place),
            _("Save it again, as an array of objects or as one object per line."),
        ) from cause


def is_json(first: str) -> bool:
    """Whether a text that begins so is JSON."""
    return first.lstrip().startswith(("[", "{"))
