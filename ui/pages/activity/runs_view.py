"""The runs of the Activity page: a table newest first, found by the store, and the details of one.

Runs of this program appear by its events; those of other programs on the same store when the page is shown or F5 is
pressed. It only reads; going on with a run is the desk's and the runner's business.
"""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from app.domain.outcomes import Run, RunState
from app.errors import MusterError
from app.events import RunEnded, RunStarted
from app.i18n import _, ngettext
from app.operations.registry import find_operation, operations
from app.store import run_digests, runs
from app.store.run_search import RunFilter, count_states, find_runs, runs_after
from ui.desk import Desk
from ui.pages.activity.all_rows import AT_ONCE, NextPage
from ui.pages.activity.details import tell_run
from ui.pages.activity.rows import COLUMNS, FILTERED, TRIGGERS, TROUBLED, chips, titled
from ui.pages.activity.searched import SearchedTable
from ui.pages.activity.searched_view import SearchedView
from ui.runs.again import may_retry, obstacle, resume_obstacle, same_again
from ui.runs.filling import Filling
from ui.tables import format_value
from ui.theme import Icon, icon
from ui.widgets import Button, DetailsPane

_ALIVE = (RunState.QUEUED, RunState.RUNNING)


class RunsView(SearchedView[Run]):
    """All runs, and what can be done with them."""

    run_opened = Signal(str)
    """The id of a run to be shown as it ended, by the run panel."""

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        """`shortcuts_in` is the page, within which Ctrl+F and Ctrl+E reach the view in front."""
        table: SearchedTable[Run] = SearchedTable(
            name=_("Activity"), page="activity", columns=COLUMNS, key=lambda run: run.run_id,
            search_hint=_("Search runs and names in them"), count_text=_runs_in_words, layouts=desk.layouts,
            shortcuts_in=shortcuts_in,
        )  # fmt: skip
        super().__init__(desk, table, page="activity", export_as="activity")
        self._news: list[Run] = []
        self._running: set[str] = set()
        self._left: set[str] = set()
        self.sentence = QLabel()
        self.sentence.setObjectName("activity.sentence")
        self.sentence.setProperty("role", "muted")
        self.prune_button = Button(_("Retention…"), icon=Icon.DELETE, object_name="activity.retention")
        self.open_button = Button(_("Show results"), icon=Icon.EYE, object_name="activity.open")
        self.again_button = Button(_("Run again"), icon=Icon.REFRESH, object_name="activity.again")
        self.resume_button = Button(_("Resume"), icon=Icon.PLAY, object_name="activity.resume")
        self.details = DetailsPane(object_name="activity.details")
        Filling(self.pane.table, "counts")
        self.table.set_chips(chips())
        buttons: list[QWidget] = [self.prune_button, self.open_button, self.again_button, self.resume_button]
        self.compose(self.details, [self.period, self.sentence], buttons)
        self._connect()
        self._show_actions()

    def _connect(self) -> None:
        self.prune_button.clicked.connect(self.open_retention)
        self.open_button.clicked.connect(self.open_run)
        self.again_button.clicked.connect(self.run_again)
        self.resume_button.clicked.connect(self.resume)
        table = self.pane.table
        table.current_row_changed.connect(lambda _run: self._show_actions())
        table.row_activated.connect(self.open_run)
        table.add_to_menu(self._fill_menu)
        self.desk.on(RunStarted, lambda event: self._note(event.run))
        self.desk.on(RunEnded, lambda event: self._note(event.run))

    # -- reading -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask the store again, also what other programs did."""
        self.desk.start("read activity", self.read(after_the_dead=True))

    def _wanted(self) -> RunFilter:
        chosen = set(self.table.chosen)
        return RunFilter(
            states=tuple(state for state in FILTERED if state.value in chosen),
            trigger=next((trigger for key, trigger in TRIGGERS.items() if key in chosen), None),
            since=self.since(),
            troubled=TROUBLED in chosen,
            text=self.table.text,
            titled=titled(self.table.text),
        )

    async def read(self, *, after_the_dead: bool = False) -> None:
        """The newest runs that fit, how many fit, and how many there are in each state.

        `after_the_dead` marks runs first whose program was killed, this one's former self included.
        """
        await asyncio.to_thread(operations)  # their titles; the first time all of them are imported
        self._news.clear()
        wanted = self._wanted()
        answer = await self.newest(self._ask(wanted, after_the_dead=after_the_dead))
        if answer is None:
            return
        found, counts, alive, self._left = answer
        self._running = {run.run_id for run in alive}
        total = sum(count for state, count in counts.items() if not wanted.states or state in wanted.states)
        self.table.say_empty(_("Nothing has run yet"), _("Every sync, push and change appears here with its result."))
        self.table.show_found(found, total, {state.value: counts.get(state, 0) for state in FILTERED})
        self._show_news()
        if after_the_dead:
            await self._catch_up()

    async def _ask(
        self, wanted: RunFilter, *, after_the_dead: bool
    ) -> tuple[list[Run], dict[RunState, int], list[Run], set[str]]:
        """Those that fit, how many there are in each state, all that are under way, and which left steps open."""
        store = self.desk.workspace.store
        if after_the_dead:
            await store.write(self.desk.workspace.event_log.mark_interrupted)
        found = await store.read(find_runs, wanted, limit=self.table.limit)
        counts = await store.read(count_states, wanted)
        alive = await store.read(find_runs, RunFilter(states=_ALIVE))
        return found, counts, alive, await store.read(runs.left_open, [run.run_id for run in found if may_retry(run)])

    async def _catch_up(self) -> None:
        """Make runs of an older Muster findable, and look again where that may matter."""
        store, caught = self.desk.workspace.store, 0
        try:
            while more := await store.write(run_digests.catch_up):
                caught += more
        except MusterError:  # the store is busy: it is tried again with the next look
            return
        if caught and self.table.is_narrowed:
            self.table.ask_soon()

    def _note(self, run: Run) -> None:
        """A run of this program began or ended: its record is in the event."""
        if run.dry_run or not find_operation(run.operation).history:
            return
        (self._running.discard if run.state.over else self._running.add)(run.run_id)
        self._news.append(run)
        self._show_news()
        if self.isVisible():
            self.table.ask_soon()  # for the counts

    def _show_news(self) -> None:
        """What happened since the store was asked."""
        if self._news and not self.table.is_narrowed and not self.period.days():
            self.pane.update_rows(self._news)
        self._show_sentence()
        self._show_current()

    # -- showing -------------------------------------------------------------------------------------------------

    def _show_sentence(self) -> None:
        running = len(self._running)
        text = ngettext("{count} run active", "{count} runs active", running).format(count=format_value(running))
        self.sentence.setText(text if running else _("Nothing is running"))

    def tell_details(self) -> None:
        """How the current run went."""
        run = self.pane.table.current_row()
        if run is None:
            self.details.clear()
        else:
            tell_run(self.details, run)

    def _show_current(self) -> None:
        self.split.tell()
        self._show_actions()

    def _show_actions(self) -> None:
        run = self.pane.table.current_row()
        reason = _("Choose a run first.") if run is None else ""
        self.open_button.permit(reason)
        self.again_button.permit(reason or self._again_obstacle(run))
        self.resume_button.permit(reason or self._resume_obstacle(run))
        self.prune_button.permit(self.desk.refusal("history.prune"))

    def _again_obstacle(self, run: Run | None) -> str:
        if run is None:
            return ""
        return _("It is still running.") if not run.state.over else obstacle(self.desk, run)

    def _resume_obstacle(self, run: Run | None) -> str:
        return "" if run is None else resume_obstacle(self.desk, run, left=run.run_id in self._left)

    def show_record(self, record_id: str) -> None:
        """Bring a run into view, however old it is, and open its details."""
        self.details.show()
        self.desk.start("show run", self._bring(record_id))

    async def _bring(self, run_id: str) -> None:
        if not self.pane.table.select_key(run_id):
            self.pane.clear_search()
            self.period.choose(0)
            await self.read()
        if not self.pane.table.select_key(run_id):
            read = self.desk.workspace.store.read
            run = await read(runs.find_run, run_id)
            if run is not None:
                self._left |= await read(runs.left_open, [run_id])
                self.pane.update_rows([run])
                self.pane.table.select_key(run_id)
        self._show_current()

    def next_page(self) -> NextPage[Run]:
        """All runs that fit the search and the filters as they are now."""
        wanted, read = self._wanted(), self.desk.workspace.store.read
        return lambda last: read(runs_after, wanted, last, limit=AT_ONCE)

    # -- what a person does --------------------------------------------------------------------------------------

    def open_run(self, _run: object = None) -> None:
        """Show the results of the current run as it ended (Enter, double click)."""
        run = self.pane.table.current_row()
        if run is not None:
            self.run_opened.emit(run.run_id)

    def run_again(self) -> None:
        """Start the same once more."""
        run = self.pane.table.current_row()
        if run is not None:
            self.desk.run(same_again(run))

    def resume(self) -> None:
        """Take the current run up where it ended."""
        run = self.pane.table.current_row()
        if run is not None:
            self.desk.resume(run.run_id)

    def open_retention(self) -> None:
        """How long what is kept, and taking away what is older."""
        from ui.dialogs.retention import open_retention

        open_retention(self, self.desk)

    def _fill_menu(self, menu: QMenu) -> None:
        run = self.pane.table.current_row()
        if run is None:
            return
        menu.addAction(icon(Icon.EYE), _("Show results"), self.open_run)
        again = menu.addAction(icon(Icon.REFRESH), _("Run again"), self.run_again)
        again.setEnabled(not self._again_obstacle(run))
        resume = menu.addAction(icon(Icon.PLAY), _("Resume"), self.resume)
        resume.setEnabled(not self._resume_obstacle(run))


def _runs_in_words(count: int) -> str:
    return ngettext("{count} run", "{count} runs", count).format(count=format_value(count))
