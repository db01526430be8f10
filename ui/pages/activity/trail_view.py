"""The audit trail of the Activity page: who did what, when and from where; verified with one click."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.audit import AuditEntry, AuditKind
from app.domain.causes import remedy_of
from app.events import RunEnded
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from app.store.audit_search import AuditFilter, count_kinds, find_entries
from ui.desk import Desk
from ui.pages.activity.all_rows import AT_ONCE, NextPage
from ui.pages.activity.searched import SearchedTable
from ui.pages.activity.searched_view import SearchedView
from ui.pages.activity.trail_words import COLUMNS, chips, tell_entry
from ui.runs.filling import Filling
from ui.tables import format_value
from ui.theme import Icon, Tone
from ui.widgets import Button, DetailsPane, StatusChip

VERIFY = "audit.verify"


class TrailView(SearchedView[AuditEntry]):
    """All entries, newest first."""

    run_opened = Signal(str)
    """The id of a run that an entry is about, to be shown as it ended."""

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        """`shortcuts_in` is the page, within which Ctrl+F and Ctrl+E reach the view in front."""
        table: SearchedTable[AuditEntry] = SearchedTable(
            name=_("Audit trail"), page="activity.trail", columns=COLUMNS, key=lambda entry: entry.seq,
            search_hint=_("Search the audit trail"), count_text=_entries_in_words, layouts=desk.layouts,
            shortcuts_in=shortcuts_in,
        )  # fmt: skip
        super().__init__(desk, table, page="activity.trail", export_as="audit-trail")
        self.verdict = StatusChip(object_name="activity.trail.verdict")
        self.verdict.set_status(_("Not verified"), Tone.NEUTRAL)
        self.verify_button = Button(_("Verify"), icon=Icon.VERIFY, object_name="activity.trail.verify")
        self.open_button = Button(_("Show results"), icon=Icon.EYE, object_name="activity.trail.open")
        self.details = DetailsPane(object_name="activity.trail.details")
        Filling(self.pane.table, "result")
        self.table.set_chips(chips())
        self.compose(self.details, [self.period, self.verdict], [self.open_button, self.verify_button])
        self.verify_button.clicked.connect(self.verify)
        self.open_button.clicked.connect(self.open_run)
        self.pane.table.current_row_changed.connect(lambda _entry: self._show_actions())
        self.pane.table.row_activated.connect(self.split.open)
        self.desk.on(RunEnded, self._run_ended)
        self._show_actions()

    # -- reading -------------------------------------------------------------------------------------------------

    def _wanted(self) -> AuditFilter:
        kinds = tuple(AuditKind(key) for key in self.table.chosen)
        return AuditFilter(kinds, since=self.since(), text=self.table.text)

    def next_page(self) -> NextPage[AuditEntry]:
        """All entries that fit the search and the filters as they are now."""
        wanted, read = self._wanted(), self.desk.workspace.store.read
        return lambda last: read(find_entries, replace(wanted, below=last.seq if last else 0), limit=AT_ONCE)

    async def read(self) -> None:
        """The newest entries that fit, and how many there are of each kind."""
        wanted = self._wanted()
        answer = await self.newest(self._ask(wanted))
        if answer is None:
            return
        found, counts = answer
        total = sum(count for kind, count in counts.items() if not wanted.kinds or kind in wanted.kinds)
        self.table.say_empty(_("Nothing is recorded yet"), _("Every run, change and look at a secret appears here."))
        self.table.show_found(found, total, {kind.value: counts.get(kind, 0) for kind in AuditKind})
        self.split.tell()
        self._show_actions()

    async def _ask(self, wanted: AuditFilter) -> tuple[list[AuditEntry], dict[AuditKind, int]]:
        read = self.desk.workspace.store.read
        return await read(find_entries, wanted, limit=self.table.limit), await read(count_kinds, wanted)

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

    def tell_details(self) -> None:
        """What the current entry says."""
        entry = self.pane.table.current_row()
        if entry is None:
            self.details.clear()
        else:
            tell_entry(self.details, entry)

    def _show_actions(self) -> None:
        entry = self.pane.table.current_row()
        lack = _("Choose an entry first.") if entry is None else ""
        self.open_button.permit(lack or ("" if entry and entry.run_id else _("This entry is about no run.")))


def _entries_in_words(count: int) -> str:
    return ngettext("{count} entry", "{count} entries", count).format(count=format_value(count))
