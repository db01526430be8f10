"""The audit trail of the Activity page: who did what, when and from where; verified with one click."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.domain.audit import AuditEntry, AuditKind
from app.domain.causes import remedy_of
from app.errors import MusterError
from app.events import RunEnded
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from app.store.audit_search import AuditFilter, count_kinds, find_entries
from app.store.values import now
from ui.desk import Desk
from ui.pages.activity.period import PeriodChoice
from ui.pages.activity.searched import SearchedTable
from ui.pages.activity.trail_words import COLUMNS, chips, tell_entry
from ui.runs.filling import Filling
from ui.tables import TablePane, format_value
from ui.theme import GRID, Icon, Tone
from ui.widgets import Action, Button, DetailsPane, StatusChip

VERIFY = "audit.verify"


class TrailView(QWidget):
    """All entries, newest first."""

    run_opened = Signal(str)
    """The id of a run that an entry is about, to be shown as it ended."""

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        """`shortcuts_in` is the page, within which Ctrl+F and Ctrl+E reach the view in front."""
        super().__init__()
        self.desk = desk
        self._asked = 0
        self.period = PeriodChoice("activity.trail.period")
        self.verdict = StatusChip(object_name="activity.trail.verdict")
        self.verdict.set_status(_("Not verified"), Tone.NEUTRAL)
        self.verify_button = Button(_("Verify"), icon=Icon.VERIFY, object_name="activity.trail.verify")
        self.open_button = Button(_("Show results"), icon=Icon.EYE, object_name="activity.trail.open")
        self.table: SearchedTable[AuditEntry] = SearchedTable(
            name=_("Audit trail"), page="activity.trail", columns=COLUMNS, key=lambda entry: entry.seq,
            search_hint=_("Search the audit trail"), count_text=_entries_in_words, layouts=desk.layouts,
            shortcuts_in=shortcuts_in,
        )  # fmt: skip
        self.pane: TablePane[AuditEntry] = self.table.pane
        self.details = DetailsPane(object_name="activity.trail.details")
        self.details.hide()
        Filling(self.pane.table, "result")
        self._arrange()
        self._connect()
        self.table.set_chips(chips())
        if desk.layouts.get("table/activity.trail.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self._current_changed()
        self.pane.show_loading()

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        header.setSpacing(2 * GRID)
        header.addWidget(self.period)
        header.addWidget(self.verdict)
        header.addStretch(1)
        for button in (self.open_button, self.verify_button):
            header.addWidget(button)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(self.table)
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        split.setSizes([1000, 360])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        self.verify_button.clicked.connect(self.verify)
        self.open_button.clicked.connect(self.open_run)
        self.period.changed.connect(self.refresh)
        self.table.wanted.connect(self.refresh)
        table = self.pane.table
        table.current_row_changed.connect(self._current_changed)
        table.row_activated.connect(self._open_details)
        table.details_requested.connect(self._toggle_details)
        self.pane.export_requested.connect(self.export)
        self.desk.on(RunEnded, self._run_ended)

    # -- reading -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask the store for what is searched for now."""
        self.desk.start("read the audit trail", self.read())

    async def read(self) -> None:
        """The newest entries that fit, and how many there are of each kind."""
        self._asked += 1
        asked, days = self._asked, self.period.days()
        kinds = tuple(AuditKind(key) for key in self.table.chosen)
        wanted = AuditFilter(kinds, since=now() - timedelta(days=days) if days else None, text=self.table.text)
        read = self.desk.workspace.store.read
        try:
            found = await read(find_entries, wanted, limit=self.table.limit)
            counts = await read(count_kinds, wanted)
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.refresh, icon=Icon.REFRESH)])
            return
        if asked != self._asked:  # another question was asked meanwhile
            return
        total = sum(count for kind, count in counts.items() if not kinds or kind in kinds)
        self.table.say_empty(_("Nothing is recorded yet"), _("Every run, change and look at a secret appears here."))
        self.table.show_found(found, total, {kind.value: counts.get(kind, 0) for kind in AuditKind})
        self._current_changed()

    def _run_ended(self, event: RunEnded) -> None:
        if self.isVisible() and not event.run.dry_run:
            self.table.ask_soon()

    # -- what a person does --------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Find the first altered entry, if there is one."""
        self.verify_button.refuse(_("It is being verified."))
        self.verdict.set_status(_("Verifying…"), Tone.INFO)
        self.desk.start("verify the audit trail", self._verify())

    async def _verify(self) -> None:
        report = await self.desk.report_of(Request(VERIFY))
        self.verify_button.allow()
        if report is not None:
            self._show_verdict(report)

    def _show_verdict(self, report: Report) -> None:
        told = report.run.result or {}
        if report.error is not None:
            self.verdict.set_status(_("Altered") if told.get("flaw") else _("Not verified"), Tone.DANGER)
            self.desk.voice.banner("audit", Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.desk.voice.clear_banner("audit")
        count = int(told["checked"])
        text = ngettext("{count} entry, not altered", "{count} entries, none altered", count)
        self.verdict.set_status(text.format(count=format_value(count)), Tone.SUCCESS)
        self.verdict.setToolTip("\n".join(_(warning) for warning in report.run.warnings))

    def open_run(self) -> None:
        """Show the run that the current entry is about, as it ended."""
        entry = self.pane.table.current_row()
        if entry is not None and entry.run_id:
            self.run_opened.emit(entry.run_id)

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "audit-trail")

    def _open_details(self, _entry: object = None) -> None:
        self.details.show()
        self._current_changed()

    def _toggle_details(self, _entry: object = None) -> None:
        self.details.setVisible(self.details.isHidden())
        self._current_changed()

    def _current_changed(self, *_args: object) -> None:
        entry = self.pane.table.current_row()
        if not self.details.isHidden():
            if entry is None:
                self.details.clear()
            else:
                tell_entry(self.details, entry)
        if entry is None:
            self.open_button.refuse(_("Choose an entry first."))
        elif not entry.run_id:
            self.open_button.refuse(_("This entry is about no run."))
        else:
            self.open_button.allow()


def _entries_in_words(count: int) -> str:
    return ngettext("{count} entry", "{count} entries", count).format(count=format_value(count))
