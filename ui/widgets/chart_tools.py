"""The buttons of a chart: what dragging does, zooming, copying the picture, exporting it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup

from app.i18n import N_, _
from ui.theme import GRID, Icon
from ui.widgets.buttons import IconButton
from ui.widgets.chart import Chart
from ui.widgets.chart_picture import as_image
from ui.widgets.chart_view import Drag

_DRAGS = {
    Drag.MOVE: (Icon.MOVE, N_("Dragging pans; Shift zooms, Ctrl selects")),
    Drag.ZOOM: (Icon.SEARCH, N_("Dragging zooms into a stretch")),
    Drag.SELECT: (Icon.POINTER, N_("Dragging selects rows")),
}


class ChartTools(QObject):
    """Fills the room beside the legend."""

    export_requested = Signal()
    copied = Signal()

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart)
        self._chart = chart
        self._name = chart.objectName()
        self._group = QButtonGroup(self, exclusive=True)
        for drag, (drawing, name) in _DRAGS.items():
            button = self._add(drawing, _(name), drag.value, partial(self._choose, drag))
            button.setCheckable(True)
            button.setChecked(drag is Drag.MOVE)
            self._group.addButton(button)
        chart.tools.addSpacing(2 * GRID)
        self._add(Icon.ZOOM_IN, _("Zoom in (+)"), "zoom_in", chart.zoom_in)
        self._add(Icon.ZOOM_OUT, _("Zoom out (-)"), "zoom_out", chart.zoom_out)
        self._add(Icon.FIT, _("Show the whole period (0)"), "zoom_all", chart.zoom_all)
        chart.tools.addSpacing(2 * GRID)
        self._add(Icon.COPY, _("Copy the chart as a picture"), "copy", self.copy)
        self._add(Icon.DOWNLOAD, _("Export the chart as PNG or SVG"), "export", self.export_requested.emit)

    def _add(self, drawing: Icon, name: str, part: str, act: Callable[[], object]) -> IconButton:
        button = IconButton(drawing, name, object_name=f"{self._name}.{part}")
        button.clicked.connect(lambda _checked=False: act())
        self._chart.tools.addWidget(button)
        return button

    def _choose(self, drag: Drag) -> None:
        self._chart.view.drag = drag

    def copy(self) -> None:
        """The picture to the clipboard."""
        QGuiApplication.clipboard().setImage(as_image(self._chart))
        self.copied.emit()
