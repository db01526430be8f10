"""The demo 1C of one Tuesday, an independent client that is signed in, and a person nothing is special about."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from app.demo.onec.server import DemoOneC
from app.demo.onec.staff import Person
from app.demo.world import DemoWorld
from tests.support.demo_onec import NOW


@pytest.fixture
def infobase() -> Iterator[DemoOneC]:
    """1C of Tuesday 10 March 2026; its people were made for that day too."""
    with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=0) as world:
        world.onec.clock = lambda: NOW
        yield world.onec


@pytest.fixture
def service(infobase: DemoOneC) -> Iterator[httpx.Client]:
    """Signed in with the Cyrillic name and password; paths are relative to the service."""
    told = infobase.describe()
    token = base64.b64encode(f"{told['username']}:{told['password']}".encode()).decode()
    headers = {"Authorization": f"Basic {token}"}
    with httpx.Client(base_url=told["endpoint_url"], headers=headers, timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture
def orlova(infobase: DemoOneC) -> Person:
    """A person of the five-day week, hired long ago and never away."""
    person = infobase.people[0]
    person.absences, person.hired = [], date(2023, 4, 3)
    return person
