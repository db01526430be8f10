"""Opens the palette over the main window with what the window itself offers: its pages, its settings, help."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton

from app.i18n import _
from ui.desk import Desk
from ui.dialogs.palette.dialog import CommandPalette
from ui.dialogs.palette.entries import Group, PaletteEntry

if TYPE_CHECKING:
    from ui.window import MainWindow


def open_palette(window: MainWindow, desk: Desk) -> CommandPalette:
    """Show the palette."""
    palette = CommandPalette(
        desk, [*_pages(window), *_settings(window)], window, open_run=window.shell.run_panel.show_run
    )
    palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    palette.show_over(window)
    return palette


def _pages(window: MainWindow) -> Iterator[PaletteEntry]:
    from ui.window import PAGES, TITLES

    for number, name in enumerate(PAGES, 1):
        yield PaletteEntry(Group.PAGE, _(TITLES[name]), partial(window.open_page, name), keys=f"Ctrl+{number}")


def _settings(window: MainWindow) -> Iterator[PaletteEntry]:
    """Every choice of the settings menu in the corner, whatever it offers."""
    corner = window.tabs.cornerWidget()
    menu = corner.menu() if isinstance(corner, QToolButton | QPushButton) else None
    if menu is not None:
        yield from _choices(menu, "")


def _choices(menu: QMenu, above: str) -> Iterator[PaletteEntry]:
    for action in menu.actions():
        text = action.text().replace("&", "")
        title = _("{menu}: {choice}").format(menu=above, choice=text) if above else text
        inner = action.menu()
        if isinstance(inner, QMenu):
            inner.aboutToShow.emit()  # some are filled when they are opened
            yield from _choices(inner, title)
        elif not action.isSeparator():
            chosen = _("in use") if action.isCheckable() and action.isChecked() else ""
            obstacle, act = ("", action.trigger) if action.isEnabled() else (action.toolTip(), None)
            keys = action.shortcut().toString()
            yield PaletteEntry(Group.SETTING, title, act, chosen, keys, obstacle=obstacle)
