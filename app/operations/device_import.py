"""Brings a CSV file of devices in: good rows are stored, passwords go to the keyring, bad rows say what to put right.

A row whose name is already a device added by hand changes that device, so that a corrected file can be imported again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.access import Permission
from app.domain.causes import record_code
from app.domain.device_files import DeviceLine, read_device_lines
from app.domain.device_rules import address_warnings
from app.domain.devices import Device, DeviceSource
from app.domain.ids import new_id
from app.domain.outcomes import Action, Outcome, Status
from app.errors import MusterError, NoKeyring, UsageError
from app.events import DevicesChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.devices import PASSWORD, TARGET, count, field_changes, stored_outcome, with_new_address
from app.operations.registry import operation
from app.operations.setting_changes import device_notes
from app.operations.source_files import unread
from app.store import devices as stored
from app.store import leases, runs

MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class ImportParams:
    """The CSV file to read."""

    file: str


@dataclass(frozen=True)
class _Row:
    """A row with what becomes of it: `device` is what will be stored, None when nothing is."""

    line: DeviceLine
    outcome: Outcome
    device: Device | None = None
    is_new: bool = False


@operation("devices.import", N_("Import devices from a CSV file"), Permission.WRITE, ImportParams)
async def import_devices(context: RunContext, params: ImportParams) -> None:
    """Add or change one device per good row; the outcome of every row says what happened."""
    lines = await asyncio.to_thread(_read_file, Path(params.file))
    known = await context.workspace.store.read(stored.devices)
    rows = _planned(lines, known)
    written = [row for row in rows if row.device is not None]
    if not context.dry_run:
        if any(not row.is_new for row in written):  # a push that is under way would lose its line
            await context.workspace.store.read(leases.refuse_held, "terminals")
        await _keep_passwords(context, written)
        await context.workspace.store.write(_store, context, rows)
        for row in written:
            await context.workspace.terminals.drop(row.outcome.subject_id)
    _warn(context, written)
    outcomes = [row.outcome for row in rows]
    context.report(outcomes)
    context.summary |= count(outcomes)
    if refused := sum(bool(line.problems) for line in lines):
        context.reasons["invalid_row"] += refused
    if written and not context.dry_run:
        context.workspace.events.publish(DevicesChanged())


def _read_file(path: Path) -> list[DeviceLine]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(
                _("The file {file} is too large.").format(file=path.name), _("Split it into smaller ones.")
            )
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            _("The file {file} is not UTF-8 text.").format(file=path.name), _("Save it as CSV (UTF-8).")
        ) from error
    except OSError as error:
        raise unread(path, error) from error
    return read_device_lines(text)


def _planned(lines: Sequence[DeviceLine], known: Sequence[Device]) -> list[_Row]:
    by_name = {device.name: device for device in known}
    by_address = {(device.host, device.port): device for device in known}
    return [_planned_row(line, by_name, by_address) for line in lines]


def _planned_row(line: DeviceLine, by_name: Mapping[str, Device], by_address: Mapping[tuple[str, int], Device]) -> _Row:
    if line.problems:
        problem = line.problems[0]
        return _refused(line, problem.field, " ".join(p.rule for p in line.problems), problem.fix)
    old, other = by_name.get(line.name), by_address.get((line.host, line.port))
    if other is not None and other is not old:
        rule = _("The device {name} has the same address.").format(name=other.name)
        return _refused(line, "host", rule, _("Remove one of the two, or correct the address."))
    if old is not None and old.source is not DeviceSource.LOCAL:
        rule = _("The device {name} comes from Supabase.").format(name=old.name)
        return _refused(line, "name", rule, _("Edit it in the list of devices, or choose another name here."))
    return _changed(line, old) if old is not None else _added(line)


def _refused(line: DeviceLine, field: str, rule: str, fix: str) -> _Row:
    text = _("Row {row}, {field}: {problem}") if field else _("Row {row}: {problem}")
    message = text.format(row=line.number, field=field, problem=rule)
    subject = line.name or _("Row {number}").format(number=line.number)
    return _Row(
        line,
        Outcome(
            subject, "", TARGET, "store", Status.SKIPPED, field or "check", message, Action.SKIP, fix,
            code=record_code("invalid_row"),
        ),
    )  # fmt: skip


def _added(line: DeviceLine) -> _Row:
    device = Device(
        new_id(), line.name, line.host, line.port, line.https, line.username,
        site=line.site or None, has_password=bool(line.password),
    )  # fmt: skip
    return _Row(line, stored_outcome(device, Action.CREATE, _("Added")), device, is_new=True)


def _changed(line: DeviceLine, old: Device) -> _Row:
    """A blank cell leaves the user name, site and password as they are."""
    new = replace(
        old, host=line.host, port=line.port, https=line.https,
        username=line.username or old.username, site=line.site or old.site,
    )  # fmt: skip
    changes = field_changes(old, new)
    if not changes and not line.password:
        return _Row(line, stored_outcome(old, Action.UNCHANGED, _("No changes")))
    message = _("Stored with a new password") if line.password else _("Stored")
    new = with_new_address(replace(new, has_password=old.has_password or bool(line.password)))
    return _Row(line, stored_outcome(new, Action.UPDATE, message, changes), new)


async def _keep_passwords(context: RunContext, rows: Sequence[_Row]) -> None:
    """Passwords first; where the keyring refuses, nothing is stored and no password of a new device is left."""
    vault = context.workspace.vault
    kept: list[str] = []
    try:
        for row in rows:
            if row.line.password:
                await vault.set(row.outcome.subject_id, PASSWORD, row.line.password)
                kept += [row.outcome.subject_id] if row.is_new else []
    except MusterError:
        for device_id in kept:
            with suppress(NoKeyring):
                await vault.delete(device_id, PASSWORD)
        raise


def _store(context: RunContext, rows: Sequence[_Row]) -> None:
    for row in rows:
        if row.device is not None:
            before = None if row.is_new else stored.find_device(row.device.id)
            (stored.add_device if row.is_new else stored.change_device)(row.device)
            context.note(*device_notes(context.run, before, row.device, password=bool(row.line.password)))
    runs.add_outcomes(context.run.run_id, 0, [row.outcome for row in rows])


def _warn(context: RunContext, rows: Sequence[_Row]) -> None:
    for row in rows:
        for warning in address_warnings(row.line.host, row.line.port):
            context.warnings.append(f"{row.line.name}: {warning}")
        if row.device is not None and not row.device.has_password:
            context.warnings.append(_("{name} has no password yet.").format(name=row.line.name))
