"""The Devices page: terminals as stored here, who is on which of them, and pushing to them (screens.md, Devices)."""

from ui.pages.devices.page import DevicesPage

__all__ = ["DevicesPage"]
