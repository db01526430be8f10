"""The directory operations: offices, employees, or both in order, from Vitec Hub (vitec-hub.md §9)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.access import Permission
from app.domain.directory import Employee, Office
from app.domain.directory_plans import PlanSettings, plan_employees, plan_offices
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import Action
from app.domain.plans import Plan
from app.errors import MusterError
from app.i18n import N_, _
from app.operations.apply import carry_out, still_the_same
from app.operations.context import RunContext
from app.operations.phases import resumed
from app.operations.registry import operation
from app.store import directory

VITEC = (ConnectionKind.VITEC,)
_TARGET = "vitec:{connection}"


@dataclass(frozen=True)
class SyncParams:
    """A sync reads everything; it has no parameters of its own."""


@operation("offices.sync", N_("Sync offices"), Permission.SYNC, SyncParams, kinds=VITEC, target=_TARGET)
async def sync_offices(context: RunContext, _params: SyncParams) -> None:
    """Bring the stored offices in step with the Hub's departments."""
    context.summary |= await _offices(context)


@operation("employees.sync", N_("Sync employees only"), Permission.SYNC, SyncParams, kinds=VITEC, target=_TARGET)
async def sync_employees(context: RunContext, _params: SyncParams) -> None:
    """Bring the stored employees in step; their offices must be here already."""
    context.summary |= await _employees(context)


@operation("directory.sync", N_("Sync employees"), Permission.SYNC, SyncParams, kinds=VITEC, target=_TARGET)
async def sync_directory(context: RunContext, _params: SyncParams) -> None:
    """Offices, then employees; when the offices fail, the employees do not start (§9.1)."""
    try:
        context.summary["offices"] = await _offices(context)
    except MusterError as error:
        raise error.within(_("The offices could not be synced:")) from error
    try:
        context.summary["employees"] = await _employees(context)
    except MusterError as error:
        raise error.within(_("The offices are in step, but the employees could not be synced:")) from error


async def _offices(context: RunContext) -> dict[str, int]:
    if (done := resumed(context, "offices")) is not None:
        return done
    chosen = context.chosen.get("offices")
    if chosen is not None:
        return await carry_out(context, chosen)
    hub = await context.workspace.links.vitec(context.own_connection)
    context.progress(_("Fetching offices"))
    listing = await hub.departments()
    if (same := await still_the_same(context, "offices", listing.digest)) is not None:
        return same
    snapshot = await listing.snapshot()
    stored = await context.workspace.store.read(directory.offices)
    plan = plan_offices(snapshot, stored, _settings(context, fuzzy=context.dry_run))
    context.progress(_("Storing offices"), 0, len(plan.steps))
    return await carry_out(context, plan, listing.digest)


async def _employees(context: RunContext) -> dict[str, int]:
    if (done := resumed(context, "employees")) is not None:
        return done
    store = context.workspace.store
    chosen = context.chosen.get("employees")
    if chosen is not None:
        return await carry_out(context, _without_homeless(chosen, {o.id for o in await store.read(directory.offices)}))
    hub = await context.workspace.links.vitec(context.own_connection)
    context.progress(_("Fetching employees"))
    listing = await hub.employees()
    if (same := await still_the_same(context, "employees", listing.digest)) is not None:
        return same
    snapshot = await listing.snapshot()
    context.progress(_("Comparing employees"))
    offices = _with_planned(await store.read(directory.offices), context.plans.get("offices"), context.dry_run)
    stored = await store.read(directory.employees)
    plan = await asyncio.to_thread(plan_employees, snapshot, stored, offices, _settings(context))
    context.progress(_("Storing employees"), 0, len(plan.steps))
    return await carry_out(context, plan, listing.digest)


def _settings(context: RunContext, *, fuzzy: bool = False) -> PlanSettings:
    limit = context.workspace.settings.missing_limit_percent
    return PlanSettings(context.own_connection.id, limit, fuzzy)


def _with_planned(stored: Sequence[Office], plan: Plan[Office] | None, dry_run: bool) -> list[Office]:
    """The offices as they would be: a preview of employees counts on the offices it would create."""
    offices = {o.id: o for o in stored}
    if dry_run and plan is not None:
        offices |= {s.record.id: s.record for s in plan.steps if s.writes and s.record is not None}
    return list(offices.values())


def _without_homeless(plan: Plan[Employee], office_ids: set[str]) -> Plan[Employee]:
    """Leave out people whose new office was not ticked in the preview."""
    steps = tuple(
        replace(
            s,
            action=Action.SKIP,
            reason="office_not_selected",
            message=_("Their office was not selected in the preview."),
        )
        if s.writes and s.record is not None and s.record.office_id not in office_ids
        else s
        for s in plan.steps
    )
    return replace(plan, steps=steps)
