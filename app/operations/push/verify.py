"""Verifying: whole lists of devices against the people who belong there (issue "Verify", hikvision-isapi.md §6.4).

Devices are read side by side, one request at a time each. A list that came back incomplete proves nobody missing: it
is called incomplete.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.connectors.hikvision import TerminalRefusal
from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device
from app.domain.directory import Employee
from app.domain.outcomes import Action, Outcome, Status
from app.domain.pushes import Candidate, PushStep, photo_digest, takes_part
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import PeopleList, StoredPerson
from app.errors import MusterError
from app.events import CoverageChanged
from app.i18n import _
from app.operations.context import RunContext
from app.operations.push.read_back import differences
from app.operations.recognising import OtherTerminal, is_other, other_words
from app.store import devices, leases, runs
from app.store.values import now

if TYPE_CHECKING:
    from app.connectors.hikvision import Terminal

_SIDE_BY_SIDE = 24
_STATES = {
    Action.VERIFIED: CoverageState.VERIFIED,
    Action.MISSING: CoverageState.MISSING,
    Action.DIFFERENT: CoverageState.DIFFERENT,
}


@dataclass
class Verifier:
    """One verify run: `people` who belong on every device; `extras` says whether others are reported too."""

    context: RunContext
    people: Sequence[Candidate]
    extras: bool
    everybody: Sequence[Employee]
    _failed: list[MusterError] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, targets: Sequence[Device]) -> None:
        """Read and compare every device.

        Raises the error of the first when none of them could be read.
        """
        done = {o.target_id for o in self.context.outcomes}  # before an interruption: a device is stored as a whole
        waiting = [d for d in targets if d.id not in done]
        slots = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def go(device: Device) -> None:
            async with slots:
                await self._verify(device)
            self.context.progress(_("Reading devices"), len({o.target_id for o in self.context.outcomes}), len(targets))

        try:
            async with asyncio.TaskGroup() as group:
                for device in waiting:
                    group.create_task(go(device))
        except ExceptionGroup as group_error:
            raise group_error.exceptions[0] from group_error
        if waiting and len(self._failed) == len(targets):
            raise self._failed[0]

    async def _verify(self, device: Device) -> None:
        store = self.context.workspace.store
        known = {p.employee_id: p for p in await store.read(devices.placements, [device.id]) if p.employee_id}
        try:
            terminal = await self.context.workspace.terminals.terminal(device)
            await _recognise(device, terminal)
            found = await terminal.all_people()
        except MusterError as error:
            self._failed.append(error)
            await self._store(device, [self._unread(device, c, error) for c in self.people], [])
            return
        outcomes, placements = compare_list(device, self.people, known, found, self.context.run.run_id)
        if self.extras:
            extra = extras(device, found.people, self.everybody, self.context.run.run_id)
            outcomes += [outcome for outcome, _placement in extra]
            placements += [placement for _outcome, placement in extra]
        if not found.complete:
            text = _("{device} sent an incomplete list: {cause}").format(device=device.name, cause=found.why)
            self.context.warnings.append(text)
        await self._store(device, outcomes, placements)

    def _unread(self, device: Device, candidate: Candidate, error: MusterError) -> Outcome:
        return Outcome(
            candidate.employee.name, candidate.id, device.name, device.id, Status.FATAL, PushStep.READ_BACK.value,
            error.message, Action.SKIP, error.remedy, code=error.code,
        )  # fmt: skip

    async def _store(self, device: Device, outcomes: Sequence[Outcome], placements: Sequence[Placement]) -> None:
        context = self.context
        if not context.dry_run:
            async with self._turn:
                await context.workspace.store.write(
                    _write, context.run.run_id, len(context.outcomes), device.id, outcomes, placements, self.extras
                )
                context.report(outcomes)
        else:
            context.report(outcomes)
        context.workspace.events.publish(CoverageChanged())


async def _recognise(device: Device, terminal: Terminal) -> None:
    """Nothing that another terminal holds says anything about this device (hikvision-isapi.md §9.1).

    Raises `OtherTerminal`; what the terminal raises, but for one that tells nothing of itself.
    """
    try:
        info = await terminal.device_info()
    except TerminalRefusal as refusal:
        if refusal.reply.kind is not AnswerClass.UNSUPPORTED:
            raise
        return
    if is_other(device.facts, info):
        remedy = _("Nothing was compared. Correct the device's address, or test the device and accept the new one.")
        raise OtherTerminal(other_words(device.facts, info), remedy)


def _write(
    run_id: str, first: int, device_id: str, outcomes: Sequence[Outcome], placements: Sequence[Placement], extra: bool
) -> None:
    leases.beat(run_id)
    runs.add_outcomes(run_id, first, outcomes)
    if extra and placements:
        devices.forget_extras(device_id)
    devices.note_placements(placements)


def compare_list(
    device: Device, people: Iterable[Candidate], known: Mapping[str, Placement], found: PeopleList, run_id: str
) -> tuple[list[Outcome], list[Placement]]:
    """One outcome per person who belongs on the device, and what is now known of them."""
    held = {person.number: person for person in found.people}
    outcomes: list[Outcome] = []
    placements: list[Placement] = []
    for candidate in people:
        if candidate.problem:
            outcomes.append(_outcome(device, candidate, Status.SKIPPED, Action.SKIP, candidate.problem))
            continue
        person = held.get(candidate.number)
        action, message, state = _judge(candidate, person, found.complete)
        status = Status.SUCCESS if action is Action.VERIFIED else Status.PARTIAL
        outcomes.append(_outcome(device, candidate, status, action, message))
        if state is not None:
            placements.append(_placement(device, candidate, known.get(candidate.id), state, message, run_id))
    return outcomes, placements


def _judge(
    candidate: Candidate, person: StoredPerson | None, complete: bool
) -> tuple[Action, str, CoverageState | None]:
    if person is None:
        if not complete:
            return Action.INCOMPLETE, _("The device's list is incomplete, so nothing can be said."), None
        return Action.MISSING, _("Not on the device."), CoverageState.MISSING
    words = differences(candidate.person.fitted(len(candidate.name.encode()) or 1), person)
    if words and person.name and candidate.name.startswith(person.name):  # cut to what the device takes
        words = differences(replace(candidate.person.fitted(len(person.name.encode())), name=person.name), person)
    if words:
        return Action.DIFFERENT, " ".join(words), CoverageState.DIFFERENT
    if candidate.employee.has_photo and person.faces == 0:
        return Action.DIFFERENT, _("The person is there, the photo is missing."), CoverageState.PHOTO_MISSING
    return Action.VERIFIED, _("As it should be."), CoverageState.VERIFIED


def _placement(
    device: Device, candidate: Candidate, before: Placement | None, state: CoverageState, message: str, run_id: str
) -> Placement:
    """What was sent before stays known; a face that is there without our sending it is taken for ours."""
    verified = state is CoverageState.VERIFIED
    face = (before.face_digest if before else "") or (photo_digest(candidate.employee) if verified else "")
    digest = candidate.person_digest if verified else (before.person_digest if before else "")
    sent_at = before.sent_at if before else None
    refused = before.refused_face if before else ""
    if before is not None and refused and state is CoverageState.PHOTO_MISSING:
        message = before.message  # why the device refused the photo says more than that it is missing
    return Placement(
        device.id, candidate.id, candidate.number, state, candidate.name, digest, face, refused, message, run_id,
        sent_at, now(),
    )  # fmt: skip


def extras(
    device: Device, found: Iterable[StoredPerson], everybody: Iterable[Employee], run_id: str
) -> list[tuple[Outcome, Placement]]:
    """People on the device who do not belong there: unknown here, or no longer active."""
    known = {(e.employee_no or "").strip(): e for e in everybody if e.employee_no}
    belong = {number for number, employee in known.items() if takes_part(employee)}
    return [_extra(device, p, known.get(p.number), run_id) for p in found if p.number not in belong]


def _extra(device: Device, person: StoredPerson, former: Employee | None, run_id: str) -> tuple[Outcome, Placement]:
    if former is not None:
        name, text = former.name, _("No longer active here, but still on the device.")
        remedy = _("Remove the person on the device.")
    else:
        name, text = person.name or person.number, _("On the device, but unknown here.")
        remedy = _("Add the person here with the number {number}, or remove it on the device.").format(
            number=person.number
        )
    outcome = Outcome(
        name, f"#{person.number}", device.name, device.id, Status.PARTIAL, PushStep.READ_BACK.value, text,
        Action.EXTRA, remedy, code="device.extra",
    )  # fmt: skip
    placement = Placement(
        device.id, "", person.number, CoverageState.EXTRA, name, message=text, run_id=run_id, checked_at=now()
    )
    return outcome, placement


def _outcome(device: Device, candidate: Candidate, status: Status, action: Action, message: str) -> Outcome:
    code = candidate.code or ("" if action is Action.VERIFIED else f"device.{action.value}")
    return Outcome(
        candidate.employee.name, candidate.id, device.name, device.id, status, PushStep.READ_BACK.value, message,
        action, candidate.remedy, code=code,
    )  # fmt: skip


def verify_summary(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many pairs are as they should be, and what the others are."""
    counts = dict.fromkeys(("total", "verified", "missing", "different", "extra", "incomplete", "skipped", "failed"), 0)
    for outcome in outcomes:
        counts["total"] += 1
        if outcome.status is Status.FATAL:
            counts["failed"] += 1
        elif outcome.action is Action.SKIP:
            counts["skipped"] += 1
        else:
            counts[outcome.action.value] += 1
    return counts
