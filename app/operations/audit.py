"""Verifying and exporting the audit trail."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from app.access import Permission
from app.domain.audit import Anchor, AuditEntry, AuditKind, Flaw
from app.errors import BadData, NoKeyring
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.store import audit
from app.store.audit import Verdict
from app.store.audit_search import AuditFilter, all_entries

ENTRY_KEYS = tuple(AuditEntry.__dataclass_fields__)
"""The columns of an export, and the keys of `muster audit list --json`."""
_ANCHOR = "anchor"
_FLAWS = {
    Flaw.ALTERED: N_("Entry {number} of the audit trail was altered."),
    Flaw.MISSING: N_("Entry {number} of the audit trail is missing."),
    Flaw.NEWEST_REMOVED: N_("Entry {number} of the audit trail and all after it were removed."),
    Flaw.ADDED: N_("Entry {number} of the audit trail was not written by Muster."),
    Flaw.OLDEST_REMOVED: N_("Entries before number {number} of the audit trail were removed, not pruned."),
    Flaw.REWRITTEN: N_("The audit trail was written anew: entry {number} is another than was verified before."),
}


@dataclass(frozen=True)
class ExportParams:
    """The file, its format named by its ending; and which entries, all where nothing is said."""

    file: str
    kinds: tuple[AuditKind, ...] = ()
    actor: str = ""
    operation: str = ""
    text: str = ""


@dataclass(frozen=True)
class _Keeper:
    """Whose secret the anchor is in the keyring: the chain of this store."""

    id: str
    name: str = "audit"


@operation("audit.verify", N_("Verify the audit trail"), Permission.READ, NoParams, writes=False, history=False)
async def verify_trail(context: RunContext, _params: NoParams) -> None:
    """Go along the whole chain; name the first entry that was altered or is missing.

    What was found right is remembered in the keyring, so that it cannot be written anew or cut off unnoticed later.
    Raises `BadData` for a chain that is not whole.
    """
    verdict = await verified(context)
    context.result |= _told(verdict)
    if verdict.flaw is not None:
        raise BadData(
            _(_FLAWS[verdict.flaw]).format(number=verdict.flaw_at),
            _("Somebody changed the database past Muster. Compare with a backup, and with exports of the trail."),
        )
    if not verdict.anchored:
        context.warnings.append(
            _("There was no earlier verification to compare with: a trail written anew from the start shows no trace.")
        )


async def verified(context: RunContext) -> Verdict:
    """Verify against what this person's keyring remembers, and let it remember what was found right."""
    workspace = context.workspace
    keeper = _Keeper(f"audit-{await workspace.store.read(audit.chain_id)}")
    try:
        anchor = _anchor(await workspace.vault.get(keeper, _ANCHOR), keeper)
    except NoKeyring as error:
        context.warnings.append(error.message)
        return await workspace.store.read(audit.verify)
    verdict = await workspace.store.read(audit.verify, anchor)
    if verdict.flaw is None and verdict.end.seq:
        await workspace.vault.set(keeper.id, _ANCHOR, f"{verdict.end.seq}:{verdict.end.hash}")
    return verdict


def _anchor(text: str, keeper: _Keeper) -> Anchor | None:
    number, _colon, digest = text.partition(":")
    return Anchor(keeper.id.removeprefix("audit-"), int(number), digest) if number.isdecimal() and digest else None


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "ok": verdict.flaw is None,
        "checked": verdict.checked,
        "head": {"seq": verdict.end.seq, "hash": verdict.end.hash, "chain": verdict.end.chain},
        "anchored": verdict.anchored,
        "flaw": verdict.flaw.value if verdict.flaw is not None else None,
        "first_altered": verdict.flaw_at or None,
        "entry": verdict.entry,
    }


@operation("audit.export", N_("Export the audit trail"), Permission.READ, ExportParams)
async def export_trail(context: RunContext, params: ExportParams) -> None:
    """Write entries to a file, newest first, with their hashes, so that anybody can check the chain."""
    wanted = AuditFilter(params.kinds, params.actor, operation=params.operation, text=params.text)
    path = Path(params.file)
    await asyncio.to_thread(_check_target, path)
    if context.dry_run:
        return
    count = await context.workspace.store.read(_export, path, wanted)
    context.summary |= {"total": count, "exported": count}
    context.result |= {"file": path.name, "entries": count}


def _check_target(path: Path) -> None:
    from app.exports import check_target

    check_target(path)


def _export(path: Path, wanted: AuditFilter) -> int:
    from app.exports import export_rows

    count = 0

    def rows() -> Any:
        nonlocal count
        for count, entry in enumerate(all_entries(wanted), 1):  # noqa: B007 - the count is what is left of it
            yield [_cell(getattr(entry, key)) for key in ENTRY_KEYS]

    export_rows(path, ENTRY_KEYS, rows())
    return count


def _cell(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else value


def entry_row(entry: AuditEntry) -> dict[str, Any]:
    """An entry as `muster audit list --json` names it."""
    row: dict[str, Any] = msgspec.to_builtins(asdict(entry))
    return row
