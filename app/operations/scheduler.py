"""The scheduler: starts what is due, while the program runs (connections.md §11).

Of all programs on one database exactly one starts a schedule: whoever moves it on first, in a transaction. It goes by
the clock that they share and looks at it at least twice a minute, so sleep, a restart and a clock that was set forward
or back cost one late run each and nothing more.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.audit import AuditKind, AuditNote
from app.domain.connections import Connection
from app.domain.ids import new_id
from app.domain.outcomes import Run, RunError, RunState, Trigger
from app.domain.schedules import (
    Schedule,
    Verdict,
    after_run,
    caught_up,
    given_up,
    planned,
    postponed,
    resolved,
    verdict,
)
from app.domain.timing import today
from app.errors import Busy, ErrorKind, Held, MusterError
from app.events import ConnectionsChanged, SchedulePaused, SchedulesChanged
from app.operations.hindrances import hindrance, sync_interval_s
from app.operations.runner import BEAT_S, Report, Request, RunHandle, run_error
from app.operations.webhooks.sources import schedule_paused
from app.redaction import redact
from app.store import connections, leases
from app.store import schedules as stored

if TYPE_CHECKING:
    from app.workspace import Workspace

log = logging.getLogger(__name__)
AT_ONCE = 4
"""How many scheduled runs go on side by side; the others begin as these end."""
LOOK_S = 30.0  # the clock may have been moved, or another program have changed a schedule
_MARGIN_S = 0.05
_REMEMBERED = 1000


@dataclass(frozen=True)
class Ran:
    """A schedule that was due: its run, or why there was none."""

    schedule: Schedule
    run: Run | None
    reason: str = ""


class Scheduler:
    """Runs the schedules of one workspace. Belongs to one event loop.

    `clock` gives the shared present and is called on the store's thread; `chance` a number from 0 to 1.
    """

    def __init__(
        self,
        workspace: Workspace,
        clock: Callable[[], datetime] = stored.shared_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._chance = chance
        self._changed = asyncio.Event()
        self._under_way: dict[str, asyncio.Task[Ran]] = {}
        self._handles: dict[str, RunHandle] = {}
        self._owed: list[str] = []
        self.ran: deque[Ran] = deque(maxlen=_REMEMBERED)
        for event in (SchedulesChanged, ConnectionsChanged):
            workspace.events.subscribe(event, self._wake)

    async def run(self) -> None:
        """Start what is due, for as long as the program runs; ends when it is cancelled."""
        while True:
            self._changed.clear()
            wait_s = LOOK_S
            try:
                wait_s = await self.look()
            except MusterError as error:  # a busy or full disk passes
                log.warning("Schedules: %s", error.message)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()

    async def run_due(self) -> list[Ran]:
        """Start what is due now and wait for its end."""
        await self.look()
        while self._under_way:
            await asyncio.wait(self._under_way.values())
            await self.look()
        return self._taken()

    async def stop(self) -> list[Ran]:
        """Start nothing more, cancel what it started and wait for that; what ran so far."""
        for handle in self._handles.values():
            handle.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way.values())
        return self._taken()

    def _taken(self) -> list[Ran]:
        ended = list(self.ran)
        self.ran.clear()
        return ended

    async def look(self) -> float:
        """Start what is due now; seconds until there is a reason to look again."""
        await self._give_back()
        now = await self.now()
        wait_s = LOOK_S
        for schedule in await self._workspace.store.read(stored.schedules):
            if schedule.id in self._under_way:
                continue
            found = verdict(schedule, now)
            if found is Verdict.START and len(self._under_way) < AT_ONCE:
                await self._begin(schedule, now)
            elif found is Verdict.POSTPONE:
                await self._move(schedule, postponed(schedule, now))
            elif found is Verdict.WAIT and schedule.due_at is not None and not schedule.paused:
                wait_s = min(wait_s, (schedule.due_at - now).total_seconds() + _MARGIN_S)
        return wait_s

    async def start(self, schedule: Schedule, trigger: Trigger) -> RunHandle:
        """Run what a schedule says, now.

        Raises what `Runner.start` raises.
        """
        connection = await self._connection(schedule)
        params = resolved(schedule.params, today(schedule.timing, await self.now()))
        request = Request(schedule.operation, connection.name if connection else "", params, trigger=trigger)
        return await self._workspace.runner.start(request)

    async def now(self) -> datetime:
        """The present on the clock that all programs on this database share."""
        return await self._workspace.store.read(self._clock)

    async def replanned(self, schedule: Schedule) -> Schedule:
        """The schedule with a next time from now on."""
        interval_s = await self.interval_s(schedule)
        return planned(schedule, await self.now(), interval_s, self._chance())

    async def interval_s(self, schedule: Schedule) -> int:
        """Seconds between runs, where the schedule does not say its own."""
        connection = await self._connection(schedule)
        return sync_interval_s(self._workspace, connection)

    async def _connection(self, schedule: Schedule) -> Connection | None:
        if not schedule.connection:
            return None
        return await self._workspace.store.read(connections.find_connection, schedule.connection)

    def _wake(self, _event: object) -> None:
        self._changed.set()

    async def _begin(self, schedule: Schedule, now: datetime) -> None:
        """Take the schedule and run it, or say why it is skipped this time."""
        connection = await self._connection(schedule)
        await self._workspace.profile.load()
        following = planned(schedule, now, sync_interval_s(self._workspace, connection), self._chance())
        if reason := await hindrance(self._workspace, schedule, connection):
            await self._skip(schedule, following, reason, now)
            return
        lease = leases.Claim(f"schedule:{schedule.id}", new_id(), schedule.operation, schedule.name)
        try:
            taken = await self._workspace.store.write(stored.claim, schedule, following, lease)
        except Busy as error:
            await self._skip(schedule, following, error.message, now)
            return
        if not taken:
            return  # another program has it
        if caught_up(schedule, now):
            log.info("Schedule %s makes up for %s", schedule.name, schedule.due_at)
        taken_now = replace(following, skip_reason="")
        task = self._workspace.tasks.start(f"schedule {schedule.name}", self._run(taken_now, lease.run_id))
        self._under_way[schedule.id] = task
        task.add_done_callback(lambda _task: self._ended(schedule.id))

    def _ended(self, schedule_id: str) -> None:
        del self._under_way[schedule_id]
        self._handles.pop(schedule_id, None)
        self._changed.set()

    async def _skip(self, schedule: Schedule, following: Schedule, reason: str, now: datetime) -> None:
        moved = given_up(replace(following, skip_reason=reason), now)
        log.info("Schedule %s is skipped: %s", schedule.name, reason)
        self.ran.append(Ran(schedule, None, reason))
        await self._move(schedule, moved)

    async def _move(self, schedule: Schedule, to: Schedule) -> None:
        if await self._workspace.store.write(self._keep, stored.move, schedule, to):
            self._tell(schedule, to)

    def _keep(self, write: Callable[[Schedule, Schedule], bool], before: Schedule, after: Schedule) -> bool:
        """Store, and where it paused itself in the audit trail and for webhooks (webhooks.md §3)."""
        kept = write(before, after)
        if kept and after.paused and not before.paused:
            pause = {"paused": True, "reason": after.pause_reason}
            note = AuditNote(AuditKind.SETTING_CHANGED, "schedules.pause", after.name, after.id, after=pause)
            self._workspace.audit.add(note, trigger=Trigger.SCHEDULE)
            self._workspace.event_log.add([schedule_paused(after)])
        return kept

    def _tell(self, before: Schedule, after: Schedule) -> None:
        if after.paused and not before.paused:
            log.warning("Schedule %s paused itself: %s", after.name, after.pause_reason)
            self._workspace.events.publish(SchedulePaused(after))
        self._workspace.events.publish(SchedulesChanged())

    async def _run(self, schedule: Schedule, lease_id: str) -> Ran:
        """One run from its start to what it means for the schedule."""
        try:
            ran = await self._finished(schedule, lease_id)
        finally:
            self._owed.append(lease_id)
            await self._give_back()
        self.ran.append(ran)
        return ran

    async def _give_back(self) -> None:
        """Let go of what was held; where the store refuses that, again at the next look."""
        while self._owed:
            lease_id = self._owed.pop()  # at once: the end of a run and a look come here side by side
            try:
                await self._workspace.store.write(leases.give_back, lease_id)
            except MusterError as error:
                self._owed.append(lease_id)
                log.warning("Schedules: %s", error.message)
                return

    async def _finished(self, schedule: Schedule, lease_id: str) -> Ran:
        try:
            handle = await self.start(schedule, Trigger.RETRY if schedule.failures else Trigger.SCHEDULE)
        except MusterError as error:  # it could not even start
            run = _not_started(schedule, error, await self.now())
            reason = redact(error.message)
        else:
            self._handles[schedule.id] = handle
            report = await self._report(handle, lease_id)
            run = _with_held(report)
            reason = run.error.message if run.error else ""
        now, interval_s = await self.now(), await self.interval_s(schedule)
        settled = after_run(schedule, run, now, interval_s, self._chance())
        await self._workspace.store.write(self._keep, stored.settle, schedule, settled)
        self._tell(schedule, settled)
        return Ran(settled, replace(run, result=None) if run.run_id else None, reason)

    async def _report(self, handle: RunHandle, lease_id: str) -> Report:
        """Wait for the end, giving signs of life; a schedule that another program took over ends here."""
        assert handle.task is not None
        while not handle.task.done():
            await asyncio.wait([handle.task], timeout=BEAT_S)
            if not handle.task.done():
                try:
                    await self._workspace.store.write(leases.beat, lease_id)
                except leases.LeaseLost:
                    handle.cancel()
                except MusterError as error:
                    log.warning("Schedule %s: no sign of life could be given: %s", handle.run_id, error.message)
        return handle.task.result()


async def replan_following(workspace: Workspace, connection_id: str = "") -> None:
    """Give schedules that go by `sync_interval` a new next time, those of one connection or all, after it changed."""
    for schedule in await workspace.store.read(stored.schedules):
        follows = not schedule.paused and not schedule.timing.cron and not schedule.timing.every_s
        if follows and connection_id in ("", schedule.connection):
            await workspace.store.write(stored.move, schedule, await workspace.scheduler.replanned(schedule))
    workspace.events.publish(SchedulesChanged())


def _not_started(schedule: Schedule, error: MusterError, now: datetime) -> Run:
    return Run("", schedule.operation, "", RunState.STOPPED, now, error=run_error(error))


def _with_held(report: Report) -> Run:
    """The run; one that a guard held part of back waits for a person as one that it held back whole."""
    if report.error is not None or not report.held:
        return report.run
    return replace(report.run, error=RunError(ErrorKind.HELD, report.held, code=Held.code))
