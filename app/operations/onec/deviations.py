"""Plan against fact: stored shifts, 1C's timesheet, presence at the contact centre, side by side (onec-zup.md §6.2)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.access import Permission
from app.domain.connections import Connection
from app.domain.deviations import Deviation, DeviationFilter, DeviationType, WorkDays, deviation
from app.domain.onec import TimesheetPeriod, month_end
from app.domain.onec_receipts import FactReceipt
from app.domain.onec_schedules import Period
from app.domain.onec_shifts import PlannedShift
from app.domain.onec_time_types import time_types
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
    this_month,
    today,
    whom,
    zone_of,
)
from app.operations.onec.hours import fetch_timesheet
from app.operations.onec.rows import plain
from app.operations.registry import operation
from app.store import onec_hours, onec_sent, presence

_STEP = "deviations"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DeviationParams:
    """Days up to yesterday, the current month unless they are given; people by external id or `all`; departments by id.

    Without `fetch` 1C is not asked and the timesheets stored last count. `all_days` also lists days without a gap.
    """

    start_date: date | None = None
    end_date: date | None = None
    people: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    only: DeviationFilter = DeviationFilter.ALL
    fetch: bool = True
    all_days: bool = False

    def __post_init__(self) -> None:
        check_order(self.start_date, self.end_date)


@dataclass(frozen=True)
class Sources:
    """What the gaps are worked out from; `fetched_at` is when the oldest of the stored timesheets came."""

    planned: Sequence[PlannedShift]
    periods: Sequence[TimesheetPeriod]
    facts: Sequence[FactReceipt]
    present: dict[str, list[tuple[int, int]]]
    begun: Sequence[int]
    at_contact_centre: frozenset[str]
    fetched_at: datetime | None = None


@operation("onec.deviations", N_("Deviations"), Permission.READ, DeviationParams, kinds=ONEC)
async def show_deviations(context: RunContext, params: DeviationParams) -> None:
    """Fetch the timesheet, compare it with the plan and with presence, and say the cause of each gap."""
    connection = context.own_connection
    first, last = this_month(connection, params.start_date, params.end_date)
    last = min(last, today(connection) - _DAY)  # a day that is not over has no fact yet
    asked = _in_departments(await whom(context, params.people), params.departments)
    fetched: tuple[TimesheetPeriod, ...] = ()
    if params.fetch and asked.people and first <= last:
        fetched = (await fetch_timesheet(context, asked, first.replace(day=1), month_end(last))).periods
    sources = await context.workspace.store.read(read_sources, connection.id, first, last, asked.ids, fetched)
    found = await asyncio.to_thread(find_deviations, connection, asked, sources, first, last)
    wanted = [d for d in found if d.wanted(params.only) and (params.all_days or d.type is not DeviationType.NONE)]
    context.rows = [deviation_row(asked, d) for d in wanted]
    gaps = Counter(d.external_id for d in wanted if d.type is not DeviationType.NONE)
    await finish(context, lambda: _keep(connection.id, fetched), lambda _done: _outcomes(asked, gaps))
    context.summary["deviations"] = gaps.total()


def _in_departments(asked: Asked, departments: Sequence[str]) -> Asked:
    if not departments:
        return asked
    people = tuple(p for p in asked.people if p.department_external_id in departments)
    return Asked(people, asked.known, asked.unknown)


def _keep(connection_id: str, fetched: tuple[TimesheetPeriod, ...]) -> Actions:
    return onec_hours.put_timesheet(connection_id, fetched)


def read_sources(
    connection_id: str, first: date, last: date, external_ids: Sequence[str], fetched: Sequence[TimesheetPeriod] = ()
) -> Sources:
    """What is stored of these days and people, with timesheets that were just `fetched` instead of the stored ones.

    The day before the first counts too: a shift of that night may hold presence of the first morning.
    """
    begin_ms, end_ms = _ms(first - _DAY), _ms(last + 2 * _DAY)
    stored = [] if fetched else onec_hours.timesheet(connection_id, first, last, external_ids)
    present, begun = presence.presence(begin_ms, end_ms)
    return Sources(
        onec_sent.planned(connection_id, first - _DAY, last, external_ids),
        fetched or [s.period for s in stored],
        onec_sent.facts(connection_id, first, last),
        present,
        begun,
        presence.known_employees(),
        min((s.fetched_at for s in stored if s.fetched_at is not None), default=None),
    )


def _ms(day: date) -> int:
    return round(datetime.combine(day, time(), UTC).timestamp() * 1000)


def find_deviations(connection: Connection, asked: Asked, sources: Sources, first: date, last: date) -> list[Deviation]:
    """What is known of each person and day, days without a gap too, by day and person; takes a while of many."""
    zone = zone_of(connection)
    days = WorkDays((first + n * _DAY for n in range((last - first).days + 1)), zone)
    for planned in sources.planned:
        days.plan(planned.external_id, planned.shift)
    for period in sources.periods:
        days.timesheet(period)
    covered = {_moment(ms).astimezone(zone).date() for ms in sources.begun}
    for external_id in asked.ids:
        known = asked.known.get(external_id)
        if known is not None and known.employee_id in sources.at_contact_centre:
            times = [Period(_moment(start), _moment(end)) for start, end in sources.present.get(known.employee_id, ())]
            days.presence(external_id, times, covered)
    for fact in sources.facts:
        days.sent(fact.external_id, fact.day, fact.status)
    table = time_types(connection.setting("time_type_map") or "")
    wanted = set(asked.ids)
    return [deviation(day, table) for day in days if day.external_id in wanted]


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def deviation_row(asked: Asked, found: Deviation) -> dict[str, Any]:
    """One gap as other programs read it."""
    name, employee_id = asked.subject(found.external_id)
    return {
        "employee_id": employee_id,
        "external_id": found.external_id,
        "name": name,
        "date": plain(found.day),
        "planned_hours": plain(found.planned_hours),
        "actual_hours": plain(found.actual_hours),
        "deviation_hours": plain(found.deviation_hours),
        "deviation_type": found.type.value,
        "reason": found.reason,
        "onec_hours": plain(found.onec_hours),
        "present_hours": plain(found.present_hours),
        "unconfirmed": found.unconfirmed,
        "sent": found.sent.value if found.sent else None,
    }


def _outcomes(asked: Asked, gaps: Counter[str]) -> list[Outcome]:
    outcomes = []
    for external_id in asked.ids:
        place = (*asked.subject(external_id), SYSTEM, external_id)
        if count := gaps[external_id]:
            text = ngettext("{count} deviation", "{count} deviations", count).format(count=count)
            outcomes.append(Outcome(*place, Status.SUCCESS, _STEP, text, Action.DIFFERENT))
        else:
            outcomes.append(Outcome(*place, Status.SKIPPED, _STEP, _("No deviations"), Action.UNCHANGED))
    return outcomes + nobody_knows(asked.unknown, _STEP)
