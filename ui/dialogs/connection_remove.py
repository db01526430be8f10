"""Removing a connection: one with a history is deactivated first; its history goes once its name is typed
(connections.md §1).
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection, ConnectionStatus
from app.i18n import _, ngettext
from app.operations.runner import Report, Request
from ui.desk import Desk
from ui.dialogs.typed import TypedDialog
from ui.tables import format_value
from ui.theme import Tone
from ui.widgets import ask, confirm

OPERATION = "connections.delete"


class PurgeDialog(TypedDialog):
    """How many runs go with the connection, and what stays."""

    def __init__(self, parent: QWidget, connection: Connection, runs: int) -> None:
        text = ngettext(
            "{name} is removed with its history: {count} run, and all that it fetched and sent. This cannot be undone.",
            "{name} is removed with its history: {count} runs, and all that they fetched and sent. This cannot be "
            "undone.",
            runs,
        ).format(name=connection.name, count=format_value(runs))
        stays = _("Offices, people, devices and the audit trail stay.")
        title = _("Remove {name} with its history?").format(name=connection.name)
        label = _("Remove with its history")
        super().__init__(parent, "purge", connection.name, title, (text, stays), label)


async def remove_connection(parent: QWidget, desk: Desk, connection: Connection) -> None:
    """Ask what suits it, then remove or deactivate it."""
    asked = await _report(desk, connection, dry_run=True)
    if asked is None:
        return
    has_history = not asked.run.result["removed"]
    deactivated = connection.status is ConnectionStatus.INACTIVE and not connection.secrets
    if has_history and deactivated:
        if not await ask(PurgeDialog(parent, connection, int(asked.run.result["runs"]))):
            return
        done = await _report(desk, connection, params={"purge": True, "confirm": True})
    else:
        if not await _confirmed(parent, connection, has_history=has_history):
            return
        done = await _report(desk, connection)
    if done is not None:
        gone = done.run.result["removed"]
        said = _("Removed {name}.") if gone else _("Deactivated {name}; remove it again to take its history away too.")
        desk.voice.toast(said.format(name=connection.name))


async def _confirmed(parent: QWidget, connection: Connection, *, has_history: bool) -> bool:
    name = connection.name
    if has_history:
        title, label = _("Deactivate {name}?").format(name=name), _("Deactivate {name}").format(name=name)
        text = _("It has a history, so it is deactivated: its keys are deleted from this computer and it runs no more.")
    else:
        title, label = _("Remove {name}?").format(name=name), _("Remove {name} and its keys").format(name=name)
        text = _("Its settings and keys are deleted from this computer. Offices, people and history stay.")
    return await confirm(parent, title, text, label, danger=True)


async def _report(desk: Desk, connection: Connection, **request: Any) -> Report | None:
    """How it ended; where that was early a banner says why, and there is none."""
    report = await desk.report_of(Request(OPERATION, connection.id, **request))
    if report is not None and report.error is not None:
        desk.voice.banner(OPERATION, Tone.DANGER, report.error.message, remedy_of(report.error))
        return None
    return report
