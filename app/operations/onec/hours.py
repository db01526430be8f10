"""Norm hours and timesheets: asked of 1C, stored, shown beside what they should be (onec-zup.md §5.2, §5.4, §7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.access import Permission
from app.domain.onec import NormHours, NormMode, NormRequest, Timesheet, TimesheetPeriod, WeeklyNorm
from app.domain.onec_norms import USUAL_WEEK, expected_hours, norms_of
from app.domain.onec_schedules import norm_differs
from app.domain.onec_time_types import TimeGroup, TimeType, time_type_of, time_types
from app.domain.outcomes import Action, Outcome, Status
from app.i18n import N_, _, ngettext
from app.operations.context import RunContext
from app.operations.onec.asking import (
    ONEC,
    SYSTEM,
    Actions,
    Asked,
    check_order,
    finish,
    nobody_knows,
    onec_of,
    this_month,
    today,
    unreadable_rows,
    whom,
)
from app.operations.onec.rows import plain
from app.operations.registry import operation
from app.store import onec_hours as stored

_WORDS = {
    Action.CREATE: N_("Stored"),
    Action.UPDATE: N_("Changed"),
    Action.UNCHANGED: N_("No changes"),
}


@dataclass(frozen=True)
class NormParams:
    """Days, how they are parted, and external ids of people or `all`; without days the current year."""

    start_date: date | None = None
    end_date: date | None = None
    calculation_mode: NormMode = NormMode.MONTH
    people: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_order(self.start_date, self.end_date)


@dataclass(frozen=True)
class TimesheetParams:
    """Days and external ids of people or `all`; without days the current month."""

    start_date: date | None = None
    end_date: date | None = None
    people: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_order(self.start_date, self.end_date)


@operation("onec.norm_hours", N_("Norm hours"), Permission.READ, NormParams, kinds=ONEC)
async def read_norms(context: RunContext, params: NormParams) -> None:
    """Ask for the norms of people, with what the formula gives beside them; a difference is a warning."""
    day = today(context.own_connection)
    first = params.start_date or (params.end_date or day).replace(month=1, day=1)
    last = params.end_date or first.replace(month=12, day=31)
    check_order(first, last)
    asked = await whom(context, params.people)
    norms = {p.external_id: norms_of(p, asked.known.get(p.external_id), first, last) for p in asked.people}
    _warn_of_assumed(context, asked)
    context.progress(_("Fetching norm hours"), 0, len(norms))
    requests = [NormRequest(external_id, history) for external_id, history in norms.items()]
    answer = await (await onec_of(context)).norm_hours(first, last, params.calculation_mode, requests)
    context.refuse(answer.refused)
    rows = [(row, _expected(row, norms)) for row in answer.rows]
    context.rows = [_norm_row(asked, params.calculation_mode, row, expected) for row, expected in rows]
    _warn_of_unreadable(context, answer.unreadable, repaired=answer.repaired)
    _warn_of_differences(context, rows)
    connection_id, answered = context.own_connection.id, {row.external_id for row in answer.rows}
    await finish(
        context,
        lambda: stored.put_norms(connection_id, params.calculation_mode, rows),
        lambda done: told(asked, done, answered, "norm_hours", answer.unreadable),
    )


def _expected(row: NormHours, norms: Mapping[str, tuple[WeeklyNorm, ...]]) -> Decimal | None:
    own = norms.get(row.external_id)
    return expected_hours(own, row.start, row.end) if own else None


def _norm_row(asked: Asked, mode: NormMode, row: NormHours, expected: Decimal | None) -> dict[str, Any]:
    return {
        "external_id": row.external_id,
        "name": asked.subject(row.external_id)[0],
        "calculation_mode": mode.value,
        "start_date": plain(row.start),
        "end_date": plain(row.end),
        "norm_hours": plain(row.hours),
        "expected_hours": plain(expected),
        "difference": plain(row.hours - expected) if expected is not None else None,
    }


def _warn_of_assumed(context: RunContext, asked: Asked) -> None:
    blank = sum(
        p.weekly_norm_hours is None and not (p.external_id in asked.known and asked.known[p.external_id].norms)
        for p in asked.people
    )
    if blank:
        text = ngettext(
            "{count} person has no weekly norm in 1C; {hours} hours were taken.",
            "{count} people have no weekly norm in 1C; {hours} hours were taken.",
            blank,
        )
        context.warnings.append(text.format(count=blank, hours=USUAL_WEEK))


def _warn_of_differences(context: RunContext, rows: Iterable[tuple[NormHours, Decimal | None]]) -> None:
    """More than 0.1 hours is worth a look and no error: regional calendars differ (§5.2)."""
    differing = sum(expected is not None and norm_differs(expected, row.hours) for row, expected in rows)
    if differing:
        text = ngettext(
            "{count} norm differs from what the formula gives by more than 0.1 hours.",
            "{count} norms differ from what the formula gives by more than 0.1 hours.",
            differing,
        )
        context.warnings.append(text.format(count=differing))


def _warn_of_unreadable(context: RunContext, count: int, *, repaired: bool) -> None:
    if repaired:
        context.warnings.append(_("The answer of 1C was broken JSON and had to be repaired."))
    if count:
        text = ngettext("{count} row cannot be read.", "{count} rows cannot be read.", count)
        context.warnings.append(text.format(count=count))


@operation("onec.timetype_info", N_("Timesheet"), Permission.READ, TimesheetParams, kinds=ONEC)
async def read_timesheet(context: RunContext, params: TimesheetParams) -> None:
    """Ask for the timesheet of people, month by month, with what its codes mean."""
    first, last = this_month(context.own_connection, params.start_date, params.end_date)
    asked = await whom(context, params.people)
    answer = await fetch_timesheet(context, asked, first, last)
    periods = answer.periods
    table = time_types(context.own_connection.setting("time_type_map") or "")
    context.rows = [period_row(asked, period, table) for period in periods]
    connection_id, answered = context.own_connection.id, {period.external_id for period in periods}
    await finish(
        context,
        lambda: stored.put_timesheet(connection_id, periods),
        lambda done: told(asked, done, answered, "timetype_info", answer.unreadable),
    )


async def fetch_timesheet(context: RunContext, asked: Asked, first: date, last: date) -> Timesheet:
    """A timesheet; codes that nobody described are counted and told (§7)."""
    context.progress(_("Fetching the timesheet"), 0, len(asked.people))
    answer = await (await onec_of(context)).timesheet(first, last, asked.ids)
    context.refuse(answer.refused)
    _warn_of_unreadable(context, answer.unreadable, repaired=answer.repaired)
    table = time_types(context.own_connection.setting("time_type_map") or "")
    codes = (*(d.code for p in answer.periods for d in p.days), *(a.code for p in answer.periods for a in p.absences))
    unknown = Counter(code for code in codes if time_type_of(code, table).group is TimeGroup.OTHER)
    if unknown:
        listed = ", ".join(f"{code} ({count})" for code, count in unknown.most_common(10))
        context.warnings.append(_("Codes of working time that nobody described yet: {codes}.").format(codes=listed))
    return answer


def period_row(asked: Asked, period: TimesheetPeriod, table: Mapping[str, TimeType]) -> dict[str, Any]:
    """One person in one month."""
    days = [
        {"date": plain(d.date), "code": kind.code, "title": _(kind.title), "group": kind.group.value,
         "worked": kind.worked, "hours": plain(d.hours)}
        for d in period.days
        for kind in (time_type_of(d.code, table),)
    ]  # fmt: skip
    absences = [
        {"code": kind.code, "title": _(kind.title), "text": a.text, "days": plain(a.days), "hours": plain(a.hours)}
        for a in period.absences
        for kind in (time_type_of(a.code, table),)
    ]
    halves = ("half1_days", "half1_hours", "half2_days", "half2_hours")
    return {
        "external_id": period.external_id,
        "name": asked.subject(period.external_id)[0],
        "start_date": plain(period.first),
        "end_date": plain(period.last),
        "whole_month": period.whole_month,
        "days": days,
        "absences": absences,
        **{name: plain(getattr(period, name)) for name in halves},
    }


def told(asked: Asked, done: Actions, answered: Iterable[str], step: str, unreadable: int) -> list[Outcome]:
    """One per person: stored, or nothing was said; a dry run only says that something was. One per unreadable row."""
    said = set(answered)
    outcomes = []
    for external_id in asked.ids:
        action = done.get(external_id, Action.UNCHANGED)
        message = _(_WORDS[action]) if external_id in done else _("Read") if external_id in said else ""
        place = (*asked.subject(external_id), SYSTEM, external_id)
        status = Status.SKIPPED if action is Action.UNCHANGED else Status.SUCCESS
        outcomes.append(Outcome(*place, status, step, message or _("1C said nothing of this person."), action))
    return outcomes + nobody_knows(asked.unknown, step) + unreadable_rows(unreadable, step)
