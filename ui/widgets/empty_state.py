"""What stands where rows would stand: an icon, a title, a sentence and the next sensible actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.theme import GRID, Icon, Ink, Tone, icon_pixmap, theme, tokens
from ui.widgets.buttons import Action, Button

_ICON = 32
_WIDTH = 440


class EmptyState(QWidget):
    """Centred in the room it gets; `show_message` replaces everything."""

    def __init__(self, *, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._drawing = Icon.SEARCH
        self._ink: Ink | Tone = Ink.MUTED
        self._icon = QLabel(self, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._title = QLabel(self, alignment=Qt.AlignmentFlag.AlignHCenter, wordWrap=True)
        self._title.setProperty("role", "title")
        self._text = QLabel(self, alignment=Qt.AlignmentFlag.AlignHCenter, wordWrap=True)
        self._text.setProperty("role", "muted")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2 * GRID)
        column = QVBoxLayout()
        column.setSpacing(2 * GRID)
        column.addStretch(2)
        for label in (self._icon, self._title, self._text):
            column.addWidget(label)
        column.addSpacing(2 * GRID)
        column.addLayout(self._buttons)
        column.addStretch(3)
        sides = QHBoxLayout(self)
        sides.addStretch()
        sides.addLayout(column)
        sides.addStretch()
        self._text.setFixedWidth(_WIDTH)
        self._title.setFixedWidth(_WIDTH)
        theme.changed.connect(self._draw)

    def show_message(
        self,
        drawing: Icon,
        title: str,
        text: str,
        actions: Sequence[Action] = (),
        *,
        ink: Ink | Tone = Ink.MUTED,
    ) -> None:
        """Say this, and offer these actions."""
        self._drawing, self._ink = drawing, ink
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._offer(actions)
        self._draw()

    def _offer(self, actions: Sequence[Action]) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._buttons.addStretch()
        for action in actions:
            button = Button.of(action, self)
            self._buttons.addWidget(button)
            button.show()
        self._buttons.addStretch()

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icon_pixmap(self._drawing, _ICON, ratio, tokens().ink(self._ink)))

    def sizeHint(self) -> QSize:
        """The room it would like."""
        return QSize(_WIDTH + 8 * GRID, 240)
