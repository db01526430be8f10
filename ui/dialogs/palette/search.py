"""Finding entries by a few letters, quick enough for every keystroke over ten thousand of them. Knows no widget.

All words must occur, whatever case and accents; a hit at the beginning of a name beats one inside it. When nothing
holds the words, their letters in order are enough: `sypl` finds `Sync employees`.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from ui.dialogs.palette.entries import Group, PaletteEntry
from ui.tables.search import fold

MOST_HITS = 100
_RECORDS = frozenset({Group.OFFICE, Group.EMPLOYEE, Group.DEVICE})


class Finder:
    """An index over entries; making it is work for a thread, asking it is not."""

    def __init__(self, entries: Sequence[PaletteEntry]) -> None:
        self.entries = tuple(entries)
        self._titles = [f" {fold(entry.title)}" for entry in entries]  # a word begins after a blank
        self._texts = [f"{title} {fold(entry.detail)}" for title, entry in zip(self._titles, entries, strict=True)]

    def find(self, query: str) -> list[PaletteEntry]:
        """The best hits, best first; without a query everything but the records."""
        words = fold(query).split()
        if not words:
            return [entry for entry in self.entries if entry.group not in _RECORDS][:MOST_HITS]
        hits = self._holding(words) or self._in_order("".join(words))
        best = heapq.nsmallest(MOST_HITS, hits)
        return [self.entries[place] for _score, _group, place in best]

    def _holding(self, words: Sequence[str]) -> list[tuple[int, int, int]]:
        first, *rest = words
        places = [place for place, text in enumerate(self._texts) if first in text]
        for word in rest:
            places = [place for place in places if word in self._texts[place]]
        starts = [f" {word}" for word in words]
        whole = f" {' '.join(words)}"
        return [(self._score(place, whole, starts), self.entries[place].group, place) for place in places]

    def _score(self, place: int, whole: str, starts: Sequence[str]) -> int:
        title = self._titles[place]
        if title.startswith(whole):
            return 0 if len(title) == len(whole) else 1
        if all(start in title for start in starts):
            return 2
        return 3 if all(start[1:] in title for start in starts) else 4

    def _in_order(self, letters: str) -> list[tuple[int, int, int]]:
        return [
            (5, entry.group, place)
            for place, (entry, title) in enumerate(zip(self.entries, self._titles, strict=True))
            if _holds_in_order(title, letters)
        ]


def _holds_in_order(text: str, letters: str) -> bool:
    at = -1
    for letter in letters:
        at = text.find(letter, at + 1)
        if at < 0:
            return False
    return True
