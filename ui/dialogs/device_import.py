"""Importing devices from a CSV file: what each row would do, or why it cannot be taken, before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.outcomes import Action, Outcome
from app.i18n import N_, _, ngettext
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.tables import Column, Kind, TablePane, format_value
from ui.texts import ACTION_TONES, ACTION_WORDS
from ui.theme import GRID, Icon, Tone
from ui.widgets import Action as Offer
from ui.widgets import BannerArea, Button, FilterChip, Look, ask

SIZE = (900, 560)
_COLUMNS_OF_FILE = "name;host;port;https;username;password;site"
_MOST_WARNINGS = 3


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of the file."""

    number: int
    outcome: Outcome

    @property
    def is_bad(self) -> bool:
        """Whether it cannot be taken."""
        return self.outcome.action is Action.SKIP


def _words(line: RowLine) -> str:
    return _("Cannot be taken") if line.is_bad else _(ACTION_WORDS[line.outcome.action])


COLUMNS: tuple[Column[RowLine], ...] = (
    Column("action", N_("Change"), _words, kind=Kind.CHIP, width=150,
           tone=lambda r: Tone.DANGER if r.is_bad else ACTION_TONES[r.outcome.action]),
    Column("name", N_("Name"), lambda r: r.outcome.subject, width=180),
    Column("message", N_("What would happen"), lambda r: _(r.outcome.message), width=300),
    Column("remedy", N_("What to do"), lambda r: _(r.outcome.remedy), width=260, muted=True),
)  # fmt: skip


class DeviceImportDialog(QDialog):
    """Shows the dry run of an import; accepted when the good rows shall be stored."""

    def __init__(self, parent: QWidget, desk: Desk, file: str, report: Report) -> None:
        super().__init__(parent)
        self.setObjectName("device_import")
        self.setWindowTitle(_("Import {file}").format(file=Path(file).name))
        self.resize(*SIZE)
        lines = [RowLine(number, outcome) for number, outcome in enumerate(report.outcomes)]
        self.pane: TablePane[RowLine] = TablePane(
            name=_("Rows of the file"), page="device_import", columns=COLUMNS, key=lambda line: line.number,
            search_hint=_("Search rows"), store=desk.layouts, shortcuts_in=self,
        )  # fmt: skip
        self.pane.set_filters([FilterChip("bad", _("Cannot be taken"), lambda line: line.is_bad, tone=Tone.DANGER)])
        self.pane.set_rows(lines)
        self.banners = BannerArea(object_name="device_import.banners")
        if warnings := report.run.warnings:
            more = len(warnings) - _MOST_WARNINGS
            rest = [_("… and {count} more").format(count=more)] if more > 0 else []
            self.banners.show_banner("warnings", Tone.WARNING, "\n".join([*warnings[:_MOST_WARNINGS], *rest]))
        self._arrange(lines)

    def _arrange(self, lines: Sequence[RowLine]) -> None:
        good = sum(line.outcome.action in {Action.CREATE, Action.UPDATE} for line in lines)
        hint = QLabel(_("Nothing has been stored yet. Rows that cannot be taken are left out."), wordWrap=True)
        hint.setProperty("role", "muted")
        text = ngettext("Import {count} device", "Import {count} devices", good).format(count=format_value(good))
        accept = Button(text, look=Look.PRIMARY, icon=Icon.IMPORT, object_name="device_import.accept")
        accept.clicked.connect(self.accept)
        if not good:
            accept.refuse(_("No row of the file changes anything."))
        close = Button(_("Cancel"), object_name="device_import.cancel")
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(hint, 1)
        buttons.addWidget(close)
        buttons.addWidget(accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addSpacing(3 * GRID)
        column.addWidget(self.pane, 1)
        column.addLayout(buttons)


async def import_devices(parent: QWidget, desk: Desk) -> None:
    """Ask for a file, show what it would bring, store it when that is wanted."""
    dialog = QFileDialog(parent, _("Import devices from a CSV file"))
    dialog.setObjectName("devices.import_file")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([_("Tables (*.csv *.txt)"), _("All files (*)")])
    dialog.setLabelText(QFileDialog.DialogLabel.FileName, _("File ({columns})").format(columns=_COLUMNS_OF_FILE))
    if await ask(dialog):
        await import_file(parent, desk, dialog.selectedFiles()[0])


async def import_file(parent: QWidget, desk: Desk, file: str) -> None:
    """Show what a file would bring, store it when that is wanted."""
    request = Request("devices.import", params={"file": file}, dry_run=True)
    planned = await desk.report_of(request)
    if planned is None or _failed(desk, planned, parent, file):
        return
    if not await ask(DeviceImportDialog(parent, desk, file, planned)):
        return
    report = await desk.report_of(Request("devices.import", params={"file": file}))
    if report is not None and not _failed(desk, report, parent, file):
        counts = report.run.summary
        text = _("{created} added, {updated} changed.")
        desk.voice.toast(text.format(created=counts["created"], updated=counts["updated"]))


def _failed(desk: Desk, report: Report, parent: QWidget, file: str) -> bool:
    """Whether a run failed, which a banner then says."""
    if report.error is None:
        desk.voice.clear_banner("import devices")
        return False

    def again() -> None:
        desk.start("import devices", import_file(parent, desk, file))

    text, remedy = report.error.message, remedy_of(report.error)
    desk.voice.banner("import devices", Tone.DANGER, text, remedy, [Offer(_("Retry"), again)])
    return True
