"""The audit trail: what an entry holds, its bytes, and the chain that joins entries (connections.md §3 AuditEntry).

Each entry holds the SHA-256 of the one before and its own bytes, so that whoever changes, removes or inserts an entry
has to write all later ones anew. What that proves, and what it does not:

- A change, a gap or an insertion anywhere that leaves later hashes as they were is found, at the first such entry.
- Newest entries that are simply deleted are found, as the chain's own row says how far it went.
- Somebody who may write to the database and computes all later hashes anew, or cuts the end off and sets the chain's
  row back, is found only against an *anchor*: number and hash that a verification kept outside the database, in the
  keyring of the person who verified. So nothing up to the last verification can be rewritten or cut off unnoticed by
  anybody else; what was added after it can.
- It does not prove that an entry was true when it was written.

There is no key in the hashes: several workstations write to one chain, and anybody can check an export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

NOTHING_BEFORE = "0" * 64
"""The hash before the very first entry."""
_LONGEST_TEXT = 500  # characters of one value; the run itself holds the whole
_MOST_ITEMS = 20
_encode = msgspec.json.Encoder().encode


UNREADABLE = "unreadable"
"""Stands for the kind of an entry that somebody made unreadable past Muster."""


class AuditKind(StrEnum):
    """What was recorded."""

    RUN_STARTED = "run.started"
    RUN_ENDED = "run.ended"
    REFUSED = "refused"
    SETTING_CHANGED = "setting.changed"
    ROLE_CHANGED = "role.changed"
    SECRET_CHANGED = "secret.changed"
    SECRET_SEEN = "secret.seen"
    PRUNED = "pruned"


class Via(StrEnum):
    """From where somebody acted."""

    WINDOW = "window"
    COMMAND_LINE = "command_line"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who acts, from where, for whom: the computer's user, the way in, the computer and the organisation."""

    actor: str
    via: Via
    host: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class AuditNote:
    """What somebody records: `before` and `after` hold changed fields only and never a secret."""

    kind: AuditKind
    operation: str = ""
    object: str = ""
    object_id: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    result: str = ""
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as it is kept. `seq` counts from 1 without gaps; `hash` is its link of the chain."""

    seq: int
    at: datetime
    actor: str
    via: str
    host: str
    organisation: str
    kind: str
    operation: str
    object: str
    object_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    result: str
    run_id: str
    hash: str


Content = tuple[Any, ...]
"""An entry as the columns hold it, in the order of `AuditEntry` up to `run_id`: number, texts, JSON as text."""


def link(before: str, content: Content) -> str:
    """The hash of an entry: of the hash before it, a line feed and the entry as a JSON array without blanks (UTF-8)."""
    return hashlib.sha256(before.encode() + b"\n" + _encode(content)).hexdigest()


class Flaw(StrEnum):
    """What a verification found first."""

    ALTERED = "altered"  # its bytes and its hash do not agree with the hash before
    MISSING = "missing"  # its number is not there
    NEWEST_REMOVED = "newest_removed"  # the chain went further than the entries do
    ADDED = "added"  # behind what the chain's row calls the end
    OLDEST_REMOVED = "oldest_removed"  # entries are gone from the beginning that nobody pruned
    REWRITTEN = "rewritten"  # in itself right, but another one than was verified before


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a verification saw: the entry of that number had that hash. Kept outside the database."""

    chain: str
    seq: int
    hash: str


class Walk:
    """Goes along a chain, page by page, and stops at the first flaw."""

    def __init__(self, seq: int, before: str, anchor: Anchor | None = None) -> None:
        """`seq` is the number of the first entry that is kept, `before` the hash that it was linked to."""
        self.first = seq
        self.seq = seq - 1
        self.hash = before
        self.flaw: Flaw | None = None
        self.flaw_at = 0
        self._anchor = anchor

    @property
    def checked(self) -> int:
        """How many entries were found right."""
        return self.seq - self.first + 1

    def go(self, rows: Iterable[tuple[Any, ...]]) -> bool:
        """Check rows that follow, each the content and, last, the hash; False once a flaw is found."""
        expected, before, sha256 = self.seq + 1, self.hash, hashlib.sha256
        anchored_at = self._anchor.seq if self._anchor is not None else -1
        for row in rows:
            if row[0] != expected:
                return self._stop(Flaw.MISSING if row[0] > expected else Flaw.ALTERED, expected, before)
            found = sha256(before.encode() + b"\n" + _encode(row[:-1])).hexdigest()
            if found != row[-1]:
                return self._stop(Flaw.ALTERED, expected, before)
            if expected == anchored_at and self._anchor is not None and found != self._anchor.hash:
                return self._stop(Flaw.REWRITTEN, expected, before)
            before = found
            expected += 1
        self.seq, self.hash = expected - 1, before
        return True

    def end(self, seq: int, last: str) -> None:
        """No more rows: compare with the end that the chain's row names, and with the anchor."""
        if self.flaw is not None:
            return
        anchored = self._anchor.seq if self._anchor is not None else 0
        if self.seq < max(seq, anchored):
            self._stop(Flaw.NEWEST_REMOVED, self.seq + 1, self.hash)
        elif self.seq > seq or self.hash != last:
            self._stop(Flaw.ADDED, seq + 1, self.hash)

    def _stop(self, flaw: Flaw, at: int, before: str) -> bool:
        self.flaw, self.flaw_at = flaw, at
        self.seq, self.hash = at - 1, before
        return False


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as an entry keeps them: plain, and cut short, as the run itself holds the whole.

    Of a webhook's own headers only the names: such a header may be a key, and an entry is kept for years.
    """
    plain = {key: msgspec.to_builtins(value, str_keys=True) for key, value in values.items()}
    return {key: _masked(value) if key == "headers" else _short(value) for key, value in plain.items()}


def _masked(headers: Any) -> Any:
    return dict.fromkeys(headers, "••••") if isinstance(headers, dict) else headers


def _short(value: Any) -> Any:
    match value:
        case str() if len(value) > _LONGEST_TEXT:
            return f"{value[:_LONGEST_TEXT]}… ({len(value)} characters)"
        case list():
            rest = [f"… ({len(value)} in all)"] if len(value) > _MOST_ITEMS else []
            return [_short(item) for item in value[:_MOST_ITEMS]] + rest
        case dict():
            kept = dict(list(value.items())[: _MOST_ITEMS * 2])
            rest_of = {"…": len(value)} if len(kept) < len(value) else {}
            return {key: _short(item) for key, item in kept.items()} | rest_of
        case _:
            return value


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they are; a field that is not there counts as None."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}
