"""The headers of the matrix: people on the left with their total, devices on top with theirs; small ones show a bar."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from app.i18n import _
from ui.pages.devices.coverage.model import CoverageModel
from ui.pages.devices.coverage.tiles import Zoom
from ui.theme import GRID, avatar, device_ratio, tokens

_AVATAR = 20
_PEOPLE_WIDTH = {Zoom.TINY: 6 * GRID, Zoom.SMALL: 44 * GRID, Zoom.MEDIUM: 60 * GRID, Zoom.LARGE: 60 * GRID}
_DEVICES_HEIGHT = {Zoom.TINY: 6 * GRID, Zoom.SMALL: 34 * GRID, Zoom.MEDIUM: 34 * GRID, Zoom.LARGE: 12 * GRID}
_TOTAL_HEIGHT = 5 * GRID


class MatrixHeader(QHeaderView):
    """Paints its sections from the model; the one where the keyboard is stands out."""

    def __init__(self, orientation: Qt.Orientation, model: CoverageModel, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._matrix = model
        self.zoom = Zoom.LARGE
        self.current = -1
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(1)
        across = orientation == Qt.Orientation.Horizontal
        self.setAccessibleName(_("Devices") if across else _("People"))

    def set_zoom(self, zoom: Zoom) -> None:
        """Fit the sections to cells of this size."""
        self.zoom = zoom
        across = self.orientation() == Qt.Orientation.Horizontal
        self.setDefaultSectionSize(zoom.cell.width() if across else zoom.cell.height())
        if across:
            self.setFixedHeight(_DEVICES_HEIGHT[zoom])
        else:
            self.setFixedWidth(_PEOPLE_WIDTH[zoom])

    def sizeHint(self) -> QSize:
        """The room it takes across its sections."""
        return QSize(_PEOPLE_WIDTH[self.zoom], _DEVICES_HEIGHT[self.zoom])

    def mark(self, section: int) -> None:
        """Let this section stand out."""
        if section != self.current:
            self.current = section
            self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One name with its total."""
        painter.save()
        colours = tokens()
        painter.fillRect(rect, QColor(colours.selection if section == self.current else colours.window))
        if self.orientation() == Qt.Orientation.Horizontal:
            self._paint_device(painter, rect, section)
        else:
            self._paint_person(painter, rect, section)
        painter.restore()

    # Inside

    def _paint_person(self, painter: QPainter, rect: QRect, section: int) -> None:
        done, total = self._matrix.total_of_person(section)
        if self.zoom is Zoom.TINY:
            _paint_share(painter, rect.adjusted(GRID, 2, -2, -3), done, total)
            return
        if self.zoom > Zoom.SMALL:
            painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(tokens().line))
        person = self._matrix.person(section)
        area = rect.adjusted(2 * GRID, 0, -2 * GRID, 0)
        painter.setFont(self._sized(Zoom.SMALL))
        if self.zoom > Zoom.SMALL:
            face = avatar(person.name, _AVATAR, device_ratio(painter))
            painter.drawPixmap(area.x(), area.y() + (area.height() - _AVATAR) // 2, face)
            area.setLeft(area.left() + _AVATAR + 2 * GRID)
        area.setRight(area.right() - _paint_total(painter, area, done, total) - 2 * GRID)
        painter.setPen(QColor(tokens().text if person.is_known else tokens().muted))
        _paint_words(painter, area, person.name, Qt.AlignmentFlag.AlignLeft)

    def _paint_device(self, painter: QPainter, rect: QRect, section: int) -> None:
        done, total = self._matrix.total_of_device(section)
        if self.zoom is Zoom.TINY:
            _paint_share(painter, rect.adjusted(2, GRID, -3, -2), done, total, upright=True)
            return
        device = self._matrix.device(section)
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(tokens().line))
        ink = QColor(tokens().text if device.takes_pushes else tokens().muted)
        below = QRect(rect.x(), rect.bottom() - _TOTAL_HEIGHT, rect.width(), _TOTAL_HEIGHT)
        painter.setFont(self._sized(self.zoom))
        painter.setPen(ink)
        if self.zoom is Zoom.LARGE:
            name = QRect(rect.x() + GRID, rect.y() + GRID, rect.width() - 2 * GRID, below.y() - rect.y() - GRID)
            _paint_words(painter, name, device.name, Qt.AlignmentFlag.AlignHCenter)
        else:
            shares = self.zoom is Zoom.SMALL
            _paint_upright(painter, rect.adjusted(0, GRID, 0, -(2 * GRID if shares else _TOTAL_HEIGHT)), device.name)
            if shares:
                _paint_share(painter, QRect(rect.x() + 3, rect.bottom() - 5, rect.width() - 6, 3), done, total)
                return
        painter.setPen(QColor(tokens().muted))
        text = f"{done}/{total}" if self.zoom is Zoom.LARGE else str(done)
        painter.drawText(below.adjusted(0, 0, 0, -2), Qt.AlignmentFlag.AlignCenter, text)

    def _sized(self, zoom: Zoom) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.Normal)
        if self.zoom is Zoom.SMALL and zoom is Zoom.SMALL:
            font.setPixelSize(12)
        return font


def _paint_words(painter: QPainter, area: QRect, text: str, where: Qt.AlignmentFlag) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, where | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_upright(painter: QPainter, area: QRect, text: str) -> None:
    """From below upwards."""
    painter.save()
    painter.translate(area.bottomLeft())
    painter.rotate(-90)
    _paint_words(painter, QRect(GRID, 0, area.height() - GRID, area.width()), text, Qt.AlignmentFlag.AlignLeft)
    painter.restore()


def _paint_total(painter: QPainter, area: QRect, done: int, total: int) -> int:
    """At the right, in grey; answers the room it took."""
    if not total:
        return 0
    text = f"{done}/{total}"
    painter.setPen(QColor(tokens().muted))
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    return painter.fontMetrics().horizontalAdvance(text)


def _paint_share(painter: QPainter, area: QRect, done: int, total: int, *, upright: bool = False) -> None:
    """How much of the whole is done, where no words fit."""
    painter.fillRect(area, QColor(tokens().outline))
    share = done / total if total else 0
    part = QRect(area)
    if upright:
        part.setTop(area.bottom() + 1 - round(area.height() * share))
    else:
        part.setWidth(round(area.width() * share))
    painter.fillRect(part, QColor(tokens().accent))
