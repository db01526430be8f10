"""Qt's own words in the window, the menus of text fields, through the catalogue of everything else.

Qt comes without Norwegian bokmål and Romanian.
"""

from __future__ import annotations

from PySide6.QtCore import QTranslator

from app.i18n import N_, _

_WORDS = frozenset(
    {
        N_("&Undo"),
        N_("&Redo"),
        N_("Cu&t"),
        N_("&Copy"),
        N_("&Paste"),
        N_("Delete"),
        N_("Select All"),
        N_("&Select All"),
        N_("&Step up"),
        N_("Step &down"),
    }
)


class QtTexts(QTranslator):
    """Installed once in the application; asked by Qt for every text of its own."""

    def isEmpty(self) -> bool:
        """It has something to say."""
        return False

    def translate(self, _context: str, text: str, _note: str | None = None, _count: int = -1) -> str | None:
        """The text in the person's language, or None for Qt's English."""
        return _(text) if text in _WORDS else None
