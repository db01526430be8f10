"""A push by the real command, killed in the middle: what was confirmed stays, what was under way is asked about."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from app.demo.terminals.calls import Latency
from app.demo.terminals.quirks import Quirks
from app.demo.world import DemoWorld
from app.places import Home
from app.workspace import Workspace
from tests.support.command import Muster
from tests.support.site import AT_ONCE, Site, a_person

PEOPLE = 12
RECORD = "UserInfo/Record"


@pytest.fixture
def site_world() -> Iterator[DemoWorld]:
    with DemoWorld(people=12, offices=3, terminals=2) as world:
        for terminal in world.terminals.terminals:
            terminal.quirks = Quirks()
            terminal.latency = Latency(person_s=0.1, face_s=0, read_s=0)
        yield world


@pytest.fixture
def with_people(muster: Muster, site_world: DemoWorld) -> Muster:
    """The command on a home with two devices and a dozen people."""
    for terminal in site_world.terminals.terminals:
        added = muster(
            "devices", "add", terminal.name, "--host", terminal.host, "--port", str(terminal.port),
            "--username", terminal.username, "--secret", "password=-", "--json", stdin=terminal.password + "\n",
        )  # fmt: skip
        assert added.code == 0, added

    async def fill() -> None:
        async with await Workspace.open(Home.find(str(muster.home))) as workspace:
            await Site(workspace, site_world).add_people([a_person(1001 + n, f"P{n}") for n in range(PEOPLE)])

    asyncio.run(fill())
    return muster


def recorded(world: DemoWorld) -> list[Counter[str]]:
    """How often each number was sent to each terminal, signed."""
    return [
        Counter(c.body["UserInfo"]["employeeNo"] for c in t.calls if c.path.endswith(RECORD) and c.signed and c.body)
        for t in world.terminals.terminals
    ]


def test_a_killed_push_is_taken_up_without_repeating_anything(with_people: Muster, site_world: DemoWorld) -> None:
    process = with_people.start("run", "terminals.push_all", "--set", "pace=balanced", "--json")
    deadline = time.monotonic() + 30
    while sum(sum(counts.values()) for counts in recorded(site_world)) < 8:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.communicate()
    for terminal in site_world.terminals.terminals:
        terminal.latency = AT_ONCE
    (run,) = [r for r in with_people("runs", "list", "--json").json if r["operation"] == "terminals.push_all"]
    assert run["state"] == "interrupted"
    resumed = with_people("runs", "resume", run["run_id"], "--json")
    assert resumed.code == 0, resumed
    assert resumed.json["run_id"] == run["run_id"]
    assert resumed.json["summary"]["verified"] == resumed.json["summary"]["total"] == 2 * PEOPLE
    assert len(resumed.json["outcomes"]) == 2 * PEOPLE
    assert all(set(counts.values()) == {1} and len(counts) == PEOPLE for counts in recorded(site_world))


def test_a_stopped_push_ends_4_and_goes_on_without_the_device(with_people: Muster, site_world: DemoWorld) -> None:
    first, second = sorted(site_world.terminals.terminals, key=lambda t: t.name)
    second.switch_off()
    stopped = with_people("run", "terminals.push_all", "--set", "pace=fast", "--json")
    assert stopped.code == 4
    assert stopped.json["state"] == "stopped"
    assert stopped.json["error"]["kind"] == "unreachable"
    assert stopped.json["first_fatal"]
    resumed = with_people("runs", "resume", stopped.json["run_id"], "--without", second.name, "--json")
    assert resumed.code == 3
    assert resumed.json["state"] == "finished"
    assert len(first.people) == PEOPLE


def test_two_pushes_at_once_are_one_too_many(with_people: Muster, site_world: DemoWorld) -> None:
    process = with_people.start("run", "terminals.push_all", "--json")
    deadline = time.monotonic() + 30
    while not any(recorded(site_world)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert with_people("run", "terminals.push_all", "--json").code == 7
    process.send_signal(2)
    out, _err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert '"state":"cancelled"' in out.replace(" ", "")
