"""The Employees page: people as stored here (screens.md, Employees)."""

from __future__ import annotations

from ui.desk import Desk
from ui.pages.employees.page import EmployeesPage


def make(desk: Desk) -> EmployeesPage:
    """The page, reading its rows at once."""
    return EmployeesPage(desk)
