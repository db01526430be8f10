"""The menus of the Timesheet tab: the rest of its actions behind the header, and those of worked time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtWidgets import QMenu

from app.domain.onec import NormMode
from app.i18n import _, ngettext
from ui.pages.workforce.timesheet.actions import CHECK, KEEP, NORMS, POST, HourActions, may_be_posted_again
from ui.pages.workforce.timesheet.reading import WorkLine
from ui.tables import format_value
from ui.theme import Icon, icon


def fill_more(
    menu: QMenu, actions: HourActions, days: Callable[[], tuple[date, date]], codes: Callable[[], None],
    export: Callable[[], None],
) -> None:  # fmt: skip
    """The menu behind the three dots."""
    menu.clear()
    menu.setToolTipsVisible(True)
    norms = actions.obstacle(NORMS)
    for mode, words in (
        (NormMode.MONTH, _("Fetch norm hours by month")),
        (NormMode.QUARTER, _("Fetch norm hours by quarter")),
        (NormMode.YEAR, _("Fetch norm hours by year")),
    ):
        _add(menu, f"norms_{mode.value}", Icon.CLOCK, words, partial(_fetch_norms, actions, days, mode), norms)
    menu.addSeparator()
    _add(menu, "enter", Icon.PLUS, _("Enter worked time …"), actions.enter, actions.obstacle(KEEP), "Ctrl+N")
    _add(menu, "import", Icon.IMPORT, _("Import worked time from a file …"), actions.import_worked,
         actions.obstacle(KEEP))  # fmt: skip
    lack = "" if actions.connection is not None else _("Add a 1C connection first.")
    _add(menu, "codes", Icon.EDIT, _("Codes of working time …"), codes, lack)
    menu.addSeparator()
    _add(menu, "export_shown", Icon.DOWNLOAD, _("Export …"), export)


def _fetch_norms(actions: HourActions, days: Callable[[], tuple[date, date]], mode: NormMode) -> None:
    actions.fetch_norms(days(), mode)


def fill_work_menu(menu: QMenu, actions: HourActions, chosen: Sequence[WorkLine]) -> None:
    """The entries for the selected days of worked time."""
    if not chosen:
        return
    menu.setToolTipsVisible(True)
    first, alone = chosen[0], "" if len(chosen) == 1 else _("Choose one day.")
    sendable = [line for line in chosen if line.sendable]
    sent = [line for line in chosen if line.receipt is not None]
    kept = [line for line in chosen if line.kept is not None]
    keep = actions.obstacle(KEEP)
    none_kept = "" if kept else _("What was sent can only be corrected in 1C.")
    _add(menu, "row.post", Icon.SEND, _("Preview and send …"), lambda: actions.post(sendable),
         actions.obstacle(POST) or ("" if sendable else _("There is nothing of it to send.")))  # fmt: skip
    _add(menu, "row.check", Icon.SEARCH, _("Check in 1C"), lambda: actions.check(sent),
         actions.obstacle(CHECK) or ("" if sent else _("It was not sent yet.")))  # fmt: skip
    not_before = "" if may_be_posted_again(first) else _("It was not sent before.")
    _add(menu, "row.again", Icon.SEND, _("Send again …"), lambda: actions.post_again(first),
         actions.obstacle(POST) or alone or not_before)  # fmt: skip
    _add(menu, "row.edit", Icon.EDIT, _("Edit …"), lambda: actions.edit(first), keep or alone or none_kept, "F2")
    delete = ngettext("Delete {count} day", "Delete {count} days", len(kept)).format(count=format_value(len(kept)))
    _add(menu, "row.delete", Icon.DELETE, delete, lambda: actions.delete(kept), keep or none_kept, "Del")


def _add(
    menu: QMenu, name: str, drawing: Icon, words: str, act: Callable[[], object], obstacle: str = "", keys: str = ""
) -> None:
    """An entry; one that cannot be chosen says why."""
    action = menu.addAction(icon(drawing), words)
    action.triggered.connect(lambda _checked=False: act())
    action.setObjectName(f"timesheet.{name}")
    action.setEnabled(not obstacle)
    action.setToolTip(obstacle)
    if keys:
        action.setShortcut(keys)
