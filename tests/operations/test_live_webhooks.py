"""Statuses that a platform tells, told on to webhooks: each once, none lost, together (webhooks.md §3, §9)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.contact_center.pushes import StatusUpdate
from app.operations.contact_center import live_feed
from app.operations.contact_center.live import Wanted
from app.store import outbox
from app.workspace import Workspace
from tests.support.live_center import LiveCenter, connect, status, until
from tests.support.running import run
from tests.support.webhooks import Hooks, receiving

KIND = "contact_center.agent.status.updated"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked every 50 ms and stored as often, rather than every few seconds."""
    monkeypatch.setattr(live_feed, "_EARLIER_S", 100.0)
    monkeypatch.setattr(live_feed, "_QUICKEST_S", 0.05)
    monkeypatch.setattr(live_feed, "_KEEP_S", 0.05)


@pytest.fixture
async def center() -> AsyncIterator[LiveCenter]:
    async with LiveCenter().serving() as center:
        yield center


@pytest.fixture
async def hooks(workspace: Workspace) -> AsyncIterator[Hooks]:
    """With an endpoint that wants statuses."""
    async with receiving(workspace) as receiver:
        hooks = Hooks(workspace, receiver)
        await hooks.add(event_types=KIND)
        yield hooks


async def told(hooks: Hooks) -> list[tuple[str, str]]:
    """Agents and statuses that arrived until now, in the order they came."""
    await hooks.send()
    bodies = [json.loads(heard.body) for heard in hooks.heard()]
    assert {body["event_type"] for body in bodies} <= {KIND}
    return [(one["agent_id"], one["status"]) for body in bodies for one in body["payload"]["statuses"]]


class TestAskedOnce:
    """By the operation `cc.online_agent_status`."""

    async def test_what_changed_since_the_last_answer_is_told(self, hooks: Hooks, center: LiveCenter) -> None:
        await connect(hooks.workspace, center)
        working = status("op-1")
        center.present([working, status("op-2", "Break")])
        await run(hooks.workspace, "cc.online_agent_status", "cc")
        assert sorted(await told(hooks)) == [("op-1", "Work"), ("op-2", "Break")]
        await run(hooks.workspace, "cc.online_agent_status", "cc")
        center.present([working, status("op-3", "Ready", ago_s=1)])
        await run(hooks.workspace, "cc.online_agent_status", "cc")
        assert sorted((await told(hooks))[2:]) == [("op-2", ""), ("op-3", "Ready")]

    async def test_a_dry_run_tells_nobody(self, hooks: Hooks, center: LiveCenter) -> None:
        await connect(hooks.workspace, center)
        await run(hooks.workspace, "cc.online_agent_status", "cc", dry_run=True)
        assert await told(hooks) == []

    async def test_the_platform_telling_back_what_was_sent_from_here_is_no_news(
        self, hooks: Hooks, center: LiveCenter
    ) -> None:
        connection = await connect(hooks.workspace, center)
        at_s = int(time.time()) - 60
        update = StatusUpdate("op-1", "Lunch", at_s)
        await hooks.workspace.store.write(outbox.enqueue, [(connection.id, update)])
        center.present([status("op-1", "Lunch", ago_s=time.time() - at_s - 0.3)])
        await run(hooks.workspace, "cc.online_agent_status", "cc")
        assert await told(hooks) == [("op-1", "Lunch")]

    async def test_two_statuses_of_one_second_are_both_told(self, hooks: Hooks, center: LiveCenter) -> None:
        connection = await connect(hooks.workspace, center)
        at_s = int(time.time())
        updates = [(connection.id, StatusUpdate("op-1", code, at_s)) for code in ("Work", "Break", "Work")]
        await hooks.workspace.store.write(outbox.enqueue, updates)
        assert await told(hooks) == [("op-1", "Work"), ("op-1", "Break"), ("op-1", "Work")]

    async def test_a_connection_that_tells_no_webhooks_is_left_out(self, hooks: Hooks, center: LiveCenter) -> None:
        await connect(hooks.workspace, center, enable_webhooks=False)
        await run(hooks.workspace, "cc.online_agent_status", "cc")
        assert await told(hooks) == []


class TestLive:
    """By a feed that goes on."""

    async def watch(self, hooks: Hooks, center: LiveCenter, **settings: Any) -> str:
        connection = await connect(hooks.workspace, center, **settings)
        hooks.workspace.live.hold(connection.id, Wanted.PAGE)
        feed = hooks.workspace.live.feed(connection.id)
        await until(lambda: len(feed.board.here) == 2)
        return connection.id

    async def end(self, hooks: Hooks, key: str) -> None:
        """The feed stores the last it heard."""
        running = hooks.workspace.live._running[key]
        hooks.workspace.live.release(key, Wanted.PAGE)
        await asyncio.wait([running])

    async def test_every_change_is_told_once_however_often_it_is_seen(self, hooks: Hooks, center: LiveCenter) -> None:
        key = await self.watch(hooks, center)
        center.present([status("op-1", "Ready", ago_s=1)])
        board = hooks.workspace.live.feed(key).board
        await until(lambda: [a.status.state_code for a in board.here] == ["Ready"])
        asked = center.asked()
        await until(lambda: center.asked() > asked + 3)
        await self.end(hooks, key)
        found = await told(hooks)
        assert sorted(found[:2]) == [("op-1", "Work"), ("op-2", "Break")]
        assert sorted(found[2:]) == [("op-1", "Ready"), ("op-2", "")]

    async def test_a_thousand_changes_come_in_few_deliveries_and_none_is_lost(
        self, hooks: Hooks, center: LiveCenter
    ) -> None:
        center.greeting = {"type": "snapshot", "agentStatus": [status("op-1"), status("op-2", "Break")]}
        key = await self.watch(hooks, center, websocket_url=center.line_address)
        serving = hooks.workspace.tasks.start("webhooks", hooks.workspace.webhooks.run())
        begun = time.time()
        for number in range(1000):
            since = datetime.fromtimestamp(begun - 30 + number / 1000, UTC).isoformat()
            await center.say(type="change", agentStatus=[status("op-1", f"S{number}") | {"startDate": since}])
        await until(lambda: sum(h.body.count(b"agent_id") for h in hooks.heard()) >= 1002, patience_s=15.0)
        took_s = time.time() - begun
        await self.end(hooks, key)
        serving.cancel()
        await asyncio.wait([serving])
        found = [code for _agent, code in await told(hooks) if code.startswith("S")]
        assert found == [f"S{number}" for number in range(1000)]
        assert len(hooks.heard()) <= took_s + 2
        assert max(len(json.loads(h.body)["payload"]["statuses"]) for h in hooks.heard()) <= 500
