"""Keeps the audit trail: adds entries, finds them, verifies the chain and prunes its beginning.

`record` is called inside the transaction that does what it records, so that neither is stored without the other. Two
programs on one store take turns: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by locking the chain's one row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import fn

from app.domain.audit import (
    NOTHING_BEFORE,
    Anchor,
    AuditKind,
    AuditNote,
    Content,
    Flaw,
    Origin,
    Via,
    Walk,
    link,
    told,
)
from app.domain.outcomes import RunState
from app.errors import BadData
from app.i18n import _
from app.redaction import redact
from app.store.audit_rows import AuditChainRow, AuditRow
from app.store.database import fetch, insert_rows, locked
from app.store.organization_rows import OrganizationRow
from app.store.pruning import Amount
from app.store.values import from_json, from_time, now, to_json, to_time

_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how many entries are right, the end of the chain, and the first flaw if any.

    `entry` is the first altered entry as its columns are, None where it is missing; `anchored` whether the part up to
    an earlier verification was compared with what was seen then.
    """

    checked: int
    end: Anchor
    flaw: Flaw | None = None
    flaw_at: int = 0
    entry: dict[str, Any] | None = None
    anchored: bool = False


def record(origin: Origin, *notes: AuditNote) -> None:
    """Add entries at the end of the chain, in the transaction of the caller.

    Registered secrets are blanked and long values cut short; the organisation is the store's where none is given.
    """
    if not notes:
        return
    if not origin.organisation:
        origin = replace(origin, organisation=_organisation())
    chain = _chain(lock=True)
    seq, before = chain.last_seq, chain.last_hash
    moment = to_time(now())
    rows: list[tuple[Any, ...]] = []
    for note in notes:
        seq += 1
        content = _content(seq, moment, origin, note)
        before = link(before, content)
        rows.append((*content, before))
    insert_rows(AuditRow, rows)
    AuditChainRow.update(last_seq=seq, last_hash=before).where(AuditChainRow.id == 1).execute()


def record_interrupted(run_ids: Iterable[str]) -> None:
    """Record that runs ended without saying so, in the name of whoever started them."""
    for run_id in run_ids:
        of_run = (AuditRow.run_id == run_id) & (AuditRow.kind == AuditKind.RUN_STARTED.value)
        row = AuditRow.select().where(of_run).order_by(AuditRow.seq.desc()).first()
        if row is not None:
            origin = Origin(row.actor, Via(row.via), row.host, row.organisation)
            about = (row.operation, row.object, row.object_id)
            record(origin, AuditNote(AuditKind.RUN_ENDED, *about, result=RunState.INTERRUPTED.value, run_id=run_id))


def chain_id() -> str:
    """The name of this store's chain, by which a person's keyring knows it."""
    return str(_chain().chain)


def verify(anchor: Anchor | None = None) -> Verdict:
    """Go along the whole chain and find the first flaw; entries that are added meanwhile are looked at too."""
    chain = _chain()
    usable = anchor if anchor is not None and anchor.chain == chain.chain and anchor.seq >= chain.first_seq else None
    walk = Walk(chain.first_seq, chain.first_hash, usable)
    while walk.flaw is None:
        chain = _chain()  # before the page, so that every entry it counts is there to be read
        page = _page(walk.seq, _PAGE)
        if not page:
            walk.end(chain.last_seq, chain.last_hash)
            break
        walk.go(page)
    if walk.flaw is None and _beginning_is_gone(chain):
        walk.flaw, walk.flaw_at = Flaw.OLDEST_REMOVED, chain.first_seq
    end = Anchor(chain.chain, walk.seq, walk.hash)
    entry = _as_it_is(walk.flaw_at) if walk.flaw is not None else None
    return Verdict(walk.checked, end, walk.flaw, walk.flaw_at, entry, anchored=usable is not None)


def _page(after: int, size: int) -> list[tuple[Any, ...]]:
    """The entries that follow; one that somebody made unreadable comes alone, with nothing but its number."""
    query = AuditRow.select().where(AuditRow.seq > after).order_by(AuditRow.seq).limit(size)
    try:
        return fetch(query)
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):  # a busy file or a sick disk alters no entry
            raise
        # SQLite keeps a text that is none, and refuses to read it.
        return _page(after, max(1, size // 10)) if size > 1 else fetch(query.select(AuditRow.seq, AuditRow.hash))


def _as_it_is(seq: int) -> dict[str, Any] | None:
    """The columns of an altered entry, whatever somebody wrote there."""
    names = [field.name for field in AuditRow._meta.sorted_fields]
    rows = [row for row in _page(seq - 1, 1) if row[0] == seq]
    if not rows or len(rows[0]) < len(names):
        return dict(zip(("seq", "hash"), rows[0], strict=True)) if rows else None
    shown = (value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in rows[0])
    return dict(zip(names, shown, strict=True))


def prune(origin: Origin, older_than: datetime) -> int:
    """Take away entries at the beginning that are older; how many. The chain stays verifiable.

    It goes on from the hash of the last one taken away, which the entry that records the pruning names too.
    """
    _chain(lock=True)
    first, count, cut = _prunable(older_than)
    if not count:
        return 0
    last = AuditRow.get_by_id(cut)
    AuditRow.delete().where(AuditRow.seq <= cut).execute()
    AuditChainRow.update(first_seq=cut + 1, first_hash=last.hash).where(AuditChainRow.id == 1).execute()
    after = {"first_seq": cut + 1, "first_hash": last.hash}
    before = {"first_seq": first, "entries": count, "older_than": to_time(older_than)}
    record(origin, AuditNote(AuditKind.PRUNED, "history.prune", "audit", before=before, after=after))
    return count


def old_entries(older_than: datetime) -> Amount:
    """What `prune` would take away."""
    first, count, cut = _prunable(older_than)
    if not count:
        return Amount()
    a = AuditRow
    size = fn.SUM(fn.LENGTH(a.before) + fn.LENGTH(a.after) + fn.LENGTH(a.object) + fn.LENGTH(a.result))
    ((weight, oldest),) = fetch(a.select(size, fn.MIN(a.at)).where(a.seq.between(first, cut)))
    return Amount(count, int(weight), from_time(oldest))


def _prunable(older_than: datetime) -> tuple[int, int, int]:
    """First kept number, how many would go, and the last of them; a clock that was set back hides none behind it."""
    chain = _chain()
    kept = AuditRow.select(AuditRow.seq).where(AuditRow.at >= to_time(older_than)).order_by(AuditRow.seq).limit(1)
    found = fetch(kept)
    cut = (found[0][0] if found else chain.last_seq) - 1  # the newest stays, whatever its age
    return chain.first_seq, max(0, cut - chain.first_seq + 1), cut


def _chain(*, lock: bool = False) -> Any:
    """Where the chain begins and ends.

    Raises `BadData` where somebody removed that from the database: a new one would hide what else was removed.
    """
    query = AuditChainRow.select().where(AuditChainRow.id == 1)
    row = (locked(query) if lock else query).first()
    if row is None:
        raise BadData(
            _("The mark of the audit trail's end was removed."),
            _("Somebody changed the database past Muster. Compare with a backup, and with exports of the trail."),
        )
    return row


def _beginning_is_gone(chain: Any) -> bool:
    """Whether the chain begins where nobody pruned: the newest entry about pruning says where it has to begin."""
    query = AuditRow.select(AuditRow.after).where(AuditRow.kind == AuditKind.PRUNED.value)
    said = fetch(query.order_by(AuditRow.seq.desc()).limit(1))
    unpruned = {"first_seq": 1, "first_hash": NOTHING_BEFORE}
    begins: Mapping[str, Any] = (from_json(said[0][0], dict[str, Any]) or {}) if said else unpruned
    return (chain.first_seq, chain.first_hash) != (begins.get("first_seq"), begins.get("first_hash"))


def _organisation() -> str:
    row = OrganizationRow.select().first()  # a database holds the data of one
    return str(row.name) if row is not None else ""


def _content(seq: int, moment: str | None, origin: Origin, note: AuditNote) -> Content:
    texts = (note.operation, note.object, note.object_id, _json(note.before), _json(note.after), note.result)
    who = (origin.actor, origin.via.value, origin.host, origin.organisation, note.kind.value)
    return (seq, moment, *map(_clean, who), *map(_clean, texts), note.run_id)


def _json(values: Mapping[str, Any]) -> str:
    return to_json(told(values)) if values else "{}"


def _clean(text: str) -> str:
    """Text that every database takes, without secrets."""
    return redact(text).replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
