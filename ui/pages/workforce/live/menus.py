"""The menus of the Live page: what can be done with an agent, and the rest behind the header."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from app.domain.contact_center.records import OnlineStatus
from app.i18n import _
from app.operations.contact_center.live_meaning import Meaning
from ui.pages.workforce.live.actions import LINK, LINK_ALL, MEANING, MEANINGS, PERSONNEL, SEND, LiveActions
from ui.pages.workforce.live.lines import AgentLine
from ui.theme import Icon, icon

Entry = tuple[str, Icon, str, Callable[[], object], str]
"""Name, drawing, words, what it does, and why it cannot be done now."""


def fill_row_menu(menu: QMenu, act: LiveActions, chosen: Sequence[AgentLine]) -> None:
    """The entries for the chosen agents."""
    if not chosen:
        return
    first = chosen[0]
    no_link = "" if first.employee_id else _("It is linked to nobody.")
    no_hand = "" if first.by_hand else _("The number decides already.")
    linking = act.obstacle(LINK, chosen)
    _fill(menu, "live.row", [
        ("set_status", Icon.SEND, _("Set status …"), lambda: act.set_status(first), act.obstacle(SEND, chosen)),
        ("link", Icon.USER, _("Link to a person …"), lambda: act.link(first), linking),
        ("unlink", Icon.NO_USER, _("Unlink"), lambda: act.unlink(first), linking or no_link),
        ("by_number", Icon.UNDO, _("Let the number decide"), lambda: act.let_number_decide(first), linking or no_hand),
    ])  # fmt: skip
    if first.status is not None:
        _add_meanings(menu, act, first.status)


def _add_meanings(menu: QMenu, act: LiveActions, status: OnlineStatus) -> None:
    """What the status of the agent counts as."""
    inner = menu.addMenu(_("“{status}” counts as").format(status=status.state_name))
    inner.setObjectName("live.row.meaning")
    inner.setEnabled(not act.obstacle(MEANING))
    for meaning in Meaning:
        action = inner.addAction(_(MEANINGS[meaning]), partial(act.set_meaning, status, meaning))
        action.setObjectName(f"live.row.meaning.{meaning.name.lower()}")


def fill_more_menu(menu: QMenu, act: LiveActions, export: Callable[[], None]) -> None:
    """The menu behind the three dots, as it is now."""
    menu.clear()
    _fill(menu, "live", [
        ("personnel", Icon.USERS, _("Read groups and agents"), act.read_personnel, act.obstacle(PERSONNEL)),
        ("link_all", Icon.USER, _("Link accounts by personnel number"), act.link_all, act.obstacle(LINK_ALL)),
        ("requests", Icon.HISTORY, _("Requests …"), act.show_requests, act.no_connection),
        ("export", Icon.DOWNLOAD, _("Export …"), export, ""),
    ])  # fmt: skip


def _fill(menu: QMenu, prefix: str, entries: Sequence[Entry]) -> None:
    menu.setToolTipsVisible(True)
    for name, drawing, words, act, obstacle in entries:
        action = menu.addAction(icon(drawing), words, act)
        action.setObjectName(f"{prefix}.{name}")
        action.setEnabled(not obstacle)
        action.setToolTip(obstacle)
