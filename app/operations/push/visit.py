"""One visit: a person at a device, the person call and then the face call, and how each answer is taken.

The reactions are those of hikvision-isapi.md §5.3, §6.3 and §7.4. A visit never raises for anything that a terminal
or the network does: it ends with an outcome, and says when the device is not to be called again.
"""

from __future__ import annotations

import asyncio
import dataclasses
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from app.connectors.hikvision import Terminal
from app.domain.causes import device_code
from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device
from app.domain.outcomes import Action, Outcome, Status
from app.domain.pushes import Candidate, PhotoTransfer, PushSettings, PushStep, WhenFaceExists, WhenPersonExists
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import Reply
from app.errors import MusterError
from app.i18n import _
from app.operations.push.photos import Face
from app.store.values import now

_BUSY_PAUSES_S = (2.0, 5.0, 10.0)
_DEVICE_ERROR_PAUSE_S = 3.0
_MODELLING_PAUSE_S = 5.0
_USUAL_ADDRESS_CHARS = 256
_SHORT_NAME_BYTES = 32
USUAL_NAME_BYTES = 128
_SURE_EXISTS = "employeenoalreadyexist"
_MODELLING = "subpicanalysismodelingerror"
_REJECTED_PICTURE = frozenset({AnswerClass.FACE_TRANSPORT, AnswerClass.FACE_REJECTED})
_EXHAUSTED = frozenset({AnswerClass.BUSY, AnswerClass.DEVICE_ERROR, AnswerClass.CAPACITY, AnswerClass.UNSUPPORTED})


@dataclass(frozen=True)
class Visited:
    """How a visit ended. `stop` is set when the device is not to be called again in this run."""

    outcome: Outcome
    placement: Placement
    stop: Reply | None = None
    face_sent: bool = False


@dataclass
class Visitor:
    """Visits people at one device, remembering what the device taught within this run.

    `fetches_addresses` becomes False once the terminal could not fetch a photo that we could.
    """

    device: Device
    terminal: Terminal
    settings: PushSettings
    fetches_addresses: bool = True
    _name_bytes: int | None = None
    _address_chars: int | None = None
    _asked: list[Reply] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._name_bytes = self.device.facts.name_bytes
        self._address_chars = self.device.facts.address_chars

    @property
    def name_bytes(self) -> int:
        """How many bytes of a name the device takes."""
        return self._name_bytes or USUAL_NAME_BYTES

    @property
    def was_busy(self) -> bool:
        """Whether the device asked for time during the last visit."""
        return any(reply.kind is AnswerClass.BUSY for reply in self._asked)

    async def visit(
        self,
        candidate: Candidate,
        known: Placement | None,
        photo: Callable[[], Awaitable[Face | None]],
        *,
        person_there: bool = False,
    ) -> Visited:
        """Send one person, then the face; `photo` hands the face out when it is needed.

        `person_there` says that the device was just asked and holds the person as it would be sent.
        """
        self._asked = []
        if self.settings.photo_only:
            return await self._face_visit(candidate, known, await photo(), Action.UPDATE, "")
        if person_there:
            action, sentence, problem = Action.CREATE, _("Found on the device after the interruption."), None
        else:
            action, sentence, problem = await self._send_person(candidate)
        if problem is not None:
            return self._person_failed(candidate, known, problem)
        face = await photo()
        if face is None:
            text = _("No photo, face left out")
            message = text if action is Action.CREATE else f"{sentence} {text}"
            return self._sent(candidate, known, action, message, PushStep.PERSON, face=None)
        return await self._face_visit(candidate, known, face, action, sentence)

    # -- person --------------------------------------------------------------------------------------------------

    async def _send_person(self, candidate: Candidate) -> tuple[Action, str, Reply | None]:
        """Add the person, or change one who is there when that is wanted; the last part is a failure."""
        person = candidate.person.fitted(await self._name_limit(candidate.name))
        reply = await self._ask(lambda: self.terminal.add_person(person))
        if reply.kind is AnswerClass.UNSUPPORTED:
            reply = await self._ask(lambda: self.terminal.set_up_person(person))
        if reply.kind is AnswerClass.EXISTS and reply.code.casefold() != _SURE_EXISTS:
            reply = await self._confirmed(candidate, reply)
        if reply.kind is AnswerClass.OK:
            return Action.CREATE, " ".join(filter(None, (_("Added."), reply.warning))), None
        if reply.kind is not AnswerClass.EXISTS:
            return Action.CREATE, "", reply
        if self.settings.when_person_exists is WhenPersonExists.KEEP:
            return Action.UNCHANGED, _("Already on the device, left as it is."), None
        reply = await self._ask(lambda: self.terminal.change_person(person))
        if reply.kind is AnswerClass.ABSENT:
            reply = await self._ask(lambda: self.terminal.add_person(person))
        done = reply.kind in {AnswerClass.OK, AnswerClass.EXISTS}
        return Action.UPDATE, _("Already on the device, changed to match."), None if done else reply

    async def _confirmed(self, candidate: Candidate, reply: Reply) -> Reply:
        """Some firmware says "exists" of other things: only the device itself can tell (§5.2, end)."""
        try:
            found = await self.terminal.find_people([candidate.number])
        except MusterError:
            return reply  # it cannot be asked; the answer itself said so
        if any(person.number == candidate.number for person in found.people):
            return reply
        text = _("The device says that the person exists, but does not hold it.")
        return Reply(AnswerClass.PERSON_DATA, reply.code, text, reply.remedy, reply.asked, reply.answered)

    async def _name_limit(self, name: str) -> int:
        """How many bytes a name may have; asked of the device only when it matters."""
        if self._name_bytes is None and len(name.encode()) > _SHORT_NAME_BYTES:
            with suppress(MusterError):
                self._name_bytes = (await self.terminal.person_limits()).name_bytes
            self._name_bytes = self.name_bytes
        return self.name_bytes

    def _person_failed(self, candidate: Candidate, known: Placement | None, reply: Reply) -> Visited:
        outcome = self._outcome(candidate, Status.FATAL, PushStep.PERSON, reply.message, Action.CREATE, reply)
        placement = self._placement(candidate, known, CoverageState.FAILED, reply.message)
        stop = reply if self._stops(reply, PushStep.PERSON) else None
        return Visited(outcome, placement, stop)

    def _stops(self, reply: Reply, step: PushStep) -> bool:
        """Whether the device is not to be called again (§5.3)."""
        if reply.kind.stops_device:
            return True
        if step is PushStep.FACE:
            return reply.connection_failed
        data_error = reply.kind in {AnswerClass.PERSON_DATA, AnswerClass.OUR_BUG}
        return reply.kind in _EXHAUSTED or (data_error and self.settings.stop_on_person_data_error)

    # -- face ----------------------------------------------------------------------------------------------------

    async def _face_visit(
        self, candidate: Candidate, known: Placement | None, face: Face | None, action: Action, sentence: str
    ) -> Visited:
        assert face is not None
        before = known.face_digest if known else ""
        if face.refusal:
            return self._face_failed(candidate, known, action, sentence, face, None, face.refusal, face.remedy)
        if known is not None and known.refused_face == face.digest and not self.settings.named:
            text = _("This device refused this very photo before: {message}").format(message=known.message)
            remedy = _("Replace the photo, then push again.")
            refused = self._face_failed(candidate, known, action, sentence, face, None, text, remedy)
            return dataclasses.replace(refused, placement=dataclasses.replace(refused.placement, message=known.message))
        replace = self.settings.when_face_exists is WhenFaceExists.REPLACE or (
            self.settings.when_face_exists is WhenFaceExists.REPLACE_CHANGED and bool(before) and before != face.digest
        )
        reply, words = await self._send_face(candidate, face, replace=replace)
        if reply.kind is AnswerClass.ABSENT and not self.settings.photo_only:
            person = candidate.person.fitted(await self._name_limit(candidate.person.name))
            again = await self._ask(lambda: self.terminal.add_person(person))
            if again.kind in {AnswerClass.OK, AnswerClass.EXISTS}:
                reply, words = await self._send_face(candidate, face, replace=False)
                if reply.kind is AnswerClass.ABSENT:
                    return self._person_failed(candidate, known, _lying(reply))
        if reply.kind is AnswerClass.OK:
            parts = (sentence, words, reply.warning, face.warning)
            return self._sent(candidate, known, action, " ".join(filter(None, parts)), PushStep.FACE, face)
        if reply.kind is AnswerClass.FACE_EXISTS:
            text = _("The face was already on the device.")
            return self._sent(candidate, known, action, f"{sentence} {text}".strip(), PushStep.FACE, face)
        message = " ".join(filter(None, (reply.message, face.warning)))
        return self._face_failed(candidate, known, action, sentence, face, reply, message, reply.remedy)

    async def _send_face(self, candidate: Candidate, face: Face, *, replace: bool) -> tuple[Reply, str]:
        """Hand the picture over by address or upload, as the settings and this device allow (§7.3, §7.4)."""
        if await self._by_address(face):
            reply = await self._put(candidate.number, face.address, replace=replace)
            may_upload = self.settings.photo_transfer is PhotoTransfer.AUTO and bool(face.jpeg)
            if reply.kind not in _REJECTED_PICTURE or not may_upload or reply.connection_failed:
                return reply, _("The device fetched the photo.")
            if reply.kind is AnswerClass.FACE_REJECTED and not face.repaired:
                return reply, ""  # the same picture by another way is refused again
            unreachable = reply.kind is AnswerClass.FACE_TRANSPORT
            reply = await self._put(candidate.number, face.jpeg, replace=replace)
            if unreachable and reply.kind is AnswerClass.OK:
                self.fetches_addresses = False
            return reply, _("The device could not use the photo's address, so the photo was uploaded.")
        if not face.jpeg:
            return _cannot_upload(), ""
        return await self._put(candidate.number, face.jpeg, replace=replace), _("Photo uploaded.")

    async def _by_address(self, face: Face) -> bool:
        if self.settings.photo_transfer is PhotoTransfer.UPLOAD or not face.address:
            return False
        if self.settings.photo_transfer is PhotoTransfer.URL or not face.jpeg:
            return True
        return self.fetches_addresses and len(face.address) <= await self._longest_address(len(face.address))

    async def _longest_address(self, wanted: int) -> int:
        """The longest photo address the device takes; asked only when it matters (§7.1)."""
        if self._address_chars is None and wanted > _USUAL_ADDRESS_CHARS:
            with suppress(MusterError):
                self._address_chars = (await self.terminal.face_limits()).address_chars
            self._address_chars = self._address_chars or _USUAL_ADDRESS_CHARS
        return self._address_chars or _USUAL_ADDRESS_CHARS

    async def _put(self, number: str, picture: str | bytes, *, replace: bool) -> Reply:
        """Add the face, or replace the one that is there by whichever way the firmware has (§7.4)."""
        if not replace:
            return await self._ask_face(lambda: self._add(number, picture))
        functions = self.device.facts.face_functions
        if functions and "setUp" not in functions:
            return await self._put_anew(number, picture)
        reply = await self._ask_face(lambda: self.terminal.set_up_face(number, picture))
        if reply.kind is AnswerClass.FACE_EXISTS:
            reply = await self._ask_face(lambda: self.terminal.modify_face(number, picture))
        return await self._put_anew(number, picture) if reply.kind is AnswerClass.UNSUPPORTED else reply

    async def _put_anew(self, number: str, picture: str | bytes) -> Reply:
        """For firmware that cannot replace: take the old face away, then add the new one; the person stays."""
        removed = await self._ask(lambda: self.terminal.delete_face(number))
        if removed.kind not in {AnswerClass.OK, AnswerClass.ABSENT}:
            return removed
        return await self._ask_face(lambda: self._add(number, picture))

    def _add(self, number: str, picture: str | bytes) -> Awaitable[Reply]:
        if isinstance(picture, str):
            return self.terminal.add_face_by_address(number, picture)
        return self.terminal.add_face(number, picture)

    def _face_failed(
        self, candidate: Candidate, known: Placement | None, action: Action, sentence: str, face: Face,
        reply: Reply | None, message: str, remedy: str,
    ) -> Visited:  # fmt: skip
        lost = reply is not None and self._stops(reply, PushStep.FACE)
        code = device_code(reply.kind) if reply is not None else face.code or device_code(AnswerClass.FACE_REJECTED)
        status = Status.FATAL if lost else Status.PARTIAL
        text = f"{sentence} {message}".strip()
        outcome = self._outcome(candidate, status, PushStep.FACE, text, action, reply, remedy, code)
        refused = face.digest if reply is not None and reply.permanent else (known.refused_face if known else "")
        state = CoverageState.FAILED if lost else CoverageState.PHOTO_MISSING
        placement = self._placement(candidate, known, state, message, refused_face=refused)
        return Visited(outcome, placement, reply if lost else None)

    # -- asking, repeating, writing down -------------------------------------------------------------------------

    async def _ask(self, call: Callable[[], Awaitable[Reply]]) -> Reply:
        """One step with the repetitions of §5.3: busy three times, a device error once."""
        busy, errors = iter(_BUSY_PAUSES_S), iter((_DEVICE_ERROR_PAUSE_S,))
        while True:
            reply = await call()
            self._asked.append(reply)
            pauses = (
                busy if reply.kind is AnswerClass.BUSY else errors if reply.kind is AnswerClass.DEVICE_ERROR else ()
            )
            pause = next(iter(pauses), None)
            if pause is None:
                return reply
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))

    async def _ask_face(self, call: Callable[[], Awaitable[Reply]]) -> Reply:
        """The same for a face, and once more where a busy terminal could not model a good picture (§7.4)."""
        reply = await self._ask(call)
        if reply.code.casefold() != _MODELLING:
            return reply
        await asyncio.sleep(_MODELLING_PAUSE_S)
        return await self._ask(call)

    def _sent(
        self, candidate: Candidate, known: Placement | None, action: Action, message: str, step: PushStep,
        face: Face | None,
    ) -> Visited:  # fmt: skip
        outcome = self._outcome(candidate, Status.SUCCESS, step, message, action, None)
        digest = face.digest if face else (known.face_digest if known and self.settings.photo_only else "")
        placement = self._placement(candidate, known, CoverageState.SENT, message, face_digest=digest)
        return Visited(outcome, placement, face_sent=face is not None)

    def _outcome(
        self, candidate: Candidate, status: Status, step: PushStep, message: str, action: Action, reply: Reply | None,
        remedy: str = "", code: str = "",
    ) -> Outcome:  # fmt: skip
        lines = [reply] if reply else self._asked
        return Outcome(
            candidate.employee.name,
            candidate.id,
            self.device.name,
            self.device.id,
            status,
            step.value,
            message,
            action,
            remedy or (reply.remedy if reply else ""),
            (),
            "\n".join(line.asked for line in lines),
            "\n".join(line.answered for line in lines),
            code or (device_code(reply.kind) if reply else ""),
        )

    def _placement(
        self, candidate: Candidate, known: Placement | None, state: CoverageState, message: str, *,
        face_digest: str | None = None, refused_face: str = "",
    ) -> Placement:  # fmt: skip
        face = face_digest if face_digest is not None else (known.face_digest if known else "")
        return Placement(
            self.device.id,
            candidate.id,
            candidate.number,
            state,
            candidate.name,
            candidate.person_digest,
            face,
            refused_face,
            message,
            sent_at=now(),
        )


def _lying(reply: Reply) -> Reply:
    """A device that takes a person twice and says to the face that nobody is there can be trusted with nobody else."""
    text = _("The device said yes and does not hold the person.")
    return Reply(AnswerClass.DEVICE_FATAL, reply.code, text, reply.remedy, reply.asked, reply.answered)


def _cannot_upload() -> Reply:
    return Reply(
        AnswerClass.FACE_REJECTED,
        "",
        _("The photo could not be fetched to be uploaded."),
        _("Check the photo's address, or replace the photo from a file."),
        "",
        "",
    )
