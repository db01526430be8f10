"""The table with 100,000 rows of 10 columns: opening, typing into the search, sorting; each to the painted result.

Prints one JSON line per figure. Runs on any display, Xvfb or offscreen. Times are wall-clock, in this process, from
the act to the end of the paint event of the rows.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.tables import Column, Kind, TablePane
from ui.theme import ThemeChoice, Tone, apply_theme
from ui.widgets import FilterChip

ROWS = 100_000
OPEN_MS, TYPE_MS, SORT_MS, STALL_MS = 150, 50, 150, 50
FIRST = ("Åse", "Ana", "Knut", "Ingrid", "Kari", "Bjørn", "Ola", "Andreea", "Øyvind", "Ștefan", "Hanne", "Per-Arne")
LAST = ("Kristiansen", "Stan", "Hansen", "Ionescu", "Dumitru", "Bakke", "Lie", "Berg", "Nordmann", "Ștefănuță")
OFFICES = ("Sentrum", "Majorstuen", "Bergen Vest", "Stavanger", "Trondheim", "Lørenskog")
ROLES = ("eiendomsmegler", "daglig leder", "oppgjør", "kontorleder", "fullmektig")
TYPED = ("hansen sentrum", "øyvind", "ștefan", "bergen vest", "zzz", "10429")
OPENINGS, SORTS = 5, 7


@dataclass(frozen=True, slots=True)
class Person:
    """A row as the Employees page has it."""

    id: int
    name: str
    office: str
    role: str
    email: str
    phone: str
    number: int
    source: str
    seen: datetime
    active: bool


COLUMNS = (
    Column[Person]("name", "Name", lambda p: p.name, kind=Kind.PERSON, width=180),
    Column[Person]("office", "Office", lambda p: p.office),
    Column[Person]("role", "Role", lambda p: p.role, muted=True),
    Column[Person]("email", "E-mail", lambda p: p.email, muted=True, width=200),
    Column[Person]("phone", "Phone", lambda p: p.phone),
    Column[Person]("number", "No.", lambda p: p.number, kind=Kind.NUMBER, width=80),
    Column[Person]("source", "Source", lambda p: p.source, muted=True),
    Column[Person]("seen", "Last synced", lambda p: p.seen, kind=Kind.MOMENT),
    Column[Person]("id", "Id", lambda p: p.id, kind=Kind.NUMBER, width=80),
    Column[Person](
        "status",
        "Status",
        lambda p: p.active,
        kind=Kind.CHIP,
        text=lambda p: "Active" if p.active else "Inactive",
        tone=lambda p: Tone.SUCCESS if p.active else Tone.NEUTRAL,
    ),
)
FILTERS = (
    FilterChip("active", "Active", lambda p: p.active, "state"),
    FilterChip("inactive", "Inactive", lambda p: not p.active, "state"),
)


def people() -> list[Person]:
    """The same rows at every run."""
    chance = random.Random(7)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Person(
            id=number,
            name=f"{chance.choice(FIRST)} {chance.choice(LAST)}",
            office=chance.choice(OFFICES),
            role=chance.choice(ROLES),
            email=f"p{number}@fjordheim.example",
            phone=f"{chance.randrange(40_000_000, 99_999_999)}",
            number=chance.randrange(1000, 999_999),
            source="Vitec, Supabase" if number % 3 else "Vitec",
            seen=start + timedelta(minutes=number),
            active=number % 11 != 0,
        )
        for number in range(ROWS)
    ]


class Painted(QObject):
    """Knows when the rows of a table have been painted."""

    def __init__(self, pane: TablePane[Person]) -> None:
        super().__init__(pane)
        self._pane = pane
        self.seen = False
        pane.table.viewport().installEventFilter(self)
        pane.findChild(QObject, "people.state").installEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note the paint event; it is over when `processEvents` returns."""
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return False

    def wait(self) -> None:
        """Until what has been asked for is on screen."""
        self.seen = False
        while not self.seen or self._pane.rows.search_waits:
            QApplication.processEvents()


class Pulse(QObject):
    """The longest time the event loop was not free, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.worst = 0.0
        self._last = perf_counter()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = perf_counter()
        self.worst = max(self.worst, (now - self._last) * 1000)
        self._last = now

    def stop(self) -> float:
        """End, and answer."""
        self._timer.stop()
        return self.worst


def since(start: float) -> float:
    """Milliseconds since `start`."""
    return (perf_counter() - start) * 1000


def report(name: str, value: float, limit: float) -> bool:
    """One line for `dev.py bench`; true when the limit holds."""
    line = {"name": name, "value": round(value, 1), "unit": "ms", "limit": limit, "ok": value <= limit}
    print(json.dumps(line), flush=True)
    return value <= limit


def open_pane(rows: list[Person]) -> tuple[TablePane[Person], Painted, float]:
    """A new pane with all rows, painted, and the milliseconds that took."""
    start = perf_counter()
    pane: TablePane[Person] = TablePane(name="People", page="people", columns=COLUMNS, key=lambda p: p.id)
    painted = Painted(pane)
    pane.set_filters(FILTERS)
    pane.set_rows(rows)
    pane.resize(1360, 700)
    pane.show()
    painted.wait()
    return pane, painted, since(start)


def settle(pane: TablePane[Person]) -> float:
    """Let the idle work finish; the milliseconds it took in all."""
    start = perf_counter()
    while pane.rows.is_preparing:
        QApplication.processEvents()
    return since(start)


def typing(pane: TablePane[Person], painted: Painted) -> list[float]:
    """Milliseconds from each key to the painted result; words are typed and deleted again."""
    taken: list[float] = []
    for text in TYPED:
        for key in [*text, *(["\b"] * len(text))]:
            start = perf_counter()
            if key == "\b":
                QTest.keyClick(pane.search, Qt.Key.Key_Backspace)
            else:
                pane.search.insert(key)
            painted.wait()
            taken.append(since(start))
    return taken


def sorting(pane: TablePane[Person], painted: Painted, column: int) -> float:
    """The median time to sort by a column, up and down in turn."""
    taken = []
    for turn in range(SORTS):
        order = Qt.SortOrder.DescendingOrder if turn % 2 else Qt.SortOrder.AscendingOrder
        start = perf_counter()
        pane.table.sortByColumn(column, order)
        painted.wait()
        taken.append(since(start))
    return statistics.median(taken)


def main() -> int:
    """Measure; 0 when every limit holds."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    apply_theme(app, ThemeChoice.LIGHT)
    rows = people()
    openings = []
    for _ in range(OPENINGS):
        pane, painted, taken = open_pane(rows)
        openings.append(taken)
        pane.close()
        pane.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    pane, painted, _taken = open_pane(rows)
    ok = report("table: open 100,000 rows", statistics.median(openings), OPEN_MS)
    start = perf_counter()
    pane.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    painted.wait()
    ok &= report("table: first sort by text, at once after opening", since(start), SORT_MS)
    pulse = Pulse()
    prepared = settle(pane)
    ok &= report("table: longest stall while search and sort keys are prepared", pulse.stop(), STALL_MS)
    ok &= report("table: preparing in the background, in all", prepared, 3000)
    keys = typing(pane, painted)
    ok &= report("table: keystroke to painted filter, 95th percentile", statistics.quantiles(keys, n=20)[-1], TYPE_MS)
    ok &= report("table: keystroke to painted filter, worst", max(keys), 2 * TYPE_MS)
    ok &= report("table: sort by text", sorting(pane, painted, 3), SORT_MS)
    ok &= report("table: sort by number", sorting(pane, painted, 5), SORT_MS)
    pane.close()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
