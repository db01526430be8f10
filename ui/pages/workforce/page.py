"""The Workforce page: seven inner tabs, four for 1C and three for the contact centre (screens.md, Workforce).

Each inner tab is a page of its own in a package beside this file.
"""

from __future__ import annotations

import importlib
from typing import cast

from PySide6.QtWidgets import QWidget

from app.i18n import N_, _
from ui.desk import Desk
from ui.pages.tabbed_page import TabbedPage

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


class WorkforcePage(TabbedPage):
    """Shows one inner page at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "workforce", TITLES, spoken=_("Views of the workforce"))
        self.open_last()

    def make_view(self, name: str) -> QWidget:
        """The inner page of that name: `LivePage` of `ui.pages.workforce.live`."""
        module = importlib.import_module(f"ui.pages.workforce.{name}")
        return cast("QWidget", getattr(module, f"{name.capitalize()}Page")(self.desk))

    @property
    def help_name(self) -> str:
        """Whose help F1 shows: that of the inner page in front."""
        return self.front_name

    def show_record(self, record_id: str) -> None:
        """Bring a record into view: of the page that `name:` before it says, else of the page in front."""
        name, colon, record = record_id.partition(":")
        if colon and name in INNER:
            self.open_inner(name, record)
        else:
            super().show_record(record_id)
