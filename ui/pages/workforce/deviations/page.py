"""The Deviations tab: a period, filters, one table of plan, fact and 1C, the sums of what is shown, details.

It shows what is stored; the button fetches the timesheet of the period from 1C and compares anew.
"""

from __future__ import annotations

import asyncio
from datetime import date

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.kinds import ConnectionKind
from app.domain.onec_people import KnownDepartment
from app.events import ContactCenterDataChanged, WorkforceChanged
from app.i18n import _, ngettext, pgettext
from app.operations.runner import Request
from ui.desk import Desk
from ui.pages.data_page import DataPage, DataPageSpec
from ui.pages.entries import Entry, fill
from ui.pages.workforce.deviations.actions import GapActions
from ui.pages.workforce.deviations.details import GapDetails
from ui.pages.workforce.deviations.gaps import GapLine, Stored, gap_lines, read_stored, sums_of
from ui.pages.workforce.deviations.rows import COLUMNS, PERSON, filters, sums_text
from ui.tables import format_value
from ui.texts import ago, day_text
from ui.theme import GRID, Icon
from ui.widgets import Action, ElidedLabel, Look
from ui.widgets.period import PeriodPicker, QuickPick, days_of, local_today

SYNC = "onec.deviations"
SUMS_MS = 40


class DeviationsPage(DataPage[GapLine]):
    """Gaps between plan, fact and 1C, as stored."""

    def __init__(self, desk: Desk) -> None:
        self._stored: Stored | None = None
        self._departments: list[KnownDepartment] = []
        self._person: tuple[str, str] | None = None
        self._wanted = ""
        self._told_before = False  # the details, before what is stored changed
        self._all_days = False
        super().__init__(desk, _spec())
        self.commands = GapActions(desk, self)
        self.commands.alone.connect(self.show_person)
        self.gap_details = GapDetails(desk, self.details, self.commands)
        self.period = PeriodPicker(*first_period(local_today()), object_name="deviations.period")
        self.period.changed.connect(self._period_changed)
        self.sums = ElidedLabel(object_name="deviations.sums")
        self._insert_line()
        self.header.preview.hide()  # nothing here changes 1C
        self.header.sync.set_tip(_("Fetch the timesheet of the period from 1C and compare (F5)"))
        self._sums_soon = QTimer(self, singleShot=True, interval=SUMS_MS)
        self._sums_soon.timeout.connect(lambda: self.desk.start("sums", self._add_up()))
        self.pane.rows.shown_changed.connect(self._sums_soon.start)
        self.pane.chips.changed.connect(self._chips_changed)
        self.pane.table.add_to_menu(lambda menu: fill(menu, self._row_entries(), "deviations.row"))
        self.header.menu.aboutToShow.connect(self._fill_more)
        self._fill_more()

    def _insert_line(self) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(4 * GRID, GRID, 4 * GRID, 2 * GRID)
        row.setSpacing(4 * GRID)
        row.addWidget(self.period)
        row.addWidget(self.sums, 1)
        column = self.layout()
        assert column is not None
        column.insertWidget(1, line)  # type: ignore[attr-defined]

    def _listen(self) -> None:
        super()._listen()
        self.desk.on(WorkforceChanged, self._hours_moved)
        self.desk.on(ContactCenterDataChanged, self._hours_moved)

    def _hours_moved(self, event: object) -> None:
        self._told_before = True
        self._data_moved(event)

    def _row_entries(self) -> list[Entry]:
        line = self.pane.table.current_row()
        return self.commands.entries(line) if line is not None else []

    def _fill_more(self) -> None:
        menu = self.header.menu
        menu.clear()
        every = menu.addAction(_("Days without a gap too"), self._toggle_days)
        every.setObjectName("deviations.more.all_days")
        every.setCheckable(True)
        every.setChecked(self._all_days)
        again = Entry("compare", Icon.DIFFERENT, _("Compare again what is stored"), self.refresh)
        fill(menu, [again, Entry("export", Icon.DOWNLOAD, _("Export …"), self.export)], "deviations.more")

    # -- reading -------------------------------------------------------------------------------------------------

    async def rows_now(self) -> list[GapLine]:
        """Gaps of the period, worked out in a thread."""
        connection, (first, last) = self.connection, self.period.period()
        if connection is None:
            self._stored = None
            return []
        stored = await self.desk.workspace.store.read(read_stored, connection, first, last)
        lines = await asyncio.to_thread(gap_lines, connection, stored, all_days=self._all_days)
        if (first, last) == self.period.period() and connection is self.connection:
            self._stored = stored
            return lines
        return await self.rows_now()  # another period was chosen meanwhile

    async def _read(self) -> None:
        await super()._read()
        self.commands.connection = self.connection
        if self._stored is not None:
            self.commands.employees = {i: k.employee_id for i, k in self._stored.asked.known.items()}
            self._offer([d for d in self._stored.departments if d.absent_since is None])
        self._show_age()
        self._find_wanted()

    def _offer(self, departments: list[KnownDepartment]) -> None:
        if departments != self._departments:
            self._departments = departments
            self.pane.set_filters(filters(departments, self._person))

    def _show_age(self) -> None:
        """How old what 1C said is."""
        fetched = self._stored.sources.fetched_at if self._stored is not None else None
        self.header.show_result(_("timesheet fetched {when}").format(when=ago(fetched)) if fetched is not None else "")
        self._show_health()

    def _show_empty(self) -> None:
        stored = self._stored
        if self.connection is None or stored is None or not stored.asked.people:
            super()._show_empty()
            return
        fetch = Action(self.spec.sync_label, self.sync, Look.PRIMARY, Icon.REFRESH)
        if stored.last < stored.first:
            text = _("Only days that are over can be compared. Choose an earlier period.")
            self.pane.show_empty(_("These days are not over"), text, drawing=Icon.CLOCK)
        elif stored.sources.fetched_at is None:
            text = _("Fetch what 1C counts, and it is compared with the plan and with presence.")
            self.pane.show_empty(_("No timesheet of these days yet"), text, [fetch], drawing=Icon.CLOCK)
        else:
            text = _("Plan, fact and 1C agree from {first} to {last}.")
            days = text.format(first=day_text(stored.first), last=day_text(stored.last))
            self.pane.show_empty(_("No deviations"), days, [fetch], drawing=Icon.DONE)

    def _period_changed(self, *_days: object) -> None:
        self.sums.setText(_("Comparing …"))
        self._soon.start()

    def _toggle_days(self) -> None:
        self._all_days = not self._all_days
        self.sums.setText(_("Comparing …"))
        self.refresh()

    # -- sums ----------------------------------------------------------------------------------------------------

    async def _add_up(self) -> None:
        """Add up what is shown, off the loop: it may be a hundred thousand rows."""
        sums = await asyncio.to_thread(sums_of, self.pane.rows.shown_rows())
        self.sums.setText(sums_text(sums) if self.pane.rows.rowCount() else "")

    # -- runs ----------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Fetch the timesheet of the period, and compare."""
        if self.connection is not None and self.header.sync.isEnabled():
            first, last = self.period.period()
            params = {"start_date": first.isoformat(), "end_date": last.isoformat()}
            self.desk.run(Request(SYNC, self.connection.name, params))

    def preview(self) -> None:
        """Compare again what is stored: there is nothing that could be changed."""
        self.refresh()

    # -- one person ----------------------------------------------------------------------------------------------

    def show_person(self, external_id: str, name: str) -> None:
        """Look at one person alone; the same again shows all."""
        again = self._person is not None and self._person[0] == external_id
        self._person = None if again else (external_id, name)
        chosen = [key for key in self.pane.chips.chosen() if key != PERSON]
        self.pane.set_filters(filters(self._departments, self._person))
        self.pane.chips.choose([*chosen, *([] if again else [PERSON])])

    def _chips_changed(self) -> None:
        """The chip of one person goes when it is pressed again."""
        if self._person is not None and PERSON not in self.pane.chips.chosen():
            self._person = None
            QTimer.singleShot(0, self, lambda: self.pane.set_filters(filters(self._departments)))

    def show_details(self, record: GapLine | None) -> None:
        """Cause, the three sides, the day hour by hour."""
        if record is None or self._told_before or record != self.gap_details.line:
            self._told_before = False
            self.gap_details.show_gap(record)

    def show_record(self, record_id: str) -> None:
        """Bring the gaps of somebody into view, by 1C's id or that of the employee they are."""
        self._wanted = record_id
        self.refresh()

    def _find_wanted(self) -> None:
        if not self._wanted or self._stored is None:
            return
        everybody = self._stored.asked.known.values()
        known = next((k for k in everybody if self._wanted in {k.person.external_id, k.employee_id}), None)
        self._wanted = ""
        if known is not None and (self._person is None or self._person[0] != known.person.external_id):
            self.show_person(known.person.external_id, known.name)


def first_period(today: date) -> tuple[date, date]:
    """This month, on its first day the last one: no day of it is over."""
    return days_of(QuickPick.LAST_MONTH if today.day == 1 else QuickPick.THIS_MONTH, today)


def _spec() -> DataPageSpec[GapLine]:
    return DataPageSpec(
        name="deviations",
        title=_("Deviations"),
        operation=SYNC,
        sync_label=pgettext("button", "Fetch and compare"),
        columns=COLUMNS,
        key=lambda line: line.key,
        filters=filters(),
        first_filter="",
        search_hint=_("Search deviations"),
        count_text=lambda count: ngettext("{count} day", "{count} days", count).format(count=format_value(count)),
        empty_title=_("No deviations yet"),
        empty_text=_("Sync personnel and plan shifts first; then fetch the timesheet and compare."),
        drawing=Icon.DIFFERENT,
        kind=ConnectionKind.ONEC,
        connect_text=_("Add a 1C connection or explore with demo data."),
        connect_first=_("Add a 1C connection first."),
    )
