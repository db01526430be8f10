"""Starts the window: Qt's application, the shared event loop, then the workspace behind the first painted frame.

The window is on screen before anything that the first page does not need is imported; closing it cancels what runs,
closes the workspace and only then ends the loop.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.i18n import use_language
from app.places import Home
from app.settings import SettingsFile
from ui.collecting import Collector
from ui.qt_texts import QtTexts
from ui.theme import ThemeChoice, apply_theme
from ui.window import MainWindow

if TYPE_CHECKING:
    from app.demonstration import DemoSystems

# A thread that computes holds the interpreter for at most this long before the window gets its turn.
SWITCH_INTERVAL_S = 0.0002


def run_window(
    home: Home, *, demo: DemoSystems | None = None, started: Callable[[MainWindow], None] | None = None
) -> int:
    """Show the window until it is closed; `started` is called once the workspace is open."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    application = make_application()
    collector = Collector(application, lambda: window.is_working)
    settings = SettingsFile(home.settings)
    use_language(settings.values.language, QLocale.system().uiLanguages()[0])
    application.installTranslator(QtTexts(application))
    apply_theme(application, ThemeChoice(settings.values.theme))
    window = MainWindow(home, settings, demo=demo is not None)
    window.show()
    # Only now what the first frame does not need: the log, asyncio, the loop.
    import asyncio

    from qasync import QEventLoop

    from app.logs import start_logging
    from ui.life import live

    start_logging(home)

    with QEventLoop(application) as loop:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(live(window, demo, started))
    collector.stop()
    return 0


def make_application() -> QApplication:
    """The one `QApplication`, which does not end when a window is closed."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Muster")
    application.setApplicationDisplayName("Muster")
    application.setDesktopFileName("muster")
    application.setQuitOnLastWindowClosed(False)
    return application
