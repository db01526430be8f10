"""The menu behind the three dots: the contact centre itself, whose groups and agents rows are checked against."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from app.i18n import _
from ui.pages.workforce.exchange.actions import PERSONNEL, STATUS, TEST, ExchangeActions
from ui.pages.workforce.exchange.status_dialog import show_status
from ui.theme import Icon, icon


def fill_more(menu: QMenu, actions: ExchangeActions, export: Callable[[], None]) -> None:
    """Fill the menu; what cannot be now says why."""
    menu.clear()
    menu.setToolTipsVisible(True)
    entries = (
        ("personnel", Icon.USERS, _("Fetch groups and agents"), actions.fetch_personnel, actions.obstacle(PERSONNEL)),
        ("status", Icon.INFO, _("Status and outbox …"), lambda: actions.show_status(lambda r: show_status(actions, r)),
         actions.obstacle(STATUS)),
        ("test", Icon.PLUG, _("Test the connection"), actions.test, actions.obstacle(TEST)),
        ("settings", Icon.SETTINGS, _("Settings of the connection …"), actions.edit_connection,
         actions.obstacle("connections.update")),
        ("export_table", Icon.DOWNLOAD, _("Export what is shown …"), export, ""),
    )  # fmt: skip
    for name, drawing, words, act, obstacle in entries:
        action = menu.addAction(icon(drawing), words, act)
        action.setObjectName(f"exchange.{name}")
        action.setEnabled(not obstacle)
        action.setToolTip(obstacle)
