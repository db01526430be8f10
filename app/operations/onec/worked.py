"""Worked time kept here until it is sent, and the sending of several shifts in one run (onec-zup.md §5.5).

Each shift is one request that makes posted documents in 1C: shown first, confirmed, sent a single time. A lost answer
stops the run, and what it was about is never sent again by itself.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.access import Permission
from app.domain.causes import row_code
from app.domain.onec import FactDay, month_end
from app.domain.onec_receipts import FactReceipt, SentStatus
from app.domain.onec_schedules import Shift, split
from app.domain.onec_shift_rows import WrongValue, moment
from app.domain.onec_shifts import Circumstances, RowProblem, nobody
from app.domain.onec_worked import HOUR_MS, NOT_BEGUN, CheckedWork, WorkedDay, check_worked, expected_documents, plan_of
from app.domain.outcomes import Action, Outcome, Status
from app.errors import Held, MusterError, UsageError
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.onec.asking import ONEC, SYSTEM, TARGET, Asked, finish, is_over, named, names_of, zone_of
from app.operations.onec.fact_sending import (
    NOT_BEGUN_FIX,
    NOT_BEGUN_TEXT,
    STEP,
    begin,
    not_begun,
    outcome_of,
    send_once,
    sent_before,
    tell,
)
from app.operations.onec.rows import plain
from app.operations.onec.shift_source import ShiftParam, file_rows, param_rows, people_of
from app.operations.registry import operation
from app.store import onec_sent, onec_worked
from app.store.values import now


@dataclass(frozen=True)
class AbsentParam:
    """Somebody who did not come: when their shift would have begun, in local time."""

    agent_id: str
    shift_start: str


@dataclass(frozen=True)
class WorkedDayParam:
    """A day of somebody."""

    agent_id: str
    day: date


@dataclass(frozen=True)
class WorkedParams:
    """Worked shifts, or a file of them (CSV, XLSX, JSON) with the columns of a schedule; they replace what was kept of
    their days. `absent` are people who did not come, `remove` are days to throw away.
    """

    shifts: tuple[ShiftParam, ...] = ()
    file: str = ""
    absent: tuple[AbsentParam, ...] = ()
    remove: tuple[WorkedDayParam, ...] = ()

    def __post_init__(self) -> None:
        if self.shifts and self.file:
            raise UsageError(_("Give shifts or a file, not both."))


@dataclass(frozen=True)
class PostParams:
    """Days whose kept worked time is sent. Without `confirm` it is only shown; `again` sends what was sent before.

    `initiator_name` goes into the comment of the documents, by default who is signed in here.
    """

    days: tuple[WorkedDayParam, ...]
    initiator_name: str = ""
    confirm: bool = False
    again: bool = False


@operation("onec.keep_worked_time", N_("Keep worked time"), Permission.WRITE, WorkedParams, kinds=ONEC, remote=False)
async def keep_worked(context: RunContext, params: WorkedParams) -> None:
    """Check worked time and keep the good days, without sending them."""
    rows = await file_rows(context, params.file) if params.file else param_rows(params.shifts)
    listed = [*(str(row.agent or "").strip() for row in rows), *(a.agent_id for a in params.absent)]
    asked = await people_of(context, tuple(dict.fromkeys(listed)))
    about = Circumstances(zone_of(context.own_connection), date.min, names_of(asked))
    source = "file" if params.file else "entered"
    checked = await asyncio.to_thread(check_worked, rows, about, now(), source)
    checked = _with_absent(checked, params.absent, about)
    connection_id = context.own_connection.id
    context.rows = [_row(d, asked) for d in checked.days] + [_problem_row(p) for p in checked.problems]
    context.reasons.update(Counter(p.rule for p in checked.problems))

    def write() -> dict[str, Action]:
        onec_worked.put_worked(connection_id, checked.days)
        for key in params.remove:
            onec_worked.forget_worked(connection_id, key.agent_id, key.day)
        return {}

    await finish(context, write, lambda _done: _kept_outcomes(checked, params.remove, asked, dry_run=context.dry_run))


def _with_absent(checked: CheckedWork, absent: Iterable[AbsentParam], about: Circumstances) -> CheckedWork:
    days, problems = list(checked.days), list(checked.problems)
    for given in absent:
        agent = given.agent_id.strip()
        try:
            external_id = about.people.get(agent) or about.people.get(agent.lower())
            if external_id is None:
                raise nobody(agent)
            start = moment(given.shift_start, about.zone, "start")
            if not is_over(start):
                problems.append(RowProblem(0, external_id, "start", NOT_BEGUN, _(NOT_BEGUN_TEXT), _(NOT_BEGUN_FIX)))
                continue
            days.append(WorkedDay(external_id, start.date(), Shift(start, start), "entered"))
        except WrongValue as wrong:
            problems.append(RowProblem(0, agent, wrong.field, wrong.rule, wrong.message, wrong.fix))
    return CheckedWork(tuple(days), tuple(problems))


def _kept_outcomes(
    checked: CheckedWork, removed: Iterable[WorkedDayParam], asked: Asked, *, dry_run: bool
) -> list[Outcome]:
    outcomes = []
    for p in checked.problems:
        text = _("Row {row}, {field}: {problem}") if p.row and p.field else "{problem}"
        message = text.format(row=p.row, field=p.field, problem=p.message)
        place = (*asked.subject(p.agent), SYSTEM, p.agent)
        outcomes.append(
            Outcome(*place, Status.SKIPPED, f"check {p.rule}", message, Action.SKIP, p.fix, code=row_code(p.rule))
        )
    kept = _("Would be kept") if dry_run else _("Kept")
    thrown = _("Would be thrown away") if dry_run else _("Thrown away")
    told = [(d.external_id, d.day, kept) for d in checked.days]
    told += [(key.agent_id, key.day, thrown) for key in removed]
    for external_id, day, message in told:
        place = (*asked.subject(external_id), SYSTEM, external_id)
        outcomes.append(Outcome(*place, Status.SUCCESS, f"{STEP} {day.isoformat()}", message, Action.UPDATE))
    return outcomes


def _row(day: WorkedDay, asked: Asked) -> dict[str, Any]:
    return {
        "agent_id": day.external_id,
        "name": asked.subject(day.external_id)[0],
        "day": plain(day.day),
        "start": plain(day.shift.start),
        "end": plain(day.shift.end),
        "unpaid_breaks": [{"start": plain(b.start), "end": plain(b.end)} for b in day.shift.unpaid_breaks],
        "away": day.away,
    }


def _problem_row(p: RowProblem) -> dict[str, Any]:
    return {"row": p.row, "agent_id": p.agent, "field": p.field, "rule": p.rule, "message": p.message, "fix": p.fix}


# -- sending -----------------------------------------------------------------------------------------------------------


@operation(
    "onec.post_worked_time", N_("Send kept worked time to 1C"), Permission.WRITE, PostParams, kinds=ONEC, target=TARGET
)
async def post_worked(context: RunContext, params: PostParams) -> None:
    """Show, and when it is confirmed send, the worked time that is kept of these days, one request after the other."""
    zone, connection_id = zone_of(context.own_connection), context.own_connection.id
    initiator = params.initiator_name.strip() or context.run.actor
    asked = await people_of(context, tuple(key.agent_id for key in params.days))
    names = names_of(asked)
    wanted = tuple(replace(key, agent_id=named(key.agent_id, names)) for key in params.days)
    days, before, plans = await context.workspace.store.read(_read, connection_id, wanted)
    await begin(context)
    context.rows = [
        _row(d, asked) | _preview(d, plan_of(plans, d.external_id, d.day), before.get((d.external_id, d.day)), context)
        for d in days
    ]
    await tell(context, _not_kept(wanted, days, before, context, asked, again=params.again))
    facts = [(d.fact(initiator, zone), before.get((d.external_id, d.day))) for d in days]
    to_come = [(fact, not_begun(fact, asked)) for fact, _before in facts]
    await tell(context, [outcome for _fact, outcome in to_come if outcome is not None])
    facts = [own for own, (_fact, outcome) in zip(facts, to_come, strict=True) if outcome is None]
    if context.dry_run:
        await tell(context, [outcome_of(fact, asked, Status.SUCCESS, _("Would be sent")) for fact, _before in facts])
        return
    if not facts:
        return
    if not params.confirm:
        reason = Held(
            _("Nothing was sent: 1C makes and posts documents of it, which cannot be undone here."),
            _("Look at what would be sent, then confirm it."),
        )
        await tell(
            context,
            [
                outcome_of(fact, asked, Status.NOT_ATTEMPTED, reason.message, code=reason.code)
                for fact, _before in facts
            ],
        )
        raise reason
    await _send_all(context, facts, asked, again=params.again)


async def _send_all(
    context: RunContext, facts: Sequence[tuple[FactDay, FactReceipt | None]], asked: Asked, *, again: bool
) -> None:
    """Send one after the other.

    Raises `Held` in the end where something was held back, and what concerns everybody at once.
    """
    first_held: Held | None = None
    for number, (fact, before) in enumerate(facts):
        context.progress(_("Sending worked time"), number, len(facts))
        if (held := sent_before(context, before, again=again)) is not None:
            unknown = before is not None and before.status is not SentStatus.SENT
            status = Status.UNKNOWN if unknown else Status.NOT_ATTEMPTED
            await tell(context, [outcome_of(fact, asked, status, held.message, held.remedy, held.code)])
            first_held = first_held or held
            continue
        try:
            await send_once(context, fact, asked, before)
        except MusterError as error:
            text = _("Not attempted: {cause}").format(cause=error.message)
            left = [outcome_of(f, asked, Status.NOT_ATTEMPTED, text, code=error.code) for f, _b in facts[number + 1 :]]
            await tell(context, left)
            raise
    if first_held is not None:
        raise first_held


_Key = tuple[str, date]


def _read(
    connection_id: str, wanted: Sequence[WorkedDayParam]
) -> tuple[list[WorkedDay], dict[_Key, FactReceipt], dict[_Key, list[Shift]]]:
    """Kept days that are wanted, what was sent of them before, and the plan of their months."""
    if not wanted:
        return [], {}, {}
    keys = {(key.agent_id, key.day) for key in wanted}
    first, last = min(day for _agent, day in keys), max(day for _agent, day in keys)
    days = [d for d in onec_worked.worked(connection_id, first, last) if (d.external_id, d.day) in keys]
    before = {(f.external_id, f.day): f for f in onec_sent.facts(connection_id, first, last)}
    plans: dict[_Key, list[Shift]] = {}
    around = (first.replace(day=1) - timedelta(days=1), month_end(last))
    for planned in onec_sent.planned(connection_id, *around, sorted({agent for agent, _day in keys})):
        plans.setdefault((planned.external_id, planned.shift.start.date()), []).append(planned.shift)
    return days, before, plans


def _preview(
    day: WorkedDay, plan: Sequence[Shift] | None, before: FactReceipt | None, context: RunContext
) -> dict[str, Any]:
    """What is sent beside the plan, and what 1C will make of it; nothing of that where only 1C knows the plan."""
    zone = zone_of(context.own_connection)
    worked = sum(s.ms for s in day.fact("", zone).slices)
    planned = None if plan is None else sum(c.day_ms + c.night_ms for c in (split(s, zone) for s in plan))
    expected = None if plan is None else expected_documents(plan, day.shift, zone)
    return {
        "worked_hours": worked / HOUR_MS,
        "planned_hours": None if planned is None else planned / HOUR_MS,
        "expected": None if expected is None else [{"code": e.code, "hours": e.hours} for e in expected],
        "sent_before": None if before is None else before.status.value,
    }


def _not_kept(
    wanted: Iterable[WorkedDayParam], days: Iterable[WorkedDay], before: dict[_Key, FactReceipt],
    context: RunContext, asked: Asked, *, again: bool,
) -> list[Outcome]:  # fmt: skip
    """Days that are not kept: sent and not entered since, or thrown away, or never entered."""
    here = {(d.external_id, d.day) for d in days}
    missing = [key for key in wanted if (key.agent_id, key.day) not in here]
    return [_missing(key, before.get((key.agent_id, key.day)), context, asked, again=again) for key in missing]


def _missing(
    key: WorkedDayParam, sent: FactReceipt | None, context: RunContext, asked: Asked, *, again: bool
) -> Outcome:
    place = (*asked.subject(key.agent_id), SYSTEM, key.agent_id)
    step = f"{STEP} {key.day.isoformat()}"
    held = sent_before(context, sent, again=again)
    if held is None or sent is None:
        message, fix = _("No worked time of that day is kept here."), _("Enter it first.")
        return Outcome(*place, Status.SKIPPED, step, message, Action.SKIP, fix, code=row_code("required"))
    if sent.status is not SentStatus.SENT:
        return Outcome(*place, Status.UNKNOWN, step, held.message, Action.CREATE, held.remedy, code=held.code)
    if sent.run_id == context.run.run_id:
        return Outcome(*place, Status.SUCCESS, step, _("Sent"), Action.CREATE)
    text = sent.document or sent.answer
    message = (
        _("It was sent before, and 1C took it: {document}").format(document=text)
        if text
        else _("It was sent before, and 1C took it.")
    )
    return Outcome(*place, Status.SUCCESS, step, message, Action.UNCHANGED)
