"""A table with everything around it: search, filter chips, count, column chooser, and the states without rows.

pane = TablePane(name=_("Offices"), page="offices", columns=COLUMNS, key=lambda office: office.id, store=layouts,
                 search_hint=_("Search offices"))
pane.set_filters([FilterChip("active", _("Active"), lambda office: office.active)])
pane.show_empty(_("No offices yet"), _("Add a Vitec connection or explore with demo data."), [Action(...)])
pane.set_rows(offices)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.i18n import _, ngettext
from ui.tables.columns import Column, format_value
from ui.tables.copying import VisibleTable
from ui.tables.layout import LayoutStore
from ui.tables.model import TableModel
from ui.tables.view import TableView
from ui.theme import CONTROL_HEIGHT, GRID, Icon, Ink, Tone, icon
from ui.widgets.buttons import Action, IconButton
from ui.widgets.chip_button import FilterChip
from ui.widgets.empty_state import EmptyState
from ui.widgets.filter_chips import FilterChips

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class _Message:
    drawing: Icon
    title: str
    text: str
    actions: Sequence[Action] = field(default=())
    ink: Ink | Tone = Ink.MUTED


class TablePane(QWidget, Generic[Row]):
    """`page` begins the object names: `<page>.table`, `<page>.search`, `<page>.filter.<key>`, `<page>.count`."""

    export_requested = Signal()
    """Ctrl+E, the button or the menu; `table.visible_table()` is what to write."""

    def __init__(
        self,
        *,
        name: str,
        page: str,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Hashable],
        search_hint: str = "",
        count_text: Callable[[int], str] | None = None,
        store: LayoutStore | None = None,
        checkable: Callable[[Row], bool] | None = None,
        shortcuts_in: QWidget | None = None,
        heading: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`name` is read aloud; `count_text(n)` words the count ("340 people"); `shortcuts_in` is the widget within
        which Ctrl+F and Ctrl+E reach this table (by default the pane itself). A small table beside another one has a
        `heading` in place of the search line."""
        super().__init__(parent)
        self.rows: TableModel[Row] = TableModel(columns, key, checkable=checkable, parent=self)
        self.table: TableView[Row] = TableView(self.rows, name=name, object_name=f"{page}.table", store=store)
        self.search = QLineEdit(self)
        self.chips = FilterChips(name=_("Filters"), object_name=f"{page}.filter", parent=self)
        self.count = QLabel(self)
        self._count_text = count_text or _rows_in_words
        self._empty = _Message(Icon.INFO, _("Nothing here yet"), "")
        self._instead: _Message | None = None
        self._state = EmptyState(object_name=f"{page}.state")
        self._stack = QStackedWidget(self)
        self._name_parts(page, search_hint or _("Search"))
        self._lay_out(page, heading)
        self._connect(shortcuts_in or self)
        self._refresh()

    # Rows and filters

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show these rows; ends loading and error."""
        self._instead = None
        self.rows.set_rows(rows)
        self._refresh()

    def update_rows(self, rows: Iterable[Row]) -> None:
        """Insert or replace rows by key."""
        self._instead = None
        self.rows.update_rows(rows)
        self._refresh()

    def set_filters(self, chips: Sequence[FilterChip]) -> None:
        """Offer these filters, with live counts over all rows."""
        self.rows.define_filters({chip.key: chip.predicate for chip in chips})
        self.chips.set_chips(chips)
        self.chips.set_counts(self.rows.filter_counts())

    def clear_search(self) -> None:
        """Show all rows again."""
        self.search.clear()
        self.chips.choose([])

    def focus_search(self) -> None:
        """Put the cursor into the search line, its text selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def visible_table(self) -> VisibleTable:
        """Headers and rows exactly as shown."""
        return self.table.visible_table()

    # States

    def show_empty(
        self, title: str, text: str = "", actions: Sequence[Action] = (), *, drawing: Icon = Icon.INFO
    ) -> None:
        """What to say while there are no rows at all."""
        self._empty = _Message(drawing, title, text, tuple(actions))
        self._refresh()

    def show_loading(self, title: str = "") -> None:
        """Say that rows are on their way, until `set_rows`; rows already shown stay."""
        self._instead = _Message(Icon.LOADER, title or _("Loading…"), "")
        self._refresh()

    def show_error(self, title: str, text: str, actions: Sequence[Action] = ()) -> None:
        """Say why there are no rows, until `set_rows`; rows already shown stay (the page adds a banner)."""
        self._instead = _Message(Icon.ALERT, title, text, tuple(actions), Tone.DANGER)
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search line Esc clears, Down goes to the table, Ctrl+E exports; Qt's own goes to the line's end."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.keyCombination() == QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_E):
                event.ignore()
                return True
            return False
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
            if event.key() == Qt.Key.Key_Down and self.rows.rowCount():
                self._enter_table()
                return True
        return super().eventFilter(watched, event)

    # Inside

    def _name_parts(self, page: str, hint: str) -> None:
        self.search.setObjectName(f"{page}.search")
        self.search.setPlaceholderText(hint)
        self.search.setAccessibleName(hint)
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon(Icon.SEARCH, Ink.MUTED), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setToolTip(QKeySequence(QKeySequence.StandardKey.Find).toString())
        self.count.setObjectName(f"{page}.count")
        self.count.setProperty("role", "muted")

    def _lay_out(self, page: str, heading: str) -> None:
        self._columns = IconButton(Icon.COLUMNS, _("Choose columns"), object_name=f"{page}.columns")
        self._export = IconButton(Icon.DOWNLOAD, _("Export what is shown"), object_name=f"{page}.export")
        self.search.setMinimumWidth(200)
        self.search.setMaximumWidth(320)
        self.chips.hide()
        line = QHBoxLayout()
        line.setSpacing(3 * GRID)
        line.setContentsMargins(4 * GRID, 0, 3 * GRID, 2 * GRID + 2)
        if heading:
            title = QLabel(heading)
            title.setProperty("role", "heading")
            title.setMinimumHeight(CONTROL_HEIGHT)
            line.addWidget(title)
            self.search.hide()
        else:
            line.addWidget(self.search, 2, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.chips, 5)
        line.addStretch(0)
        self.count.setMinimumHeight(CONTROL_HEIGHT)
        line.addWidget(self.count, 0, Qt.AlignmentFlag.AlignTop)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for button in (self._columns, self._export):
            tools.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(tools)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._state)
        self._stack.setMinimumHeight(1)  # where room is short, chips keep theirs: the table scrolls, they cannot
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.table)

    def _connect(self, shortcuts_in: QWidget) -> None:
        self.search.textChanged.connect(self.rows.search)
        self.search.installEventFilter(self)
        self.chips.changed.connect(lambda: self.rows.choose_filters(self.chips.chosen()))
        self.rows.counts_changed.connect(lambda: self.chips.set_counts(self.rows.filter_counts()))
        self.rows.shown_changed.connect(self._refresh)
        self.table.export_requested.connect(self.export_requested)
        self._export.clicked.connect(self.export_requested)
        self._columns.clicked.connect(self._open_columns)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), shortcuts_in, context=within)
        find.activated.connect(self.focus_search)
        export = QShortcut(QKeySequence("Ctrl+E"), shortcuts_in, context=within)
        export.activated.connect(self.export_requested)
        self.shortcuts = (find, export)  # a page with several tables lets those of the one in front act

    def _open_columns(self) -> None:
        menu = self.table.layout_of_columns.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._columns.mapToGlobal(self._columns.rect().bottomLeft()))

    def _enter_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.table.currentIndex().isValid():
            self.table.select_place(0)

    def _refresh(self) -> None:
        shown, total = self.rows.rowCount(), self.rows.total
        some = self._count_text(total)
        if self.rows.is_narrowed and shown != total:
            number = self.locale().toString(shown)
            some = _("{shown} of {total}").format(shown=number, total=some)
        self.count.setText(some)
        self.count.setVisible(total > 0)
        message = self._message(shown, total)
        if message is not None:
            self._state.show_message(message.drawing, message.title, message.text, message.actions, ink=message.ink)
        self._stack.setCurrentWidget(self.table if message is None else self._state)

    def _message(self, shown: int, total: int) -> _Message | None:
        """What to show instead of the table."""
        if shown:
            return None
        if not total:
            return self._instead or self._empty
        if self.rows.search_waits:
            return _Message(Icon.SEARCH, _("Searching…"), "")
        clear = Action(_("Clear search and filters"), self.clear_search)
        return _Message(Icon.SEARCH, _("No match"), _("No row holds all of these words and filters."), (clear,))


def _rows_in_words(count: int) -> str:
    return ngettext("{count} row", "{count} rows", count).format(count=format_value(count))
