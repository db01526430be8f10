"""Fixtures of every test: a home folder, a workspace on it, a demo world, the command; and what no test may leave."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck

from app import redaction
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.places import Home
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.command import Muster, QuickMuster
from tests.support.mariadb import MariaDb, mariadb_server, why_not

hypothesis.settings.register_profile(  # how fast a loaded computer makes its examples says nothing of ours
    "muster", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
hypothesis.settings.load_profile("muster")

_MUSTER_VARIABLES = ("MUSTER_", "DATABASE_URL", "LOG_LEVEL", "PYTHON_KEYRING_BACKEND")
_MOST_SECONDS_TO_END = 5


def pytest_collection_finish() -> None:
    """Garbage is collected after each test and on the main thread, as in the window.

    A Qt object that a thread of some later test frees crashes the process. What is loaded by now stays: looking
    through it after each test took longer than many a test.
    """
    gc.disable()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    yield
    gc.disable()  # a window that closed had it on again
    gc.collect()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the Muster of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(_MUSTER_VARIABLES):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def clean_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test called a secret is an ordinary word in the next."""
    monkeypatch.setattr(redaction, "_secrets", set[str]())
    monkeypatch.setattr(redaction, "_pattern", None)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """A thread that outlives its test fails it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _MOST_SECONDS_TO_END
    while left := [t for t in threading.enumerate() if t not in before and not t.daemon]:
        for thread in left:
            thread.join(0.1)
        assert time.monotonic() < deadline, f"left alive: {left}"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.find(str(tmp_path / "home"))


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
async def workspace(home: Home, keyring: MemoryKeyring) -> AsyncIterator[Workspace]:
    async with await Workspace.open(home, keyring=keyring) as workspace:
        yield workspace
    assert asyncio.all_tasks() == {asyncio.current_task()}  # nothing outlives its workspace


@pytest.fixture
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as world:
        yield world


@pytest.fixture
def small_world() -> Iterator[DemoWorld]:
    with DemoWorld(people=12, offices=3, terminals=2, workers=12) as world:
        yield world


@pytest.fixture
async def desk(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    """A workspace connected to the small demo world."""
    await connect_demo(workspace, small_world.describe())
    return workspace


@pytest.fixture
def muster(home: Home, tmp_path: Path) -> Muster:
    return Muster(home.path, tmp_path / "keyring.json")


@pytest.fixture
def connected(muster: Muster, small_world: DemoWorld) -> Muster:
    """The command on a home that is connected to the small demo world."""
    muster.connect(small_world.describe()["vitec"])
    return muster


@pytest.fixture
def quick(home: Home, tmp_path: Path) -> QuickMuster:
    """The command without a process of its own."""
    return QuickMuster(home.path, tmp_path / "keyring.json")


@pytest.fixture
def quickly_connected(quick: QuickMuster, small_world: DemoWorld) -> QuickMuster:
    """The same on a home that is connected to the small demo world."""
    quick.connect(small_world.describe()["vitec"])
    return quick


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A MariaDB server of our own; skipped with the reason where there is none."""
    if reason := why_not():
        pytest.skip(reason)
    with mariadb_server() as server:
        yield server


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between attempts take no time; the list holds how long each would have been."""
    import stamina._core

    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(round(seconds, 3))

    monkeypatch.setattr(stamina._core, "_smart_sleep", note)
    return pauses
