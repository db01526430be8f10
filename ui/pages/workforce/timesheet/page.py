"""The Timesheet tab: 1C's timesheet by days, norm hours with their cross-check, worked time and what 1C made of it.

Worked time becomes posted documents in 1C: it is always shown first and sent only when somebody confirms it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from app.domain.connections import Connection
from app.domain.health import HealthReport
from app.domain.kinds import ConnectionKind
from app.domain.onec_time_types import TimeType
from app.i18n import _, ngettext, pgettext
from ui.desk import Desk
from ui.pages.data_page import DataPageSpec
from ui.pages.workforce.timesheet.actions import FETCH, KEEP, POST, HourActions
from ui.pages.workforce.timesheet.details import HourDetails
from ui.pages.workforce.timesheet.menus import fill_more, fill_work_menu
from ui.pages.workforce.timesheet.reading import Hours, NormLine, SheetLine, WorkLine, read_hours
from ui.pages.workforce.timesheet.rows import (
    NORM_COLUMNS,
    Types,
    norm_filters,
    sheet_columns,
    sheet_filters,
    work_columns,
    work_filters,
)
from ui.pages.workforce.timesheet.time_types import TimeTypesDialog
from ui.pages.workforce.views import View, ViewsPage, kept, show_days
from ui.tables import TablePane, format_value
from ui.texts import ago
from ui.theme import Icon, icon
from ui.widgets import Action, Button, Look

NAME = "timesheet"
WORKED = "worked"


class TimesheetPage(ViewsPage[SheetLine, Hours]):
    """Hours of the chosen 1C connection, and what can be done with them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _spec(self._types))
        self.commands = HourActions(desk, self)
        self.hour_details = HourDetails(desk, self.details, self.commands)
        self.header.preview.setText(_("Send worked time"))
        self.header.preview.setIcon(icon(Icon.SEND))
        self.header.preview.set_tip(_("Shows what 1C would make of it first (Shift+F5)"))
        self.header.sync.set_tip(_("Fetch timesheet and norm hours of these months from 1C (F5)"))
        self._connect()

    def _types(self) -> Mapping[str, TimeType]:
        return self.data.types if self.data is not None else {}

    # -- parts ---------------------------------------------------------------------------------------------------

    def make_views(self) -> Sequence[View]:
        """Days, norms, worked time."""
        make = partial(TablePane, store=self.desk.layouts, shortcuts_in=self)
        self.norms: TablePane[NormLine] = make(
            name=_("Norm hours"), page="timesheet.norms", columns=NORM_COLUMNS, key=lambda line: line.key,
            search_hint=_("Search people"), count_text=_norms,
        )  # fmt: skip
        self.work: TablePane[WorkLine] = make(
            name=_("Worked time"), page="timesheet.worked", columns=work_columns(self._types),
            key=lambda line: line.key, search_hint=_("Search worked time"), count_text=_days,
        )  # fmt: skip
        self.norms.set_filters(norm_filters())
        self.work.set_filters(work_filters())
        return (
            View("days", _("Days"), self.pane),
            View("norms", _("Norm hours"), self.norms),
            View(WORKED, _("Worked time"), self.work),
        )

    def make_tools(self) -> Sequence[Button]:
        """What is done most."""
        self.enter = Button(_("Enter time"), icon=Icon.PLUS, object_name="timesheet.enter_worked")
        self.enter.set_tip(_("Enter what somebody really worked on a day (Ctrl+N)"))
        self.enter.clicked.connect(self._enter)
        self.enter.refuse(_("Loading …"))
        return (self.enter,)

    def _connect(self) -> None:
        commands = self.commands
        self.work.table.add_to_menu(lambda menu: fill_work_menu(menu, commands, self.chosen()))
        fill = partial(fill_more, self.header.menu, commands, self.days_of_months, self.open_codes, self.export)
        self.header.menu.aboutToShow.connect(fill)
        fill()
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        keys = {"Ctrl+N": self.enter.click, "F2": self._edit, "Del": self._delete}
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self.stack, context=within).activated.connect(act)

    # -- reading -------------------------------------------------------------------------------------------------

    def read_data(self, connection: Connection, first: date, last: date, before: Hours | None) -> Hours:
        """Timesheets and norms of the months, worked time of the days."""
        found = read_hours(connection, first, last)
        if before is None or before.types != found.types:  # other codes show the same days otherwise
            return found
        return replace(
            found, sheet=kept(before.sheet, found.sheet), norms=kept(before.norms, found.norms),
            work=kept(before.work, found.work),
        )  # fmt: skip

    def rows_of(self, data: Hours) -> Mapping[str, list[Any]]:
        """The three tables."""
        return {"days": data.sheet, "norms": data.norms, WORKED: data.work}

    async def show_data(self, data: Hours) -> None:
        """The same, and as many days as the months have."""
        show_days(self.pane, [line.period.first for line in data.sheet])
        await super().show_data(data)

    async def _read_all(self) -> None:
        await super()._read_all()
        self.commands.connection, self.commands.data = self.connection, self.data
        self.enter.permit(self.commands.obstacle(KEEP))
        self._show_age()
        self._current_changed()

    def _show_age(self) -> None:
        """How old the timesheet is, and how much worked time waits."""
        if self.data is None:
            self.header.show_result("")
            return
        fetched = min((line.fetched_at for line in self.data.sheet if line.fetched_at), default=None)
        parts = [_("timesheet from {when}").format(when=ago(fetched))] if fetched else []
        if count := len(self.data.to_send):
            text = ngettext("{count} day of worked time to send", "{count} days of worked time to send", count)
            parts.append(text.format(count=format_value(count)))
        if count := sum(self.data.unknown_codes.values()):
            text = ngettext("{count} code nobody described", "{count} codes nobody described", count)
            parts.append(text.format(count=format_value(count)))
        self.header.show_result(" · ".join(parts))
        self._show_health()

    def _show_health(self) -> None:
        super()._show_health()
        self._show_post()

    def _show_post(self) -> None:
        """The button that sends has reasons of its own."""
        count = len(self.data.to_send) if self.data else 0
        text = ngettext("Send worked time ({count})", "Send worked time ({count})", count)
        self.header.preview.setText(text.format(count=format_value(count)) if count else _("Send worked time"))
        reason = self.desk.refusal(POST)
        if not reason and self.connection is None:
            reason = self.spec.connect_first
        if not reason and not count:
            reason = _("No worked time waits to be sent: enter it or import it first.")
        self.header.preview.permit(reason)

    def _obstacle(self, report: HealthReport) -> str:
        reason = super()._obstacle(report)
        return reason or (_("Loading …") if self.data is None else "")

    def _say_empty(self) -> None:
        self._show_empty()
        if self.connection is None:
            for pane in (self.norms, self.work):
                pane.show_empty(self.spec.empty_title, self.spec.connect_text, drawing=self.spec.drawing)
            return
        fetch = Action(self.spec.sync_label, self.sync, Look.PRIMARY, Icon.REFRESH)
        self.norms.show_empty(
            _("No norm hours yet"), _("Fetch them from 1C; what the formula gives stands beside them."), [fetch],
            drawing=Icon.CLOCK,
        )  # fmt: skip
        self.work.show_empty(
            _("No worked time on these days"),
            _("Enter what people really worked, or import it from a CSV or Excel file; then send it to 1C."),
            [Action(_("Import from a file …"), self.commands.import_worked, icon=Icon.IMPORT),
             Action(_("Enter worked time"), self.enter.click, Look.PRIMARY, Icon.PLUS)],
            drawing=Icon.SEND,
        )  # fmt: skip

    # -- what is chosen ------------------------------------------------------------------------------------------

    def chosen(self) -> list[WorkLine]:
        """The selected days of worked time, else the current one."""
        current = self.work.table.current_row()
        return self.work.table.selected_rows() or ([current] if current is not None else [])

    def show_line(self, line: object) -> None:
        """The details of a month, a norm or worked time."""
        assert line is None or isinstance(line, SheetLine | NormLine | WorkLine)
        self.hour_details.show_line(line)

    # -- doing ---------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Fetch timesheet and norms of the months (F5)."""
        if self.header.sync.isEnabled():
            self.commands.fetch(self.days_of_months())

    def preview(self) -> None:
        """Show what 1C would make of the worked time that waits, and send what is confirmed (Shift+F5)."""
        if self.header.preview.isEnabled() and self.data is not None:
            self.open_view(WORKED)
            self.commands.post(self.data.to_send)

    def open_codes(self) -> None:
        """Show the codes of working time, to be changed."""
        if self.connection is not None:
            unknown = self.data.unknown_codes if self.data else {}
            dialog = TimeTypesDialog(self, self.desk, self.connection, unknown)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _enter(self) -> None:
        line = self.view.pane.table.current_row()
        self.commands.enter(None if line is None or line.worker.absent else line.worker)

    def _edit(self) -> None:
        chosen = self.chosen()
        if self.view.pane is self.work and len(chosen) == 1:
            self.commands.edit(chosen[0])

    def _delete(self) -> None:
        if self.view.pane is self.work:
            self.commands.delete(self.chosen())


def _spec(types: Types) -> DataPageSpec[SheetLine]:
    return DataPageSpec(
        name=NAME,
        title=_("Timesheet"),
        operation=FETCH,
        sync_label=pgettext("button", "Fetch timesheet"),
        columns=sheet_columns(types),
        key=lambda line: line.key,
        filters=sheet_filters(types),
        first_filter="",
        search_hint=_("Search people"),
        count_text=lambda n: ngettext("{count} person", "{count} people", n).format(count=format_value(n)),
        empty_title=_("No timesheet of these months yet"),
        empty_text=_("Fetch it from 1C: every day with its code and hours, and the norm hours beside them."),
        drawing=Icon.CLOCK,
        kind=ConnectionKind.ONEC,
        connect_text=_("Add a 1C connection or explore with demo data."),
        connect_first=_("Add a 1C connection first."),
    )


def _norms(count: int) -> str:
    return ngettext("{count} norm", "{count} norms", count).format(count=format_value(count))


def _days(count: int) -> str:
    return ngettext("{count} day", "{count} days", count).format(count=format_value(count))
