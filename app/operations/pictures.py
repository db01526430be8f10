"""Fetches employees' pictures, one after another, keeping what has arrived every ten (vitec-hub.md §11)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from app.access import Permission
from app.domain.connections import Connection
from app.domain.directory import Employee
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import Action, Outcome, Status
from app.errors import BadData, MusterError, RemoteError, StoreError, UsageError
from app.events import DirectoryChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import operation
from app.photos import save_thumbnail
from app.store import directory, runs
from app.store.values import now

if TYPE_CHECKING:
    from app.workspace import Workspace

FRESH = timedelta(hours=24)
_BATCH = 10


@dataclass(frozen=True)
class PictureParams:
    """Whose pictures: employee ids, or everybody whose picture was not looked up within a day."""

    employees: tuple[str, ...] = ("all",)


@operation(
    "employees.pictures", N_("Fetch pictures"), Permission.SYNC, PictureParams,
    kinds=(ConnectionKind.VITEC,), target="vitec-pictures:{connection}",
)  # fmt: skip
async def fetch_pictures(context: RunContext, params: PictureParams) -> None:
    """Fetch pictures; one that fails costs only itself."""
    everyone = [e for e in await context.workspace.store.read(directory.employees) if e.vitec_employee_id]
    ours = [e for e in everyone if e.connection == context.own_connection.id]
    if unknown := [i for i in params.employees if i != "all" and i not in {e.id for e in ours}]:
        raise UsageError(_("There is no record with the id {id}.").format(id=unknown[0]))
    done = {o.subject_id for o in context.outcomes}  # before an interruption
    everybody = "all" in params.employees
    named = {e.id for e in ours if e.id in params.employees and not e.photo_digest}
    wanted = [e for e in ours if e.id not in done and (e.id in named or (everybody and is_due(e)))]
    if context.dry_run:
        context.report([_outcome(e, Status.SUCCESS, _("Would be fetched"), Action.UPDATE) for e in wanted])
    else:
        await _fetch_all(context, wanted)
    fetched = sum(o.action is Action.UPDATE and o.status is Status.SUCCESS for o in context.outcomes)
    failed = sum(o.status is Status.PARTIAL for o in context.outcomes)
    total = len(context.outcomes)
    context.summary |= {"total": total, "updated": fetched, "skipped": total - fetched - failed, "failed": failed}


async def _fetch_all(context: RunContext, wanted: Sequence[Employee]) -> None:
    batch: list[Outcome] = []
    try:
        async for outcome in pictures_of(context.workspace, context.own_connection, wanted):
            batch.append(outcome)
            context.progress(_("Fetching pictures"), len(context.outcomes) + len(batch), len(wanted))
            if len(batch) == _BATCH:
                await _keep(context, batch)
                batch = []
    finally:  # also when it was cancelled or stopped: these pictures are stored
        await _keep(context, batch)
        context.workspace.events.publish(DirectoryChanged())


async def _keep(context: RunContext, batch: list[Outcome]) -> None:
    first = len(context.outcomes)
    await context.workspace.store.write(runs.add_outcomes, context.run.run_id, first, batch)
    context.report(batch)


def is_due(employee: Employee) -> bool:
    """Whether a picture may be looked up again; having none is remembered for a day too."""
    checked = employee.photo_checked_at
    # A look-up in the future was made before this computer's clock was set back.
    if employee.photo_digest:  # set from a file: it is the one to be seen
        return False
    return bool(employee.vitec_employee_id) and (checked is None or not timedelta() <= now() - checked <= FRESH)


async def pictures_of(
    workspace: Workspace, connection: Connection, wanted: Sequence[Employee]
) -> AsyncIterator[Outcome]:
    """Fetch and store pictures in order, yielding what became of each.

    Raises the error that makes going on pointless: sign-in, right, network, disk.
    """
    hub = await workspace.links.vitec(connection)
    for employee in wanted:
        try:
            picture = await hub.employee_picture(employee.vitec_employee_id or "")
            name = None
            if picture is not None:
                name = await asyncio.to_thread(save_thumbnail, workspace.home.pictures, employee.id, picture)
        except (BadData, RemoteError) as error:
            yield _outcome(employee, Status.PARTIAL, error.message, Action.SKIP, error)
            continue
        except OSError as error:
            raise StoreError(
                _("The picture could not be stored: {cause}").format(cause=error),
                _("Check the free space and the rights of the folder {folder}.").format(folder=workspace.home.path),
            ) from error
        await workspace.store.write(directory.note_photos, [(employee.id, name)])
        if name:
            yield _outcome(employee, Status.SUCCESS, _("Picture stored"), Action.UPDATE)
        else:
            yield _outcome(employee, Status.SKIPPED, _("No picture in Vitec"), Action.UNCHANGED)


def _outcome(
    employee: Employee, status: Status, message: str, action: Action, error: MusterError | None = None
) -> Outcome:
    remedy, code = (error.remedy, error.code) if error else ("", "")
    place = (employee.name, employee.id, "pictures", "store")
    return Outcome(*place, status, "picture", message, action, remedy, code=code)
