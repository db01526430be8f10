"""The Workforce page: people, schedules and hours of 1C, and what a contact centre does now and did before."""

from ui.pages.workforce.page import WorkforcePage

__all__ = ["WorkforcePage"]
