"""Values that a person put right: they take the place of what a file says, and are checked like everything else.

check = row_check(DataType.CALLS, await expectations(store, connection, {}, strict=False))
problems = check({"agentId": "op-17", "startCall": "2026-03-05T07:00:00Z", ...})
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from app.domain.exchange import DataType, Problem, Shape, folded
from app.domain.exchange.checker import Checker, Expectations
from app.domain.exchange.shapes import SHAPES
from app.domain.exchange.values import quoted
from app.errors import UsageError
from app.i18n import _
from app.operations.exchange.headings import SourceRow, fields_of

Corrections = Mapping[int, Mapping[str, str]]
"""New values by the number of the row and the key of the field."""
RowCheck = Callable[[Mapping[str, str]], tuple[Problem, ...]]
"""What keeps a row out, given its values by field."""


def corrected(rows: Iterable[SourceRow], shape: Shape, corrections: Corrections) -> Iterable[SourceRow]:
    """The rows with what was put right in them; one that somebody looked at is no longer defective as a whole.

    Raises `UsageError` for a field that the data does not have.
    """
    if not corrections:
        return rows
    by_place = {row: {_place(shape, key): value for key, value in new.items()} for row, new in corrections.items()}
    return (_with(row, by_place[row[0]]) if row[0] in by_place else row for row in rows)


def _place(shape: Shape, key: str) -> int:
    place = shape.places.get(folded(key))
    if place is None:
        raise UsageError(_("There is no field {name}.").format(name=quoted(key)), fields_of(shape))
    return place


def _with(row: SourceRow, new: Mapping[int, str]) -> SourceRow:
    number, cells, extra, _defect = row
    return number, [new.get(place, cell) for place, cell in enumerate(cells)], extra, ""


def row_check(data_type: DataType, expected: Expectations) -> RowCheck:
    """Checks single rows; what rows have to do with each other is looked at when the whole file is checked."""
    shape = SHAPES[data_type]
    keys = [spec.key for spec in shape.fields]
    Checker(shape, expected)  # a rule that cannot be is said now

    def check(record: Mapping[str, str]) -> tuple[Problem, ...]:
        extra = {name: value for name, value in record.items() if name not in keys}
        row, problems = Checker(shape, expected).check([record.get(key, "") for key in keys], extra or None)
        return tuple(p for p in problems if not p.warning) if row is None else ()

    return check
