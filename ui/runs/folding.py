"""Folding the run panel down to its tabs and its bar, and the height it had: both are remembered.

The panel lies in a splitter below the pages; without one it takes the room its layout gives it.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSizePolicy, QSplitter, QWidget

from app.i18n import _
from ui.tables import LayoutStore
from ui.theme import Icon, Ink, icon
from ui.widgets import IconButton

USUAL_HEIGHT = 300
_LEAST_HEIGHT = 200
_HEIGHT, _FOLDED = "run.panel/height", "run.panel/folded"


class Folding(QObject):
    """Shows and hides the `body` of a `panel`; `button` does it by hand."""

    def __init__(self, panel: QWidget, body: QWidget, layouts: LayoutStore) -> None:
        super().__init__(panel)
        self._panel = panel
        self._body = body
        self._layouts = layouts
        self._watched: QSplitter | None = None
        self.button = IconButton(Icon.CHEVRON_DOWN, "", object_name="run.fold")
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
        """Take the remembered height from the pages above."""
        split = self._panel.parentWidget()
        if not isinstance(split, QSplitter):
            return
        if self._watched is not split:
            self._watched = split
            split.splitterMoved.connect(self._remember)
        if self.folded:
            return  # its size policy has done it
        wanted = max(_LEAST_HEIGHT, int(self._layouts.get(_HEIGHT) or USUAL_HEIGHT))
        place = split.indexOf(self._panel)
        sizes = [widget_height for at, widget_height in enumerate(split.sizes()) if at != place]
        rest = max(0, split.height() - wanted)
        total = sum(sizes) or 1
        shares = [rest * size // total for size in sizes]
        shares.insert(place, wanted)
        split.setSizes(shares)

    def _show(self) -> None:
        self._body.setVisible(not self.folded)
        height = QSizePolicy.Policy.Maximum if self.folded else QSizePolicy.Policy.Preferred
        self._panel.setSizePolicy(QSizePolicy.Policy.Preferred, height)  # folded it is as high as its parts
        name = _("Show the results") if self.folded else _("Fold the results away")
        self.button.setIcon(icon(Icon.CHEVRON_UP if self.folded else Icon.CHEVRON_DOWN, Ink.MUTED))
        self.button.setAccessibleName(name)
        self.button.setToolTip(name)

    def _remember(self) -> None:
        if not self.folded:
            self._layouts.set(_HEIGHT, str(self._panel.height()))
