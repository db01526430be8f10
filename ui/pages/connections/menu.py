"""The context menu of a connection: the same actions as the buttons of its details."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu

from app.domain.connections import Connection, ConnectionStatus
from app.i18n import _
from ui.desk import Desk
from ui.pages.connections.actions import ConnectionActions
from ui.pages.connections.details import fill_sync_menu
from ui.pages.connections.life import ConnectionLife
from ui.pages.connections.rows import ConnectionLine
from ui.pages.entries import fill
from ui.theme import Icon, icon


def fill_row_menu(
    menu: QMenu, desk: Desk, actions: ConnectionActions, life: ConnectionLife, line: ConnectionLine | None
) -> None:
    """Put the actions of a row on top of its menu; what is not allowed is disabled with the reason."""
    if line is None:
        return
    connection = line.connection
    paused = connection.status is ConnectionStatus.INACTIVE
    switch = (Icon.PLAY, _("Resume")) if paused else (Icon.PAUSE, _("Pause"))
    menu.setToolTipsVisible(True)
    entries: tuple[tuple[Icon, str, Callable[[Connection], None], str], ...] = (
        (Icon.PLUG, _("Test"), actions.test, "connections.test"),
        (Icon.EDIT, _("Edit"), actions.edit, "connections.update"),
        (*switch, actions.switch, "connections.update"),
        (Icon.DELETE, _("Remove…"), actions.remove, "connections.delete"),
    )
    for drawing, text, act, operation in entries:
        entry = menu.addAction(icon(drawing), text)
        entry.triggered.connect(partial(_do, act, connection))
        refusal = desk.refusal(operation)
        entry.setEnabled(not refusal)
        entry.setToolTip(refusal)
    fetch = menu.addMenu(icon(Icon.REFRESH), _("Sync now"))
    fetch.setEnabled(not paused)
    fill_sync_menu(fetch, desk, actions, connection)
    menu.addSeparator()
    fill(menu, life.entries(line), "connections.menu")


def _do(act: Callable[[Connection], None], connection: Connection, _checked: bool = False) -> None:
    act(connection)
