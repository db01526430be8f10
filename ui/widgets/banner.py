"""Messages that stay until they are dealt with: what happened, what to do, and the buttons to do it.

    banners = BannerArea()
    banners.show_banner("vitec", Tone.DANGER, _("Vitec Hub unauthorized."), _("Enter a new key."), [Action(...)])
    banners.clear("vitec")

The same key replaces what stood there, so that a failure that repeats itself is one banner.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import _
from ui.theme import GRID, Icon, Tone, icon, icon_pixmap, theme, tokens
from ui.widgets.announce import announce
from ui.widgets.buttons import Action, Button, IconButton

ICONS = {
    Tone.DANGER: Icon.ALERT,
    Tone.WARNING: Icon.WARNING,
    Tone.INFO: Icon.INFO,
    Tone.SUCCESS: Icon.DONE,
    Tone.NEUTRAL: Icon.INFO,
}
_ICON = 18


class Banner(QWidget):
    """One message across the width of the page."""

    dismissed = Signal()

    def __init__(
        self,
        tone: Tone,
        text: str,
        remedy: str = "",
        actions: Sequence[Action] = (),
        parent: QWidget | None = None,
        *,
        permanent: bool = False,
    ) -> None:
        super().__init__(parent)
        self.tone = tone
        self.text = text
        self.remedy = remedy
        self.setAccessibleName(text)
        self.setAccessibleDescription(remedy)
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignTop)
        self._labels = [_line(text, role="heading"), _line(remedy, role="")]
        words = QVBoxLayout()
        words.setSpacing(0)
        for label in self._labels:
            label.setVisible(bool(label.text()))
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setSpacing(3 * GRID)
        row.setContentsMargins(4 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        for action in actions:
            row.addWidget(Button.of(action), 0, Qt.AlignmentFlag.AlignVCenter)
        close = IconButton(Icon.CLOSE, _("Dismiss"))
        close.setIcon(icon(Icon.CLOSE, tone))
        close.clicked.connect(self.dismissed)
        close.setVisible(not permanent)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        pair = tokens().tone(self.tone)
        self._icon.setPixmap(icon_pixmap(ICONS[self.tone], _ICON, self.devicePixelRatioF(), pair.ink))
        for label in self._labels:
            label.setStyleSheet(f"color: {pair.ink};")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        pair = tokens().tone(self.tone)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(pair.ground))
        painter.fillRect(0, 0, GRID, self.height(), QColor(pair.ink))


def _line(text: str, *, role: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setProperty("role", role)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class BannerArea(QWidget):
    """Banners below each other, the newest on top; takes no room while there is none."""

    def __init__(self, *, object_name: str = "banners", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._banners: dict[str, Banner] = {}
        self._column = QVBoxLayout(self)
        self._column.setSpacing(1)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_banner(
        self,
        key: str,
        tone: Tone,
        text: str,
        remedy: str = "",
        actions: Sequence[Action] = (),
        *,
        permanent: bool = False,
    ) -> None:
        """Show a banner; it is also announced to assistive tools. One that is `permanent` cannot be dismissed."""
        self.clear(key)
        banner = Banner(tone, text, remedy, actions, self, permanent=permanent)
        banner.setObjectName(f"banner.{key}")
        banner.dismissed.connect(lambda: self.clear(key))
        self._banners[key] = banner
        self._column.insertWidget(0, banner)
        banner.show()
        self.show()
        announce(self, f"{text} {remedy}".strip(), urgent=tone is Tone.DANGER)

    def clear(self, key: str) -> None:
        """Take the banner of that key away, if there is one."""
        banner = self._banners.pop(key, None)
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))

    def keys(self) -> list[str]:
        """What is shown, oldest first."""
        return list(self._banners)

    def banner(self, key: str) -> Banner | None:
        """The banner of that key."""
        return self._banners.get(key)
