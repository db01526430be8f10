"""The world as a whole: start, stop, size, and what it costs to load."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from statistics import median

import httpx
import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.errors import Unreachable


def answers(world: DemoWorld) -> bool:
    return httpx.get(f"{world.vitec.base_url}/Account/Methods", trust_env=False).status_code == 401


def test_describe_gives_what_a_connection_needs(world: DemoWorld) -> None:
    told = world.describe()
    assert {"vitec", "terminals"} <= set(told)
    assert set(told["vitec"]) == {"base_url", "installation_id", "product_login", "access_key"}
    assert told["vitec"]["base_url"].startswith("http://127.0.0.1:")


def test_describe_before_the_start_is_refused() -> None:
    with pytest.raises(RuntimeError, match="not been started"):
        DemoWorld().describe()


def test_it_accepts_as_soon_as_start_returns() -> None:
    world = DemoWorld()
    world.start()
    try:
        assert answers(world)
    finally:
        world.stop()


def test_it_starts_and_stops_quickly() -> None:
    def life() -> float:
        began = time.monotonic()
        with DemoWorld():
            return time.monotonic() - began

    assert min(life() for _ in range(3)) < 0.15


def test_small_answers_are_not_held_back(world: DemoWorld, hub: httpx.Client) -> None:
    def trip() -> float:
        began = time.monotonic()
        hub.get(f"{world.vitec.base_url}/Account/Methods")
        return time.monotonic() - began

    assert median(trip() for _ in range(21)) < 0.025  # 40 ms with Nagle's algorithm


def test_starting_and_stopping_twice_does_no_harm() -> None:
    world = DemoWorld()
    world.start()
    address = world.vitec.base_url
    world.start()
    assert world.vitec.base_url == address
    assert answers(world)
    world.stop()
    world.stop()
    with pytest.raises(httpx.ConnectError):
        answers(world)


def test_a_world_never_started_can_be_stopped() -> None:
    DemoWorld().stop()


def test_it_comes_back_on_the_same_port_with_what_was_changed() -> None:
    with DemoWorld() as world:
        address = world.vitec.base_url
        world.vitec.departments.clear()
    with world:
        assert world.vitec.base_url == address
        assert answers(world)
        assert world.vitec.departments == []


def test_two_worlds_live_side_by_side(world: DemoWorld) -> None:
    with DemoWorld(people=3, offices=1) as other:
        assert other.vitec.base_url != world.vitec.base_url
        assert len(other.vitec.employees) == 3


@pytest.mark.parametrize("fault", [FaultPlan(Fault.HANG), FaultPlan(Fault.SLOW, seconds=60), FaultPlan(Fault.HUGE)])
def test_stop_does_not_wait_for_requests_under_way(fault: FaultPlan) -> None:
    world = DemoWorld()
    world.start()
    world.vitec.fault = fault
    met: list[httpx.HTTPError] = []
    threads = [threading.Thread(target=ask, args=(world, met)) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: len(world.vitec.requests) == 3)
    began = time.monotonic()
    world.stop()
    assert time.monotonic() - began < 20  # the slow answer would take a minute, the hanging one for ever
    for thread in threads:
        thread.join(5)
    assert len(met) == 3


def test_a_port_taken_by_another_program_is_a_clear_error() -> None:
    with DemoWorld() as world:
        port = httpx.URL(world.vitec.base_url).port or 0
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Unreachable, match="cannot listen") as caught:
        world.start()
    assert "port" in caught.value.remedy
    with world:  # the port is free again
        assert answers(world)


def test_it_needs_no_loop_policy_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("the demo world asked for the program's own kind of event loop")

    monkeypatch.setattr(asyncio, "new_event_loop", refuse)
    monkeypatch.setattr(asyncio.events, "new_event_loop", refuse)
    with DemoWorld(people=1, offices=1) as world:
        assert answers(world)


def test_ten_thousand_people_are_served() -> None:
    with DemoWorld(people=10_000, offices=200) as world:
        auth = (world.vitec.product_login, world.vitec.access_keys[0])
        url = f"{world.vitec.base_url}/{world.vitec.installation_id}/Employees"
        assert len(httpx.get(url, auth=auth, trust_env=False).json()) == 10_000


def test_pillow_is_loaded_with_the_first_picture_only() -> None:
    code = "import sys, app.demo.world; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def ask(world: DemoWorld, met: list[httpx.HTTPError]) -> None:
    auth = (world.vitec.product_login, world.vitec.access_keys[0])
    try:
        with httpx.stream(
            "GET", f"{world.vitec.base_url}/Account/Methods", auth=auth, trust_env=False, timeout=10
        ) as answer:
            pieces = answer.iter_bytes()
            next(pieces)
            time.sleep(0.3)  # a huge answer is still under way when the world stops
            for _ in pieces:
                pass
    except httpx.HTTPError as error:
        met.append(error)


def until(true: Callable[[], bool]) -> None:
    """Wait until `true` says so; 3 seconds at most."""
    deadline = time.monotonic() + 3
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
