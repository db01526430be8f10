"""What a person can do with connections: add, import, test, edit, pause, remove, fetch. Each is an operation's run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path

from PySide6.QtCore import QDir, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.access import Permission
from app.domain.causes import remedy_of
from app.domain.connections import Connection, ConnectionStatus
from app.domain.kinds import KINDS, ConnectionKind
from app.i18n import _, ngettext
from app.operations.registry import Operation, operations
from app.operations.runner import Report, Request
from app.operations.schedules import USUAL
from app.store import connections as stored
from ui.desk import Desk
from ui.dialogs.connection import edit_connection
from ui.theme import Icon, Tone
from ui.widgets import Action, ask

FIRST_SYNC = "connections.first_sync"


class ConnectionActions(QObject):
    """Starts things for the page; `made` names a connection that was added or edited, to be shown."""

    made = Signal(str)

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page

    # -- add, edit, import ---------------------------------------------------------------------------------------

    def add(self) -> None:
        """Show the empty form."""
        self.desk.start("add connection", self._edit(None, ConnectionKind.VITEC))

    def edit(self, connection: Connection) -> None:
        """Show the form of a connection."""
        self.desk.start("edit connection", self._edit(connection, connection.kind))

    async def _edit(self, connection: Connection | None, kind: ConnectionKind) -> None:
        if name := await edit_connection(self.page, self.desk, KINDS[kind], connection):
            self.made.emit(name)
            if connection is None:
                await self._offer_first_sync(name)

    async def _offer_first_sync(self, name: str) -> None:
        """Create, test, then the first sync (connections.md §14): offered where everything for it is filled in."""
        made = await self.desk.workspace.store.read(stored.find_connection, name)
        if made is None or made.kind not in USUAL:
            return
        missing = {spec.key for spec in made.missing_fields()} - set(self.desk.workspace.vault.known_secrets(made))
        usual = [operation for operation in USUAL[made.kind] if not self.desk.refusal(operation)]
        if missing or not usual:
            return

        def begin() -> None:
            self.desk.voice.clear_banner(FIRST_SYNC)
            for operation in usual:
                self.desk.run(Request(operation, made.id))

        text, remedy = _("{name} was added.").format(name=name), _("Nothing was fetched over it yet.")
        self.desk.voice.banner(FIRST_SYNC, Tone.INFO, text, remedy, [Action(_("Sync now"), begin, icon=Icon.REFRESH)])

    def import_env(self) -> None:
        """Ask for a `.env` file and take over what it holds."""
        self.desk.start("import settings", self._import())

    async def _import(self) -> None:
        dialog = QFileDialog(self.page, _("Import settings from a .env file"))
        dialog.setObjectName("connections.import")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([_("Settings (*.env .env .env.*)"), _("All files (*)")])
        dialog.setFilter(dialog.filter() | QDir.Filter.Hidden)  # a name that begins with a dot is hidden elsewhere
        if not await ask(dialog):
            return
        file = dialog.selectedFiles()[0]
        report = await self.desk.report_of(Request("connections.import_env", params={"file": file}))
        if report is not None:
            await self._imported(report, file)

    async def _imported(self, report: Report, file: str) -> None:
        """Name what was made, then find out whether it works."""
        if report.error is not None:
            text = _("{file} was not imported. {cause}").format(file=Path(file).name, cause=report.error.message)
            self.desk.voice.banner("import", Tone.DANGER, text, remedy_of(report.error))
            return
        self.desk.voice.clear_banner("import")
        names = [row["name"] for row in (report.run.result or {})["connections"]]
        self.desk.voice.toast(_("Imported: {names}").format(names=", ".join(names)))
        self.made.emit(names[0])
        for name in names:
            await self.desk.report_of(Request("connections.test", name))

    # -- test ----------------------------------------------------------------------------------------------------

    def test(self, connection: Connection) -> None:
        """Test one; its steps are shown as they are reached."""
        self.desk.run(Request("connections.test", connection.id), lambda report: self._tested(connection, report))

    def _tested(self, connection: Connection, report: Report) -> None:
        if report.error is None:
            self.desk.voice.toast(_("{name} works.").format(name=connection.name))

    def test_all(self, found: Sequence[Connection]) -> None:
        """Test all that are not paused, side by side."""
        active = [c for c in found if c.status is not ConnectionStatus.INACTIVE]
        if active:
            self.desk.start("test all", self._test_all(active))

    async def _test_all(self, active: Sequence[Connection]) -> None:
        reports = await asyncio.gather(*(self.desk.report_of(Request("connections.test", c.id)) for c in active))
        good = sum(report is not None and report.error is None for report in reports)
        text = ngettext("{good} of {total} connection works.", "{good} of {total} connections work.", len(active))
        self.desk.voice.toast(text.format(good=good, total=len(active)))

    # -- pause, remove, fetch ------------------------------------------------------------------------------------

    def switch(self, connection: Connection) -> None:
        """Pause one that is active, resume one that is paused."""
        pause = connection.status is not ConnectionStatus.INACTIVE
        said = (_("Paused {name}.") if pause else _("Resumed {name}.")).format(name=connection.name)
        request = Request("connections.update", connection.id, {"paused": pause})
        self.desk.run(request, lambda report: self._say(report, said))

    def remove(self, connection: Connection) -> None:
        """Remove or deactivate one after asking; the button says what goes."""
        from ui.dialogs.connection_remove import remove_connection

        self.desk.start("remove connection", remove_connection(self.page, self.desk, connection))

    def sync(self, connection: Connection, operation: str) -> None:
        """Fetch now; the run shows itself."""
        self.desk.run(Request(operation, connection.id))

    def _say(self, report: Report, said: str) -> None:
        if report.error is None:
            self.desk.voice.toast(said)
        else:
            self.desk.voice.banner(report.run.operation, Tone.DANGER, report.error.message, remedy_of(report.error))


def sync_operations(kind: ConnectionKind) -> list[Operation]:
    """What can be fetched over a connection of that kind without being asked for anything else, by title."""
    fitting = (each for each in operations().values() if kind in each.kinds and each.permission is Permission.SYNC)
    return sorted((each for each in fitting if not _asks(each)), key=lambda each: _(each.title))


def _asks(operation: Operation) -> bool:
    return any(f.default is MISSING and f.default_factory is MISSING for f in fields(operation.params))
