"""Collects garbage on the window's thread only, and never while a run is under way.

Python collects cycles on whichever thread happens to allocate. A Qt object that is freed on a worker thread crashes
the program, so automatic collection is off while a window lives and a timer does it here. A run brings many records at
once, and looking at them is what a person would feel: so a run is left alone, and what it brought stands aside when it
has ended, as does what a page has read at once. All of it is looked at when the person is elsewhere.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

INTERVAL_MS = 500
SETTLED_TICKS = 4  # so long after a run the window has shown what it brought
DUE = 2_000  # new objects
FELT = 30_000  # new objects; looking at so many takes longer than a frame
TOO_MUCH = 1_000_000  # new objects; then even a run waits for a collection
FULL_EVERY_S = 300.0  # while the person is elsewhere
FULL_AT_LATEST_S = 3_600.0


class Collector(QObject):
    """Replaces the automatic collection for as long as it lives; `stop` brings that back.

    `working` says whether a run is under way.
    """

    def __init__(self, parent: QObject | None = None, working: Callable[[], bool] = lambda: False) -> None:
        super().__init__(parent)
        gc.disable()
        self._working = working
        self._quiet_ticks = SETTLED_TICKS + 1
        self._full_at = time.monotonic()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()

    def collect_due(self) -> None:
        """Collect as much as is due and would not be felt."""
        self._quiet_ticks = 0 if self._working() else self._quiet_ticks + 1
        if self._quiet_ticks < SETTLED_TICKS:
            if gc.get_count()[0] > TOO_MUCH:
                gc.collect(0)
        elif self._quiet_ticks == SETTLED_TICKS:
            gc.freeze()  # what a run brought mostly stays; looking at it can wait
        elif time.monotonic() - self._full_at > (FULL_EVERY_S if _elsewhere() else FULL_AT_LATEST_S):
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._full_at = time.monotonic()
        elif gc.get_count()[0] > DUE:
            # The count is of what is made less what has gone, the old as well: so little says nothing of the time.
            if len(gc.get_objects(0)) > FELT:
                gc.freeze()
            else:
                gc.collect(0)


def _elsewhere() -> bool:
    return QGuiApplication.applicationState() is not Qt.ApplicationState.ApplicationActive
