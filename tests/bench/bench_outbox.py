"""Status updates: how many a second the outbox takes, what it costs the event loop, what a kill leaves, how many leave.

An update counts when its caller was told that it is stored. Prints one JSON line per figure.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from app.domain.audit import Via
from app.domain.connections import Connection, ConnectionStatus
from app.domain.contact_center.pushes import StatusAction
from app.domain.kinds import ConnectionKind
from app.operations.audit_log import AuditLog
from app.operations.links import Links
from app.operations.status_sender import StatusSender
from app.places import Home
from app.store import connections, outbox
from app.store.database import Store
from app.store.outbox import StatusOutbox
from app.tasks import Tasks
from app.vault import MemoryKeyring, Vault
from tests.support.contact_center import ScriptedServer
from tests.support.outbox_writer import update

ROOT = Path(__file__).resolve().parents[2]
CONNECTION = "cc"
SECONDS, CALLERS, TICK_S = 4.0, 50, 0.002
SENT = 2_000
PATH = "/status"


def main() -> int:
    """Measure and print; 1 when a limit is missed."""
    results = [*_accepting(CALLERS), *_accepting(1), *_killed(), *_sending()]
    return 0 if all(results) else 1


def _accepting(callers: int) -> Iterator[bool]:
    with _store() as store:
        accepted, stalls = asyncio.run(_accept(store, callers))
        waiting = len(store.run_now(outbox.next_messages, CONNECTION, "x", 10**9))
    assert waiting >= accepted
    who = f"{callers} callers" if callers > 1 else "one caller after the other"
    yield _figure(f"status updates accepted, {who}", accepted / SECONDS, "a second", 500, at_least=True)
    yield _figure(f"event loop meanwhile, 99th percentile, {who}", stalls[len(stalls) * 99 // 100] * 1000, "ms", 16)
    yield _figure(f"event loop meanwhile, worst, {who}", stalls[-1] * 1000, "ms", 50)


async def _accept(store: Store, callers: int) -> tuple[int, list[float]]:
    """How many updates were acknowledged, and how late the loop was each time, the least first."""
    tasks, numbers, accepted, late = Tasks(), count(1), 0, list[float]()
    box = StatusOutbox(store, tasks)
    until = time.monotonic() + SECONDS

    async def call() -> None:
        nonlocal accepted
        while time.monotonic() < until:
            await box.put(CONNECTION, [update(next(numbers))])
            accepted += 1

    async def tick() -> None:
        while time.monotonic() < until:
            begun = time.perf_counter()
            await asyncio.sleep(TICK_S)
            late.append(time.perf_counter() - begun - TICK_S)

    await asyncio.gather(tick(), *(call() for _caller in range(callers)))
    await tasks.close()
    return accepted, sorted(late)


def _killed() -> Iterator[bool]:
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        home = Home.find(folder)
        Store(home).open()
        command = [sys.executable, "-m", "tests.support.outbox_writer", str(home.path), CONNECTION, "60", str(CALLERS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as writer:
            assert writer.stdout is not None
            acknowledged = [int(writer.stdout.readline()) for _line in range(2_975)]
            writer.send_signal(signal.SIGKILL)
            acknowledged += [int(line) for line in writer.stdout.read().splitlines()]
        store = Store(home)
        store.open()
        messages = store.run_now(outbox.next_messages, CONNECTION, "x", 10**9)
        store.close()
    entered = {w.message.action_time for w in messages if w.message.action is StatusAction.ENTER}
    yield _figure("acknowledged before kill -9", len(acknowledged), "updates", 2_975, at_least=True)
    yield _figure("of them lost", len(set(acknowledged) - entered), "updates", 0)


def _sending() -> Iterator[bool]:
    with _store() as store:
        took = asyncio.run(_send(store))
    yield _figure("messages sent to a receiver on this computer", SENT / took, "a second", 200, at_least=True)


async def _send(store: Store) -> float:
    server, tasks = ScriptedServer(), Tasks()
    server.answers[PATH] = (200, b"")
    links = Links(Vault(MemoryKeyring()), store, AuditLog(Via.COMMAND_LINE))
    async with server.serving() as address:
        settings = {"endpoint_url": address, "authentication_type": "none", "status_push_url": address + PATH}
        kind, status = ConnectionKind.CONTACT_CENTER, ConnectionStatus.ACTIVE
        connection = store.run_now(connections.add_connection, Connection(CONNECTION, "cc", kind, status, settings))
        sender = StatusSender(store, links, tasks)
        await sender.put(connection, [update(number) for number in range(SENT // 2 + 100)])  # leave and enter
        begun = time.perf_counter()
        while len(server.heard) < SENT:
            await sender.flush(connection.id, 60)
        took = time.perf_counter() - begun
        await links.close()
        await tasks.close()
    return took


@contextmanager
def _store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        store = Store(Home.find(folder))
        store.open()
        yield store
        store.close()


def _figure(name: str, value: float, unit: str, limit: float, at_least: bool = False) -> bool:
    ok = value >= limit if at_least else value <= limit
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "limit": limit, "ok": ok}))
    return ok


if __name__ == "__main__":
    raise SystemExit(main())
