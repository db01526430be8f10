"""Status updates on their way: sent in order, kept while the receiver is dead, dropped when they are too late
(contact-center.md §6, §11.8, §11.9).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from app.domain.connections import Connection
from app.domain.contact_center.pushes import StatusUpdate
from app.errors import NotConfigured
from app.operations.runner import Request
from app.operations.status_sender import StatusSender
from app.store import connections, leases, outbox
from app.store.outbox import OutboxState, Tally
from app.workspace import Workspace
from tests.support.contact_center import ScriptedServer
from tests.support.running import execute

PATH = "/ccwfm/api/rest/status"
SOON_S = 10


@pytest.fixture
def server() -> ScriptedServer:
    server = ScriptedServer()
    server.answers[PATH] = (200, b"")
    return server


@pytest.fixture
async def address(server: ScriptedServer) -> AsyncIterator[str]:
    async with server.serving() as address:
        yield address


@pytest.fixture
def nowhere() -> str:
    """An address on this computer where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


async def connect(workspace: Workspace, address: str, name: str = "cc", **settings: object) -> Connection:
    given = {"endpoint_url": "http://127.0.0.1:1", "authentication_type": "none"} | settings
    if address:
        given["status_push_url"] = address + PATH
    params = {"name": name, "kind": "contact_center", "settings": given}
    report = await (await workspace.runner.start(Request("connections.create", params=params))).report()
    assert report.exit_code == 0, report.run
    found = await workspace.store.read(connections.find_connection, name)
    assert found is not None
    return found


@asynccontextmanager
async def running(workspace: Workspace) -> AsyncIterator[StatusSender]:
    """A sender at work, cancelled when the test is through."""
    sender = StatusSender(workspace.store, workspace.links, workspace.tasks)
    work = workspace.tasks.start("sender", sender.run())
    try:
        yield sender
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


def updates(count: int, agents: int = 5) -> list[StatusUpdate]:
    return [StatusUpdate(f"op-{n % agents}", ("Work", "Break")[n // agents % 2], 1000 + n) for n in range(count)]


async def until(fulfilled: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not fulfilled():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


async def state(workspace: Workspace, connection: Connection) -> OutboxState:
    return await workspace.store.read(outbox.outbox_state, connection.id)


async def emptied(workspace: Workspace, connection: Connection) -> OutboxState:
    deadline = time.monotonic() + SOON_S
    while (found := await state(workspace, connection)).waiting:
        assert time.monotonic() < deadline, "the outbox is not emptied"
        await asyncio.sleep(0.02)
    return found


async def test_a_change_is_two_messages_in_seconds(workspace: Workspace, server: ScriptedServer, address: str) -> None:
    connection = await connect(workspace, address, system_id="Контакт-центр 1")
    async with running(workspace) as sender:
        await sender.put(connection, [StatusUpdate("op-17", "Work", 1_772_694_000, "Обработка")])
        await sender.put(connection, [StatusUpdate("op-17", "Break", 1_772_694_600, "Перерыв")])
        await emptied(workspace, connection)
    entered, leave, enter = [heard.json for heard in server.heard]
    assert entered["stateCode"] == "Work"
    common = {"workerId": "op-17", "systemId": "Контакт-центр 1", "actionTime": 1_772_694_600}
    assert leave == common | {"stateCode": "Work", "stateName": "Обработка", "action": 0}
    assert enter == common | {"stateCode": "Break", "stateName": "Перерыв", "action": 1}


async def test_a_system_without_a_name_has_that_of_its_connection(
    workspace: Workspace, server: ScriptedServer, address: str
) -> None:
    connection = await connect(workspace, address, name="Линия")
    async with running(workspace) as sender:
        await sender.put(connection, updates(1))
        await emptied(workspace, connection)
    assert server.heard[0].json["systemId"] == "Линия"


async def test_order_is_kept_per_agent_while_several_are_sent_side_by_side(
    workspace: Workspace, server: ScriptedServer, address: str
) -> None:
    server.pause_s = 0.002
    connection = await connect(workspace, address)
    async with running(workspace) as sender:
        await sender.put(connection, updates(300))
        assert (await emptied(workspace, connection)).tally == Tally(taken=595)
    assert server.most_busy > 1
    steps: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for heard in server.heard:
        steps[heard.json["workerId"]].append((heard.json["actionTime"], heard.json["action"]))
    for told in steps.values():
        assert told == sorted(told)  # leave (0) before enter (1), and both in order of time


async def test_refusals_are_counted_and_not_sent_again(
    workspace: Workspace, server: ScriptedServer, address: str
) -> None:
    server.answers[PATH] = (400, b"")
    connection = await connect(workspace, address)
    async with running(workspace) as sender:
        await sender.put(connection, updates(3))
        assert (await emptied(workspace, connection)).tally == Tally(refused=3)
    assert len(server.heard) == 3


async def test_with_a_dead_receiver_nobody_waits_and_nothing_is_lost(workspace: Workspace, nowhere: str) -> None:
    connection = await connect(workspace, nowhere)
    async with running(workspace) as sender:
        await asyncio.sleep(0.05)
        slowest = 0.0
        for update in updates(100):
            begun = time.perf_counter()
            await sender.put(connection, [update])
            slowest = max(slowest, time.perf_counter() - begun)
        client = await workspace.links.contact_center(connection)
        await until(lambda: client.push_breaker is not None and client.push_breaker.refuses_until is not None)
    assert slowest < 0.25  # a busy computer; as a rule it is a few milliseconds
    assert await state(workspace, connection) == OutboxState(195, (await state(workspace, connection)).oldest_ms)


async def test_what_waited_is_sent_when_the_receiver_is_back_and_after_a_restart(
    workspace: Workspace, server: ScriptedServer, nowhere: str
) -> None:
    connection = await connect(workspace, nowhere)
    async with running(workspace) as sender:
        await sender.put(connection, updates(20))
        await asyncio.sleep(0.1)
    async with server.serving() as address:
        settings = connection.settings | {"status_push_url": address + PATH}
        request = Request("connections.update", "cc", params={"settings": settings})
        report = await (await workspace.runner.start(request)).report()
        assert report.exit_code == 0, report.run
        async with running(workspace):
            await emptied(workspace, connection)
    assert len(server.heard) == 35


async def test_20_000_updates_for_a_dead_receiver_stay_on_disk_and_are_counted_when_too_late(
    workspace: Workspace, nowhere: str
) -> None:
    connection = await connect(workspace, nowhere, status_max_age_seconds=5)
    sender = StatusSender(workspace.store, workspace.links, workspace.tasks)
    many = updates(20_000, agents=200)
    for start in range(0, len(many), 1000):
        await sender.put(connection, many[start : start + 1000])
    assert (await state(workspace, connection)).waiting == 39_800
    await workspace.store.write(execute, workspace.store, "UPDATE status_outbox SET queued_ms = queued_ms - 6000")
    assert await sender.flush(connection.id, 1.0) == 0
    assert (await state(workspace, connection)).tally == Tally(late=39_800)


async def test_a_command_sends_what_it_put_in_before_it_ends(
    workspace: Workspace, server: ScriptedServer, address: str
) -> None:
    connection = await connect(workspace, address)
    sender = StatusSender(workspace.store, workspace.links, workspace.tasks)
    await sender.put(connection, updates(4))
    assert await sender.flush(connection.id, 5.0) == 0
    assert len(server.heard) == 4


async def test_a_command_does_not_wait_longer_than_it_was_told(workspace: Workspace, nowhere: str) -> None:
    connection = await connect(workspace, nowhere)
    sender = StatusSender(workspace.store, workspace.links, workspace.tasks)
    await sender.put(connection, updates(4))
    begun = time.monotonic()
    assert await sender.flush(connection.id, 0.3) == 4
    assert time.monotonic() - begun < 2


async def test_while_another_program_sends_this_one_does_not(
    workspace: Workspace, server: ScriptedServer, address: str
) -> None:
    connection = await connect(workspace, address)
    claim = leases.Claim(f"status_updates:{connection.id}", "another", "cc.send_status", "cc")
    await workspace.store.write(leases.take_lease, claim)
    sender = StatusSender(workspace.store, workspace.links, workspace.tasks)
    await sender.put(connection, updates(1))
    assert await sender.flush(connection.id, 0.2) == 1
    assert server.heard == []


async def test_two_senders_at_once_send_everything_once(
    workspace: Workspace, server: ScriptedServer, address: str
) -> None:
    connection = await connect(workspace, address)
    others = [replace(update, agent_id=f"x{update.agent_id}") for update in updates(50)]
    async with running(workspace) as one, running(workspace) as other:
        await asyncio.gather(one.put(connection, updates(50)), other.put(connection, others))
        tally = (await emptied(workspace, connection)).tally
    sent = [heard.body for heard in server.heard]
    assert tally == Tally(taken=190)
    assert len(sent) == len(set(sent)) == 190


async def test_a_paused_connection_sends_nothing(workspace: Workspace, server: ScriptedServer, address: str) -> None:
    connection = await connect(workspace, address)
    await workspace.store.write(execute, workspace.store, "UPDATE connection SET status = 'inactive'")
    sender = StatusSender(workspace.store, workspace.links, workspace.tasks)
    await sender.put(connection, updates(1))
    assert await sender.flush(connection.id, 0.2) == 1
    assert server.heard == []


async def test_a_connection_that_is_gone_takes_its_messages_with_it(workspace: Workspace, address: str) -> None:
    connection = await connect(workspace, address)
    sender = StatusSender(workspace.store, workspace.links, workspace.tasks)
    await sender.put(connection, updates(1))
    await workspace.store.write(connections.remove_connection, connection.id)
    assert await sender.flush(connection.id, 1.0) == 0


async def test_without_a_receiver_nothing_is_taken(workspace: Workspace) -> None:
    connection = await connect(workspace, "")
    sender = StatusSender(workspace.store, workspace.links, workspace.tasks)
    with pytest.raises(NotConfigured, match="receiver"):
        await sender.put(connection, updates(1))


async def test_closing_in_the_middle_forgets_what_was_sent_and_keeps_the_rest(
    workspace: Workspace, server: ScriptedServer, address: str
) -> None:
    server.pause_s = 0.02
    connection = await connect(workspace, address)
    async with running(workspace) as sender:
        await sender.put(connection, updates(60, agents=60))
        await until(lambda: len(server.heard) >= 20)
        await workspace.tasks.close()
        await until(lambda: server.busy == 0)
    found = await state(workspace, connection)
    assert found.waiting + found.tally.taken == 60
    assert found.tally.taken >= 8
    assert len(server.heard) - found.tally.taken <= 8  # those that were on their way


async def test_a_minute_is_one_line_in_the_log(
    workspace: Workspace, server: ScriptedServer, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    connection = await connect(workspace, address)
    caplog.set_level(logging.INFO)
    caplog.clear()
    async with running(workspace) as sender:
        await sender.put(connection, updates(30))
        await emptied(workspace, connection)
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("app") and "tatus" in r.getMessage()]
    assert lines == ["Status updates: 55 taken, 0 refused, 0 too late. "]
