"""Exporting a table exactly as it is shown: choose a file, write it off the event loop, say where it went."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.causes import remedy_of
from app.errors import MusterError
from app.exports import export_rows, of_organization
from app.i18n import _
from ui.desk import Desk
from ui.tables import VisibleTable
from ui.theme import Tone
from ui.widgets import ask


def export_table(parent: QWidget, desk: Desk, table: VisibleTable, name: str) -> None:
    """Ask for a file and write `table`; the suffix decides between CSV, XLSX and JSON."""
    title = _("Export what is shown")
    desk.start(f"export {name}", export_to_file(parent, desk, table.headers, table.rows, name, title))


async def export_to_file(
    parent: QWidget, desk: Desk, headers: Sequence[str], rows: Iterable[Sequence[object]], name: str, title: str
) -> None:
    """Ask for a file and write `rows` to it, which are gone through once, on a thread of its own."""
    dialog = QFileDialog(parent, title, f"{name}.csv")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(["CSV (*.csv)", "Excel (*.xlsx)", "JSON (*.json)"])
    dialog.setDefaultSuffix("csv")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.rpartition(".")[2].rstrip(")")))
    if not await ask(dialog):
        return
    file = Path(dialog.selectedFiles()[0])
    try:
        owner = desk.workspace.organization.owner
        await asyncio.to_thread(export_rows, file, *of_organization(owner, headers, rows))
    except MusterError as error:
        desk.voice.banner("export", Tone.DANGER, error.message, remedy_of(error))
        return
    desk.voice.toast(_("Exported to {file}").format(file=file.name))
