"""The built-in inbox: the one receiver on this computer that may be sent to, verifying what arrives."""

from __future__ import annotations

import asyncio

from app.events import InboxReceived
from app.operations.webhooks.inbox import InboxAnswer
from app.workspace import Workspace
from tests.support.running import run


async def add(workspace: Workspace, url: str, name: str = "box", **params: object) -> str:
    given = {"name": name, "url": url, "event_types": "*", "insecure": True} | params
    report = await run(workspace, "webhooks.create", params=given)
    assert report.error is None, report.error
    return str(report.run.result["id"])


async def test_what_arrives_is_shown_and_verified(workspace: Workspace) -> None:
    told: list[InboxReceived] = []
    workspace.events.subscribe(InboxReceived, told.append)
    webhook_id = await add(workspace, await workspace.inbox.open())
    report = await run(workspace, "webhooks.test", params={"id": webhook_id})
    assert report.run.result["success"]
    (one,) = workspace.inbox.received
    assert (one.verified, one.webhook, one.again) == (True, "box", False)
    assert '"integration.test"' in one.body
    assert told == [InboxReceived(one.number)]


async def test_a_stranger_is_shown_as_one(workspace: Workspace) -> None:
    url = await workspace.inbox.open()
    port = int(url.rpartition(":")[2].partition("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
    assert b"200" in await reader.readline()
    writer.close()
    (one,) = workspace.inbox.received
    assert not one.verified
    assert one.problem


async def test_it_answers_as_it_is_told(workspace: Workspace) -> None:
    webhook_id = await add(workspace, await workspace.inbox.open(), timeout_seconds=1)
    found = []
    for answer in (InboxAnswer.ERROR, InboxAnswer.GONE, InboxAnswer.SLOW):
        workspace.inbox.answer = answer
        tried = (await run(workspace, "webhooks.test", params={"id": webhook_id})).run.result
        found.append((tried["http_status"], tried["error_code"]))
    assert found == [(500, "bad_response"), (410, "bad_response"), (None, "timeout")]


async def test_once_it_is_closed_its_address_is_like_any_other_of_this_computer(workspace: Workspace) -> None:
    webhook_id = await add(workspace, await workspace.inbox.open())
    await workspace.inbox.close()
    tried = (await run(workspace, "webhooks.test", params={"id": webhook_id})).run.result
    assert tried["error_code"] == "blocked_address"


async def test_webhooks_of_an_inbox_that_was_closed_lead_to_the_next_one(workspace: Workspace) -> None:
    webhook_id = await add(workspace, "http://127.0.0.1:9/inbox")
    await workspace.inbox.open()
    assert (await run(workspace, "webhooks.test", params={"id": webhook_id})).run.result["success"]


async def test_only_elsewhere_on_this_computer_deliveries_are_said_to_be_blocked(workspace: Workspace) -> None:
    inbox = await workspace.inbox.open()
    for url, blocked in ((inbox, False), ("http://127.0.0.1:9/inbox", True)):
        params = {"name": url, "url": url, "event_types": "*", "insecure": True}
        report = await run(workspace, "webhooks.create", params=params)
        assert any("will be blocked" in warning for warning in report.run.warnings) is blocked
