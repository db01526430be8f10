"""The sync log of one connection: what ran over it, narrowed by choices; open a run as it ended, copy it for support,
do the same again (connections.md §8).
"""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.outcomes import Trigger
from app.domain.sync_logs import Direction, SyncLog, SyncStatus
from app.errors import MusterError
from app.events import RunEnded, RunStarted
from app.i18n import _, ngettext
from app.operations.connection_logs import support_text, wanted_operations
from app.store import runs
from app.store import sync_logs as stored
from app.store.attempts import attempts_of
from app.store.sync_logs import SyncLogFilter
from app.store.values import now
from ui.desk import Desk
from ui.dialogs.connection_log_detail import open_log_detail
from ui.dialogs.connection_log_level import DetailSwitch
from ui.dialogs.connection_log_rows import COLUMNS, DIRECTION_WORDS, STATUS_WORDS, TRIGGER_WORDS, choice
from ui.pages.activity.period import PeriodChoice
from ui.runs.again import obstacle, same_again
from ui.runs.words import operation_title
from ui.tables import TablePane, format_value
from ui.theme import GRID, Icon
from ui.widgets import Action, Button

AT_ONCE = 200


class ConnectionLogDialog(QDialog):
    """The table of runs with what narrows it above and what can be done with a run below."""

    def __init__(self, parent: QWidget, desk: Desk, connection: Connection) -> None:
        super().__init__(parent)
        self.desk, self.connection = desk, connection
        self.logs: list[SyncLog] = []
        self._total = 0
        self._asked = 0
        self.setObjectName("sync_log")
        self.setWindowTitle(_("Sync log of {name}").format(name=connection.name))
        self.resize(1080, 600)
        self._make_choices()
        self.pane: TablePane[SyncLog] = TablePane(
            name=_("Sync log"), page="sync_log", columns=COLUMNS, key=lambda log: log.run.run_id,
            search_hint=_("Search the sync log"), count_text=self._count, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.older = Button(_("Show older ones"), icon=Icon.CHEVRON_DOWN, object_name="sync_log.older")
        self.requests = Button(_("Requests"), icon=Icon.MOVE, object_name="sync_log.requests")
        self.open_run = Button(_("Show results"), icon=Icon.EYE, object_name="sync_log.open")
        self.copy = Button(_("Copy for support"), icon=Icon.COPY, object_name="sync_log.copy")
        self.again = Button(_("Run again"), icon=Icon.REFRESH, object_name="sync_log.again")
        self.close_button = Button(_("Close"), object_name="sync_log.close")
        for button in (self.older, self.requests, self.open_run, self.copy, self.again, self.close_button):
            button.setAutoDefault(False)  # Enter in the table or the search line opens no run
        self.older.hide()
        self._arrange()
        self._connect()
        self.pane.show_empty(_("Nothing has run yet"), _("Every sync over this connection appears here."),
                             drawing=Icon.HISTORY)  # fmt: skip
        if desk.layouts.get("table/sync_log.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self._show_ways()
        self.pane.show_loading()
        self.read()

    def _make_choices(self) -> None:
        self.operation = choice("sync_log.operation", _("Operation"), _("All operations"), ())
        statuses = [(status.value, _(word)) for status, word in STATUS_WORDS.items()]
        self.status = choice("sync_log.status", _("Result"), _("All results"), statuses)
        directions = [(direction.value, _(word)) for direction, word in DIRECTION_WORDS.items()]
        self.direction = choice("sync_log.direction", _("Direction"), _("Both directions"), directions)
        triggers = [(trigger.value, _(word)) for trigger, word in TRIGGER_WORDS.items()]
        self.trigger = choice("sync_log.trigger", _("Began by"), _("However it began"), triggers)
        self.period = PeriodChoice("sync_log.period")
        self.detailed = DetailSwitch(self.desk, self.connection)

    @property
    def _choices(self) -> tuple[QComboBox, ...]:
        return self.operation, self.status, self.direction, self.trigger, self.period

    def _arrange(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        for row in (above, below):
            row.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 0)
            row.setSpacing(2 * GRID)
        for box in self._choices:
            above.addWidget(box)
        above.addStretch(1)
        above.addWidget(self.detailed)
        below.addWidget(self.older)
        below.addStretch(1)
        for button in (self.copy, self.again, self.requests, self.open_run, self.close_button):
            below.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, 4 * GRID)
        column.setSpacing(0)
        column.addLayout(above)
        column.addSpacing(2 * GRID)
        column.addWidget(self.pane, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        for box in self._choices:
            box.activated.connect(lambda _place: self.read())
        self.older.clicked.connect(lambda: self.desk.start("read sync log", self._read(older=True)))
        self.requests.clicked.connect(self._open_requests)
        self.open_run.clicked.connect(self._open_run)
        self.copy.clicked.connect(lambda: self.desk.start("copy for support", self._copy()))
        self.again.clicked.connect(self._run_again)
        self.close_button.clicked.connect(self.reject)
        table = self.pane.table
        table.row_activated.connect(lambda _row: self._open_run())
        table.current_row_changed.connect(lambda _row: self._show_ways())
        self.pane.export_requested.connect(self.export)
        events = self.desk.workspace.events
        forget = [events.subscribe(RunStarted, self._run_moved), events.subscribe(RunEnded, self._run_moved)]
        self.finished.connect(lambda _code: [each() for each in forget])

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Ask the store for what is chosen now, from the newest on."""
        self.desk.start("read sync log", self._read())

    def _wanted(self) -> SyncLogFilter:
        direction, status, trigger = (box.currentData() for box in (self.direction, self.status, self.trigger))
        days = self.period.days()
        return SyncLogFilter(
            self.connection.name,
            operations=wanted_operations(self.operation.currentData(), Direction(direction) if direction else None),
            status=SyncStatus(status) if status else None,
            trigger=Trigger(trigger) if trigger else None,
            since=now() - timedelta(days=days) if days else None,
        )

    async def _read(self, *, older: bool = False) -> None:
        self._asked += 1
        asked, wanted, read = self._asked, self._wanted(), self.desk.workspace.store.read
        try:
            offset = len(self.logs) if older else 0
            found = await read(stored.sync_logs, wanted, limit=AT_ONCE, offset=offset)
            total = await read(stored.count_sync_logs, wanted)
            operations = await read(stored.logged_operations, self.connection.name)
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.read, icon=Icon.REFRESH)])
            return
        if asked != self._asked:  # another question was asked meanwhile
            return
        self._offer_operations(operations)
        self.logs = [*self.logs, *found] if older else list(found)
        self._total = total
        self.pane.set_rows(self.logs)
        self.older.setVisible(total > len(self.logs))
        if self.pane.table.current_row() is None and self.pane.rows.rowCount():
            self.pane.table.selectRow(0)
        self._show_ways()

    def _offer_operations(self, known: list[str]) -> None:
        """What ever ran over the connection; what is chosen stays chosen."""
        for operation_id in known:
            if self.operation.findData(operation_id) < 0:
                self.operation.addItem(operation_title(operation_id), operation_id)

    def _run_moved(self, event: RunStarted | RunEnded) -> None:
        if event.run.connection == self.connection.name and not event.run.dry_run:
            self.read()

    def _count(self, shown: int) -> str:
        total = max(shown, self._total)
        text = ngettext("{count} run", "{count} runs", total).format(count=format_value(total))
        return text if shown >= total else _("{shown} of {total}").format(shown=format_value(shown), total=text)

    # -- what a person does --------------------------------------------------------------------------------------

    def _show_ways(self) -> None:
        log = self.pane.table.current_row()
        reason = "" if log is not None else _("Choose a run first.")
        for button in (self.requests, self.open_run, self.copy):
            button.permit(reason)
        if log is not None:
            reason = obstacle(self.desk, log.run) if log.run.state.over else _("It is still running.")
        self.again.permit(reason)

    def _open_run(self) -> None:
        """Show the run as it ended, on the Activity page."""
        if (log := self.pane.table.current_row()) is not None:
            self.accept()
            self.desk.voice.open_page("activity", log.run.run_id)

    def _open_requests(self) -> None:
        """Show what went over the line in the run."""
        if (log := self.pane.table.current_row()) is not None:
            open_log_detail(self, self.desk, log)

    async def _copy(self) -> None:
        """The run and what went wrong in it to the clipboard, without anything secret."""
        if (log := self.pane.table.current_row()) is None:
            return
        read, run_id = self.desk.workspace.store.read, log.run.run_id
        text = support_text(log, await read(runs.outcomes, run_id), await read(attempts_of, run_id))
        QGuiApplication.clipboard().setText(text)
        self.desk.voice.toast(_("Copied, without keys and passwords."))

    def _run_again(self) -> None:
        """The same once more, with the same parameters."""
        if (log := self.pane.table.current_row()) is not None:
            self.desk.run(same_again(log.run))

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "sync-log")


def open_connection_log(parent: QWidget, desk: Desk, connection: Connection) -> ConnectionLogDialog:
    """Show the sync log of a connection."""
    dialog = ConnectionLogDialog(parent, desk, connection)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
