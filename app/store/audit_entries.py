"""Entries of the audit trail as they are read, also where somebody wrote past Muster what cannot be read.

Such an entry is told with what can be made of it and marked, so that it hides no other; `muster audit verify` names it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.domain.audit import UNREADABLE, AuditEntry
from app.store.audit_rows import AuditRow
from app.store.database import fetch
from app.store.values import from_json, from_time

_NEVER = datetime.fromtimestamp(0, UTC)
"""Stands for a moment that nobody can read."""


def entries(query: Any) -> Iterator[AuditEntry]:
    """The entries that a query on all columns of `AuditRow` gives."""
    try:
        rows = fetch(query)
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):  # a busy file or a sick disk
            raise
        # SQLite keeps a text that is none, and refuses to read it as such.
        seq, *others = AuditRow._meta.sorted_fields
        rows = fetch(query.select(seq, *(column.cast("BLOB") for column in others)))
    return map(_entry, rows)


def _entry(row: tuple[Any, ...]) -> AuditEntry:
    """An entry from a row in the order of the columns."""
    seq, *found = row
    texts = [_text(value) for value in found]
    at, actor, via, host, organisation, kind, operation, subject, subject_id, before, after, *rest = texts
    moment, was, became = _moment(at), _fields(before), _fields(after)
    entry = AuditEntry(
        seq, moment or _NEVER, actor, via, host, organisation, kind, operation, subject, subject_id, was or {},
        became or {}, *rest,
    )  # fmt: skip
    readable = None not in (moment, was, became) and not any(_is_broken(value) for value in found)
    return entry if readable else replace(entry, kind=UNREADABLE)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _is_broken(value: object) -> bool:
    """Whether a value is no text, whatever was made of it."""
    if isinstance(value, bytes):
        try:
            value.decode()
        except UnicodeDecodeError:
            return True
    return not isinstance(value, str | bytes)


def _moment(text: str) -> datetime | None:
    try:
        return from_time(text)
    except ValueError:
        return None


def _fields(text: str) -> dict[str, Any] | None:
    try:
        return from_json(text, dict[str, Any])
    except msgspec.DecodeError:
        return None
