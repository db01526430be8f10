"""People and terminals from Supabase: both compared, shown as a plan, then stored (supabase.md §4, §5).

The passwords of terminals lie unencrypted at the source; they go from the answer to the keyring and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.access import Permission
from app.domain.audit import AuditNote
from app.domain.devices import Device
from app.domain.directory_plans import PlanSettings
from app.domain.kinds import ConnectionKind
from app.domain.plans import Plan
from app.domain.supabase import SupabaseDevice
from app.domain.supabase_plans import DEVICES, PEOPLE, plan_devices, plan_people, possible_doubles
from app.errors import UsageError
from app.events import DevicesChanged
from app.i18n import N_, _
from app.operations.apply import carry_out
from app.operations.context import RunContext
from app.operations.phases import resumed
from app.operations.registry import operation
from app.operations.setting_changes import device_notes
from app.store import devices as stored_devices
from app.store import directory

SUPABASE = (ConnectionKind.SUPABASE,)
_TARGET = "supabase:{connection}"
ALL_PERCENT = 100


@dataclass(frozen=True)
class SupabaseSyncParams:
    """`accept_missing` says that all who left a complete list really left, however many they are."""

    accept_missing: bool = False


@operation("people.sync", N_("Sync people"), Permission.SYNC, SupabaseSyncParams, kinds=SUPABASE, target=_TARGET)
async def sync_people(context: RunContext, params: SupabaseSyncParams) -> None:
    """Bring people, their terminal numbers and where their photos are in step with Supabase's active employees."""
    if (done := resumed(context, PEOPLE)) is not None:
        context.summary |= done
        return
    plan = context.chosen.get(PEOPLE)
    if plan is None:
        supabase = await context.workspace.links.supabase(context.own_connection)
        context.progress(_("Fetching people"))
        snapshot = await supabase.employees()
        stored = await context.workspace.store.read(directory.employees)
        plan = plan_people(snapshot, stored, _settings(context, params))
        if doubles := possible_doubles(plan, stored):
            names = ", ".join(doubles[:5])
            context.warnings.append(_("Possibly the same people as others here: {names}.").format(names=names))
    context.summary |= await carry_out(context, plan)
    _hold_back(context, plan)


@operation("devices.sync", N_("Sync devices"), Permission.SYNC, SupabaseSyncParams, kinds=SUPABASE, target=_TARGET)
async def sync_devices(context: RunContext, params: SupabaseSyncParams) -> None:
    """Bring devices in step with Supabase's active terminals, and their passwords in the keyring too."""
    if (done := resumed(context, DEVICES)) is not None:
        context.summary |= done
        return
    supabase = await context.workspace.links.supabase(context.own_connection)
    context.progress(_("Fetching devices"))
    snapshot = await supabase.devices()
    stored = await context.workspace.store.read(stored_devices.devices)
    sources = {s.source_id: s for s in snapshot.records}
    plan = context.chosen.get(DEVICES)
    if plan is None:
        changed = await _changed_passwords(context, sources, stored)
        plan = plan_devices(snapshot, stored, _settings(context, params), changed)
    if sources:
        context.warnings.append(_("The passwords of devices are stored unencrypted in Supabase."))
    if not context.dry_run:
        await _keep_passwords(context, plan, sources)
    context.summary |= await carry_out(context, plan)
    _hold_back(context, plan)
    context.workspace.events.publish(DevicesChanged())


def _hold_back(context: RunContext, plan: Plan[Any]) -> None:
    """Say that the guard kept records in use which the list lacks; an empty list is a warning alone."""
    if plan.suspicious and plan.missing and plan.steps:
        context.held = plan.warnings[-1]


async def _changed_passwords(
    context: RunContext, sources: Mapping[str, SupabaseDevice], stored: Iterable[Device]
) -> set[str]:
    """Source ids of known devices whose password here is another one; a pinned password is the person's own."""
    vault = context.workspace.vault
    return {
        d.source_id
        for d in stored
        if d.source_id is not None
        and d.source_id in sources
        and "password" not in d.pinned
        and await vault.get(d, "password") != sources[d.source_id].password
    }


async def _keep_passwords(context: RunContext, plan: Plan[Device], sources: Mapping[str, SupabaseDevice]) -> None:
    """The secrets first: a device without its password would be of no use."""
    vault, notes = context.workspace.vault, list[AuditNote]()
    for step in plan.steps:
        if step.writes and step.record is not None and "password" not in step.record.pinned:
            source = sources.get(step.source_id)
            if source is None:
                raise UsageError(_("The list changed since the preview."), _("Run the preview again."))
            if source.password and await vault.stored(step.record.id, "password") != source.password:
                await vault.set(step.record.id, "password", source.password)
                notes += device_notes(context.run, step.record, step.record, password=True)
    await context.workspace.store.write(context.note, *notes)


def _settings(context: RunContext, params: SupabaseSyncParams) -> PlanSettings:
    limit = ALL_PERCENT if params.accept_missing else context.workspace.settings.missing_limit_percent
    return PlanSettings(context.own_connection.id, limit)
