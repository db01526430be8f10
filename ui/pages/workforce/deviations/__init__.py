"""Deviations: plan against fact against 1C in one table, with the cause of each gap (onec-zup.md §6.2)."""

from ui.pages.workforce.deviations.page import DeviationsPage

__all__ = ["DeviationsPage"]
