"""Collects garbage on the window's thread only.

Python collects cycles on whichever thread happens to allocate. A Qt object that is freed on a worker thread crashes
the program, so automatic collection is off while a window lives and a timer does it here, youngest first. A full
collection, which a person could feel, waits for much more garbage than usual.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500
THRESHOLDS = (2_000, 20, 50)


class Collector(QObject):
    """Replaces the automatic collection for as long as it lives; `stop` brings that back."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(collect_due)
        self._timer.start()

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()


def collect_due() -> None:
    """Collect the oldest generation whose turn it is."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > THRESHOLDS[generation]:
            gc.collect(generation)
            return
