"""Connections are looked at by themselves every ten minutes, and left alone where that is better."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.audit import Via
from app.domain.connections import Connection
from app.operations import prober
from app.operations.prober import Prober
from app.store import connections
from app.store.schedules import shared_now
from app.workspace import Workspace
from tests.support.running import run


class Clock:
    """The present, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return shared_now() + self.ahead

    def pass_minutes(self, minutes: float) -> None:
        self.ahead += timedelta(minutes=minutes)


@pytest.fixture
async def linked(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    """A workspace with the connection `vitec`."""
    await connect_demo(workspace, {"vitec": small_world.describe()["vitec"]})
    return workspace


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def stored(workspace: Workspace) -> Connection:
    found = await workspace.store.read(connections.find_connection, "vitec")
    assert found is not None
    return found


async def test_it_looks_at_once_and_then_every_ten_minutes(linked: Workspace, clock: Clock) -> None:
    probes = Prober(linked, clock)
    assert await probes.look() == ["vitec"]
    assert (await stored(linked)).last_test_ok
    clock.pass_minutes(9.5)
    assert await probes.look() == []
    clock.pass_minutes(1)
    assert await probes.look() == ["vitec"]


@pytest.mark.parametrize("operation", ["offices.sync", "connections.test"])
async def test_a_sync_or_a_test_that_just_ran_makes_it_needless(
    linked: Workspace, clock: Clock, operation: str
) -> None:
    await run(linked, operation, "vitec")
    assert await Prober(linked, clock).look() == []
    clock.pass_minutes(11)
    assert await Prober(linked, clock).look() == ["vitec"]


async def test_a_system_that_went_away_is_noticed_and_tried_no_more_often(
    linked: Workspace, small_world: DemoWorld, clock: Clock
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN)
    probes = Prober(linked, clock)
    assert await probes.look() == ["vitec"]
    assert (await stored(linked)).last_error
    assert await probes.look() == []
    small_world.vitec.fault = FaultPlan()
    clock.pass_minutes(11)
    assert await probes.look() == ["vitec"]
    assert (await stored(linked)).last_error is None


async def test_a_refused_key_is_not_tried_over_and_over(
    linked: Workspace, small_world: DemoWorld, clock: Clock
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.UNAUTHORIZED)
    probes = Prober(linked, clock)
    await probes.look()
    clock.pass_minutes(60)
    assert await probes.look() == []


@pytest.mark.parametrize("action", ["paused", "held", "incomplete"])
async def test_what_is_paused_held_back_or_incomplete_is_left_alone(
    linked: Workspace, clock: Clock, action: str
) -> None:
    match action:
        case "paused":
            await run(linked, "connections.update", "vitec", params={"paused": True})
        case "held":
            linked.audit.via = Via.WINDOW
            await run(linked, "connections.hold", "vitec", params={"action": "hold"})
        case _:
            await run(linked, "connections.update", "vitec", params={"settings": {"product_login": ""}})
    assert await Prober(linked, clock).look() == []


async def test_while_the_breaker_refuses_calls_nothing_is_asked(
    linked: Workspace, small_world: DemoWorld, clock: Clock, no_waiting: list[float]
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR)
    for _failure in range(5):
        await run(linked, "offices.sync", "vitec")
    assert linked.links.refused_until((await stored(linked)).id) is not None
    clock.pass_minutes(11)
    assert await Prober(linked, clock).look() == []


async def test_it_goes_on_until_it_is_cancelled(
    linked: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prober, "LOOK_S", 0.01)
    task = linked.tasks.start("probes", Prober(linked, clock).run())
    while not (await stored(linked)).last_test_ok:
        assert not task.done()
    task.cancel()
