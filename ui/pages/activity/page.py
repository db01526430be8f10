"""The Activity page: header with what can be done, the table of runs newest first, the details of one.

Runs of this program appear by its events; those of other programs on the same store when the page is shown or F5 is
pressed. It only reads; going on with a run is the desk's and the runner's business.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSplitter, QVBoxLayout, QWidget

from app.domain.outcomes import Run, RunState
from app.errors import MusterError
from app.events import RunEnded, RunStarted
from app.i18n import _, ngettext
from app.operations.registry import find_operation
from app.store import runs
from ui.desk import Desk
from ui.pages.activity.details import tell_run
from ui.pages.activity.rows import COLUMNS, filters
from ui.runs.again import obstacle, resume_obstacle, same_again
from ui.runs.filling import Filling
from ui.tables import TablePane, format_value
from ui.theme import GRID, Icon, icon
from ui.widgets import Action, Button, DetailsPane

MOST_RUNS = 5_000
"""The newest runs that are read; older ones are found with `muster runs list`."""


class ActivityPage(QWidget):
    """All runs, and what can be done with them."""

    run_opened = Signal(str)
    """The id of a run to be shown as it ended, by the run panel."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._news: list[Run] = []
        self.sentence = QLabel()
        self.sentence.setObjectName("activity.sentence")
        self.sentence.setProperty("role", "muted")
        self.open_button = Button(_("Show results"), icon=Icon.EYE, object_name="activity.open")
        self.again_button = Button(_("Run again"), icon=Icon.REFRESH, object_name="activity.again")
        self.resume_button = Button(_("Resume"), icon=Icon.PLAY, object_name="activity.resume")
        self.pane: TablePane[Run] = TablePane(
            name=_("Activity"), page="activity", columns=COLUMNS, key=lambda run: run.run_id,
            search_hint=_("Search runs"), count_text=_runs_in_words, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.details = DetailsPane(object_name="activity.details")
        self.details.hide()
        Filling(self.pane.table, "counts")
        self._arrange()
        self._connect()
        self.pane.set_filters(filters())
        self.pane.show_empty(
            _("Nothing has run yet"), _("Every sync, push and change appears here with its result."),
            drawing=Icon.HISTORY,
        )  # fmt: skip
        if desk.layouts.get("table/activity.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self._show_actions()
        self.pane.show_loading()

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 3 * GRID)
        header.setSpacing(2 * GRID)
        header.addWidget(self.sentence, 1)
        for button in (self.open_button, self.again_button, self.resume_button):
            header.addWidget(button)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(self.pane)
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        split.setSizes([1000, 360])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.open_run)
        self.again_button.clicked.connect(self.run_again)
        self.resume_button.clicked.connect(self.resume)
        table = self.pane.table
        table.current_row_changed.connect(self._current_changed)
        table.row_activated.connect(self.open_run)
        table.details_requested.connect(self._toggle_details)
        table.add_to_menu(self._fill_menu)
        self.pane.export_requested.connect(self.export)
        self.pane.rows.counts_changed.connect(self._show_sentence)
        self.desk.on(RunStarted, lambda event: self._note(event.run))
        self.desk.on(RunEnded, lambda event: self._note(event.run))

    # -- reading -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the store again."""
        self.desk.start("read activity", self._read())

    async def _read(self) -> None:
        store = self.desk.workspace.store
        self._news.clear()
        try:
            await store.write(runs.mark_interrupted)  # of programs that were killed, this one's former self included
            found = await store.read(runs.runs, limit=MOST_RUNS)
        except MusterError as error:
            self.pane.show_error(error.message, _(error.remedy), [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)])
            return
        self.pane.set_rows(found)
        self.pane.update_rows(self._news)  # what happened while it was read
        self._current_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Rows are read when the page comes to the front: other programs may have run something meanwhile."""
        super().showEvent(event)
        self.refresh()

    def _note(self, run: Run) -> None:
        """A run of this program began or ended: its record is in the event."""
        if not run.dry_run and find_operation(run.operation).history:
            self._news.append(run)
            self.pane.update_rows([run])
            self._current_changed()

    # -- showing -------------------------------------------------------------------------------------------------

    def _show_sentence(self) -> None:
        running = sum(run.state is RunState.RUNNING for run in self.pane.rows.all_rows())
        text = ngettext("{count} run active", "{count} runs active", running).format(count=format_value(running))
        self.sentence.setText(text if running else _("Nothing is running"))

    def _current_changed(self, *_args: object) -> None:
        run = self.pane.table.current_row()
        if not self.details.isHidden():
            if run is None:
                self.details.clear()
            else:
                tell_run(self.details, run)
        self._show_actions()

    def _show_actions(self) -> None:
        run = self.pane.table.current_row()
        reason = _("Choose a run first.") if run is None else ""
        _set_possible(self.open_button, reason)
        _set_possible(self.again_button, reason or self._again_obstacle(run))
        _set_possible(self.resume_button, reason or (resume_obstacle(self.desk, run) if run is not None else ""))

    def _again_obstacle(self, run: Run | None) -> str:
        if run is None:
            return ""
        return _("It is still running.") if not run.state.over else obstacle(self.desk, run)

    def _toggle_details(self, _run: object = None) -> None:
        self.details.setVisible(self.details.isHidden())
        self._current_changed()

    def show_record(self, record_id: str) -> None:
        """Bring a run into view and open its details."""
        if not self.pane.table.select_key(record_id):
            self.pane.clear_search()
            self.pane.table.select_key(record_id)
        self.details.show()
        self._current_changed()

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

    def sync(self) -> None:
        """F5: read again, also what other programs did."""
        self.refresh()

    def preview(self) -> None:
        """Shift+F5: there is nothing to preview here."""

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "activity")

    def _fill_menu(self, menu: QMenu) -> None:
        run = self.pane.table.current_row()
        if run is None:
            return
        menu.addAction(icon(Icon.EYE), _("Show results"), self.open_run)
        again = menu.addAction(icon(Icon.REFRESH), _("Run again"), self.run_again)
        again.setEnabled(not self._again_obstacle(run))
        resume = menu.addAction(icon(Icon.PLAY), _("Resume"), self.resume)
        resume.setEnabled(not resume_obstacle(self.desk, run))


def _set_possible(button: Button, reason: str) -> None:
    if reason:
        button.refuse(reason)
    else:
        button.allow()


def _runs_in_words(count: int) -> str:
    return ngettext("{count} run", "{count} runs", count).format(count=format_value(count))
