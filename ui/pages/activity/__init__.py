"""The Activity page: every run there was, who started it, how it ended, and going on from there (screens.md)."""

from __future__ import annotations

from ui.desk import Desk
from ui.pages.activity.page import ActivityPage

__all__ = ["ActivityPage", "make"]


def make(desk: Desk) -> ActivityPage:
    """The page; it reads its rows when it is shown."""
    return ActivityPage(desk)
