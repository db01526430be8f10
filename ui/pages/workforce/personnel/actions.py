"""What can be done with people of 1C: sync, read, link, unlink; and with the connection: test, status, settings."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.kinds import KINDS
from app.domain.outcomes import RunState
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.pages.workforce.personnel.people import PersonLine
from ui.theme import Tone
from ui.widgets import ask, confirm

SYNC, AGENTS, LINK = "onec.sync_personnel", "onec.agents", "onec.link_person"
TEST, STATUS, CONFIG = "onec.test", "onec.status", "connections.update"


class PersonnelActions(QObject):
    """Starts things for the page, always over the connection that its people came from."""

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page
        self.connection: Connection | None = None

    def obstacle(self, operation: str) -> str:
        """Why this cannot be started; empty when it can."""
        lack = _("Add a 1C connection first.") if self.connection is None else ""
        return self.desk.refusal(operation) or lack

    def _request(self, operation: str, **params: object) -> Request:
        assert self.connection is not None
        return Request(operation, self.connection.name, params)

    # -- people --------------------------------------------------------------------------------------------------

    def sync_full(self) -> None:
        """Sync, and mark who is no longer listed."""
        if not self.obstacle(SYNC):
            self.desk.run(self._request(SYNC, full_sync=True))

    def read_agents(self) -> None:
        """Ask 1C who is there, without keeping anything; the run's table shows them."""
        if not self.obstacle(AGENTS):
            self.desk.run(self._request(AGENTS), self._read)

    def _read(self, report: Report) -> None:
        count = report.run.summary.get("total", 0)
        text = ngettext("1C lists {count} person.", "1C lists {count} people.", count).format(count=count)
        self._say(report, text)

    # -- links ---------------------------------------------------------------------------------------------------

    def link(self, line: PersonLine) -> None:
        """Ask which employee somebody is."""
        if not self.obstacle(LINK):
            self.desk.start("link person", self._link(line))

    async def _link(self, line: PersonLine) -> None:
        from ui.pages.workforce.personnel.link_dialog import LinkDialog, read_candidates

        candidates = await self.desk.workspace.store.read(read_candidates, line.known)
        dialog = LinkDialog(self.page, self.desk, line, candidates)
        if await ask(dialog) and dialog.chosen is not None:
            employee = dialog.chosen
            report = await self.desk.report_of(
                self._request(LINK, person=line.known.person.external_id, employee=employee.id)
            )
            text = _("{name} is linked to {employee}.").format(name=line.known.name, employee=employee.name)
            self._say(report, text)

    def unlink(self, line: PersonLine) -> None:
        """Take a link back, after asking: later syncs keep to it."""
        if line.known.employee_id and not self.obstacle(LINK):
            self.desk.start("unlink person", self._unlink(line))

    async def _unlink(self, line: PersonLine) -> None:
        name = line.known.name
        text = _("{name} stays in this list, and the employee stays as it is; a sync links them no more.")
        label = _("Unlink {name}").format(name=name)
        if await confirm(self.page, _("Take the link back"), text.format(name=name), label, danger=True):
            report = await self.desk.report_of(self._request(LINK, person=line.known.person.external_id))
            self._say(report, _("{name} is not linked any more.").format(name=name))

    # -- connection ----------------------------------------------------------------------------------------------

    def test(self) -> None:
        """Test the connection in stages."""
        if self.connection is not None and not self.obstacle(TEST):
            name = self.connection.name
            self.desk.run(self._request(TEST), lambda report: self._say(report, _("{name} works.").format(name=name)))

    def show_status(self) -> None:
        """What is known of the connection; 1C is not asked."""
        if not self.obstacle(STATUS):
            self.desk.run(self._request(STATUS), self._show_status)

    def _show_status(self, report: Report) -> None:
        from ui.pages.workforce.personnel.status_dialog import StatusDialog

        self._say(report, "")
        if report.error is None:
            StatusDialog(self.page, report.run.connection, report.run.result).open()

    def configure(self) -> None:
        """The form with the settings of the connection."""
        if self.connection is not None and not self.obstacle(CONFIG):
            self.desk.start("configure 1C", self._configure(self.connection))

    async def _configure(self, connection: Connection) -> None:
        from ui.dialogs.connection import edit_connection

        await edit_connection(self.page, self.desk, KINDS[connection.kind], connection)

    def _say(self, report: Report | None, said: str) -> None:
        if report is None:
            return
        key = report.run.operation
        if report.run.state is RunState.CANCELLED:
            self.desk.voice.toast(_("Cancelled."))
        elif report.error is not None:
            self.desk.voice.banner(key, Tone.DANGER, report.error.message, remedy_of(report.error))
        else:
            self.desk.voice.clear_banner(key)
            if said:
                self.desk.voice.toast(said)
