"""The rows behind a table: kept by key, sorted, searched and filtered. Knows nothing of Qt models or widgets.

A row has a slot, its place in the order in which rows arrived. `order` lists all slots as sorted, `matching` those
that pass search and filters. Everything that costs a call per row (search text, sort keys, verdicts of filters) is a
`Derived` list, computed in slices while the window is idle.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import compress, repeat
from operator import contains
from typing import Any, Generic, TypeVar

from ui.tables.collation import EMPTY, collation
from ui.tables.columns import Column
from ui.tables.derived import Derived
from ui.tables.search import fold, haystacks, narrows, search_words

Row = TypeVar("Row")
Predicate = Callable[[Row], bool]

AT_ONCE = 5_000
"""Rows whose derived values are computed on the spot; beyond that in slices."""

_FEW = 4  # a quarter of all texts is few


class RowBook(Generic[Row]):
    """Rows of one type under the columns that show them."""

    def __init__(self, columns: Sequence[Column[Row]], key: Callable[[Row], Hashable]) -> None:
        self._columns = tuple(columns)
        self._key = key
        self.rows: list[Row] = []
        self.slot_of: dict[Hashable, int] = {}
        self.order: list[int] = []
        self._sort: tuple[int, bool] | None = None
        self._sort_keys: dict[int, Derived[Row, Any]] = {}
        self._searched: tuple[int, ...] = tuple(range(len(self._columns)))
        self._search_texts: Derived[Row, str] = Derived(self.rows, self._texts)
        self._predicates: dict[str, Predicate[Row]] = {}
        self._verdicts: dict[str, Derived[Row, bool]] = {}
        self._words: tuple[str, ...] = ()
        self._chosen: tuple[str, ...] = ()
        self._last: tuple[tuple[str, ...], list[int]] | None = None

    # Rows

    def replace_all(self, rows: Iterable[Row]) -> None:
        """Forget all rows and take these; of two with one key the later one counts."""
        taken = list(rows)
        self.slot_of = dict(zip(map(self._key, taken), range(len(taken)), strict=True))
        if len(self.slot_of) < len(taken):
            taken = list({self._key(row): row for row in taken}.values())
            self.slot_of = dict(zip(self.slot_of, range(len(taken)), strict=True))
        self.rows = taken
        self._start_over()
        self._resort()

    def put(self, rows: Iterable[Row]) -> list[int]:
        """Insert rows, or replace those with the same key; answers their slots, ascending."""
        slots: set[int] = set()
        for row in rows:
            slot = self.slot_of.setdefault(self._key(row), len(self.rows))
            if slot == len(self.rows):
                self.rows.append(row)
            self.rows[slot] = row
            slots.add(slot)
        touched = sorted(slots)
        for derived in self._all_derived():
            derived.renew(touched)
        self._last = None
        self._resort()
        return touched

    def drop(self, slots: set[int]) -> None:
        """Remove rows; the remaining ones get new slots, in the same order."""
        kept = [slot for slot in range(len(self.rows)) if slot not in slots]
        self.rows[:] = [self.rows[slot] for slot in kept]
        self.slot_of = {self._key(row): slot for slot, row in enumerate(self.rows)}
        for derived in self._all_derived():
            derived.keep(kept)
        self._last = None
        self._resort()

    # Sorting

    def sort_by(self, column: int | None, *, descending: bool = False) -> None:
        """Sort by one column, or by arrival. Empty cells come last in both directions; equal rows keep their order."""
        self._sort = None if column is None else (column, descending)
        self._last = None
        self._resort()

    def _resort(self) -> None:
        if self._sort is None:
            self.order = list(range(len(self.rows)))
            return
        column, descending = self._sort
        keys = self.sort_keys(column).complete()
        full = [slot for slot, key in enumerate(keys) if key is not None]
        full.sort(key=keys.__getitem__, reverse=descending)
        if len(full) < len(keys):
            full += [slot for slot, key in enumerate(keys) if key is None]
        self.order = full

    def sort_keys(self, column: int) -> Derived[Row, Any]:
        """The comparable values of one column, `None` for empty cells."""
        if column not in self._sort_keys:
            self._sort_keys[column] = Derived(self.rows, _key_maker(self._columns[column]))
        return self._sort_keys[column]

    # Search and filters

    def search_columns(self, columns: Sequence[int]) -> None:
        """Search these columns only: the visible ones."""
        if tuple(columns) != self._searched:
            self._searched = tuple(columns)
            self._search_texts = Derived(self.rows, self._texts)
            self._last = None

    def search(self, query: str) -> None:
        """Keep the rows that hold all words of `query`."""
        self._words = search_words(query)

    def define_filters(self, predicates: dict[str, Predicate[Row]]) -> None:
        """The filters there are; the chosen ones remain chosen as far as they still exist."""
        self._predicates = dict(predicates)
        self._verdicts = {key: self._verdict(key) for key in predicates}
        self.choose_filters(self._chosen)

    def choose_filters(self, keys: Sequence[str]) -> None:
        """A row must pass all of these filters; unknown ones are ignored."""
        self._chosen = tuple(key for key in keys if key in self._predicates)
        self._last = None

    def filter_counts(self) -> dict[str, int]:
        """How many of all rows pass each filter; in a large table only filters that have been computed."""
        counted = {key: each for key, each in self._verdicts.items() if each.missing <= AT_ONCE}
        return {key: each.complete().count(True) for key, each in counted.items()}

    @property
    def counts_missing(self) -> int:
        """How many filters have not been computed."""
        return sum(1 for each in self._verdicts.values() if each.missing)

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter is in force."""
        return bool(self._words or self._chosen)

    @property
    def can_search_now(self) -> bool:
        """Whether the search texts are there, or few enough to be computed on the spot."""
        return not self._words or self._search_texts.missing <= AT_ONCE

    def matching(self) -> list[int]:
        """The slots that pass search and filters, sorted."""
        slots, words = self.order, self._words
        if self._last is not None and narrows(words, self._last[0]):
            slots = self._last[1]
        else:
            for key in self._chosen:
                passed = self._verdicts[key].complete()
                slots = list(compress(slots, map(passed.__getitem__, slots)))
        if words:
            texts = self._search_texts.complete()
            for word in words:
                slots = _holding(word, texts, slots)
        self._last = (words, slots)
        return slots

    def starting_with(self, prefix: str, slots: Sequence[int]) -> int | None:
        """The place in `slots` of the first row whose first column starts with `prefix`."""
        if self._search_texts.missing > AT_ONCE:
            return None
        texts, wanted = self._search_texts.complete(), fold(prefix)
        return next((place for place, slot in enumerate(slots) if texts[slot].startswith(wanted)), None)

    # Derived values

    def idle_work(self) -> list[Derived[Row, Any]]:
        """What is worth computing while nothing else happens, in this order."""
        texts = (index for index in self._searched if not self._columns[index].sorts_by_value)
        keys = [self.sort_keys(index) for index in texts]
        work: list[Derived[Row, Any]] = [*self._verdicts.values(), self._search_texts, *keys]
        return [each for each in work if each.missing]

    def _start_over(self) -> None:
        self._sort_keys.clear()
        self._search_texts = Derived(self.rows, self._texts)
        self._verdicts = {key: self._verdict(key) for key in self._predicates}
        self._last = None

    def _all_derived(self) -> list[Derived[Row, Any]]:
        return [*self._sort_keys.values(), self._search_texts, *self._verdicts.values()]

    def _texts(self, rows: Sequence[Row]) -> list[str]:
        return haystacks([self._columns[index] for index in self._searched], rows)

    def _verdict(self, key: str) -> Derived[Row, bool]:
        predicate = self._predicates[key]
        return Derived(self.rows, lambda rows: [bool(predicate(row)) for row in rows])


def _holding(word: str, texts: list[str], slots: list[int]) -> list[int]:
    """Those of `slots` whose text holds `word`.

    Texts lie in memory in the order of slots. Where most are asked for, all are read in that order, which the
    processor's cache likes three times better than jumping about as the table is sorted. `map` and `compress` stay in
    C: a hundred thousand turns of a Python loop would be felt at every key.
    """
    if len(slots) < len(texts) // _FEW:
        return list(compress(slots, map(contains, map(texts.__getitem__, slots), repeat(word))))
    found = bytes(map(contains, texts, repeat(word)))
    return list(compress(slots, map(found.__getitem__, slots)))


def _key_maker(column: Column[Row]) -> Callable[[Sequence[Row]], list[Any]]:
    if column.sorts_by_value:
        return lambda rows: [column.value(row) for row in rows]
    alphabet = collation()

    def text_keys(rows: Sequence[Row]) -> list[bytes | None]:
        return [None if key == EMPTY else key for key in alphabet.keys([column.words(row) for row in rows])]

    return text_keys
