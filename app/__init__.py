"""Muster without its window: domain, connectors, store, operations, demo world and command line.

Nothing in this package may import Qt; `ui` stands on it, never the other way round.
"""

__version__ = "0.1.0"
