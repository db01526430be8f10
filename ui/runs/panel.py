"""The run panel at the bottom of the window: every run under way has a tab, and keeps it when it is over.

It listens to the workspace's events and follows every run that is kept in the history, and the previews of such
operations. Runs that only write here (an edit, a switch) are over before a panel could be read: they get a tab when
they last, or when something needs a look.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.access import Permission
from app.domain.causes import remedy_of
from app.domain.outcomes import Outcome, Run, Trigger
from app.errors import MusterError
from app.events import OutcomesReported, OutcomesRevised, RunEnded, RunProgress, RunStarted
from app.i18n import _
from app.operations.registry import find_operation
from app.store import runs as stored
from ui.desk import Desk
from ui.runs.again import may_retry
from ui.runs.folding import Folding
from ui.runs.shown import ShownRun
from ui.runs.tabs import RunTabs, TabStrip
from ui.runs.view import SLICE, RunView
from ui.theme import Tone

TICK_MS = 33
QUIET_S = 1.0
"""A run that only writes here gets its tab when it lasts longer than this."""


class RunPanel(QWidget):
    """Folded away until something runs."""

    visible_runs_changed = Signal(int)
    """How many runs are under way."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._runs: dict[str, ShownRun] = {}
        self.setObjectName("run.panel")
        self.setAccessibleName(_("Runs"))
        self.tabs = RunTabs(self)
        self.view = RunView(desk, self)
        self.strip = TabStrip(self.tabs)
        self.folding = Folding(self, self.view.body, (self.strip, self.view.head), desk.layouts)
        self.strip.add(self.folding.button)
        self._tick = QTimer(self, interval=TICK_MS)
        self._arrange()
        self._tick.timeout.connect(self._show_news)
        self.tabs.run_chosen.connect(self._show_chosen)
        self.tabs.close_requested.connect(self.close_run)
        desk.on(RunStarted, self._run_started)
        desk.on(RunProgress, self._run_progressed)
        desk.on(OutcomesReported, self._outcomes_reported)
        desk.on(OutcomesRevised, self._outcomes_revised)
        desk.on(RunEnded, self._run_ended)
        self.hide()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.view, 1)

    # -- events --------------------------------------------------------------------------------------------------

    def _run_started(self, event: RunStarted) -> None:
        run = event.run
        operation = find_operation(run.operation)
        if not operation.history:
            return
        shown = self._runs.setdefault(run.run_id, ShownRun(run))
        shown.begin_again(run, time.monotonic())
        handle = self.desk.workspace.runner.handles.get(run.run_id)
        if handle is not None and not shown.outcomes:
            shown.add(handle.context.outcomes)  # of a run that is resumed: what was done before it ended
        if _rises(run) and (run.dry_run or operation.permission is Permission.SYNC):
            self._open_tab(shown)
        self._tick.start()
        self._say_running()

    def _run_progressed(self, event: RunProgress) -> None:
        if (shown := self._runs.get(event.run_id)) is not None:
            shown.meter.progressed(time.monotonic(), event.doing, event.done, event.total)

    def _outcomes_reported(self, event: OutcomesReported) -> None:
        if (shown := self._runs.get(event.run_id)) is not None:
            handle = self.desk.workspace.runner.handles.get(event.run_id)
            if handle is not None and len(handle.context.outcomes) != len(shown.outcomes) + len(event.outcomes):
                shown.start_over(handle.context.outcomes)  # resumed: what is done again was taken out
            else:
                shown.add(event.outcomes)
            shown.meter.reported(time.monotonic(), len(event.outcomes))

    def _outcomes_revised(self, event: OutcomesRevised) -> None:
        if (shown := self._runs.get(event.run_id)) is not None:
            handle = self.desk.workspace.runner.handles.get(event.run_id)
            if handle is not None and len(handle.context.outcomes) != len(shown.outcomes):
                shown.start_over(handle.context.outcomes)
            else:
                shown.revise(event.outcomes)

    def outcomes_of(self, run_id: str) -> Sequence[Outcome]:
        """The outcomes of a run that the panel follows, as far as known."""
        shown = self._runs.get(run_id)
        return shown.outcomes if shown is not None else ()

    def _run_ended(self, event: RunEnded) -> None:
        shown = self._runs.get(event.run.run_id)
        if shown is None:
            return
        shown.end(event.run)
        if may_retry(event.run):
            self.desk.start("read journal", self._learn_left(shown))
        if self._has_tab(shown):
            self.tabs.put(shown)
            if shown is self.view.shown:
                self.view.show_end()
        elif shown.needs_look and _rises(event.run):
            self._open_tab(shown)
        else:
            del self._runs[event.run.run_id]
        self._say_running()

    async def _learn_left(self, shown: ShownRun) -> None:
        """Whether a run that finished can be taken up for what its journal does not confirm."""
        shown.left = bool(await self.desk.workspace.store.read(stored.left_open, [shown.run.run_id]))
        if shown.left and shown is self.view.shown and not shown.running:
            self.view.show_end()

    def _show_news(self) -> None:
        running = [shown for shown in self._runs.values() if shown.running]
        for shown in running:
            shown.make_lines(SLICE)  # those behind another tab keep up
            lasts = time.monotonic() - shown.began > QUIET_S
            if lasts and _rises(shown.run) and not self._has_tab(shown):
                self._open_tab(shown)
        self.view.show_news()
        if not running:
            self._tick.stop()

    def _say_running(self) -> None:
        self.visible_runs_changed.emit(sum(shown.running for shown in self._runs.values()))

    # -- tabs ----------------------------------------------------------------------------------------------------

    def show_run(self, run_id: str) -> None:
        """Open a run of the history as it ended; one that has a tab comes to the front."""
        shown = self._runs.get(run_id)
        if shown is None:
            self.desk.start("open run", self._open_stored(run_id))
        else:
            self._open_tab(shown)

    async def _open_stored(self, run_id: str) -> None:
        store, voice = self.desk.workspace.store, self.desk.voice
        try:
            run = await store.read(stored.find_run, run_id)
            outcomes = await store.read(stored.outcomes, run_id)
            left = await store.read(stored.left_open, [run_id])
        except MusterError as error:
            voice.banner("open run", Tone.DANGER, error.message, remedy_of(error))
            return
        if run is None:
            voice.banner("open run", Tone.WARNING, _("This run is no longer in the history."))
            return
        self._open_tab(self._runs.setdefault(run_id, ShownRun(run, outcomes=outcomes, left=bool(left))))

    def close_run(self, run_id: str) -> None:
        """Close the tab of a run that is over; the panel folds away with the last one."""
        if self._runs[run_id].running:
            return
        del self._runs[run_id]
        self.tabs.drop(run_id)
        self._show_chosen(self.tabs.current_run())
        self.setVisible(self.tabs.count() > 0)

    def _open_tab(self, shown: ShownRun) -> None:
        """Give a run its tab and bring it to the front."""
        self._make_room_for(shown)
        self.tabs.put(shown)
        self.tabs.bring(shown.run.run_id)
        self._show_chosen(shown.run.run_id)
        if self.isHidden():
            self.show()
            self.folding.take_room()

    def _make_room_for(self, shown: ShownRun) -> None:
        """A run replaces what an earlier one of its kind has left: the Activity page keeps them all."""
        kind = (shown.run.operation, shown.run.connection)
        for run_id, other in list(self._runs.items()):
            same = (other.run.operation, other.run.connection) == kind
            if same and other is not shown and not other.running and self._has_tab(other):
                del self._runs[run_id]
                self.tabs.drop(run_id)

    def _has_tab(self, shown: ShownRun) -> bool:
        return shown.run.run_id in self.tabs.run_ids()

    def _show_chosen(self, run_id: str) -> None:
        if (shown := self._runs.get(run_id)) is not None:
            self.view.show_run(shown)


_SHOWN_BY_PAGES = frozenset({("cc.validate_data", False), ("cc.bulk_import", True)})
"""Operations, and whether they are only tried: what they find stands on the page that asked, to be worked on there."""

_TRIED_IN_DIALOGS = ("webhooks.",)
"""Whose dry runs only ask for what a dialog then says: warnings, and how many deliveries would be sent."""


def _rises(run: Run) -> bool:
    """Whether a run may take the person's eyes: one that started by itself waits in Activity to be looked at."""
    in_its_dialog = run.dry_run and run.operation.startswith(_TRIED_IN_DIALOGS)
    return run.trigger is Trigger.MANUAL and (run.operation, run.dry_run) not in _SHOWN_BY_PAGES and not in_its_dialog
