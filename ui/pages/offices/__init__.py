"""The Offices page: Vitec departments as stored here (screens.md, Offices)."""

from ui.pages.offices.page import OfficesPage

__all__ = ["OfficesPage"]
