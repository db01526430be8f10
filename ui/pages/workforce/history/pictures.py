"""Exporting the chart as it is seen: choose a file, write it off the event loop, say where it went."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.causes import remedy_of
from app.errors import MusterError, StoreError
from app.i18n import N_, _
from ui.desk import Desk
from ui.theme import Tone
from ui.widgets import ask

if TYPE_CHECKING:
    from ui.widgets.chart import Chart


async def export_chart(parent: QWidget, desk: Desk, chart: Chart) -> None:
    """Ask for a file and write the chart to it, as PNG or SVG by its suffix."""
    from ui.widgets.chart_picture import suggested_name, written

    dialog = QFileDialog(parent, _("Export the chart"), suggested_name("history"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(["PNG (*.png)", "SVG (*.svg)"])
    dialog.setDefaultSuffix("png")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen[:3].lower()))
    if not await ask(dialog):
        return
    file = Path(dialog.selectedFiles()[0])
    try:
        await asyncio.to_thread(_write, file, written(chart, file))
    except MusterError as error:
        desk.voice.banner("export", Tone.DANGER, error.message, remedy_of(error))
        return
    desk.voice.toast(_("Exported to {file}").format(file=file.name))


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise StoreError(
            _("{name} could not be written: {cause}.").format(name=file.name, cause=error.strerror),
            N_("Choose another folder and try again."),
        ) from error
