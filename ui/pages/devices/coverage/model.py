"""The Qt model of the matrix: a window onto a `CoverageGrid` that shows the people and devices that were filtered.

Every cell answers with words; what the view paints comes from `shown_row`, without a call per cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device
from app.i18n import _
from ui.pages.devices.coverage.grid import CODES, Cell, CoverageGrid, Person
from ui.tables.search import fold, search_words
from ui.texts import COVERAGE_WORDS, ago

Index = QModelIndex | QPersistentModelIndex
FADED = 16
"""Added to the code of a cell that is not of the states asked for."""
_SELECTABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class CoverageModel(QAbstractTableModel):
    """Rows are the people shown, columns the devices shown."""

    counts_changed = Signal()
    """Totals, or what is shown, changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid = CoverageGrid((), ())
        self.rows: list[int] = []
        self.columns: list[int] = []
        self._words: tuple[str, ...] = ()
        self._only_person = ""
        self._only_device = ""
        self._states: tuple[CoverageState, ...] = ()
        self._fade: bytes | None = None
        self._texts: list[str] = []
        self._known: dict[tuple[str, str], Placement] = {}

    # What is shown

    def show_grid(self, grid: CoverageGrid) -> None:
        """Show another grid under the same filters."""
        self.grid = grid
        self._texts = [fold(f"{person.name} {person.number}") for person in grid.people]
        self._known.clear()
        self._filter()

    def put(self, cells: Iterable[Cell]) -> None:
        """States that are now known; rows stay where they are until the next filter."""
        changed = self.grid.put(cells)
        if not changed:
            return
        people = {self.grid.people[row].id for row in changed}
        self._known = {pair: known for pair, known in self._known.items() if pair[1] not in people}
        if self.rows and self.columns:
            touched = set(changed)
            places = [place for place, row in enumerate(self.rows) if row in touched]
            if places:
                last = len(self.columns) - 1
                self.dataChanged.emit(self.index(places[0], 0), self.index(places[-1], last))
        self.counts_changed.emit()

    def search(self, query: str) -> None:
        """Show people whose name or number holds all words."""
        self._words = search_words(query)
        self._filter()

    def choose(self, states: Sequence[CoverageState], *, device: str = "", person: str = "") -> None:
        """Show people who have one of these states somewhere, or at this device; or this person alone."""
        self._states, self._only_device, self._only_person = tuple(states), device, person
        self._filter()

    def _filter(self) -> None:
        self.beginResetModel()
        grid = self.grid
        only = grid.column_of.get(self._only_device)
        self.columns = list(range(grid.width)) if only is None else [only]
        rows: Iterable[int] = range(len(grid.people))
        if self._only_person:
            rows = [row for row in (grid.row_of.get(self._only_person),) if row is not None]
        elif self._states:
            rows = sorted(grid.rows_with(self._states, None if only is None else [only]))
        self.rows = [row for row in rows if all(word in self._texts[row] for word in self._words)]
        self._fade = _fading(self._states) if self._states else None
        self.endResetModel()
        self.counts_changed.emit()

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter is in force."""
        return bool(self._words or self._states or self._only_device or self._only_person)

    def counts(self) -> dict[CoverageState, int]:
        """How many cells are in each state, at the devices shown."""
        return self.grid.counts(self.columns if len(self.columns) < self.grid.width else None)

    def shown_row(self, place: int, first: int, last: int) -> bytes:
        """The codes of a shown row from one shown column to another, those not asked for with `FADED` added."""
        codes = self.grid.row(self.rows[place])
        if len(self.columns) != self.grid.width:
            codes = bytes(map(codes.__getitem__, self.columns))
        codes = codes[first : last + 1]
        return codes if self._fade is None else codes.translate(self._fade)

    # Records

    def person(self, place: int) -> Person:
        """The person of a shown row."""
        return self.grid.people[self.rows[place]]

    def device(self, place: int) -> Device:
        """The device of a shown column."""
        return self.grid.devices[self.columns[place]]

    def state(self, index: Index) -> CoverageState | None:
        """The state of a shown cell."""
        return self.grid.state(self.rows[index.row()], self.columns[index.column()])

    def place_of(self, person_id: str, device_id: str = "") -> QModelIndex:
        """The cell of a person at a device, or their first; invalid when it is not shown."""
        row, column = self.grid.row_of.get(person_id), self.grid.column_of.get(device_id)
        if row not in self.rows or (device_id and column not in self.columns):
            return QModelIndex()
        return self.index(self.rows.index(row), self.columns.index(column) if column is not None else 0)

    def starting_with(self, prefix: str) -> int:
        """The first shown row whose name starts so, or -1."""
        wanted = fold(prefix)
        return next((place for place, row in enumerate(self.rows) if self._texts[row].startswith(wanted)), -1)

    def learn(self, known: Mapping[tuple[str, str], Placement]) -> None:
        """What was read of some pairs, by device and person: cells then also say how old their evidence is."""
        self._known.update(known)

    def placement(self, index: Index) -> Placement | None:
        """What was read of a cell."""
        return self._known.get((self.device(index.column()).id, self.person(index.row()).id))

    # Words

    def spoken(self, index: Index) -> str:
        """A cell as a sentence: "Popescu Ana at Main entrance: Verified, 2 min ago"."""
        person, device, state = self.person(index.row()).name, self.device(index.column()).name, self.state(index)
        if state is None:
            return _("{person} at {device}: not expected").format(person=person, device=device)
        known = self.placement(index)
        when = ago(known.checked_at or known.sent_at) if known is not None else ""
        if not when:
            text = _("{person} at {device}: {state}")
            return text.format(person=person, device=device, state=_(COVERAGE_WORDS[state]))
        text = _("{person} at {device}: {state}, {when}")
        return text.format(person=person, device=device, state=_(COVERAGE_WORDS[state]), when=when)

    def word(self, index: Index) -> str:
        """The state of a cell in a word."""
        state = self.state(index)
        return _(COVERAGE_WORDS[state]) if state is not None else ""

    def total_of_person(self, place: int) -> tuple[int, int]:
        """Devices where a shown person is verified, of those where they are expected."""
        return self.grid.person_total(self.rows[place])

    def total_of_device(self, place: int) -> tuple[int, int]:
        """People verified at a shown device, of those expected there."""
        return self.grid.device_total(self.columns[place])

    # Qt's side

    def rowCount(self, parent: Index | None = None) -> int:
        """People shown."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Devices shown."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The word of a cell; tooltip and accessible text are the whole sentence."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.word(index)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.spoken(index)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names; tooltip and accessible text with the total."""
        across = orientation == Qt.Orientation.Horizontal
        if not 0 <= section < (len(self.columns) if across else len(self.rows)):
            return None
        name = self.device(section).name if across else self.person(section).name
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            done, total = self.total_of_device(section) if across else self.total_of_person(section)
            return _("{name}: {done} of {total} verified").format(name=name, done=done, total=total)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be chosen."""
        return _SELECTABLE if index.isValid() else Qt.ItemFlag.NoItemFlags


def _fading(states: Sequence[CoverageState]) -> bytes:
    """A translation that marks every code but those of `states`."""
    kept = {CODES[state] for state in states}
    return bytes(code if code in kept or code >= FADED else code + FADED for code in range(256))
