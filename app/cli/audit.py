"""`muster audit`: the audit trail, listed, exported and verified; and `muster timeline`, one record's part in all."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from app.cli.files import write_files, writes_files
from app.cli.output import print_error, print_json, print_table, read_moment, read_pairs, read_word
from app.cli.session import follow, with_workspace
from app.domain.audit import AuditEntry, AuditKind
from app.errors import UsageError
from app.i18n import _
from app.operations.audit import ENTRY_KEYS, entry_row
from app.operations.runner import Report, Request
from app.store.audit_search import AuditFilter, find_entries
from app.store.timeline import Subject, TimelineEntry, known, timeline
from app.workspace import Workspace

_SHOWN = ("seq", "at", "actor", "via", "kind", "operation", "object", "result")
_NAMES = ("kind", "actor", "via", "operation", "object_id", "run_id", "since", "until", "text")


def audit_command(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    return _verify(args) if args.verb == "verify" else _list(args)


def _list(args: argparse.Namespace) -> int:
    wanted = _filter(read_pairs(args.where))

    async def work(workspace: Workspace) -> list[AuditEntry]:
        return await workspace.store.read(find_entries, wanted, limit=args.limit)

    found = with_workspace(args.home, work)
    write_files(args, ENTRY_KEYS, [[_cell(getattr(e, key)) for key in ENTRY_KEYS] for e in found])
    if args.json:
        print_json([entry_row(entry) for entry in found])
    elif not writes_files(args):
        print_table(_("Audit trail"), _SHOWN, [[_cell(getattr(e, key)) for key in _SHOWN] for e in found])
    return 0


def _verify(args: argparse.Namespace) -> int:
    async def work(workspace: Workspace) -> Report:
        return await follow(workspace, await workspace.runner.start(Request("audit.verify")), quiet=args.json)

    report = with_workspace(args.home, work)
    told: dict[str, Any] = report.run.result or {}
    if args.json:
        error = {"error": report.run.error} if report.run.error is not None else {}
        print_json(told | {"warnings": report.run.warnings} | error)
        return report.exit_code
    if report.error is not None:
        print_error(report.error, as_json=False)
    else:
        print(_("{count} entries, none altered. The last one: {hash}").format(count=told["checked"], hash=_head(told)))
    for warning in report.run.warnings:
        print(f"! {warning}")
    return report.exit_code


def _head(told: dict[str, Any]) -> str:
    return f"{told['head']['seq']}:{told['head']['hash']}"


def timeline_command(args: argparse.Namespace) -> int:
    """What happened to one person, device or customer."""
    subject = Subject(args.subject)
    before = read_moment("before", args.before) if args.before else None

    async def work(workspace: Workspace) -> list[TimelineEntry]:
        page = await workspace.store.read(timeline, subject, args.record_id, before=before, limit=args.limit)
        found = page.entries
        if not found and not await workspace.store.read(known, subject, args.record_id):
            raise UsageError(_("There is nothing with the id {id}.").format(id=args.record_id))
        return found

    entries = with_workspace(args.home, work)
    if args.json:
        print_json([_entry(entry) for entry in entries])
    else:
        columns = ("at", "kind", "operation", "where", "status", "message", "actor")
        print_table(_("Time line"), columns, [[getattr(entry, key) for key in columns] for entry in entries])
    return 0


def _entry(entry: TimelineEntry) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(entry)
    return row | {"counts": dict(entry.counts)}


def _filter(given: dict[str, str]) -> AuditFilter:
    """Raises `UsageError` for a name or value that cannot be."""
    if unknown := sorted(set(given) - set(_NAMES)):
        raise UsageError(
            _("There is no field {name}.").format(name=unknown[0]),
            _("The fields are: {names}.").format(names=", ".join(_NAMES)),
        )
    kinds = (read_word(AuditKind, "kind", given.pop("kind")),) if "kind" in given else ()
    since, until = (read_moment(name, given.pop(name)) if name in given else None for name in ("since", "until"))
    texts = {name: given.get(name, "") for name in ("actor", "via", "operation", "object_id", "run_id", "text")}
    return AuditFilter(kinds, since=since, until=until, **texts)  # type: ignore[arg-type]  # texts by name


def _cell(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else value
