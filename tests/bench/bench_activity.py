"""The Activity page over 1,000,000 outcomes of 4,000 runs: opening it, a filter by status, a search; to painted rows.

python tests/bench/bench_activity.py [RUNS [OUTCOMES A RUN]]

Builds the store first (about 20 s), then drives the real page. Each figure is the median of several, in milliseconds
from the act to the paint event of the table that shows the answer. Runs on any display, Xvfb or offscreen.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton
from qasync import QEventLoop

from app.domain.outcomes import Action, Outcome, Run, RunState, Status
from app.operations.registry import operations
from app.places import Home
from app.store import runs
from app.store.run_search import RunFilter, count_states
from app.store.values import now
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.window import Heard
from ui.application import make_application
from ui.desk import Desk
from ui.layouts import Layouts
from ui.pages.activity import ActivityPage, make
from ui.theme import ThemeChoice, apply_theme

RUNS, OUTCOMES, PEOPLE, TIMES = 4_000, 250, 2_000, 5
REACH_MS = 300
FIRST = ("Åse", "Ana", "Knut", "Ingrid", "Kari", "Bjørn", "Ola", "Øyvind", "Ștefan", "Hanne")
LAST = ("Kristiansen", "Stan", "Hansen", "Ionescu", "Dumitru", "Bakke", "Lie", "Berg", "Nordmann")


def outcome(number: int, place: int, fatal: bool) -> Outcome:
    """What a push did for one of the people at one of nine doors."""
    name = f"{FIRST[number % 10]} {LAST[number % 9]} {number}"
    status, message = Status.SUCCESS, "Person and photo stored and read back from the device"
    if fatal:
        status, message = Status.FATAL, "The device refused the photo: no face was found in it"
    return Outcome(name, f"{number:032x}", f"Door {place % 9}", f"d{place % 9}", status, "face", message, Action.UPDATE,
                   asked="PUT /ISAPI/Intelligent/FDLib/FDSetUp", answered="200 OK")  # fmt: skip


def fill(first: int, count: int, each: int) -> None:
    """Runs as the runner stores them."""
    chance = random.Random(first)
    for number in range(first, first + count):
        state = RunState.STOPPED if number % 7 == 0 else RunState.FINISHED
        operation = "terminals.push_all" if number % 2 else "employees.sync"
        run = Run(f"{number:032x}", operation, "supabase", state, now() - timedelta(minutes=30 * number), "kari",
                  duration_ms=41_000, summary={"total": each})  # fmt: skip
        runs.begin_run(run)
        found = [outcome(chance.randrange(PEOPLE), place, chance.random() < 0.1) for place in range(each)]
        runs.add_outcomes(run.run_id, 0, found)
        runs.end_run(run)


class Painted(QObject):
    """Remembers when the table was painted last."""

    def __init__(self, page: ActivityPage) -> None:
        super().__init__()
        self.at = 0.0
        page.runs.pane.table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a paint event."""
        if event.type() == QEvent.Type.Paint:
            asyncio.get_event_loop().call_soon(self._note)
        return super().eventFilter(watched, event)

    def _note(self) -> None:
        self.at = perf_counter()


async def until(painted: Painted, begun: float, check: Callable[[], bool]) -> float:
    """Milliseconds until the answer is there and painted."""
    while not check() or painted.at < begun:
        await asyncio.sleep(0.001)
    answered = perf_counter()
    while painted.at < answered and perf_counter() - answered < 0.05:  # the paint that shows it
        await asyncio.sleep(0.001)
    return (max(painted.at, answered) - begun) * 1000


async def opening(desk: Desk) -> float:
    """A page that nobody saw before."""
    begun = perf_counter()
    page = make(desk)
    painted = Painted(page)
    page.resize(1400, 900)
    page.show()
    took = await until(painted, begun, lambda: page.runs.pane.rows.rowCount() > 0)
    page.close()
    page.deleteLater()
    return took


async def filtering(page: ActivityPage, painted: Painted) -> float:
    """A click on the chip of runs that stopped, to those runs; and back."""
    chip = page.findChild(QAbstractButton, "activity.filter.stopped")
    assert chip is not None
    rows = page.runs.pane.rows

    def answered(stopped_only: bool) -> bool:
        shown = rows.all_rows()
        return bool(shown) and stopped_only == all(run.state is RunState.STOPPED for run in shown)

    begun = perf_counter()
    chip.click()
    took = await until(painted, begun, lambda: answered(True))
    chip.click()
    await until(painted, perf_counter(), lambda: answered(False))
    return took


async def searching(page: ActivityPage, painted: Painted, text: str, found: int) -> float:
    """A text put into the search line, to its runs; and back."""
    pane = page.runs.pane
    begun = perf_counter()
    pane.search.setText(text)
    if found:
        took = await until(painted, begun, lambda: pane.rows.total == found)
    else:  # no table is painted: a sentence stands in its place
        while pane.rows.total:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)
        took = (perf_counter() - begun) * 1000
    pane.search.clear()
    await until(painted, perf_counter(), lambda: pane.rows.total == page.runs.table.limit)
    return took


async def measure(folder: str, count: int, each: int) -> int:
    """Build, then drive the page."""
    async with await Workspace.open(Home.find(folder), keyring=MemoryKeyring()) as workspace:
        begun = perf_counter()
        for first in range(0, count, 100):
            await workspace.store.write(fill, first, min(100, count - first), each)
        told("store built, outcomes", count * each, f"in {perf_counter() - begun:.0f} s")
        await asyncio.to_thread(operations)  # as the window has them loaded by then
        desk = Desk(workspace, Heard(), Layouts(workspace.home.path / "layouts.ini"))
        worst = [await several("open", lambda: opening(desk))]
        page = make(desk)
        painted = Painted(page)
        page.resize(1400, 900)
        page.show()
        await until(painted, 0.0, lambda: page.runs.pane.rows.rowCount() > 0)
        one = f"{FIRST[7]} {LAST[7]} 7".lower()
        of_one = sum((await workspace.store.read(count_states, RunFilter(text=one))).values())
        worst.append(await several("filter by status", lambda: filtering(page, painted)))
        worst.append(
            await several("search a person", lambda: searching(page, painted, one, min(of_one, page.runs.table.limit)))
        )
        worst.append(await several("search what nobody has", lambda: searching(page, painted, "zzzz", 0)))
        page.close()
    return int(max(worst) > REACH_MS)


async def several(what: str, once: Callable[[], Awaitable[float]]) -> float:
    """The median of several, told with the processor's time of this program: on a busy computer it says more."""
    times, worked = [], []
    for _time in range(TIMES):
        begun = process_time()
        times.append(await once())
        worked.append((process_time() - begun) * 1000)
    told(what, statistics.median(times), f"ms, worst {max(times):.0f}, processor {statistics.median(worked):.0f}")
    return statistics.median(times)


def told(what: str, value: float, unit: str) -> None:
    """One figure."""
    print(json.dumps({"what": what, "value": round(value, 1), "unit": unit}), flush=True)


def main() -> int:
    """1 when something is slower than it has to be."""
    count, each = (int(text) for text in (*sys.argv[1:], *map(str, (RUNS, OUTCOMES)[len(sys.argv) - 1 :])))
    application = make_application()
    apply_theme(application, ThemeChoice.LIGHT)
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder, loop:
        return int(loop.run_until_complete(measure(folder, count, each)))


if __name__ == "__main__":
    sys.exit(main())
