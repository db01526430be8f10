"""The encodings that texts of tables come in, and which of the old Windows ones a text is probably written in."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum


class Encoding(StrEnum):
    """How a text is written; the values are Python's names of the codecs."""

    UTF_8 = "utf-8-sig"
    UTF_16 = "utf-16"
    CYRILLIC = "cp1251"
    WESTERN = "cp1252"
    CENTRAL = "cp1250"


_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")


def is_marked_utf16(head: bytes) -> bool:
    """Whether a file begins with the byte order mark of UTF-16."""
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def guess_windows(piece: bytes) -> Encoding:
    """Cyrillic words are of high bytes alone; in Western ones letters such as ø stand among ASCII."""
    words = [word for word in _WORD.findall(piece) if len(word) > 1]
    mixed = sum(1 for word in words if _ASCII_LETTER.search(word))
    return Encoding.WESTERN if 2 * mixed > len(words) else Encoding.CYRILLIC
