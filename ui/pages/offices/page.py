"""The Offices page: header, table and details of offices."""

from __future__ import annotations

from app.domain.directory import Office
from app.i18n import _, ngettext, pgettext
from app.operations.runner import Request
from app.store import connections, directory
from ui.desk import Desk
from ui.dialogs.record import open_editor
from ui.pages.data_page import DataPage, DataPageSpec
from ui.pages.offices.rows import COLUMNS, OfficeLine, filters, office_lines, state_tone, state_words
from ui.pages.record_details import RecordDetails
from ui.permissions import permit
from ui.tables import format_value
from ui.theme import Icon
from ui.widgets import confirm

DETAIL_FIELDS = (
    "short_code", "legal_name", "organization_number", "email", "phone", "street_address", "postal_code", "city",
    "department_number", "vitec_department_id", "description",
)  # fmt: skip


class OfficesPage(DataPage[OfficeLine]):
    """Offices as stored, and what can be done with them."""

    def __init__(self, desk: Desk) -> None:
        spec = DataPageSpec(
            name="offices",
            title=_("Offices"),
            operation="offices.sync",
            sync_label=pgettext("button", "Sync offices"),
            columns=COLUMNS,
            key=lambda line: line.office.id,
            filters=filters(),
            first_filter="active",
            search_hint=_("Search offices"),
            count_text=lambda count: ngettext("{count} office", "{count} offices", count).format(
                count=format_value(count)
            ),
            empty_title=_("No offices yet"),
            empty_text=_("Fetch them from Vitec Hub. Nothing is deleted there or here."),
            drawing=Icon.BUILDING,
        )
        super().__init__(desk, spec)
        self.record_details = RecordDetails(desk, self.details)
        menu = self.header.menu
        menu.setToolTipsVisible(True)
        permit(desk, menu.addAction(_("Edit …"), self.edit), "offices.edit")
        permit(desk, menu.addAction(_("Activate"), lambda: self.switch(active=True)), "offices.activate")
        permit(desk, menu.addAction(_("Deactivate …"), lambda: self.switch(active=False)), "offices.deactivate")
        menu.addSeparator()
        menu.addAction(_("Export …"), self.export)
        self.pane.table.add_to_menu(lambda context: context.addActions(menu.actions()[:3]))

    def read_rows(self) -> list[OfficeLine]:
        """Offices with their heads and the time of their last sync."""
        return office_lines(directory.offices(), directory.heads(), connections.connections())

    def show_details(self, record: OfficeLine | None) -> None:
        """Every field of an office, where it came from, and its history."""
        if record is None:
            self.details.clear()
            return
        office = record.office
        self.details.set_heading(office.name, office.city or "", chip=(state_words(record), state_tone(record)))
        self.record_details.show(office, DETAIL_FIELDS, extra=[(_("Employees"), str(record.employees))])

    def chosen(self) -> list[Office]:
        """The selected offices."""
        return [line.office for line in self.pane.table.selected_rows()]

    def edit(self) -> None:
        """Edit the current office by hand; what is changed stays."""
        line = self.pane.table.current_row()
        if line is not None:
            open_editor(self, self.desk, "offices.edit", line.office)

    def switch(self, *, active: bool) -> None:
        """Activate or deactivate the selected offices; deactivating names the number first."""
        if offices := self.chosen():
            self.desk.start("switch offices", self._switch(offices, active=active))

    async def _switch(self, offices: list[Office], *, active: bool) -> None:
        label = ngettext("Deactivate {count} office", "Deactivate {count} offices", len(offices)).format(
            count=len(offices)
        )
        text = _("They stay in the list under Inactive until they are activated again; a sync does not change that.")
        if not active and not await confirm(self, _("Deactivate offices"), text, label, danger=True):
            return
        operation = "offices.activate" if active else "offices.deactivate"
        self.desk.run(Request(operation, params={"offices": [o.id for o in offices]}))
