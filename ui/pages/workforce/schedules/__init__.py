"""The Schedules tab: planned shifts, who works when, what 1C has of it and how it answered."""

from ui.pages.workforce.schedules.page import SchedulesPage

__all__ = ["SchedulesPage"]
