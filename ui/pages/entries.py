"""What can be done with records, said once for menus and buttons: words, drawing, keys, and why it cannot be now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu

from ui.theme import Icon, icon


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be done with what is chosen; `obstacle` says why it cannot be now."""

    name: str
    drawing: Icon
    words: str
    act: Callable[[], object]
    obstacle: str = ""
    keys: str = ""


def fill(menu: QMenu, entries: Sequence[Entry], prefix: str) -> None:
    """Put entries into a menu; those that cannot be say why."""
    menu.setToolTipsVisible(True)
    for entry in entries:
        action = menu.addAction(icon(entry.drawing), entry.words, entry.act)
        action.setObjectName(f"{prefix}.{entry.name}")
        action.setEnabled(not entry.obstacle)
        action.setToolTip(entry.obstacle)
        if entry.keys:
            action.setShortcut(entry.keys)
