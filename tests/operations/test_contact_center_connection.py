"""A connection to a contact centre that really answers: its test in stages (contact-center.md §7.6)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.domain.kinds import ConnectionKind
from app.domain.mappings import Rule
from app.operations.connection_test import stage_titles
from app.store import connections, mappings
from app.workspace import Workspace
from tests.support.contact_center import TOKEN, ScriptedServer
from tests.support.onec import listening
from tests.support.running import run

STAGES = ["settings", "address", "sign_in", "data"]
PERSONNEL = {
    "services": [{"id": "1", "name": "1", "status": "ACTIVE", "serviceGroups": [{"id": "g", "name": "g"}]}],
    "agents": [{"id": "op-1", "name": "x"}, {"id": "op-2", "name": "y"}],
}


@pytest.fixture
def server() -> ScriptedServer:
    server = ScriptedServer()
    server.answer("/online/agentStatus", [])
    server.answer("/personnel", PERSONNEL)
    return server


@pytest.fixture
async def url(workspace: Workspace, server: ScriptedServer) -> AsyncIterator[str]:
    async with server.serving() as address:
        yield address


async def create(workspace: Workspace, url: str, **settings: Any) -> None:
    params = {"name": "cc", "kind": "contact_center", "settings": {"endpoint_url": url} | settings}
    assert (await run(workspace, "connections.create", params=params, secrets={"token": TOKEN})).exit_code == 0


def ticks(result: Any) -> list[tuple[str, bool]]:
    return [(stage["name"], stage["ok"]) for stage in result["stages"]]


async def test_every_stage_has_its_tick(workspace: Workspace, server: ScriptedServer, url: str) -> None:
    await create(workspace, url)
    result = (await run(workspace, "connections.test", "cc")).run.result
    assert ticks(result) == [(name, True) for name in STAGES]
    details = result["details"]
    assert (details["services"], details["groups"], details["agents"]) == (1, 1, 2)
    assert details["test_results"] == dict.fromkeys(STAGES, True)
    assert details["test_type"] == "full"
    assert [one.line for one in server.heard] == ["GET /online/agentStatus HTTP/1.1", "GET /personnel HTTP/1.1"]
    assert {one.headers["authorization"] for one in server.heard} == {f"Bearer {TOKEN}"}
    assert list(stage_titles(ConnectionKind.CONTACT_CENTER)) == ["settings", "address", "tls", "sign_in", "data"]


async def test_fields_of_another_name_are_read_by_the_mapping(
    workspace: Workspace, server: ScriptedServer, url: str
) -> None:
    renamed = {**PERSONNEL, "agents": [{"operatorId": f"a-{n}", "surname": "Lie"} for n in range(3)]}
    server.answer("/personnel", renamed)
    await create(workspace, url)
    assert (await run(workspace, "connections.test", "cc")).run.result["details"]["agents"] == 0
    (connection,) = await workspace.store.read(connections.connections)
    rules = (Rule("id", ("operatorId",)),)
    await workspace.store.write(mappings.keep_rules, connection.id, "agent", rules, "tester")
    assert (await run(workspace, "connections.test", "cc")).run.result["details"]["agents"] == 3


async def test_no_status_is_ever_sent(workspace: Workspace, server: ScriptedServer, url: str) -> None:
    await create(workspace, url, status_push_url=f"{url}/status")
    await run(workspace, "connections.test", "cc")
    assert not [one for one in server.heard if one.line.startswith("POST")]


async def test_an_address_that_answers_nothing_but_404_is_the_wrong_one(
    workspace: Workspace, server: ScriptedServer, url: str
) -> None:
    server.answers.clear()
    await create(workspace, url)
    report = await run(workspace, "connections.test", "cc")
    assert ticks(report.run.result)[-2:] == [("sign_in", True), ("data", False)]
    assert report.run.result["message"] == (
        "The address can be reached, but this does not look like the integration API."
    )
    assert report.exit_code == 4


async def test_a_room_that_is_empty_is_none(workspace: Workspace, server: ScriptedServer, url: str) -> None:
    del server.answers["/online/agentStatus"]
    await create(workspace, url)
    assert (await run(workspace, "connections.test", "cc")).run.result["success"]


async def test_a_platform_without_personnel_works_with_a_warning(
    workspace: Workspace, server: ScriptedServer, url: str
) -> None:
    del server.answers["/personnel"]
    await create(workspace, url)
    result = (await run(workspace, "connections.test", "cc")).run.result
    assert result["success"]
    assert any("no services and agents" in text for text in result["warnings"])


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (401, "The contact centre does not accept the sign-in.", 5),
        (403, "The contact centre knows the sign-in, which has no right to this.", 5),
        (500, "The contact centre failed: 500 [object]", 4),
    ],
)
async def test_the_first_stage_that_fails_names_the_cause(
    workspace: Workspace, server: ScriptedServer, url: str, status: int, message: str, code: int
) -> None:
    server.answers["/online/agentStatus"] = (status, b"[object]")
    await create(workspace, url)
    report = await run(workspace, "connections.test", "cc")
    result = report.run.result
    assert (ticks(result)[-1], result["message"], report.exit_code) == (("sign_in", False), message, code)
    assert result["details"]["recommendations"]
    assert len(server.heard) == 1


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b'{"agents": []}'])
async def test_something_else_behind_the_address_fails_at_the_contract(
    workspace: Workspace, server: ScriptedServer, url: str, body: bytes
) -> None:
    server.answers["/personnel"] = (200, body)
    await create(workspace, url)
    result = (await run(workspace, "connections.test", "cc")).run.result
    assert ticks(result)[-1] == ("data", False)
    assert result["details"]["recommendations"][0].startswith("Does the platform itself answer there")


async def test_a_silent_socket_is_told_within_ten_seconds(workspace: Workspace) -> None:
    async def swallow(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(swallow) as address:
        await create(workspace, address)
        begun = time.monotonic()
        result = (await run(workspace, "connections.test", "cc")).run.result
    assert time.monotonic() - begun < 10.5
    assert ticks(result)[-1] == ("sign_in", False)


async def test_the_client_of_a_connection_follows_its_settings(
    workspace: Workspace, server: ScriptedServer, url: str
) -> None:
    server.answer("/online/load", [{"groupId": "g", "callNumber": 1, "operatorNumber": 2}])
    await create(workspace, url, paths="groupsLoad=/online/load", ids_per_request=7, timezone="Europe/Oslo")
    connection = await workspace.store.read(connections.find_connection, "cc")
    assert connection is not None
    center = await workspace.links.contact_center(connection)
    assert (center.settings.ids_per_request, center.settings.zone.key) == (7, "Europe/Oslo")
    assert len((await center.groups_load(["g"])).rows) == 1
    assert await workspace.links.contact_center(connection) is center
