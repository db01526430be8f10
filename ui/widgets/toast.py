"""Good news that goes by itself, bottom right, without taking the focus.

A toast is never the only place of a message: counts stand on the page as well, failures in a banner.

    Toast.show_in(window, _("Updated 5 of 5 offices"))
    Toast.show_in(window, _("Marked 3 customers as pulled"), action=Action(_("Undo"), undo))
"""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QLabel, QWidget

from app.i18n import _
from ui.theme import GRID, RADIUS, Icon, Tone, icon, icon_pixmap, theme, tokens
from ui.widgets.announce import announce
from ui.widgets.banner import ICONS
from ui.widgets.buttons import Action, Button, IconButton

SHORTEST_MS = 6_000
"""No toast goes sooner: slow readers need the time (WCAG 2.2, 2.2.1)."""
_WITH_ACTION_MS = 12_000
_FADE_MS = 250
_WIDEST = 480
_ICON = 18
_GAP = 2 * GRID
_EDGE = 4 * GRID


class Toast(QWidget):
    """One message over the corner of a window; several stack upwards."""

    def __init__(self, window: QWidget, text: str, tone: Tone, for_ms: int, action: Action | None = None) -> None:
        super().__init__(window)
        self.text = text
        self._tone = tone
        self.setObjectName("toast")
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._icon = QLabel()
        words = QLabel(text, wordWrap=True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        self._words = words
        close = IconButton(Icon.CLOSE, _("Dismiss"))
        close.setIcon(icon(Icon.CLOSE))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it goes by itself and must not trap the keyboard
        close.clicked.connect(self.close)
        row = QHBoxLayout(self)
        row.setSpacing(3 * GRID)
        row.setContentsMargins(4 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.addWidget(self._icon)
        row.addWidget(words, 1)
        if action is not None:
            row.addWidget(self._button(action))
        row.addWidget(close)
        words.setMinimumWidth(min(_WIDEST - 110, words.fontMetrics().horizontalAdvance(text) + GRID))
        self._timer = QTimer(self, interval=max(SHORTEST_MS, for_ms), singleShot=True)
        self._timer.timeout.connect(self._fade)
        theme.changed.connect(self._dress)
        window.installEventFilter(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dress()

    def _button(self, action: Action) -> Button:
        """What can still be done about it; the keyboard reaches it by Tab, and need not pass it."""
        button = Button.of(action)
        button.clicked.connect(self.close)
        return button

    @classmethod
    def show_in(
        cls,
        window: QWidget,
        text: str,
        tone: Tone = Tone.SUCCESS,
        *,
        for_ms: int = SHORTEST_MS,
        action: Action | None = None,
    ) -> Toast:
        """Show `text` for `for_ms` milliseconds, at least six seconds; the mouse over it stops the clock.

        With an `action`, such as Undo, it stays at least twice as long.
        """
        toast = cls(window, text, tone, max(for_ms, _WITH_ACTION_MS if action else 0), action)
        toast.adjustSize()
        toast.show()
        toast.raise_()
        _stack(window)
        toast._timer.start()
        announce(window, text)
        return toast

    def enterEvent(self, event: QEnterEvent) -> None:
        """The clock stops under the mouse."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse has left."""
        self._timer.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the window changes its size."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            _stack(watched)
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints itself from the tokens."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(tokens().outline))
        painter.setBrush(QColor(tokens().surface))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _dress(self) -> None:
        ink = tokens().tone(self._tone).ink
        self._icon.setPixmap(icon_pixmap(ICONS[self._tone], _ICON, self.devicePixelRatioF(), ink))
        self.update()

    def _fade(self) -> None:
        veil = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(veil)
        fading = QPropertyAnimation(veil, b"opacity", self)
        fading.setDuration(_FADE_MS)
        fading.setStartValue(1.0)
        fading.setEndValue(0.0)
        fading.setEasingCurve(QEasingCurve.Type.InQuad)
        fading.finished.connect(self.close)
        fading.start()


def _stack(window: QWidget) -> None:
    """The newest lowest, bottom right."""
    bottom = window.height() - _EDGE - 6 * GRID  # clear of the status bar
    for toast in reversed(window.findChildren(Toast, options=Qt.FindChildOption.FindDirectChildrenOnly)):
        if toast.isVisible():
            bottom -= toast.height()
            toast.move(window.width() - toast.width() - _EDGE, bottom)
            bottom -= _GAP
