"""The matrix on screen: a table view that paints what is visible in one stroke.

Keyboard: arrows, Home/End and Page keys move; Enter opens the story of a cell; Space shows or hides the details; typing
jumps to a name; Ctrl+C copies what is marked with its names; Ctrl with + - or the wheel zooms; Tab leaves.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from app.i18n import _
from ui.pages.devices.coverage.headers import MatrixHeader
from ui.pages.devices.coverage.model import CoverageModel
from ui.pages.devices.coverage.tiles import Tiles, Zoom, make_tiles
from ui.theme import Icon, draw_focus, icon, theme, tokens

Index = QModelIndex | QPersistentModelIndex
_NOTCH = 120  # eighths of a degree per step of a wheel
_MARKED_OPACITY = 90


class CoverageView(QTableView):
    """People × devices. `opened` names a cell by Enter or a click, `person_chosen` and `device_chosen` a header."""

    opened = Signal(QModelIndex)
    current_changed = Signal(QModelIndex)
    details_requested = Signal()
    person_chosen = Signal(int)
    device_chosen = Signal(int)
    zoom_changed = Signal(int)
    menu_opening = Signal(object, list, list)
    """A menu to be filled for these people and devices, by id."""

    def __init__(self, model: CoverageModel, *, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(_("Coverage: people and devices"))
        self._matrix = model
        self._tiles: Tiles | None = None
        self.zoom = Zoom.LARGE
        self._typed = ""
        self._typing = QTimer(self, interval=QGuiApplication.styleHints().keyboardInputInterval(), singleShot=True)
        self.people = MatrixHeader(Qt.Orientation.Vertical, model, self)
        self.devices = MatrixHeader(Qt.Orientation.Horizontal, model, self)
        self.setModel(model)
        self.setVerticalHeader(self.people)
        self.setHorizontalHeader(self.devices)
        self._dress()
        self.set_zoom(Zoom.LARGE)

    def _dress(self) -> None:
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.people.sectionClicked.connect(self.person_chosen)
        self.devices.sectionClicked.connect(self.device_chosen)
        self.clicked.connect(self.opened)
        self._matrix.counts_changed.connect(self._totals_changed)
        self._matrix.modelReset.connect(lambda: self._mark(QModelIndex()))
        theme.changed.connect(self._forget_tiles)

    # Zoom

    def set_zoom(self, zoom: Zoom) -> None:
        """Show cells of this size; the current one stays in sight."""
        self.zoom = zoom
        self._tiles = None
        for header in (self.people, self.devices):
            header.set_zoom(zoom)
        self.updateGeometries()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
        self.viewport().update()
        self.zoom_changed.emit(zoom)

    def zoom_by(self, steps: int) -> None:
        """Larger or smaller."""
        self.set_zoom(Zoom(min(max(self.zoom + steps, Zoom.TINY), Zoom.LARGE)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if abs(event.angleDelta().y()) >= _NOTCH:
                self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the exposed cells: one picture, then marks and the focus."""
        painter = QPainter(self.viewport())
        area = event.region().boundingRect()
        painter.fillRect(area, QColor(tokens().sunken))
        rows, columns = self._matrix.rowCount(), self._matrix.columnCount()
        if not rows or not columns:
            return
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        left, right = self.columnAt(area.left()), self.columnAt(area.right())
        if first < 0 or left < 0:
            return
        last, right = (rows - 1 if last < 0 else last), (columns - 1 if right < 0 else right)
        codes = [self._matrix.shown_row(place, left, right) for place in range(first, last + 1)]
        x, y = self.columnViewportPosition(left), self.rowViewportPosition(first)
        self._shown_tiles().paint(painter, x, y, codes)
        self._paint_marks(painter)

    def _shown_tiles(self) -> Tiles:
        ratio = self.viewport().devicePixelRatio()
        if self._tiles is None or self._tiles.ratio != ratio:
            self._tiles = make_tiles(self.zoom, ratio)
        return self._tiles

    def _forget_tiles(self) -> None:
        self._tiles = None
        self.viewport().update()

    def _paint_marks(self, painter: QPainter) -> None:
        marked = QColor(tokens().accent)
        marked.setAlpha(_MARKED_OPACITY)
        for part in self.selectionModel().selection().toList():
            if part.width() > 1 or part.height() > 1:
                painter.fillRect(self._area(part.topLeft()).united(self._area(part.bottomRight())), marked)
        current = self.currentIndex()
        if current.isValid():
            draw_focus(painter, self._area(current))

    def _area(self, index: Index) -> QRect:
        cell = self.zoom.cell
        return QRect(
            self.columnViewportPosition(index.column()), self.rowViewportPosition(index.row()), cell.width(),
            cell.height(),
        )  # fmt: skip

    def _totals_changed(self) -> None:
        self.people.viewport().update()
        self.devices.viewport().update()

    # Keyboard and choice

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The keyboard moved: both headers show where it is."""
        super().currentChanged(current, previous)
        self._mark(current)
        self.viewport().update()  # marks of a range reach further than the two cells that Qt repaints
        self.current_changed.emit(current)

    def _mark(self, index: Index) -> None:
        self.people.mark(index.row())
        self.devices.mark(index.column())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard always stands on a cell."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._matrix.rowCount() and self._matrix.columnCount():
            self.setCurrentIndex(self._matrix.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys listed above; all others as Qt has them."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif control and event.key() in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom_by(1)
        elif control and event.key() == Qt.Key.Key_Minus:
            self.zoom_by(-1)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Space:
            self.details_requested.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def keyboardSearch(self, search: str) -> None:
        """Typing jumps to the first person whose name starts so."""
        self._typed = self._typed + search if self._typing.isActive() else search
        self._typing.start()
        place = self._matrix.starting_with(self._typed)
        if place >= 0:
            self.setCurrentIndex(self._matrix.index(place, max(0, self.currentIndex().column())))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the marked people and devices; by the Menu key too."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        people, devices = self.marked()
        self.menu_opening.emit(menu, people, devices)
        menu.addSeparator()
        menu.addAction(icon(Icon.COPY), _("Copy with names"), self.copy).setShortcut(QKeySequence("Ctrl+C"))
        menu.popup(event.globalPos())

    def marked(self) -> tuple[list[str], list[str]]:
        """The ids of the people and devices that are marked; people whom only devices know are left out."""
        parts = self.selectionModel().selection().toList()
        rows = sorted({row for part in parts for row in range(part.top(), part.bottom() + 1)})
        columns = sorted({column for part in parts for column in range(part.left(), part.right() + 1)})
        people = [person for row in rows if (person := self._matrix.person(row)).is_known]
        return [person.id for person in people], [self._matrix.device(column).id for column in columns]

    # Copying

    def copy(self) -> None:
        """What is marked, with the names of people and devices, to the clipboard."""
        parts = self.selectionModel().selection().toList()
        if not parts:
            return
        part = parts[0]
        columns = range(part.left(), part.right() + 1)
        lines = ["\t".join(("", *(self._matrix.device(column).name for column in columns)))]
        for row in range(part.top(), part.bottom() + 1):
            words = (self._matrix.word(self._matrix.index(row, column)) for column in columns)
            lines.append("\t".join((self._matrix.person(row).name, *words)))
        QGuiApplication.clipboard().setText("\n".join(lines))
