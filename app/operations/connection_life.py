"""The life of a connection beside its settings: copy it, hand its settings on, hold its calls back (connections.md §4).

Secrets never leave the keyring: a copy and a file of settings come without them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import msgspec

from app.access import Permission
from app.domain.audit import Via
from app.domain.causes import record_code
from app.domain.kinds import KINDS, ConnectionKind
from app.domain.outcomes import Action, Outcome, Status
from app.errors import MusterError, UsageError
from app.events import ConnectionsChanged
from app.exports import check_target, export_rows, of_organization
from app.i18n import N_, _, ngettext
from app.operations.connections import ALL, CreateParams, Scalar, create_connection
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.source_files import unread
from app.store import connections as stored

_MOST_BYTES = 4_000_000
_COLUMNS = ("name", "kind", "settings")


@dataclass(frozen=True)
class DuplicateParams:
    """The name of the copy; without one it is named after the original."""

    name: str = ""


@dataclass(frozen=True)
class SettingsFileParams:
    """A JSON file of settings; `connections` are the names that are meant, none for all."""

    file: str
    connections: tuple[str, ...] = ()


class HoldAction(StrEnum):
    """What to do with the calls of a connection."""

    PASS = "pass"
    HOLD = "hold"


@dataclass(frozen=True)
class HoldParams:
    """`hold` refuses every call until `pass` lets them through again, in this program and for as long as it runs."""

    action: HoldAction


class _SavedConnection(msgspec.Struct):
    """One connection of a file of settings."""

    name: str
    kind: str
    settings: dict[str, Scalar] = msgspec.field(default_factory=dict)


@operation(
    "connections.duplicate", N_("Duplicate a connection"), Permission.ADMIN, DuplicateParams,
    kinds=ALL, remote=False, works_paused=True,
)  # fmt: skip
async def duplicate_connection(context: RunContext, params: DuplicateParams) -> None:
    """Add a connection with the same settings and no secrets."""
    original = context.own_connection
    taken = {c.name for c in await context.workspace.store.read(stored.connections)}
    name = params.name.strip() or _free_name(original.name, taken)
    known = {spec.key for spec in original.spec.settings}
    settings = {key: value for key, value in original.settings.items() if key in known}
    await create_connection(context, CreateParams(name, original.kind, settings))


def _free_name(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} {number}" in taken:
        number += 1
    return f"{name} {number}"


@operation(
    "connections.export_settings", N_("Export the settings of connections"), Permission.READ, SettingsFileParams,
    writes=False, history=False,
)  # fmt: skip
async def export_settings(context: RunContext, params: SettingsFileParams) -> None:
    """Write names, kinds and settings to a JSON file; it holds no secret."""
    await asyncio.to_thread(check_target, Path(params.file))
    found = await context.workspace.store.read(stored.connections)
    if unknown := sorted(set(params.connections) - {c.name for c in found}):
        raise UsageError(_("There is no connection named {name}.").format(name=unknown[0]))
    rows = [(c.name, c.kind.value, c.settings) for c in found if not params.connections or c.name in params.connections]
    context.result |= {"file": params.file, "connections": len(rows)}
    if not context.dry_run:
        owner = context.workspace.organization.owner
        await asyncio.to_thread(export_rows, Path(params.file), *of_organization(owner, _COLUMNS, rows), ".json")


@operation(
    "connections.import_settings", N_("Import the settings of connections"), Permission.ADMIN, SettingsFileParams
)
async def import_settings(context: RunContext, params: SettingsFileParams) -> None:
    """Add the connections of a file of settings; those whose name is taken stay as they are.

    Raises `UsageError` for a file that is none, `StoreError` for one that cannot be read.
    """
    saved = await asyncio.to_thread(_read, Path(params.file))
    meant = [s for s in saved if not params.connections or s.name in params.connections]
    if unknown := sorted(set(params.connections) - {s.name for s in saved}):
        raise UsageError(_("The file holds no connection named {name}.").format(name=unknown[0]))
    taken = {c.name for c in await context.workspace.store.read(stored.connections)}
    for one in meant:
        context.report([await _import_one(context, one, taken)])
        taken.add(one.name)
    done = sum(o.status is Status.SUCCESS for o in context.outcomes)
    context.summary |= {"total": len(meant), "created": done, "skipped": len(meant) - done}
    if done:
        text = ngettext(
            "{count} connection was added without its secrets: fill them in, then test it.",
            "{count} connections were added without their secrets: fill them in, then test them.",
            done,
        )
        context.warnings.append(text.format(count=done))


async def _import_one(context: RunContext, saved: _SavedConnection, taken: set[str]) -> Outcome:
    if saved.name in taken:
        text, remedy = _("There is a connection of that name; it was left as it is."), _("Rename one of the two.")
        return _outcome(saved, Status.SKIPPED, text, Action.UNCHANGED, remedy, record_code("name_taken"))
    if saved.kind not in set(ConnectionKind):
        text = _("There is no kind {kind}.").format(kind=saved.kind)
        remedy = _("Kinds: {names}.").format(names=", ".join(KINDS))
        return _outcome(saved, Status.FATAL, text, Action.SKIP, remedy, record_code("invalid_row"))
    part = replace(context, result={}, secrets={})
    try:
        await create_connection(part, CreateParams(saved.name, ConnectionKind(saved.kind), saved.settings))
    except MusterError as error:
        return _outcome(saved, Status.FATAL, error.message, Action.SKIP, _(error.remedy), error.code)
    return _outcome(saved, Status.SUCCESS, _("Added, without its secrets"), Action.CREATE)


def _outcome(
    saved: _SavedConnection, status: Status, message: str, action: Action, remedy: str = "", code: str = ""
) -> Outcome:
    return Outcome(saved.name, saved.name, saved.kind, "store", status, "store", message, action, remedy, code=code)


def _read(file: Path) -> list[_SavedConnection]:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError(_("{file} is too large for a file of settings.").format(file=file.name))
        return msgspec.json.decode(file.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=list[_SavedConnection])
    except OSError as error:
        raise unread(file, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            _("{file} is no file of settings: {cause}").format(file=file.name, cause=error),
            _("Take one that was written by “Export the settings of connections”."),
        ) from error


@operation(
    "connections.hold", N_("Hold the calls of a connection, or let them pass"), Permission.WRITE, HoldParams,
    kinds=ALL, remote=False, works_paused=True,
)  # fmt: skip
async def hold_calls(context: RunContext, params: HoldParams) -> None:
    """Open the breaker by hand for maintenance, or close it (connections.md §10.2).

    Raises `UsageError` on the command line: the program would end, and with it what it holds.
    """
    if context.workspace.audit.via is Via.COMMAND_LINE:
        raise UsageError(
            _("Calls are held back by a window, for as long as it is open."),
            _("Pause the connection instead: muster connections edit NAME --pause."),
        )
    if context.dry_run:
        return
    links, connection = context.workspace.links, context.own_connection
    if params.action is HoldAction.HOLD:
        await links.hold(connection)
    else:
        await links.let_pass(connection.id)
    context.workspace.events.publish(ConnectionsChanged())
