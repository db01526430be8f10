"""New credentials for a connection: proven first, the settings stay, and another system is asked about."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo.faults import Fault, FaultPlan
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.connections import Connection
from app.errors import ErrorKind, ExitCode
from app.operations.runner import Report
from app.store import connections
from app.workspace import Workspace
from tests.support.running import run


@pytest.fixture
async def linked(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    """A workspace with the connections `vitec` and `supabase`; the key of the first was changed at Vitec meanwhile."""
    told = small_world.describe()
    await connect_demo(workspace, {"vitec": told["vitec"], "supabase": told["supabase"]})
    await run(workspace, "connections.test", "vitec")
    await run(workspace, "connections.update", "vitec", params={"settings": {"max_rps": 7}})
    await workspace.vault.set((await stored(workspace)).id, "access_key", "the old one")
    return workspace


async def stored(workspace: Workspace, name: str = "vitec") -> Connection:
    found = await workspace.store.read(connections.find_connection, name)
    assert found is not None
    return found


async def sign_in(workspace: Workspace, key: str, **params: Any) -> Report:
    return await run(workspace, "connections.sign_in", "vitec", params=params, secrets={"access_key": key})


async def key_in_use(workspace: Workspace) -> str:
    return await workspace.vault.get(await stored(workspace), "access_key")


async def test_a_key_that_works_is_kept_and_nothing_else_changes(linked: Workspace, small_world: DemoWorld) -> None:
    before = await stored(linked)
    report = await sign_in(linked, small_world.describe()["vitec"]["access_key"])
    assert report.error is None
    after = await stored(linked)
    assert after.settings == before.settings
    assert after.last_test_ok
    assert after.last_test is not None
    assert after.last_test["identity"]["employees"] == 12
    assert await key_in_use(linked) == small_world.describe()["vitec"]["access_key"]
    assert (await run(linked, "offices.sync", "vitec")).error is None


async def test_a_key_that_is_refused_leaves_the_old_one_in_use(linked: Workspace) -> None:
    report = await sign_in(linked, "a wrong one")
    assert report.error is not None
    assert report.error.kind is ErrorKind.REFUSED_SIGN_IN
    assert await key_in_use(linked) == "the old one"
    assert (await stored(linked)).last_test_ok is None


async def test_a_system_that_is_away_proves_nothing(linked: Workspace, small_world: DemoWorld) -> None:
    small_world.vitec.fault = FaultPlan(Fault.SERVER_ERROR)
    report = await sign_in(linked, small_world.describe()["vitec"]["access_key"])
    assert report.error is not None
    assert await key_in_use(linked) == "the old one"


async def _seen_before(workspace: Workspace, identity: dict[str, Any]) -> None:
    connection = await stored(workspace)
    await workspace.store.write(
        connections.note_test, connection.id, {"identity": identity}, ok=False, error="refused", kind="refused_sign_in"
    )


async def test_another_system_is_asked_about_before_anything_is_kept(linked: Workspace, small_world: DemoWorld) -> None:
    await _seen_before(linked, {"employees": 340, "departments": 3})
    good = small_world.describe()["vitec"]["access_key"]
    report = await sign_in(linked, good)
    assert report.exit_code is ExitCode.HELD
    assert report.run.result["differences"] == [{"label": "Employees", "before": "340", "after": "12"}]
    assert await key_in_use(linked) == "the old one"
    assert (await sign_in(linked, good, confirm=True)).error is None
    assert await key_in_use(linked) == good


async def test_a_failed_test_forgets_nothing_of_the_system_it_is_known_by(
    linked: Workspace, small_world: DemoWorld
) -> None:
    await _seen_before(linked, {"employees": 12, "departments": 3})
    assert (await run(linked, "connections.test", "vitec")).error is not None
    kept = (await stored(linked)).last_test
    assert kept is not None
    assert kept["identity"] == {"employees": 12, "departments": 3}


async def test_other_settings_and_no_secret_at_all_are_refused(linked: Workspace) -> None:
    assert (await sign_in(linked, "x", settings={"base_url": "https://elsewhere.example"})).exit_code is ExitCode.USAGE
    assert (await run(linked, "connections.sign_in", "vitec")).exit_code is ExitCode.USAGE
    assert (await sign_in(linked, "")).exit_code is ExitCode.USAGE


async def test_a_dry_run_proves_and_keeps_nothing(linked: Workspace, small_world: DemoWorld) -> None:
    secrets = {"access_key": small_world.describe()["vitec"]["access_key"]}
    report = await run(linked, "connections.sign_in", "vitec", secrets=secrets, dry_run=True)
    assert report.error is None
    assert await key_in_use(linked) == "the old one"


async def test_a_password_that_is_traded_for_a_session_works_afterwards(
    linked: Workspace, small_world: DemoWorld
) -> None:
    password = small_world.describe()["supabase"]["password"]
    assert (await run(linked, "people.sync", "supabase")).error is None  # the first one was traded
    report = await run(linked, "connections.sign_in", "supabase", secrets={"password": password})
    assert report.error is None
    assert (await run(linked, "people.sync", "supabase")).error is None
    refused = await run(linked, "connections.sign_in", "supabase", secrets={"password": "wrong one"})
    assert refused.error is not None
    assert (await run(linked, "people.sync", "supabase")).error is None


async def test_a_paused_connection_stays_paused(linked: Workspace, small_world: DemoWorld) -> None:
    await run(linked, "connections.update", "vitec", params={"paused": True})
    assert (await sign_in(linked, small_world.describe()["vitec"]["access_key"])).error is None
    assert (await stored(linked)).status.value == "inactive"
