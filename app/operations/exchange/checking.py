"""Checks a whole file on a thread of its own, and lays its good rows by for the store.

Rows that wait are packed: a hundred thousand of them take some fifteen megabytes, and the collector of garbage has
nothing to walk through. The event loop has its turn every thousand rows.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from app.domain.connections import Connection
from app.domain.exchange import SHAPES, DataType, Problem, Rule
from app.domain.exchange.checker import Checker, Expectations, FieldRule, Verdict
from app.domain.exchange.findings import ERROR_COLUMNS, MOST_LISTED, Findings
from app.domain.exchange.rows import Norms, Row
from app.domain.exchange.values import quoted
from app.errors import Cancelled, UsageError
from app.exports import export_rows
from app.i18n import _, ngettext
from app.operations.context import RunContext
from app.operations.exchange.corrections import corrected
from app.operations.exchange.files import AS_GUESSED, SourceFile, TextForm, look_at, read_rows
from app.operations.exchange.headings import SourceRow
from app.store import contact_center as stored
from app.store.database import Store

MOST_ROWS = 100_000
_SLICE_ROWS = 250  # few enough to stay in the processor's cache
_TURN_EVERY = 4  # slices
TURN_S = 0.0005  # a thread that reads files may take the interpreter back before the event loop wakes up for its turn
_MOST_UNKNOWN = 20
_packed = msgspec.msgpack.Decoder(tuple[list[int], list[Row]])


@dataclass(frozen=True)
class CheckRequest:
    """Which file is checked how. `columns` names fields for columns that are called otherwise; `corrections` are values
    that a person put right, by row and field; `errors_file` takes all that is wrong, as a table. `batch_size` is 0
    where rows are not kept, and `keep` how many bad rows are.
    """

    data_type: DataType
    file: str
    strict: bool = False
    rules: Mapping[str, FieldRule] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    form: TextForm = AS_GUESSED
    errors_file: str = ""
    batch_size: int = 0
    keep: int = MOST_LISTED


@dataclass(frozen=True)
class Batch:
    """Good rows that are stored together, packed with their numbers in the file."""

    packed: bytes
    first: int
    last: int
    count: int

    def unpack(self) -> tuple[list[int], list[Row]]:
        """The numbers of the rows, and the rows."""
        return _packed.decode(self.packed)


@dataclass(frozen=True)
class CheckedFile:
    """A file that was read to its end."""

    source: SourceFile
    findings: Findings
    batches: tuple[Batch, ...]
    unknown: tuple[str, ...]


async def check_file(context: RunContext, request: CheckRequest) -> CheckedFile:
    """Check every row, saying how far it is, and what is odd about the file as a whole.

    Raises `UsageError` for a file that cannot be read as such data, and for rules that cannot be; `StoreError` when
    reading or writing fails; `Cancelled`.
    """
    loop = asyncio.get_running_loop()

    def tell(done: int) -> None:
        loop.call_soon_threadsafe(context.progress, _("Checking rows"), done)

    expected = await expectations(context.workspace.store, context.own_connection, request.rules, strict=request.strict)
    begun_ms = round(context.run.started_at.timestamp() * 1000)  # the same when the run is taken up again
    expected = replace(expected, norms=replace(expected.norms, taken_ms=begun_ms))
    checked = await asyncio.to_thread(_check, request, expected, context.stop, tell)
    if checked.unknown:
        text = _("The file has fields that are not used: {names}.")
        context.warnings.append(text.format(names=", ".join(map(quoted, checked.unknown))))
    for group in checked.findings.grouped(warnings=True):
        context.reasons[f"warning_{group['rule']}"] += group["count"]
    for group in checked.findings.grouped(warnings=False):
        context.reasons[group["rule"]] += group["count"]
    return checked


async def expectations(
    store: Store, connection: Connection, rules: Mapping[str, FieldRule], *, strict: bool
) -> Expectations:
    """What the rows of a connection are checked against."""
    groups, agents = await store.read(stored.known_ids, connection.id)
    return Expectations(zone_of(connection), norms_of(connection), groups, agents, rules, strict)


def zone_of(connection: Connection) -> ZoneInfo:
    """The zone that days and times without one are meant in."""
    return ZoneInfo(connection.setting("timezone"))


def norms_of(connection: Connection) -> Norms:
    """What the connection's settings say of its data (§3)."""
    return Norms(str(connection.setting("static_service_id")), int(connection.setting("step_ms")))


def _check(
    request: CheckRequest, expected: Expectations, stop: threading.Event, tell: Callable[[int], None]
) -> CheckedFile:
    shape = SHAPES[request.data_type]
    checker = Checker(shape, expected)
    source = look_at(Path(request.file), request.form)
    keys = [spec.key for spec in shape.fields]
    findings = Findings(keys, MOST_ROWS if request.errors_file else request.keep)
    unknown: dict[str, None] = {}
    look_up = partial(_look_up, stop, tell)
    batches = tuple(_batches(request, source, checker, findings, unknown, look_up))
    if request.errors_file:
        export_rows(Path(request.errors_file), ERROR_COLUMNS, findings.rows_of_file())
    return CheckedFile(source, findings, batches, tuple(unknown)[:_MOST_UNKNOWN])


def _batches(
    request: CheckRequest,
    source: SourceFile,
    checker: Checker,
    findings: Findings,
    unknown: dict[str, None],
    look_up: Callable[[int], None],
) -> Iterator[Batch]:
    shape = SHAPES[request.data_type]
    numbers: list[int] = []
    rows: list[Row] = []
    source_rows = corrected(read_rows(source, shape, request.columns), shape, request.corrections)
    for slice_number in count():
        part = list(islice(source_rows, _SLICE_ROWS))
        if not part:
            break
        if slice_number % _TURN_EVERY == 0:
            look_up(findings.total + len(part))
        for (number, cells, extra, _defect), (row, problems) in zip(part, _verdicts(checker, part), strict=True):
            findings.total += 1
            if extra and len(unknown) <= _MOST_UNKNOWN:
                unknown |= dict.fromkeys(extra)
            if row is None:
                findings.refuse(number, cells, problems, extra)
                continue
            findings.accept(number, problems)
            if request.batch_size:
                numbers.append(number)
                rows.append(row)
                if len(rows) == request.batch_size:
                    yield _batch(numbers, rows)
                    numbers, rows = [], []
    look_up(findings.total)
    if rows:
        yield _batch(numbers, rows)


def _verdicts(checker: Checker, part: Sequence[SourceRow]) -> Sequence[Verdict]:
    if any(extra or defect for _number, _cells, extra, defect in part):
        return [
            (None, (_defective(defect),)) if defect else checker.check(cells, extra)
            for _n, cells, extra, defect in part
        ]
    return checker.check_all([cells for _number, cells, _extra, _defect in part])


def _look_up(stop: threading.Event, tell: Callable[[int], None], done: int) -> None:
    """Between two slices of rows: is this still wanted, and how far is it."""
    if stop.is_set():
        raise Cancelled(_("Cancelled."))
    if done > MOST_ROWS:
        text = ngettext("The file has more than {count} row.", "The file has more than {count} rows.", MOST_ROWS)
        raise UsageError(text.format(count=MOST_ROWS), _("Split it into smaller ones."))
    tell(done)
    time.sleep(TURN_S)


def _defective(defect: str) -> Problem:
    return Problem("", Rule.ROW, defect, _("Put a text that holds the separator in quotes."))


def _batch(numbers: list[int], rows: list[Row]) -> Batch:
    return Batch(msgspec.msgpack.encode((numbers, rows)), numbers[0], numbers[-1], len(rows))
