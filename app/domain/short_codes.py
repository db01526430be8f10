"""Short codes of offices: at most ten of A-Z and 0-9, each unique (vitec-hub.md §7.3)."""

from __future__ import annotations

import re
import unicodedata

LENGTH = 10
_NORWEGIAN = str.maketrans({"Ø": "O", "Å": "A", "Æ": "AE"})


def short_code(number: str | None, name: str | None, taken: set[str]) -> str:
    """A free code made from the department number, else the name; the caller adds it to `taken`."""
    base = (number or name or "OFF").upper().translate(_NORWEGIAN)
    plain = unicodedata.normalize("NFKD", base).encode("ascii", "ignore").decode()
    stem = (re.sub(r"[^A-Z0-9]", "", plain) or "OFF")[:LENGTH]
    code, next_number = stem, 2
    while code in taken:
        suffix = str(next_number)
        code = stem[: LENGTH - len(suffix)] + suffix
        next_number += 1
    return code
