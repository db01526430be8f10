"""Room at the left of what a spin box says: the sheet's padding, which other fields have, does not reach inside one."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QAbstractSpinBox

from ui.theme import GRID

B = TypeVar("B", bound=QAbstractSpinBox)


def inset(box: B) -> B:
    """The same box, its text as far from the edge as that of the fields above and below it."""
    box.lineEdit().setTextMargins(2 * GRID - 2, 0, 0, 0)
    return box
