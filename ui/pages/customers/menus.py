"""The menus of the Customers page: the rest of its actions behind the header, and those of the selected customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu

from app.domain.customers import Customer, CustomerStatus
from app.i18n import _
from ui.pages.customers.actions import (
    CHECK,
    DEACTIVATE,
    IMPORT,
    MARK,
    UNMARK,
    CustomerActions,
    switch_obstacle,
    system_address,
)
from ui.pages.entries import Entry, fill
from ui.theme import Icon


def row_entries(actions: CustomerActions, chosen: Sequence[Customer]) -> list[Entry]:
    """What can be done with the chosen customers."""
    first = chosen[0]
    one = "" if len(chosen) == 1 else _("Choose one customer.")
    no_domain = "" if any(c.domain for c in chosen) else _("The customer has no domain.")
    no_system = "" if system_address(first, test=False) else _("Its domain is no address.")
    no_test = "" if system_address(first, test=True) else _("There is no address of a test system.")
    inactive = all(c.status is CustomerStatus.INACTIVE for c in chosen)
    pulled = "" if any(c.last_pulled for c in chosen) else _("Nobody has marked a pull of this backup yet.")
    return [
        Entry("check", Icon.REFRESH, _("Check again"), lambda: actions.check(chosen), actions.obstacle(CHECK),
              "Ctrl+R"),
        Entry("mark_pulled", Icon.DONE, _("Mark as pulled"), lambda: actions.mark_pulled(chosen),
              actions.obstacle(MARK), "Ctrl+M"),
        Entry("unmark_pulled", Icon.UNDO, _("Take the newest mark back"), lambda: actions.unmark_pulled(chosen),
              actions.obstacle(UNMARK) or pulled),
        Entry("open", Icon.EXTERNAL, _("Open system"), lambda: actions.open_system(first), one or no_system, "Ctrl+O"),
        Entry("open_test", Icon.FLASK, _("Open test system"), lambda: actions.open_system(first, test=True),
              one or no_test, "Ctrl+Shift+O"),
        Entry("copy_domain", Icon.COPY, _("Copy domain"), lambda: actions.copy_domain(chosen), no_domain, "Ctrl+D"),
        Entry("password", Icon.KEY, _("Support password"), lambda: actions.look_at_password(first),
              actions.password_obstacle(chosen)),
        Entry("switch", Icon.PLAY if inactive else Icon.PAUSE, _("Activate") if inactive else _("Deactivate …"),
              lambda: actions.switch(chosen), actions.obstacle(DEACTIVATE) or switch_obstacle(chosen)),
    ]  # fmt: skip


def fill_row_menu(menu: QMenu, actions: CustomerActions, chosen: Sequence[Customer]) -> None:
    """The entries for the selected rows."""
    if chosen:
        fill(menu, row_entries(actions, chosen), "customers.row")


def more_entries(
    actions: CustomerActions, failed: Callable[[], Sequence[Customer]], export: Callable[[], None]
) -> list[Entry]:
    """The menu behind the three dots."""
    again = "" if failed() else _("No check failed.")
    return [
        Entry("check_failed", Icon.REFRESH, _("Check the failed ones again"), lambda: actions.check(failed()),
              actions.obstacle(CHECK) or again),
        Entry("import_pulled", Icon.IMPORT, _("Import pulls from a file …"), actions.import_pulled,
              actions.obstacle(IMPORT)),
        Entry("export", Icon.DOWNLOAD, _("Export …"), export),
    ]  # fmt: skip
