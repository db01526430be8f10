"""A 1C that really answers: twelve people of the demo world, connected, synced, and known by their ids."""

from __future__ import annotations

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.store import onec as people
from tests.support.onec_desk import CONNECTION, run
from ui.desk import Desk


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
