"""The Personnel tab: header, filters, table and details of the people of one 1C connection."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from app.domain.kinds import ConnectionKind
from app.domain.onec_people import KnownDepartment
from app.events import WorkforceChanged
from app.i18n import _, ngettext, pgettext
from app.operations.runner import Request
from app.store import onec
from ui.desk import Desk
from ui.pages.data_page import DataPage, DataPageSpec
from ui.pages.entries import Entry, fill
from ui.pages.workforce.personnel.actions import SYNC, PersonnelActions
from ui.pages.workforce.personnel.details import PersonDetails
from ui.pages.workforce.personnel.menus import more_entries, row_entries
from ui.pages.workforce.personnel.people import PersonLine, read_people
from ui.pages.workforce.personnel.rows import COLUMNS, filters
from ui.tables import format_value
from ui.theme import Icon


class PersonnelPage(DataPage[PersonLine]):
    """People of 1C as stored, and what can be done with them."""

    def __init__(self, desk: Desk) -> None:
        self._departments: list[KnownDepartment] = []
        self._read_departments: list[KnownDepartment] = []
        self._wanted = ""
        self._told_before = False  # the details, before what is stored changed
        super().__init__(desk, _spec())
        self.commands = PersonnelActions(desk, self)
        self.person_details = PersonDetails(desk, self.details, self.commands)
        self.header.menu.aboutToShow.connect(self._fill_more)
        self._fill_more()
        self.pane.table.add_to_menu(lambda menu: fill(menu, self._entries(), "personnel.row"))
        link = QShortcut(QKeySequence("Ctrl+L"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        link.activated.connect(partial(self._act, "link"))

    def _listen(self) -> None:
        super()._listen()
        self.desk.on(WorkforceChanged, self._hours_moved)

    def _hours_moved(self, event: object) -> None:
        self._told_before = True
        self._data_moved(event)

    def _fill_more(self) -> None:
        self.header.menu.clear()
        fill(self.header.menu, more_entries(self.commands, self.preview_full, self.export), "personnel.more")

    def _entries(self) -> list[Entry]:
        chosen = self.chosen()
        return row_entries(self.commands, chosen) if chosen else []

    def _act(self, name: str) -> None:
        entry = next((e for e in self._entries() if e.name == name), None)
        if entry is not None and not entry.obstacle:
            entry.act()

    # -- reading -------------------------------------------------------------------------------------------------

    def read_rows(self) -> list[PersonLine]:
        """Everybody of the chosen connection; the departments with them, which are shown once both are here."""
        if self.connection is None:
            self._read_departments = []
            return []
        self._read_departments = onec.departments(self.connection.id)
        return read_people(self.connection)

    async def _read(self) -> None:
        await super()._read()
        self.commands.connection = self.connection
        if self._read_departments != self._departments:
            self._departments = self._read_departments
            self.pane.set_filters(filters([d for d in self._departments if d.absent_since is None]))
        self._find_wanted()

    # -- runs ----------------------------------------------------------------------------------------------------

    def preview_full(self) -> None:
        """Show what a full sync would change."""
        if self.connection is not None and self.header.preview.isEnabled():
            request = Request(SYNC, self.connection.name, {"full_sync": True}, dry_run=True)
            self.desk.run(request, self._show_preview)

    # -- what is chosen ------------------------------------------------------------------------------------------

    def chosen(self) -> list[PersonLine]:
        """The selected people, else the current one."""
        current = self.pane.table.current_row()
        return self.pane.table.selected_rows() or ([current] if current is not None else [])

    def show_details(self, record: PersonLine | None) -> None:
        """Every field of a person, the link, norms, shifts, presence and history."""
        if record is None or self._told_before or record != self.person_details.line:
            self._told_before = False
            self.person_details.show_person(record)

    def show_record(self, record_id: str) -> None:
        """Bring somebody into view, by 1C's id or that of the employee they are, and open their details."""
        self._wanted = record_id
        self.refresh()

    def _find_wanted(self) -> None:
        wanted = self._wanted
        found = next(
            (r for r in self.pane.rows.all_rows() if wanted in {r.known.person.external_id, r.known.employee_id}), None
        )
        if wanted and found is not None:
            self._wanted = ""
            super().show_record(found.known.person.external_id)


def _spec() -> DataPageSpec[PersonLine]:
    return DataPageSpec(
        name="personnel",
        title=_("Personnel"),
        operation=SYNC,
        sync_label=pgettext("button", "Sync personnel"),
        columns=COLUMNS,
        key=lambda line: line.known.person.external_id,
        filters=filters(),
        first_filter="",
        search_hint=_("Search people"),
        count_text=lambda count: ngettext("{count} person", "{count} people", count).format(count=format_value(count)),
        empty_title=_("No people of 1C yet"),
        empty_text=_("Fetch them from 1C; the preview shows first what would change."),
        drawing=Icon.USERS,
        kind=ConnectionKind.ONEC,
        connect_text=_("Add a 1C connection or explore with demo data."),
        connect_first=_("Add a 1C connection first."),
    )
