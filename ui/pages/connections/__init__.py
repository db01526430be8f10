"""The Connections page: the remote systems, how each one is, and what can be done with it (connections.md §14)."""

from ui.pages.connections.page import ConnectionsPage

__all__ = ["ConnectionsPage"]
