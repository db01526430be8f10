"""The Qt model of every table: an adapter between a `RowBook` and a view.

It sorts and filters its own list (no sorting proxy), answers words, tones and records by role, and tells the view
about changed rows in ranges. Large changes are a reset; the view brings selection, current row and scroll position
back by key. Must not know any page.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from enum import IntEnum
from time import perf_counter
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)

from app.i18n import _
from ui.tables.book import RowBook
from ui.tables.columns import Column

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

SLICE_S = 0.005
"""Idle work takes the event loop for at most about this long at a time."""
# Put together once: Python takes a microsecond for each | of two enums, and a cell is painted for twenty.
_SELECTABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_EDITABLE = _SELECTABLE | Qt.ItemFlag.ItemIsEditable
_TICKABLE = _SELECTABLE | Qt.ItemFlag.ItemIsUserCheckable
_MANY = 400  # inserted and removed rows of one batch beyond which a reset is cheaper


class Role(IntEnum):
    """What the model answers besides Qt's own roles."""

    RECORD = Qt.ItemDataRole.UserRole + 1
    SORT = Qt.ItemDataRole.UserRole + 2
    TONE = Qt.ItemDataRole.UserRole + 3
    ICON = Qt.ItemDataRole.UserRole + 4


class TableModel(QAbstractTableModel, Generic[Row]):
    """Rows of one type, shown through `columns`; `key` names a row for as long as it lives."""

    shown_changed = Signal()
    """Other rows, or another number of rows, are shown than before."""
    counts_changed = Signal()
    """`filter_counts` has news."""
    checked_changed = Signal()
    edited = Signal(object, str, str)
    """Record, column key and what was written into the cell; the page decides and updates the row."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Hashable],
        *,
        checkable: Callable[[Row], bool] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`checkable` says which rows have a box to tick; without it none has."""
        super().__init__(parent)
        self.columns = tuple(columns)
        self.key = key
        self.checkable = checkable
        self._book: RowBook[Row] = RowBook(self.columns, key)
        self._shown: list[int] = []
        self._checked: set[Hashable] = set()
        self.search_waits = False  # true while a search waits for its texts (large tables, just after opening)
        self._idle = QTimer(self, interval=0, singleShot=True)
        self._idle.timeout.connect(self._work_a_slice)

    # Rows

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show these rows and no others."""
        self.beginResetModel()
        self._book.replace_all(rows)
        self._checked &= self._book.slot_of.keys()
        self.search_waits = not self._book.can_search_now
        self._shown = [] if self.search_waits else self._book.matching()
        self.endResetModel()
        self.shown_changed.emit()
        self._report_counts()

    def update_rows(self, rows: Iterable[Row]) -> None:
        """Insert rows, or replace those with the same key; they go where sort and filter put them."""
        touched = self._book.put(rows)
        if not touched:
            return
        if not self.search_waits:
            self._move_to(self._book.matching(), touched)
        self._report_counts()

    def remove(self, keys: Iterable[Hashable]) -> None:
        """Take rows away; unknown keys are ignored."""
        wanted = set(keys)
        slots = {self._book.slot_of[key] for key in wanted if key in self._book.slot_of}
        if not slots:
            return
        self._checked -= wanted
        gone = range(len(self._shown)) if self.search_waits else self.places_of(wanted)
        self._remove_places(gone)
        self._book.drop(slots)
        # Slots have been numbered anew; the rows shown are the same as before.
        self._shown = [] if self.search_waits else self._book.matching()
        self.shown_changed.emit()
        self._report_counts()

    @property
    def total(self) -> int:
        """Number of rows, shown or not."""
        return len(self._book.rows)

    def all_rows(self) -> list[Row]:
        """Every row, shown or not, in order of arrival."""
        return list(self._book.rows)

    def shown_rows(self) -> list[Row]:
        """The rows as shown: filtered and sorted."""
        rows = self._book.rows
        return [rows[slot] for slot in self._shown]

    def row_at(self, place: int) -> Row:
        """The record in the `place`-th shown row."""
        return self._book.rows[self._shown[place]]

    def row_for(self, key: Hashable) -> Row | None:
        """The record of that key."""
        slot = self._book.slot_of.get(key)
        return None if slot is None else self._book.rows[slot]

    def places_of(self, keys: Iterable[Hashable]) -> list[int]:
        """Where the rows of these keys are shown, ascending; hidden ones are left out."""
        slots = {self._book.slot_of[key] for key in keys if key in self._book.slot_of}
        if not slots:
            return []
        return [place for place, slot in enumerate(self._shown) if slot in slots]

    # Sort, search, filters

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Qt's own entry, used by the header; -1 returns to the order of arrival."""
        descending = order == Qt.SortOrder.DescendingOrder
        self._book.sort_by(None if column < 0 else column, descending=descending)
        self._show_matching()

    def search(self, query: str) -> None:
        """Show rows that hold all words of `query` in a visible column, whatever case and accents."""
        self._book.search(query)
        self._show_matching()

    def search_columns(self, columns: Sequence[int]) -> None:
        """Which columns the search looks through, by index."""
        self._book.search_columns(columns)
        if self._book.is_narrowed:
            self._show_matching()
        self._start_idle_work()

    def define_filters(self, predicates: dict[str, Callable[[Row], bool]]) -> None:
        """The filters there are, by key."""
        self._book.define_filters(predicates)
        self._show_matching()
        self._report_counts()

    def choose_filters(self, keys: Sequence[str]) -> None:
        """Show rows that pass all of these filters."""
        self._book.choose_filters(keys)
        self._show_matching()

    def filter_counts(self) -> dict[str, int]:
        """How many of all rows pass each filter, as far as counted."""
        return self._book.filter_counts()

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter is in force."""
        return self._book.is_narrowed

    @property
    def is_preparing(self) -> bool:
        """Whether search texts, sort keys or counts of a large table are still being made, between other events."""
        return self._idle.isActive()

    def place_starting_with(self, prefix: str) -> int | None:
        """The first shown row whose first column starts with `prefix`."""
        return self._book.starting_with(prefix, self._shown)

    # Ticks

    def checked_keys(self) -> set[Hashable]:
        """The keys of the ticked rows."""
        return set(self._checked)

    def may_tick(self, row: Row | None) -> bool:
        """Whether the row has a box."""
        return row is not None and self.checkable is not None and self.checkable(row)

    def set_checked(self, keys: Iterable[Hashable], *, on: bool) -> None:
        """Tick rows, or take their ticks away."""
        known = {key for key in keys if self.may_tick(self.row_for(key))}
        self._checked = self._checked | known if on else self._checked - known
        self._emit_changed(range(len(self._shown)))
        self.checked_changed.emit()

    # Qt's side

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows shown."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns, hidden ones too."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's question about a cell; see `_ANSWERS`."""
        if not index.isValid():
            return None
        answer = _ANSWERS.get(role)
        return None if answer is None else answer(self, self.row_at(index.row()), index.column())

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ticks a row, or says what was written into a cell that can be edited."""
        if role == Qt.ItemDataRole.EditRole and self.can_edit(index):
            row, column = self.row_at(index.row()), self.columns[index.column()]
            if value != self._editable(row, index.column()):
                self.edited.emit(row, column.key, value)
            return True
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0 or not self.may_tick(self.row_at(index.row())):
            return False
        self.set_checked([self.key(self.row_at(index.row()))], on=Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles and their alignment."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].heading
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[section].alignment.flag
        if role == Qt.ItemDataRole.SizeHintRole and self.columns[section].narrow:
            return QSize(self.columns[section].width, 0)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be selected, some edited; the first may carry a tick."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.columns[index.column()].edit is not None and self.can_edit(index):
            return _EDITABLE
        if self.checkable is not None and index.column() == 0 and self.may_tick(self.row_at(index.row())):
            return _TICKABLE
        return _SELECTABLE

    def can_edit(self, index: Index) -> bool:
        """Whether the cell can be written into."""
        return index.isValid() and self._editable(self.row_at(index.row()), index.column()) is not None

    def _editable(self, row: Row, column: int) -> str | None:
        edit = self.columns[column].edit
        return edit(row) if edit is not None else None

    def _display(self, row: Row, column: int) -> str:
        return self.columns[column].words(row)

    def _spoken(self, row: Row, column: int) -> str:
        described = self.columns[column]
        return _("{column}: {value}").format(column=described.heading, value=described.words(row) or _("empty"))

    def _tooltip(self, row: Row, column: int) -> str | None:
        tip = self.columns[column].tooltip
        return tip(row) if tip is not None else None

    def _alignment(self, _row: Row, column: int) -> Qt.AlignmentFlag:
        return self.columns[column].alignment.flag

    def _tick(self, row: Row, column: int) -> Qt.CheckState | None:
        if column != 0 or not self.may_tick(row):
            return None
        return Qt.CheckState.Checked if self.key(row) in self._checked else Qt.CheckState.Unchecked

    def _record(self, row: Row, _column: int) -> Row:
        return row

    def _value(self, row: Row, column: int) -> object:
        return self.columns[column].value(row)

    def _tone(self, row: Row, column: int) -> object:
        tone = self.columns[column].tone
        return tone(row) if tone is not None else None

    def _icon(self, row: Row, column: int) -> object:
        mark = self.columns[column].icon
        return mark(row) if mark is not None else None

    # Telling the view

    def _show_matching(self) -> None:
        """Show what matches now; a search whose texts are not yet there is done as soon as they are."""
        self.search_waits = not self._book.can_search_now
        self._start_idle_work()
        if not self.search_waits:
            self._replace_shown(self._book.matching())

    def _replace_shown(self, shown: list[int]) -> None:
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()
        self.shown_changed.emit()

    def _move_to(self, shown: list[int], touched: Sequence[int]) -> None:
        """Go from the rows shown so far to `shown`, where only `touched` slots have changed."""
        was = {slot: place for place, slot in enumerate(self._shown)}
        now = {slot: place for place, slot in enumerate(shown)}
        gone = [was[slot] for slot in touched if slot in was and slot not in now]
        come = [slot for slot in touched if slot in now and slot not in was]
        if len(gone) + len(come) > _MANY:
            self._replace_shown(shown)
            return
        self._remove_places(sorted(gone))
        newcomers = set(come)
        self._reorder([slot for slot in shown if slot not in newcomers] if come else shown)
        self._insert_places(sorted(now[slot] for slot in come), shown)
        self._shown = shown
        self._emit_changed(sorted(now[slot] for slot in touched if slot in was and slot in now))
        if gone or come:
            self.shown_changed.emit()

    def _remove_places(self, places: Sequence[int]) -> None:
        for first, last in reversed(runs(places)):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._shown = self._shown[:first] + self._shown[last + 1 :]
            self.endRemoveRows()

    def _insert_places(self, places: Sequence[int], shown: list[int]) -> None:
        for first, last in runs(places):
            self.beginInsertRows(QModelIndex(), first, last)
            self._shown = self._shown[:first] + shown[first : last + 1] + self._shown[first:]
            self.endInsertRows()

    def _reorder(self, shown: list[int]) -> None:
        if shown == self._shown:
            return
        self.layoutAboutToBeChanged.emit()
        place_of = {slot: place for place, slot in enumerate(shown)}
        old = self.persistentIndexList()
        new = [self.index(place_of[self._shown[index.row()]], index.column()) for index in old]
        self._shown = shown
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _emit_changed(self, places: Sequence[int]) -> None:
        last_column = len(self.columns) - 1
        for first, last in runs(places):
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    # Idle work

    def _report_counts(self) -> None:
        self._start_idle_work()
        self.counts_changed.emit()

    def _start_idle_work(self) -> None:
        if not self._idle.isActive() and self._book.idle_work():
            self._idle.start()

    def _work_a_slice(self) -> None:
        until = perf_counter() + SLICE_S
        uncounted = self._book.counts_missing
        for derived in self._book.idle_work():
            if not derived.advance(until):
                break
        if self._book.counts_missing < uncounted:
            self.counts_changed.emit()
        if self.search_waits and self._book.can_search_now:
            self._show_matching()
        self._start_idle_work()


_ANSWERS: dict[int, Callable[[TableModel[Any], Any, int], Any]] = {
    Qt.ItemDataRole.DisplayRole: TableModel._display,
    Qt.ItemDataRole.EditRole: TableModel._editable,
    Qt.ItemDataRole.AccessibleTextRole: TableModel._spoken,
    Qt.ItemDataRole.ToolTipRole: TableModel._tooltip,
    Qt.ItemDataRole.TextAlignmentRole: TableModel._alignment,
    Qt.ItemDataRole.CheckStateRole: TableModel._tick,
    Role.RECORD: TableModel._record,
    Role.SORT: TableModel._value,
    Role.TONE: TableModel._tone,
    Role.ICON: TableModel._icon,
}


def runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending places as runs of neighbours, first and last of each."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
