"""The Workforce page: seven inner tabs, four for 1C and three for the contact centre (screens.md, Workforce).

Each inner tab is a page of its own in a package beside this file, made when it is first shown; what the window asks of
the Workforce page goes to the one in front.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.i18n import N_, _
from ui.desk import Desk
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.window import Page

TITLES = {
    "personnel": N_("Personnel"),
    "schedules": N_("Schedules"),
    "timesheet": N_("Timesheet"),
    "deviations": N_("Deviations"),
    "live": N_("Live"),
    "history": N_("History"),
    "exchange": N_("Data exchange"),
}
INNER = tuple(TITLES)
"""The inner tabs from left to right; each is a package beside this file."""
KEPT = "workforce/tab"


class WorkforcePage(QWidget):
    """Shows one inner page at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.pages: dict[str, QWidget] = {}
        self.tabs = QTabBar(drawBase=False, expanding=False, usesScrollButtons=True)
        self.tabs.setObjectName("workforce.tabs")
        self.tabs.setAccessibleName(_("Views of the workforce"))
        self.tabs.setProperty("look", "inner")
        for name in INNER:
            self.tabs.addTab(_(TITLES[name]))
        self.stack = QStackedWidget()
        self._arrange()
        self.tabs.currentChanged.connect(self._show)
        kept = desk.layouts.get(KEPT)
        self.tabs.setCurrentIndex(INNER.index(kept) if kept in INNER else 0)
        self._show(self.tabs.currentIndex())

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(3 * GRID, 2 * GRID, 4 * GRID, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.stack, 1)

    def _show(self, index: int) -> None:
        if index < 0:
            return
        page = self.inner(INNER[index])
        self.stack.setCurrentWidget(page)
        self.setFocusProxy(page)
        if not self.tabs.hasFocus():  # whoever walks along the tabs by keyboard stays there
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.layouts.set(KEPT, INNER[index])

    def inner(self, name: str) -> QWidget:
        """The inner page of that name, made on first use: `LivePage` of `ui.pages.workforce.live`."""
        if name not in self.pages:
            module = importlib.import_module(f"ui.pages.workforce.{name}")
            made = cast("QWidget", getattr(module, f"{name.capitalize()}Page")(self.desk))
            self.pages[name] = made
            self.stack.addWidget(made)
        return self.pages[name]

    def open_inner(self, name: str, record: str = "") -> None:
        """Bring an inner page to the front, and a record of it into view."""
        self.tabs.setCurrentIndex(INNER.index(name))
        if record:
            cast("Page", self.inner(name)).show_record(record)

    @property
    def help_name(self) -> str:
        """Whose help F1 shows: that of the inner page in front."""
        return INNER[self.tabs.currentIndex()]

    # -- what the window asks of a page --------------------------------------------------------------------------

    def _front(self) -> Page:
        return cast("Page", self.stack.currentWidget())

    def refresh(self) -> None:
        """Read the store again for the page in front."""
        self._front().refresh()

    def sync(self) -> None:
        """What F5 does in the page in front."""
        self._front().sync()

    def preview(self) -> None:
        """What Shift+F5 does in the page in front."""
        self._front().preview()

    def show_record(self, record_id: str) -> None:
        """Bring a record into view: of the page that `name:` before it says, else of the page in front."""
        name, colon, record = record_id.partition(":")
        if colon and name in INNER:
            self.open_inner(name, record)
        else:
            self._front().show_record(record_id)
