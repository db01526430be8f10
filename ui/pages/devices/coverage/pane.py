"""The coverage tab: search, one device or all, chips by state with live counts, zoom, the matrix, a line in words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.domain.causes import remedy_of
from app.domain.coverage import CoverageState
from app.errors import MusterError
from app.i18n import _, ngettext
from app.store import devices as stored
from ui.desk import Desk
from ui.dialogs.export import export_table
from ui.pages.devices.coverage.grid import Cell, CoverageGrid
from ui.pages.devices.coverage.model import CoverageModel
from ui.pages.devices.coverage.reading import CoverageReader
from ui.pages.devices.coverage.tiles import COVERAGE_ICONS, Zoom
from ui.pages.devices.coverage.view import CoverageView
from ui.tables import VisibleTable, format_value
from ui.texts import COVERAGE_TONES, COVERAGE_WORDS
from ui.theme import CONTROL_HEIGHT, GRID, Icon, Ink, icon
from ui.widgets import Action, ElidedLabel, EmptyState, FilterChip, FilterChips, IconButton

_ZOOM = "devices.coverage/zoom"
_NAME = "devices.coverage"


class CoveragePane(QWidget):
    """Shows who is where. The signals name what a person chose: a cell, a row's person, a column's device."""

    cell_chosen = Signal(QModelIndex)
    cell_learned = Signal(QModelIndex)
    """More is known of the current cell than when it was chosen."""
    person_chosen = Signal(int)
    device_chosen = Signal(int)
    opened = Signal()
    details_requested = Signal()

    def __init__(self, desk: Desk, shortcuts_in: QWidget) -> None:
        """`shortcuts_in` is the widget within which Ctrl+F and Ctrl+E reach this pane, while `shortcuts` are on."""
        super().__init__()
        self.desk = desk
        self.model = CoverageModel(self)
        self.reader = CoverageReader(desk, self)
        self.view = CoverageView(self.model, object_name=_NAME)
        self.search = QLineEdit()
        self.device = QComboBox()
        self.chips = FilterChips(name=_("Filters"), object_name=f"{_NAME}.filter")
        self.count = QLabel()
        self.spoken = ElidedLabel(object_name=f"{_NAME}.cell")
        self._wanted = ""
        self._offered: tuple[CoverageState, ...] = ()
        self._state = EmptyState(object_name=f"{_NAME}.state")
        self._stack = QStackedWidget()
        self._build_tools()
        self._arrange()
        self._connect()
        self.shortcuts = self._make_shortcuts(shortcuts_in)
        self.view.set_zoom(Zoom(int(desk.layouts.get(_ZOOM) or Zoom.LARGE)))
        self._state.show_message(Icon.LOADER, _("Loading…"), "")
        self._stack.setCurrentWidget(self._state)

    # -- parts ---------------------------------------------------------------------------------------------------

    def _build_tools(self) -> None:
        self.search.setObjectName(f"{_NAME}.search")
        self.search.setPlaceholderText(_("Search people"))
        self.search.setAccessibleName(_("Search people"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon(Icon.SEARCH, Ink.MUTED), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(160)
        self.search.setMaximumWidth(280)
        self.device.setObjectName(f"{_NAME}.device")
        self.device.setAccessibleName(_("Device"))
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.device.setMinimumWidth(120)
        self.device.setMaximumWidth(200)
        self.count.setObjectName(f"{_NAME}.count")
        self.count.setProperty("role", "muted")
        self.count.setMinimumHeight(CONTROL_HEIGHT)
        self.smaller = IconButton(Icon.ZOOM_OUT, _("Smaller cells (Ctrl+-)"), object_name=f"{_NAME}.zoom_out")
        self.larger = IconButton(Icon.ZOOM_IN, _("Larger cells (Ctrl++)"), object_name=f"{_NAME}.zoom_in")
        self.export_button = IconButton(Icon.DOWNLOAD, _("Export what is shown"), object_name=f"{_NAME}.export")
        self.spoken.setProperty("role", "muted")
        self.spoken.setContentsMargins(4 * GRID, GRID, 4 * GRID, GRID)

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(3 * GRID)
        line.setContentsMargins(4 * GRID, 0, 3 * GRID, GRID)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self.search, 2, top)
        line.addWidget(self.device, 0, top)
        line.addStretch(5)
        line.addWidget(self.count, 0, top)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for button in (self.smaller, self.larger, self.export_button):
            tools.addWidget(button, 0, top)
        line.addLayout(tools)
        chips = QWidget()
        below = QVBoxLayout(chips)
        below.setContentsMargins(4 * GRID, 0, 3 * GRID, 2 * GRID)
        below.addWidget(self.chips)
        for part in (self.view, self._state):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(chips)
        column.addWidget(self._stack, 1)
        column.addWidget(self.spoken)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.model.search)
        self.search.installEventFilter(self)
        self.device.activated.connect(lambda _index: self._choose())
        self.chips.changed.connect(self._choose)
        self.model.counts_changed.connect(self._show_counts)
        self.reader.grid_read.connect(self._show_grid)
        self.reader.cells_read.connect(self._show_cells)
        self.reader.failed.connect(self._show_error)
        self.view.current_changed.connect(self._current_changed)
        self.view.opened.connect(lambda _index: self.opened.emit())
        self.view.details_requested.connect(self.details_requested)
        self.view.person_chosen.connect(self.person_chosen)
        self.view.device_chosen.connect(self.device_chosen)
        self.view.zoom_changed.connect(self._zoom_changed)
        self.smaller.clicked.connect(lambda: self.view.zoom_by(-1))
        self.larger.clicked.connect(lambda: self.view.zoom_by(1))
        self.export_button.clicked.connect(self.export)

    def _make_shortcuts(self, within: QWidget) -> tuple[QShortcut, ...]:
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), within, context=context)
        find.activated.connect(self.focus_search)
        export = QShortcut(QKeySequence("Ctrl+E"), within, context=context)
        export.activated.connect(self.export)
        return find, export

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search line Esc clears and Down goes to the matrix."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
            if event.key() == Qt.Key.Key_Down and self.model.rowCount():
                self.view.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on it is kept up to date."""
        super().showEvent(event)
        self.reader.watch(on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self.reader.watch(on=False)

    # -- showing -------------------------------------------------------------------------------------------------

    def _show_grid(self, grid: CoverageGrid) -> None:
        current = self.view.currentIndex()
        kept = (
            (self.model.person(current.row()).id, self.model.device(current.column()).id) if current.isValid() else None
        )
        at = self.view.verticalScrollBar().value(), self.view.horizontalScrollBar().value()
        chosen = self.device.currentData() or ""
        self.device.clear()
        self.device.addItem(_("All devices"), "")
        for device in grid.devices:
            self.device.addItem(device.name, device.id)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))
        self.model.show_grid(grid)
        if kept is not None and (index := self.model.place_of(*kept)).isValid():
            self.view.setCurrentIndex(index)
        self.view.verticalScrollBar().setValue(at[0])
        self.view.horizontalScrollBar().setValue(at[1])
        self._tell_wanted()

    def _show_cells(self, cells: list[Cell]) -> None:
        """What became known of some pairs; the current cell learns with them."""
        self.model.put(cells)
        current = self.view.currentIndex()
        if current.isValid() and (person := self.model.person(current.row()).id) in {cell[1] for cell in cells}:
            self.desk.start("read placements", self._learn(person))

    def _show_counts(self) -> None:
        counts = self.model.counts()
        chosen = set(self._states())
        offered = tuple(state for state, count in counts.items() if count or state in chosen)
        if offered != self._offered:
            self._offered = offered
            self.chips.set_chips([_chip(state) for state in offered])
        self.chips.set_counts({state.value: count for state, count in counts.items()})
        self._show_amount()
        self._show_state()

    def _show_amount(self) -> None:
        total = len(self.model.grid.people)
        text = ngettext("{count} person", "{count} people", total).format(count=format_value(total))
        if self.model.is_narrowed:
            text = _("{shown} of {total}").format(shown=format_value(self.model.rowCount()), total=text)
        self.count.setText(text)
        self.count.setVisible(total > 0)

    def _show_state(self) -> None:
        """What stands in the place of a matrix without cells."""
        grid = self.model.grid
        if self.model.rowCount() and self.model.columnCount():
            self._stack.setCurrentWidget(self.view)
            return
        if not grid.devices:
            title, text = (
                _("No devices yet"),
                _("Add devices on the list tab; then this shows who is on which of them."),
            )
            self._state.show_message(Icon.FACE, title, text)
        elif not grid.people:
            text = _("Fetch people, or give them terminal numbers; then this shows on which devices each of them is.")
            self._state.show_message(Icon.USERS, _("Nobody to show yet"), text)
        else:
            clear = Action(_("Clear search and filters"), self.clear)
            self._state.show_message(Icon.SEARCH, _("No match"), _("Nobody fits all of these filters."), [clear])
        self._stack.setCurrentWidget(self._state)

    def _show_error(self, error: MusterError) -> None:
        again = Action(_("Retry"), self.reader.read_all, icon=Icon.REFRESH)
        self._state.show_message(Icon.ALERT, error.message, remedy_of(error), [again])
        self._stack.setCurrentWidget(self._state)

    # -- choosing ------------------------------------------------------------------------------------------------

    def _states(self) -> list[CoverageState]:
        return [CoverageState(key) for key in self.chips.chosen()]

    def _choose(self) -> None:
        self._wanted = ""
        self.model.choose(self._states(), device=self.device.currentData() or "")

    def clear(self) -> None:
        """Show everybody at all devices again."""
        self.search.clear()
        self.chips.choose([])
        self.device.setCurrentIndex(0)
        self._choose()

    def show_person(self, person_id: str) -> None:
        """Show one person alone, as soon as the matrix is read."""
        self.clear()
        self._wanted = person_id
        self.model.choose((), person=person_id)
        self._tell_wanted()

    def _tell_wanted(self) -> None:
        """Tell of the person who was asked for, once there is a row of them."""
        index = self.model.place_of(self._wanted) if self._wanted else QModelIndex()
        if index.isValid():
            self._wanted = ""
            self.view.setCurrentIndex(index)
            self.person_chosen.emit(index.row())

    def focus_search(self) -> None:
        """Put the cursor into the search line."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _current_changed(self, index: QModelIndex) -> None:
        self.spoken.setText(self.model.spoken(index) if index.isValid() else "")
        if index.isValid():
            self.desk.start("read placements", self._learn(self.model.person(index.row()).id))
        self.cell_chosen.emit(index)

    async def _learn(self, person_id: str) -> None:
        """Read what is known of the person under the keyboard, so that cells say how old their evidence is."""
        found = await self.desk.workspace.store.read(stored.placements_of, person_id)
        self.model.learn({(p.device_id, person_id): p for p in found})
        index = self.view.currentIndex()
        if index.isValid() and self.model.person(index.row()).id == person_id:
            self.spoken.setText(self.model.spoken(index))
            self.cell_learned.emit(index)

    def _zoom_changed(self, zoom: int) -> None:
        self.desk.layouts.set(_ZOOM, str(int(zoom)))
        self.smaller.setEnabled(zoom > Zoom.TINY)
        self.larger.setEnabled(zoom < Zoom.LARGE)

    # -- files ---------------------------------------------------------------------------------------------------

    def export(self) -> None:
        """Write the matrix as shown: a row per person, a column per device, states in words."""
        export_table(self, self.desk, self.visible_table(), "coverage")

    def visible_table(self) -> VisibleTable:
        """What is shown, for a file."""
        model = self.model
        columns = range(model.columnCount())
        headers = (_("Name"), _("Terminal number"), *(model.device(column).name for column in columns))
        rows = tuple(
            (
                model.person(row).name, model.person(row).number,
                *(model.word(model.index(row, column)) for column in columns),
            )
            for row in range(model.rowCount())
        )  # fmt: skip
        return VisibleTable(headers, rows)


def _chip(state: CoverageState) -> FilterChip:
    return FilterChip(
        state.value, _(COVERAGE_WORDS[state]), lambda _row: True, "", COVERAGE_ICONS[state], COVERAGE_TONES[state]
    )
