"""Photos of people: set one from a file, take it away again, check them, and hand them out ready for a terminal.

A photo from a file is kept ready in the home's folder of faces and wins over the address of the source until it is
taken away. Photos are biometric data: `photos.clear_cache` forgets every copy that can be fetched again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.access import Permission
from app.domain.directory import Employee
from app.domain.outcomes import Action, Outcome, Status
from app.errors import (
    BadData,
    ClockOff,
    MusterError,
    NoKeyring,
    NotConfigured,
    RefusedSignIn,
    Unreachable,
    UsageError,
)
from app.events import DirectoryChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.photo_files import copies_but_of, copies_of, delete_files, face_file, read_picture, write_face
from app.operations.registry import NoParams, operation
from app.photos import PhotoExam, Verdict, examine, save_thumbnail
from app.store import connections, directory, runs

if TYPE_CHECKING:
    from app.workspace import Workspace

_STATUS = {
    Verdict.GOOD: Status.SUCCESS,
    Verdict.REPAIRED: Status.SUCCESS,
    Verdict.DOUBTFUL: Status.PARTIAL,
    Verdict.UNUSABLE: Status.FATAL,
}
_CODES: dict[str, str] = {Verdict.DOUBTFUL: "photo.doubtful", Verdict.UNUSABLE: "photo.unusable"}
_STEP = "photo"
_AT_ONCE = 4  # photos that are fetched and examined side by side
_OF_EVERYBODY = (RefusedSignIn, NoKeyring, NotConfigured, Unreachable, ClockOff)
"""Errors that asking for the next photo of the same connection would only repeat."""


@dataclass(frozen=True)
class SetPhotoParams:
    """Whose photo, by id, and the file that becomes it."""

    employee: str
    file: str


@dataclass(frozen=True)
class EmployeeParams:
    """A person's id."""

    employee: str


@dataclass(frozen=True)
class CheckPhotosParams:
    """Whose photos, by id, or everybody's who has one."""

    employees: tuple[str, ...] = ("all",)


@operation("employees.set_photo", N_("Replace a photo"), Permission.WRITE, SetPhotoParams, target="directory")
async def set_photo(context: RunContext, params: SetPhotoParams) -> None:
    """Make the picture in a file the person's photo; `employees.remove_photo` is the way back.

    A photo that looks unusable is taken with a warning, as the face finder can be wrong. Raises `BadData` when the file
    is no picture that can be made fit.
    """
    employee = await _person(context.workspace, params.employee)
    exam = await asyncio.to_thread(examine, await asyncio.to_thread(read_picture, Path(params.file)))
    if not exam.jpeg:
        raise BadData(exam.words, exam.remedy)
    if not context.dry_run:
        await _keep(context.workspace, employee, exam.jpeg)
    done = _("Would become the photo for devices.") if context.dry_run else _("Is the photo for devices now.")
    status = Status.SUCCESS if exam.verdict in {Verdict.GOOD, Verdict.REPAIRED} else Status.PARTIAL
    text = f"{done} {exam.words}".strip()
    await _report(context, [_outcome(employee, status, exam.verdict, text, exam.remedy, Action.UPDATE)])


@operation("employees.remove_photo", N_("Remove the local photo"), Permission.WRITE, EmployeeParams, target="directory")
async def remove_photo(context: RunContext, params: EmployeeParams) -> None:
    """Forget a photo that was set from a file; the source's photo counts again."""
    employee = await _person(context.workspace, params.employee)
    if not employee.photo_digest:
        text = _("There is no local photo.")
        outcome = _outcome(employee, Status.SKIPPED, _STEP, text, action=Action.UNCHANGED)
    else:
        if not context.dry_run:
            await _forget(context.workspace, employee)
        text = _("Would be removed") if context.dry_run else _("Removed")
        outcome = _outcome(employee, Status.SUCCESS, _STEP, text, action=Action.UPDATE)
    await _report(context, [outcome])


@operation("employees.check_photos", N_("Check photos"), Permission.READ, CheckPhotosParams)
async def check_photos(context: RunContext, params: CheckPhotosParams) -> None:
    """Examine photos as a push would, without sending anything."""
    everybody = {e.id: e for e in await context.workspace.store.read(directory.employees)}
    if unknown := [i for i in params.employees if i != "all" and i not in everybody]:
        raise UsageError(_("There is no record with the id {id}.").format(id=unknown[0]))
    chosen = [e for e in everybody.values() if e.has_photo] if "all" in params.employees else [
        everybody[i] for i in dict.fromkeys(params.employees)
    ]  # fmt: skip
    done = {o.subject_id for o in context.outcomes}  # before an interruption
    waiting = [e for e in chosen if e.id not in done]
    failed: dict[str, MusterError] = {}
    for begin in range(0, len(waiting), _AT_ONCE):
        context.progress(_("Checking photos"), len(context.outcomes), len(chosen))
        batch = waiting[begin : begin + _AT_ONCE]
        await _report(context, await asyncio.gather(*(_checked(context, e, failed) for e in batch)))
    steps = Counter(outcome.step for outcome in context.outcomes)
    context.summary |= {"total": len(context.outcomes), **{v.value: steps[v.value] for v in Verdict}}
    context.summary["failed"] = steps[_STEP]
    context.workspace.events.publish(DirectoryChanged())


@operation("photos.clear_cache", N_("Clear the photo cache"), Permission.WRITE, NoParams, target="directory")
async def clear_cache(context: RunContext, _params: NoParams) -> None:
    """Delete the copies of photos that can be fetched again; photos set from a file stay, as nothing else has them."""
    workspace = context.workspace
    everybody = await workspace.store.read(directory.employees)
    local = {e.id for e in everybody if e.photo_digest}
    files = await asyncio.to_thread(copies_but_of, workspace.home, local)
    if not context.dry_run:
        await asyncio.to_thread(delete_files, workspace.home, files)
        again = [e.id for e in everybody if e.id not in local]
        await workspace.store.write(directory.forget_photos, again)
        workspace.events.publish(DirectoryChanged())
    context.summary["removed"] = len(files)


async def prepared_photo(workspace: Workspace, employee: Employee) -> PhotoExam:
    """A person's photo, examined and made ready for a terminal.

    Raises what fetching raises, `BadData` for a local file that is gone.
    """
    exam = await _examined(workspace, employee)
    if exam.jpeg and employee.photo is None:
        await _note_thumbnail(workspace, employee, exam.jpeg)
    return exam


async def _examined(workspace: Workspace, employee: Employee) -> PhotoExam:
    return await asyncio.to_thread(examine, await photo_bytes(workspace, employee))


async def photo_bytes(workspace: Workspace, employee: Employee) -> bytes:
    """The photo as it is: the local one, else what the source's address holds.

    Raises `UsageError` when neither is there, and what the source raises.
    """
    if employee.photo_digest:
        return await asyncio.to_thread(read_picture, face_file(workspace.home, employee.id))
    connection = await workspace.store.read(connections.find_connection, employee.supabase_connection or "")
    if not employee.photo_address or connection is None:
        raise UsageError(
            _("There is no photo of {name}.").format(name=employee.name),
            _("Set one from a file, or sync people from Supabase."),
        )
    supabase = await workspace.links.supabase(connection)
    return await supabase.photo(employee.photo_address)


def digest_of(jpeg: bytes) -> str:
    """What names the bytes of a local photo (`Employee.photo_digest`)."""
    return hashlib.blake2b(jpeg, digest_size=8).hexdigest()


async def _checked(context: RunContext, employee: Employee, failed: dict[str, MusterError]) -> Outcome:
    """What became of one person's photo; `failed` are connections that answer nobody, and why."""
    source = "" if employee.photo_digest else employee.supabase_connection or ""
    if known := failed.get(source):
        return _outcome(employee, Status.FATAL, _STEP, known.message, known.remedy, code=known.code)
    look = _examined if context.dry_run else prepared_photo  # a dry run keeps no thumbnail either
    try:
        exam = await look(context.workspace, employee)
    except MusterError as error:
        if source and isinstance(error, _OF_EVERYBODY):
            failed[source] = error
        return _outcome(employee, Status.FATAL, _STEP, error.message, error.remedy, code=error.code)
    text = exam.words or _("Good as it is.")
    return _outcome(employee, _STATUS[exam.verdict], exam.verdict, text, exam.remedy)


def _outcome(
    employee: Employee,
    status: Status,
    step: str,
    message: str,
    remedy: str = "",
    action: Action = Action.SKIP,
    code: str = "",
) -> Outcome:
    """The step of an examined photo is its verdict: a resumed check counts by it."""
    place = (employee.name, employee.id, "photos", "store")
    code = code or _CODES.get(step, "")
    return Outcome(*place, status, str(step), message, action, remedy, code=code)


async def _report(context: RunContext, outcomes: list[Outcome]) -> None:
    if not context.dry_run:
        first = len(context.outcomes)
        await context.workspace.store.write(runs.add_outcomes, context.run.run_id, first, outcomes)
    context.report(outcomes)


async def _person(workspace: Workspace, employee_id: str) -> Employee:
    found = {e.id: e for e in await workspace.store.read(directory.employees)}.get(employee_id)
    if found is None:
        raise UsageError(_("There is no record with the id {id}.").format(id=employee_id))
    return found


async def _keep(workspace: Workspace, employee: Employee, jpeg: bytes) -> None:
    name = await asyncio.to_thread(write_face, workspace.home, employee.id, jpeg)
    await workspace.store.write(directory.note_photos, [(employee.id, name)])
    await workspace.store.write(directory.note_local_photo, employee.id, digest_of(jpeg))
    workspace.events.publish(DirectoryChanged())


async def _forget(workspace: Workspace, employee: Employee) -> None:
    """Let the source's photo count again, then delete ours: a crash between the two leaves no photo without a file."""
    await workspace.store.write(directory.note_local_photo, employee.id, None)
    await asyncio.to_thread(delete_files, workspace.home, copies_of(workspace.home, employee.id))
    workspace.events.publish(DirectoryChanged())


async def _note_thumbnail(workspace: Workspace, employee: Employee, jpeg: bytes) -> None:
    """Show the photo in lists from now on; a disk that is full costs the thumbnail, not the run."""
    try:
        name = await asyncio.to_thread(save_thumbnail, workspace.home.pictures, employee.id, jpeg)
    except (BadData, OSError):
        return
    await workspace.store.write(directory.note_photos, [(employee.id, name)])
