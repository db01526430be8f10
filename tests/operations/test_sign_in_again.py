"""New credentials for a connection: proven first, the settings stay, and another system is asked about."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
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
from tests.support.onec import ScriptedOneC
from tests.support.running import dump, run

TOKENS = "/oauth/token"


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


async def test_a_new_secret_that_is_refused_is_nowhere_to_be_found(
    linked: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    report = await sign_in(linked, "planted-marker-7")
    assert report.error is not None
    assert "planted-marker-7" not in str(report.run)
    assert "planted-marker-7" not in "\n".join(await dump(linked))
    assert "planted-marker-7" not in caplog.text


class TestRefreshTokens:
    """A refresh token may work only once, so the one that the proof was given is kept in its place."""

    @pytest.fixture
    async def zup(self, workspace: Workspace) -> AsyncIterator[ScriptedOneC]:
        service = ScriptedOneC()
        async with service.published() as url:
            self.answer(service, "r-first-2")
            token_url = url.replace("/zup/hs/wfm", TOKENS)
            settings = {"endpoint_url": url, "authentication_type": "oauth2", "token_url": token_url, "client_id": "m"}
            params = {"name": "zup", "kind": "onec", "settings": settings}
            secrets = {"client_secret": "cl1ent-secret", "refresh_token": "r-first-1"}
            await run(workspace, "connections.create", params=params, secrets=secrets)
            assert (await run(workspace, "connections.test", "zup")).error is None
            yield service

    def answer(self, service: ScriptedOneC, refresh_token: str) -> None:
        token = {"access_token": "acc3ss", "expires_in": 3600, "refresh_token": refresh_token}
        service.answers[TOKENS] = (200, json.dumps(token).encode())

    async def test_the_traded_one_is_used_from_then_on(self, workspace: Workspace, zup: ScriptedOneC) -> None:
        self.answer(zup, "r-second-2")
        secrets = {"refresh_token": "r-second-1"}
        assert (await run(workspace, "connections.sign_in", "zup", secrets=secrets)).error is None
        self.answer(zup, "r-second-3")
        assert (await run(workspace, "connections.test", "zup")).error is None
        used = [call.body for call in zup.asked(TOKENS)]
        assert b"refresh_token=r-second-1" in used[1]
        assert b"refresh_token=r-second-2" in used[2]

    async def test_one_that_is_refused_leaves_the_session_as_it_was(
        self, workspace: Workspace, zup: ScriptedOneC
    ) -> None:
        zup.answers[TOKENS] = (400, b'{"error": "invalid_grant"}')
        refused = await run(workspace, "connections.sign_in", "zup", secrets={"refresh_token": "r-bad"})
        assert refused.error is not None
        zup_connection = await stored(workspace, "zup")
        assert await workspace.vault.get(zup_connection, "session_token") == "r-first-2"

    async def test_what_is_confirmed_later_is_the_traded_one(self, workspace: Workspace, zup: ScriptedOneC) -> None:
        connection = await stored(workspace, "zup")
        seen = {"identity": {"people": 500}}
        await workspace.store.write(connections.note_test, connection.id, seen, ok=False, error="refused")
        self.answer(zup, "r-second-2")
        held = await run(workspace, "connections.sign_in", "zup", secrets={"refresh_token": "r-second-1"})
        assert held.exit_code is ExitCode.HELD
        assert held.found == {"refresh_token": "r-second-2"}
        assert "r-second" not in str(held.run)
