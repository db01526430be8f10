"""The Schedules tab: planned shifts of a period, who works when, receipts; entered here, imported, sent to 1C.

1C keeps one document per person and month, so that whole months are sent, whatever days are shown.
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
from app.i18n import _, ngettext, pgettext
from ui.desk import Desk
from ui.pages.data_page import DataPageSpec
from ui.pages.workforce.people import Worker
from ui.pages.workforce.schedules.actions import CHANGE, SEND, ScheduleActions
from ui.pages.workforce.schedules.details import ScheduleDetails
from ui.pages.workforce.schedules.menus import fill_month_menu, fill_more, fill_shift_menu
from ui.pages.workforce.schedules.reading import MonthLine, ReceiptLine, Schedules, ShiftLine, read_schedules
from ui.pages.workforce.schedules.rows import (
    MONTH_COLUMNS,
    RECEIPT_COLUMNS,
    SHIFT_COLUMNS,
    month_filters,
    receipt_filters,
    shift_filters,
)
from ui.pages.workforce.views import View, ViewsPage, kept, show_days
from ui.tables import TablePane, format_value
from ui.theme import Icon, Ink, icon
from ui.widgets import Action, Button, Look

NAME = "schedules"


class SchedulesPage(ViewsPage[ShiftLine, Schedules]):
    """Shifts, months and receipts of the chosen 1C connection, and what can be done with them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, _spec())
        self.commands = ScheduleActions(desk, self)
        self.schedule_details = ScheduleDetails(desk, self.details, self.commands)
        self.header.sync.setIcon(icon(Icon.SEND, Ink.ON_ACCENT))
        self.header.sync.set_tip(_("Shows what would be sent first (F5)"))
        self.header.preview.set_tip(_("What would be sent per person, with day and night hours (Shift+F5)"))
        self._connect()

    # -- parts ---------------------------------------------------------------------------------------------------

    def make_views(self) -> Sequence[View]:
        """Shifts, months, receipts."""
        make = partial(TablePane, store=self.desk.layouts, shortcuts_in=self)
        self.months: TablePane[MonthLine] = make(
            name=_("Who works when"), page="schedules.month", columns=MONTH_COLUMNS, key=lambda line: line.key,
            search_hint=_("Search people"), count_text=_people,
        )  # fmt: skip
        self.receipts: TablePane[ReceiptLine] = make(
            name=_("Receipts"), page="schedules.receipts", columns=RECEIPT_COLUMNS, key=lambda line: line.key,
            search_hint=_("Search receipts"), count_text=_days,
        )  # fmt: skip
        self.months.set_filters(month_filters())
        self.months.chips.choose(["planned"])
        self.receipts.set_filters(receipt_filters())
        return (
            View("shifts", _("Shifts"), self.pane),
            View("month", _("Month"), self.months),
            View("receipts", _("Receipts"), self.receipts),
        )

    def make_tools(self) -> Sequence[Button]:
        """What a planner does most."""
        self.enter = Button(_("Enter shift"), icon=Icon.PLUS, object_name="schedules.enter_shift")
        self.enter.set_tip(_("Enter one shift, or the same on many days (Ctrl+N)"))
        self.enter.clicked.connect(lambda: self.commands.enter(self._worker()))
        self.enter.refuse(_("Loading …"))
        return (self.enter,)

    def _connect(self) -> None:
        commands = self.commands
        self.pane.table.add_to_menu(lambda menu: fill_shift_menu(menu, commands, self.chosen()))
        self.months.table.add_to_menu(lambda menu: fill_month_menu(menu, commands, self.chosen_months(), self._send))
        self.header.menu.aboutToShow.connect(lambda: fill_more(self.header.menu, commands, self.export))
        fill_more(self.header.menu, commands, self.export)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        keys = {"Ctrl+N": self.enter.click, "F2": self._edit, "Del": self._delete}
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self.stack, context=within).activated.connect(act)

    # -- reading -------------------------------------------------------------------------------------------------

    def read_data(self, connection: Connection, first: date, last: date, before: Schedules | None) -> Schedules:
        """Shifts of the period, its whole months, what was sent of them."""
        found = read_schedules(connection, first, last)
        if before is None:
            return found
        return replace(
            found, shifts=kept(before.shifts, found.shifts), months=kept(before.months, found.months),
            receipts=kept(before.receipts, found.receipts),
        )  # fmt: skip

    def rows_of(self, data: Schedules) -> Mapping[str, list[Any]]:
        """The three tables."""
        return {"shifts": data.shifts, "month": data.months, "receipts": data.receipts}

    async def show_data(self, data: Schedules) -> None:
        """The same, and as many days as the months have."""
        show_days(self.months, [line.first for line in data.months])
        await super().show_data(data)

    async def _read_all(self) -> None:
        await super()._read_all()
        self.commands.connection, self.commands.data = self.connection, self.data
        self._show_possible()
        self._current_changed()

    def _show_possible(self) -> None:
        """What can be done, and how much there is to send."""
        reason = self.commands.obstacle(CHANGE)
        self.enter.permit(reason)
        count = len(self.data.unsent) if self.data else 0
        planned = sum(bool(line.days) for line in self.data.months) if self.data else 0
        text = ngettext("{count} of {total} schedule to send", "{count} of {total} schedules to send", planned)
        self.header.show_result(text.format(count=format_value(count), total=format_value(planned)) if planned else "")
        self._show_health()

    def _obstacle(self, report: HealthReport) -> str:
        if reason := super()._obstacle(report):
            return reason
        if self.data is None:
            return _("Loading …")
        if not self.data.unsent:
            some = any(line.days for line in self.data.months)
            return _("Everything of these months is in 1C.") if some else _("There are no shifts to send.")
        return ""

    def _say_empty(self) -> None:
        self._show_empty()
        if self.connection is None:
            message = _("Receipts come with a connection to 1C."), ""
            self.months.show_empty(self.spec.empty_title, self.spec.connect_text, drawing=self.spec.drawing)
        else:
            self.pane.show_empty(
                self.spec.empty_title, self.spec.empty_text,
                [Action(_("Import from a file …"), self.commands.import_plan, icon=Icon.IMPORT),
                 Action(_("Enter shift"), self.enter.click, Look.PRIMARY, Icon.PLUS)],
                drawing=self.spec.drawing,
            )  # fmt: skip
            self.months.show_empty(_("Nobody here yet"), _("Sync people from 1C first."), drawing=Icon.USERS)
            message = _("Nothing was sent yet"), _("What 1C answers to each day stands here after a sending.")
        self.receipts.show_empty(*message, drawing=Icon.SEND)

    # -- what is chosen ------------------------------------------------------------------------------------------

    def chosen(self) -> list[ShiftLine]:
        """The selected shifts, else the current one."""
        current = self.pane.table.current_row()
        return self.pane.table.selected_rows() or ([current] if current is not None else [])

    def chosen_months(self) -> list[MonthLine]:
        """The selected months of people."""
        return self.months.table.selected_rows()

    def _worker(self) -> Worker | None:
        """Whose shift is most likely wanted."""
        line = self.view.pane.table.current_row()
        return None if line is None or line.worker.absent else line.worker

    def show_line(self, line: object) -> None:
        """The details of a shift, a month or a receipt."""
        assert line is None or isinstance(line, ShiftLine | MonthLine | ReceiptLine)
        self.schedule_details.show_line(line)

    # -- doing ---------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Show what would be sent, then send what is ticked (F5)."""
        if self.header.sync.isEnabled():
            self.commands.send(self.days_of_months())

    def preview(self) -> None:
        """The same (Shift+F5): nothing is sent without its preview."""
        if self.header.preview.isEnabled():
            self.commands.send(self.days_of_months())

    def _send(self, lines: Sequence[MonthLine]) -> None:
        self.commands.send(self.days_of_months(), lines)

    def _edit(self) -> None:
        chosen = self.chosen()
        if self.view.pane is self.pane and len(chosen) == 1:
            self.commands.edit(chosen[0])

    def _delete(self) -> None:
        if self.view.pane is self.pane:
            self.commands.delete(self.chosen())


def _spec() -> DataPageSpec[ShiftLine]:
    return DataPageSpec(
        name=NAME,
        title=_("Shifts"),
        operation=SEND,
        sync_label=pgettext("button", "Send schedule"),
        columns=SHIFT_COLUMNS,
        key=lambda line: line.key,
        filters=shift_filters(),
        first_filter="all",
        search_hint=_("Search shifts"),
        count_text=lambda n: ngettext("{count} shift", "{count} shifts", n).format(count=format_value(n)),
        empty_title=_("No shifts on these days"),
        empty_text=_("Enter shifts, or import them from a CSV or Excel file; then send them to 1C."),
        drawing=Icon.CLOCK,
        kind=ConnectionKind.ONEC,
        connect_text=_("Add a 1C connection or explore with demo data."),
        connect_first=_("Add a 1C connection first."),
    )


def _people(count: int) -> str:
    return ngettext("{count} person", "{count} people", count).format(count=format_value(count))


def _days(count: int) -> str:
    return ngettext("{count} day", "{count} days", count).format(count=format_value(count))
