"""Finding rows by words, whatever their case and accents: `oyvind` finds `Øyvind Ștefănuță`. Knows nothing of Qt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TypeVar

from ui.tables.columns import Column

Row = TypeVar("Row")

_MARKS = re.compile("[\u0300-\u036f]+")
_LETTERS = {
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "þ": "th",
    "ħ": "h",
    "ı": "i",
    "ŋ": "n",
}
"""Letters that Unicode does not split into a base and a mark."""

_FIELD = "\n"
_RECORD = "\x1e"


def fold(text: str) -> str:
    """`text` without case and accents."""
    text = text.casefold()
    if text.isascii():
        return text
    text = _MARKS.sub("", unicodedata.normalize("NFD", text))
    for letter, plain in _LETTERS.items():
        text = text.replace(letter, plain)
    return text


def search_words(query: str) -> tuple[str, ...]:
    """The words of a query, folded, longest first: a row must hold all of them."""
    return tuple(sorted(set(fold(query).split()), key=len, reverse=True))


def narrows(words: Sequence[str], earlier: Sequence[str]) -> bool:
    """Whether every row found by `words` was found by `earlier`: typing on only narrows."""
    return all(any(old in word for word in words) for old in earlier)


def holding(columns: Sequence[Column[Row]], rows: Sequence[Row], words: Sequence[str]) -> list[Row]:
    """The rows that hold all of these words in `columns`."""
    if not words:
        return list(rows)
    texts = haystacks(columns, rows)
    return [row for row, text in zip(rows, texts, strict=True) if all(word in text for word in words)]


def haystacks(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> list[str]:
    """One folded text per row, of all `columns`; folded in one go, which is ten times as fast."""
    fields = [[column.words(row) for row in rows] for column in columns]
    texts = [_FIELD.join(each) for each in zip(*fields, strict=True)] if fields else [""] * len(rows)
    folded = fold(_RECORD.join(texts)).split(_RECORD)
    return folded if len(folded) == len(texts) else [fold(text) for text in texts]
