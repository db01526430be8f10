"""Photos of people: set one from a file, take it away again, check them, and hand them out ready for a terminal.

A photo from a file is kept ready in the home's folder of faces and wins over the address of the source until it is
taken away. Photos are biometric data: `photos.clear` forgets every copy that can be fetched again.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.access import Permission
from app.domain.directory import Employee
from app.domain.outcomes import Action, Outcome, Status
from app.errors import BadData, MusterError, NotConfigured, StoreError, UsageError
from app.events import DirectoryChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.photo_doctor import MOST_BYTES, PhotoExam, Verdict, examine
from app.photos import save_thumbnail
from app.store import connections, directory, runs

if TYPE_CHECKING:
    from app.workspace import Workspace

_STATUS = {
    Verdict.GOOD: Status.SUCCESS,
    Verdict.REPAIRED: Status.SUCCESS,
    Verdict.DOUBTFUL: Status.PARTIAL,
    Verdict.UNUSABLE: Status.FATAL,
}


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
    """Make the picture in a file the person's photo, unless no device could take it.

    Raises `BadData` when the file is no picture that can be made fit.
    """
    employee = await _person(context.workspace, params.employee)
    exam = await asyncio.to_thread(examine, await asyncio.to_thread(_read, Path(params.file)))
    if not exam.jpeg:
        raise BadData(exam.words, _("Choose another file; the photo was left as it is."))
    if not context.dry_run:
        await _keep(context.workspace, employee, exam.jpeg)
    await _report(context, [_outcome(employee, exam, Action.UPDATE)])


@operation("employees.remove_photo", N_("Remove the local photo"), Permission.WRITE, EmployeeParams, target="directory")
async def remove_photo(context: RunContext, params: EmployeeParams) -> None:
    """Forget a photo that was set from a file; the source's photo counts again."""
    employee = await _person(context.workspace, params.employee)
    if not context.dry_run:
        workspace = context.workspace
        await asyncio.to_thread(face_file(workspace, employee).unlink, missing_ok=True)
        await workspace.store.write(directory.note_local_photo, employee.id, None)
    done = Status.SUCCESS if employee.photo_digest else Status.SKIPPED
    action = Action.UPDATE if employee.photo_digest else Action.UNCHANGED
    text = _("Removed") if employee.photo_digest else _("There was no local photo")
    await _report(context, [Outcome(employee.name, employee.id, "photos", "store", done, "photo", text, action)])


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
    verdicts: Counter[str] = Counter()
    for number, employee in enumerate(chosen):
        context.progress(_("Checking photos"), number, len(chosen))
        if employee.id not in done:
            await _report(context, [await _checked(context, employee, verdicts)])
    context.summary |= {"total": len(context.outcomes), **{v.value: verdicts[v.value] for v in Verdict}}
    context.workspace.events.publish(DirectoryChanged())


@operation("photos.clear", N_("Clear the photo cache"), Permission.WRITE, NoParams, target="directory")
async def clear_photos(context: RunContext, _params: NoParams) -> None:
    """Delete thumbnails and prepared faces that can be fetched again; photos set from a file stay."""
    workspace = context.workspace
    everybody = await workspace.store.read(directory.employees)
    local = {e.id for e in everybody if e.photo_digest}
    if not context.dry_run:
        count = await asyncio.to_thread(_clear, (workspace.home.pictures, workspace.home.faces), local)
        again = [e.id for e in everybody if e.photo and e.id not in local]
        await workspace.store.write(directory.forget_photos, again)
        context.summary["removed"] = count
        workspace.events.publish(DirectoryChanged())


async def prepared_photo(workspace: Workspace, employee: Employee) -> PhotoExam:
    """A person's photo, examined and made ready for a terminal.

    Raises what fetching raises, `BadData` for a local file that is gone.
    """
    picture = await photo_bytes(workspace, employee)
    exam = await asyncio.to_thread(examine, picture)
    if exam.jpeg and employee.photo is None:
        await _note_thumbnail(workspace, employee, exam.jpeg)
    return exam


async def photo_bytes(workspace: Workspace, employee: Employee) -> bytes:
    """The photo as it is: the local one, else what the source's address holds.

    Raises `NotConfigured` when neither is there, and what the source raises.
    """
    if employee.photo_digest:
        return await asyncio.to_thread(_read, face_file(workspace, employee))
    connection = await workspace.store.read(connections.find_connection, employee.supabase_connection or "")
    if not employee.photo_address or connection is None:
        raise NotConfigured(_("There is no photo of {name}.").format(name=employee.name))
    supabase = await workspace.links.supabase(connection)
    return await supabase.photo(employee.photo_address)


def face_file(workspace: Workspace, employee: Employee) -> Path:
    """Where a photo set from a file is kept."""
    return workspace.home.faces / f"{employee.id}.jpg"


async def _checked(context: RunContext, employee: Employee, verdicts: Counter[str]) -> Outcome:
    try:
        exam = await prepared_photo(context.workspace, employee)
    except MusterError as error:
        return Outcome(
            employee.name, employee.id, "photos", "store", Status.FATAL, "photo", error.message, Action.SKIP,
            error.remedy,
        )  # fmt: skip
    verdicts[exam.verdict.value] += 1
    return _outcome(employee, exam, Action.VERIFIED)


def _outcome(employee: Employee, exam: PhotoExam, action: Action) -> Outcome:
    remedy = next((finding.remedy for finding in exam.findings if finding.matters), "")
    text = exam.words or _("Good as it is.")
    status = _STATUS[exam.verdict]
    return Outcome(employee.name, employee.id, "photos", "store", status, "photo", text, action, remedy)


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
    digest = hashlib.blake2b(jpeg, digest_size=8).hexdigest()
    try:
        await asyncio.to_thread(_write, face_file(workspace, employee), jpeg)
        name = await asyncio.to_thread(save_thumbnail, workspace.home.pictures, employee.id, jpeg)
    except OSError as error:
        raise StoreError(
            _("The picture could not be stored: {cause}").format(cause=error),
            _("Check the free space and the rights of the folder {folder}.").format(folder=workspace.home.path),
        ) from error
    await workspace.store.write(directory.note_photos, [(employee.id, name)])
    await workspace.store.write(directory.note_local_photo, employee.id, digest)
    workspace.events.publish(DirectoryChanged())


async def _note_thumbnail(workspace: Workspace, employee: Employee, jpeg: bytes) -> None:
    """Show the photo in lists from now on; a disk that is full costs the thumbnail, not the run."""
    try:
        name = await asyncio.to_thread(save_thumbnail, workspace.home.pictures, employee.id, jpeg)
    except (BadData, OSError):
        return
    await workspace.store.write(directory.note_photos, [(employee.id, name)])


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadData(_("The file is larger than 10 MB."), _("Choose a smaller picture."))
        return path.read_bytes()
    except OSError as error:
        raise BadData(
            _("The file {file} cannot be read: {cause}").format(file=path.name, cause=error.strerror),
            _("Choose another file."),
        ) from error


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    beside.replace(path)


def _clear(folders: tuple[Path, ...], keep: set[str]) -> int:
    files = [file for folder in folders if folder.is_dir() for file in folder.iterdir() if file.stem not in keep]
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)
