"""A program killed while it works off the outbox loses nothing, and sends nothing twice but what was under way."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from app.domain.webhooks.delivery import DeliveryStatus
from app.operations.webhooks.deliverer import AT_ONCE_PER_ENDPOINT
from tests.support.webhooks import Hooks

ROOT = Path(__file__).resolve().parents[3]
EVENTS = 1_000
SOON_S = 60


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
async def test_kill_9_with_a_thousand_queued_events(hooks: Hooks) -> None:
    await hooks.add(unsigned=True)  # the other program shares no keyring with this one
    await hooks.happen(EVENTS)
    port = hooks.receiver.base_url.rpartition(":")[2]
    command = [sys.executable, "-m", "tests.support.webhook_sender", str(hooks.workspace.home.path), port]
    for until in (100, 400):
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as sender:
            deadline = time.monotonic() + SOON_S
            while len(hooks.receiver.heard) < until:
                assert time.monotonic() < deadline, "nothing arrives"
                assert sender.poll() is None, "it ended by itself"
                await asyncio.sleep(0.005)
            sender.send_signal(signal.SIGKILL)
    assert await hooks.send(SOON_S) == 0
    times = Counter(heard.headers["webhook-id"] for heard in hooks.heard())
    deliveries = await hooks.deliveries()
    assert {d.status for d in deliveries} == {DeliveryStatus.DELIVERED}
    assert times.keys() == {d.id for d in deliveries}
    assert len(times) == EVENTS
    twice = [key for key, count in times.items() if count > 1]
    assert len(twice) <= 2 * AT_ONCE_PER_ENDPOINT  # those under way at each of the two kills
    assert max(times.values()) <= 2
