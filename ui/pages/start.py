"""What a person meets at the first start: three ways to begin, each one sentence. It only says which was chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import _
from ui.desk import Desk
from ui.permissions import permit
from ui.theme import GRID, RADIUS, Icon, Ink, draw_focus, icon_pixmap, theme, tokens

_CARD = QSize(288, 156)
_ICON = 28
_PADDING = 5 * GRID


class StartPage(QWidget):
    """Three cards in the middle of the window; the first has the keyboard."""

    demo_chosen = Signal()
    add_chosen = Signal()
    import_chosen = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.setAutoFillBackground(True)
        welcome = QLabel(_("Welcome to Muster"), alignment=Qt.AlignmentFlag.AlignHCenter)
        welcome.setProperty("role", "title")
        about = QLabel(_("How would you like to begin? The other ways stay open."))
        about.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        about.setProperty("role", "muted")
        self.demo = Card(Icon.FLASK, _("Explore with demo data"), _demo_words(), "start.demo")
        self.add = Card(Icon.PLUG, _("Add a connection"), _add_words(), "start.add")
        self.take_over = Card(Icon.IMPORT, _("Import settings from a .env file"), _import_words(), "start.import")
        self.demo.clicked.connect(self.demo_chosen)
        self.add.clicked.connect(self.add_chosen)
        self.take_over.clicked.connect(self.import_chosen)
        for card in (self.add, self.take_over):
            permit(desk, card, "connections.create")
        self._arrange(welcome, about)

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard begins at the first card."""
        super().showEvent(event)
        self.demo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _arrange(self, welcome: QLabel, about: QLabel) -> None:
        cards = QHBoxLayout()
        cards.setSpacing(4 * GRID)
        cards.addStretch()
        for card in (self.demo, self.add, self.take_over):
            cards.addWidget(card)
        cards.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 6 * GRID, 6 * GRID, 6 * GRID)
        column.setSpacing(GRID)
        column.addStretch(2)
        column.addWidget(welcome)
        column.addWidget(about)
        column.addSpacing(6 * GRID)
        column.addLayout(cards)
        column.addStretch(3)


class Card(QAbstractButton):
    """A large choice: icon, title and one sentence; Enter and Space choose it, arrows go to the next."""

    def __init__(self, drawing: Icon, title: str, sentence: str, object_name: str) -> None:
        super().__init__()
        self._drawing = drawing
        self._usual = sentence
        self.setText(title)
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        self._say(sentence)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(_CARD.width() + 12 * GRID)
        theme.changed.connect(self.update)

    def refuse(self, reason: str) -> None:
        """Disable; the reason stands where the sentence stood."""
        self._say(reason)
        self.setEnabled(False)
        self.setToolTip(reason)

    def allow(self) -> None:
        """Enable again."""
        self._say(self._usual)
        self.setEnabled(True)
        self.setToolTip("")

    def _say(self, sentence: str) -> None:
        self._sentence = sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a title and three lines at the usual font size."""
        lines = self.fontMetrics().lineSpacing()
        return QSize(_CARD.width(), max(_CARD.height(), _ICON + 5 * lines + 2 * _PADDING + 4 * GRID))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, as Space does; arrows move between the cards."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self.focusNextPrevChild(True)
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self.focusNextPrevChild(False)
            case _:
                super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The mouse over it lights it up."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """And out again."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A quiet card with its icon, title and sentence."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.isEnabled() and (self.underMouse() or self.isDown())
        painter.setPen(QPen(QColor(colours.accent if lit else colours.outline), 1))
        painter.setBrush(QColor(colours.hover if lit else colours.surface))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        ink = colours.ink(Ink.ACCENT) if self.isEnabled() else colours.disabled
        painter.drawPixmap(_PADDING, _PADDING, icon_pixmap(self._drawing, _ICON, self.devicePixelRatioF(), ink))
        self._paint_words(painter)
        if self.hasFocus():
            draw_focus(painter, self.rect())

    def _paint_words(self, painter: QPainter) -> None:
        colours = tokens()
        wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
        title = QFont(self.font())
        title.setWeight(QFont.Weight.DemiBold)
        top = _PADDING + _ICON + 3 * GRID
        room = QRect(_PADDING, top, self.width() - 2 * _PADDING, self.height() - top - GRID)
        painter.setFont(title)
        painter.setPen(QColor(colours.text if self.isEnabled() else colours.muted))
        taken = painter.boundingRect(room, wrap, self.text())
        painter.drawText(room, wrap, self.text())
        painter.setFont(self.font())
        painter.setPen(QColor(colours.muted))
        painter.drawText(room.adjusted(0, taken.height() + GRID, 0, 0), wrap, self._sentence)


def _demo_words() -> str:
    return _("An invented firm in a window of its own: try everything, nothing real is touched.")


def _add_words() -> str:
    return _("Enter address and key of a system you have, test it, then fetch offices and people.")


def _import_words() -> str:
    return _("Take over addresses and keys from the settings file of an earlier installation.")
