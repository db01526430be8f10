"""The Employees page: header, table and details of people, with their pictures."""

from __future__ import annotations

from app.domain.directory import Employee, EmployeeStatus
from app.i18n import _, ngettext, pgettext
from app.operations.runner import Request
from app.store import directory
from ui.desk import Desk
from ui.dialogs.record import open_editor
from ui.pages.data_page import DataPage, DataPageSpec
from ui.pages.employees.device_menu import add_device_actions
from ui.pages.employees.photo_panel import PhotoPanel
from ui.pages.employees.pictures import Pictures
from ui.pages.employees.rows import (
    EmployeeLine,
    columns,
    employee_lines,
    filters,
    role_words,
    state_tone,
    state_words,
)
from ui.pages.record_details import RecordDetails
from ui.permissions import permit
from ui.tables import format_value
from ui.theme import Icon
from ui.widgets import confirm

DETAIL_FIELDS = (
    "email",
    "phone",
    "title",
    "system_roles",
    "also_at",
    "employee_no",
    "number_shared_with",
    "vitec_employee_id",
    "description",
)


class EmployeesPage(DataPage[EmployeeLine]):
    """People as stored, and what can be done with them."""

    def __init__(self, desk: Desk) -> None:
        self.pictures = Pictures(desk)
        spec = DataPageSpec(
            name="employees",
            title=_("Employees"),
            operation="directory.sync",
            sync_label=pgettext("button", "Sync employees"),
            columns=columns(lambda line: self.pictures.of(line.employee)),
            key=lambda line: line.employee.id,
            filters=filters(),
            first_filter="active",
            search_hint=_("Search employees"),
            count_text=lambda count: ngettext("{count} person", "{count} people", count).format(
                count=format_value(count)
            ),
            empty_title=_("No employees yet"),
            empty_text=_("Fetch them from Vitec Hub: the offices first, then everybody who works there."),
            drawing=Icon.USERS,
        )
        super().__init__(desk, spec)
        self.pictures.arrived.connect(self.pane.table.viewport().update)
        self.record_details = RecordDetails(desk, self.details)
        self.photo_panel = PhotoPanel(desk)
        self.details.set_tools(self.photo_panel)
        menu = self.header.menu
        permit(desk, menu.addAction(_("Edit …"), self.edit), "employees.edit")
        permit(desk, menu.addAction(_("Activate"), lambda: self.switch(active=True)), "employees.activate")
        permit(desk, menu.addAction(_("Deactivate …"), lambda: self.switch(active=False)), "employees.deactivate")
        menu.addSeparator()
        on_devices = add_device_actions(menu, desk, self.chosen)
        menu.addSeparator()
        sync_people = menu.addAction(_("Sync people from Supabase"), lambda: desk.run(Request("people.sync")))
        sync_people.setObjectName("employees.sync_people")
        permit(desk, sync_people, "people.sync")
        replace_photo = menu.addAction(_("Replace photo …"), self.replace_photo)
        replace_photo.setObjectName("employees.replace_photo")
        permit(desk, replace_photo, "employees.set_photo")
        menu.addAction(_("Check photos"), self.check_photos).setObjectName("employees.check_photos")
        clear_photos = menu.addAction(_("Clear photo cache …"), self.clear_photos)
        clear_photos.setObjectName("employees.clear_photos")
        permit(desk, clear_photos, "photos.clear_cache")
        permit(desk, menu.addAction(_("Fetch all pictures"), self.fetch_pictures), "employees.pictures")
        menu.addAction(_("Export …"), self.export)
        self.pane.table.add_to_menu(lambda context: context.addActions([*menu.actions()[:3], *on_devices]))

    def read_rows(self) -> list[EmployeeLine]:
        """People with the names of their offices."""
        return employee_lines(directory.employees(), directory.offices())

    def show_details(self, record: EmployeeLine | None) -> None:
        """Every field of a person, where it came from, and their history."""
        self.photo_panel.show_person(record.employee if record is not None else None)
        if record is None:
            self.details.clear()
            return
        person = record.employee
        where = " · ".join(filter(None, (person.title, record.office)))
        self.details.set_heading(
            person.name, where, picture=self.pictures.of(person), chip=(state_words(record), state_tone(record))
        )
        words = {"system_roles": role_words(person.system_roles), "also_at": ", ".join(record.also_at)}
        self.record_details.show(person, DETAIL_FIELDS, extra=[(_("Office"), record.office)], words=words)

    def chosen(self) -> list[Employee]:
        """The selected people."""
        return [line.employee for line in self.pane.table.selected_rows()]

    def fetch_pictures(self) -> None:
        """Fetch every picture that was not looked up within a day."""
        if self.connection is not None:
            self.desk.run(Request("employees.pictures", self.connection.name))

    def replace_photo(self) -> None:
        """Choose a file that becomes the photo of the current person, whose details are shown with it."""
        if self.pane.table.current_row() is not None:
            self.open_details()
            self.photo_panel.choose_file()

    def check_photos(self) -> None:
        """Examine the photos of the selected people, or of everybody when none is selected."""
        chosen = [person.id for person in self.chosen()]
        self.desk.run(Request("employees.check_photos", params={"employees": chosen or ["all"]}))

    def clear_photos(self) -> None:
        """Delete the copies of photos on this computer, after asking."""
        self.desk.start("clear photos", self._clear_photos())

    async def _clear_photos(self) -> None:
        text = _("Copies that can be fetched again are deleted from this computer. Photos set from a file stay.")
        if await confirm(self, _("Clear the photo cache"), text, _("Delete the copies")):
            self.desk.run(Request("photos.clear_cache"))

    def edit(self) -> None:
        """Edit the current person by hand; what is changed stays."""
        line = self.pane.table.current_row()
        if line is not None:
            open_editor(self, self.desk, "employees.edit", line.employee)

    def switch(self, *, active: bool) -> None:
        """Activate or deactivate the selected people; deactivating names the number first."""
        if people := self.chosen():
            self.desk.start("switch employees", self._switch(people, active=active))

    async def _switch(self, people: list[Employee], *, active: bool) -> None:
        count = sum(1 for p in people if p.status is EmployeeStatus.ACTIVE) if not active else len(people)
        label = ngettext("Deactivate {count} person", "Deactivate {count} people", count).format(count=count)
        text = _("They stay in the list under Inactive until they are activated again; a sync does not change that.")
        if not active and not await confirm(self, _("Deactivate employees"), text, label, danger=True):
            return
        operation = "employees.activate" if active else "employees.deactivate"
        self.desk.run(Request(operation, params={"employees": [p.id for p in people]}))
