"""A demo world of its own for each test, and an independent client that talks to it over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from app.demo.world import DemoWorld


@pytest.fixture
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture
def hub(world: DemoWorld) -> Iterator[httpx.Client]:
    """Signed in; paths are relative to the installation."""
    told = world.describe()["vitec"]
    with httpx.Client(
        base_url=f"{told['base_url']}/{told['installation_id']}",
        auth=(told["product_login"], told["access_key"]),
        timeout=5,
        trust_env=False,
    ) as client:
        yield client
