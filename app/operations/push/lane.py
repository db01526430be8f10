"""One device within a push: opened before its first visit, visited one person at a time, proven by reading back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from app.connectors.hikvision import TerminalRefusal
from app.domain.causes import device_code
from app.domain.coverage import Placement
from app.domain.devices import Device
from app.domain.outcomes import Action, Outcome, Status
from app.domain.pushes import Candidate, Pace, PushStep
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import DeviceInfo, Reply
from app.errors import MusterError
from app.i18n import _
from app.operations.push.read_back import BATCH, Sent, differences, read_back
from app.operations.push.visit import USUAL_NAME_BYTES, Visited, Visitor
from app.operations.recognising import is_other, other_words
from app.store import devices
from app.store.values import now

if TYPE_CHECKING:
    from app.operations.push.engine import Engine

NOT_CALLED = "not_called"
"""`code` of the reply for a device that Muster itself cannot call: no password, no keyring."""
_LEAST_PAUSE_S, _MOST_PAUSE_S = 0.25, 4.0


@dataclass
class Lane:
    """The visits to one device; `known` are the placements there by employee id."""

    engine: Engine
    device: Device
    known: Mapping[str, Placement]
    sent: list[Sent] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)
    _visitor: Visitor | None = None
    _refusal: Reply | None = None
    _pause_s: float = 0.0
    _added: int = 0
    _faces: int = 0

    def wants(self, candidate: Candidate) -> bool:
        """Whether this person is still to be visited here."""
        pair = (self.device.id, candidate.id)
        return not candidate.problem and pair not in self.engine.done and not self.engine.is_parked(self.device)

    def take_up(self, outcomes: Sequence[Outcome]) -> None:
        """Remember who was sent before an interruption and still wants to be proven."""
        people = {c.id: c for c in self.engine.people}
        for outcome in outcomes:
            candidate, placement = people.get(outcome.subject_id), self.known.get(outcome.subject_id)
            if candidate is not None and placement is not None:
                face_sent = outcome.step == PushStep.FACE.value
                limit = self.device.facts.name_bytes or USUAL_NAME_BYTES
                visited = Visited(outcome, placement, face_sent=face_sent)
                self.sent.append(Sent(candidate, candidate.person.fitted(limit), visited))

    async def run(self, people: Sequence[Candidate], pace: Pace) -> None:
        """Visit everybody, slowing down while the device is busy and recovering when it is not (`balanced`)."""
        for candidate in people:
            if self.engine.stopped or self.engine.is_parked(self.device):
                break
            if not self.wants(candidate):
                continue
            await self.open()
            await self.visit(candidate)
            await self.prove_if_due()
            self.engine.tell()
            if pace is Pace.BALANCED:
                await self._breathe()
        await self.prove()

    async def open(self) -> None:
        """Get the line to the terminal and make sure that it is the one we know, before anything is written (§9.1)."""
        if self._visitor is not None or self._refusal is not None:
            return
        try:
            terminal = await self.engine.context.workspace.terminals.terminal(self.device)
        except MusterError as error:
            self._refusal = Reply(AnswerClass.DEVICE_FATAL, NOT_CALLED, error.message, _(error.remedy), "", "")
            return
        self._visitor = Visitor(self.device, terminal, self.engine.settings)
        try:
            await self._recognise(await terminal.device_info())
        except TerminalRefusal as refusal:
            if refusal.reply.kind is not AnswerClass.UNSUPPORTED:
                self._refusal = refusal.reply

    async def _recognise(self, info: DeviceInfo) -> None:
        facts = self.device.facts
        if is_other(facts, info):
            text = other_words(facts, info)
            remedy = _("Nothing was written. Correct the device's address, or test the device and accept the new one.")
            self._refusal = Reply(AnswerClass.DEVICE_FATAL, "other_serial", text, remedy, "", "")
            return
        told = replace(
            facts,
            model=info.model or facts.model,
            serial=info.serial or facts.serial,
            firmware=info.firmware or facts.firmware,
            device_name=info.name or facts.device_name,
            pushed_at=now(),
        )
        self.device = replace(self.device, facts=told)
        await self.engine.context.workspace.store.write(devices.note_facts, self.device.id, told)

    async def visit(self, candidate: Candidate, start_at: float = 0.0) -> float:
        """Send one person and write down how it went.

        No request is sent before `start_at`. Returns when the last answer had come; both are seconds of
        `time.monotonic`.
        """
        if self._refusal is not None or self._visitor is None:
            await self._fail(candidate)
            return time.monotonic()
        await self.engine.ledger.begin(self.device.id, candidate.id)
        self.begun.add(candidate.id)
        await self.engine.photos.of(candidate)
        await asyncio.sleep(max(0.0, start_at - time.monotonic()))
        photo = partial(self.engine.photos.of, candidate)
        there = (self.device.id, candidate.id) in self.engine.to_ask and await self._found_after_crash(candidate)
        visited = await self._visitor.visit(candidate, self.known.get(candidate.id), photo, person_there=there)
        ended = time.monotonic()
        await self._settle(candidate, visited, self._visitor)
        return ended

    async def _settle(self, candidate: Candidate, visited: Visited, visitor: Visitor) -> None:
        placement = replace(visited.placement, run_id=self.engine.context.run.run_id)
        await self.engine.ledger.settle(visited.outcome, placement)
        self.begun.discard(candidate.id)
        added = visited.outcome.action is Action.CREATE and visited.outcome.status is not Status.FATAL
        self._added += added
        self._faces += added and visited.face_sent
        if visited.outcome.status is Status.SUCCESS:
            fitted = candidate.person.fitted(visitor.name_bytes)
            self.sent.append(Sent(candidate, fitted, replace(visited, placement=placement)))
        if visited.stop is not None:
            self.engine.device_failed(self.device, visited.stop)

    async def _found_after_crash(self, candidate: Candidate) -> bool:
        """Ask the device about a visit that was under way when the program ended (§5.3, a write without an answer)."""
        assert self._visitor is not None
        try:
            found = await self._visitor.terminal.find_people([candidate.number])
        except MusterError:
            return False  # then it is sent again, which a terminal answers with "exists"
        fitted = candidate.person.fitted(self._visitor.name_bytes)
        return any(p.number == candidate.number and not differences(fitted, p) for p in found.people)

    async def _fail(self, candidate: Candidate) -> None:
        """The device cannot be called at all: this person's outcome says why."""
        assert self._refusal is not None
        reply = self._refusal
        step = PushStep.FACE if self.engine.settings.photo_only else PushStep.PERSON
        outcome = Outcome(
            candidate.employee.name, candidate.id, self.device.name, self.device.id, Status.FATAL, step.value,
            reply.message, Action.CREATE, reply.remedy, (), reply.asked, reply.answered, device_code(reply.kind),
        )  # fmt: skip
        await self.engine.ledger.settle(outcome, None)
        self.engine.device_failed(self.device, reply)

    async def prove_if_due(self) -> None:
        """Read back once a whole batch waits for it."""
        if len(self.sent) >= BATCH:
            await self.prove()

    async def prove(self) -> None:
        """Read back everybody who was sent and not proven yet; a device that failed is not called again."""
        if self.sent:
            await self.open()
        if self._visitor is None or self._refusal is not None or self.engine.is_parked(self.device):
            return
        while self.sent:
            batch, self.sent = self.sent[:BATCH], self.sent[BATCH:]
            proof = await read_back(self._visitor.terminal, batch)
            await self.engine.ledger.revise(proof.outcomes, proof.placements)
            if proof.note:
                text = _("{device} could not be read back: {cause}").format(device=self.device.name, cause=proof.note)
                self.engine.warn(text)
            if proof.lies is not None:
                self.engine.device_failed(self.device, proof.lies)
                return
        await self._remember(self._visitor)

    async def _remember(self, visitor: Visitor) -> None:
        """Keep what this terminal taught, the part names of an upload that it takes (§7.3), and how full it is now."""
        before = self.device.facts
        facts = replace(
            before,
            face_parts=visitor.terminal.face_parts or before.face_parts,
            people=before.people + self._added if before.people is not None else None,
            faces=before.faces + self._faces if before.faces is not None else None,
        )
        self._added = self._faces = 0
        if facts != before:
            self.device = replace(self.device, facts=facts)
            await self.engine.context.workspace.store.write(devices.note_facts, self.device.id, facts)

    async def _breathe(self) -> None:
        """Half as long after every visit that went well, twice as long after one that found the device busy."""
        assert self._visitor is not None
        if self._visitor.was_busy:
            self._pause_s = min(_MOST_PAUSE_S, max(_LEAST_PAUSE_S, self._pause_s * 2))
        else:
            self._pause_s = self._pause_s / 2 if self._pause_s > _LEAST_PAUSE_S / 4 else 0.0
        if self._pause_s:
            await asyncio.sleep(self._pause_s)
