"""The Timesheet tab over a 1C that really answers: twelve people of the demo world, synced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.operations.runner import Report, Request
from app.store import onec as people
from app.store.values import now
from tests.support.window import eventually
from ui.desk import Desk
from ui.pages.workforce.timesheet import TimesheetPage

Run = Callable[..., object]
CONNECTION = "onec"


async def run(desk: Desk, operation: str, **params: object) -> Report:
    """Run an operation to its end; fails when it could not start."""
    report = await desk.report_of(Request(operation, CONNECTION, params))
    assert report is not None
    return report


def this_month(day: int, clock: str) -> str:
    """A moment of the current month."""
    return f"{now():%Y-%m}-{day:02}T{clock}"


def shift(agent_id: str, day: int, start: str = "09:00", end: str = "18:00") -> dict[str, str]:
    """A shift of the current month."""
    return {"agent_id": agent_id, "start": this_month(day, start), "end": this_month(day, end)}


@pytest.fixture
async def linked(desk: Desk, small_world: DemoWorld) -> Desk:
    """The desk connected to 1C, before anything was fetched."""
    await connect_demo(desk.workspace, {CONNECTION: small_world.describe()[CONNECTION]})
    return desk


@pytest.fixture
async def synced(linked: Desk) -> Desk:
    """The same after people were fetched."""
    assert (await run(linked, "onec.sync_personnel")).error is None
    return linked


@pytest.fixture
async def staff(synced: Desk) -> list[str]:
    """1C's ids of the people who work there."""
    known = await synced.workspace.store.read(people.people)
    return [k.person.external_id for k in known if k.person.termination_date is None]


@pytest.fixture
def open_page(desk: Desk) -> Callable[[], TimesheetPage]:
    def open_page() -> TimesheetPage:
        page = TimesheetPage(desk)
        page.resize(1280, 760)
        page.show()
        page.activateWindow()
        return page

    return open_page


@pytest.fixture
async def page(synced: Desk, open_page: Callable[[], TimesheetPage]) -> TimesheetPage:
    """The page, with people and without shifts."""
    page = open_page()
    await eventually(page.enter.isEnabled)
    return page
