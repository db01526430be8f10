"""The menus of the Schedules tab: the rest of its actions behind the header, and those of the selected lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu

from app.i18n import _, ngettext
from ui.pages.workforce.schedules.actions import CHANGE, PLAN, SEND, ScheduleActions
from ui.pages.workforce.schedules.reading import MonthLine, ShiftLine
from ui.tables import format_value
from ui.theme import Icon, icon


def fill_more(menu: QMenu, actions: ScheduleActions, export: Callable[[], None]) -> None:
    """The menu behind the three dots."""
    menu.clear()
    menu.setToolTipsVisible(True)
    _add(menu, "enter", Icon.PLUS, _("Enter shift …"), actions.enter, actions.obstacle(CHANGE), "Ctrl+N")
    _add(menu, "import", Icon.IMPORT, _("Import shifts from a file …"), actions.import_plan, actions.obstacle(PLAN))
    _add(menu, "export_shown", Icon.DOWNLOAD, _("Export …"), export)


def fill_shift_menu(menu: QMenu, actions: ScheduleActions, chosen: Sequence[ShiftLine]) -> None:
    """The entries for the selected shifts."""
    if not chosen:
        return
    menu.setToolTipsVisible(True)
    one = "" if len(chosen) == 1 else _("Choose one shift.")
    delete = ngettext("Delete {count} shift", "Delete {count} shifts", len(chosen))
    reason = actions.obstacle(CHANGE)
    _add(menu, "row.edit", Icon.EDIT, _("Edit …"), lambda: actions.edit(chosen[0]), reason or one, "F2")
    _add(menu, "row.enter", Icon.PLUS, _("Enter shift …"), lambda: actions.enter(chosen[0].worker, chosen[0].day),
         reason, "Ctrl+N")  # fmt: skip
    _add(menu, "row.delete", Icon.DELETE, delete.format(count=format_value(len(chosen))),
         lambda: actions.delete(chosen), reason, "Del")  # fmt: skip


def fill_month_menu(
    menu: QMenu, actions: ScheduleActions, chosen: Sequence[MonthLine], send: Callable[[Sequence[MonthLine]], None]
) -> None:
    """The entries for the selected months of people."""
    if not chosen:
        return
    menu.setToolTipsVisible(True)
    unsent = [line for line in chosen if line.state.unsent]
    nothing = "" if unsent else _("There is nothing of it to send.")
    _add(menu, "row.send", Icon.SEND, _("Preview and send …"), lambda: send(unsent), actions.obstacle(SEND) or nothing)
    _add(menu, "row.enter", Icon.PLUS, _("Enter shift …"), lambda: actions.enter(chosen[0].worker, chosen[0].first),
         actions.obstacle(CHANGE), "Ctrl+N")  # fmt: skip


def _add(
    menu: QMenu, name: str, drawing: Icon, words: str, act: Callable[[], object], obstacle: str = "", keys: str = ""
) -> None:
    """An entry; one that cannot be chosen says why."""
    action = menu.addAction(icon(drawing), words)
    action.triggered.connect(lambda _checked=False: act())
    action.setObjectName(f"schedules.{name}")
    action.setEnabled(not obstacle)
    action.setToolTip(obstacle)
    if keys:
        action.setShortcut(keys)
