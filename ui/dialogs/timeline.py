"""The time line of one person, device or customer: what happened to it in all systems, newest first."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.outcomes import Status
from app.errors import MusterError
from app.i18n import N_, _, ngettext
from app.store.timeline import Happened, Subject, TimelineEntry, timeline
from ui.desk import Desk
from ui.pages.activity.trail_words import field_words, kind_words
from ui.runs.filling import Filling
from ui.runs.words import operation_title
from ui.tables import Column, Kind, TablePane, format_value
from ui.texts import STATUS_TONES, STATUS_WORDS
from ui.theme import GRID, Icon, Tone
from ui.widgets import Button

AT_ONCE = 200
_WORDS = {
    # Translators: what happened to a record
    Happened.RUN: N_("Run"),
    Happened.VISITS: N_("Push to the device"),
    Happened.AUDIT: N_("Changed by hand"),
    Happened.PULL: N_("Backup pulled"),
    Happened.ADDED: N_("Seen for the first time"),
    Happened.MISSING: N_("No longer listed"),
}


def _what(entry: TimelineEntry) -> str:
    return operation_title(entry.operation) if entry.operation else _(_WORDS[entry.kind])


def status_words(entry: TimelineEntry) -> str:
    """How it went, in a word."""
    if entry.status in set(Status):
        return _(STATUS_WORDS[Status(entry.status)])
    return kind_words(entry.status) if entry.kind is Happened.AUDIT else ""


def _tone(entry: TimelineEntry) -> Tone | None:
    return STATUS_TONES[Status(entry.status)] if entry.status in set(Status) else Tone.NEUTRAL


def told(entry: TimelineEntry) -> str:
    """What there is to say: the message, counts of a push, or the fields that changed."""
    if entry.counts:
        parts = (_("{status} {count}").format(status=_(STATUS_WORDS[Status(s)]), count=format_value(n))
                 for s, n in entry.counts)  # fmt: skip
        return " · ".join(parts)
    if entry.message:
        return _(entry.message)
    return ", ".join(map(field_words, entry.fields))


COLUMNS: tuple[Column[tuple[int, TimelineEntry]], ...] = (
    Column("at", N_("When"), lambda row: row[1].at, kind=Kind.MOMENT, width=140),
    Column("what", N_("What"), lambda row: _what(row[1]), width=190),
    Column("where", N_("Where"), lambda row: row[1].where, width=130, muted=True),
    Column("status", N_("Result"), lambda row: row[1].status, text=lambda row: status_words(row[1]), kind=Kind.CHIP,
           width=140, tone=lambda row: _tone(row[1])),
    Column("told", N_("What happened"), lambda row: told(row[1]), width=320, tooltip=lambda row: told(row[1])),
    Column("actor", N_("Who"), lambda row: row[1].actor, width=90, muted=True),
    Column("run_id", N_("Run id"), lambda row: row[1].run_id, width=240, muted=True, hidden=True),
)  # fmt: skip


class TimelineDialog(QDialog):
    """The table, a way to the run of an entry, and one to older entries."""

    def __init__(self, parent: QWidget, desk: Desk, subject: Subject, record_id: str, name: str) -> None:
        super().__init__(parent)
        self.desk, self.subject, self.record_id = desk, subject, record_id
        self.entries: list[TimelineEntry] = []
        self._before: datetime | None = None
        self.setObjectName("timeline")
        self.setWindowTitle(_("Time line of {name}").format(name=name))
        self.resize(980, 560)
        self.pane: TablePane[tuple[int, TimelineEntry]] = TablePane(
            name=_("Time line"), page="timeline", columns=COLUMNS, key=lambda row: row[0],
            search_hint=_("Search the time line"), count_text=_entries_in_words, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        Filling(self.pane.table, "told")
        self.older = Button(_("Show older ones"), icon=Icon.CHEVRON_DOWN, object_name="timeline.older")
        self.open_run = Button(_("Show results"), icon=Icon.EYE, object_name="timeline.open")
        self.close_button = Button(_("Close"), object_name="timeline.close")
        self.older.hide()
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 0)
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(self.older)
        buttons.addStretch(1)
        for button in (self.open_run, self.close_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4 * GRID, 0, 4 * GRID)
        column.setSpacing(0)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)
        self.pane.show_empty(_("Nothing is known yet"), _("What runs do to it appears here."), drawing=Icon.HISTORY)
        if desk.layouts.get("table/timeline.table") is None:
            self.pane.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.older.clicked.connect(self.read)
        self.close_button.clicked.connect(self.reject)
        self.open_run.clicked.connect(lambda _checked: self._open_run())
        self.pane.table.row_activated.connect(lambda _row: self._open_run())
        self.pane.table.current_row_changed.connect(lambda _row: self._show_way())
        self.pane.export_requested.connect(self.export)
        self._show_way()
        self.pane.show_loading()
        self.read()

    def read(self) -> None:
        """Read the newest entries, or those older than what is shown."""
        self.desk.start("read time line", self._read())

    async def _read(self) -> None:
        try:
            page = await self.desk.workspace.store.read(
                timeline, self.subject, self.record_id, before=self._before, limit=AT_ONCE
            )
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error))
            return
        self._before = page.older
        self.entries += page.entries
        self.pane.set_rows(list(enumerate(self.entries)))
        self.older.setVisible(page.older is not None)

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "time-line")

    def _run_id(self) -> str:
        row = self.pane.table.current_row()
        return row[1].run_id if row is not None else ""

    def _show_way(self) -> None:
        if self._run_id():
            self.open_run.allow()
        else:
            self.open_run.refuse(_("Choose an entry of a run first."))

    def _open_run(self) -> None:
        """Go to the run on the Activity page."""
        if run_id := self._run_id():
            self.accept()
            self.desk.voice.open_page("activity", run_id)


def _entries_in_words(count: int) -> str:
    return ngettext("{count} entry", "{count} entries", count).format(count=format_value(count))


def open_timeline(parent: QWidget, desk: Desk, subject: Subject, record_id: str, name: str) -> TimelineDialog:
    """Show the time line of a record."""
    dialog = TimelineDialog(parent, desk, subject, record_id, name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
