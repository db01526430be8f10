"""Folding the run panel down to its tabs and its bar, and the height it had: both are remembered.

The panel lies in a splitter below the pages; without one it takes the room its layout gives it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSplitter, QWidget

from app.i18n import _
from ui.tables import LayoutStore
from ui.theme import Icon, Ink, icon
from ui.widgets import IconButton

USUAL_HEIGHT = 320
_LEAST_HEIGHT = 200
_NO_LIMIT = 16_777_215  # Qt's QWIDGETSIZE_MAX
_HEIGHT, _FOLDED = "run.panel/height", "run.panel/folded"


class Folding(QObject):
    """Shows and hides the `body` of a `panel`, of which the `rest` stays; `button` does it by hand."""

    def __init__(self, panel: QWidget, body: QWidget, rest: Sequence[QWidget], layouts: LayoutStore) -> None:
        super().__init__(panel)
        self._panel = panel
        self._body = body
        self._rest = rest
        self._layouts = layouts
        self._watched: QSplitter | None = None
        self.button = IconButton(Icon.CHEVRON_DOWN, _("Fold the results away"), object_name="run.fold")
        self.folded = layouts.get(_FOLDED) == "yes"
        self.button.clicked.connect(lambda: self.fold(on=not self.folded))
        self._show()

    def fold(self, *, on: bool) -> None:
        """Leave tabs and bar only, or bring the results back."""
        self.folded = on
        self._layouts.set(_FOLDED, "yes" if on else "no")
        self._show()
        self.take_room()

    def take_room(self) -> None:
        """Take the remembered height from the pages above, or folded only what is needed."""
        least = sum(self._height_of(part) for part in self._rest)
        wanted = least if self.folded else max(_LEAST_HEIGHT, int(self._layouts.get(_HEIGHT) or USUAL_HEIGHT))
        self._panel.setMaximumHeight(least if self.folded else _NO_LIMIT)
        split = self._panel.parentWidget()
        if not isinstance(split, QSplitter):
            return
        if self._watched is not split:
            self._watched = split
            split.splitterMoved.connect(self._remember)
        place = split.indexOf(self._panel)
        others = [height for at, height in enumerate(split.sizes()) if at != place]
        room = max(0, split.height() - wanted)
        shares = [room * height // (sum(others) or 1) for height in others]
        split.setSizes([*shares[:place], wanted, *shares[place:]])

    def _height_of(self, part: QWidget) -> int:
        wide = self._panel.width()
        return part.heightForWidth(wide) if part.hasHeightForWidth() else part.sizeHint().height()

    def _show(self) -> None:
        self._body.setVisible(not self.folded)
        name = _("Show the results") if self.folded else _("Fold the results away")
        self.button.setIcon(icon(Icon.CHEVRON_UP if self.folded else Icon.CHEVRON_DOWN, Ink.MUTED))
        self.button.setAccessibleName(name)
        self.button.setToolTip(name)

    def _remember(self) -> None:
        if not self.folded:
            self._layouts.set(_HEIGHT, str(self._panel.height()))
