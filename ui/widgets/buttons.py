"""Buttons: their looks, and the reason a disabled one gives.

sync = Button(_("Sync offices"), look=Look.PRIMARY, icon=Icon.REFRESH, object_name="offices.sync")
sync.refuse(_("Add a Vitec connection first."))   # disabled, and says why
sync.allow()
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from ui.theme import ICON_SIZE, Icon, Ink, Tone, icon


class Look(StrEnum):
    """How much weight a button has."""

    PRIMARY = "primary"  # at most one on a page
    NORMAL = "normal"
    DANGER = "danger"  # removes or deactivates; its text names number and effect


@dataclass(frozen=True, slots=True)
class Action:
    """A button to be offered by a banner, an empty state or a toast."""

    label: str
    run: Callable[[], object]
    look: Look = Look.NORMAL
    icon: Icon | None = None
    object_name: str = ""


_GAP = 3
"""Added to Qt's fixed four pixels between icon and text."""

_INKS: dict[Look, Ink | Tone] = {Look.PRIMARY: Ink.ON_ACCENT, Look.DANGER: Tone.DANGER}


class Button(QPushButton):
    """A push button with text."""

    def __init__(
        self,
        text: str,
        *,
        look: Look = Look.NORMAL,
        icon: Icon | None = None,
        object_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._look = look
        self._tip = ""
        self.setProperty("look", look.value)
        self.setIconSize(QSize(ICON_SIZE + _GAP, ICON_SIZE))
        self.setObjectName(object_name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_icon(icon)

    @classmethod
    def of(cls, action: Action, parent: QWidget | None = None) -> Button:
        """The button of an action."""
        button = cls(action.label, look=action.look, icon=action.icon, object_name=action.object_name, parent=parent)
        button.clicked.connect(lambda _checked=False: action.run())
        return button

    def set_icon(self, drawing: Icon | None) -> None:
        """Put this icon before the text, or none."""
        if drawing is not None:
            self.setIcon(icon(drawing, _INKS.get(self._look, Ink.TEXT)))

    def set_tip(self, text: str) -> None:
        """What the button does, shown while it is enabled."""
        self._tip = text
        if self.isEnabled():
            self.setToolTip(text)

    def refuse(self, reason: str) -> None:
        """Disable; `reason` is the tooltip and is read aloud."""
        self.setEnabled(False)
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)

    def allow(self) -> None:
        """Enable again."""
        self.setEnabled(True)
        self.setToolTip(self._tip)
        self.setAccessibleDescription("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button the keyboard is on; Qt would press a dialog's default one, Save for Cancel."""
        if _is_enter(event):
            self.click()
        else:
            super().keyPressEvent(event)

    def permit(self, obstacle: str) -> None:
        """Enable where nothing stands in the way, else disable and say what does."""
        if obstacle:
            self.refuse(obstacle)
        else:
            self.allow()


class IconButton(QToolButton):
    """A square button with an icon alone; `name` is read aloud and shown as tooltip."""

    def __init__(
        self,
        drawing: Icon,
        name: str,
        *,
        object_name: str = "",
        ink: Ink = Ink.MUTED,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("look", "icon")
        self.setIcon(icon(drawing, ink))
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setObjectName(object_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as it does any button."""
        if _is_enter(event):
            self.click()
        else:
            super().keyPressEvent(event)


class MenuButton(QPushButton):
    """A button that opens a menu: `Push to devices ⌄`, or the three dots with the rest of a page's actions."""

    def __init__(
        self, text: str, menu: QMenu, *, name: str = "", object_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("look", "normal" if text else "icon")
        self.setIcon(icon(Icon.CHEVRON_DOWN if text else Icon.MORE))
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        if text:
            self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the word
        self.setAccessibleName(name or text)
        self.setToolTip(name)
        self.setObjectName(object_name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMenu(menu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the menu, as Space does."""
        if _is_enter(event):
            self.showMenu()
        else:
            super().keyPressEvent(event)


def _is_enter(event: QKeyEvent) -> bool:
    """Enter alone, pressed once; with Ctrl it is somebody else's."""
    bare = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
    return bare and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat()
