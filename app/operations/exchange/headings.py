"""Finds the fields of a type of data among the columns or keys of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.domain.exchange import Shape, folded
from app.domain.exchange.shapes import OUR_OWN
from app.domain.exchange.values import quoted
from app.errors import UsageError
from app.i18n import _

SourceRow = tuple[int, Sequence[object], Mapping[str, object] | None, str]
"""A row as a file holds it: its number, its cells in the order of the fields, what else it holds; and what is wrong
with it as a whole, blank for nothing.
"""


LEFT_OUT = -1
"""The place of a column that is read over."""


class Headings:
    """Names of columns to places of fields. `columns` are those that a person matched by hand, "" for none.

    Raises `UsageError` for a field among `columns` that the data does not have.
    """

    def __init__(self, shape: Shape, columns: Mapping[str, str]) -> None:
        self.shape = shape
        self._by_hand = {folded(name): self._field(field) for name, field in columns.items()}
        self.place = lru_cache(10_000)(self._place)

    def _field(self, name: str) -> int:
        if not name:
            return LEFT_OUT
        place = self.shape.places.get(folded(name))
        if place is None:
            raise UsageError(_("There is no field {name}.").format(name=quoted(name)), fields_of(self.shape))
        return place

    def _place(self, name: str) -> int | None:
        """The place of the field of that name; None for what is none, `LEFT_OUT` for what our own exports add."""
        short = folded(name)
        place = self._by_hand.get(short, self.shape.places.get(short))
        return LEFT_OUT if place is None and (short in OUR_OWN or not short) else place


@dataclass(frozen=True)
class Columns:
    """Where the fields stand among the columns of a table; a field without a column has the place after the last."""

    places: tuple[int, ...]
    width: int
    extra: tuple[tuple[int, str], ...]


def find_columns(names: Sequence[str], headings: Headings) -> Columns:
    """Read the first row of a table.

    Raises `UsageError` when nothing of it is a field that is needed, or when a field is there twice.
    """
    shape = headings.shape
    places = [len(names)] * len(shape.fields)
    extra: list[tuple[int, str]] = []
    for index, name in enumerate(names):
        place = headings.place(name)
        if place is None:
            extra.append((index, name))
        elif place >= 0:
            if places[place] != len(names):
                key = shape.fields[place].key
                raise UsageError(_("The file has the column {name} twice.").format(name=key), fields_of(shape))
            places[place] = index
    if all(places[shape.place(key)] == len(names) for key in shape.required):
        raise UsageError(_("The first row of the file names none of the columns that are needed."), fields_of(shape))
    return Columns(tuple(places), len(names), tuple(extra))


def fields_of(shape: Shape) -> str:
    """Which fields the data has, as a remedy."""
    return _("The fields are: {names}; needed are: {needed}.").format(
        names=", ".join(spec.key for spec in shape.fields), needed=", ".join(shape.required)
    )
