"""What can be done with customers: check again, open their systems, note a pull, look at a password, switch off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.customers import Customer, CustomerStatus, system_addresses
from app.domain.outcomes import RunState
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.theme import Icon, Tone
from ui.widgets import Action, ask, confirm

SYNC, CHECK = "customers.sync", "customers.check"
MARK, UNMARK, IMPORT = "customers.mark_pulled", "customers.unmark_pulled", "customers.import_pulled"
LOOK, ACTIVATE, DEACTIVATE = "customers.look_at_password", "customers.activate", "customers.deactivate"


class CustomerActions(QObject):
    """Starts things for the page, always over the connection that its customers came from."""

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page
        self.connection: Connection | None = None

    def obstacle(self, operation: str) -> str:
        """Why this cannot be started; empty when it can."""
        lack = _("Add a CETEC connection first.") if self.connection is None else ""
        return self.desk.refusal(operation) or lack

    def _request(self, operation: str, customers: Sequence[Customer]) -> Request:
        assert self.connection is not None
        return Request(operation, self.connection.name, {"customers": [c.id for c in customers]})

    # -- databases and systems -----------------------------------------------------------------------------------

    def check(self, customers: Sequence[Customer]) -> None:
        """Ask the MySQL server about these again."""
        if customers and not self.obstacle(CHECK):
            self.desk.run(self._request(CHECK, customers), lambda report: self._say(report, ""))

    def copy_domain(self, customers: Sequence[Customer]) -> None:
        """The domains to the clipboard, one a line."""
        domains = [c.domain for c in customers if c.domain]
        if domains:
            QGuiApplication.clipboard().setText("\n".join(domains))
            text = ngettext("Copied {domain}.", "Copied {count} domains.", len(domains))
            self.desk.voice.toast(text.format(domain=domains[0], count=len(domains)))

    def open_system(self, customer: Customer, *, test: bool = False) -> None:
        """Open a customer's system in the browser; the address never holds a password."""
        address = system_address(customer, test=test)
        if address and not QDesktopServices.openUrl(QUrl(address)):
            QGuiApplication.clipboard().setText(address)
            self.desk.voice.toast(_("No browser could be opened; the address is in the clipboard."))

    # -- pulls ---------------------------------------------------------------------------------------------------

    def mark_pulled(self, customers: Sequence[Customer]) -> None:
        """Note that their backups were pulled; the toast offers to take it back."""
        if customers and not self.obstacle(MARK):
            self.desk.run(self._request(MARK, customers), lambda report: self._marked(report, customers))

    def _marked(self, report: Report, customers: Sequence[Customer]) -> None:
        text = ngettext("Marked {name} as pulled.", "Marked {count} customers as pulled.", len(customers))
        undo = Action(_("Undo"), lambda: self.unmark_pulled(customers), icon=Icon.UNDO, object_name="customers.undo")
        self._say(report, text.format(name=customers[0].name, count=len(customers)), undo)

    def unmark_pulled(self, customers: Sequence[Customer]) -> None:
        """Forget their newest pulls."""
        if customers and not self.obstacle(UNMARK):
            self.desk.run(self._request(UNMARK, customers), lambda report: self._unmarked(report, customers))

    def _unmarked(self, report: Report, customers: Sequence[Customer]) -> None:
        text = ngettext("The mark of {name} is taken back.", "{count} marks are taken back.", len(customers))
        self._say(report, text.format(name=customers[0].name, count=len(customers)))

    def import_pulled(self) -> None:
        """Ask for the file of the former system and take its pulls over."""
        if not self.obstacle(IMPORT):
            self.desk.start("import pulls", self._import())

    async def _import(self) -> None:
        dialog = QFileDialog(self.page, _("Import pulls from a file"))
        dialog.setObjectName("customers.import_file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([_("JSON (*.json)"), _("All files (*)")])
        if await ask(dialog):
            await self.import_file(dialog.selectedFiles()[0])

    async def import_file(self, file: str) -> None:
        """Take over the pulls of this file; what it could not read is said."""
        if self.connection is None:
            return
        report = await self.desk.report_of(Request(IMPORT, self.connection.name, {"file": file}))
        if report is None:
            return
        count = len(report.outcomes)
        self._say(report, ngettext("Imported {count} pull.", "Imported {count} pulls.", count).format(count=count))
        left = report.run.reasons.get("unknown_customer", 0)
        unknown = ngettext(
            "{count} entry is of no customer here.", "{count} entries are of no customer here.", left
        ).format(count=left)
        if problems := [*map(_, report.run.warnings), *([unknown] if left else [])]:
            self.desk.voice.banner(IMPORT, Tone.WARNING, problems[0], " ".join(problems[1:]))

    # -- support password ----------------------------------------------------------------------------------------

    def password_obstacle(self, customers: Sequence[Customer]) -> str:
        """Why no password can be shown."""
        if reason := self.obstacle(LOOK):
            return reason
        if len(customers) != 1:
            return _("Choose one customer.")
        if self.connection is not None and not self.connection.setting("support_passwords"):
            return _("“Fetch support passwords” is off. Switch it on in the CETEC connection, then sync customers.")
        return ""

    def look_at_password(self, customer: Customer) -> None:
        """Show it for half a minute; that somebody looked is recorded first."""
        if not self.password_obstacle([customer]):
            assert self.connection is not None
            request = Request(LOOK, self.connection.name, {"customer": customer.id})
            self.desk.run(request, lambda report: self._looked(report, customer))

    def _looked(self, report: Report, customer: Customer) -> None:
        from ui.pages.customers.password import PasswordDialog

        password = self.desk.workspace.support_passwords.get(customer.key)
        if report.error is not None or password is None:
            self._say(report, "")
            return
        self.desk.voice.clear_banner(LOOK)
        PasswordDialog(self.page, customer.name, password).show()

    # -- switching -----------------------------------------------------------------------------------------------

    def switch(self, customers: Sequence[Customer]) -> None:
        """Deactivate those that are active, after asking; when none is, activate them."""
        active = [c for c in customers if c.status is not CustomerStatus.INACTIVE]
        if customers and not self.obstacle(DEACTIVATE):
            self.desk.start("switch customers", self._deactivate(active) if active else self._activate(customers))

    async def _deactivate(self, customers: Sequence[Customer]) -> None:
        count = len(customers)
        label = ngettext("Deactivate {count} customer", "Deactivate {count} customers", count).format(count=count)
        text = _("They stay in the list under “Not in the list” until they are activated again.")
        if await confirm(self.page, _("Deactivate customers"), text, label, danger=True):
            report = await self.desk.report_of(self._request(DEACTIVATE, customers))
            done = ngettext("Deactivated {count} customer.", "Deactivated {count} customers.", count)
            self._say(report, done.format(count=count))

    async def _activate(self, customers: Sequence[Customer]) -> None:
        report = await self.desk.report_of(self._request(ACTIVATE, customers))
        text = ngettext("Activated {count} customer.", "Activated {count} customers.", len(customers))
        self._say(report, text.format(count=len(customers)))

    def _say(self, report: Report | None, said: str, action: Action | None = None) -> None:
        if report is None:
            return
        key = report.run.operation
        if report.run.state is RunState.CANCELLED:
            self.desk.voice.toast(_("Cancelled."))
            return
        if report.error is not None:
            self.desk.voice.banner(key, Tone.DANGER, report.error.message, remedy_of(report.error))
            return
        self.desk.voice.clear_banner(key)
        if said:
            self.desk.voice.toast(said, action)


def system_address(customer: Customer, *, test: bool) -> str:
    """Where a customer's system is; blank when there is none."""
    found = system_addresses(customer)
    if found is None:
        return ""
    return (found.test or "") if test else found.production


def switch_obstacle(customers: Sequence[Customer]) -> str:
    """Why these are not switched off: who is in CETEC's list counts."""
    listed = [c for c in customers if c.status is CustomerStatus.ACTIVE and c.missing_since is None]
    return _("CETEC still lists it: it counts until CETEC leaves it out.") if listed else ""
