"""Reading back: what a device holds against what it was sent (hikvision-isapi.md §6.4, §7.5).

A push asks about thirty people at once, so that proof costs a fraction of the run; `terminals.verify` reads whole
lists and compares them the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.connectors.hikvision import Terminal
from app.domain.coverage import CoverageState, Placement
from app.domain.outcomes import Action, Outcome, Status
from app.domain.pushes import Candidate, PushStep
from app.domain.terminal_answers import AnswerClass
from app.domain.terminals import Reply, StoredPerson, TerminalPerson
from app.errors import MusterError
from app.i18n import N_, _
from app.operations.push.visit import Visited
from app.store.values import now

BATCH = 30
_FACE_TRIES = 3
_FACE_PAUSE_S = 0.4
_LIAR = N_("Look at the person on the device itself; if it stays like this, the device needs service.")
_AGAIN = N_("Push the photo again; if it stays like this, the device needs service.")


@dataclass(frozen=True)
class Sent:
    """A visit that the device said yes to, waiting for its proof."""

    candidate: Candidate
    person: TerminalPerson
    visited: Visited


@dataclass(frozen=True)
class Proof:
    """What reading back found: the outcomes and placements as they are known now, and whether the device lies.

    `note` says why the device could not be read back; then nothing is changed.
    """

    outcomes: tuple[Outcome, ...] = ()
    placements: tuple[Placement, ...] = ()
    lies: Reply | None = None
    note: str = ""


def differences(sent: TerminalPerson, found: StoredPerson) -> list[str]:
    """What the device holds differently, in words; what its lists do not say is not different, the face is separate."""
    words: list[str] = []
    if found.name and found.name != sent.name:
        words.append(_("It has the name {name}.").format(name=found.name))
    times = ((found.begins, sent.begins), (found.ends, sent.ends))
    if found.enabled is False or any(told and told != wanted for told, wanted in times):
        words.append(_("Its validity is another one."))
    if found.door_right is not None and (found.door_right, found.plan) != (sent.door_right, sent.plan):
        words.append(_("The door right is missing, so no door opens."))
    return words


async def read_back(terminal: Terminal, sent: Sequence[Sent]) -> Proof:
    """Ask the device about everybody in `sent`, at most `BATCH` people."""
    numbers = [s.candidate.number for s in sent]
    try:
        found = await _found(terminal, sent, numbers)
    except MusterError as error:
        return Proof(note=error.message)
    proven = [_compare(s, found.get(s.candidate.number)) for s in sent]
    written = [s for s in sent if s.visited.outcome.action is not Action.UNCHANGED]
    lost = [s for s in written if s.candidate.number not in found]
    lies = _liar(len(lost)) if lost and len(lost) == len(written) else None
    return Proof(tuple(o for o, _p in proven), tuple(p for _o, p in proven), lies)


async def _found(terminal: Terminal, sent: Sequence[Sent], numbers: Sequence[str]) -> dict[str, StoredPerson]:
    """People as the device holds them; a face that is still being modelled gets a moment (§7.5)."""
    wanted = {s.candidate.number for s in sent if s.visited.face_sent}
    found: dict[str, StoredPerson] = {}
    for attempt in range(_FACE_TRIES):
        if attempt:
            await asyncio.sleep(_FACE_PAUSE_S)
        asked = numbers if not attempt else [n for n in numbers if n in found and n in wanted and not found[n].faces]
        found |= {person.number: person for person in (await terminal.find_people(asked)).people}
        if not any(number in found and found[number].faces == 0 for number in wanted):
            break
    for number, person in found.items():
        if number in wanted and person.faces is None:  # older firmware does not say in its lists
            found[number] = replace(person, faces=int(await terminal.has_face(number)))
    return found


def _untrue(outcome: Outcome, status: Status, step: PushStep, text: str, remedy: str) -> Outcome:
    """The outcome of a device that said yes and holds something else."""
    return replace(outcome, status=status, step=step.value, message=text, remedy=_(remedy), code="device.untrue")


def _compare(sent: Sent, found: StoredPerson | None) -> tuple[Outcome, Placement]:
    outcome, placement = sent.visited.outcome, replace(sent.visited.placement, checked_at=now())
    kept = outcome.action is Action.UNCHANGED
    if found is None:
        text = _("The device said yes and does not hold the person.")
        failed = _untrue(outcome, Status.FATAL, PushStep.PERSON, text, _LIAR)
        return failed, replace(placement, state=CoverageState.MISSING, message=text)
    words = differences(sent.person, found)
    if sent.visited.face_sent and not found.faces:
        text = _("The device said yes to the face and does not hold it.")
        partial = _untrue(outcome, Status.PARTIAL, PushStep.FACE, text, _AGAIN)
        return partial, replace(placement, state=CoverageState.PHOTO_MISSING, face_digest="", message=text)
    if words and kept:  # it was there before and was left as it is, as asked
        text = " ".join((outcome.message, *words))
        return replace(outcome, message=text), replace(placement, state=CoverageState.DIFFERENT, message=text)
    if words:
        text = " ".join((_("The device accepted the person and holds something else."), *words))
        partial = _untrue(outcome, Status.PARTIAL, PushStep.PERSON, text, _LIAR)
        return partial, replace(placement, state=CoverageState.DIFFERENT, message=text)
    proven = replace(outcome, step=PushStep.READ_BACK.value)
    return proven, replace(placement, state=CoverageState.VERIFIED)


def _liar(count: int) -> Reply:
    text = _("The device accepted {count} people and holds none of them.").format(count=count)
    return Reply(AnswerClass.DEVICE_FATAL, "", text, _(_LIAR), "", "")
