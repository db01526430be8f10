"""Clearing what a connection fetched: says how many records go, and wants the name of the connection typed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.causes import remedy_of
from app.domain.connections import Connection
from app.i18n import _, ngettext
from app.operations.runner import Request
from ui.desk import Desk
from ui.dialogs.typed import TypedDialog
from ui.tables import format_value
from ui.theme import Tone
from ui.widgets import ask

OPERATION = "connections.clear_data"


class ClearDialog(TypedDialog):
    """The number, and what stays."""

    def __init__(self, parent: QWidget, connection: Connection, count: int) -> None:
        text = ngettext(
            "{count} record that was fetched or imported from files is taken away. The next sync fetches it again as "
            "far as the system still has it.",
            "{count} records that were fetched or imported from files are taken away. The next sync fetches them again "
            "as far as the system still has them.",
            count,
        ).format(count=format_value(count))
        stays = _("Links to people, marks, plans, what was sent, settings and history stay.")
        title = _("Clear local data of {name}?").format(name=connection.name)
        label = ngettext("Clear {count} record", "Clear {count} records", count).format(count=format_value(count))
        super().__init__(parent, "clear", connection.name, title, (text, stays), label)


async def clear_local_data(parent: QWidget, desk: Desk, connection: Connection) -> None:
    """Count, ask and clear."""
    counted = await desk.report_of(Request(OPERATION, connection.id, dry_run=True))
    if counted is None:
        return
    if counted.error is not None:
        desk.voice.banner(OPERATION, Tone.DANGER, counted.error.message, remedy_of(counted.error))
        return
    count = int(counted.run.summary.get("total", 0))
    if not count:
        desk.voice.toast(_("{name} keeps no data here.").format(name=connection.name))
        return
    if not await ask(ClearDialog(parent, connection, count)):
        return
    report = await desk.report_of(Request(OPERATION, connection.id, {"confirm": True}))
    if report is None:
        return
    if report.error is not None:
        desk.voice.banner(OPERATION, Tone.DANGER, report.error.message, remedy_of(report.error))
        return
    gone = int(report.run.summary.get("removed", 0))
    text = ngettext("{count} record was cleared.", "{count} records were cleared.", gone)
    desk.voice.toast(text.format(count=format_value(gone)))
