"""Opens the window: the one place in `app` that knows there is a `ui`, and it imports it only here."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from app.errors import UsageError
from app.i18n import _
from app.places import Home

if TYPE_CHECKING:
    from app.demonstration import DemoSystems


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def open_window(home: Home, world: DemoSystems | None = None) -> int:
    """Show the window on a home, or on a demo world, until it is closed.

    Raises `UsageError` without a display.
    """
    if not has_display():
        raise UsageError(
            _("There is no display to open a window on."), _("Use the commands instead, for example: muster operations")
        )
    from ui.application import run_window

    return run_window(home, demo=world)
