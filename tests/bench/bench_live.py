"""The Live tab with 200 agents: how long a change at the platform takes to be on the screen, and stalls meanwhile.

The platform runs in a process of its own. A status is set there by hand and counts as shown when the table of the real
window has painted with it. First the platform is asked every 5 seconds as by default, then it tells by its WebSocket.
Prints one JSON line per figure. Needs a display (Xvfb) or runs offscreen; takes about three minutes.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx
from PySide6.QtCore import QEvent, QObject
from qasync import QEventLoop

from app.operations.contact_center.live_feed import Channel
from app.places import Home
from app.settings import SettingsFile
from tests.bench.bench_window import Lateness, Served, figure
from ui.application import SWITCH_INTERVAL_S, make_application
from ui.collecting import Collector
from ui.pages.workforce.live import LivePage
from ui.theme import ThemeChoice, apply_theme
from ui.window import MainWindow

ROOT = Path(__file__).resolve().parents[2]
AGENTS = 200
CHANGES = {"asking": 14, "WebSocket": 40}
LIMITS = {"asking": 5.0, "WebSocket": 1.5}
NAMES = cycle(("Готов", "Обработка", "Перерыв: обед", "Обучение"))


class Painted(QObject):
    """Counts the paintings of the agents' table."""

    def __init__(self, page: LivePage) -> None:
        super().__init__(page)
        self.count = 0
        page.agents.table.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note a painting; it is over when the loop goes on."""
        self.count += event.type() == QEvent.Type.Paint
        return False


async def delays(page: LivePage, client: httpx.AsyncClient, changes: int) -> list[float]:
    """Seconds from each change until its row has been painted, at moments that follow no pattern."""
    chance, painted, taken = random.Random(5), Painted(page), []
    for number in range(changes):
        await asyncio.sleep(chance.uniform(0.2, 2.0))
        agent = f"op-{17 + chance.randrange(AGENTS)}"
        code, name = f"Bench_{number}", next(NAMES)
        begun = time.perf_counter()
        asked = {"agent_id": agent, "state_code": code, "state_name": name}
        (await client.post("/_demo/statuses", json=asked)).raise_for_status()
        while not _shows(page, agent, code):
            await asyncio.sleep(0.002)
        before = painted.count
        page.agents.table.viewport().update()
        while painted.count == before:
            await asyncio.sleep(0.002)
        taken.append(time.perf_counter() - begun)
    return taken


def _shows(page: LivePage, agent: str, code: str) -> bool:
    row = page.agents.rows.row_for(agent)
    return row is not None and row.status is not None and row.status.state_code == code


async def measure(window: MainWindow, systems: dict[str, dict[str, Any]]) -> bool:
    """Both ways; the figures are printed."""
    told = systems["contact_center"]
    control = httpx.AsyncClient(base_url=told["endpoint_url"].removesuffix("/api"), timeout=10, verify=False)
    ok = True
    for way in ("asking", "WebSocket"):
        settings = {**told, "websocket_url": told["websocket_url"] if way == "WebSocket" else ""}
        if way == "asking":
            await window.open_workspace(Served({"contact_center": settings}))
            window.open_page("workforce")
            page = window.page("workforce").inner("live")  # type: ignore[attr-defined]
            window.page("workforce").open_inner("live")  # type: ignore[attr-defined]
        else:
            await switch_on_line(window, settings["websocket_url"])
        wanted = Channel.SOCKET if way == "WebSocket" else Channel.POLLING
        while page.feed is None or page.feed.channel is not wanted or page.agents.rows.total < AGENTS:
            await asyncio.sleep(0.05)
        await asyncio.sleep(3)
        (await control.get("/_demo/received")).raise_for_status()  # what the first call of a client costs is not ours
        lateness = Lateness()
        lateness.start()
        taken = sorted(await delays(page, control, CHANGES[way]))
        p99, worst = lateness.stop()
        ok &= figure(f"{way}: change at the platform to the screen, worst of {len(taken)}", taken[-1], "s", LIMITS[way])
        ok &= figure(f"{way}: the same, median", taken[len(taken) // 2], "s", LIMITS[way])
        ok &= figure(f"{way}: stalls, 99th percentile", p99, "ms", 16)
        ok &= figure(f"{way}: stalls, worst", worst, "ms", 50)
    await control.aclose()
    await window.close_workspace()
    return ok


async def switch_on_line(window: MainWindow, address: str) -> None:
    """Edit the connection as a person does."""
    from app.operations.runner import Request

    assert window.workspace is not None
    params = {"settings": {"websocket_url": address}}
    report = await (
        await window.workspace.runner.start(Request("connections.update", "contact_center", params))
    ).report()
    if report.error is not None:
        raise SystemExit(report.error.message)


def main() -> int:
    """Measure; 1 when a limit is missed."""
    command = [sys.executable, "-m", "tests.bench.bench_live", "serve"]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE
    ) as server:  # fmt: skip
        assert server.stdout is not None
        try:
            systems = json.loads(server.stdout.readline())
            sys.setswitchinterval(SWITCH_INTERVAL_S)
            application = make_application()
            collector = Collector(application, lambda: window.is_working)
            apply_theme(application, ThemeChoice.LIGHT)
            home = Home.find(folder)
            window = MainWindow(home, SettingsFile(home.settings), demo=True)
            window.resize(1360, 860)
            window.show()
            with QEventLoop(application) as loop:
                asyncio.set_event_loop(loop)
                ok = loop.run_until_complete(measure(window, systems))
            collector.stop()
            return 0 if ok else 1
        finally:
            server.terminate()


def serve() -> None:
    """The platform, at noon of a working day, until it is ended."""
    from datetime import UTC, datetime

    from app.demo.world import DemoWorld

    with DemoWorld(people=1, offices=1, terminals=0, workers=1, customers=1, agents=AGENTS) as world:
        ahead = datetime(2026, 3, 10, 9, tzinfo=UTC) - datetime.now(UTC)
        world.contact_center.clock = lambda: datetime.now(UTC) + ahead
        print(json.dumps(world.describe(), default=str), flush=True)
        while True:
            time.sleep(60)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    raise SystemExit(main())
