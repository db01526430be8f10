"""Writes stored contact-centre data to a file of the person's choice, row by row (contact-center.md §7.3).

Files can be imported again: tables have a column per field, named as the platform calls it; JSON is an array of rows
with the fields under `metrics`. What was stored is read page by page, so that others can read in between.
"""

from __future__ import annotations

import asyncio
import locale
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from app.access import Permission
from app.domain.connections import Connection
from app.domain.contact_center.days import Window, iso_utc, windows
from app.domain.exchange import SHAPES, DataType, FieldKind
from app.domain.exchange.rows import Row, told
from app.domain.outcomes import Action, Outcome, Status
from app.errors import Cancelled, UsageError
from app.exports import check_target, export_rows, of_organization
from app.i18n import N_, _, ngettext
from app.operations.context import RunContext
from app.operations.exchange.checking import TURN_S, zone_of
from app.operations.exchange.imports import CONTACT_CENTER
from app.operations.exchange.tables import Separator
from app.operations.registry import operation
from app.store import contact_center_history as stored
from app.store import contact_center_now, runs
from app.store.contact_center_history import HistoryQuery, Page

_PAGE_ROWS = 1_000
_TURN_EVERY_ROWS = 100
_ALL = "all"


class ExportFormat(StrEnum):
    """How the file is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True)
class ExportParams:
    """Which rows, from first to last day of the connection's zone (both included), and where to.

    Without `format` the file's name decides, and JSON where it says nothing. `include_raw_data` adds everything that is
    known of a row as one JSON text. `separator` is that of a CSV file; unless it is said, a
    semicolon under a Russian locale and else a comma.
    """

    data_type: DataType
    file: str
    start_date: date | None = None
    end_date: date | None = None
    groups: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    format: ExportFormat | None = None
    include_raw_data: bool = False
    separator: Separator | None = None


@operation(
    "cc.export_data",
    N_("Export contact centre data"),
    Permission.READ,
    ExportParams,
    kinds=CONTACT_CENTER,
    writes=False,
    remote=False,
    works_paused=True,
)
async def export_data(context: RunContext, params: ExportParams) -> None:
    """Write the rows of a period to a file, and say how many and what they add up to."""
    query = query_of(context.own_connection, params)
    file, form = Path(params.file), _format(params)
    await asyncio.to_thread(check_target, file)
    groups = await context.workspace.store.read(contact_center_now.groups, query.connection)
    names = {group.group_id: group.name for group in groups}
    rows = _Rows(context, query, names, form, params.include_raw_data)
    total = await context.workspace.store.read(stored.count_rows, query)
    rows.total = total
    if not context.dry_run:
        separator = params.separator or _usual_separator()
        table = of_organization(context.workspace.organization.owner, rows.headers, rows)
        await asyncio.to_thread(export_rows, file, *table, f".{form}", separator.sign)
    message = ngettext("{count} row written.", "{count} rows written.", rows.done).format(count=rows.done)
    await _report(context, params, file, message)
    written = total if context.dry_run else rows.done
    context.summary |= {"total": written, "exported": 0 if context.dry_run else written}
    context.result |= {
        "data_type": params.data_type.value,
        "file": params.file,
        "format": form.value,
        "rows": rows.done,
        "totals": dict(rows.totals),
        "parameters": msgspec.to_builtins(params),
    }


def _usual_separator() -> Separator:
    """What Excel divides cells by where this program runs (§7.3)."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_NUMERIC", "LANG"))
    said = next(filter(None, names), None) or locale.getlocale(locale.LC_CTYPE)[0] or ""
    return Separator.SEMICOLON if said.lower().startswith("ru") else Separator.COMMA


def query_of(connection: Connection, params: ExportParams) -> HistoryQuery:
    """Which rows of a connection are asked for.

    Raises `UsageError` for a period the wrong way round, or data that cannot be narrowed so.
    """
    keys = {spec.key for spec in SHAPES[params.data_type].fields}
    groups, agents = _chosen(params.groups), _chosen(params.agents)
    for name, key, chosen in (("groups", "groupId", groups), ("agents", "agentId", agents)):
        if chosen and key not in keys:
            raise UsageError(
                _("{data_type} cannot be narrowed by {name}.").format(data_type=params.data_type, name=name)
            )
    window = _window(params.start_date, params.end_date, zone_of(connection))
    return HistoryQuery(params.data_type, connection.id, window, groups, agents)


def _chosen(ids: tuple[str, ...]) -> tuple[str, ...]:
    return () if _ALL in ids else ids


def _window(first: date | None, last: date | None, zone: ZoneInfo) -> Window | None:
    """The days asked for; one that was left out is as far away as days of contact centres can be."""
    if first is None and last is None:
        return None
    first, last = first or date(1970, 1, 1), last or date(2199, 12, 31)
    if last < first:
        raise UsageError(_("The last day is before the first."), _("Exchange start_date and end_date."))
    return next(windows(first, last, zone, (last - first).days + 1))


def _format(params: ExportParams) -> ExportFormat:
    if params.format is not None:
        return params.format
    suffix = Path(params.file).suffix.lower().removeprefix(".")
    return ExportFormat(suffix) if suffix in set(ExportFormat) else ExportFormat.JSON


async def _report(context: RunContext, params: ExportParams, file: Path, message: str) -> None:
    said = _("Would be written") if context.dry_run else message
    outcome = Outcome(
        file.name, file.name, params.data_type.value, "file", Status.SUCCESS, "export", said, Action.CREATE
    )  # fmt: skip
    context.outcomes.clear()  # of a run that is taken up again
    if not context.dry_run:
        await context.workspace.store.write(_keep, context.run.run_id, outcome)
    context.report([outcome])


def _keep(run_id: str, outcome: Outcome) -> None:
    runs.forget_outcomes(run_id)
    runs.add_outcomes(run_id, 0, [outcome])


class _Rows:
    """The rows of the file, one after the other, on the thread that writes it; each page is asked of the event loop."""

    def __init__(
        self, context: RunContext, query: HistoryQuery, groups: Mapping[str, str], form: ExportFormat, raw: bool
    ) -> None:
        self._context = context
        self._query = query
        self._loop = asyncio.get_running_loop()
        self._shape = _OutShape(query.data_type, groups, form, zone_of(context.own_connection), raw)
        self.headers = self._shape.headers
        self.total = 0
        self.done = 0
        self.totals: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Sequence[object]]:
        after: tuple[Any, int] | None = None
        while True:
            page = self._page(after)
            for place, (row_id, row) in enumerate(page.rows):
                if place % _TURN_EVERY_ROWS == 0:
                    time.sleep(TURN_S)
                values = told(self._query.data_type, row)
                self._count(values)
                yield self._shape.row(row_id, values, row)
            self.done += len(page.rows)
            self._loop.call_soon_threadsafe(self._context.progress, _("Writing rows"), self.done, self.total)
            after = page.after
            if after is None:
                return

    def _page(self, after: tuple[Any, int] | None) -> Page:
        if self._context.stop.is_set():
            raise Cancelled(_("Cancelled."))
        store = self._context.workspace.store
        read = store.read(stored.history_page, self._query, after, _PAGE_ROWS)
        return asyncio.run_coroutine_threadsafe(read, self._loop).result()

    def _count(self, values: Mapping[str, Any]) -> None:
        for key in self._shape.counted:
            value = values[key]
            if value is not None:
                self.totals[key] += value


def _signed_text(cell: object) -> object:
    """A text that begins with a sign is led by an apostrophe, also one like a number or a phone's (§7.3)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("+", "-")) else cell


_AVERAGES = frozenset({"aht", "postProcessing", "awt"})
_STANDING_FOR = {"agent_id": "agentId", "queue_id": "groupId"}
"""The columns of ContactCenterData (§9) that stand for fields of the platform; `service_group` is the group's name."""


class _OutShape:
    """How a row looks in the file; `groups` are names by id."""

    def __init__(
        self, data_type: DataType, groups: Mapping[str, str], form: ExportFormat, zone: ZoneInfo, raw: bool
    ) -> None:
        shape = SHAPES[data_type]
        self._groups = groups
        self._data_type = data_type
        self._zone = zone
        self._raw = raw
        self._form = form
        self._nested = form is ExportFormat.JSON
        self._moments = frozenset(spec.key for spec in shape.fields if spec.kind is FieldKind.MOMENT)
        self._moment: Callable[[int], object] = self._local if form is ExportFormat.XLSX else iso_utc
        self._keys = tuple(spec.key for spec in shape.fields)
        self._metrics = tuple(key for key in self._keys if key not in _STANDING_FOR.values())
        numbers = {FieldKind.COUNT, FieldKind.DURATION}
        self.counted = tuple(s.key for s in shape.fields if s.kind in numbers and s.key not in _AVERAGES)
        metrics = ("metrics",) if self._nested else tuple(key for key in self._metrics if key != "timestamp")
        named = (*_STANDING_FOR, "service_group")
        self.headers = ("id", "data_type", "timestamp", *named, *metrics, *(("raw_data",) if raw else ()))

    def row(self, row_id: int, values: Mapping[str, Any], stored_row: Row) -> Sequence[object]:
        """The cells of one row, in the order of `headers`."""
        shown = {key: self._shown(key, values[key]) for key in self._keys}
        named = [shown.get(key) or None for key in _STANDING_FOR.values()]
        group = values.get("groupId") or None
        named.append((self._groups.get(group) or group) if group else None)
        when = shown[self._first_key()]
        cells: list[object] = [str(row_id), self._data_type.value, when, *named]
        metrics = {key: shown[key] for key in self._metrics if self._nested or key != "timestamp"}
        cells += [metrics] if self._nested else metrics.values()
        if self._raw:
            raw = {key: iso_utc(v) if key in self._moments and v is not None else v for key, v in values.items()}
            raw |= msgspec.json.decode(stored_row[-1]) if stored_row[-1] else {}
            cells.append(raw if self._nested else msgspec.json.encode(raw).decode())
        return [_signed_text(cell) for cell in cells] if self._form is ExportFormat.CSV else cells

    def _first_key(self) -> str:
        """The field that says when a row was: the first moment or day."""
        when = {FieldKind.MOMENT, FieldKind.DAY}
        return next(spec.key for spec in SHAPES[self._data_type].fields if spec.kind in when)

    def _shown(self, key: str, value: Any) -> object:
        return self._moment(value) if value is not None and key in self._moments else value

    def _local(self, moment_ms: int) -> datetime:
        """Workbooks know no zones: the times are those of the connection's."""
        return datetime.fromtimestamp(moment_ms / 1000, self._zone).replace(tzinfo=None)
