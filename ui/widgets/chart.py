"""A chart of series over time that stays quick with a hundred thousand points, by pyqtgraph.

    chart = Chart(name=_("Chart of the history"), object_name="history.chart", zone=zone)
    chart.show_data(ChartData(starts, ends, (Series("offered", _("Offered"), values, str),), …))
    chart.picked.connect(select_rows)          # first, last, whether it adds to what is selected
    chart.show_selected([(3, 7)])

pyqtgraph is MIT, made for Qt's own drawing and works on the numpy that OpenCV brings; QtCharts is GPL in PySide6, not
in PySide6-Essentials, and takes seconds for so many points. It is imported with this module, so import this late: it
costs the start of a window half a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n import _
from ui.theme import GRID, draw_focus, theme, tokens
from ui.widgets.chart_items import Bands, Shade
from ui.widgets.chart_legend import Legend, LegendEntry
from ui.widgets.chart_marks import colour, line_pen, marker_edge, symbol_of
from ui.widgets.chart_thinning import averages, drawn_length, extremes, highest
from ui.widgets.chart_ticks import round_top, time_ticks, value_ticks
from ui.widgets.chart_view import Drag, TimeView
from ui.widgets.elided import ElidedLabel

Numbers = NDArray[np.float64]
_STEP = 1.5
"""How much a key zooms."""
_PAN = 0.1
"""The part of what is seen that an arrow key pans by."""
_FEW = 400
"""Up to so many points are seen one by one: with dashes, smooth."""
_SHORT = 4_000
"""A longer line, in pixels, is drawn without them: smooth dashes take a millisecond for every thousand."""
_MARKER_EVERY = 90  # pixels
_TICK_EVERY = 110  # pixels
_LINE_EVERY = 46  # pixels
_HEADROOM = 1.04
"""A little room over the highest tick."""
_FEWEST = 6  # points that can be zoomed to


@dataclass(frozen=True, slots=True)
class Series:
    """One line or area; NaN where nothing is known. `tell` words a value."""

    key: str
    title: str
    values: Numbers
    tell: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class ChartData:
    """Series over buckets of time, in seconds since 1970; `when` words the bucket of an index.

    Stacked series are shown as parts of their sum. `tick` words a value of the axis, `summary` all of it, for those who
    cannot see it. `most` is where the axis ends, where that is known.
    """

    starts: Numbers
    ends: Numbers
    series: tuple[Series, ...]
    zone: tzinfo
    when: Callable[[int], str]
    tick: Callable[[float], str]
    summary: str = ""
    stacked: bool = False
    most: float | None = None


class Chart(QWidget):
    """Legend, lines, and below them the values under the pointer."""

    picked = Signal(int, int, bool)
    """First and last bucket that the person chose, and whether that adds to what is selected."""
    stepped = Signal(int)
    """Ctrl with an arrow: the selection goes to the next (1) or previous (-1) bucket."""
    range_changed = Signal()

    def __init__(self, *, name: str, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.data: ChartData | None = None
        self._name = name
        self._middles: Numbers = np.empty(0)
        self._edges: Numbers = np.empty(0)
        self._shown_rows: Numbers = np.empty((0, 0))
        self._selected: list[tuple[int, int]] = []
        self.legend = Legend(f"{object_name}.legend")
        self.legend.changed.connect(self._redraw_all)
        self.view = TimeView()
        self.plot = pg.PlotWidget(viewBox=self.view)
        self.readout = ElidedLabel(object_name=f"{object_name}.values")
        self.readout.setProperty("role", "muted")
        self._lines: list[tuple[pg.PlotCurveItem, pg.ScatterPlotItem]] = []
        self._bands = Bands()
        self._shade = Shade()
        self._dragged = Shade()
        self._crosshair = pg.InfiniteLine(angle=90, movable=False)
        self._build()
        self._arrange()
        theme.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        plot = self.plot
        plot.setObjectName(f"{self.objectName()}.plot")
        plot.setAccessibleName(self._name)
        plot.setFrameShape(QFrame.Shape.NoFrame)
        plot.getPlotItem().hideButtons()
        plot.showGrid(y=True, alpha=0.35)
        plot.installEventFilter(self)
        plot.viewport().installEventFilter(self)
        for item in (self._bands, self._shade, self._dragged, self._crosshair):
            plot.addItem(item, ignoreBounds=True)
        self._crosshair.hide()
        plot.scene().sigMouseMoved.connect(self._pointed)
        view = self.view
        view.sigXRangeChanged.connect(self._range_moved)
        view.sigResized.connect(self._redraw)
        view.clicked.connect(self._clicked)
        view.stretch_dragged.connect(self._stretch)
        view.wheeled.connect(lambda at, factor: self._zoom(factor, at))
        view.rolled.connect(self.pan)

    def _arrange(self) -> None:
        self.tools = QHBoxLayout()
        self.tools.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(4 * GRID, 0, 3 * GRID, 0)
        top.addWidget(self.legend, 1)
        top.addLayout(self.tools)
        frame = _FocusFrame(self.plot)
        below = QHBoxLayout()
        below.setContentsMargins(4 * GRID, 0, 4 * GRID, GRID)
        below.addWidget(self.readout, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(frame, 1)
        column.addLayout(below)
        self.setFocusProxy(self.plot)

    # What is shown

    def show_data(self, data: ChartData, *, keep_range: bool = False) -> None:
        """Show this; `keep_range` leaves the person where they have zoomed to, as far as that is still there."""
        before = self.seen() if keep_range and self.data is not None and len(self._middles) else None
        self.data = data
        self._middles = (data.starts + data.ends) / 2
        self._edges = np.append(data.starts, data.ends[-1:])
        self._selected = []
        symbols = pg.graphicsItems.ScatterPlotItem.Symbols
        self.legend.show_entries(
            [
                (s.key, LegendEntry(s.title, n, is_area=data.stacked, symbol=symbols[symbol_of(n)]))
                for n, s in enumerate(data.series)
            ]
        )
        self._make_lines()
        self._choose_rows()
        self.plot.setAccessibleDescription(data.summary)
        if len(self._middles):
            begin, end = float(data.starts[0]), float(data.ends[-1])
            fewest = (end - begin) / len(self._middles) * _FEWEST
            self.view.setLimits(xMin=begin, xMax=end, minXRange=min(fewest, end - begin), maxXRange=end - begin)
            if before is None or before[0] >= end or before[1] <= begin:
                before = begin, end
            self.view.setXRange(*before, padding=0)
        self.show_selected([])
        self._readout(None)
        self._redraw()

    def _make_lines(self) -> None:
        assert self.data is not None
        for parts in self._lines:
            for part in parts:
                self.plot.removeItem(part)
        self._lines = []
        for number, each in enumerate(() if self.data.stacked else self.data.series):
            line = pg.PlotCurveItem(skipFiniteCheck=bool(np.isfinite(each.values).all()))
            markers = pg.ScatterPlotItem(symbol=symbol_of(number), size=10, pxMode=True)
            for part in (line, markers):
                self.plot.addItem(part, ignoreBounds=True)
            self._lines.append((line, markers))

    def _redraw_all(self) -> None:
        """Which series are shown has changed."""
        self._choose_rows()
        self._redraw()

    def _choose_rows(self) -> None:
        data = self.data
        if data is None:
            return
        for (line, markers), each in zip(self._lines, () if data.stacked else data.series, strict=True):
            line.setVisible(self.legend.is_shown(each.key))
            markers.setVisible(self.legend.is_shown(each.key))
        self._bands.setVisible(data.stacked)
        rows = np.array([s.values for s in data.series if self.legend.is_shown(s.key)])
        if data.stacked and len(rows):
            whole = np.nansum(rows, axis=0)
            rows = np.divide(rows, whole, out=np.full(rows.shape, np.nan), where=whole > 0)
        self._shown_rows = rows

    def _redraw(self) -> None:
        """Draw what is seen, with no more points than there are pixels."""
        data = self.data
        if data is None or not len(self._middles) or self.view.width() <= 1 or self.view.height() <= 1:
            return
        first, last = self._indices(*self.seen())
        if first >= last:
            return
        most = max(64, int(self.view.width()))
        self._fit_height(first, last)
        if data.stacked:
            numbers = [n for n, s in enumerate(data.series) if self.legend.is_shown(s.key)]
            rows = self._shown_rows.reshape(len(numbers), len(self._middles))
            self._bands.show_stack(*averages(self._edges, rows, first, last, most), numbers)
        every = max(1, round((last - first) * _MARKER_EVERY / most))
        for number, (line, markers) in enumerate(self._lines):
            values = data.series[number].values
            x, y = extremes(self._middles, values, first, last, most)
            finite = line.opts["skipFiniteCheck"]
            dense = last - first > _FEW or drawn_length(x, y, self.view.viewPixelSize()) > _SHORT
            line.setData(
                x, y, pen=line_pen(number, dense=dense), antialias=not dense, connect="all" if finite else "finite",
                skipFiniteCheck=finite,
            )  # fmt: skip
            at = np.arange(-(-first // every) * every, last, every)
            at = at[np.isfinite(values[at])]
            markers.setData(x=self._middles[at], y=values[at], brush=colour(number), pen=marker_edge())
        self._mark_time()

    def _fit_height(self, first: int, last: int) -> None:
        assert self.data is not None
        top = self.data.most
        if self.data.stacked:
            top = 1.0
        elif top is None:
            top = round_top(1.02 * highest(list(self._shown_rows), first, last))
        self.view.setYRange(0, top * _HEADROOM, padding=0)
        lines = max(2, int(self.view.height() / _LINE_EVERY))
        ticks = [(value, self.data.tick(value)) for value in value_ticks(top, lines)]
        self.plot.getAxis("left").setTicks([ticks])

    def _mark_time(self) -> None:
        assert self.data is not None
        ticks = time_ticks(*self.seen(), self.data.zone, max(2, int(self.view.width() / _TICK_EVERY)))
        self.plot.getAxis("bottom").setTicks([ticks])

    def _dress(self) -> None:
        """In the colours of the theme in force."""
        colours = tokens()
        self.plot.setBackground(QColor(colours.surface))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(QPen(QColor(colours.outline), 1))
            axis.setTextPen(QColor(colours.muted))
            axis.setStyle(tickFont=self.font(), tickLength=-GRID)
        self._crosshair.setPen(QPen(QColor(colours.muted), 1, Qt.PenStyle.DashLine))
        for item in (self._bands, self._shade, self._dragged):
            item.update()
        self._redraw()

    # Where one is

    def seen(self) -> tuple[float, float]:
        """Beginning and end of what is seen, in seconds."""
        begin, end = self.view.viewRange()[0]
        return float(begin), float(end)

    def _indices(self, begin: float, end: float) -> tuple[int, int]:
        """The buckets of a stretch, with a neighbour on each side for the lines that lead out of it."""
        first, last = np.searchsorted(self._middles, (begin, end))
        return max(0, int(first) - 1), min(len(self._middles), int(last) + 1)

    def index_at(self, moment: float) -> int | None:
        """The bucket that a moment lies in."""
        if self.data is None or not len(self._middles):
            return None
        at = int(np.searchsorted(self.data.starts, moment, side="right")) - 1
        return at if at >= 0 and moment < self.data.ends[at] else None

    def zoom_in(self) -> None:
        """Closer, around the middle."""
        self._zoom(1 / _STEP)

    def zoom_out(self) -> None:
        """Further away."""
        self._zoom(_STEP)

    def zoom_all(self) -> None:
        """All there is."""
        if self.data is not None and len(self._middles):
            self.view.setXRange(float(self.data.starts[0]), float(self.data.ends[-1]), padding=0)

    def _zoom(self, factor: float, around: float | None = None) -> None:
        begin, end = self.seen()
        around = (begin + end) / 2 if around is None else around
        self.view.setXRange(around - (around - begin) * factor, around + (end - around) * factor, padding=0)

    def pan(self, part: float) -> None:
        """To the right by this part of what is seen; it stops where the data does."""
        if self.data is None or not len(self._middles):
            return
        begin, end = self.seen()
        left, right = float(self.data.starts[0]) - begin, float(self.data.ends[-1]) - end
        by = min(max(part * (end - begin), left), right)
        self.view.setXRange(begin + by, end + by, padding=0)

    def bring_into_view(self, first: int, last: int) -> None:
        """Pan so far that these buckets are seen."""
        assert self.data is not None
        begin, end = self.seen()
        left, right = float(self.data.starts[first]), float(self.data.ends[last])
        if right > begin and left < end:
            return
        self.pan(((left + right) / 2 - (begin + end) / 2) / (end - begin))

    def _range_moved(self) -> None:
        self._redraw()
        self.range_changed.emit()

    # What is selected

    def show_selected(self, runs: Sequence[tuple[int, int]]) -> None:
        """Shade these buckets: first and last of each stretch."""
        if self.data is None:
            return
        self._selected = list(runs)
        starts, ends = self.data.starts, self.data.ends
        self._shade.show_spans([(float(starts[a]), float(ends[b])) for a, b in runs])
        self._readout(self._selected[0][0] if len(runs) == 1 and runs[0][0] == runs[0][1] else None)

    def _clicked(self, at: float, keys: Qt.KeyboardModifier) -> None:
        index = self.index_at(at)
        if index is None:
            return
        adds = bool(keys & Qt.KeyboardModifier.ControlModifier)
        if keys & Qt.KeyboardModifier.ShiftModifier and self._selected:
            ends = (self._selected[0][0], self._selected[-1][1], index)
            self.picked.emit(min(ends), max(ends), False)
        else:
            self.picked.emit(index, index, adds)

    def _stretch(self, drag: Drag, begin: float, end: float, done: bool) -> None:
        self._dragged.show_spans([] if done else [(begin, end)])
        if not done or self.data is None or end <= begin:
            return
        if drag is Drag.ZOOM:
            self.view.setXRange(begin, end, padding=0)
            return
        first = int(np.searchsorted(self.data.ends, begin, side="right"))
        last = int(np.searchsorted(self.data.starts, end, side="left")) - 1
        if first <= last:
            self.picked.emit(first, last, False)

    # The pointer and keys

    def _pointed(self, scene: object) -> None:
        index = self.index_at(float(self.view.mapSceneToView(scene).x()))
        inside = self.view.sceneBoundingRect().contains(scene)
        self._point_at(index if inside else None)

    def _point_at(self, index: int | None) -> None:
        self._crosshair.setVisible(index is not None)
        if index is not None:
            self._crosshair.setPos(self._middles[index])
        elif len(self._selected) == 1 and self._selected[0][0] == self._selected[0][1]:
            index = self._selected[0][0]
        self._readout(index)

    def _readout(self, index: int | None) -> None:
        """The values of a bucket in words; without one, how to get them."""
        if self.data is None or index is None:
            self.readout.setText(_("Point at the chart or select a row to read the values."))
            return
        told = (
            _("{column}: {value}").format(column=s.title, value=s.tell(v) if np.isfinite(v := s.values[index]) else "–")
            for s in self.data.series
        )
        self.readout.setText(" · ".join((self.data.when(index), *told)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the chart, and the pointer that leaves it."""
        if watched is self.plot and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            act = self._act_for(event)
            if act is not None:
                act()
                return True
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().eventFilter(watched, event)

    def _act_for(self, event: QKeyEvent) -> Callable[[], object] | None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            way = 1 if key == Qt.Key.Key_Right else -1
            return (lambda: self.stepped.emit(way)) if control else (lambda: self.pan(way * _PAN))
        if control:
            return None
        return {
            Qt.Key.Key_Plus: self.zoom_in, Qt.Key.Key_Equal: self.zoom_in, Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.zoom_all, Qt.Key.Key_Home: lambda: self.pan(-1e9), Qt.Key.Key_End: lambda: self.pan(1e9),
            Qt.Key.Key_PageUp: lambda: self.pan(-1.0), Qt.Key.Key_PageDown: lambda: self.pan(1.0),
        }.get(Qt.Key(key))  # fmt: skip


class _FocusFrame(QWidget):
    """Shows by a ring around it that the plot has the keyboard."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        super().__init__()
        self._plot = plot
        plot.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(plot)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The ring comes and goes with the focus."""
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ring."""
        if self._plot.hasFocus():
            painter = QPainter(self)
            draw_focus(painter, self.rect())
