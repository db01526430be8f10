"""The states of all pairs of people and devices, one byte per cell. Knows neither Qt nor the store.

Rows are people, columns are devices. Slices of a bytearray are counted and searched by C, so that totals, filters and
what is painted need no Python per cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.coverage import CoverageState
from app.domain.devices import Device
from app.domain.directory import Employee
from app.domain.pushes import takes_part

STATES = tuple(CoverageState)
CODES = {state: code for code, state in enumerate(STATES)}
BLANK = len(STATES)
"""The code of a pair of which nothing is expected and nothing is known, such as a paused device."""
_ABSENT = frozenset({CoverageState.PHOTO_MISSING, CoverageState.MISSING, CoverageState.FAILED, CoverageState.WAITING})
_ABSENT_CODES = bytes(CODES[state] for state in STATES if state in _ABSENT)

Cell = tuple[str, str, CoverageState]
"""Device id, employee id (or `#` and the number of somebody only the device knows), state."""


@dataclass(frozen=True, slots=True)
class Person:
    """A row: somebody known here, or somebody whom only devices know (`id` begins with `#` then).

    `expected` says whether pushes to all devices include them.
    """

    id: str
    name: str
    number: str = ""
    expected: bool = True

    @property
    def is_known(self) -> bool:
        """Whether this is an employee."""
        return not self.id.startswith("#")


class CoverageGrid:
    """All cells, row after row."""

    def __init__(self, people: Sequence[Person], devices: Sequence[Device], cells: Iterable[Cell] = ()) -> None:
        self.people = tuple(people)
        self.devices = tuple(devices)
        self.row_of = {person.id: row for row, person in enumerate(self.people)}
        self.column_of = {device.id: column for column, device in enumerate(self.devices)}
        self.width = len(self.devices)
        waiting = bytes(CODES[CoverageState.WAITING] if d.takes_pushes else BLANK for d in self.devices)
        nothing = bytes([BLANK]) * self.width
        self._cells = bytearray().join(waiting if person.expected else nothing for person in self.people)
        self.put(cells)

    def put(self, cells: Iterable[Cell]) -> list[int]:
        """Take over new states; answers the rows that changed. Pairs of unknown people or devices are ignored."""
        width, rows, columns, known = self.width, self.row_of, self.column_of, self._cells
        changed: set[int] = set()
        for device_id, subject, state in cells:
            row, column = rows.get(subject), columns.get(device_id)
            if row is None or column is None:
                continue
            place, code = row * width + column, CODES[state]
            if known[place] != code:
                known[place] = code
                changed.add(row)
        return sorted(changed)

    def row(self, row: int) -> bytes:
        """The codes of one person at all devices."""
        return bytes(self._cells[row * self.width : (row + 1) * self.width])

    def state(self, row: int, column: int) -> CoverageState | None:
        """The state of one cell; None for a blank one."""
        code = self._cells[row * self.width + column]
        return None if code == BLANK else STATES[code]

    def counts(self, columns: Sequence[int] | None = None) -> dict[CoverageState, int]:
        """How many cells are in each state, everywhere or at these devices."""
        parts = [self._cells] if columns is None else [self._column(column) for column in columns]
        return {state: sum(part.count(code) for part in parts) for state, code in CODES.items()}

    def rows_with(self, states: Iterable[CoverageState], columns: Sequence[int] | None = None) -> set[int]:
        """The people who have one of these states somewhere, or at one of these devices."""
        codes = {CODES[state] for state in states}
        if columns is None:
            return {row for row in range(len(self.people)) if not codes.isdisjoint(self.row(row))}
        return {row for column in columns for row, code in enumerate(self._column(column)) if code in codes}

    def person_total(self, row: int) -> tuple[int, int]:
        """At how many devices a person is verified, and at how many they are expected."""
        codes = self.row(row)
        return codes.count(CODES[CoverageState.VERIFIED]), self.width - codes.count(BLANK)

    def device_total(self, column: int) -> tuple[int, int]:
        """How many people are verified at a device, and how many are expected there."""
        codes = self._column(column)
        extra = codes.count(CODES[CoverageState.EXTRA])
        return codes.count(CODES[CoverageState.VERIFIED]), len(self.people) - codes.count(BLANK) - extra

    def absent_at(self, row: int) -> list[Device]:
        """The devices at which a person, or their photo, is not."""
        return [d for d, code in zip(self.devices, self.row(row), strict=True) if code in _ABSENT_CODES]

    def absent_people(self, column: int) -> list[Person]:
        """The people who are not at a device, or whose photo is not."""
        return [p for p, code in zip(self.people, self._column(column), strict=True) if code in _ABSENT_CODES]

    def _column(self, column: int) -> bytearray:
        return self._cells[column :: self.width]


def rows_of(employees: Iterable[Employee], placed: Iterable[str], extras: Mapping[str, str]) -> list[Person]:
    """The people of the matrix: all who are pushed, and whoever else is on a device.

    `placed` are the subjects of all placements, `extras` the names of those whom only devices know.
    """
    somewhere = set(placed)
    known = [
        Person(e.id, e.terminal_name or e.name, e.employee_no or "", expected=takes_part(e))
        for e in employees
        if takes_part(e) or e.id in somewhere
    ]
    strangers = sorted(subject for subject in somewhere if subject.startswith("#"))
    return known + [Person(s, extras.get(s, "") or s.removeprefix("#"), s.removeprefix("#"), False) for s in strangers]
