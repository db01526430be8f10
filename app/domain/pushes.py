"""What a push is: its settings, who takes part, and, from stored state alone, what it would do.

Rules: hikvision-isapi.md §1, §5.3, §13 and supabase.md §8; names of the settings: command-line.md "Parameters".
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.causes.records import record_code
from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device
from app.domain.directory import Employee, EmployeeStatus
from app.domain.outcomes import Action, Outcome, Status
from app.domain.terminals import TerminalPerson
from app.i18n import N_, _

MOST_NUMBER = 2_147_483_647


class OnFatal(StrEnum):
    """What a device that fails does to the run."""

    STOP = "stop"
    PARK = "park"


class Pace(StrEnum):
    """How fast devices are called; never two requests at once to one of them."""

    GENTLE = "gentle"
    BALANCED = "balanced"
    FAST = "fast"


class PhotoTransfer(StrEnum):
    """How a photo reaches the terminal: it fetches the address, or gets the bytes."""

    AUTO = "auto"
    URL = "url"
    UPLOAD = "upload"


class WhenPersonExists(StrEnum):
    """What happens to a person who is already on the device."""

    KEEP = "keep"
    UPDATE = "update"


class WhenFaceExists(StrEnum):
    """What happens to a face that is already on the device."""

    REPLACE_CHANGED = "replace_changed"
    """Replaced when the photo changed since it was sent there."""
    REPLACE = "replace"
    KEEP = "keep"


class PhotoCheck(StrEnum):
    """What a photo that does not look usable does: a warning, or nothing is sent."""

    WARN = "warn"
    STRICT = "strict"


class PushStep(StrEnum):
    """`step` of an outcome: how far it came."""

    CHECK = "check"
    PERSON = "person"
    FACE = "face"
    READ_BACK = "read_back"


@dataclass(frozen=True)
class PushSettings:
    """How a push goes about it. `photo_only` leaves out the person step; `named` says that people were chosen one by
    one: then nothing is skipped because it is proven already.
    """

    on_fatal: OnFatal = OnFatal.STOP
    pace: Pace = Pace.GENTLE
    photo_transfer: PhotoTransfer = PhotoTransfer.AUTO
    when_person_exists: WhenPersonExists = WhenPersonExists.KEEP
    when_face_exists: WhenFaceExists = WhenFaceExists.REPLACE_CHANGED
    photo_check: PhotoCheck = PhotoCheck.WARN
    stop_on_person_data_error: bool = False
    photo_only: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person as a push sees them; `problem` says why they cannot be sent, empty when they can."""

    employee: Employee
    number: str = ""
    problem: str = ""
    reason: str = ""
    remedy: str = ""

    @property
    def code(self) -> str:
        """The cause of the problem in the catalogue."""
        return record_code(self.reason)

    @property
    def id(self) -> str:
        """The employee's id."""
        return self.employee.id

    @property
    def name(self) -> str:
        """The name on the terminal, family name first."""
        return self.employee.terminal_name

    @property
    def person(self) -> TerminalPerson:
        """What is sent (hikvision-isapi.md §6.2)."""
        return TerminalPerson(self.number, self.name)

    @property
    def person_digest(self) -> str:
        """Names what is sent of the person."""
        return digest_of(self.number, self.name)


def digest_of(*parts: str) -> str:
    """A short name for some texts together."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def photo_digest(employee: Employee) -> str:
    """Names the photo as far as it is known without fetching it: its bytes when local, else its address."""
    return employee.photo_digest or (digest_of(employee.photo_address) if employee.photo_address else "")


def takes_part(employee: Employee) -> bool:
    """Whether a push of all people includes this one.

    Active, and one whom terminals concern: with a number, or from the system that hands the numbers out. An estate
    agent whom only Vitec knows has nothing to do with a door and is not reported as lacking a number.
    """
    if employee.status is not EmployeeStatus.ACTIVE or employee.supabase_missing_since is not None:
        return False
    return bool(employee.employee_no or employee.supabase_id)


def candidates(
    chosen: Iterable[Employee], everybody: Iterable[Employee], *, photo_only: bool = False
) -> list[Candidate]:
    """The chosen people in stable order, each with what keeps them from being sent.

    `everybody` is who could carry the same number: the second would overwrite the first (supabase.md §4.2).
    """
    holders: dict[str, list[Employee]] = defaultdict(list)
    for employee in everybody:
        if employee.employee_no and takes_part(employee):
            holders[employee.employee_no.strip()].append(employee)
    ordered = sorted(chosen, key=lambda e: (e.terminal_name.casefold(), e.id))
    return [_candidate(e, holders, photo_only=photo_only) for e in ordered]


_FILL_IN = N_("Give the person a terminal number, then push again.")


def _candidate(employee: Employee, holders: Mapping[str, Sequence[Employee]], *, photo_only: bool) -> Candidate:
    number = (employee.employee_no or "").strip()
    if employee.status is not EmployeeStatus.ACTIVE or employee.supabase_missing_since is not None:
        remedy = _("Only active people are sent.")
        return Candidate(employee, problem=_("Not active"), reason="not_active", remedy=remedy)
    if not number:
        return Candidate(employee, problem=_("No terminal number"), reason="no_number", remedy=_(_FILL_IN))
    if not number.isdecimal() or not number.isascii() or not 0 < int(number) <= MOST_NUMBER:
        text = _("{number} is not a terminal number").format(number=number)
        return Candidate(employee, problem=text, reason="bad_number", remedy=_("A number from 1 to 2147483647 is one."))
    others = [e.name for e in holders.get(number, ()) if e.id != employee.id]
    if employee.number_shared_with:
        others.append(employee.number_shared_with)
    if others:
        text = _("The number {number} also belongs to {name}").format(number=number, name=others[0])
        return Candidate(employee, problem=text, reason="doubled_number", remedy=_("Give one of them another number."))
    if not employee.terminal_name:
        return Candidate(employee, problem=_("No name"), reason="no_name", remedy=_("Give the person a name."))
    if photo_only and not employee.has_photo:
        return Candidate(employee, problem=_("No photo"), reason="no_photo", remedy=_("Give the person a photo."))
    return Candidate(employee, str(int(number)))


def is_proven(candidate: Candidate, placement: Placement | None, *, photo_only: bool = False) -> bool:
    """Whether the device was read back and holds exactly what would be sent."""
    if placement is None or placement.state is not CoverageState.VERIFIED:
        return False
    same_face = placement.face_digest == photo_digest(candidate.employee)
    return same_face and (photo_only or placement.person_digest == candidate.person_digest)


@dataclass
class DevicePreview:
    """How many people a push would do what with at one device."""

    device_id: str
    device: str
    add: int = 0
    already: int = 0
    change: int = 0
    unchanged: int = 0
    no_number: int = 0
    no_photo: int = 0
    no_room: int = 0
    left_out: int = 0
    free_places: int | None = None


_THERE = frozenset({CoverageState.VERIFIED, CoverageState.SENT, CoverageState.PHOTO_MISSING, CoverageState.DIFFERENT})


def preview_device(
    device: Device, people: Sequence[Candidate], known: Mapping[str, Placement], settings: PushSettings
) -> tuple[DevicePreview, list[Outcome]]:
    """What a push would do at one device, from what is stored about it.

    `known` are the placements at this device by employee id. Pure, and called once per device, so that thousands of
    people at hundreds of devices need no more memory than the outcomes themselves.
    """
    preview = DevicePreview(device.id, device.name, free_places=device.facts.free_places)
    return preview, [_previewed(preview, device, c, known.get(c.id), settings) for c in people]


def _previewed(
    preview: DevicePreview, device: Device, candidate: Candidate, placement: Placement | None, settings: PushSettings
) -> Outcome:
    status, action, message = _would(preview, candidate, placement, settings)
    no_room = status is Status.SKIPPED and action is Action.SKIP and not candidate.problem
    return Outcome(
        candidate.employee.name,
        candidate.id,
        device.name,
        device.id,
        status,
        PushStep.CHECK.value,
        message,
        action,
        candidate.remedy,
        code=record_code("no_room") if no_room else candidate.code,
    )


def _would(
    preview: DevicePreview, candidate: Candidate, placement: Placement | None, settings: PushSettings
) -> tuple[Status, Action, str]:
    """Counts the pair and says what would happen, cheapest questions first."""
    if candidate.problem:
        preview.no_number += candidate.reason == "no_number"
        preview.left_out += candidate.reason != "no_number"
        return Status.SKIPPED, Action.SKIP, candidate.problem
    if not settings.named and is_proven(candidate, placement, photo_only=settings.photo_only):
        preview.unchanged += 1
        return Status.SKIPPED, Action.UNCHANGED, _("Unchanged and proven")
    has_photo = candidate.employee.has_photo
    preview.no_photo += not has_photo
    if placement is not None and placement.state in _THERE:
        return _would_change(preview, candidate, placement, settings)
    if settings.photo_only:
        preview.change += 1
        return Status.SUCCESS, Action.UPDATE, _("The photo would be sent")
    preview.add += 1
    if preview.free_places is not None and preview.add > preview.free_places:
        preview.add -= 1
        preview.no_room += 1
        return Status.SKIPPED, Action.SKIP, _("Not enough room on the device")
    message = _("Would be added with photo") if has_photo else _("Would be added; no photo")
    return Status.SUCCESS, Action.CREATE, message


def _would_change(
    preview: DevicePreview, candidate: Candidate, placement: Placement, settings: PushSettings
) -> tuple[Status, Action, str]:
    digest = photo_digest(candidate.employee)
    other_person = placement.person_digest != candidate.person_digest or placement.state is CoverageState.DIFFERENT
    updates = settings.when_person_exists is WhenPersonExists.UPDATE and other_person and not settings.photo_only
    lacks_face = placement.state is CoverageState.PHOTO_MISSING or placement.face_digest != digest
    if digest and lacks_face and settings.when_face_exists is not WhenFaceExists.KEEP:
        preview.change += 1
        return Status.SUCCESS, Action.UPDATE, _("The photo would be sent")
    if updates:
        preview.change += 1
        return Status.SUCCESS, Action.UPDATE, _("Would be changed")
    preview.already += 1
    return Status.SUCCESS, Action.UNCHANGED, _("Already there")


def push_summary(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """The counters of command-line.md: `total, success, partial, skipped, fatal, not_attempted, verified`."""
    names = ("total", "success", "partial", "skipped", "fatal", "not_attempted", "unknown", "verified")
    counts = dict.fromkeys(names, 0)
    for outcome in outcomes:
        counts["total"] += 1
        counts[outcome.status.value] += 1
        counts["verified"] += outcome.status is Status.SUCCESS and outcome.step == PushStep.READ_BACK
    if not counts["unknown"]:
        del counts["unknown"]
    return counts
