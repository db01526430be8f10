"""The engine of a push: which visits there are, in what order and at what pace, and what a failing device does to them.

Gentle goes person by person over the devices, one visit after the other (hikvision-isapi.md §1); balanced and fast go
device by device side by side, still one request at a time per terminal. Everything known so far is on disk at every
moment, so that a run can be taken up again wherever it ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.domain.causes import device_code
from app.domain.coverage import Placement
from app.domain.devices import Device
from app.domain.outcomes import Action, Outcome, Status
from app.domain.pushes import Candidate, OnFatal, Pace, PushSettings, PushStep, is_proven
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import Reply
from app.errors import (
    ExitCode,
    Forbidden,
    MusterError,
    NotConfigured,
    RefusedSignIn,
    RemoteError,
    TimedOut,
    Unreachable,
)
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.push.lane import NOT_CALLED, Lane
from app.operations.push.ledger import Ledger
from app.operations.push.photos import Photos

PROVEN = N_("Unchanged and proven")
GENTLE_PAUSE_S = 1.0
_SPREAD_S = 0.01  # so that hundreds of devices are not all called in the same moment
_LANES = {Pace.BALANCED: 24, Pace.FAST: 200}
_ERRORS: dict[AnswerClass, type[MusterError]] = {
    AnswerClass.UNREACHABLE: Unreachable,
    AnswerClass.TIMED_OUT: TimedOut,
    AnswerClass.SIGN_IN: RefusedSignIn,
    AnswerClass.DEVICE_FATAL: Forbidden,
}


@dataclass
class Engine:
    """One push under way: `people` at `devices`, without the pairs in `done`.

    Of a run that is taken up again, `to_ask` are pairs whose visit was under way, `unproven` outcomes that still want
    their proof, and `left_out` the ids of devices that a person chose to go on without.
    """

    context: RunContext
    settings: PushSettings
    people: Sequence[Candidate]
    devices: Sequence[Device]
    photos: Photos
    ledger: Ledger
    done: set[tuple[str, str]] = field(default_factory=set)
    to_ask: set[tuple[str, str]] = field(default_factory=set)
    left_out: frozenset[str] = frozenset()
    unproven: Sequence[Outcome] = ()
    _stopped_by: tuple[Device, Reply] | None = None
    _parked: dict[str, str] = field(default_factory=dict)

    async def run(self, placements: dict[tuple[str, str], Placement]) -> None:
        """Push everything there is to push.

        Raises the error that stopped the run: of the kind of what the device did, and always with the exit code of
        a push stopped by a device.
        """
        await self._skip(placements)
        lanes = [
            Lane(
                self,
                device,
                {c.id: placements[device.id, c.id] for c in self.people if (device.id, c.id) in placements},
            )
            for device in self.devices
            if device.id not in self.left_out
        ]
        for lane in lanes:
            lane.take_up([o for o in self.unproven if o.target_id == lane.device.id])
        try:
            async with asyncio.TaskGroup() as group:
                ahead = group.create_task(self.photos.work_ahead())
                if self.settings.pace is Pace.GENTLE:
                    await self._gently(lanes)
                else:
                    await self._side_by_side(lanes)
                ahead.cancel()
        except ExceptionGroup as group_error:  # the store fails for all of them at once: one of them says it
            raise _first(group_error) from group_error
        finally:
            await self._close(lanes)
        if self._stopped_by is not None:
            raise stop_error(*self._stopped_by)

    @property
    def stopped(self) -> bool:
        """Whether no new visit may begin."""
        return self._stopped_by is not None or self.context.stop.is_set()

    def device_failed(self, device: Device, reply: Reply) -> None:
        """Stop the run or isolate the device, as the settings say."""
        self._parked[device.id] = reply.message
        if self.settings.on_fatal is OnFatal.STOP and self._stopped_by is None:
            self._stopped_by = (device, reply)

    def is_parked(self, device: Device) -> bool:
        """Whether this device is not called any more."""
        return device.id in self._parked

    def warn(self, text: str) -> None:
        """A sentence for the whole run."""
        if text not in self.context.warnings:
            self.context.warnings.append(text)

    def tell(self) -> None:
        """Say how far the run is."""
        self.context.progress(_("Pushing"), len(self.context.outcomes), len(self.people) * len(self.devices))

    async def _skip(self, placements: dict[tuple[str, str], Placement]) -> None:
        """Whoever needs no visit, all at once: no number, or proven to be there already."""
        skipped: list[Outcome] = []
        for device in self.devices:
            for candidate in self.people:
                pair = (device.id, candidate.id)
                if pair in self.done:
                    continue
                if candidate.problem:
                    self.context.reasons[candidate.reason] += 1
                    skipped.append(_untouched(device, candidate, Status.SKIPPED, Action.SKIP, candidate.problem))
                    self.done.add(pair)
                elif not self.settings.named and is_proven(
                    candidate, placements.get(pair), photo_only=self.settings.photo_only
                ):
                    skipped.append(_untouched(device, candidate, Status.SKIPPED, Action.UNCHANGED, _(PROVEN)))
                    self.done.add(pair)
        await self.ledger.add(skipped)

    async def _gently(self, lanes: Sequence[Lane]) -> None:
        """Person by person, device by device, a second between the end of a visit and the start of the next.

        Proof is read in the pauses, and what a visit needs is made ready in them, so that neither costs time.
        """
        start_at = 0.0
        for candidate in self.people:
            for lane in lanes:
                if self.stopped or not lane.wants(candidate):
                    continue
                for other in lanes if start_at else ():
                    await other.prove_if_due()
                await lane.open()
                start_at = await lane.visit(candidate, start_at) + GENTLE_PAUSE_S
                self.tell()
        for lane in lanes:
            await lane.prove()

    async def _side_by_side(self, lanes: Sequence[Lane]) -> None:
        slots = asyncio.Semaphore(_LANES[self.settings.pace])

        async def go(lane: Lane, number: int) -> None:
            await asyncio.sleep(number % _LANES[self.settings.pace] * _SPREAD_S)
            async with slots:
                await lane.run(self.people, self.settings.pace)

        async with asyncio.TaskGroup() as group:
            for number, lane in enumerate(lanes):
                group.create_task(go(lane, number))

    async def _close(self, lanes: Iterable[Lane]) -> None:
        """Say of every pair that has no outcome yet why it has none."""
        by_device = {lane.device.id: lane for lane in lanes}
        rest: list[Outcome] = []
        for device in self.devices:
            status, why = self._why_not(device)
            lane = by_device.get(device.id)
            for candidate in self.people:
                pair = (device.id, candidate.id)
                if pair in self.done or pair in self.ledger.numbers:
                    continue
                if lane is not None and candidate.id in lane.begun:
                    text = _("Cancelled in the middle of it; whether the device took it is not known.")
                    rest.append(_untouched(device, candidate, Status.UNKNOWN, Action.SKIP, text, "unknown"))
                else:
                    code = "device.parked" if status is Status.SKIPPED else "not_attempted"
                    rest.append(_untouched(device, candidate, status, Action.SKIP, why, code))
        await self.ledger.add(rest)

    def _why_not(self, device: Device) -> tuple[Status, str]:
        if device.id in self.left_out:
            return Status.SKIPPED, _("Left out: {device}").format(device=device.name)
        if self._stopped_by is not None:
            stopper, reply = self._stopped_by
            text = _("Not attempted: {device}: {message}").format(device=stopper.name, message=reply.message)
            return Status.NOT_ATTEMPTED, text
        if device.id in self._parked:
            return Status.SKIPPED, _("Device parked: {message}").format(message=self._parked[device.id])
        return Status.NOT_ATTEMPTED, _("Not attempted: the run was cancelled.")


def _untouched(
    device: Device, candidate: Candidate, status: Status, action: Action, message: str, code: str = ""
) -> Outcome:
    return Outcome(
        candidate.employee.name, candidate.id, device.name, device.id, status, PushStep.CHECK.value, message, action,
        candidate.remedy, code=code or candidate.code,
    )  # fmt: skip


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def stop_error(device: Device, reply: Reply) -> MusterError:
    """The error of a run that a device stopped (command-line.md: exit 4, whatever the reason)."""
    kind = NotConfigured if reply.code == NOT_CALLED else _ERRORS.get(reply.kind, RemoteError)
    error = kind(f"{device.name}: {reply.message}", reply.remedy, retry_after=reply.retry_after_s)
    error.exit_code = ExitCode.STOPPED
    error.code = error.code if reply.code == NOT_CALLED else device_code(reply.kind)
    return error
