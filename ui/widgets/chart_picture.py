"""A chart as a picture: for the clipboard, for a PNG or an SVG; legend and plot, without buttons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from app.i18n import _
from ui.theme import GRID, tokens
from ui.widgets.chart import Chart

_SCALE = 2.0
"""Pixels of a picture per pixel on screen: sharp in a report too."""
_MARGIN = 2 * GRID


def as_image(chart: Chart) -> QImage:
    """The chart as it is seen, in the colours of the theme."""
    size = _size(chart)
    image = QImage(size * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    _draw(chart, image, size)
    return image


def as_svg(chart: Chart) -> bytes:
    """The same as lines that stay sharp at any size."""
    size, found, buffer = _size(chart), QByteArray(), QBuffer()
    buffer.setBuffer(found)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setTitle(chart.plot.accessibleName())
    generator.setDescription(chart.plot.accessibleDescription())
    _draw(chart, generator, size)
    buffer.close()
    return bytes(found.data())


def written(chart: Chart, file: Path) -> bytes:
    """The bytes of a file, by its suffix: SVG, else PNG."""
    if file.suffix.lower() == ".svg":
        return as_svg(chart)
    found, buffer = QByteArray(), QBuffer()
    buffer.setBuffer(found)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    as_image(chart).save(buffer, "PNG")  # type: ignore[call-overload]  # PySide's stubs want bytes, Qt takes a text
    buffer.close()
    return bytes(found.data())


def _size(chart: Chart) -> QSize:
    width = max(chart.legend.width(), chart.plot.width())
    return QSize(width + 2 * _MARGIN, chart.legend.height() + chart.plot.height() + 2 * _MARGIN)


def _draw(chart: Chart, device: QImage | QSvgGenerator, size: QSize) -> None:
    painter = QPainter(device)
    painter.fillRect(QRect(QPoint(0, 0), size), QColor(tokens().surface))
    painter.translate(_MARGIN, _MARGIN)
    chart.legend.render(painter, QPoint(0, 0), renderFlags=QWidget.RenderFlag.DrawChildren)
    seen = chart.plot.viewport().rect()
    chart.plot.render(painter, QRectF(seen.translated(0, chart.legend.height())), seen)
    painter.end()


def suggested_name(name: str) -> str:
    """The file name that is offered."""
    return _("{name} chart").format(name=name) + ".png"
