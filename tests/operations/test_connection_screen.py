"""What the Connections screen asks of the operations: stages as they happen, stored reports, what blanks stand for."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.kinds import ConnectionKind
from app.events import StageReached
from app.operations.connections import standing_in
from app.operations.reports import read_report, stored_report
from app.store import connections
from app.workspace import Workspace
from tests.support.records import connection
from tests.support.running import run


@pytest.fixture
async def connected(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    await connect_demo(workspace, small_world.describe())
    return workspace


async def test_each_stage_is_told_when_it_begins_and_when_it_ends(connected: Workspace) -> None:
    heard: list[tuple[str, bool | None]] = []
    connected.events.subscribe(
        StageReached, lambda event: heard.append((event.name, event.stage.ok if event.stage else None))
    )
    await run(connected, "connections.test", "vitec")
    names = ["settings", "address", "sign_in", "rights", "data"]
    assert heard == [told for name in names for told in ((name, None), (name, True))]


async def test_a_test_before_saving_tells_its_stages_too(connected: Workspace, small_world: DemoWorld) -> None:
    small_world.vitec.fault = FaultPlan(Fault.FORBIDDEN, only="installation")
    heard: list[StageReached] = []
    connected.events.subscribe(StageReached, heard.append)
    known = await connected.store.read(connections.find_connection, "vitec")
    assert known is not None
    settings = {key: str(value) for key, value in known.settings.items()}
    report = await run(
        connected, "connections.try", params={"kind": "vitec", "settings": settings, "connection": known.id}
    )
    assert heard[-1].name == "rights"
    assert heard[-1].stage is not None
    assert not heard[-1].stage.ok
    assert {event.run_id for event in heard} == {report.run.run_id}


async def test_the_stored_report_is_the_one_that_was_shown(connected: Workspace) -> None:
    report = await run(connected, "connections.test", "vitec")
    known = await connected.store.read(connections.find_connection, "vitec")
    assert known is not None
    assert stored_report(known) == read_report(report.run.result)


async def test_edited_settings_forget_the_last_test(connected: Workspace) -> None:
    await run(connected, "connections.test", "vitec")
    await run(connected, "connections.update", "vitec", params={"settings": {"product_login": "other"}})
    known = await connected.store.read(connections.find_connection, "vitec")
    assert known is not None
    assert (known.last_test, known.last_test_at, known.last_test_ok) == (None, None, None)


async def test_a_new_name_keeps_the_last_test(connected: Workspace) -> None:
    await run(connected, "connections.test", "vitec")
    await run(connected, "connections.update", "vitec", params={"name": "Hub"})
    known = await connected.store.read(connections.find_connection, "Hub")
    assert known is not None
    assert known.last_test_ok


@pytest.mark.parametrize("kept", [None, {}, {"success": True}, {"success": "yes", "stages": [], "message": ""}])
def test_a_report_of_another_shape_is_none(kept: Any) -> None:
    assert stored_report(connection(last_test=kept)) is None


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ("", "https://hub.qa.vitecnext.no"),
        ("test", "https://hub.qa.vitecnext.no"),
        ("PROD", "https://hub.megler.vitec.net"),
        ("staging", ""),
    ],
)
def test_a_blank_address_stands_for_the_environments(environment: str, address: str) -> None:
    assert standing_in(ConnectionKind.VITEC, {"environment": environment}) == {"base_url": address}


async def test_while_the_breaker_is_open_the_status_says_until_when(
    connected: Workspace, small_world: DemoWorld, no_waiting: list[float]
) -> None:
    small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR)
    for _failure in range(5):
        await run(connected, "offices.sync", "vitec")
    status = await run(connected, "connections.status", "vitec")
    assert status.run.result["calls_refused_until"].endswith("Z")
    small_world.vitec.fault = FaultPlan()
    await run(connected, "connections.test", "vitec")
    status = await run(connected, "connections.status", "vitec")
    assert status.run.result["calls_refused_until"] is None
