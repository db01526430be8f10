"""The demo contact centre of one Tuesday, and an independent client that is signed in."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from app.demo.contact_center.server import DemoContactCenter
from app.demo.world import DemoWorld
from tests.support.demo_contact_center import NOW


@pytest.fixture
def center() -> Iterator[DemoContactCenter]:
    """Its people, too, are those of that day."""
    world = DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0)
    world.onec.clock = world.contact_center.clock = lambda: NOW
    with world:
        yield world.contact_center


@pytest.fixture
def platform(center: DemoContactCenter) -> Iterator[httpx.Client]:
    """Signed in; paths are relative to the address of the Argus dialect."""
    told = center.describe()
    headers = {"Authorization": f"Bearer {told['token']}"}
    with httpx.Client(base_url=str(told["endpoint_url"]), headers=headers, timeout=10, trust_env=False) as client:
        yield client
