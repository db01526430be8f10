"""One run of a connection's sync log in detail: each request in time, what was asked, why it went wrong; with a
detailed log also the bodies of the chosen request (connections.md §8).
"""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from app.domain.attempts import ANSWERED, Attempt, Attempts
from app.domain.causes import cause_of_error, remedy_of
from app.domain.sync_logs import SyncLog
from app.errors import MusterError
from app.i18n import N_, _, ngettext
from app.store.attempts import attempts_of
from ui.desk import Desk
from ui.dialogs.connection_log_rows import STATUS_TONES, STATUS_WORDS
from ui.dialogs.why import open_why
from ui.runs.filling import Filling
from ui.runs.words import asked_rows, duration_text, operation_title
from ui.tables import Align, Column, Kind, TablePane, format_value
from ui.texts import moment_text
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button, DetailsPane

Row = tuple[int, Attempt]


def _clock(attempt: Attempt) -> str:
    """The time of day here to the millisecond: many requests share a second."""
    return attempt.at.astimezone().strftime("%H:%M:%S.%f")[:-3]


def _status(attempt: Attempt) -> str:
    if attempt.status is None:
        return _("No answer")
    return _("Answered") if attempt.status == ANSWERED else str(attempt.status)


def again_text(attempt: Attempt) -> str:
    """What was wrong, and that it was sent once more for it; of a line that listened, how much came."""
    if attempt.messages:
        came = ngettext("{count} message came.", "{count} messages came.", attempt.messages)
        return " ".join(filter(None, (came.format(count=format_value(attempt.messages)), attempt.error)))
    if attempt.again_after_s is None:
        return attempt.error
    seconds = QLocale().toString(attempt.again_after_s, "g", 3)
    return _("Sent again after {seconds} s: {reason}").format(seconds=seconds, reason=attempt.error)


COLUMNS: tuple[Column[Row], ...] = (
    Column("at", N_("Time"), lambda r: r[1].at, text=lambda r: _clock(r[1]), width=104),
    Column("request", N_("Request"), lambda r: f"{r[1].method} {r[1].url}", width=260, tooltip=lambda r: r[1].url),
    Column("status", N_("Answer"), lambda r: r[1].status or 0, text=lambda r: _status(r[1]), kind=Kind.CHIP, width=110,
           tone=lambda r: Tone.DANGER if r[1].error else Tone.SUCCESS,
           icon=lambda r: Icon.WARNING if r[1].error else Icon.CHECK),
    Column("duration", N_("Took"), lambda r: r[1].duration_ms, text=lambda r: duration_text(r[1].duration_ms),
           kind=Kind.NUMBER, width=110, align=Align.RIGHT, muted=True),
    Column("size", N_("Bytes"), lambda r: r[1].size, kind=Kind.NUMBER, width=80, align=Align.RIGHT, muted=True),
    Column("error", N_("What happened"), lambda r: again_text(r[1]), width=260, tooltip=lambda r: again_text(r[1])),
)  # fmt: skip


class ConnectionLogDetail(QDialog):
    """The requests of one run beside what was asked; below them the chosen one whole, with the bodies that are kept."""

    def __init__(self, parent: QWidget, desk: Desk, log: SyncLog) -> None:
        super().__init__(parent)
        self.desk, self.log = desk, log
        self.attempts = Attempts()
        self.setObjectName("sync_run")
        title = operation_title(log.run.operation)
        self.setWindowTitle(_("{operation} – requests").format(operation=title))
        self.resize(1240, 640)
        self.pane: TablePane[Row] = TablePane(
            name=_("Requests"), page="sync_run", columns=COLUMNS, key=lambda row: row[0],
            search_hint=_("Search the requests"),
            count_text=lambda shown: requests_text(shown, self.attempts.total),
            store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.whole = QPlainTextEdit(readOnly=True)
        self.whole.setObjectName("sync_run.request")
        self.whole.setAccessibleName(_("The chosen request"))
        self._below_table = QWidget()
        room = QVBoxLayout(self._below_table)
        room.setContentsMargins(4 * GRID, 2 * GRID, 2 * GRID, 0)
        room.addWidget(self.whole)
        Filling(self.pane.table, "error")
        self.details = DetailsPane(object_name="sync_run.details")
        self._tell()
        self.why = Button(_("Why?"), icon=Icon.ASK, object_name="sync_run.why")
        self.close_button = Button(_("Close"), object_name="sync_run.close")
        self._arrange()
        self.why.setVisible(log.run.error is not None)
        self.why.clicked.connect(lambda: open_why(self, log.run))
        self.close_button.clicked.connect(self.reject)
        self.pane.table.current_row_changed.connect(lambda _row: self._show_request())
        self.pane.export_requested.connect(self.export)
        self.pane.show_empty(
            _("No requests are kept"), _("This run asked nobody, or its details were cleared."), drawing=Icon.HISTORY
        )
        if desk.layouts.get("table/sync_run.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.pane.show_loading()
        desk.start("read requests", self._read())

    def _arrange(self) -> None:
        left = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(self.pane)
        left.addWidget(self._below_table)
        left.setSizes([420, 160])
        sides = QHBoxLayout()
        sides.setSpacing(0)
        sides.addWidget(left, 1)
        self.details.setFixedWidth(320)
        sides.addWidget(self.details)
        below = QHBoxLayout()
        below.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 0)
        below.setSpacing(2 * GRID)
        below.addStretch(1)
        for button in (self.why, self.close_button):
            button.setAutoDefault(False)
            below.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, 4 * GRID)
        column.setSpacing(0)
        column.addLayout(sides, 1)
        column.addLayout(below)

    def _tell(self) -> None:
        """What ran, with which parameters, and what to do about its end."""
        run, tell = self.log.run, self.details
        chip = (_(STATUS_WORDS[self.log.status]), STATUS_TONES[self.log.status])
        tell.set_heading(operation_title(run.operation), run.connection, with_picture=False, chip=chip)
        tell.clear_rows()
        tell.add_row(_("When"), moment_text(run.started_at))
        if self.log.ended_at is not None:
            tell.add_row(_("Took"), duration_text(run.duration_ms))
        tell.add_row(_("Records"), format_value(self.log.processed))
        tell.add_row(_("Failed"), format_value(self.log.failed))
        tell.add_row(_("Who"), run.actor)
        if asked := asked_rows(run):
            tell.add_section(_("What was asked"))
            for label, text in asked:
                tell.add_row(label, text)
        if run.error is not None:
            tell.add_section(_("Why it ended"))
            tell.add_row(_("What it is"), _(cause_of_error(run.error).title))
            tell.add_row(_("Message"), _(run.error.message))
            tell.add_section(_("What to do next"))
            tell.add_note(remedy_of(run.error))

    async def _read(self) -> None:
        try:
            self.attempts = await self.desk.workspace.store.read(attempts_of, self.log.run.run_id)
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error))
            return
        self.pane.set_rows(list(enumerate(self.attempts.kept)))
        if self.pane.rows.rowCount():
            self.pane.table.selectRow(0)
        self._show_request()

    def _show_request(self) -> None:
        """All of the chosen request: a table has no room for an address and a reason."""
        row = self.pane.table.current_row()
        self._below_table.setVisible(row is not None)
        self.whole.setPlainText(request_text(row[1]) if row is not None else "")

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "requests")


def requests_text(shown: int, total: int) -> str:
    """How many requests there are, and how many of them are shown where that is less."""
    total = max(shown, total)
    text = ngettext("{count} request", "{count} requests", total).format(count=format_value(total))
    return text if shown >= total else _("{shown} of {total}").format(shown=format_value(shown), total=text)


def request_text(attempt: Attempt) -> str:
    """Where it went and what happened, then what was sent and what came back, under a heading each."""
    told = "\n".join(filter(None, (f"{attempt.method} {attempt.url}", again_text(attempt))))
    parts = ((_("Sent"), attempt.sent), (_("Answered"), attempt.answered))
    return "\n\n".join((told, *(f"{title}\n{text}" for title, text in parts if text)))


def open_log_detail(parent: QWidget, desk: Desk, log: SyncLog) -> ConnectionLogDetail:
    """Show one run of a sync log with its requests."""
    dialog = ConnectionLogDetail(parent, desk, log)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
