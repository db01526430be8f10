"""What a cell of the matrix looks like, drawn once per state and zoom, then copied: always icon and colour.

A frame of many thousand small cells is put together from the pixel lines of these tiles by joining bytes, which is a
hundred times quicker than painting cell by cell from Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.domain.coverage import CoverageState
from ui.pages.devices.coverage.grid import BLANK, STATES
from ui.pages.devices.coverage.model import FADED
from ui.texts import COVERAGE_TONES
from ui.theme import GRID, Icon, Tone, icon_pixmap, tokens

COVERAGE_ICONS = {
    CoverageState.VERIFIED: Icon.CHECK,
    CoverageState.SENT: Icon.SEND,
    CoverageState.PHOTO_MISSING: Icon.NO_PHOTO,
    CoverageState.DIFFERENT: Icon.DIFFERENT,
    CoverageState.MISSING: Icon.NO_USER,
    CoverageState.EXTRA: Icon.EXTRA,
    CoverageState.FAILED: Icon.CLOSE,
    CoverageState.WAITING: Icon.MORE,
}
_MARKS = {
    CoverageState.VERIFIED: (".....",) * 5,
    CoverageState.SENT: (".....", "..#..", ".###.", "..#..", "....."),
    CoverageState.PHOTO_MISSING: (".###.", "#...#", "#...#", "#...#", ".###."),
    CoverageState.DIFFERENT: (".....", "#####", ".....", "#####", "....."),
    CoverageState.MISSING: (".....", ".....", "#####", ".....", "....."),
    CoverageState.EXTRA: ("..#..", "..#..", "#####", "..#..", "..#.."),
    CoverageState.FAILED: ("#...#", ".#.#.", "..#..", ".#.#.", "#...#"),
    CoverageState.WAITING: (".....", ".....", "#.#.#", ".....", "....."),
}
"""Where no icon fits: five by five points; what is as it should be stays plain, so that the rest stands out."""
_LOUD = frozenset({Tone.WARNING, Tone.DANGER})
_FADED_OPACITY = 0.22
_PILL = QSize(44, 18)
_BYTES = 4


class Zoom(IntEnum):
    """How large a cell is."""

    TINY = 0
    SMALL = 1
    MEDIUM = 2
    LARGE = 3

    @property
    def cell(self) -> QSize:
        """Size in pixels; multiples of four, so that they are whole at every usual scale of a screen."""
        return (QSize(8, 8), QSize(20, 20), QSize(48, 28), QSize(104, 28))[self]


@dataclass(frozen=True)
class Tiles:
    """The tiles of one zoom: `lines[y][code]` are the bytes of one line of pixels of a cell."""

    width: int
    height: int
    ratio: float
    lines: Sequence[Sequence[bytes]]

    def paint(self, painter: QPainter, x: int, y: int, rows: Sequence[bytes]) -> None:
        """Paint all cells of some rows of codes as one picture; equal rows are put together once."""
        known: dict[bytes, bytes] = {}
        for codes in rows:
            if codes not in known:
                known[codes] = b"".join([b"".join(map(line.__getitem__, codes)) for line in self.lines])
        pixels = b"".join(map(known.__getitem__, rows))  # the picture only points at them: they must outlive it
        width = self.width * len(rows[0])
        picture = QImage(pixels, width, self.height * len(rows), width * _BYTES, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(self.ratio)
        painter.drawImage(x, y, picture)


def make_tiles(zoom: Zoom, ratio: float) -> Tiles:
    """Draw the tiles of a zoom in the colours in force, for a screen of scale `ratio`."""
    plain = [_tile(zoom, ratio, state, faded=False) for state in STATES] + [_tile(zoom, ratio, None, faded=False)]
    faded = [_tile(zoom, ratio, state, faded=True) for state in STATES] + [plain[BLANK]]
    empty = [plain[BLANK]] * (FADED - len(plain))
    images = [*plain, *empty, *faded]
    width, height = plain[0].width(), plain[0].height()
    lines = [
        [bytes(cast("memoryview", image.constScanLine(y)))[: width * _BYTES] for image in images] for y in range(height)
    ]
    return Tiles(width, height, ratio, lines)


def _tile(zoom: Zoom, ratio: float, state: CoverageState | None, *, faded: bool) -> QImage:
    size = zoom.cell
    tile = QImage(size * ratio, QImage.Format.Format_RGB32)
    tile.setDevicePixelRatio(ratio)
    tile.fill(QColor(tokens().surface))
    painter = QPainter(tile)
    if zoom > Zoom.SMALL:
        painter.fillRect(0, size.height() - 1, size.width(), 1, QColor(tokens().line))
    if state is not None:
        painter.setOpacity(_FADED_OPACITY if faded else 1)
        _draw_state(painter, zoom, ratio, state)
    painter.end()
    return tile


def _draw_state(painter: QPainter, zoom: Zoom, ratio: float, state: CoverageState) -> None:
    pair = tokens().tone(COVERAGE_TONES[state])
    area = QRect(QPoint(0, 0), zoom.cell)
    if zoom is Zoom.TINY:
        loud = COVERAGE_TONES[state] in _LOUD
        ground, ink = (pair.ink, pair.ground) if loud else (pair.ground, pair.ink)
        painter.fillRect(area.adjusted(0, 0, -1, -1), QColor(ground))
        for y, line in enumerate(_MARKS[state], 1):
            for x, mark in enumerate(line, 1):
                if mark == "#":
                    painter.fillRect(x, y, 1, 1, QColor(ink))
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(pair.ground))
    edge = 12 if zoom is Zoom.SMALL else 14
    if zoom is Zoom.SMALL:
        painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), GRID / 2, GRID / 2)
    else:
        pill = QRect(QPoint(0, 0), _PILL.boundedTo(area.size() - QSize(GRID, GRID)))
        pill.moveCenter(area.center())
        painter.drawRoundedRect(pill, GRID, GRID)
    at = QPoint((area.width() - edge) // 2, (area.height() - edge) // 2)
    painter.drawPixmap(at, icon_pixmap(COVERAGE_ICONS[state], edge, ratio, pair.ink))
