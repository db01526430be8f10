"""The Offices page: Vitec departments as stored here (screens.md, Offices)."""

from __future__ import annotations

from ui.desk import Desk
from ui.pages.offices.page import OfficesPage


def make(desk: Desk) -> OfficesPage:
    """The page, reading its rows at once."""
    return OfficesPage(desk)
