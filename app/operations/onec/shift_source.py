"""Where shifts to send come from: parameters, a file, or the plan that is stored; checked the same way (§5.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from app.domain.exchange import DataType, ExchangeField, FieldKind, Shape
from app.domain.exchange.values import quoted
from app.domain.onec_schedules import PeriodState, period_state
from app.domain.onec_shift_rows import ShiftRow, ShiftRule
from app.domain.onec_shifts import CheckedShifts, Circumstances, RowProblem, check_planned, check_shifts
from app.errors import UsageError
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.exchange.files import look_at, read_rows
from app.operations.onec.asking import ALL, Asked, check_order, named, names_of, this_month, today, whom, zone_of
from app.store import onec_sent

_MOST_ROWS = 100_000
# The reader of files asks a shape for its fields alone, not for the type of contact-centre data that others name.
_SHAPE = Shape(
    cast(DataType, "onec_shifts"),
    N_("Shifts"),
    (
        ExchangeField("agent_id", FieldKind.ID, required=True, aliases=("agent", "external_id", "tabN", "person")),
        ExchangeField("date", FieldKind.DAY, aliases=("day",)),
        ExchangeField("start", FieldKind.MOMENT, required=True, aliases=("date_start", "from", "start_time")),
        ExchangeField("end", FieldKind.MOMENT, required=True, aliases=("date_end", "to", "end_time")),
        ExchangeField("unpaid_breaks", FieldKind.TEXT, aliases=("breaks", "break")),
    ),
    nested=("shifts", "shift"),
)


@dataclass(frozen=True)
class ShiftParam:
    """A shift in local time; values are read one by one, so that a wrong one costs no other shift."""

    agent_id: Any = ""
    start: Any = ""
    end: Any = ""
    unpaid_breaks: Any = None


@dataclass(frozen=True)
class ShiftsParams:
    """Shifts, or a file of them (CSV, XLSX, JSON); the days that are meant, without which it is every month of a shift.

    `people` are external ids, none or `all` for everybody in the shifts.
    """

    shifts: tuple[ShiftParam, ...] = ()
    file: str = ""
    start_date: date | None = None
    end_date: date | None = None
    people: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_order(self.start_date, self.end_date)
        if self.shifts and self.file:
            raise UsageError(_("Give shifts or a file, not both."))


async def checked_shifts(
    context: RunContext, params: ShiftsParams, *, stored: bool, partly: bool = False
) -> tuple[CheckedShifts, Asked]:
    """The shifts that are meant, checked, and the people they are of; `stored` takes those of the plan.

    `partly` takes the good shifts of a month in which others are wrong.

    Raises `UsageError` for a file that cannot be read as a table of shifts.
    """
    connection = context.own_connection
    days: tuple[date, date] | None = None
    if params.start_date or params.end_date:
        days = this_month(connection, params.start_date, params.end_date)
        _warn_of_closed(context, days)
    wanted = tuple(i for i in params.people if i != ALL)
    if stored:
        meant = await whom(context, wanted) if wanted else None
        ids = meant.ids if meant else None
        from_now_on = (today(connection).replace(day=1), date.max)  # earlier months are closed
        shifts = await context.workspace.store.read(onec_sent.planned, connection.id, *(days or from_now_on), ids)
        asked = meant or await whom(context, tuple({s.external_id for s in shifts}) or (ALL,))
        checked = check_planned(shifts, _about(context, asked, days))
        return _with_the_empty(checked, (*meant.ids, *meant.unknown) if meant else () if shifts else ("",)), asked
    rows = await file_rows(context, params.file) if params.file else param_rows(params.shifts)
    listed = tuple(dict.fromkeys(str(row.agent or "").strip() for row in rows))
    asked = await people_of(context, listed)
    if wanted:
        names = names_of(asked)
        wanted = tuple(named(asked.external_id(i), names) for i in wanted)
        rows = [row for row in rows if named(str(row.agent), names) in wanted]
    about = replace(_about(context, asked, days), partly=partly)
    checked = await asyncio.to_thread(check_shifts, rows, about)
    return _with_the_empty(checked, wanted or (() if rows else ("",))), asked


def _warn_of_closed(context: RunContext, days: tuple[date, date]) -> None:
    day = today(context.own_connection)
    if period_state(*days, day) is PeriodState.PARTLY_CLOSED:
        text = _("The period begins in the past: 1C writes from {month} on, earlier months will be skipped.")
        context.warnings.append(text.format(month=f"{day:%Y-%m}"))


async def people_of(context: RunContext, ids: tuple[str, ...]) -> Asked:
    """Everybody who is known, so that a row may name somebody by personnel number too; 1C is asked about the rest."""
    everybody = await whom(context, (ALL,))
    known = set(names_of(everybody))
    strangers = [i for i in ids if i and i not in known and i.lower() not in known]
    if not strangers or not everybody.known:  # without anybody known, 1C was just asked
        return everybody
    found = await whom(context, strangers)
    return Asked((*everybody.people, *(p for p in found.people if p not in everybody.people)), everybody.known)


def _about(context: RunContext, asked: Asked, days: tuple[date, date] | None) -> Circumstances:
    first, last = days or (None, None)
    connection = context.own_connection
    return Circumstances(zone_of(connection), today(connection), names_of(asked), first, last)


def _with_the_empty(checked: CheckedShifts, named: Iterable[str]) -> CheckedShifts:
    """People that were named and have no shift at all: an empty schedule is no order to clear a month (§5.3)."""
    there = {p.schedule.external_id for p in (*checked.pieces, *checked.held)} | {p.agent for p in checked.problems}
    message, fix = _("There are no shifts to send."), _("Enter shifts; an empty schedule does not clear a month.")
    empty = [RowProblem(0, i, "", ShiftRule.EMPTY, message, fix) for i in named if i not in there]
    return CheckedShifts(checked.pieces, (*checked.problems, *empty), checked.held)


def param_rows(shifts: Iterable[ShiftParam]) -> list[ShiftRow]:
    """Shifts as rows to check."""
    return [ShiftRow(n, s.agent_id, s.start, s.end, s.unpaid_breaks) for n, s in enumerate(shifts, 1)]


async def file_rows(context: RunContext, name: str) -> list[ShiftRow]:
    """The rows of a file of shifts; columns that nothing reads are a warning, as one may be misspelt.

    Raises `UsageError` for a file that is no table of shifts.
    """
    rows, unused = await asyncio.to_thread(_file_rows, name)
    if unused:
        text = _("The file has fields that are not used: {names}.")
        context.warnings.append(text.format(names=", ".join(map(quoted, unused))))
    return rows


def _file_rows(name: str) -> tuple[list[ShiftRow], tuple[str, ...]]:
    rows: list[ShiftRow] = []
    unused: dict[str, None] = {}
    for number, (agent, day, start, end, breaks), extra, _defect in read_rows(look_at(Path(name)), _SHAPE, {}):
        if len(rows) >= _MOST_ROWS:
            raise UsageError(
                _("The file {file} is too large.").format(file=Path(name).name), _("Split it into smaller ones.")
            )
        rows.append(ShiftRow(number, agent, start, end, breaks, day))
        unused |= dict.fromkeys(extra or ())
    return rows, tuple(unused)
