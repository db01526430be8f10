"""What only the program's memory knows becomes events too: circuit breakers, limits on live numbers."""

from __future__ import annotations

import asyncio
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.contact_center.alarms import Alarm, Metric
from app.domain.contact_center.pushes import StatusUpdate
from app.events import AlarmsChanged
from app.store import connections
from tests.support.running import run
from tests.support.webhooks import Hooks


async def told(hooks: Hooks, count: int) -> list[dict[str, Any]]:
    """The first messages that arrive."""
    deadline = time.monotonic() + 10
    while len(hooks.heard()) < count:
        assert time.monotonic() < deadline, "nothing arrives"
        await hooks.send(2)
        await asyncio.sleep(0.05)
    return [json.loads(heard.body) for heard in hooks.heard()]


async def test_a_breaker_that_is_held_and_released_is_told(hooks: Hooks) -> None:
    settings = {"base_url": "http://127.0.0.1:1", "installation_id": "i", "product_login": "p"}
    created = {"name": "hub", "kind": "vitec", "settings": settings}
    await run(hooks.workspace, "connections.create", params=created, secrets={"access_key": "k-1234"})
    connection = await hooks.workspace.store.read(connections.find_connection, "hub")
    assert connection is not None
    await hooks.add(event_types="integration.connection.status_changed,system.*")
    await hooks.workspace.links.hold(connection)
    await hooks.workspace.links.let_pass(connection.id)
    messages = await told(hooks, 4)
    assert {m["event_type"] for m in messages} == {
        "integration.connection.status_changed", "system.maintenance.started", "system.maintenance.completed"
    }  # fmt: skip
    moves = {(m["payload"].get("old_status"), m["payload"].get("new_status")) for m in messages}
    assert {("circuit_closed", "circuit_forced_open"), ("circuit_forced_open", "circuit_closed")} <= moves


async def test_a_limit_that_is_crossed_is_told_once(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    await hooks.add(event_types="contact_center.queue.*")
    alarm = Alarm("g-sales", Metric.WAITING, 10, 14, 1_000)
    feed = SimpleNamespace(alarms=SimpleNamespace(alarms=(alarm,)))
    monkeypatch.setattr(hooks.workspace.live, "feed", lambda _connection: feed)
    for _turn in range(3):
        hooks.workspace.events.publish(AlarmsChanged("cc"))
    (message,) = await told(hooks, 1)
    await hooks.send()
    assert len(hooks.heard()) == 1
    assert message["payload"] == {"group_id": "g-sales", "metric": "waiting", "value": 14, "threshold": 10}


async def test_statuses_that_are_sent_to_a_receiver_are_told(hooks: Hooks) -> None:
    settings = {
        "endpoint_url": "http://127.0.0.1:1",
        "authentication_type": "none",
        "status_push_url": "http://127.0.0.1:1/s",
    }
    created = {"name": "cc", "kind": "contact_center", "settings": settings}
    await run(hooks.workspace, "connections.create", params=created)
    connection = await hooks.workspace.store.read(connections.find_connection, "cc")
    assert connection is not None
    await hooks.add(event_types="contact_center.agent.*")
    moment = 1_772_694_000
    updates = [StatusUpdate("op-17", "Work", moment), StatusUpdate("op-18", "Break", moment + 1)]
    await hooks.workspace.status_sender.put(connection, updates)
    (message,) = await told(hooks, 1)
    assert message["payload"]["statuses"] == [
        {"agent_id": "op-17", "status": "Work", "timestamp": "2026-03-05T07:00:00.000Z"},
        {"agent_id": "op-18", "status": "Break", "timestamp": "2026-03-05T07:00:01.000Z"},
    ]
