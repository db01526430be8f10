"""The Employees page: people as stored here (screens.md, Employees)."""

from ui.pages.employees.page import EmployeesPage

__all__ = ["EmployeesPage"]
