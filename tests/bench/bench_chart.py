"""The History tab with a hundred thousand intervals: panning and zooming its chart, and the loop while it is read.

A year of intervals of five minutes (105,120 of them) of one group lies in the store of an open window. A frame is an
act and the painting that follows it, to the end of the paint event. Prints one JSON line per figure. Needs a display
(Xvfb) or runs offscreen.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from qasync import QEventLoop

from app.domain.contact_center.steps import Step
from app.domain.exchange import DataType
from app.operations.registry import operations
from app.operations.runner import Request
from app.places import Home
from app.store import connections, contact_center
from app.store.contact_center import Delivery
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.bench.bench_window import Lateness, figure
from tests.support.window import Heard
from ui.application import SWITCH_INTERVAL_S, make_application
from ui.collecting import Collector
from ui.desk import Desk
from ui.layouts import Layouts
from ui.pages.workforce.history import HistoryPage
from ui.pages.workforce.history.measures import View
from ui.theme import ThemeChoice, apply_theme

FRAME_MS = 33
STALL_MS, WORST_STALL_MS = 16, 50
STEP_MS = 300_000
YEAR = (date(2025, 1, 1), date(2025, 12, 31))
Act = Callable[[], object]


def rows() -> list[tuple[object, ...]]:
    """The same year at every run, in Moscow: busy by day, quiet by night."""
    chance = Random(7)
    start = round(datetime(2024, 12, 31, 21, tzinfo=UTC).timestamp() * 1000)
    made: list[tuple[object, ...]] = []
    for number in range(365 * 288):
        offered = chance.randrange(60) if 96 <= number % 288 < 264 else chance.randrange(6)
        handled = offered - (chance.randrange(offered) if offered and chance.random() < 0.3 else 0)
        aht = chance.randrange(120_000, 420_000) if handled else None
        made.append(
            (start + number * STEP_MS, "g-sales", "1", STEP_MS, offered, handled, offered - handled, None, None, None,
             aht, 12_000 if handled else None, None)
        )  # fmt: skip
    return made


def statuses() -> list[tuple[object, ...]]:
    """As many times in a status, of twenty agents."""
    start = round(datetime(2024, 12, 31, 21, tzinfo=UTC).timestamp() * 1000)
    codes = ("Ready", "Work", "Break", "Lunch", "Training")
    chance = Random(8)
    made: list[tuple[object, ...]] = []
    for number in range(100_000):
        begin = start + number // 20 * 20 * STEP_MS + chance.randrange(STEP_MS)
        code = chance.choice(codes)
        made.append((begin, f"op-{number % 20}", code, "g-sales", "1", begin + 15 * STEP_MS, code, None))
    return made


async def opened(desk: Desk) -> HistoryPage:
    """The page in front, before it has read anything."""
    page = HistoryPage(desk)
    page.bar.step_box.setCurrentIndex(page.bar.step_box.findData(Step.INTERVAL.value))
    page.bar.period.set_period(*YEAR)
    page.resize(1400, 860)
    page.show()
    await asyncio.sleep(0)
    return page


async def settled(page: HistoryPage, view: View) -> None:
    """Until that chart is drawn and the table has prepared its search."""
    page.bar.choose_view(view)
    await asyncio.sleep(0.01)
    while not page.is_settled or page.answer is None or page.pane.rows.is_preparing:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)


async def frames(page: HistoryPage, acts: Sequence[Act]) -> list[float]:
    """Milliseconds of each act with the painting of the chart."""
    assert page.chart is not None
    taken = []
    for act in acts:
        await asyncio.sleep(0)
        begun = time.perf_counter()
        act()
        page.chart.plot.viewport().repaint()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


async def measure_frames(page: HistoryPage, view: View) -> bool:
    """Zoom all the way in and out again, and pan at three widths."""
    await settled(page, view)
    chart = page.chart
    assert chart is not None
    zoom = await frames(page, [chart.zoom_in] * 24 + [chart.zoom_out] * 24)
    pan: list[float] = []
    for depth in (2, 8, 16):
        chart.zoom_all()
        for _turn in range(depth):
            chart.zoom_in()
        pan += await frames(page, [lambda: chart.pan(0.02)] * 30 + [lambda: chart.pan(-0.02)] * 30)
    chart.zoom_all()
    ok = True
    for name, taken in (("zoom", zoom), ("pan", pan)):
        figure(f"{view}, {name}: frame, median", statistics.median(taken), "ms", FRAME_MS)
        ok &= figure(f"{view}, {name}: frame, 95th percentile", sorted(taken)[int(len(taken) * 0.95)], "ms", FRAME_MS)
        figure(f"{view}, {name}: frame, worst", max(taken), "ms", FRAME_MS)
    return ok


async def measure_stalls(desk: Desk) -> tuple[bool, HistoryPage]:
    """How late the loop is while a page reads and shows everything, and while it reads again."""
    lateness = Lateness()
    lateness.start()
    begun = time.perf_counter()
    page = await opened(desk)
    await settled(page, View.CONTACTS)
    seconds = time.perf_counter() - begun
    ok = report("opening and reading 100,000 rows", *lateness.stop())
    assert page.answer is not None
    print(json.dumps({"name": "rows shown", "value": len(page.answer.rows), "unit": "rows"}))
    print(json.dumps({"name": "opened until its search is ready", "value": round(seconds, 2), "unit": "s"}))
    lateness.start()
    page.refresh()
    await settled(page, View.CONTACTS)
    ok &= report("reading 100,000 rows again", *lateness.stop())
    lateness.start()
    await settled(page, View.STATUSES)
    return ok & report("100,000 times in a status", *lateness.stop()), page


def report(name: str, p99: float, worst: float) -> bool:
    """Two figures of one measurement."""
    ok = figure(f"{name}: stalls, 99th percentile", p99, "ms", STALL_MS)
    return ok & figure(f"{name}: stalls, worst", worst, "ms", WORST_STALL_MS)


async def measure(folder: Path) -> bool:
    """Fill a store, open the page, measure."""
    home = Home.find(str(folder))
    async with await Workspace.open(home, keyring=MemoryKeyring()) as workspace:
        desk = Desk(workspace, Heard(), Layouts(home.layout))
        params = {"name": "cc", "kind": "contact_center", "settings": {"endpoint_url": "http://127.0.0.1:9/api"}}
        await desk.report_of(Request("connections.create", params=params, secrets={"token": "none"}))
        found = await workspace.store.read(connections.find_connection, "cc")
        assert found is not None
        for data_type, made in ((DataType.GROUP_METRICS, rows()), (DataType.STATUS, statuses())):
            delivery = Delivery(data_type, found.id, "bench")
            await workspace.store.write(contact_center.store_rows, delivery, made)
        gc.collect()
        gc.freeze()
        ok, page = await measure_stalls(desk)
        for view in (View.CONTACTS, View.HANDLING, View.RATES, View.STATUSES):
            ok &= await measure_frames(page, view)
        page.close()
    return ok


def main() -> int:
    """Measure; 1 when a limit is missed."""
    application = make_application()
    apply_theme(application, ThemeChoice.LIGHT)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    operations()
    collector = Collector(application)
    with tempfile.TemporaryDirectory() as folder, QEventLoop(application) as loop:
        ok = loop.run_until_complete(measure(Path(folder)))
    collector.stop()
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
