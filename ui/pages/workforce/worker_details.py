"""What the details of the tabs of 1C say alike of a line: whose it is, and what was sent or changed of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from PySide6.QtWidgets import QWidget

from app.errors import MusterError
from app.i18n import _
from app.store import runs
from app.store.runs import HistoryEntry
from ui.desk import Desk
from ui.pages.workforce.people import Worker
from ui.texts import ago
from ui.widgets import DetailsPane

_MOST_HISTORY = 15


class WorkerLine(Protocol):
    """A line of such a tab."""

    @property
    def worker(self) -> Worker:
        """Whose it is."""


class WorkerDetails(QWidget):
    """The tools of a pane that is filled with one line at a time."""

    def __init__(self, desk: Desk, pane: DetailsPane) -> None:
        super().__init__()
        self.desk = desk
        self._pane = pane
        self._told: WorkerLine | None = None

    def tell_worker(
        self, line: WorkerLine, ours: Collection[str], nothing: str, words: Callable[[HistoryEntry], str]
    ) -> None:
        """Add the person, and when it is read the person's history with the operations of `ours`."""
        self._told = line
        self._pane.add_section(_("Person"))
        self._pane.add_row(_("Personnel number"), line.worker.number, badge="1C")
        self._pane.add_row(_("Department"), line.worker.department, badge="1C")
        self.desk.start("read history", self._read_history(line, ours, nothing, words))

    def forget(self) -> None:
        """No line is chosen: what is still being read is not told."""
        self._told = None

    async def _read_history(
        self, line: WorkerLine, ours: Collection[str], nothing: str, words: Callable[[HistoryEntry], str]
    ) -> None:
        subject = line.worker.employee_id or line.worker.external_id
        try:
            entries = await self.desk.workspace.store.read(runs.history, subject)
        except MusterError as error:
            self._pane.add_note(error.message)
            return
        if self._told is not line:  # another one since
            return
        found = [entry for entry in entries if entry.run.operation in ours][:_MOST_HISTORY]
        self._pane.add_section(_("History"))
        if not found:
            self._pane.add_note(nothing)
        for entry in found:
            self._pane.add_row(ago(entry.run.started_at), words(entry))
