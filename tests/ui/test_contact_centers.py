"""What the window does for contact centres whatever page is shown: statuses leave, alarms are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain.contact_center.pushes import StatusUpdate
from app.operations.contact_center import live_feed
from app.operations.contact_center.live import Wanted
from app.workspace import Workspace
from tests.support.live_center import LiveCenter, connect, load
from tests.support.running import run
from tests.support.window import Heard, eventually
from ui.contact_centers import work_for_contact_centers
from ui.desk import Desk

PATH = "/status"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked every 50 ms rather than every few seconds."""
    monkeypatch.setattr(live_feed, "_EARLIER_S", 100.0)
    monkeypatch.setattr(live_feed, "_QUICKEST_S", 0.05)


@pytest.fixture
async def center() -> AsyncIterator[LiveCenter]:
    async with LiveCenter().serving() as center:
        center.server.answers[PATH] = (200, b"")
        yield center


@pytest.fixture
async def working(desk: Desk) -> AsyncIterator[Workspace]:
    """The window's work under way, ended before the platform goes."""
    task = desk.workspace.tasks.start("work", work_for_contact_centers(desk))
    yield desk.workspace
    task.cancel()


async def quiet(workspace: Workspace) -> None:
    """End all work inside the test: between its end and that of its fixtures Qt works on and the loop does not."""
    await run(workspace, "connections.delete", "cc")
    left = [task for task in workspace.tasks._running if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.wait(left)


async def test_nothing_is_loaded_before_there_is_a_contact_centre(working: Workspace) -> None:
    await asyncio.sleep(0.1)
    assert not {"status_sender", "live"} & working.__dict__.keys()


async def test_a_status_that_waits_is_sent_by_the_window(working: Workspace, center: LiveCenter) -> None:
    connection = await connect(working, center, status_push_url=center.address + PATH)
    await working.status_sender.put(connection, [StatusUpdate("op-1", "Work", 1_000)])
    await eventually(lambda: center.asked(PATH) == 1)
    await quiet(working)


async def test_an_alarm_is_told_while_nobody_looks_and_cleared_when_it_is_over(
    working: Workspace, center: LiveCenter, voice: Heard
) -> None:
    connection = await connect(working, center)
    key = f"alarms {connection.id}"
    await run(working, "cc.live_limits", params={"limits": [{"metric": "waiting", "bound": 5}]})
    center.loads([load("g-1", 6), load("g-2", 7)])
    await eventually(lambda: key in voice.banners)
    await eventually(lambda: voice.banners[key].remedy == "and 1 more")
    assert voice.banners[key].text == "Sales: 6 waiting, more than 5"
    voice.banners[key].actions[0].run()
    assert voice.opened == [("workforce", "live:")]
    working.live.hold(connection.id, Wanted.PAGE)  # the Live tab tells it itself
    center.loads([load("g-1", 8), load("g-2", 7)])
    await eventually(lambda: key not in voice.banners)
    working.live.release(connection.id, Wanted.PAGE)
    center.loads([load("g-1", 9), load("g-2", 0)])
    await eventually(lambda: key in voice.banners)
    center.loads([load("g-1", 0), load("g-2", 0)])
    await eventually(lambda: key not in voice.banners)
    await quiet(working)


async def test_a_status_sent_from_the_window_is_told_at_once_although_another_sender_is_at_work(
    working: Workspace, center: LiveCenter
) -> None:
    await connect(working, center, status_push_url=center.address + PATH)
    await eventually(lambda: "status_sender" in working.__dict__)
    report = await run(working, "cc.send_status", params={"agent_id": "op-1", "status": "Break"})
    assert report.run.summary["waiting"] == 0
    assert center.asked(PATH) == 1
    await quiet(working)
