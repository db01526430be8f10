"""Webhooks: how many deliveries a second leave, how soon an event is there, and what an event costs without endpoints.

The floor is a plain loop that posts signed bodies with httpx, two side by side as one endpoint gets them, and keeps
nothing. The receiver is a program of its own. Prints one JSON line per figure.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from app.domain.webhooks.body import body_text
from app.domain.webhooks.delivery import new_delivery_id
from app.domain.webhooks.endpoint import SECRET, PayloadFormat, WebhookEndpoint
from app.domain.webhooks.events import EventType, event
from app.domain.webhooks.signature import Signing, new_secret, signed_headers
from app.places import Home
from app.store import webhook_log, webhooks
from app.vault import MemoryKeyring
from app.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
COUNT = 3_000
PACED_S, PACED_PER_S = 10.0, 100
CHEAP = 500
KIND = EventType.SYNC_COMPLETED


def main() -> int:
    """Measure and print; 1 when a limit is missed."""
    with _receiver() as url:
        return 0 if all(asyncio.run(_measure(url))) else 1


async def _measure(url: str) -> list[bool]:
    floor = await _floor(url)
    sustained = await _sustained(url)
    delays = await _paced(url)
    without = await _without_endpoints()
    p95 = delays[len(delays) * 95 // 100]
    return [
        _figure("floor: signed bodies posted by a plain loop", floor, "a second"),
        _figure("webhook deliveries, sustained", sustained, "a second", 300, at_least=True),
        _figure("of the floor", sustained / floor * 100, "percent"),
        _figure(f"event to delivery at {PACED_PER_S} a second, median", delays[len(delays) // 2] * 1000, "ms"),
        _figure(f"event to delivery at {PACED_PER_S} a second, 95th percentile", p95 * 1000, "ms", 1000),
        _figure("an event of a run without endpoints", without * 1000, "ms", 0.5),
    ]


async def _floor(url: str) -> float:
    endpoint, secret = WebhookEndpoint("e", "e", url, ("*",)), new_secret()
    left = iter(range(COUNT))
    async with httpx.AsyncClient(trust_env=False) as client:

        async def work() -> None:
            for _number in left:
                key = new_delivery_id()
                body = body_text(event(KIND, {}), PayloadFormat.CLASSIC, key, "e")
                headers = signed_headers(endpoint, key, body, Signing((secret,), datetime.now(UTC), 1))
                (await client.post(url, content=body.encode(), headers=headers)).raise_for_status()

        begun = time.perf_counter()
        await asyncio.gather(work(), work())
        return COUNT / (time.perf_counter() - begun)


async def _sustained(url: str) -> float:
    async with _workspace(url) as workspace:
        for _slice in range(COUNT // 500):
            await workspace.store.write(workspace.event_log.add, [event(KIND, {}) for _turn in range(500)])
        begun = time.perf_counter()
        assert await workspace.webhooks.flush(120) == 0
        took = time.perf_counter() - begun
        found = await workspace.store.read(webhook_log.count_deliveries, webhook_log.DeliveryFilter())
    assert found == COUNT == len(await _times(url))
    return COUNT / took


async def _paced(url: str) -> list[float]:
    """Seconds from each event to its arrival, the quickest first, while a deliverer runs as in the window."""
    async with _workspace(url) as workspace:
        work = workspace.tasks.start("deliverer", workspace.webhooks.run())
        begun = time.monotonic()
        for number in range(int(PACED_S * PACED_PER_S)):
            await workspace.store.write(workspace.event_log.add, [event(KIND, {})])
            workspace.webhooks.wake()
            await asyncio.sleep(max(0.0, begun + (number + 1) / PACED_PER_S - time.monotonic()))
        assert await workspace.webhooks.flush(30) == 0
        work.cancel()
        await asyncio.wait([work])
        made = await workspace.store.read(webhook_log.deliveries, webhook_log.DeliveryFilter(limit=100_000))
    times = await _times(url)
    return sorted(times[delivery.id] - delivery.created_at.timestamp() for delivery in made)


async def _without_endpoints() -> float:
    """Seconds that the two events of a run add to its transactions, where nobody listens."""
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        async with await Workspace.open(Home.find(folder), keyring=MemoryKeyring()) as workspace:

            async def took(count: int) -> float:
                begun = time.perf_counter()
                for _turn in range(CHEAP):
                    await workspace.store.write(workspace.event_log.add, [event(KIND, {}) for _one in range(count)])
                return (time.perf_counter() - begun) / CHEAP

            nothing, one = await took(0), await took(1)
    return max(0.0, one - nothing)


@asynccontextmanager
async def _workspace(url: str) -> AsyncIterator[Workspace]:
    """A workspace with one endpoint that leads to the receiver, which has heard nothing yet."""
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(f"{url}/clear")
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        async with await Workspace.open(Home.find(folder), keyring=MemoryKeyring()) as workspace:
            workspace.webhooks.lines.demo_ports = frozenset({urlsplit(url).port or 0})
            endpoint = WebhookEndpoint("e" * 32, "bench", url, (KIND.value,), insecure=True, secrets=(SECRET,))
            await workspace.vault.set(endpoint.id, SECRET, new_secret())
            await workspace.store.write(webhooks.add_endpoint, endpoint)
            yield workspace


async def _times(url: str) -> dict[str, float]:
    async with httpx.AsyncClient(trust_env=False) as client:
        found: dict[str, float] = (await client.get(f"{url}/times")).json()
    return found


@contextmanager
def _receiver() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bench.webhook_receiver"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as receiver:
        assert receiver.stdout is not None
        try:
            yield json.loads(receiver.stdout.readline())
        finally:
            receiver.kill()


def _figure(name: str, value: float, unit: str, limit: float | None = None, *, at_least: bool = False) -> bool:
    ok = limit is None or (value >= limit if at_least else value <= limit)
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "limit": limit, "ok": ok}))
    return ok


if __name__ == "__main__":
    raise SystemExit(main())
