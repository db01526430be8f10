"""The schedules of one connection: what runs by itself, when next, and why not; add, edit, pause, run now, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.schedules import Schedule
from app.errors import MusterError
from app.events import SchedulesChanged
from app.i18n import N_, _, ngettext
from app.operations.hindrances import sync_interval_s
from app.operations.runner import Report, Request
from app.operations.schedule_rows import schedule_rows
from app.store import schedules as stored
from ui.desk import Desk
from ui.dialogs.schedule_editor import edit_schedule
from ui.runs.words import operation_title
from ui.tables import Column, Kind, TablePane, format_value
from ui.texts import STATE_WORDS, moment_text
from ui.theme import GRID, Icon, Tone
from ui.widgets import Action, BannerArea, Button, Look, confirm


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """A schedule with its time in words and what is known of its next run."""

    schedule: Schedule
    when: str
    next_run: datetime | None
    reason: str


def _next(line: ScheduleLine) -> str:
    return moment_text(line.next_run) if line.next_run is not None else _("Not planned")


def _state(line: ScheduleLine) -> str:
    return _("Paused") if line.schedule.paused else _("Put off") if line.next_run is None else _("Active")


def _tone(line: ScheduleLine) -> Tone:
    return Tone.NEUTRAL if line.schedule.paused else Tone.WARNING if line.next_run is None else Tone.SUCCESS


def _icon(line: ScheduleLine) -> Icon:
    return Icon.PAUSE if line.schedule.paused else Icon.WARNING if line.next_run is None else Icon.CLOCK


def _last(line: ScheduleLine) -> str:
    state = line.schedule.last_state
    return _(STATE_WORDS[state]) if state is not None else ""


COLUMNS: tuple[Column[ScheduleLine], ...] = (
    Column("operation", N_("Operation"), lambda r: operation_title(r.schedule.operation), width=180),
    Column("when", N_("When"), lambda r: r.when, width=220, tooltip=lambda r: r.when),
    Column("state", N_("State"), _state, kind=Kind.CHIP, width=140, tone=_tone, icon=_icon),
    Column("next_run", N_("Next run"), lambda r: r.next_run, text=_next, kind=Kind.MOMENT, width=140),
    Column("reason", N_("Why not"), lambda r: r.reason, width=200, tooltip=lambda r: r.reason),
    Column("last", N_("Last run"), _last, width=110, muted=True),
    Column("name", N_("Name"), lambda r: r.schedule.name, width=180, muted=True, hidden=True),
)  # fmt: skip


class SchedulesDialog(QDialog):
    """The table and what can be done with a schedule."""

    def __init__(self, parent: QWidget, desk: Desk, connection: Connection) -> None:
        super().__init__(parent)
        self.desk, self.connection = desk, connection
        self.setObjectName("schedules")
        self.setWindowTitle(_("Schedules of {name}").format(name=connection.name))
        self.resize(980, 460)
        self.banners = BannerArea(object_name="schedules.banners")
        self.pane: TablePane[ScheduleLine] = TablePane(
            name=_("Schedules"), page="schedules", columns=COLUMNS, key=lambda line: line.schedule.id,
            search_hint=_("Search schedules"), count_text=_in_words, store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.add = self._button(_("Add…"), "add", Icon.PLUS, self._add, Look.PRIMARY)
        self.edit = self._button(_("Edit…"), "edit", Icon.EDIT, self._edit)
        self.pause = self._button(_("Pause"), "pause", Icon.PAUSE, self._switch)
        self.run_now = self._button(_("Run now"), "run_now", Icon.PLAY, self._run_now)
        self.remove = self._button(_("Remove…"), "remove", Icon.DELETE, self._remove)
        self.close_button = self._button(_("Close"), "close", None, self.reject)
        self._arrange()
        table = self.pane.table
        table.current_row_changed.connect(lambda _row: self._show_ways())
        table.row_activated.connect(lambda _row: self._edit() if self.edit.isEnabled() else None)
        self.pane.export_requested.connect(self.export)
        self.pane.show_empty(
            _("Nothing runs by itself yet"), _("Add a schedule, and it runs while Muster is open."),
            [Action(_("Add a schedule"), self._add, Look.PRIMARY, Icon.PLUS)], drawing=Icon.CLOCK,
        )  # fmt: skip
        forget = desk.workspace.events.subscribe(SchedulesChanged, lambda _event: self.read())
        self.finished.connect(lambda _code: forget())
        self._show_ways()
        self.pane.show_loading()
        self.read()

    def _button(
        self, text: str, name: str, drawing: Icon | None, act: Callable[[], object], look: Look = Look.NORMAL
    ) -> Button:
        button = Button(text, look=look, icon=drawing, object_name=f"schedules.{name}")
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked: act())
        return button

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 0)
        buttons.setSpacing(2 * GRID)
        for button in (self.add, self.edit, self.pause, self.run_now, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, 4 * GRID)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the store again."""
        self.desk.start("read schedules", self._read())

    async def _read(self) -> None:
        workspace = self.desk.workspace
        try:
            found = await workspace.store.read(stored.schedules)
            rows = {row["id"]: row for row in await schedule_rows(workspace)}
        except MusterError as error:
            self.pane.show_error(error.message, remedy_of(error), [Action(_("Retry"), self.read, icon=Icon.REFRESH)])
            return
        self.pane.set_rows(
            ScheduleLine(schedule, row["when"], _moment(row["next_sync"]), row["next_sync_reason"])
            for schedule in found
            if schedule.connection == self.connection.id and (row := rows.get(schedule.id)) is not None
        )
        if self.pane.table.current_row() is None and self.pane.rows.rowCount():
            self.pane.table.selectRow(0)
        self._show_ways()

    # -- what a person does --------------------------------------------------------------------------------------

    def _show_ways(self) -> None:
        line = self.pane.table.current_row()
        paused = line is not None and line.schedule.paused
        self.pause.setText(_("Resume") if paused else _("Pause"))
        self.pause.set_icon(Icon.PLAY if paused else Icon.PAUSE)
        ways = (
            (self.edit, "update"), (self.pause, "pause"), (self.run_now, "run_now"), (self.remove, "delete"),
        )  # fmt: skip
        for button, name in ways:
            button.permit(_("Choose a schedule first.") if line is None else self.desk.refusal(f"schedules.{name}"))
        self.add.permit(self.desk.refusal("schedules.create"))

    def _add(self) -> None:
        self.desk.start("add schedule", self._show_editor(None))

    def _edit(self) -> None:
        if (line := self.pane.table.current_row()) is not None:
            self.desk.start("edit schedule", self._show_editor(line.schedule))

    async def _show_editor(self, schedule: Schedule | None) -> None:
        own_s = sync_interval_s(self.desk.workspace, self.connection)
        await edit_schedule(self, self.desk, self.connection, schedule, own_s)

    def _switch(self) -> None:
        if (line := self.pane.table.current_row()) is not None:
            self._do("schedules.resume" if line.schedule.paused else "schedules.pause", line)

    def _run_now(self) -> None:
        if (line := self.pane.table.current_row()) is not None:
            self._do("schedules.run_now", line)

    def _remove(self) -> None:
        if (line := self.pane.table.current_row()) is not None:
            self.desk.start("remove schedule", self._ask_to_remove(line))

    async def _ask_to_remove(self, line: ScheduleLine) -> None:
        what = operation_title(line.schedule.operation)
        title, text = _("Remove this schedule?"), _("{what}, {when}. What it ran stays in the history.")
        if await confirm(self, title, text.format(what=what, when=line.when), _("Remove the schedule"), danger=True):
            self._do("schedules.delete", line)

    def _do(self, operation: str, line: ScheduleLine) -> None:
        self.desk.run(Request(operation, params={"id": line.schedule.id}), self._said)

    def _said(self, report: Report) -> None:
        if report.error is not None and self.isVisible():
            self.banners.show_banner("schedules", Tone.DANGER, report.error.message, remedy_of(report.error))

    def export(self) -> None:
        """Write exactly what is shown to a file."""
        from ui.dialogs.export import export_table

        export_table(self, self.desk, self.pane.visible_table(), "schedules")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _in_words(count: int) -> str:
    return ngettext("{count} schedule", "{count} schedules", count).format(count=format_value(count))


def open_schedules(parent: QWidget, desk: Desk, connection: Connection) -> SchedulesDialog:
    """Show the schedules of a connection."""
    dialog = SchedulesDialog(parent, desk, connection)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
