"""The tabs inside a page: one look, one name for assistive tools, and a way along them from anywhere in the page.

Ctrl+Tab and Ctrl+Shift+Tab walk the tabs of a page; where a view behind such a tab has tabs of its own, Ctrl+Page Down
and Ctrl+Page Up walk those, as sheets in a spreadsheet.
"""

from __future__ import annotations

from enum import Enum
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabBar, QWidget


class TabKeys(Enum):
    """The keys to the next tab and to the one before."""

    OF_PAGE = ("Ctrl+Tab", "Ctrl+Shift+Tab")
    OF_VIEW = ("Ctrl+PgDown", "Ctrl+PgUp")


class InnerTabs(QTabBar):
    """A tab bar whose keys reach it from anywhere in `within`; after the last tab comes the first."""

    def __init__(
        self, within: QWidget, *, name: str, object_name: str, keys: TabKeys = TabKeys.OF_PAGE, scrolls: bool = False
    ) -> None:
        """`scrolls` lets it get narrower than its tabs need; beside other controls it does not give way."""
        super().__init__(drawBase=False, expanding=False, usesScrollButtons=scrolls)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.setProperty("look", "inner")
        for sequence, step in zip(keys.value, (1, -1), strict=True):
            shortcut = QShortcut(QKeySequence(sequence), within)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.walk, step))

    def walk(self, step: int) -> None:
        """Go so many tabs on, or back where it is negative."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + step) % self.count())
