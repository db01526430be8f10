"""The Live tab: who is in which status now, what waits in the groups, and alarms."""

from ui.pages.workforce.live.page import LivePage

__all__ = ["LivePage"]
