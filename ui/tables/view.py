"""The table on screen: one component for the whole program, with every habit a table should have.

Keyboard: arrows, Home/End, Page keys move; Space asks for details (or ticks); Enter activates, or edits where the cell
can be (so do F2 and a double click); typing jumps to a name;
Ctrl+C copies cells, Ctrl+Shift+C rows with headers; Ctrl+E exports; Menu key opens the menu; Tab leaves the table.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from app.i18n import _
from ui.tables.columns import Kind
from ui.tables.copying import VisibleTable, cells_as_text, rows_as_text, visible_table
from ui.tables.delegate import CellDelegate
from ui.tables.keeping import PlaceKeeper
from ui.tables.layout import ColumnLayout, LayoutStore
from ui.tables.model import TableModel, runs
from ui.theme import GRID, ROW_HEIGHT, Icon, icon

Row = TypeVar("Row")
_SPACE_IN_CELLS = GRID * 3


class TableView(QTableView, Generic[Row]):
    """A table over a `TableModel`. `name` is read aloud, `object_name` found by tests and used to remember columns."""

    details_requested = Signal(object)  # the row's record
    row_activated = Signal(object)
    link_activated = Signal(object, str)  # record, column key
    current_row_changed = Signal(object)  # record, or None
    selected_rows_changed = Signal()
    export_requested = Signal()

    def __init__(
        self,
        model: TableModel[Row],
        *,
        name: str,
        object_name: str,
        store: LayoutStore | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self._rows = model
        self._add_to_menu: list[Callable[[QMenu], object]] = []
        self._cells = CellDelegate(self)
        self._typed = ""
        self._typing = QTimer(self, interval=QGuiApplication.styleHints().keyboardInputInterval(), singleShot=True)
        self.setModel(model)
        self.setItemDelegate(self._cells)
        self._dress()
        self.layout_of_columns = ColumnLayout(self, model.columns, object_name, store)
        self.layout_of_columns.visible_changed.connect(self._search_visible)
        self._search_visible()
        self._keeper = PlaceKeeper(self, model)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.selectionModel().selectionChanged.connect(self.selected_rows_changed)
        self.clicked.connect(self._clicked)

    def _dress(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)  # Tab leaves the table, arrows move inside
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(max(ROW_HEIGHT, self.fontMetrics().height() + _SPACE_IN_CELLS))
        rows.hide()
        header = self.horizontalHeader()
        header.setFixedHeight(rows.defaultSectionSize())
        end = QFrame(self)  # the header goes on above the scroll bar
        end.setObjectName("header_end")
        end.setFixedHeight(header.height())
        self.addScrollBarWidget(end, Qt.AlignmentFlag.AlignTop)
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(24)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setResizeContentsPrecision(0)  # fit columns by the visible rows only
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)
        self.setSortingEnabled(True)

    # What the user has chosen

    @property
    def rows(self) -> TableModel[Row]:
        """The model, typed."""
        return self._rows

    def current_row(self) -> Row | None:
        """The record under the keyboard."""
        index = self.currentIndex()
        return self._rows.row_at(index.row()) if index.isValid() else None

    def selected_rows(self) -> list[Row]:
        """The selected records, as shown from top to bottom."""
        return [self._rows.row_at(place) for place in self.selected_places()]

    def selected_places(self) -> list[int]:
        """Places of the selected rows, ascending; by ranges, as a call per cell is slow for 100,000 rows."""
        ranges = self.selectionModel().selection().toList()
        return sorted({place for each in ranges for place in range(each.top(), each.bottom() + 1)})

    def select_key(self, key: object) -> bool:
        """Select the row of that key and make it current; false when it is not shown."""
        places = self._rows.places_of([key])
        if places:
            self.select_place(places[0])
        return bool(places)

    def select_keys(self, keys: Iterable[Hashable], *, add: bool = False) -> bool:
        """Select the rows of these keys, or add them to what is selected; false when none of them is shown."""
        places = self._rows.places_of(keys)
        if not places:
            return False
        flags = QItemSelectionModel.SelectionFlag
        selection = QItemSelection()
        for first, last in runs(places):
            selection.select(self._rows.index(first, 0), self._rows.index(last, self._rows.columnCount() - 1))
        column = max(0, self.currentIndex().column())
        self.selectionModel().setCurrentIndex(self._rows.index(places[0], column), flags.NoUpdate)
        self.selectionModel().select(selection, flags.Select if add else flags.ClearAndSelect)
        self.scrollTo(self._rows.index(places[0], column))
        return True

    def select_place(self, place: int) -> None:
        """Select the `place`-th row alone, whatever keys are held (Qt's `selectRow` would toggle under Ctrl)."""
        self._select(self._rows.index(place, max(0, self.currentIndex().column())))

    def _select(self, index: QModelIndex, start: QModelIndex | None = None) -> None:
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(QItemSelection(start or index, index), flags.ClearAndSelect | flags.Rows)
        self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        self.scrollTo(index)

    def visible_table(self) -> VisibleTable:
        """Headers and rows exactly as shown: these columns in this order, filtered and sorted."""
        return visible_table(self.visible_columns(), self._rows.shown_rows())

    def add_to_menu(self, fill: Callable[[QMenu], object]) -> None:
        """`fill` is called each time before the context menu opens and puts its actions on top."""
        self._add_to_menu.append(fill)

    # Copying

    def copy_cells(self) -> None:
        """The current column's cells of the selected rows to the clipboard."""
        index = self.currentIndex()
        if index.isValid():
            rows = self.selected_rows() or [self._rows.row_at(index.row())]
            QGuiApplication.clipboard().setText(cells_as_text(self._rows.columns[index.column()], rows))

    def copy_rows(self) -> None:
        """The selected rows with headers to the clipboard."""
        if rows := self.selected_rows():
            QGuiApplication.clipboard().setText(rows_as_text(self.visible_columns(), rows))

    # Events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys listed above; all others as Qt has them."""
        editing = self.state() == QAbstractItemView.State.EditingState  # what a cell's editor left over
        act = None if editing else self._act_for(event)
        if act is None:
            super().keyPressEvent(event)
            return
        act()
        event.accept()

    def _act_for(self, event: QKeyEvent) -> Callable[[], None] | None:
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        held = event.modifiers() & (control | shift | Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_C and held == control | shift:
            return self.copy_rows
        if event.matches(QKeySequence.StandardKey.Copy):
            return self.copy_cells
        if event.key() == Qt.Key.Key_E and held == control:
            return self.export_requested.emit
        if event.key() == Qt.Key.Key_Space and not held:
            return self._space
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not held:
            return self._activate
        if event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End} and held in (
            shift,
            Qt.KeyboardModifier.NoModifier,
        ):
            return lambda: self._go_to_end(last=event.key() == Qt.Key.Key_End, extend=held == shift)
        return None

    def keyboardSearch(self, search: str) -> None:
        """Typing jumps to the first row whose name starts so."""
        if self._typing.isActive():
            search = self._typed + search
        self._typed = search
        self._typing.start()
        place = self._rows.place_starting_with(search)
        if place is not None:
            self.setCurrentIndex(self._rows.index(place, max(0, self.currentIndex().column())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Marks the row under the mouse; links show a hand."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))
        index = self.indexAt(event.position().toPoint())
        is_link = index.isValid() and self._rows.columns[index.column()].kind is Kind.LINK
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: Any) -> None:
        """The mouse has left."""
        super().leaveEvent(event)
        self._hover(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse at the pointer, by the Menu key at the current cell."""
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            corner = self.visualRect(self.currentIndex()).bottomLeft() if self.currentIndex().isValid() else QPoint()
            at = self.viewport().mapToGlobal(corner)
        self.context_menu().popup(at)

    def context_menu(self) -> QMenu:
        """The menu of the current row."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for fill in self._add_to_menu:
            fill(menu)
        if menu.actions():
            menu.addSeparator()
        some = bool(self.selected_places())
        entries = (
            (Icon.COPY, _("Copy cell"), QKeySequence("Ctrl+C"), self.copy_cells, some),
            (Icon.COPY, _("Copy rows with headers"), QKeySequence("Ctrl+Shift+C"), self.copy_rows, some),
            (None, _("Select all"), QKeySequence("Ctrl+A"), self.selectAll, True),
            (Icon.DOWNLOAD, _("Export…"), QKeySequence("Ctrl+E"), self.export_requested.emit, True),
        )
        for drawing, text, keys, act, enabled in entries:
            action = menu.addAction(text, act)
            action.setShortcut(keys)
            action.setEnabled(enabled)
            if drawing is not None:
                action.setIcon(icon(drawing))
        menu.addMenu(self.layout_of_columns.menu(menu))
        return menu

    # Inside

    def visible_columns(self) -> list[Any]:
        """The columns that are shown, in their order."""
        return [self._rows.columns[index] for index in self.layout_of_columns.visible()]

    def _search_visible(self) -> None:
        first_then_rest = sorted(self.layout_of_columns.visible())
        self._rows.search_columns(first_then_rest)

    def _header_menu(self, at: QPoint) -> None:
        menu = self.layout_of_columns.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def _space(self) -> None:
        if self._rows.checkable:
            self._toggle_ticks()
        elif (row := self.current_row()) is not None:
            self.details_requested.emit(row)

    def _toggle_ticks(self) -> None:
        keys = [self._rows.key(row) for row in self.selected_rows() if self._rows.may_tick(row)]
        self._rows.set_checked(keys, on=not set(keys) <= self._rows.checked_keys())

    def _activate(self) -> None:
        row = self.current_row()
        if row is None:
            return
        column = self._rows.columns[self.currentIndex().column()]
        if column.kind is Kind.LINK:
            self.link_activated.emit(row, column.key)
        elif self._rows.can_edit(self.currentIndex()):
            self.edit(self.currentIndex())
        else:
            self.row_activated.emit(row)

    def _go_to_end(self, *, last: bool, extend: bool) -> None:
        place = self._rows.rowCount() - 1 if last else 0
        if place < 0:
            return
        index = self._rows.index(place, max(0, self.currentIndex().column()))
        self._select(index, self.currentIndex() if extend and self.currentIndex().isValid() else None)

    def _clicked(self, index: QModelIndex | QPersistentModelIndex) -> None:
        column = self._rows.columns[index.column()]
        if column.kind is Kind.LINK:
            self.link_activated.emit(self._rows.row_at(index.row()), column.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The same as Enter."""
        super().mouseDoubleClickEvent(event)
        if self.indexAt(event.position().toPoint()).isValid():
            self._activate()

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.current_row_changed.emit(self._rows.row_at(current.row()) if current.isValid() else None)

    def _hover(self, row: int) -> None:
        before, self._cells.hovered = self._cells.hovered, row
        if before != row:
            for each in (before, row):
                if each >= 0:
                    top = self.rowViewportPosition(each)
                    self.viewport().update(0, top, self.viewport().width(), self.rowHeight(each))
