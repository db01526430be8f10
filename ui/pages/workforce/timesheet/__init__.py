"""The Timesheet tab: 1C's timesheet with its codes, norm hours, worked time and what 1C made of it."""

from ui.pages.workforce.timesheet.page import TimesheetPage

__all__ = ["TimesheetPage"]
