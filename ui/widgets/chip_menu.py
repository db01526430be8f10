"""A chip that opens a menu of filters of one kind, where chips side by side would take too much room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from app.i18n import _
from ui.theme import GRID, Icon, theme
from ui.widgets.chip_button import CHIP_HEIGHT, DRAWING, PADDING, ChipButton, paint_chip


class ChipMenu(QAbstractButton):
    """A chip that opens a menu of filters of one kind: `Support level`, or the chosen one: `Enterprise 201`.

    Hidden while no row passes any of them.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._buttons: list[ChipButton] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self.open_menu)
        theme.changed.connect(self.update)
        self.show_choice()

    def add(self, button: ChipButton) -> None:
        """Offer this filter too."""
        self._buttons.append(button)

    def show_choice(self) -> None:
        """Say what is chosen, and read the counts anew."""
        chosen = next((button.text() for button in self._buttons if button.isChecked()), "")
        self.setText(chosen or self._title)
        spoken = _("{title}: {choice}").format(title=self._title, choice=chosen or _("Any"))
        self.setAccessibleName(spoken)
        self.setToolTip(spoken if chosen else "")
        self.setHidden(not any(button.isChecked() or button.count != 0 for button in self._buttons))
        self.updateGeometry()
        self.update()

    def open_menu(self) -> None:
        """Show the choices below."""
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """Any of them, then each with its count; one at a time."""
        menu = QMenu(self)
        menu.setAccessibleName(self._title)
        chosen = next((button for button in self._buttons if button.isChecked()), None)
        release = chosen.click if chosen is not None else lambda: None
        self._offer(menu, _("Any"), f"{self.objectName()}.any", release, on=chosen is None)
        menu.addSeparator()
        for button in self._buttons:
            self._offer(menu, button.text(), button.objectName(), button.click, on=button is chosen)
        return menu

    def _offer(self, menu: QMenu, text: str, name: str, act: Callable[[], None], *, on: bool) -> None:
        entry = menu.addAction(text, act)
        entry.setObjectName(name)
        entry.setCheckable(True)
        entry.setChecked(on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter open the menu, as Space does."""
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """The room it would like."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + DRAWING + GRID + 2 * PADDING
        return QSize(width, max(CHIP_HEIGHT, self.fontMetrics().height() + 2 * GRID))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        chosen = any(button.isChecked() for button in self._buttons)
        paint_chip(self, self.text(), Icon.CHEVRON_DOWN, chosen=chosen, after=True)
