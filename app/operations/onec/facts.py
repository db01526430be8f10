"""Worked time to 1C, which makes and posts documents of it at once: shown, confirmed, sent a single time (§5.5).

What is about to be sent is written down first. Whatever becomes of it then, the same shift is never sent again but by
somebody who says so, and in one run never.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.access import Permission
from app.domain.causes import CAUSES
from app.domain.onec import FactDay
from app.domain.onec_receipts import FactReceipt, SentStatus
from app.domain.onec_schedules import MOST_SHIFT, Period, slices
from app.domain.onec_shift_rows import WrongValue, moment
from app.domain.onec_time_types import DOCUMENTED_FACTS, normalised, time_types
from app.domain.outcomes import Action, Outcome, Status
from app.errors import Held, UsageError
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.onec.asking import ONEC, SYSTEM, TARGET, Asked, is_over, nobody_knows, whom, zone_of
from app.operations.onec.fact_sending import STEP, begin, not_begun, outcome_of, send_once, sent_before, tell
from app.operations.onec.hours import fetch_timesheet, period_row
from app.operations.onec.rows import plain
from app.operations.registry import operation
from app.store import onec_hours, onec_sent, onec_worked


@dataclass(frozen=True)
class PeriodParam:
    """From when to when somebody was in the system, in local time."""

    start: str
    end: str


@dataclass(frozen=True)
class FactParams:
    """Worked time of one shift. Without `confirm` it is only shown; `again` sends a second time what was sent before.

    `initiator_name` goes into the comment of the document, by default who is signed in here. No periods at all mean
    that the person was away.
    """

    agent_id: str
    shift_start: str
    initiator_name: str = ""
    periods: tuple[PeriodParam, ...] = ()
    confirm: bool = False
    again: bool = False


@dataclass(frozen=True)
class CheckParams:
    """Whose worked time of which day."""

    agent_id: str
    day: date


@operation(
    "onec.send_fact_work_time", N_("Send worked time to 1C"), Permission.WRITE, FactParams, kinds=ONEC, target=TARGET
)
async def send_fact(context: RunContext, params: FactParams) -> None:
    """Show, and when it is confirmed send, the worked time of one shift of one person."""
    fact = _fact(context, params)
    asked = await whom(context, (params.agent_id,))
    await begin(context)
    if not asked.people:
        await tell(context, nobody_knows(asked.unknown, STEP))
        return
    fact = replace(fact, external_id=asked.ids[0])
    before = await context.workspace.store.read(
        onec_sent.find_fact, context.own_connection.id, fact.external_id, fact.shift_start.date()
    )
    context.result |= _shown(fact, asked, before)
    if (wrong := not_begun(fact, asked)) is not None:
        await tell(context, [wrong])
        return
    if not is_over(max([fact.shift_start, *(s.start + timedelta(milliseconds=s.ms) for s in fact.slices)])):
        context.warnings.append(_("The shift is not over yet."))
    if context.dry_run:
        await tell(context, [outcome_of(fact, asked, Status.SUCCESS, _("Would be sent"))])
        return
    reason = _guarded(context, params, before)
    if reason is not None:
        unknown = before is not None and before.run_id == context.run.run_id
        status = Status.UNKNOWN if unknown else Status.NOT_ATTEMPTED
        await tell(context, [outcome_of(fact, asked, status, reason.message, reason.remedy, reason.code)])
        raise reason
    context.progress(_("Sending worked time"))
    await send_once(context, fact, asked, before)


def _guarded(context: RunContext, params: FactParams, before: FactReceipt | None) -> Held | None:
    """Why it is not sent now; None where nothing stands against it."""
    if (reason := sent_before(context, before, again=params.again)) is not None:
        return reason
    if not params.confirm:
        return Held(
            _("Nothing was sent: 1C makes and posts documents of it, which cannot be undone here."),
            _("Look at what would be sent, then confirm it."),
        )
    return None


def _fact(context: RunContext, params: FactParams) -> FactDay:
    """What is to be sent.

    Raises `UsageError` for times that cannot be.
    """
    zone = zone_of(context.own_connection)
    try:
        start = moment(params.shift_start, zone, "shift_start")
        found = [_period(one, zone, start) for one in params.periods]
    except WrongValue as wrong:
        raise UsageError(f"{wrong.field}: {wrong.message}", wrong.fix) from wrong
    _refuse_impossible(found, start)
    initiator = params.initiator_name.strip() or context.run.actor
    return FactDay(params.agent_id, initiator, start, slices(found, zone))


def _period(given: PeriodParam, zone: ZoneInfo, shift_start: datetime) -> Period:
    """Times without a day are of the night or day that the shift begins in."""
    start = moment(given.start, zone, "periods", shift_start.date())
    end = moment(given.end, zone, "periods", start.date())
    if end.timestamp() <= start.timestamp() and ":" in given.end and len(given.end) <= len("00:00:00"):
        end = moment(given.end, zone, "periods", start.date() + timedelta(days=1))
    return Period(start, end)


def _refuse_impossible(periods: Sequence[Period], shift_start: datetime) -> None:
    ordered = sorted(periods, key=lambda p: p.start.timestamp())
    until = 0.0
    for period in ordered:
        if period.end.timestamp() <= period.start.timestamp():
            raise UsageError(_("A period ends before it begins."), _("Check both times."))
        if period.start.timestamp() < until:
            raise UsageError(_("Two periods overlap."), _("Put them together into one."))
        until = period.end.timestamp()
    if ordered and until - ordered[0].start.timestamp() > MOST_SHIFT.total_seconds():
        raise UsageError(_("The periods span more than 24 hours."), _("Send every shift by itself."))
    if ordered and abs(ordered[0].start.timestamp() - shift_start.timestamp()) > MOST_SHIFT.total_seconds():
        raise UsageError(_("The periods are not of this shift."), _("Check the start of the shift."))


def _shown(fact: FactDay, asked: Asked, before: FactReceipt | None) -> dict[str, Any]:
    """What would be or was sent, and what is known of an earlier sending."""
    return {
        "agent_id": fact.external_id,
        "name": asked.subject(fact.external_id)[0],
        "shift_start": plain(fact.shift_start),
        "initiator_name": fact.initiator_name,
        "slices": [{"start": plain(s.start), "time": s.ms} for s in fact.slices],
        "total_ms": sum(s.ms for s in fact.slices),
        "sent_before": None
        if before is None
        else {"status": before.status.value, "document": before.document, "sent_at": plain(before.sent_at)},
    }


@operation("onec.check_fact", N_("Look for worked time in 1C"), Permission.READ, CheckParams, kinds=ONEC)
async def check_fact(context: RunContext, params: CheckParams) -> None:
    """Ask for the timesheet of that day and say whether a document of the worked time shows in it (§5.5)."""
    asked = await whom(context, (params.agent_id,))
    await begin(context)
    if not asked.people:
        await tell(context, nobody_knows(asked.unknown, STEP))
        return
    external_id, connection_id = asked.ids[0], context.own_connection.id
    before = await context.workspace.store.read(onec_sent.find_fact, connection_id, external_id, params.day)
    periods = (await fetch_timesheet(context, asked, params.day, params.day)).periods
    table = time_types(context.own_connection.setting("time_type_map") or "")
    codes = {normalised(day.code) for period in periods for day in period.days if day.date == params.day}
    there = sorted(codes & DOCUMENTED_FACTS)
    context.result |= {
        "agent_id": external_id,
        "day": plain(params.day),
        "sent": before.status.value if before else None,
        "found": there,
        "timesheet": [period_row(asked, period, table) for period in periods],
    }
    place = (*asked.subject(external_id), SYSTEM, external_id)
    step = f"{STEP} {params.day.isoformat()}"
    if there:
        message = _("The timesheet shows it: {codes}.").format(codes=", ".join(there))
        outcome = Outcome(*place, Status.SUCCESS, step, message, Action.VERIFIED)
    else:
        cause = CAUSES["onec.not_in_timesheet"]
        message, remedy = _(cause.cause), _(cause.remedy)
        outcome = Outcome(*place, Status.PARTIAL, step, message, Action.MISSING, remedy, code=cause.code)

    def write() -> None:
        onec_hours.put_timesheet(connection_id, periods)
        if there and before is not None and before.may_be_there:
            onec_sent.put_fact(connection_id, replace(before, status=SentStatus.SENT))
            onec_worked.forget_worked(connection_id, external_id, params.day)

    if not context.dry_run:
        await context.workspace.store.write(write)
    await tell(context, [outcome])
