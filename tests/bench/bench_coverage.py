"""The coverage matrix with 2,000 people × 100 devices: reading it, opening it, scrolling, zooming, live changes.

Prints one JSON line per figure. Runs on any display, Xvfb or offscreen. Times are wall-clock, in this process, from
the act to the end of the paint event; a frame is one scroll step with everything that is painted for it.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device
from app.domain.directory import Employee
from app.places import Home
from app.store import devices, directory
from app.store.database import Store, insert_rows
from app.store.models import EmployeeRow, PlacementRow
from ui.pages.devices.coverage.grid import CoverageGrid
from ui.pages.devices.coverage.model import CoverageModel
from ui.pages.devices.coverage.reading import read_coverage
from ui.pages.devices.coverage.tiles import Zoom
from ui.pages.devices.coverage.view import CoverageView
from ui.theme import ThemeChoice, apply_theme

PEOPLE, DEVICES = 2_000, 100
SIZE = (1360, 700)
OPEN_MS, FRAME_MS, READ_MS, LIVE_MS = 150, 33, 2_000, 33
FRAMES, OPENINGS, BATCH = 120, 7, 500
LIKELY = dict(zip(CoverageState, (80, 4, 3, 2, 2, 0, 2, 7), strict=True))


def fill(home: Home) -> Store:
    """A store with everybody everywhere, the same at every run."""
    chance = random.Random(7)
    people = [
        Employee(
            f"p{n:05}", f"Ana {n}", chance.choice(("Popescu", "Stan", "Hansen")), employee_no=str(n), supabase_id=str(n)
        )
        for n in range(1, PEOPLE + 1)
    ]
    doors = [Device(f"d{n:03}", f"Door {n}", f"10.0.{n // 250}.{n % 250}") for n in range(DEVICES)]
    states = chance.choices(list(LIKELY), list(LIKELY.values()), k=PEOPLE * DEVICES)
    placed = [
        Placement(door.id, person.id, person.employee_no or "", state)
        for (person, door), state in zip(product(people, doors), states, strict=True)
        if state is not CoverageState.WAITING
    ]

    def write() -> None:
        insert_rows(EmployeeRow, [(*directory.employee_row(p)[:-2], "2026-01-01", "2026-01-01") for p in people])
        for door in doors:
            devices.add_device(door)
        insert_rows(PlacementRow, [devices._placement_row(p) for p in placed])

    store = Store(home)
    store.open()
    store.run_now(write)
    return store


class Painted(QObject):
    """Knows when the cells have been painted."""

    def __init__(self, view: CoverageView) -> None:
        super().__init__(view)
        self.seen = False
        view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note the paint event; it is over when `processEvents` returns."""
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return False

    def wait(self) -> None:
        """Until what has been asked for is on screen."""
        self.seen = False
        while not self.seen:
            QApplication.processEvents()


def since(start: float) -> float:
    """Milliseconds since `start`."""
    return (time.perf_counter() - start) * 1000


def report(name: str, value: float, limit: float) -> bool:
    """One line for `dev.py bench`; true when the limit holds."""
    line = {"name": name, "value": round(value, 1), "unit": "ms", "limit": limit, "ok": value <= limit}
    print(json.dumps(line), flush=True)
    return value <= limit


def open_view(grid: CoverageGrid) -> tuple[CoverageView, CoverageModel, Painted, float]:
    """A new matrix, painted, and the milliseconds that took."""
    start = time.perf_counter()
    model = CoverageModel()
    view = CoverageView(model, object_name="bench.coverage")
    painted = Painted(view)
    model.show_grid(grid)
    view.resize(*SIZE)
    view.show()
    painted.wait()
    return view, model, painted, since(start)


def scroll(view: CoverageView, painted: Painted) -> list[float]:
    """Milliseconds per frame: by lines, by pages, and in leaps."""
    taken = []
    bar = view.verticalScrollBar()
    steps = (view.zoom.cell.height(), bar.pageStep(), bar.maximum() // 7 or 1)
    for frame in range(FRAMES):
        target = (bar.value() + steps[frame % len(steps)]) % max(1, bar.maximum())
        start = time.perf_counter()
        bar.setValue(target)
        painted.wait()
        taken.append(since(start))
    return taken


def live(model: CoverageModel, painted: Painted) -> list[float]:
    """Milliseconds from a batch of changed cells to the painted result."""
    chance = random.Random(3)
    grid, taken = model.grid, []
    for _turn in range(20):
        cells = [
            (chance.choice(grid.devices).id, chance.choice(grid.people).id, chance.choice(list(CoverageState)))
            for _cell in range(BATCH)
        ]
        start = time.perf_counter()
        model.put(cells)
        painted.wait()
        taken.append(since(start))
    return taken


def main() -> int:
    """Measure; 0 when every limit holds."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    apply_theme(app, ThemeChoice.LIGHT)
    with tempfile.TemporaryDirectory() as folder:
        store = fill(Home(Path(folder)))
        start = time.perf_counter()
        grid = store.run_now(read_coverage)
        ok = report("coverage: read 200,000 cells from the store (off the event loop)", since(start), READ_MS)
        store.close()
    openings = []
    for _turn in range(OPENINGS):
        view, _model, _painted, taken = open_view(grid)
        openings.append(taken)
        view.close()
        view.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    ok &= report("coverage: open 2,000 × 100 cells", statistics.median(openings), OPEN_MS)
    view, model, painted, _taken = open_view(grid)
    for zoom in Zoom:
        view.set_zoom(zoom)
        scroll(view, painted)  # letters and pictures of faces are drawn for the first time
        frames = scroll(view, painted)
        ok &= report(f"coverage: worst frame of scrolling, {zoom.name.lower()} cells", max(frames), FRAME_MS)
    view.set_zoom(Zoom.TINY)
    painted.wait()
    ok &= report("coverage: 500 cells change to painted, worst", max(live(model, painted)), LIVE_MS)
    view.close()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
