"""Finds entries of the audit trail, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from peewee import fn

from app.domain.audit import AuditEntry, AuditKind
from app.store.audit_entries import entries
from app.store.audit_rows import AuditRow
from app.store.database import fetch
from app.store.values import to_time

_PAGE = 5_000


@dataclass(frozen=True)
class AuditFilter:
    """Which entries; what is empty does not narrow. Every word of `text` has to be somewhere in the entry.

    `below` continues a list: entries older than that number.
    """

    kinds: tuple[AuditKind, ...] = ()
    actor: str = ""
    via: str = ""
    operation: str = ""
    object_id: str = ""
    run_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    below: int = 0


def find_entries(wanted: AuditFilter, *, limit: int = 1000) -> list[AuditEntry]:
    """The newest entries first; one that cannot be read is marked."""
    query = AuditRow.select().where(*_conditions(wanted)).order_by(AuditRow.seq.desc()).limit(limit)
    return list(entries(query))


def all_entries(wanted: AuditFilter) -> Iterator[AuditEntry]:
    """All of them, newest first, read in pages."""
    while page := find_entries(wanted, limit=_PAGE):
        yield from page
        wanted = replace(wanted, below=page[-1].seq)


def count_kinds(wanted: AuditFilter) -> dict[AuditKind, int]:
    """How many entries there are of each kind, whatever kinds are wanted."""
    every = replace(wanted, kinds=tuple(AuditKind))
    query = AuditRow.select(AuditRow.kind, fn.COUNT(AuditRow.seq)).where(*_conditions(every))
    return {AuditKind(kind): count for kind, count in fetch(query.group_by(AuditRow.kind))}


def _conditions(wanted: AuditFilter) -> list[Any]:
    a = AuditRow
    found: list[Any] = [a.seq < wanted.below if wanted.below else a.seq > 0]
    if wanted.kinds:
        found.append(a.kind.in_([kind.value for kind in wanted.kinds]))
    for column, value in (
        (a.actor, wanted.actor), (a.via, wanted.via), (a.operation, wanted.operation),
        (a.object_id, wanted.object_id), (a.run_id, wanted.run_id),
    ):  # fmt: skip
        if value:
            found.append(column == value)
    if wanted.since is not None:
        found.append(a.at >= to_time(wanted.since))
    if wanted.until is not None:
        found.append(a.at < to_time(wanted.until))
    for word in wanted.text.split():
        columns = (a.actor, a.host, a.operation, a.object, a.before, a.after, a.result, a.kind, a.via, a.run_id)
        found.append(reduce(or_, (column.contains(word) for column in columns)))
    return found
