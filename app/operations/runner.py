"""The runner: starts operations, keeps their history, cancels and resumes them.

A run takes a lease on its target, writes each intent and each outcome to the journal, and always ends in one of the
states of `RunState`, whatever happens. A dry run goes the same way and writes nothing anywhere.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import msgspec

from app.access import Permission, demand
from app.domain.attempts import AttemptLog, Attempts, noting
from app.domain.clocks import clock_warnings
from app.domain.connections import Connection, ConnectionStatus
from app.domain.ids import new_id
from app.domain.outcomes import Action, Outcome, Run, RunError, RunState, Status, Trigger
from app.domain.plans import Plan
from app.errors import Busy, Cancelled, ExitCode, Forbidden, MusterError, NotConfigured, Unexpected, UsageError
from app.events import ConnectionsChanged, RunEnded, RunStarted
from app.i18n import _
from app.operations.audit_log import current_user
from app.operations.context import RunContext
from app.operations.mapping_notes import note_mapping
from app.operations.registry import Operation, find_operation
from app.redaction import redact
from app.store import attempts, connections, leases, runs
from app.store.values import now

if TYPE_CHECKING:
    from app.workspace import Workspace

log = logging.getLogger(__name__)
BEAT_S = 15.0


@dataclass(frozen=True)
class Request:
    """What to run: parameters as texts or values, plans of a preview, secrets just typed, and why it begins."""

    operation: str
    connection: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False
    chosen: Mapping[str, Plan[Any]] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    trigger: Trigger = Trigger.MANUAL


@dataclass(frozen=True, repr=False)  # asyncio writes the result of a task into its name: thousands of outcomes
class Report:
    """A run that is over: its record, all outcomes, the plans it made, the error that ended it early, what it found."""

    run: Run
    outcomes: tuple[Outcome, ...]
    plans: Mapping[str, Plan[Any]] = field(default_factory=dict)
    error: MusterError | None = None
    held: str = ""
    found: object = None

    def __repr__(self) -> str:
        return f"Report({self.run.run_id}, {self.run.state}, {len(self.outcomes)} outcomes)"

    @property
    def exit_code(self) -> ExitCode:
        """How a command that ran this ends (command-line.md)."""
        if self.error is not None:
            return self.error.exit_code
        if any(_incomplete(outcome) for outcome in self.outcomes):
            return ExitCode.INCOMPLETE
        return ExitCode.HELD if self.held else ExitCode.DONE


def _incomplete(outcome: Outcome) -> bool:
    if outcome.status is Status.SKIPPED:
        return outcome.action is not Action.UNCHANGED
    return outcome.status is not Status.SUCCESS


class RunHandle:
    """A run under way."""

    def __init__(self, context: RunContext, operation: Operation) -> None:
        self.context = context
        self.operation = operation
        connection = context.connection
        self.attempts = AttemptLog(connection.log_level) if connection is not None else AttemptLog()
        self.body: asyncio.Task[MusterError | None] | None = None
        self.task: asyncio.Task[Report] | None = None

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self.context.run.run_id

    def cancel(self) -> None:
        """Start no new step; a transaction under way rolls back. The end of the run is still stored."""
        self.context.stop.set()
        if self.body is not None:
            self.body.cancel()

    async def report(self) -> Report:
        """Wait for the end."""
        assert self.task is not None
        return await asyncio.shield(self.task)


class Runner:
    """Starts and resumes runs in one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.handles: dict[str, RunHandle] = {}
        self._unstored: list[_Ended] = []

    async def start(self, request: Request) -> RunHandle:
        """Check and start a run.

        Raises, before anything exists of the run: `UsageError` for what does not exist or cannot be, `Forbidden`
        without the permission, `NotConfigured` without a connection, `Busy` when another run holds the target.
        """
        operation = find_operation(request.operation)
        await self._demand(operation, request.connection, request.trigger)
        params = operation.read_params(request.params)
        connection = await self._connection(operation, request.connection)
        run = Run(
            run_id=new_id(),
            operation=operation.id,
            connection=connection.name if connection else "",
            state=RunState.RUNNING,
            started_at=now(),
            actor=current_user(),
            dry_run=request.dry_run,
            params=msgspec.to_builtins(params),
            trigger=request.trigger,
        )
        context = RunContext(
            self._workspace, run, connection, request.dry_run, secrets=request.secrets, chosen=request.chosen
        )
        return await self._begin(operation, context, params)

    async def resume(self, run_id: str, without: Sequence[str] = ()) -> RunHandle:
        """Take up a run where it ended; what was confirmed is not done again.

        `without` names targets, such as a device that stopped the run, to go on without from now on.
        Raises `UsageError` for an unknown run, one that finished or one that cannot leave anything out, `Busy` when it
        still runs.
        """
        store = self._workspace.store
        await store.write(self._workspace.event_log.mark_interrupted)
        run = await store.read(runs.find_run, run_id)
        if run is None:
            raise UsageError(_("There is no run {id}.").format(id=run_id), _("See them with: muster runs list"))
        if not run.state.over:
            raise Busy(_("This run is still running."))
        operation = find_operation(run.operation)
        left = await store.read(runs.journal_open, run_id) if operation.retries else []
        if not run.state.resumable and not left:
            raise UsageError(_("This run has finished; there is nothing to resume."))
        await self._demand(operation, run.connection, Trigger.MANUAL)
        connection = await self._connection(operation, run.connection)
        params = operation.read_params(_leaving_out(operation, run.params, without) if without else run.params)
        again = replace(run, state=RunState.RUNNING, error=None, first_fatal=None, params=msgspec.to_builtins(params))
        context = RunContext(
            self._workspace,
            again,
            connection,
            receipts=await store.read(runs.journal_receipts, run_id),
            outcomes=await store.read(runs.outcomes, run_id),
        )
        return await self._begin(operation, context, params)

    async def interrupted(self) -> list[Run]:
        """Runs whose process ended without saying so, newest first."""
        await self._workspace.store.write(self._workspace.event_log.mark_interrupted)
        return await self._workspace.store.read(runs.runs, states=[RunState.INTERRUPTED])

    async def _demand(self, operation: Operation, connection: str, trigger: Trigger) -> None:
        """Refuse what the role may not do, and write down who asked (connections.md §2)."""
        profile = self._workspace.profile
        if operation.permission is not Permission.READ or not profile.known:  # every profile may read
            await profile.load()
        try:
            demand(self._workspace.role, operation.permission)
        except Forbidden as refusal:
            refused = self._workspace.audit.refused
            await self._workspace.store.write(refused, operation.id, connection, trigger, refusal.message)
            raise

    async def _connection(self, operation: Operation, name: str) -> Connection | None:
        if not operation.kinds:
            if name:
                raise UsageError(_("{operation} works without a connection.").format(operation=operation.id))
            return None
        if name:
            found = await self._workspace.store.read(connections.find_connection, name)
            if found is None:
                raise UsageError(_("There is no connection named {name}.").format(name=name))
            if found.kind not in operation.kinds:
                raise UsageError(
                    _("{operation} does not work on a {kind} connection.").format(
                        operation=operation.id, kind=found.kind
                    )
                )
        else:
            found = await self._only_connection(operation)
        if found.status is ConnectionStatus.INACTIVE and not operation.works_paused:
            raise NotConfigured(_("The connection {name} is paused.").format(name=found.name), _("Resume it first."))
        return found

    async def _only_connection(self, operation: Operation) -> Connection:
        fitting = [c for c in await self._workspace.store.read(connections.connections) if c.kind in operation.kinds]
        kinds = ", ".join(operation.kinds)
        if not fitting:
            raise NotConfigured(
                _("There is no {kind} connection yet.").format(kind=kinds), _("Add one, then try again.")
            )
        if len(fitting) > 1:
            names = ", ".join(c.name for c in fitting)
            raise UsageError(_("There are several {kind} connections: {names}.").format(kind=kinds, names=names))
        return fitting[0]

    async def _begin(self, operation: Operation, context: RunContext, params: Any) -> RunHandle:
        handle = RunHandle(context, operation)
        if operation.history and not context.dry_run:
            await self._workspace.store.write(_open_run, operation, context, tuple(self._unstored))
            self._unstored.clear()
        self.handles[handle.run_id] = handle
        self._workspace.events.publish(RunStarted(context.run))
        with noting(handle.attempts):  # a task begun here carries it along
            handle.body = self._workspace.tasks.start(f"body {operation.id}", _ending(operation, context, params))
        handle.task = self._workspace.tasks.start(f"run {operation.id}", self._run(handle, handle.body))
        return handle

    async def _run(self, handle: RunHandle, body: asyncio.Task[MusterError | None]) -> Report:
        begun = time.monotonic()
        beating = self._workspace.tasks.start("beat", self._beat(handle))
        error: MusterError | None
        try:
            error = await body
        except asyncio.CancelledError:  # before its first step
            error = Cancelled(_("Cancelled."))
        finally:
            beating.cancel()
        await note_mapping(handle.context, handle.operation)
        handle.context.warnings += clock_warnings(handle.attempts.clocks)
        error = handle.context.lost or error
        run = _finished(handle.context, error, round((time.monotonic() - begun) * 1000))
        if handle.operation.history and not run.dry_run:
            await self._close(handle, run)
        del self.handles[run.run_id]
        log.info("Run %s %s %s: %s", run.run_id, run.operation, run.state, run.summary)
        self._workspace.events.publish(RunEnded(run))
        context = handle.context
        if context.once:
            run = replace(run, result={**(run.result or {}), **context.once})
        return Report(run, tuple(context.outcomes), context.plans, error, context.held, context.found)

    async def _close(self, handle: RunHandle, run: Run) -> None:
        """Store the end; where the store refuses even that, it is stored when the next run starts."""
        ended = _Ended(run, handle.context.connection, handle.operation, handle.attempts.told())
        try:
            await self._workspace.store.write(_close_run, ended, self._workspace)
        except MusterError as problem:
            log.error("Run %s: its end could not be stored: %s", run.run_id, problem.message)  # noqa: TRY400
            self._unstored.append(ended)
        if handle.context.connection is not None:
            self._workspace.events.publish(ConnectionsChanged())

    async def _beat(self, handle: RunHandle) -> None:
        """Keep the lease; when it was lost (this computer slept), stop before anything else is written."""
        if not handle.operation.target or handle.context.dry_run:
            return
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await self._workspace.store.write(leases.beat, handle.run_id)
            except leases.LeaseLost as error:
                log.warning("Run %s: %s", handle.run_id, error.message)
                handle.context.lost = error
                handle.cancel()
                return
            except MusterError as error:  # the store is busy or the disk full: the next beat may get through
                log.warning("Run %s: no sign of life could be given: %s", handle.run_id, error.message)


def _leaving_out(operation: Operation, params: Mapping[str, Any], without: Sequence[str]) -> dict[str, Any]:
    if all(known.name != "without" for known in fields(operation.params)):
        raise UsageError(_("This run cannot leave anything out."))
    return {**params, "without": [*params.get("without", ()), *without]}


@dataclass(frozen=True)
class _Ended:
    """What is stored of a run that is over."""

    run: Run
    connection: Connection | None
    operation: Operation
    attempts: Attempts


def _open_run(operation: Operation, context: RunContext, unstored: Iterable[_Ended]) -> None:
    workspace = context.workspace
    for ended in unstored:
        _close_run(ended, workspace)
    if operation.target:
        connection_id = context.connection.id if context.connection else ""
        target = operation.target.format(connection=connection_id)
        leases.take_lease(leases.Claim(target, context.run.run_id, operation.id, context.run.actor))
    workspace.event_log.mark_interrupted()
    runs.begin_run(context.run)
    workspace.event_log.run_started(context.run, context.connection, operation)
    workspace.audit.run_started(context.run, context.connection)


def _close_run(ended: _Ended, workspace: Workspace) -> None:
    run, connection, operation = ended.run, ended.connection, ended.operation
    runs.end_run(run)
    if connection is not None:
        attempts.keep_attempts(run.run_id, ended.attempts)
    leases.give_back(run.run_id)
    workspace.event_log.run_ended(run, connection, operation)
    workspace.audit.run_ended(run, connection)
    if connection is None or not operation.remote or not operation.fetches:
        return
    if run.state is not RunState.CANCELLED and not (run.error and (run.error.of_store or run.error.of_asking)):
        error, kind = (run.error.message, run.error.kind) if run.error else (None, None)
        moved = connections.note_sync(connection.id, error=error, kind=kind)
        workspace.event_log.status_changed(connection.id, moved, run.error.kind if run.error else "sync")


async def _ending(operation: Operation, context: RunContext, params: Any) -> MusterError | None:
    """Run the body to its end, whatever that is; the one place where any exception is caught."""
    try:
        await operation.body(context, params)
    except asyncio.CancelledError:
        return Cancelled(_("Cancelled."))
    except MusterError as error:
        return Cancelled(_("Cancelled.")) if context.stop.is_set() else error
    except Exception as error:  # the runner's edge: a bug ends the run, not the program
        log.exception("Run %s failed", context.run.run_id)
        cause = redact(f"{type(error).__name__}: {error}")
        return Unexpected(_("An unexpected fault ended the run: {cause}").format(cause=cause))
    return None


def _finished(context: RunContext, error: MusterError | None, duration_ms: int) -> Run:
    fatal = next((o.message for o in context.outcomes if o.status is Status.FATAL), None)
    return replace(
        context.run,
        state=_state(error),
        duration_ms=context.run.duration_ms + duration_ms,
        summary=context.summary,
        reasons=dict(context.reasons),
        warnings=tuple(context.warnings),
        result=context.rows if context.rows is not None else context.result or None,
        first_fatal=fatal or (redact(error.message) if error and not isinstance(error, Cancelled) else None),
        error=run_error(error) if error else None,
    )


def run_error(error: MusterError) -> RunError:
    """What is kept of an error that ended a run, or kept it from starting."""
    return RunError(error.kind, redact(error.message), error.remedy, error.retry_after, error.code)


def _state(error: MusterError | None) -> RunState:
    if error is None:
        return RunState.FINISHED
    if isinstance(error, Cancelled):
        return RunState.CANCELLED
    return RunState.FAILED if isinstance(error, Unexpected) else RunState.STOPPED
