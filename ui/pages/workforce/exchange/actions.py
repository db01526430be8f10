"""What the Data exchange page starts: looking at files, checks, imports, taking back, the contact centre's upkeep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.domain.exchange.findings import Findings
from app.domain.kinds import KINDS
from app.domain.outcomes import RunState
from app.errors import MusterError
from app.exports import export_rows
from app.i18n import _, ngettext
from app.operations.exchange.checking import expectations
from app.operations.exchange.corrections import row_check
from app.operations.exchange.preview import preview_file
from app.operations.runner import Report, Request
from app.store.contact_center_imports import PastImport
from app.store.values import now
from ui.desk import Desk
from ui.pages.workforce.exchange.rules_dialog import kept_rules
from ui.pages.workforce.exchange.words import counts_words, rows_words
from ui.pages.workforce.exchange.work import Checked, Choices, Finding, Opened
from ui.tables import format_value
from ui.theme import Icon, Tone
from ui.widgets import Action, ask, confirm

CHECK, IMPORT, UNDO = "cc.validate_data", "cc.bulk_import", "cc.undo_import"
EXPORT, PERSONNEL, TEST, STATUS = "cc.export_data", "cc.personnel", "cc.test", "cc.status"
READ = "exchange.read"
_SUFFIXES = ("csv", "txt", "tsv", "xlsx", "json", "jsonl", "ndjson")


class ExchangeActions(QObject):
    """Starts things for the page, over the connection that the page shows."""

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self.desk = desk
        self.page = page
        self.connection: Connection | None = None

    def obstacle(self, operation: str) -> str:
        """Why this cannot be started; empty when it can."""
        lack = _("Add a contact centre connection first.") if self.connection is None else ""
        return self.desk.refusal(operation) or lack

    def request(self, operation: str, params: dict[str, Any], *, dry_run: bool = False) -> Request:
        """What to run on the page's connection."""
        assert self.connection is not None
        return Request(operation, self.connection.name, params, dry_run=dry_run)

    # -- files ---------------------------------------------------------------------------------------------------

    async def choose_file(self) -> Path | None:
        """Ask for a file to import."""
        dialog = QFileDialog(self.page, _("Choose a file to import"))
        dialog.setObjectName("exchange.choose")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        names = " ".join(f"*.{suffix}" for suffix in _SUFFIXES)
        dialog.setNameFilters([_("Tables and JSON ({names})").format(names=names), _("All files (*)")])
        return Path(dialog.selectedFiles()[0]) if await ask(dialog) else None

    async def pasted_file(self) -> Path | None:
        """A file of the rows in the clipboard, kept so that an import of them can be resumed."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self.desk.voice.toast(_("The clipboard holds no rows."))
            return None
        stamp = now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
        file = self.desk.workspace.home.data / "pasted" / f"{stamp}.txt"
        await asyncio.to_thread(_keep, file, text)
        return file

    async def look_at(self, choices: Choices) -> Opened | None:
        """Look at a file; None when it cannot be read, which a banner then says."""
        try:
            preview = await asyncio.to_thread(
                preview_file, choices.file, choices.data_type, choices.columns, choices.form
            )
        except MusterError as error:
            self.desk.voice.banner(READ, Tone.DANGER, error.message, remedy_of(error))
            return None
        self.desk.voice.clear_banner(READ)
        return Opened(replace(choices, rules=kept_rules(self.desk.layouts, preview.data_type)), preview)

    # -- check and import ----------------------------------------------------------------------------------------

    async def check(self, opened: Opened) -> tuple[Checked, list[Finding]] | None:
        """Check the whole file; what was found, ready to be shown, None when the check did not come to an end."""
        report = await self.desk.report_of(self.request(CHECK, opened.choices.params(opened.data_type)))
        if report is None or not self._went_well(report):
            return None
        found, connection = report.found, self.connection
        assert isinstance(found, Findings)
        assert connection is not None
        expected = await expectations(
            self.desk.workspace.store, connection, opened.choices.rules, strict=opened.choices.strict
        )

        def prepare() -> tuple[Checked, list[Finding]]:
            checked = Checked(found, row_check(opened.data_type, expected))
            checked.correct_again(opened.choices.corrections)
            return checked, checked.findings()

        return await asyncio.to_thread(prepare)

    def import_params(self, opened: Opened) -> dict[str, Any]:
        """The file with all that was put right in it; that bad rows stay out was said on the button."""
        assert opened.checked is not None
        return {
            **opened.choices.params(opened.data_type),
            "batch_size": opened.choices.batch_size,
            "update_existing": opened.choices.replace_rows,
            "only_valid": True,
            "corrections": opened.checked.corrections(),
        }

    async def import_rows(self, opened: Opened) -> Report | None:
        """Import the good rows; the toast offers to take them back."""
        report = await self.desk.report_of(self.request(IMPORT, self.import_params(opened)))
        if report is None or not self._went_well(report):
            return None
        self.desk.voice.toast(counts_words(report.run.summary), self._back_of(report.run.run_id))
        return report

    def _back_of(self, run_id: str) -> Action:
        def take_back() -> None:
            self.desk.start("take back", self._undo(run_id))

        return Action(_("Undo"), take_back, icon=Icon.UNDO, object_name="exchange.toast.undo")

    async def would_bring(self, opened: Opened) -> str:
        """What the import would bring, in words; blank when that could not be found out."""
        report = await self.desk.report_of(self.request(IMPORT, self.import_params(opened), dry_run=True))
        if report is None or not self._went_well(report):
            return ""
        return _("An import now would bring: {counts}.").format(counts=counts_words(report.run.summary))

    # -- former imports ------------------------------------------------------------------------------------------

    def take_back(self, past: PastImport) -> None:
        """Ask, then forget the rows of an import."""
        if not self.obstacle(UNDO):
            self.desk.start("take back", self._ask_to_take_back(past))

    async def _ask_to_take_back(self, past: PastImport) -> None:
        count = int(past.summary.get("created", 0))
        label = ngettext("Take back {count} row", "Take back {count} rows", past.written)
        text = ngettext(
            "{count} row that this import added is forgotten.",
            "{count} rows that this import added are forgotten.", count,
        ).format(count=format_value(count))  # fmt: skip
        if replaced := int(past.summary.get("updated", 0)):
            text += " " + ngettext(
                "{count} row that it replaced goes as well; what was there before does not come back.",
                "{count} rows that it replaced go as well; what was there before does not come back.", replaced,
            ).format(count=format_value(replaced))  # fmt: skip
        words = label.format(count=format_value(past.written))
        if await confirm(self.page, _("Take an import back"), text, words, danger=True):
            await self._undo(past.run_id)

    async def _undo(self, run_id: str) -> None:
        if self.obstacle(UNDO):
            return
        report = await self.desk.report_of(self.request(UNDO, {"batch_id": run_id}))
        if report is not None and self._went_well(report):
            removed = int(report.run.summary["removed"])
            text = ngettext("{count} row was taken back.", "{count} rows were taken back.", removed)
            self.desk.voice.toast(text.format(count=format_value(removed)))

    # -- bad rows for somebody else ------------------------------------------------------------------------------

    async def save_bad_rows(self, opened: Opened) -> None:
        """Ask for a file and write the rows that are still bad, with what is wrong with each."""
        assert opened.checked is not None
        name = _("{file} - bad rows.xlsx").format(file=opened.choices.file.stem)
        dialog = QFileDialog(self.page, _("Save the bad rows"), name)
        dialog.setObjectName("exchange.save_bad")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Excel (*.xlsx)", "CSV (*.csv)", "JSON (*.json)"])
        dialog.setDefaultSuffix("xlsx")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.rpartition(".")[2].rstrip(")")))
        if await ask(dialog):
            await self.write_bad_rows(opened.checked, Path(dialog.selectedFiles()[0]))

    async def write_bad_rows(self, checked: Checked, file: Path) -> None:
        """Write them to that file."""

        def write() -> int:
            headers, rows = checked.table_of_bad()
            export_rows(file, headers, rows)
            return len(rows)

        try:
            count = await asyncio.to_thread(write)
        except MusterError as error:
            self.desk.voice.banner("export", Tone.DANGER, error.message, remedy_of(error))
            return
        self.desk.voice.clear_banner("export")
        text = _("{rows} written to {file}.").format(rows=rows_words(count), file=file.name)
        self.desk.voice.toast(text, open_folder(file))

    # -- the contact centre --------------------------------------------------------------------------------------

    def fetch_personnel(self) -> None:
        """Ask for groups and agents, which ids are checked against."""
        if not self.obstacle(PERSONNEL):
            self.desk.run(
                self.request(PERSONNEL, {}), lambda report: self._say(report, _("Groups and agents fetched."))
            )

    def test(self) -> None:
        """Test the connection; the run panel shows its steps."""
        if self.connection is not None and not self.obstacle(TEST):
            name = self.connection.name
            self.desk.run(
                self.request(TEST, {}), lambda report: self._say(report, _("{name} works.").format(name=name))
            )

    def edit_connection(self) -> None:
        """Open the settings of the connection."""
        if self.connection is not None:
            from ui.dialogs.connection import edit_connection

            work = edit_connection(self.page, self.desk, KINDS[self.connection.kind], self.connection)
            self.desk.start("edit connection", work)

    def show_status(self, then: Callable[[Report], None]) -> None:
        """Read how the connection is; nothing remote is asked."""
        if not self.obstacle(STATUS):
            self.desk.run(self.request(STATUS, {}), then)

    def _say(self, report: Report, said: str) -> None:
        if self._went_well(report):
            self.desk.voice.toast(said)

    def _went_well(self, report: Report) -> bool:
        """Whether a run came to its end; what stopped it is said in a banner."""
        key = report.run.operation
        if report.run.state is RunState.CANCELLED:
            self.desk.voice.toast(_("Cancelled."))
            return False
        if report.error is not None:
            self.desk.voice.banner(key, Tone.DANGER, report.error.message, remedy_of(report.error))
            return False
        self.desk.voice.clear_banner(key)
        return True


def open_folder(file: Path) -> Action:
    """Offers to open the folder of a file."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    def show() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))

    return Action(_("Open folder"), show, icon=Icon.EXTERNAL, object_name="exchange.open_folder")


def _keep(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
