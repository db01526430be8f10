"""The command palette (Ctrl+K): one line to find and do anything - operations, pages, settings, runs, offices, people.

    open_palette(window, desk)                                    # over the window
    CommandPalette(desk, [PaletteEntry(Group.PAGE, ...)], window)  # with entries of one's own

Must not know how anything is done: every entry carries what it does.
"""

from ui.dialogs.palette.dialog import CommandPalette
from ui.dialogs.palette.entries import Group, PaletteEntry
from ui.dialogs.palette.opening import open_palette

__all__ = ["CommandPalette", "Group", "PaletteEntry", "open_palette"]
