"""Devices as a person keeps them: list, add, edit with pin, pause, remove (issue 3 "Local devices").

A device's password goes to the keyring and nowhere else. What Supabase lists can be edited, which pins the field, and
paused; it cannot be removed, as the next sync would bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from app.access import Permission
from app.domain.device_rules import address_warnings, checked_fingerprint, checked_host, checked_name, checked_port
from app.domain.devices import Device, DeviceSource, DeviceStatus
from app.domain.ids import new_id
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.errors import UsageError
from app.events import CoverageChanged, DevicesChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.operations.setting_changes import device_notes
from app.store import connections, leases, runs
from app.store import devices as stored

PASSWORD = "password"
TARGET = "devices"
EDITABLE = ("name", "host", "port", "https", "username", "site", PASSWORD)
_REACHED_BY = frozenset({"host", "port", "https", "username"})


@dataclass(frozen=True)
class AddParams:
    """A new device; `port` 0 is the usual one. Its password is typed or piped, never a parameter.

    `fingerprint` is the SHA-256 of a certificate that the person looked at and trusts.
    """

    name: str
    host: str
    port: int = 0
    https: bool = False
    username: str = ""
    site: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class EditParams:
    """A device by id or name and what changes; `unpin` names fields that the source decides again."""

    device: str
    name: str | None = None
    host: str | None = None
    port: int | None = None
    https: bool | None = None
    username: str | None = None
    site: str | None = None
    unpin: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeviceParams:
    """A device by id or name."""

    device: str


@operation("devices.list", N_("List devices"), Permission.READ, NoParams, writes=False, history=False)
async def list_devices(context: RunContext, _params: NoParams) -> None:
    """All devices with what they last said of themselves."""
    context.result["devices"] = device_rows(await context.workspace.store.read(stored.devices))


@operation("devices.add", N_("Add a device"), Permission.WRITE, AddParams)
async def add_device(context: RunContext, params: AddParams) -> None:
    """Store a new device and its password."""
    device = Device(
        id=new_id(),
        name=checked_name(params.name),
        host=checked_host(params.host),
        port=checked_port(params.port, https=params.https),
        https=params.https,
        username=params.username.strip(),
        site=params.site.strip() or None,
        fingerprint=checked_fingerprint(params.fingerprint),
        has_password=bool(given_password(context)),
    )
    await _look_around(context, device)
    if not context.dry_run:
        await keep_password(context, device)  # first: without a keyring nothing is stored at all
        device = await store_device(context, None, device, password=device.has_password)
    await finish(context, device, Action.CREATE, _("Added"))


@operation("devices.edit", N_("Edit a device"), Permission.WRITE, EditParams)
async def edit_device(context: RunContext, params: EditParams) -> None:
    """Change what is given, pinning it where Supabase says otherwise; a password that is not given stays."""
    old = await find_device(context, params.device)
    if unknown := [name for name in params.unpin if name not in EDITABLE]:
        raise UsageError(
            _("The field {field} cannot be unpinned.").format(field=unknown[0]),
            _("The fields are: {names}.").format(names=", ".join(EDITABLE)),
        )
    new = _edited(old, params)
    password = given_password(context)
    changes = field_changes(old, new)
    if old.source is DeviceSource.SUPABASE:
        pinned = {*old.pinned, *(c.field for c in changes), *([PASSWORD] if password else [])} - {*params.unpin}
        new = replace(new, pinned=tuple(sorted(pinned)))
    reached_anew = bool(password) or any(c.field in _REACHED_BY for c in changes)
    if reached_anew:  # the last test says nothing about the new values
        new = with_new_address(replace(new, has_password=old.has_password or bool(password)))
    if new == old and not password:
        await finish(context, old, Action.UNCHANGED, _("No changes"))
        return
    await _look_around(context, new)
    if not context.dry_run:
        if reached_anew:  # a push that is under way would lose its line
            await context.workspace.store.read(leases.refuse_held, "terminals")
        await keep_password(context, new)
        new = await store_device(context, old, new, password=bool(password))
        await context.workspace.terminals.drop(new.id)
    await finish(context, new, Action.UPDATE, _("Stored with a new password") if password else _("Stored"), changes)


@operation("devices.pause", N_("Pause a device"), Permission.WRITE, DeviceParams)
async def pause_device(context: RunContext, params: DeviceParams) -> None:
    """Leave a device out of pushes to all, until it is resumed."""
    await _switch(context, params, DeviceStatus.INACTIVE, (_("Paused"), _("Already paused")))


@operation("devices.resume", N_("Resume a device"), Permission.WRITE, DeviceParams)
async def resume_device(context: RunContext, params: DeviceParams) -> None:
    """Include a device in pushes to all again."""
    await _switch(context, params, DeviceStatus.ACTIVE, (_("Resumed"), _("Not paused")))


@operation("devices.remove", N_("Remove a device"), Permission.ADMIN, DeviceParams, target="terminals")
async def remove_device(context: RunContext, params: DeviceParams) -> None:
    """Forget a device, who is on it and its password; history stays, and nothing is sent to the device itself."""
    device = await find_device(context, params.device)
    store = context.workspace.store
    listed = device.source is DeviceSource.SUPABASE and device.missing_since is None
    if listed and await store.read(connections.find_connection, device.connection or "") is not None:
        raise UsageError(
            _("Supabase lists the device {name}; the next sync would bring it back.").format(name=device.name),
            _("Pause it instead, or remove it in Supabase first."),
        )
    if not context.dry_run:
        await context.workspace.vault.delete(device.id, PASSWORD)

        def remove() -> None:
            stored.remove_device(device.id)
            context.note(*device_notes(context.run, device, None))

        await store.write(remove)
        await context.workspace.terminals.drop(device.id)
        context.workspace.events.publish(CoverageChanged())
    await finish(context, device, Action.DEACTIVATE, _("Removed"))


async def find_device(context: RunContext, name_or_id: str) -> Device:
    """The device of that name or id.

    Raises `UsageError` when there is none.
    """
    found = await context.workspace.store.read(stored.find_device, name_or_id)
    if found is None:
        raise UsageError(
            _("There is no device named {name}.").format(name=name_or_id), _("See them with: muster devices list")
        )
    return found


async def store_device(context: RunContext, before: Device | None, after: Device, *, password: bool = False) -> Device:
    """Store a device that is new (`before` None) or changed, and in the audit trail what that changed."""

    def write() -> Device:
        kept = stored.add_device(after) if before is None else stored.change_device(after)
        context.note(*device_notes(context.run, before, after, password=password))
        return kept

    return await context.workspace.store.write(write)


def device_rows(found: Iterable[Device]) -> list[dict[str, Any]]:
    """Devices as `muster list devices` names them; of the password only whether the keyring has one."""
    return [_row(device) for device in found]


def _row(device: Device) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(device)
    facts: dict[str, Any] = values.pop("facts")
    return values | {"free_places": device.facts.free_places} | facts


DEVICE_KEYS = tuple(_row(Device("", "", "")))
"""The fields of a row, those of command-line.md first."""


def given_password(context: RunContext) -> str:
    """The password that was typed or piped, empty for none.

    Raises `UsageError` for any other secret.
    """
    if unknown := sorted(set(context.secrets) - {PASSWORD}):
        raise UsageError(_("A device has no secret {key}.").format(key=unknown[0]))
    return context.secrets.get(PASSWORD, "")


async def keep_password(context: RunContext, device: Device) -> None:
    """Put a password that was given into the keyring."""
    if password := given_password(context):
        await context.workspace.vault.set(device.id, PASSWORD, password)


def stored_outcome(device: Device, action: Action, message: str, changes: Iterable[FieldChange] = ()) -> Outcome:
    """What happened to a device in the store."""
    status = Status.SKIPPED if action is Action.UNCHANGED else Status.SUCCESS
    return Outcome(device.name, device.id, TARGET, "store", status, "store", message, action, changes=tuple(changes))


def field_changes(old: Device, new: Device) -> tuple[FieldChange, ...]:
    """What a person would see changed; of a password nothing."""
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in EDITABLE if name != PASSWORD)
    return tuple(FieldChange(name, before, after) for name, before, after in pairs if before != after)


def with_new_address(device: Device) -> Device:
    """A device that is reached another way from now on: its last test says nothing any more.

    Its serial number stays, so that another terminal at the new address is noticed (hikvision-isapi.md §9.1).
    """
    facts = replace(device.facts, tested_at=None, test_ok=None, test_message="", test_problem="", locked_until=None)
    return replace(device, facts=facts)


def _edited(old: Device, params: EditParams) -> Device:
    https = old.https if params.https is None else params.https
    port = old.port
    if params.port is not None or (https is not old.https and port == checked_port(0, https=old.https)):
        port = checked_port(params.port or 0, https=https)
    return replace(
        old,
        name=old.name if params.name is None else checked_name(params.name),
        host=old.host if params.host is None else checked_host(params.host),
        port=port,
        https=https,
        username=old.username if params.username is None else params.username.strip(),
        site=old.site if params.site is None else params.site.strip() or None,
    )


async def _look_around(context: RunContext, device: Device) -> None:
    """Refuse a name that is taken; warn of an address that another device has or that is unusual."""
    for other in await context.workspace.store.read(stored.devices):
        if other.id == device.id:
            continue
        if other.name == device.name:
            raise UsageError(_("There is already a device named {name}.").format(name=device.name))
        if (other.host, other.port) == (device.host, device.port):
            context.warnings.append(_("The device {name} has the same address.").format(name=other.name))
    context.warnings += address_warnings(device.host, device.port)


async def _switch(context: RunContext, params: DeviceParams, status: DeviceStatus, words: tuple[str, str]) -> None:
    device = await find_device(context, params.device)
    if device.status is status:
        await finish(context, device, Action.UNCHANGED, words[1])
        return
    change = FieldChange("status", device.status, status)
    new = replace(device, status=status)
    if not context.dry_run:
        new = await store_device(context, device, new)
    action = Action.UPDATE if status is DeviceStatus.ACTIVE else Action.DEACTIVATE
    await finish(context, new, action, words[0], (change,))


async def finish(
    context: RunContext, device: Device, action: Action, message: str, changes: tuple[FieldChange, ...] = ()
) -> None:
    """Keep the outcome in the history and tell everybody."""
    outcome = stored_outcome(device, action, message, changes)
    if not context.dry_run:
        await context.workspace.store.write(runs.add_outcomes, context.run.run_id, 0, [outcome])
        context.workspace.events.publish(DevicesChanged())
    context.report([outcome])
    context.summary |= count([outcome])
    context.result |= _row(device)


def count(outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    """`total, created, updated, skipped, failed` (command-line.md)."""
    counts = dict.fromkeys(("total", "created", "updated", "skipped", "failed"), 0)
    words = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DEACTIVATE: "updated"}
    for outcome in outcomes:
        counts["total"] += 1
        counts["failed" if outcome.status is Status.FATAL else words.get(outcome.action, "skipped")] += 1
    return counts
