"""What cells and widgets alike draw: chips, avatars and the focus ring. Draws only; knows no row and no widget."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap

from ui.theme.current import tokens
from ui.theme.icons import Icon, icon_pixmap
from ui.theme.tokens import GRID, RADIUS, Tone

CHIP_HEIGHT = 22
_BAR_HEIGHT = 6
_CHIP_ICON = 14
_CHIP_PADDING = 8

AVATAR_COLOURS = ("#4a6fae", "#9a5b50", "#3e7a55", "#80619f", "#8a6d1f", "#37737f", "#a3527b", "#5f6f3a")
"""White initials on each of these reach 4.5:1; the test reads this tuple."""

TONE_ICONS = {
    Tone.SUCCESS: Icon.CHECK,
    Tone.WARNING: Icon.WARNING,
    Tone.DANGER: Icon.CLOSE,
    Tone.NEUTRAL: Icon.MINUS,
    Tone.INFO: Icon.INFO,
}
"""The icon of a status that names none of its own."""


def chip_size(text: str, metrics: QFontMetrics) -> QSize:
    """The room a chip with icon and text takes."""
    width = _CHIP_PADDING + _CHIP_ICON + GRID + metrics.horizontalAdvance(text) + _CHIP_PADDING
    return QSize(width, max(CHIP_HEIGHT, metrics.height() + GRID))


def draw_chip(painter: QPainter, area: QRect, text: str, tone: Tone, mark: Icon | None = None) -> None:
    """A rounded label of icon, word and status colour at the left of `area`; the word is cut when it does not fit."""
    pair = tokens().tone(tone)
    metrics = painter.fontMetrics()
    size = chip_size(text, metrics)
    chip = QRect(
        area.x(), area.y() + (area.height() - size.height()) // 2, min(size.width(), area.width()), size.height()
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(pair.ground))
    painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2)
    ratio = device_ratio(painter)
    left = chip.x() + _CHIP_PADDING
    top = chip.y() + (chip.height() - _CHIP_ICON) // 2
    painter.drawPixmap(left, top, icon_pixmap(mark or TONE_ICONS[tone], _CHIP_ICON, ratio, pair.ink))
    painter.setPen(QColor(pair.ink))
    words = chip.adjusted(_CHIP_PADDING + _CHIP_ICON + GRID, 0, -_CHIP_PADDING + 1, 0)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, words.width())
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def draw_tick(painter: QPainter, box: QRect, *, ticked: bool) -> None:
    """A tick box, as the style sheet draws those outside of tables."""
    colours = tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(colours.accent if ticked else colours.muted))
    painter.setBrush(QColor(colours.accent if ticked else colours.field))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), GRID, GRID)
    if ticked:
        edge = box.width() - 2
        tick = icon_pixmap(Icon.CHECK, edge, device_ratio(painter), colours.on_accent)
        painter.drawPixmap(box.x() + 1, box.y() + 1, tick)


def draw_bar(painter: QPainter, area: QRect, share: object, tone: Tone | None = None) -> None:
    """How full something is, from 0 to 1, as a flat bar across `area`; nothing where that is not known."""
    if not isinstance(share, float | int):
        return
    colours = tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    whole = QRectF(area.x(), area.center().y() - _BAR_HEIGHT / 2 + 0.5, area.width(), _BAR_HEIGHT)
    painter.setBrush(QColor(colours.outline))
    painter.drawRoundedRect(whole, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
    if share > 0:
        full = whole.adjusted(0, 0, -whole.width() * (1 - min(float(share), 1.0)), 0)
        full.setWidth(max(full.width(), _BAR_HEIGHT))  # a little is not nothing
        painter.setBrush(QColor(colours.accent if tone is None else colours.tone(tone).ink))
        painter.drawRoundedRect(full, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)


def device_ratio(painter: QPainter) -> float:
    """The scale of the screen painted on."""
    device = painter.device()
    return device.devicePixelRatio() if device is not None else 1.0


def draw_focus(painter: QPainter, area: QRect) -> None:
    """The ring that shows where the keyboard is, inside `area`."""
    width = tokens().focus_width
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens().accent), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = width / 2
    painter.drawRoundedRect(QRectF(area).adjusted(inset, inset, -inset, -inset), RADIUS - 2, RADIUS - 2)


def initials(name: str) -> str:
    """First letters of first and last word: `Åse Marie Kristiansen` gives `ÅK`."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def avatar_colour(name: str) -> str:
    """A colour that stays the same for a name on every machine."""
    return AVATAR_COLOURS[hashlib.blake2b(name.encode(), digest_size=1).digest()[0] % len(AVATAR_COLOURS)]


def avatar(name: str, edge: int, ratio: float, picture: QPixmap | None = None) -> QPixmap:
    """A round picture of `edge` logical pixels, or the initials on the name's colour when there is none."""
    if picture is None or picture.isNull():
        return _initials_avatar(name, edge, round(ratio, 2))
    scaled = picture.scaled(
        QSize(edge, edge) * ratio,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    scaled.setDevicePixelRatio(1.0)
    brush = QBrush(scaled)
    result, painter = _round_canvas(edge, ratio)
    painter.scale(1 / ratio, 1 / ratio)
    pixels = round(edge * ratio)
    painter.setBrushOrigin(QPointF((pixels - scaled.width()) / 2, 0))  # faces sit in the upper part: cut below
    painter.setBrush(brush)
    painter.drawEllipse(QRectF(0, 0, pixels, pixels))
    painter.end()
    return result


@lru_cache(maxsize=2048)
def _initials_avatar(name: str, edge: int, ratio: float) -> QPixmap:
    result, painter = _round_canvas(edge, ratio)
    painter.setBrush(QColor(avatar_colour(name)))
    painter.drawEllipse(QRectF(0, 0, edge, edge))
    font = QFont(painter.font())
    font.setPixelSize(max(8, round(edge * 0.4)))
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff"))
    path = QPainterPath()
    path.addText(0, 0, font, initials(name))  # as a path: centred on the ink, not on the line height
    ink = path.boundingRect()
    painter.translate(QPointF(edge / 2, edge / 2) - ink.center())
    painter.fillPath(path, QColor("#ffffff"))
    painter.end()
    return result


def _round_canvas(edge: int, ratio: float) -> tuple[QPixmap, QPainter]:
    result = QPixmap(QSize(edge, edge) * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    return result, painter
