"""The open window while 10,000 employees and 344 customers are synced and 50 terminals pushed: stalls, and cancel.

The remote systems run in a process of their own, as they do in life; a terminal takes 50 ms for a person, 400 ms for a
face and 50 ms for a read-back. A timer notes how late the event loop comes to it. Prints one JSON line per figure.
Needs a display (Xvfb) or runs offscreen.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from qasync import QEventLoop

from app.demo.drawing.portrait import portrait
from app.domain.devices import Device
from app.domain.directory import Employee
from app.domain.outcomes import RunState
from app.events import DevicesChanged, RunEnded, RunProgress
from app.operations.photo_files import face_file
from app.operations.runner import Request
from app.photos import examine
from app.places import Home
from app.settings import SettingsFile
from app.store import devices, directory
from app.store.database import insert_rows
from app.store.models import EmployeeRow
from app.workspace import Workspace
from ui.application import SWITCH_INTERVAL_S, make_application
from ui.collecting import Collector
from ui.theme import ThemeChoice, apply_theme
from ui.window import MainWindow

TICK_MS = 4
ROOT = Path(__file__).resolve().parents[2]


class Served:
    """A demo world in another process, as far as the window asks."""

    def __init__(self, systems: dict[str, dict[str, Any]]) -> None:
        self._systems = systems

    def describe(self) -> dict[str, dict[str, Any]]:
        """Addresses and credentials."""
        return self._systems


class Lateness:
    """How late a regular timer fires, in milliseconds."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now

    def start(self) -> None:
        """Begin to measure."""
        self.late_ms = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> tuple[float, float]:
        """99th percentile and worst, in milliseconds."""
        self._timer.stop()
        ordered = sorted(self.late_ms)
        return ordered[int(len(ordered) * 0.99)], ordered[-1]


async def measure(window: MainWindow, systems: dict[str, dict[str, Any]]) -> bool:
    """Open, sync, sync again, cancel; print the figures."""
    await window.open_workspace(Served(systems))
    window.open_page("employees")
    await asyncio.sleep(1.0)
    worst_ok = True
    jobs = (("first sync", "employees"), ("unchanged sync", "employees"), ("sync of customers", "customers"))
    for name, page in jobs:
        window.open_page(page)
        await asyncio.sleep(0.5)
        p99, worst = await stalls(window, f"{page}.sync")
        worst_ok &= figure(f"{name}: stalls, 99th percentile", p99, "ms", 16)
        worst_ok &= figure(f"{name}: stalls, worst", worst, "ms", 50)
    window.open_page("employees")
    seconds = await cancel(window)
    worst_ok &= figure("cancel pressed to cancelled shown", seconds, "s", 1)
    p99, worst = await push_stalls(window, systems["terminals"])
    await window.close_workspace()
    worst_ok &= figure("push to 50 terminals: stalls, 99th percentile", p99, "ms", 16)
    return worst_ok & figure("push to 50 terminals: stalls, worst", worst, "ms", 50)


async def push_stalls(window: MainWindow, told: dict[str, Any]) -> tuple[float, float]:
    """Lateness while 24 people with photos are pushed to 50 terminals, the page of devices in front."""
    assert window.workspace is not None
    workspace = window.workspace
    latency = {"latency": {"person_s": 0.05, "face_s": 0.4, "read_s": 0.05}}
    call = urllib.request.Request(f"{told['control_url']}/_demo/terminals/all", data=json.dumps(latency).encode())
    with urllib.request.urlopen(call, timeout=10):
        pass
    for number, one in enumerate(told["devices"]):
        device = Device(
            f"d{number}", one["name"], one["host"], one["port"], username=one["username"], has_password=True
        )
        await workspace.vault.set(device.id, "password", one["password"])
        await workspace.store.write(devices.add_device, device)
    await add_people(workspace)
    workspace.events.publish(DevicesChanged())
    window.open_page("devices")
    await asyncio.sleep(1.0)
    ended = asyncio.Event()
    forget = workspace.events.subscribe(RunEnded, lambda _event: ended.set())
    lateness = Lateness()
    lateness.start()
    handle = await workspace.runner.start(Request("terminals.push_all", params={"pace": "fast"}))
    await asyncio.wait_for(ended.wait(), 120)
    forget()
    await asyncio.sleep(2)
    stalls = lateness.stop()
    summary = (await handle.report()).run.summary if handle.task else {}
    if summary["verified"] != summary["total"]:
        raise SystemExit(f"not everybody was verified: {summary}")
    return stalls


async def add_people(workspace: Workspace) -> None:
    """People with local photos."""
    jpeg = examine(portrait("1", "Ana Popescu")).jpeg
    workspace.home.faces.mkdir()
    rows = []
    for number in range(24):
        person = Employee(
            f"p{number}", f"Ana{number}", "Popescu", employee_no=str(1000 + number), supabase_id=f"s{number}",
            photo="p.jpg", photo_digest=f"{number:016x}",
        )  # fmt: skip
        face_file(workspace.home, person.id).write_bytes(jpeg)
        rows.append((*directory.employee_row(person)[:-2], "2026-01-01", "2026-01-01"))
    await workspace.store.write(insert_rows, EmployeeRow, rows)


async def stalls(window: MainWindow, button: str) -> tuple[float, float]:
    """Lateness from the click to two seconds after the end, when everything is painted."""
    assert window.workspace is not None
    ended = asyncio.Event()
    forget = window.workspace.events.subscribe(RunEnded, lambda _event: ended.set())
    lateness = Lateness()
    lateness.start()
    press(window, button)
    await asyncio.wait_for(ended.wait(), 60)
    forget()
    await asyncio.sleep(2)
    return lateness.stop()


async def cancel(window: MainWindow) -> float:
    """Cancel while a list is being fetched, as soon as the button is there."""
    assert window.workspace is not None
    fetching, ended = asyncio.Event(), asyncio.Event()
    states: list[RunState] = []

    def over(event: RunEnded) -> None:
        states.append(event.run.state)
        ended.set()

    forget = [
        window.workspace.events.subscribe(RunProgress, lambda _event: fetching.set()),
        window.workspace.events.subscribe(RunEnded, over),
    ]
    press(window, "employees.preview")  # compares everything, so there is something to cancel
    await asyncio.wait_for(fetching.wait(), 10)
    begun = time.perf_counter()
    press(window, "run.cancel")
    await asyncio.wait_for(ended.wait(), 10)
    seconds = time.perf_counter() - begun
    for end in forget:
        end()
    if states != [RunState.CANCELLED]:
        raise SystemExit(f"the run was not cancelled but {states}")
    return seconds


def press(window: MainWindow, name: str) -> None:
    """Click the visible button of that name."""
    for button in window.findChildren(QPushButton, name):
        if button.isVisible() and button.isEnabled():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            return
    raise SystemExit(f"no button {name} to press")


def figure(name: str, value: float, unit: str, limit: float) -> bool:
    """Print one figure; whether it is within its limit."""
    ok = value <= limit
    print(json.dumps({"name": name, "value": round(value, 2), "unit": unit, "limit": limit, "ok": ok}), flush=True)
    return ok


def main() -> int:
    """Measure; 1 when a limit is missed."""
    command = [
        sys.executable,
        "-m",
        "app",
        "simulate",
        "--people",
        "10000",
        "--offices",
        "200",
        "--terminals",
        "50",
        "--json",
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as server,
    ):
        assert server.stdout is not None
        try:
            systems = json.loads(server.stdout.readline())
            sys.setswitchinterval(SWITCH_INTERVAL_S)
            application = make_application()
            collector = Collector(application, lambda: window.is_working)
            apply_theme(application, ThemeChoice.LIGHT)
            home = Home.find(folder)
            window = MainWindow(home, SettingsFile(home.settings), demo=True)
            window.show()
            with QEventLoop(application) as loop:
                asyncio.set_event_loop(loop)
                ok = loop.run_until_complete(measure(window, systems))
            collector.stop()
            return 0 if ok else 1
        finally:
            server.terminate()


if __name__ == "__main__":
    raise SystemExit(main())
