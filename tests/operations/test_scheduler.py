"""The scheduler with a moved clock: fires, skips with the reason, catches up, never twice (connections.md §11)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.access import Role
from app.demo.world import DemoWorld
from app.domain.outcomes import RunState, Trigger
from app.domain.schedules import Schedule
from app.domain.webhooks.events import EventType
from app.errors import Busy, ErrorKind
from app.events import SchedulePaused, SchedulesChanged
from app.operations.registry import find_operation
from app.operations.scheduler import Ran, Scheduler
from app.store import leases, runs
from app.store import schedules as stored
from app.store.audit_rows import AuditRow
from app.store.database import fetch
from app.store.webhook_rows import WebhookEventRow
from app.workspace import Workspace
from tests.support.running import run

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


class Clock:
    """The clock that the programs of a test share."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def scheduler(desk: Workspace, clock: Clock) -> Scheduler:
    """That of a workspace connected to the demo world, at noon, with one schedule every 15 minutes."""
    scheduler = Scheduler(desk, clock, lambda: 0.5)
    vars(desk)["scheduler"] = scheduler
    await run(desk, "schedules.create", params={"operation": "offices.sync", "name": "offices"})
    return scheduler


async def schedule_of(workspace: Workspace, name: str = "offices") -> Schedule:
    found = await workspace.store.read(stored.find_schedule, name)
    assert found is not None
    return found


def states(ran: list[Ran]) -> list[RunState | None]:
    return [one.run.state if one.run else None for one in ran]


async def shown(workspace: Workspace) -> dict[str, Any]:
    report = await run(workspace, "connections.status", "vitec")
    assert isinstance(report.run.result, dict)
    return report.run.result


class TestFiring:
    async def test_nothing_runs_before_its_time_and_one_run_at_it(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        clock.forward(seconds=899)
        assert await scheduler.run_due() == []
        clock.forward(seconds=1)
        assert states(await scheduler.run_due()) == [RunState.FINISHED]
        assert await scheduler.run_due() == []
        schedule = await schedule_of(desk)
        assert schedule.due_at == clock.now + timedelta(seconds=900)
        ran = await desk.store.read(runs.find_run, schedule.last_run_id)
        assert ran is not None
        assert (ran.trigger, ran.operation, ran.connection) == (Trigger.SCHEDULE, "offices.sync", "vitec")

    async def test_it_wakes_by_itself_when_a_schedule_becomes_due(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        service = desk.tasks.start("scheduler", scheduler.run())
        await asyncio.sleep(0)
        clock.forward(minutes=15)
        await run(desk, "schedules.update", params={"id": "offices", "name": "renamed"})  # a change wakes it
        async with asyncio.timeout(20):
            while not scheduler.ran:
                await asyncio.sleep(0.01)
        service.cancel()
        assert states(list(scheduler.ran)) == [RunState.FINISHED]

    async def test_it_goes_on_after_a_run(self, desk: Workspace, scheduler: Scheduler, clock: Clock) -> None:
        service = desk.tasks.start("scheduler", scheduler.run())
        async with asyncio.timeout(30):
            for round_ in range(1, 4):
                clock.forward(minutes=15)
                desk.events.publish(SchedulesChanged())
                while len(scheduler.ran) < round_:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0.1)
                assert not service.done()
        service.cancel()
        assert states(list(scheduler.ran)) == [RunState.FINISHED] * 3

    async def test_words_for_days_are_dates_in_the_run(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        params = {
            "operation": "onec.agents",
            "name": "people",
            "params": {"start_date": "today-1", "end_date": "today"},
        }
        report = await run(desk, "schedules.create", params=params)
        assert report.exit_code == 0, report.error
        clock.forward(minutes=15)
        people = next(one for one in await scheduler.run_due() if one.schedule.name == "people")
        assert people.run is not None
        assert people.run.params["start_date"] == "2026-03-04"

    async def test_run_now_runs_it_and_leaves_its_time(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        before = await schedule_of(desk)
        report = await run(desk, "schedules.run_now", params={"id": "offices"})
        assert isinstance(report.run.result, dict)
        ran = await desk.store.read(runs.find_run, report.run.result["run_id"])
        assert ran is not None
        assert (ran.trigger, ran.state) == (Trigger.MANUAL, RunState.FINISHED)
        assert (await schedule_of(desk)).due_at == before.due_at


class TestCatchingUp:
    async def test_after_a_sleep_of_three_hours_there_is_one_run(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        clock.forward(hours=3)
        assert states(await scheduler.run_due()) == [RunState.FINISHED]
        assert await scheduler.run_due() == []
        assert (await schedule_of(desk)).due_at == clock.now + timedelta(minutes=15)

    async def test_after_a_restart_there_is_one_run(self, desk: Workspace, scheduler: Scheduler, clock: Clock) -> None:
        clock.forward(days=2)
        restarted = Scheduler(desk, clock, lambda: 0.5)
        assert states(await restarted.run_due()) == [RunState.FINISHED]
        assert await restarted.run_due() == []

    async def test_a_clock_that_was_set_back_costs_one_run(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        clock.forward(days=-400)
        assert states(await scheduler.run_due()) == [RunState.FINISHED]
        assert await scheduler.run_due() == []
        assert (await schedule_of(desk)).due_at == clock.now + timedelta(minutes=15)

    async def test_in_quiet_hours_it_waits_for_their_end(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        await run(desk, "schedules.update", params={"id": "offices", "quiet": "20:00-06:00", "zone": "UTC"})
        clock.forward(hours=10)
        assert await scheduler.run_due() == []
        assert (await shown(desk))["next_sync_reason"] == "Nothing starts in the quiet hours 20:00-06:00."
        clock.forward(hours=8)
        assert states(await scheduler.run_due()) == [RunState.FINISHED]


@contextmanager
def as_role(workspace: Workspace, role: Role) -> Iterator[None]:
    before = workspace.settings.role
    workspace.settings_file.change(role=role)
    yield
    workspace.settings_file.change(role=before)


class TestSkipping:
    async def skipped(self, desk: Workspace, scheduler: Scheduler, clock: Clock) -> str:
        """The reason, which is also what the connection's status says; nothing was run."""
        before = len(await desk.store.read(runs.runs))
        clock.forward(minutes=15)
        (ran,) = await scheduler.run_due()
        assert ran.run is None
        assert len(await desk.store.read(runs.runs)) == before
        schedule = await schedule_of(desk)
        assert (schedule.skip_reason, schedule.failures) == (ran.reason, 0)
        assert schedule.due_at == clock.now + timedelta(minutes=15)
        assert (await shown(desk))["next_sync_reason"] == ran.reason
        return ran.reason

    async def test_on_a_paused_connection(self, desk: Workspace, scheduler: Scheduler, clock: Clock) -> None:
        await run(desk, "connections.update", "vitec", params={"paused": True})
        assert await self.skipped(desk, scheduler, clock) == "The connection vitec is paused."
        assert (await shown(desk))["next_sync"] is None
        await run(desk, "connections.update", "vitec", params={"paused": False})
        clock.forward(minutes=15)
        assert states(await scheduler.run_due()) == [RunState.FINISHED]

    async def test_while_the_breaker_is_open(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(desk.links, "refused_until", lambda _id: datetime(2026, 3, 5, 13, tzinfo=UTC))
        assert "failed several times in a row" in await self.skipped(desk, scheduler, clock)

    async def test_when_the_role_lacks_the_permission(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        with as_role(desk, Role.VIEWER):
            reason = await self.skipped(desk, scheduler, clock)
        assert reason == "Your role (viewer) lacks the permission integrations.sync."

    async def test_when_another_run_holds_the_target(self, desk: Workspace, scheduler: Scheduler, clock: Clock) -> None:
        target = find_operation("offices.sync").target.format(connection=(await schedule_of(desk)).connection)
        claim = leases.Claim(target, "other", "offices.sync", "somebody")
        await desk.store.write(leases.take_lease, claim)
        clock.forward(minutes=15)
        (ran,) = await scheduler.run_due()
        assert (ran.run, ran.schedule.failures) == (None, 0)
        assert ran.reason.startswith("somebody is already running offices.sync")

    async def test_after_a_refused_sign_in_until_a_test_goes_well(
        self, desk: Workspace, small_world: DemoWorld, scheduler: Scheduler, clock: Clock
    ) -> None:
        await run(desk, "connections.update", "vitec", secrets={"access_key": "a-wrong-key-altogether"})
        clock.forward(minutes=15)
        (ran,) = await scheduler.run_due()
        assert ran.run is not None
        assert ran.run.error is not None
        assert ran.run.error.kind == ErrorKind.REFUSED_SIGN_IN
        clock.forward(minutes=15)
        (skipped,) = await scheduler.run_due()
        assert (skipped.run, skipped.reason[:29]) == (None, "vitec refused the sign-in. Si")
        right = small_world.describe()["vitec"]["access_key"]
        await run(desk, "connections.update", "vitec", secrets={"access_key": right})
        assert (await run(desk, "connections.test", "vitec")).exit_code == 0
        clock.forward(minutes=15)
        assert states(await scheduler.run_due()) == [RunState.FINISHED]

    async def test_a_run_that_a_guard_holds_is_no_failure_and_says_why(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock, small_world: DemoWorld
    ) -> None:
        await run(desk, "people.sync")
        await run(desk, "schedules.create", params={"operation": "people.sync", "name": "people"})
        for employee in small_world.supabase.employees[:8]:
            employee["status"] = "concediu"
        clock.forward(minutes=15)
        people = next(ran for ran in await scheduler.run_due() if ran.schedule.name == "people")
        assert "more than usual" in people.reason
        schedule = await schedule_of(desk, "people")
        assert (schedule.skip_reason, schedule.failures) == (people.reason, 0)


class TestTwoPrograms:
    async def test_of_two_programs_one_starts_it(self, desk: Workspace, scheduler: Scheduler, clock: Clock) -> None:
        other = Scheduler(desk, clock, lambda: 0.5)
        clock.forward(minutes=15)
        ran = await asyncio.gather(scheduler.run_due(), other.run_due())
        assert sorted(map(len, ran)) == [0, 1]

    async def test_a_claim_on_what_another_moved_on_fails(self, desk: Workspace, scheduler: Scheduler) -> None:
        seen = await schedule_of(desk)
        following = replace(seen, due_at=NOON + timedelta(hours=1))
        one, two = (leases.Claim(f"schedule:{seen.id}", name, seen.operation, "s") for name in ("one", "two"))
        assert await desk.store.write(stored.claim, seen, following, one)
        assert not await desk.store.write(stored.claim, seen, following, two)

    async def test_while_its_last_run_goes_on_it_is_skipped(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        schedule = await schedule_of(desk)
        claim = leases.Claim(f"schedule:{schedule.id}", "running", "offices.sync", "offices")
        await desk.store.write(leases.take_lease, claim)
        clock.forward(minutes=15)
        (ran,) = await scheduler.run_due()
        assert (ran.run, ran.reason.startswith("offices is already running offices.sync")) == (None, True)
        await desk.store.write(leases.give_back, "running")
        clock.forward(minutes=15)
        assert states(await scheduler.run_due()) == [RunState.FINISHED]

    async def test_a_pause_during_a_run_stays(self, desk: Workspace, scheduler: Scheduler, clock: Clock) -> None:
        before = await schedule_of(desk)
        await run(desk, "schedules.pause", params={"id": "offices"})
        failed = replace(before, failures=1, due_at=clock.now)
        await desk.store.write(stored.settle, before, failed)
        after = await schedule_of(desk)
        assert (after.paused, after.due_at, after.failures) == (True, None, 1)


def status_events() -> list[dict[str, Any]]:
    """What webhooks are told of connections that changed their status, oldest first."""
    e = WebhookEventRow
    query = e.select(e.payload).where(e.event_type == EventType.CONNECTION_STATUS.value).order_by(e.occurred_at)
    return [json.loads(payload) for (payload,) in fetch(query)]


class TestFailing:
    async def test_it_is_tried_again_and_pauses_itself_with_an_event(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock, no_waiting: list[float]
    ) -> None:
        paused: list[SchedulePaused] = []
        desk.events.subscribe(SchedulePaused, paused.append)
        await run(desk, "connections.update", "vitec", params={"settings": {"base_url": "http://127.0.0.1:9"}})
        triggers = []
        for _failure in range(20):
            await desk.links.let_pass((await schedule_of(desk)).connection)
            clock.forward(hours=1, minutes=10)
            (ran,) = await scheduler.run_due()
            assert ran.run is not None
            triggers.append(ran.run.trigger)
        assert triggers[:2] == [Trigger.SCHEDULE, Trigger.RETRY]
        schedule = await schedule_of(desk)
        assert (schedule.paused, schedule.pause_reason) == (True, "It failed 20 times in a row.")
        assert [event.schedule.name for event in paused] == ["offices"]
        noted = await desk.store.read(lambda: fetch(AuditRow.select(AuditRow.operation, AuditRow.object)))
        assert ("schedules.pause", "offices") in noted
        told = await desk.store.read(status_events)
        assert (told[-1]["new_status"], told[-1]["reason"]) == ("schedule_paused", "failures_in_a_row")
        assert told[-1]["connection_id"] == schedule.connection
        await run(desk, "connections.update", "vitec", params={"settings": {"base_url": ""}})
        await run(desk, "schedules.resume", params={"id": "offices"})
        again = await schedule_of(desk)
        assert (again.paused, again.failures, again.due_at) == (False, 0, clock.now + timedelta(minutes=15))
        assert (await desk.store.read(status_events))[-1]["new_status"] == "schedule_active"

    async def test_a_store_that_refuses_for_a_moment_does_not_stop_it_for_good(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        give_back, refusals = leases.give_back, [Busy("The database is busy.")]

        def refusing(run_id: str) -> None:
            if refusals and runs.find_run(run_id) is None:  # the lease of the schedule, not that of its run
                raise refusals.pop()
            give_back(run_id)

        monkeypatch.setattr(leases, "give_back", refusing)
        for _time in range(2):
            clock.forward(minutes=15)
            assert states(await scheduler.run_due()) == [RunState.FINISHED]
        assert not refusals

    async def test_an_operation_that_is_gone_is_skipped_with_the_reason(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        schedule = replace(await schedule_of(desk), operation="offices.vanished")
        await desk.store.write(stored.change_schedule, schedule)
        clock.forward(minutes=15)
        (ran,) = await scheduler.run_due()
        assert ran.reason == "There is no operation offices.vanished."

    async def test_closing_cancels_what_runs_and_keeps_the_next_time(
        self, desk: Workspace, scheduler: Scheduler, clock: Clock
    ) -> None:
        clock.forward(minutes=15)
        await scheduler.look()
        ran = await scheduler.stop()
        assert len(ran) == 1
        schedule = await schedule_of(desk)
        assert (schedule.failures, schedule.due_at) == (0, clock.now + timedelta(minutes=15))
        await desk.store.read(leases.refuse_held, f"schedule:{schedule.id}")  # free again
