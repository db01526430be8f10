"""Testing devices: one, all, or what is typed into a form; and trusting a device's own certificate.

What a test learns is kept with the device (`DeviceFacts`). A device that another program pushes to is left alone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app.access import GRANTS, Permission, demand
from app.domain.device_rules import checked_fingerprint, checked_host, checked_port
from app.domain.devices import Device, DeviceFacts
from app.domain.health import Stage, TestReport
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.errors import MusterError, UsageError
from app.events import CoverageChanged, DevicesChanged, StageReached
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.device_ladder import CertificateUntrusted, Ladder
from app.operations.devices import PASSWORD, find_device, finish, given_password, store_device
from app.operations.registry import NoParams, operation
from app.operations.stages import Tell
from app.operations.terminal_links import terminal_settings
from app.store import devices as stored
from app.store import leases
from app.store.values import now

PUSHES = "terminals"
_AT_ONCE = 10


@dataclass(frozen=True)
class TestParams:
    """A device by id or name; `accept_serial` says that the device was exchanged and the new one is meant.

    `sign_in_anyway`: also where the device locks the account after one or two refused sign-ins more.
    """

    device: str
    accept_serial: bool = False
    sign_in_anyway: bool = False

    __test__ = False  # not a test case, whatever pytest makes of the name


@dataclass(frozen=True)
class TryParams:
    """Values of a form that is not saved; `device` is the id whose stored password fills a blank one.

    `sign_in_anyway` is as in `TestParams`.
    """

    host: str
    port: int = 0
    https: bool = False
    username: str = ""
    fingerprint: str = ""
    device: str = ""
    sign_in_anyway: bool = False


@dataclass(frozen=True)
class TrustParams:
    """A device by id or name, and the fingerprint that a person compared; without it, it is only shown."""

    device: str
    fingerprint: str = ""


@operation("devices.test", N_("Test a device"), Permission.READ, TestParams, writes=False, history=False)
async def check_device(context: RunContext, params: TestParams) -> None:
    """Test in stages and keep what the device tells of itself."""
    device = await find_device(context, params.device)
    if params.accept_serial:
        demand(context.workspace.role, Permission.WRITE)
    await context.workspace.store.read(leases.refuse_held, PUSHES, elsewhere=True)
    ladder = Ladder(device, lambda: context.workspace.terminals.terminal(device), params.accept_serial)
    ladder.sign_in_anyway = params.sign_in_anyway
    report, problem = await _tested(context, ladder, _teller(context))
    context.result |= msgspec.to_builtins(report)
    if problem is not None:
        raise problem


@operation("devices.test_all", N_("Test all devices"), Permission.READ, NoParams, writes=False, history=False)
async def check_all(context: RunContext, _params: NoParams) -> None:
    """Test every device that is not paused, several side by side; one outcome per device."""
    await context.workspace.store.read(leases.refuse_held, PUSHES, elsewhere=True)
    chosen = [d for d in await context.workspace.store.read(stored.devices) if d.takes_pushes]
    turn = asyncio.Semaphore(_AT_ONCE)

    async def check(device: Device) -> None:
        async with turn:
            ladder = Ladder(device, lambda: context.workspace.terminals.terminal(device))
            report, problem = await _tested(context, ladder, lambda _name, _stage: None)
        context.report([_outcome(device, report, problem)])
        context.progress(_("Testing devices"), len(context.outcomes), len(chosen))

    context.progress(_("Testing devices"), 0, len(chosen))
    async with asyncio.TaskGroup() as group:
        for device in chosen:
            group.create_task(check(device))
    works = sum(o.status is Status.SUCCESS for o in context.outcomes)
    context.summary |= {"total": len(chosen), "success": works, "fatal": len(chosen) - works}


@operation("devices.try", N_("Test a device before saving"), Permission.READ, TryParams, writes=False, history=False)
async def try_device(context: RunContext, params: TryParams) -> None:
    """The same test on values that are not saved; nothing is kept of it but a cool-down."""
    from app.connectors.hikvision import Terminal

    workspace = context.workspace
    known = await find_device(context, params.device) if params.device else None
    draft = replace(
        known or Device("draft", _("New device"), ""),
        host=checked_host(params.host),
        port=checked_port(params.port, https=params.https),
        https=params.https,
        username=params.username.strip(),
        fingerprint=checked_fingerprint(params.fingerprint),
    )
    await workspace.store.read(leases.refuse_held, PUSHES)  # its line would be a second one to the same terminal
    password = given_password(context) or (await workspace.vault.get(known, PASSWORD) if known else "")
    opened: list[Terminal] = []

    async def reach() -> Terminal:
        opened.append(Terminal(terminal_settings(draft, password), workspace.terminals.cooldowns))
        return opened[0]

    try:
        report, problem = await Ladder(draft, reach, sign_in_anyway=params.sign_in_anyway).climb(_teller(context))
    finally:
        for terminal in opened:
            await terminal.close()
    context.result |= msgspec.to_builtins(report)
    if problem is not None:
        raise problem


@operation("devices.trust", N_("Trust a device's certificate"), Permission.WRITE, TrustParams)
async def trust_certificate(context: RunContext, params: TrustParams) -> None:
    """Show the certificate's fingerprint; with the fingerprint that a person confirmed, pin it."""
    from app.connectors.hikvision import fetch_fingerprint

    device = await find_device(context, params.device)
    if not device.https:
        raise UsageError(_("The device {name} is not reached by https.").format(name=device.name))
    wanted, shown = checked_fingerprint(params.fingerprint), await fetch_fingerprint(device.host, device.port)
    context.result |= {"fingerprint": shown, "trusted": shown == (wanted or device.fingerprint)}
    if not wanted:
        return
    if wanted != shown:
        raise CertificateUntrusted(
            _("The device shows another certificate than the one you confirmed."),
            _("Look at the fingerprint again; if it changes each time, somebody stands between you and the device."),
        )
    change = FieldChange("fingerprint", device.fingerprint, shown)
    new = replace(device, fingerprint=shown)
    if not context.dry_run:
        await context.workspace.store.read(leases.refuse_held, PUSHES)
        new = await store_device(context, device, new)
        await context.workspace.terminals.drop(device.id)
    await finish(context, new, Action.UPDATE, _("Certificate trusted"), (change,))


async def _tested(context: RunContext, ladder: Ladder, tell: Tell) -> tuple[TestReport, MusterError | None]:
    """Test a stored device and, where the role may, remember what was learned."""
    workspace, device = context.workspace, ladder.device
    report, problem = await ladder.climb(tell)
    learned = ladder.learned | {
        "tested_at": now(),
        "test_ok": report.success,
        "test_problem": _problem_kind(report, problem),
        "locked_until": _locked_until(device, report),
    }
    exchanged = ladder.accept_serial and device.facts.serial not in {"", learned.get("serial", device.facts.serial)}
    if not context.dry_run and {Permission.WRITE, Permission.SYNC} & GRANTS[workspace.role]:
        await workspace.store.write(_remember, device.id, learned, exchanged)
        workspace.events.publish(DevicesChanged())
        if exchanged:
            workspace.events.publish(CoverageChanged())
    return report, problem


def _remember(device_id: str, learned: dict[str, Any], exchanged: bool) -> None:
    """Keep what was learned beside what others learned meanwhile; of an exchanged terminal nothing old holds."""
    device = stored.find_device(device_id)
    if device is None:  # removed while it was tested
        return
    if exchanged:
        stored.forget_placements(device_id)
    stored.note_facts(device_id, replace(DeviceFacts() if exchanged else device.facts, **learned))


def _locked_until(device: Device, report: TestReport) -> datetime | None:
    """The end of the lock that the device reports now, or reported before we began to wait for it."""
    if locked_s := report.details["locked_s"]:
        return now() + timedelta(seconds=locked_s)
    return device.facts.locked_until if report.details["waits_s"] else None


def _problem_kind(report: TestReport, problem: MusterError | None) -> str:
    """What the test failed at, as precisely as it is known."""
    if problem is None:
        return ""
    return problem.kind.value if report.category == "other_error" else report.category


def _outcome(device: Device, report: TestReport, problem: MusterError | None) -> Outcome:
    details = report.details
    return Outcome(
        device.name,
        device.id,
        device.address,
        device.id,
        Status.SUCCESS if problem is None else Status.FATAL,
        report.stages[-1].name,
        report.message,
        Action.UNCHANGED,
        report.remedy,
        asked=details.get("asked", ""),
        answered=details.get("answered", ""),
        code=problem.code if problem else "",
    )


def _teller(context: RunContext) -> Tell:
    def tell(name: str, stage: Stage | None) -> None:
        context.workspace.events.publish(StageReached(context.run.run_id, name, stage))

    return tell
