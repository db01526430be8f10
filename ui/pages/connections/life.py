"""What can be done with a connection beside its settings: log, copy, file of settings, holding calls back
(connections.md §4). Each is an operation's run or a dialog.
"""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection, ConnectionStatus
from app.domain.kinds import FieldType
from app.domain.mappings import ENTITIES
from app.i18n import _
from app.operations.connection_life import HoldAction
from app.operations.registry import Operation, operations
from app.operations.runner import Report, Request
from app.operations.sign_in_again import sign_in_fields
from app.store.copies import KINDS_WITH_COPIES
from ui.desk import Desk
from ui.pages.connections.rows import ConnectionLine
from ui.pages.entries import Entry
from ui.theme import Icon, Tone
from ui.widgets import ask

FULL = "full_sync"
"""The parameter of an operation that can read everything again."""


def full_syncs(connection: Connection) -> list[Operation]:
    """The operations of its kind that can."""
    fitting = [each for each in operations().values() if connection.kind in each.kinds]
    return [each for each in fitting if any(field.name == FULL for field in fields(each.params))]


def _nothing_to_enter(connection: Connection) -> str:
    """Why nobody can sign in to it again: it asks for no password, key or token."""
    asked = any(field.type is FieldType.SECRET for field in sign_in_fields(connection))
    return "" if asked else _("It signs in without a password, key or token.")


class ConnectionLife(QObject):
    """Starts things for the page; `made` names a connection that was added, to be shown."""

    made = Signal(str)

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page

    def entries(self, line: ConnectionLine) -> list[Entry]:
        """What can be done with a connection, for the menu of its details and of its row."""
        connection, refusal = line.connection, self.desk.refusal
        held = line.held or line.refused_until is not None
        action = HoldAction.PASS if held else HoldAction.HOLD
        hold = (Icon.PLAY, _("Let calls pass")) if held else (Icon.LOCK, _("Hold calls back"))
        return [
            Entry("log", Icon.HISTORY, _("Sync log…"), lambda: self.open_log(connection)),
            Entry("schedules", Icon.CLOCK, _("Schedules…"), lambda: self.open_schedules(connection)),
            *self._mappings(connection),
            Entry("sign_in", Icon.KEY, _("Sign in again…"), lambda: self.sign_in(connection),
                  refusal("connections.sign_in") or _nothing_to_enter(connection)),
            Entry("hold", *hold, lambda: self.hold(connection, action), refusal("connections.hold")),
            Entry("duplicate", Icon.COPY, _("Duplicate"), lambda: self.duplicate(connection),
                  refusal("connections.duplicate")),
            Entry("export_settings", Icon.DOWNLOAD, _("Export settings…"), lambda: self.export_settings([connection])),
            *self._anew(connection),
        ]  # fmt: skip

    def _anew(self, connection: Connection) -> list[Entry]:
        """To fetch everything anew, and to take away what was fetched, where its kind has that."""
        paused = _("The connection is paused.") if connection.status is ConnectionStatus.INACTIVE else ""
        found = [
            Entry(f"full.{each.id}", Icon.REFRESH, _("Full resync: {what}").format(what=_(each.title)),
                  partial(self._resync, connection, each.id), paused or self.desk.refusal(each.id))
            for each in full_syncs(connection)
        ]  # fmt: skip
        if connection.kind in KINDS_WITH_COPIES:
            refusal = self.desk.refusal("connections.clear_data")
            found.append(Entry("clear", Icon.DELETE, _("Clear local data…"), lambda: self.clear(connection), refusal))
        return found

    def _mappings(self, connection: Connection) -> list[Entry]:
        """How what it sends is read, where its kind sends records."""
        if connection.kind not in ENTITIES:
            return []
        return [Entry("mappings", Icon.MOVE, _("Field mappings…"), lambda: self.open_mappings(connection))]

    def open_mappings(self, connection: Connection) -> None:
        """Show what it sends beside our fields."""
        from ui.dialogs.mappings import open_mappings

        open_mappings(self.page, self.desk, connection)

    def _resync(self, connection: Connection, operation: str) -> None:
        """Read everything again, whatever was read before; the run shows itself."""
        self.desk.run(Request(operation, connection.id, {FULL: True}))

    def clear(self, connection: Connection) -> None:
        """Take away what was fetched, after asking with the number."""
        from ui.dialogs.connection_clear import clear_local_data

        self.desk.start("clear local data", clear_local_data(self.page, self.desk, connection))

    def open_log(self, connection: Connection) -> None:
        """Show what ran over it."""
        from ui.dialogs.connection_log import open_connection_log

        open_connection_log(self.page, self.desk, connection)

    def open_schedules(self, connection: Connection) -> None:
        """Show what runs over it by itself."""
        from ui.dialogs.schedules import open_schedules

        open_schedules(self.page, self.desk, connection)

    def sign_in(self, connection: Connection) -> None:
        """Ask for new credentials; nothing else of the connection changes."""
        from ui.dialogs.connection_sign_in import sign_in_again

        self.desk.start("sign in again", sign_in_again(self.page, self.desk, connection))

    # -- breaker -------------------------------------------------------------------------------------------------

    def hold(self, connection: Connection, action: HoldAction) -> None:
        """Hold its calls back, or let them pass at once."""
        said = _("Calls of {name} are held back.") if action is HoldAction.HOLD else _("Calls of {name} pass again.")
        request = Request("connections.hold", connection.id, {"action": action.value})
        self.desk.run(request, lambda report: self._say(report, said.format(name=connection.name)))

    # -- copies --------------------------------------------------------------------------------------------------

    def duplicate(self, connection: Connection) -> None:
        """Add one with the same settings; its keys have to be entered."""
        self.desk.run(Request("connections.duplicate", connection.id), self._duplicated)

    def _duplicated(self, report: Report) -> None:
        name = (report.run.result or {}).get("name", "")
        self._say(report, _("Added {name}, without keys. Press Edit to enter them.").format(name=name))
        if report.error is None:
            self.made.emit(name)

    def export_settings(self, meant: list[Connection]) -> None:
        """Ask for a file and write the settings of these, of all without any; keys are never in it."""
        self.desk.start("export settings", self._export([connection.name for connection in meant]))

    async def _export(self, names: list[str]) -> None:
        name = f"{names[0]}.json" if len(names) == 1 else "connections.json"
        dialog = QFileDialog(self.page, _("Export settings, without keys"), name)
        dialog.setObjectName("connections.export_file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["JSON (*.json)"])
        dialog.setDefaultSuffix("json")
        if not await ask(dialog):
            return
        file = dialog.selectedFiles()[0]
        report = await self.desk.report_of(
            Request("connections.export_settings", params={"file": file, "connections": names})
        )
        if report is not None:
            self._say(report, _("Exported to {file}").format(file=Path(file).name))

    def import_settings(self) -> None:
        """Ask for a file of settings and add the connections in it."""
        self.desk.start("import connections", self._import())

    async def _import(self) -> None:
        dialog = QFileDialog(self.page, _("Import settings"))
        dialog.setObjectName("connections.import_file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["JSON (*.json)", _("All files (*)")])
        if not await ask(dialog):
            return
        params = {"file": dialog.selectedFiles()[0]}
        report = await self.desk.report_of(Request("connections.import_settings", params=params))
        if report is None:
            return
        left = [outcome for outcome in report.outcomes if outcome.action.value != "create"]
        self._say(report, " ".join(report.run.warnings) or _("Nothing was added."))
        if report.error is None and left:
            text = "\n".join(_("{name}: {cause}").format(name=each.subject, cause=each.message) for each in left)
            self.desk.voice.banner("connections.import_settings", Tone.WARNING, text)
        if added := [outcome.subject for outcome in report.outcomes if outcome not in left]:
            self.made.emit(added[0])

    def _say(self, report: Report, said: str) -> None:
        key = report.run.operation
        if report.error is None:
            self.desk.voice.clear_banner(key)
            self.desk.voice.toast(said)
        else:
            self.desk.voice.banner(key, Tone.DANGER, report.error.message, remedy_of(report.error))
