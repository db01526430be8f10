"""Records and their JSON: encoded once for a list that nobody touches, afresh for one that was handed out."""

from __future__ import annotations

import json

Record = dict[str, object]
"""One element of an answer, as it goes out in JSON."""


class Listing:
    """A list as a system sends it."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self._json: bytes | None = None
        self._handed_out = False

    def hand_out(self) -> list[Record]:
        """The list itself, to be changed in place; every answer from now on is made of what it then holds."""
        self._handed_out = True
        return self._records

    def json(self) -> bytes:
        """The whole list."""
        if self._json is None or self._handed_out:
            self._json = encoded(self._records)
        return self._json

    def find(self, field: str, key: str) -> Record | None:
        """The record whose `field`, as text, is `key`."""
        return next((record for record in self._records if str(record.get(field)) == key), None)


def encoded(value: Record | list[Record]) -> bytes:
    """JSON of one record, or of many piece by piece: a long list in one call would hold up every thread."""
    if isinstance(value, list):
        return b"[" + b",".join(encoded(record) for record in value) + b"]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
