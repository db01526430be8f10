"""Start of the window with 200 connections and 50 schedules, against an empty one in the same run.

Two figures: command to first window, seen from outside both programs; and how long an open window takes from opening
the store to the Connections page with all its rows. Prints one JSON line each. Needs a display of its own (Xvfb).
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from qasync import QEventLoop

from app.domain.connections import Connection, ConnectionStatus
from app.domain.ids import new_id
from app.domain.kinds import ConnectionKind
from app.domain.schedules import Schedule
from app.domain.timing import Timing
from app.places import Home
from app.settings import SettingsFile
from app.store import connections, schedules
from app.store.database import Store
from app.store.values import now
from app.workspace import Workspace
from tests.bench.bench_start import Screen, _seconds
from ui.application import make_application
from ui.pages.connections import ConnectionsPage
from ui.theme import ThemeChoice, apply_theme
from ui.window import MainWindow

CONNECTIONS, SCHEDULES = 200, 50
REPEATS = 7
LIMIT = 1.2
PAGE_LIMIT_S = 1.0  # a page opens well under a second, network or no network (screens.md)


def fill(store: Store) -> None:
    """Connections that lack nothing but an answer, and schedules of them."""

    def write() -> None:
        for number in range(CONNECTIONS):
            settings = {"base_url": "http://127.0.0.1:9", "installation_id": "MS", "product_login": "me"}
            found = Connection(
                new_id(), f"Hub {number:03}", ConnectionKind.VITEC, ConnectionStatus.ACTIVE, settings, ("access_key",),
                last_sync=now(),
            )  # fmt: skip
            connections.add_connection(found)
            if number < SCHEDULES:
                daily = Timing(every_s=86_400)
                schedules.add_schedule(
                    Schedule(new_id(), f"Schedule {number}", "offices.sync", found.id, timing=daily,
                             due_at=now() + timedelta(days=1), planned_at=now())
                )  # fmt: skip

    store.run_now(write)


async def prepare(path: Path, *, many: bool) -> None:
    """A home with its store, as a first start leaves it."""
    home = Home.find(str(path))
    async with await Workspace.open(home) as workspace:
        if many:
            await asyncio.to_thread(fill, workspace.store)


def main() -> int:
    """Measure both figures, alternately."""
    screen = Screen()
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as full:
        asyncio.run(prepare(Path(empty), many=False))
        asyncio.run(prepare(Path(full), many=True))
        without, with_many = [], []
        for _repeat in range(REPEATS):
            without.append(_seconds(screen, ["-m", "app", "gui"], empty))
            with_many.append(_seconds(screen, ["-m", "app", "gui"], full))
        page_s = page_opened(Path(full))
    ratio = min(with_many) / min(without)
    good = figure("start with 200 connections and 50 schedules / empty start", ratio, "x", LIMIT)
    print(f"  empty {min(without):.3f} s, many {min(with_many):.3f} s", file=sys.stderr)
    good &= figure("Connections page with 200 rows and their next runs", page_s, "s", PAGE_LIMIT_S)
    return 0 if good else 1


def figure(name: str, value: float, unit: str, limit: float) -> bool:
    """Print one figure; whether it is within its limit."""
    good = value <= limit
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "limit": limit, "ok": good}))
    return good


def page_opened(path: Path) -> float:
    """Seconds from asking for the page to its rows with next runs, in an open window."""
    application = make_application()
    apply_theme(application, ThemeChoice.LIGHT)
    home = Home.find(str(path))
    window = MainWindow(home, SettingsFile(home.settings))
    window.show()
    with QEventLoop(application) as loop:
        asyncio.set_event_loop(loop)
        return float(loop.run_until_complete(_page_opened(window)))


async def _page_opened(window: MainWindow) -> float:
    await window.open_workspace(None)
    await asyncio.sleep(1)
    begun = time.perf_counter()
    window.open_page("connections")
    page = window.pages["connections"]
    assert isinstance(page, ConnectionsPage)
    while page.pane.rows.total < CONNECTIONS or not any(r.next_run for r in page.pane.rows.shown_rows()):
        if time.perf_counter() - begun > 30:
            raise SystemExit("the rows did not come")
        await asyncio.sleep(0.001)
    seconds = time.perf_counter() - begun
    await window.close_workspace()
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
