"""How something is, in one glance: icon, word and colour, with the evidence behind it as tooltip and description."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Icon, Tone, chip_size, draw_chip, draw_focus, theme


class StatusChip(QWidget):
    """`set_status(_("Connected"), Tone.SUCCESS, detail=_("checked 2 min ago"))`."""

    def __init__(self, *, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = ""
        self._tone = Tone.NEUTRAL
        self._mark: Icon | None = None
        self.setObjectName(object_name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def word(self) -> str:
        """The word shown."""
        return self._word

    @property
    def tone(self) -> Tone:
        """The status shown."""
        return self._tone

    def set_status(self, word: str, tone: Tone, *, detail: str = "", mark: Icon | None = None) -> None:
        """Show this; `detail` says on what evidence and how old it is."""
        self._word, self._tone, self._mark = word, tone, mark
        self.setAccessibleName(word)
        self.setAccessibleDescription(detail)
        self.setToolTip(detail)
        # Only a chip with something to tell is a stop on the way of the Tab key.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if detail else Qt.FocusPolicy.NoFocus)
        self.setVisible(bool(word))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The room it would like."""
        return chip_size(self._word, self.fontMetrics())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        painter = QPainter(self)
        draw_chip(painter, self.rect(), self._word, self._tone, self._mark)
        if self.hasFocus():
            draw_focus(painter, self.rect())
