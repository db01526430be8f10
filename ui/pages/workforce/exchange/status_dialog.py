"""How the contact centre and its outbox are, as far as is known here (contact-center.md §7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n import _
from app.operations.runner import Report
from ui.pages.workforce.exchange.actions import ExchangeActions
from ui.tables import format_value
from ui.texts import moment_text
from ui.theme import GRID, Tone
from ui.widgets import Button, DetailsPane


class StatusDialog(QDialog):
    """The facts of `cc.status`; every word of it can be selected and copied."""

    def __init__(self, parent: QWidget, name: str, result: Mapping[str, Any]) -> None:
        super().__init__(parent)
        self.setObjectName("exchange.status_dialog")
        self.setWindowTitle(_("Status of {name}").format(name=name))
        self.details = DetailsPane(object_name="exchange.status_facts")
        self._tell(name, result)
        close = Button(_("Close"), object_name="exchange.status_close")
        close.clicked.connect(self.reject)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.details, 1)
        column.addLayout(buttons)
        self.resize(480, 520)
        close.setFocus()

    def _tell(self, name: str, result: Mapping[str, Any]) -> None:
        add = self.details.add_row
        connected = bool(result.get("connected"))
        chip = (_("Connected"), Tone.SUCCESS) if connected else (_("Not connected"), Tone.WARNING)
        self.details.set_heading(name, with_picture=False, chip=chip)
        self.details.clear_rows()
        if error := result.get("error"):
            add(_("Last error"), str(error), tone=Tone.DANGER)
        add(_("Checked"), _moment(result.get("checked_at")))
        self.details.add_section(_("Accounts"))
        accounts = result.get("accounts", {})
        add(_("Groups"), format_value(accounts.get("groups", 0)))
        add(_("Agents"), format_value(accounts.get("agents", 0)))
        if not accounts.get("groups") and not accounts.get("agents"):
            self.details.add_note(_("Fetch groups and agents once: then unknown ids in files are noticed."))
        self.details.add_section(_("Status updates in the outbox"))
        updates = result.get("status_updates", {})
        waiting = int(updates.get("waiting", 0))
        add(_("Waiting"), format_value(waiting), tone=Tone.WARNING if waiting else None)
        if waiting:
            add(_("The oldest since"), _moment(updates.get("oldest")))
        add(_("Taken by the receiver"), format_value(updates.get("taken", 0)))
        add(_("Refused by the receiver"), format_value(updates.get("refused", 0)))
        add(_("Too late to be sent"), format_value(updates.get("too_late", 0)))


def _moment(text: object) -> str:
    return moment_text(datetime.fromisoformat(text)) if isinstance(text, str) and text else ""


def show_status(actions: ExchangeActions, report: Report) -> None:
    """Show what a run of `cc.status` found."""
    if report.error is None and isinstance(report.run.result, dict):
        dialog = StatusDialog(actions.page, report.run.connection, report.run.result)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
