"""What the window does for schedules: starts what is due while it is open, and says in the status bar what comes next
(connections.md §11).

Nothing of it is loaded before there is a schedule, so the window opens as quickly without one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, QTime, QTimer
from PySide6.QtWidgets import QWidget

from app.errors import MusterError
from app.events import ConnectionsChanged, RoleChanged, SchedulesChanged
from app.i18n import _
from ui.desk import Desk
from ui.texts import moment_text
from ui.theme import GRID
from ui.widgets import ElidedLabel

if TYPE_CHECKING:
    from app.workspace import Workspace

_LOOK_S = 15.0  # another program may have added one
_SOON_MS = 300
_AGAIN_MS = 30_000  # a connection may be left alone for a while, and then no longer
_TOLD = 6


class Schedules:
    """Starts what is due while the window is open; `place` puts the label into the window.

    A pause holds for this window and until it closes; other programs on the same database go on.
    """

    def __init__(self, desk: Desk, place: Callable[[QWidget], object]) -> None:
        self._desk, self._place = desk, place
        self._task: asyncio.Task[None] | None = None
        self.label: NextRuns | None = None
        self.paused = False

    @property
    def known(self) -> bool:
        """Whether there is any schedule, as far as was seen."""
        return self.label is not None

    async def work(self) -> None:
        """Wait for the first schedule, then run them until the window closes."""
        await _first_schedule(self._desk.workspace)
        self.label = NextRuns(self._desk)
        self._place(self.label)
        self.label.show()
        self.set_paused(self.paused)

    def set_paused(self, paused: bool) -> None:
        """Start nothing more by itself, or go on; what runs goes on in any case."""
        self.paused = paused
        if self.label is not None:
            self.label.set_paused(paused)
        if paused and self._task is not None:
            self._task.cancel()
            self._task = None
        elif not paused and self._task is None and self.label is not None:
            workspace = self._desk.workspace
            self._task = workspace.tasks.start("schedules", workspace.scheduler.run())

    def leave(self) -> None:
        """Take the label away."""
        if self.label is not None:
            self.label.deleteLater()


async def _first_schedule(workspace: Workspace) -> None:
    from app.store.schedules import schedules

    changed = asyncio.Event()
    end = workspace.events.subscribe(SchedulesChanged, lambda _event: changed.set())
    try:
        while True:
            changed.clear()
            with suppress(MusterError):  # a disk that is busy now
                if await workspace.store.read(schedules):
                    return
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await changed.wait()
    finally:
        end()


class NextRuns(ElidedLabel):
    """The next scheduled run in one line; its tooltip has those after it, and what would be skipped and why."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(object_name="status.next")
        self._desk = desk
        self._paused = False
        self.setContentsMargins(3 * GRID, 0, 3 * GRID, 0)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(lambda: desk.start("next runs", self._look()))
        for event in (SchedulesChanged, ConnectionsChanged, RoleChanged):
            desk.on(event, lambda _event: self._soon.start(_SOON_MS))
        self._soon.start(0)

    def set_paused(self, paused: bool) -> None:
        """Say that nothing starts here."""
        self._paused = paused
        self._soon.start(0)

    async def _look(self) -> None:
        from app.operations.schedule_rows import schedule_rows

        with suppress(MusterError):  # a disk that is busy now
            self._show(await schedule_rows(self._desk.workspace))
        if not self._soon.isActive():
            self._soon.start(_AGAIN_MS)

    def _show(self, rows: Sequence[dict[str, Any]]) -> None:
        coming = sorted((row for row in rows if row["next_sync"]), key=lambda row: str(row["next_sync"]))
        skipped = [row for row in rows if not row["next_sync"]]
        if self._paused:
            self.setText(_("Schedules are paused in this window"))
        elif coming:
            self.setText(_("Next: {run}").format(run=_line(coming[0])))
        else:
            self.setText(_("No scheduled run will start") if rows else _("No run is scheduled"))
        lines = [_line(row) for row in coming[:_TOLD]]
        lines += [
            _("{name}: {reason}").format(name=row["name"], reason=row["next_sync_reason"]) for row in skipped[:_TOLD]
        ]
        self.setToolTip("\n".join(lines))
        self.setAccessibleDescription("\n".join(lines))


def _line(row: dict[str, Any]) -> str:
    """Time and name of a schedule; the day only when it is another one."""
    due = datetime.fromisoformat(row["next_sync"]).astimezone()
    today = due.date() == datetime.now(due.tzinfo).date()
    clock = QLocale().toString(QTime(due.hour, due.minute), QLocale.FormatType.ShortFormat)
    moment = clock if today else moment_text(due)
    return f"{moment} {row['name']}"
