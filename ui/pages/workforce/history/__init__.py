"""The History tab: charts of what a contact centre did, over the table they come from."""

from ui.pages.workforce.history.page import HistoryPage

__all__ = ["HistoryPage"]
