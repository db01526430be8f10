"""Managing schedules: list, add, show, edit, pause, resume, run now, remove (connections.md §11)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from app.access import Permission, demand
from app.domain.connections import Connection, refuse_secrets
from app.domain.ids import new_id
from app.domain.kinds import ConnectionKind
from app.domain.outcomes import Trigger
from app.domain.schedules import Schedule, resolved, resumed
from app.domain.timing import Timing, today, upcoming
from app.errors import NotConfigured, UsageError
from app.events import SchedulesChanged
from app.i18n import N_, _
from app.operations.connections import time_text
from app.operations.context import RunContext
from app.operations.registry import NoParams, Operation, find_operation, operation
from app.operations.schedule_rows import schedule_row, schedule_rows
from app.operations.setting_changes import schedule_notes
from app.operations.webhooks.sources import schedule_resumed
from app.store import connections
from app.store import schedules as stored
from app.store.values import now

USUAL = {
    ConnectionKind.VITEC: ("directory.sync",),
    ConnectionKind.SUPABASE: ("devices.sync", "people.sync"),
    ConnectionKind.CETEC: ("customers.sync",),
    ConnectionKind.ONEC: ("onec.sync_personnel",),
    ConnectionKind.CONTACT_CENTER: ("cc.agent_login_data",),
}
"""What a connection of a kind is usually asked by itself, at its own `sync_interval`."""
_NEVER_BY_ITSELF = ("schedules.", "roles.", "organizations.", "settings.")


@dataclass(frozen=True)
class CreateParams:
    """A new schedule; blank `every`, in seconds, and `cron` go by the connection's `sync_interval`.

    `params` are those of the operation; in place of a date they may say `today`, `yesterday` or `today-7`.
    """

    operation: str
    connection: str = ""
    name: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    every: int = 0
    cron: str = ""
    zone: str = ""
    quiet: str = ""
    jitter: int = 10
    paused: bool = False

    def __post_init__(self) -> None:
        refuse_secrets(self.params)


@dataclass(frozen=True)
class UpdateParams:
    """What changes of the schedule `id`, which may also be its name; giving `every` or `cron` takes the other away."""

    id: str
    name: str | None = None
    params: dict[str, Any] | None = None
    every: int | None = None
    cron: str | None = None
    zone: str | None = None
    quiet: str | None = None
    jitter: int | None = None

    def __post_init__(self) -> None:
        refuse_secrets(self.params or {})


@dataclass(frozen=True)
class ScheduleParams:
    """One schedule, by id or name."""

    id: str


@operation("schedules.list", N_("List schedules"), Permission.READ, NoParams, writes=False, history=False)
async def list_schedules(context: RunContext, _params: NoParams) -> None:
    """All schedules with what is known of their next run."""
    context.result["schedules"] = await schedule_rows(context.workspace)


@operation("schedules.show", N_("Show a schedule"), Permission.READ, ScheduleParams, writes=False, history=False)
async def show_schedule(context: RunContext, params: ScheduleParams) -> None:
    """One schedule and its next times as planned."""
    schedule = await _found(context, params.id)
    context.result |= await schedule_row(context.workspace, schedule)
    scheduler = context.workspace.scheduler
    times = upcoming(schedule.timing, await scheduler.now(), await scheduler.interval_s(schedule))
    context.result["upcoming"] = [] if schedule.paused else [time_text(moment) for moment in times]


@operation("schedules.create", N_("Add a schedule"), Permission.WRITE, CreateParams)
async def create_schedule(context: RunContext, params: CreateParams) -> None:
    """Store a new schedule; its first run is one interval away."""
    wanted = find_operation(params.operation)
    connection = await _connection(context, wanted, params.connection)
    schedule = Schedule(
        id=new_id(),
        name=params.name.strip() or _usual_name(wanted, connection),
        operation=wanted.id,
        connection=connection.id if connection else "",
        params=dict(params.params),
        timing=Timing(params.every, params.cron.strip(), params.zone, params.quiet, params.jitter),
        paused=params.paused,
    )
    await _keep(context, None, schedule)


@operation("schedules.update", N_("Edit a schedule"), Permission.WRITE, UpdateParams)
async def update_schedule(context: RunContext, params: UpdateParams) -> None:
    """Change what is given."""
    old = await _found(context, params.id)
    given = {"every_s": params.every, "cron": params.cron, "zone": params.zone, "quiet": params.quiet}
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if params.jitter is not None:
        changes["jitter_percent"] = params.jitter
    if params.every and params.cron is None:
        changes["cron"] = ""
    if params.cron and params.every is None:
        changes["every_s"] = 0
    new = replace(
        old,
        name=(params.name or "").strip() or old.name,
        params=dict(params.params) if params.params is not None else old.params,
        timing=replace(old.timing, **changes),
        skip_reason="",
    )
    await _keep(context, old, new, as_planned=new.timing == old.timing)


@operation("schedules.delete", N_("Remove a schedule"), Permission.WRITE, ScheduleParams)
async def delete_schedule(context: RunContext, params: ScheduleParams) -> None:
    """Forget a schedule; what it ran stays in the history."""
    schedule = await _found(context, params.id)
    if not context.dry_run:
        await context.workspace.store.write(_remove, context, schedule)
        context.workspace.events.publish(SchedulesChanged())


@operation("schedules.pause", N_("Pause a schedule"), Permission.WRITE, ScheduleParams)
async def pause_schedule(context: RunContext, params: ScheduleParams) -> None:
    """Start it no more until it is resumed; a run under way goes on."""
    schedule = await _found(context, params.id)
    await _keep(context, schedule, replace(schedule, paused=True, pause_reason=""))


@operation("schedules.resume", N_("Resume a schedule"), Permission.WRITE, ScheduleParams)
async def resume_schedule(context: RunContext, params: ScheduleParams) -> None:
    """Go on with a clean slate, one interval from now."""
    schedule = await _found(context, params.id)
    await _keep(context, schedule, resumed(schedule))


@operation("schedules.run_now", N_("Run a schedule now"), Permission.SYNC, ScheduleParams, writes=True, history=False)
async def run_now(context: RunContext, params: ScheduleParams) -> None:
    """Run what the schedule says, as a run of its own, and end as that one does; its next time stays.

    Raises what that run ended with.
    """
    schedule = await _found(context, params.id)
    if context.dry_run:
        return
    handle = await context.workspace.scheduler.start(schedule, Trigger.MANUAL)
    try:
        report = await handle.report()
    finally:
        handle.cancel()  # only does anything where this run is cancelled before that one ends
    context.result |= {"run_id": report.run.run_id, "state": report.run.state.value, "summary": report.run.summary}
    context.warnings += report.run.warnings
    context.held = report.held
    if report.error is not None:
        raise report.error


async def _keep(context: RunContext, before: Schedule | None, schedule: Schedule, *, as_planned: bool = False) -> None:
    """Check and store a new schedule or a changed one; nobody schedules what they may not run.

    It gets a new next time unless that stays `as_planned`. Raises `UsageError` for an operation, parameters or a name
    that cannot be, `Forbidden` without its permission.
    """
    wanted = find_operation(schedule.operation)
    if wanted.id.startswith(_NEVER_BY_ITSELF):
        raise UsageError(_("{operation} cannot run by itself.").format(operation=wanted.id))
    demand(context.workspace.role, wanted.permission)
    wanted.read_params(resolved(schedule.params, today(schedule.timing, now())))
    other = await context.workspace.store.read(stored.find_schedule, schedule.name)
    if other is not None and other.id != schedule.id:
        raise UsageError(_("There is already a schedule named {name}.").format(name=schedule.name))
    if context.dry_run:
        return
    if schedule.paused:
        schedule = replace(schedule, due_at=None)
    elif not as_planned:
        schedule = await context.workspace.scheduler.replanned(schedule)
    kept = await context.workspace.store.write(_store, context, before, schedule)
    context.result |= await schedule_row(context.workspace, kept)
    context.workspace.events.publish(SchedulesChanged())


def _store(context: RunContext, before: Schedule | None, schedule: Schedule) -> Schedule:
    """Store it, in the audit trail what that changed, and for webhooks that one which paused itself goes on."""
    kept = (stored.add_schedule if before is None else stored.change_schedule)(schedule)
    context.note(*schedule_notes(context.run, before, kept))
    if before is not None and before.pause_reason and not kept.paused:
        context.workspace.event_log.add([schedule_resumed(kept)])
    return kept


def _remove(context: RunContext, schedule: Schedule) -> None:
    stored.remove_schedule(schedule.id)
    context.note(*schedule_notes(context.run, schedule, None))


async def _found(context: RunContext, name_or_id: str) -> Schedule:
    schedule = await context.workspace.store.read(stored.find_schedule, name_or_id)
    if schedule is None:
        raise UsageError(
            _("There is no schedule {name}.").format(name=name_or_id), _("See them with: muster schedule list")
        )
    return schedule


async def _connection(context: RunContext, wanted: Operation, name: str) -> Connection | None:
    """The connection that is meant; the only one of its kind need not be named."""
    if not wanted.kinds:
        if name:
            raise UsageError(_("{operation} works without a connection.").format(operation=wanted.id))
        return None
    fitting = [c for c in await context.workspace.store.read(connections.connections) if c.kind in wanted.kinds]
    named = [c for c in fitting if name in (c.name, c.id)] if name else fitting
    if not fitting:
        kinds = ", ".join(wanted.kinds)
        raise NotConfigured(_("There is no {kind} connection yet.").format(kind=kinds), _("Add one, then try again."))
    if name and not named:
        raise UsageError(_("There is no connection named {name}.").format(name=name))
    if len(named) != 1:
        names = ", ".join(c.name for c in fitting)
        raise UsageError(
            _("{operation} needs to know which connection.").format(operation=wanted.id),
            _("Fitting ones: {names}.").format(names=names),
        )
    return named[0]


def _usual_name(wanted: Operation, connection: Connection | None) -> str:
    return f"{connection.name}: {wanted.id}" if connection else wanted.id


async def schedule_usual(context: RunContext, connection: Connection) -> list[Schedule]:
    """Give a new connection the schedules that its kind usually has."""
    made = [
        Schedule(new_id(), f"{connection.name}: {operation_id}", operation_id, connection.id)
        for operation_id in USUAL.get(connection.kind, ())
    ]
    kept = []
    for schedule in made:
        planned = await context.workspace.scheduler.replanned(schedule)
        kept.append(await context.workspace.store.write(_store, context, None, planned))
    context.workspace.events.publish(SchedulesChanged())
    return kept
