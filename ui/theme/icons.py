"""The icons of the program: Lucide drawings (ISC licence, beside them in `resources/icons`), tinted by the theme.

An icon is drawn from its SVG at the exact size and scale asked for, in the colour in force at that moment, so it is
crisp at every scale and follows a switch of theme by itself.

    button.setIcon(icon(Icon.REFRESH))
    painter.drawPixmap(at, icon_pixmap(Icon.CHECK, 14, painter.device().devicePixelRatio(), "#17663f"))
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.places import resource
from ui.theme.current import tokens
from ui.theme.tokens import Ink, Tone

ICON_SIZE = 16
"""Usual edge of an icon in buttons and menus, in pixels."""


class Icon(StrEnum):
    """The drawings we use; the value is the file's name."""

    ARROW_RIGHT = "arrow-right"
    ALERT = "circle-alert"
    ASK = "circle-question-mark"
    BUILDING = "building-2"
    CHECK = "check"
    CHEVRON_DOWN = "chevron-down"
    CHEVRON_UP = "chevron-up"
    CLOCK = "clock"
    CLOSE = "x"
    COLUMNS = "columns-3"
    COPY = "copy"
    DATABASE = "database"
    DELETE = "trash-2"
    DIFFERENT = "equal-not"
    DONE = "circle-check"
    DOWNLOAD = "download"
    EDIT = "pencil"
    EXTERNAL = "external-link"
    EXTRA = "user-plus"
    EYE = "eye"
    FACE = "scan-face"
    FAILED = "circle-x"
    FIT = "maximize"
    FLASK = "flask-conical"
    HISTORY = "history"
    IMPORT = "file-input"
    INFO = "info"
    KEY = "key-round"
    LOADER = "loader"
    LOCK = "lock"
    MINUS = "circle-minus"
    MORE = "ellipsis"
    MOVE = "move-horizontal"
    NO_NETWORK = "wifi-off"
    NO_PHOTO = "image-off"
    NO_USER = "user-x"
    PAUSE = "pause"
    PLAY = "play"
    PLUG = "plug"
    PLUS = "plus"
    POINTER = "mouse-pointer-2"
    RADAR = "radar"
    REFRESH = "refresh-cw"
    SEARCH = "search"
    SEND = "send"
    SETTINGS = "settings"
    UNDO = "rotate-ccw"
    USER = "user"
    USERS = "users"
    VERIFY = "shield-check"
    WARNING = "triangle-alert"
    ZOOM_IN = "zoom-in"
    ZOOM_OUT = "zoom-out"


@lru_cache(maxsize=256)
def icon(name: Icon, ink: Ink | Tone = Ink.TEXT) -> QIcon:
    """An icon for buttons and menus; the same object for the same question."""
    return QIcon(_Tinted(name, ink))


def app_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(resource("icons", "muster.svg")))


def icon_pixmap(name: Icon, size: int, ratio: float, colour: str) -> QPixmap:
    """One drawing of `size` logical pixels for a screen of scale `ratio`, in `#rrggbb`."""
    return _pixmap(name, size, round(ratio, 2), colour)


@lru_cache(maxsize=1024)
def _pixmap(name: Icon, size: int, ratio: float, colour: str) -> QPixmap:
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode())).render(
        painter, QRectF(0, 0, size, size)
    )
    painter.end()
    return pixmap


@lru_cache(maxsize=64)
def _drawing(name: Icon) -> str:
    return resource("icons", f"{name.value}.svg").read_text(encoding="utf-8")


class _Tinted(QIconEngine):
    """Draws one icon in the colour that the theme gives it now."""

    def __init__(self, name: Icon, ink: Ink | Tone) -> None:
        super().__init__()
        self._name = name
        self._ink = ink

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        device = painter.device()
        edge = min(rect.width(), rect.height())
        ratio = device.devicePixelRatio() if device is not None else 1.0
        at = rect.center() - QPoint((edge - 1) // 2, (edge - 1) // 2)
        painter.drawPixmap(at, icon_pixmap(self._name, edge, ratio, self._colour(mode)))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State, scale: float) -> QPixmap:
        """A drawing of `size` logical pixels for a screen of scale `scale`; what is wider stays empty on the right."""
        drawing = icon_pixmap(self._name, min(size.width(), size.height()), scale, self._colour(mode))
        if size.width() == size.height():
            return QPixmap(drawing)
        canvas = QPixmap(size * scale)
        canvas.setDevicePixelRatio(scale)
        canvas.fill(Qt.GlobalColor.transparent)
        painter = QPainter(canvas)
        painter.drawPixmap(0, 0, drawing)
        painter.end()
        return canvas

    def clone(self) -> QIconEngine:
        return _Tinted(self._name, self._ink)

    def _colour(self, mode: QIcon.Mode) -> str:
        return tokens().disabled if mode == QIcon.Mode.Disabled else tokens().ink(self._ink)
