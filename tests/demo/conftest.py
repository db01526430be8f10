"""A demo world of its own for each test, and an independent client that talks to it over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from app.demo.supabase.project import SupabaseProject
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


@pytest.fixture
def project() -> Iterator[SupabaseProject]:
    """A demo Supabase project in a world that holds little else; two terminals."""
    with DemoWorld(people=1, offices=1, terminals=2) as world:
        yield world.supabase


@pytest.fixture
def stranger(project: SupabaseProject) -> Iterator[httpx.Client]:
    """Brings the publishable key and nothing else."""
    headers = {"apikey": project.gateway.publishable_key}
    with httpx.Client(base_url=project.base_url, headers=headers, timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture
def supabase(project: SupabaseProject, stranger: httpx.Client) -> httpx.Client:
    """Signed in as the user who may read everything."""
    told = project.describe()
    answer = stranger.post(
        "/auth/v1/token", params={"grant_type": "password"}, json={"email": told["email"], "password": told["password"]}
    )
    stranger.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return stranger
