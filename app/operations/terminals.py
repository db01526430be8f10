"""People and faces on terminals: push everybody, one person or one photo, and read back what devices hold.

Contract of ids, parameters and summaries: command-line.md "Parameters, Pushes"; rules: hikvision-isapi.md §1 and §13.
A dry run answers from what is stored, without calling a device.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.access import Permission
from app.domain.coverage import Placement
from app.domain.devices import Device
from app.domain.directory import Employee
from app.domain.outcomes import Outcome, Status
from app.domain.pushes import (
    Candidate,
    OnFatal,
    Pace,
    PhotoCheck,
    PhotoTransfer,
    PushSettings,
    PushStep,
    WhenFaceExists,
    WhenPersonExists,
    candidates,
    preview_device,
    push_summary,
    takes_part,
)
from app.errors import NotConfigured, UsageError
from app.events import DevicesChanged, DirectoryChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.push.engine import Engine
from app.operations.push.ledger import Ledger, visit_key
from app.operations.push.photos import Photos
from app.operations.push.verify import Verifier, verify_summary
from app.operations.registry import operation
from app.store import devices, directory, runs

ALL = ("all",)
TARGET = "terminals"


@dataclass(frozen=True)
class PushOptions:
    """How a push goes about it; `without` are devices that a stopped run goes on without (ids or names)."""

    devices: tuple[str, ...] = ALL
    on_fatal: OnFatal = OnFatal.STOP
    pace: Pace = Pace.GENTLE
    photo_transfer: PhotoTransfer = PhotoTransfer.AUTO
    when_person_exists: WhenPersonExists = WhenPersonExists.KEEP
    when_face_exists: WhenFaceExists = WhenFaceExists.REPLACE_CHANGED
    photo_check: PhotoCheck = PhotoCheck.WARN
    stop_on_person_data_error: bool = False
    without: tuple[str, ...] = ()

    def settings(self, *, named: bool, photo_only: bool = False) -> PushSettings:
        """The same for the engine."""
        return PushSettings(
            self.on_fatal,
            self.pace,
            self.photo_transfer,
            self.when_person_exists,
            self.when_face_exists,
            self.photo_check,
            self.stop_on_person_data_error,
            photo_only,
            named,
        )


@dataclass(frozen=True)
class PushAllParams(PushOptions):
    """Which people (ids, or `all`) to which devices (ids or names, or `all`)."""

    people: tuple[str, ...] = ALL


@dataclass(frozen=True, kw_only=True)
class PushOneParams(PushOptions):
    """One person, by id."""

    person: str


@dataclass(frozen=True)
class VerifyParams:
    """Which people at which devices; extra people are looked for only when all people are meant."""

    people: tuple[str, ...] = ALL
    devices: tuple[str, ...] = ALL


@operation("terminals.push_all", N_("Push to devices"), Permission.SYNC, PushAllParams, target=TARGET)
async def push_all(context: RunContext, params: PushAllParams) -> None:
    """Every active person to every active device, or those named."""
    named = params.people != ALL
    await _push(context, params, params.people, params.settings(named=named))


@operation("terminals.push_person", N_("Push one person"), Permission.SYNC, PushOneParams, target=TARGET)
async def push_person(context: RunContext, params: PushOneParams) -> None:
    """One person with photo to every active device."""
    await _push(context, params, (params.person,), params.settings(named=True))


@operation("terminals.push_photo", N_("Push one photo"), Permission.SYNC, PushOneParams, target=TARGET)
async def push_photo(context: RunContext, params: PushOneParams) -> None:
    """One person's photo to every active device; the person is taken to be there already."""
    await _push(context, params, (params.person,), params.settings(named=True, photo_only=True))


@operation("terminals.verify", N_("Verify devices"), Permission.SYNC, VerifyParams, target=TARGET)
async def verify(context: RunContext, params: VerifyParams) -> None:
    """Read devices back and report who is missing, different or extra."""
    everybody = await context.workspace.store.read(directory.employees)
    targets = await _devices(context, params.devices)
    people = candidates(_people(everybody, params.people), everybody)
    verifier = Verifier(context, people, extras=params.people == ALL, everybody=everybody)
    try:
        await verifier.run(targets)
    finally:
        context.summary |= verify_summary(context.outcomes)


async def _push(context: RunContext, options: PushOptions, chosen: Sequence[str], settings: PushSettings) -> None:
    store = context.workspace.store
    everybody = await store.read(directory.employees)
    targets = await _devices(context, options.devices)
    people = candidates(_people(everybody, chosen), everybody, photo_only=settings.photo_only)
    if context.dry_run:
        await _preview(context, targets, people, settings)
        return
    stored = await store.read(devices.placements, [d.id for d in targets])
    known = {(p.device_id, p.employee_id): p for p in stored if p.employee_id}
    ledger = Ledger(context)
    engine = Engine(context, settings, people, targets, Photos(context, people, settings), ledger)
    engine.left_out = frozenset(d.id for d in targets if d.id in options.without or d.name in options.without)
    if context.outcomes:
        await _take_up(context, engine, known)
    try:
        await engine.run(known)
    finally:
        context.summary |= push_summary(context.outcomes)
        context.workspace.events.publish(DirectoryChanged())  # photos that were fetched can be shown now
        context.workspace.events.publish(DevicesChanged())


async def _preview(
    context: RunContext, targets: Sequence[Device], people: Sequence[Candidate], settings: PushSettings
) -> None:
    """What a push would do, from stored state; one device at a time, so that little is held in memory."""
    rows: list[dict[str, Any]] = []
    for device in targets:
        context.progress(_("Comparing"), len(rows), len(targets))
        known = {p.employee_id: p for p in await context.workspace.store.read(devices.placements, [device.id])}
        preview, outcomes = await asyncio.to_thread(preview_device, device, people, known, settings)
        rows.append(asdict(preview))
        context.report(outcomes)
    context.result["devices"] = rows
    context.summary |= push_summary(context.outcomes)


async def _take_up(context: RunContext, engine: Engine, known: Mapping[tuple[str, str], Placement]) -> None:
    """Go on after an interruption: what was settled stays, what was begun is asked about, the rest is done now."""
    again = {Status.NOT_ATTEMPTED, Status.UNKNOWN, Status.FATAL}
    kept = [o for o in context.outcomes if o.status not in again or _is_settled_failure(o, engine)]
    dropped = {(o.target_id, o.subject_id) for o in context.outcomes if o.status in again}
    open_keys = set(await context.workspace.store.read(runs.journal_open, context.run.run_id))
    engine.to_ask = {
        (d.id, c.id) for d in engine.devices for c in engine.people if visit_key(d.id, c.id) in open_keys
    } | {pair for pair in dropped if pair in known}
    await context.workspace.store.write(_keep, context.run.run_id, kept)
    context.outcomes[:] = kept
    for number, outcome in enumerate(kept):
        engine.done.add((outcome.target_id, outcome.subject_id))
        engine.ledger.numbers[outcome.target_id, outcome.subject_id] = number
    engine.unproven = [
        o for o in kept if o.status is Status.SUCCESS and o.step in {PushStep.PERSON.value, PushStep.FACE.value}
    ]


def _is_settled_failure(outcome: Outcome, engine: Engine) -> bool:
    """A failure at a device that the run goes on without stays what it was."""
    return outcome.status is Status.FATAL and outcome.target_id in engine.left_out


def _keep(run_id: str, kept: Sequence[Outcome]) -> None:
    runs.forget_outcomes(run_id)
    runs.add_outcomes(run_id, 0, kept)


async def _devices(context: RunContext, chosen: Sequence[str]) -> list[Device]:
    """The chosen devices in stable order, by id or name.

    Raises `UsageError` for one that does not exist, `NotConfigured` when there is none at all.
    """
    known = await context.workspace.store.read(devices.devices)
    if tuple(chosen) == ALL:
        active = [d for d in known if d.takes_pushes]
        if not active:
            raise NotConfigured(
                _("There is no active device."), _("Sync devices, add one by hand, or resume a paused one.")
            )
        return active
    by_name: dict[str, Device] = {d.name: d for d in known} | {d.id: d for d in known}
    if unknown := [name for name in chosen if name not in by_name]:
        raise UsageError(_("There is no device {name}.").format(name=unknown[0]))
    wanted = {by_name[name].id for name in chosen}
    return [d for d in known if d.id in wanted]


def _people(everybody: Sequence[Employee], chosen: Sequence[str]) -> list[Employee]:
    if tuple(chosen) == ALL:
        return [e for e in everybody if takes_part(e)]
    by_id: dict[str, Employee] = {e.id: e for e in everybody}
    if unknown := [key for key in chosen if key not in by_id]:
        raise UsageError(_("There is no person with the id {id}.").format(id=unknown[0]))
    return [by_id[key] for key in dict.fromkeys(chosen)]
