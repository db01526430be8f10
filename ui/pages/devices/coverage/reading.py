"""Reads the matrix from the store and keeps it in step with what pushes and read-backs say, in batches.

A push reports every pair as it is settled; the matrix reads what is known of those people five times a second, and
everything anew when too many changed or nobody said which.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.coverage import Placement
from app.errors import MusterError
from app.events import CoverageChanged, DevicesChanged, DirectoryChanged
from app.store import devices, directory
from ui.desk import Desk
from ui.pages.devices.coverage.grid import Cell, CoverageGrid, rows_of
from ui.tables.collation import collation

BATCH_MS = 200
MOST_PEOPLE = 200
"""Changed people of one batch beyond which all cells are read anew."""


class CoverageReader(QObject):
    """Tells of grids and cells; reads only while somebody looks (`watch`)."""

    grid_read = Signal(object)
    cells_read = Signal(list)
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._watched = False
        self._stale = True
        self._reading = False
        self._changed: set[str] = set()
        self._known: frozenset[str] = frozenset()
        self._soon = QTimer(self, singleShot=True, interval=BATCH_MS)
        self._soon.timeout.connect(self._read_news)
        desk.on(CoverageChanged, self._coverage_changed)
        desk.on(DevicesChanged, lambda _event: self._all_changed())
        desk.on(DirectoryChanged, lambda _event: self._all_changed())

    def watch(self, *, on: bool) -> None:
        """Somebody looks from now on, or nobody does any more."""
        self._watched = on
        if on and (self._stale or self._changed):
            self._read_news()

    def look_ahead(self) -> None:
        """Read for the first time before anybody looks, so that the matrix is there when somebody does."""
        if not self._known:
            self._read_news()

    def read_all(self) -> None:
        """Read everything anew."""
        self._stale = True
        self._read_news()

    def _all_changed(self) -> None:
        self._stale = True
        self._wait()

    def _coverage_changed(self, event: CoverageChanged) -> None:
        people = {person for _device, person in event.pairs}
        self._changed |= people
        if not people or not people <= self._known or len(self._changed) > MOST_PEOPLE:
            self._stale = True  # somebody who has no row yet
        self._wait()

    def _wait(self) -> None:
        if self._watched and not self._soon.isActive():
            self._soon.start()

    def _read_news(self) -> None:
        if self._reading:
            self._wait()
            return
        self._reading = True
        self.desk.start("read coverage", self._read())

    async def _read(self) -> None:
        store = self.desk.workspace.store
        stale, self._stale = self._stale, False
        people, self._changed = self._changed, set()
        try:
            if stale:
                grid = await store.read(read_coverage)
                self._known = frozenset(grid.row_of)
                self.grid_read.emit(grid)
            elif people:
                self.cells_read.emit(await store.read(_cells_of, people))
        except MusterError as error:
            self._stale = True
            self.failed.emit(error)
        finally:
            self._reading = False


def read_coverage() -> CoverageGrid:
    """All people, devices and states, people in the order of the person's language; on the store's thread."""
    cells: list[Cell] = list(devices.placement_states())
    people = rows_of(directory.employees(), {subject for _device, subject, _state in cells}, devices.extra_names())
    keys = collation().keys([person.name for person in people])
    ordered = [person for _key, _id, person in sorted(zip(keys, (p.id for p in people), people, strict=True))]
    known = [person for person in ordered if person.is_known]
    strangers = [person for person in ordered if not person.is_known]
    return CoverageGrid(known + strangers, devices.devices(), cells)


def _cells_of(people: Iterable[str]) -> list[Cell]:
    found: list[Placement] = [placement for person in people for placement in devices.placements_of(person)]
    return [(p.device_id, p.employee_id or f"#{p.number}", p.state) for p in found]
