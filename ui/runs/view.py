"""One run on screen: the line with its bar or its end, the table of results, and what a person can do with them.

Outcomes go to the table a slice at a time, however many arrive at once; the panel says when (thirty times a second).
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QSplitter, QVBoxLayout, QWidget

from app.i18n import _, ngettext
from app.operations.runner import Report
from ui.desk import Desk
from ui.runs.again import failed_again, failed_ids, is_resumable, obstacle, same_again, stopped_by
from ui.runs.filling import Filling
from ui.runs.head import RunHead, RunNote
from ui.runs.rows import COLUMNS, OutcomeLine, Result, filters
from ui.runs.shown import ShownRun
from ui.runs.targets import TargetTable
from ui.runs.words import end_sentence, run_title
from ui.tables import TablePane, format_value
from ui.theme import Icon, icon
from ui.widgets import announce

SLICE = 500
"""Outcomes of one run that become rows at one tick."""


class RunView(QWidget):
    """Shows the run it is given; there is one view, and the tabs choose."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.shown: ShownRun | None = None
        self._in_table = 0
        self._offered: set[Result] = set()
        self.head = RunHead(self)
        self.note = RunNote(self)
        self.pane: TablePane[OutcomeLine] = TablePane(
            name=_("Results"), page="run", columns=COLUMNS, key=lambda line: line.seq, search_hint=_("Search results"),
            count_text=_results_in_words, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.targets = TargetTable(desk.layouts)
        self._only = ""
        self._age = 0
        sides = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        sides.addWidget(self.targets)
        sides.addWidget(self.pane)
        sides.setStretchFactor(1, 1)
        sides.setSizes([480, 880])
        self.body = _column(self.note, sides)
        Filling(self.pane.table, "message")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.body, 1)
        self._escape_key = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, context=Qt.ShortcutContext.WindowShortcut)
        self._escape_key.setEnabled(False)
        self._connect()

    def _connect(self) -> None:
        self._escape_key.activated.connect(self._escape)
        self.head.cancel_pressed.connect(self.cancel)
        self.head.retry_pressed.connect(self.retry)
        self.head.resume_pressed.connect(self.resume)
        self.head.without_pressed.connect(self.go_on_without)
        self.head.why_pressed.connect(self.explain_end)
        self.targets.chosen.connect(self._choose_target)
        self.pane.export_requested.connect(self.export)
        table = self.pane.table
        table.link_activated.connect(lambda line, _column: self.explain(line))
        table.row_activated.connect(self.explain)
        table.details_requested.connect(self.explain)
        table.add_to_menu(self._fill_menu)

    # -- showing -------------------------------------------------------------------------------------------------

    def show_run(self, shown: ShownRun) -> None:
        """Show this run from now on, as far as it is."""
        if shown is not self.shown:
            self.pane.clear_search()
            self._only = ""
        self.shown = shown
        self.targets.setVisible(shown.has_targets)
        self.note.tell(shown.run)
        if not shown.running:
            self.show_end()
            return
        self.pane.show_empty(_("Nothing to show yet"), _("Each result appears here as soon as it is known."))
        self._fill(shown, shown.lines)
        self._show_progress(shown)

    def show_news(self) -> None:
        """The next slice of outcomes, and where the bar is now."""
        if self.shown is not None and self.shown.running:
            if self._age != self.shown.age:
                self._fill(self.shown, self.shown.lines)
            self._add_rows(self.shown)
            self._show_progress(self.shown)

    def show_end(self) -> None:
        """The run is over: what needs a look comes first."""
        shown = self.shown
        if shown is None:
            return
        self._escape_key.setEnabled(False)
        self.note.tell(shown.run)
        self.pane.show_empty(_("No results"), _("This run ended before it came to any record."), drawing=Icon.HISTORY)
        self._fill(shown, shown.ended_lines())
        self.pane.table.scrollToTop()
        self.head.show_end(shown)
        self._offer(shown)
        announce(self, f"{run_title(shown.run)}. {end_sentence(shown.run, shown.changes)}")

    def _fill(self, shown: ShownRun, lines: list[OutcomeLine]) -> None:
        self._in_table, self._age = len(lines), shown.age
        shown.revised.clear()
        self._offer_filters(shown)
        self.pane.set_rows(self._wanted(lines))
        if shown.has_targets:
            self.targets.show_run(shown)

    def _wanted(self, lines: Iterable[OutcomeLine]) -> list[OutcomeLine]:
        """The rows of the chosen device, or all."""
        return [line for line in lines if not self._only or line.outcome.target_id == self._only]

    def _choose_target(self, target_id: str) -> None:
        if self.shown is not None and target_id != self._only:
            self._only = target_id
            lines = self.shown.lines if self.shown.running else self.shown.ended_lines()
            self.pane.set_rows(self._wanted(lines[: self._in_table]))

    def _add_rows(self, shown: ShownRun) -> None:
        revised, shown.revised = shown.revised, set()
        new = shown.lines[self._in_table :]
        lines = self._wanted([*(shown.lines[number] for number in sorted(revised)), *new])
        self._in_table += len(new)
        if shown.has_targets:
            self.targets.show_news(shown)
        if not lines:
            return
        if shown.results != self._offered:
            self._offer_filters(shown)
        table = self.pane.table
        bar = table.verticalScrollBar()
        follow = bar.value() == bar.maximum() and not table.currentIndex().isValid()
        self.pane.update_rows(lines)
        if follow:
            table.scrollToBottom()

    def _offer_filters(self, shown: ShownRun) -> None:
        self._offered = set(shown.results)
        self.pane.set_filters(filters(self._offered, planned=shown.run.dry_run))

    def _show_progress(self, shown: ShownRun) -> None:
        self.head.show_progress(shown.meter.read(time.monotonic()), cancelling=shown.cancelling)
        self._escape_key.setEnabled(not shown.cancelling)

    def _offer(self, shown: ShownRun) -> None:
        run = shown.run
        failed = _("Retry failed") if run.state.over and failed_ids(shown.outcomes) else ""
        resume = _("Resume") if is_resumable(run, left=shown.left) else ""
        device = stopped_by(run, shown.outcomes)
        without = _("Continue without {device}").format(device=device[1]) if resume and device else ""
        again = _("Retry") if run.error is not None and not resume else ""  # it came to nobody, and cannot go on
        self.head.offer(retry=failed or again, resume=resume, obstacle=obstacle(self.desk, run), without=without)

    # -- what a person does --------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Stop the run: nothing new begins, what is confirmed stays."""
        shown = self.shown
        handle = self.desk.workspace.runner.handles.get(shown.run.run_id) if shown is not None else None
        if shown is None or handle is None or shown.cancelling:
            return
        shown.cancelling = True
        self._show_progress(shown)
        handle.cancel()

    def _escape(self) -> None:
        """Esc first clears the line that is being typed in, then cancels."""
        typed = QApplication.focusWidget()
        if isinstance(typed, QLineEdit) and typed.text():
            typed.clear()
        else:
            self.cancel()

    def resume(self) -> None:
        """Take the run up where it ended."""
        if self.shown is not None:
            self.desk.resume(self.shown.run.run_id)

    def go_on_without(self) -> None:
        """Take a stopped push up again without the device that stopped it."""
        if self.shown is not None and (device := stopped_by(self.shown.run, self.shown.outcomes)) is not None:
            self.desk.resume(self.shown.run.run_id, without=[device[0]])

    def retry(self) -> None:
        """Run again for those that failed; a run that came to nobody is run again whole."""
        if self.shown is None:
            return
        run, outcomes = self.shown.run, self.shown.outcomes
        request = failed_again(run, outcomes) if failed_ids(outcomes) else same_again(run)
        self.desk.run(request, self._preview if run.dry_run else None)

    def _preview(self, report: Report) -> None:
        from ui.dialogs.preview import open_preview

        open_preview(self.window(), self.desk, report)

    def explain(self, line: OutcomeLine) -> None:
        """Why a row is as it is: what was asked, what was answered, what to do next."""
        from ui.dialogs.why import open_why

        if self.shown is not None:
            open_why(self.window(), self.shown.run, line.outcome)

    def explain_end(self) -> None:
        """Why the run itself ended as it did."""
        from ui.dialogs.why import open_why

        if self.shown is not None:
            open_why(self.window(), self.shown.run)

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        if self.shown is not None:
            export_table(self, self.desk, self.pane.visible_table(), self.shown.run.operation)

    def _fill_menu(self, menu: QMenu) -> None:
        line = self.pane.table.current_row()
        if line is not None:
            menu.addAction(icon(Icon.ASK), _("Why?"), lambda: self.explain(line))


def _column(first: QWidget, second: QWidget) -> QWidget:
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(first)
    column.addWidget(second, 1)
    return widget


def _results_in_words(count: int) -> str:
    return ngettext("{count} result", "{count} results", count).format(count=format_value(count))
