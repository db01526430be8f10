"""Single shifts put into the plan that is kept here, or taken out of it; nothing is sent (onec-zup.md §5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.access import Permission
from app.domain.causes import row_code
from app.domain.onec_changes import AROUND, ChangedPlan, ShiftKey, changed_plan
from app.domain.onec_shift_rows import ShiftRow, WrongValue, moment, read_shift
from app.domain.onec_shifts import Circumstances, PlannedShift, RowProblem, nobody
from app.domain.outcomes import Action, Outcome, Status
from app.errors import UsageError
from app.events import WorkforceChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.onec.asking import ONEC, SYSTEM, Asked, names_of, stored_summary, today, zone_of
from app.operations.onec.shift_source import ShiftParam, people_of
from app.operations.registry import operation
from app.store import onec_sent, runs

_STEP = "plan"


@dataclass(frozen=True)
class ShiftKeyParam:
    """A shift of the plan: whose, and when it begins in local time."""

    agent_id: str
    start: str


@dataclass(frozen=True)
class ChangeParams:
    """Shifts to put into the plan and shifts to take out of it; where one of them cannot be, nothing changes."""

    add: tuple[ShiftParam, ...] = ()
    remove: tuple[ShiftKeyParam, ...] = ()

    def __post_init__(self) -> None:
        if not self.add and not self.remove:
            raise UsageError(_("Name shifts to add or to remove."))


@dataclass(frozen=True)
class _Change:
    add: tuple[PlannedShift, ...]
    remove: tuple[ShiftKey, ...]
    problems: tuple[RowProblem, ...]


@operation("onec.change_shifts", N_("Change the plan of shifts"), Permission.WRITE, ChangeParams, kinds=ONEC,
           remote=False)  # fmt: skip
async def change_shifts(context: RunContext, params: ChangeParams) -> None:
    """Put shifts into the plan and take others out, in one transaction."""
    asked = await people_of(context, tuple(str(s.agent_id).strip() for s in params.add))
    zone = zone_of(context.own_connection)
    about = Circumstances(zone, today(context.own_connection), names_of(asked))
    change = _read(params, about, zone)

    def work() -> list[Outcome]:
        told = _outcomes(change, _planned(context, change, about), asked, dry_run=False)
        runs.forget_outcomes(context.run.run_id)
        runs.add_outcomes(context.run.run_id, 0, told)
        return told

    context.outcomes.clear()
    if context.dry_run:
        changed = await context.workspace.store.read(_told, context, change, about)
        outcomes = _outcomes(change, changed, asked, dry_run=True)
    else:
        outcomes = await context.workspace.store.write(work)
    context.reasons.update(o.step.removeprefix("check ") for o in outcomes if o.step.startswith("check "))
    context.summary |= stored_summary(outcomes)
    context.report(outcomes)
    if not context.dry_run:
        context.workspace.events.publish(WorkforceChanged(context.own_connection.id))


def _read(params: ChangeParams, about: Circumstances, zone: ZoneInfo) -> _Change:
    """Values one by one, so that a wrong one names itself."""
    add: list[PlannedShift] = []
    remove: list[ShiftKey] = []
    problems: list[RowProblem] = []
    for number, given in enumerate(params.add, 1):
        agent = str(given.agent_id).strip()
        external_id = about.people.get(agent) or about.people.get(agent.lower())
        try:
            if external_id is None:
                raise nobody(agent)
            row = ShiftRow(number, agent, given.start, given.end, given.unpaid_breaks)
            add.append(PlannedShift(external_id, read_shift(row, zone), number))
        except WrongValue as wrong:
            problems.append(RowProblem(number, agent, wrong.field, wrong.rule, wrong.message, wrong.fix))
    for key in params.remove:
        try:
            remove.append(ShiftKey(key.agent_id, moment(key.start, zone, "start")))
        except WrongValue as wrong:
            problems.append(RowProblem(0, key.agent_id, wrong.field, wrong.rule, wrong.message, wrong.fix))
    return _Change(tuple(add), tuple(remove), tuple(problems))


def _told(context: RunContext, change: _Change, about: Circumstances) -> ChangedPlan:
    """What would become of the plan."""
    if change.problems:
        return ChangedPlan(problems=change.problems)
    starts = [p.shift.start for p in change.add] + [key.start for key in change.remove]
    days = [start.astimezone(about.zone).date() for start in starts]
    people = sorted({p.external_id for p in change.add} | {key.external_id for key in change.remove})
    connection_id = context.own_connection.id
    there = onec_sent.planned(connection_id, min(days) - AROUND, max(days) + AROUND, people)
    return changed_plan([PlannedShift(p.external_id, p.shift) for p in there], change.add, change.remove, about)


def _planned(context: RunContext, change: _Change, about: Circumstances) -> ChangedPlan:
    """The same, kept."""
    changed = _told(context, change, about)
    for (external_id, day), shifts in changed.days.items():
        onec_sent.put_planned(context.own_connection.id, external_id, (day, day), shifts, "entered")
    return changed


def _outcomes(change: _Change, changed: ChangedPlan, asked: Asked, *, dry_run: bool) -> list[Outcome]:
    if changed.problems:
        return [_problem(problem, asked) for problem in changed.problems]
    put = _("Would be put into the plan") if dry_run else _("Put into the plan")
    taken = _("Would be taken out of the plan") if dry_run else _("Taken out of the plan")
    entered = [
        _outcome(asked, ShiftKey(p.external_id, p.shift.start), Status.SUCCESS, put, Action.CREATE) for p in change.add
    ]
    gone = {key.instant for key in changed.gone}
    removed = [
        _outcome(asked, key, Status.SKIPPED, _("It is no longer in the plan."), Action.UNCHANGED)
        if key.instant in gone
        else _outcome(asked, key, Status.SUCCESS, taken, Action.UPDATE)
        for key in change.remove
    ]
    return [*entered, *removed]


def _outcome(asked: Asked, key: ShiftKey, status: Status, message: str, action: Action) -> Outcome:
    step = f"{_STEP} {key.start.isoformat(timespec='minutes')}"
    return Outcome(*asked.subject(key.external_id), SYSTEM, key.external_id, status, step, message, action)


def _problem(problem: RowProblem, asked: Asked) -> Outcome:
    place = (*asked.subject(problem.agent), SYSTEM, problem.agent)
    return Outcome(
        *place,
        Status.SKIPPED,
        f"check {problem.rule}",
        problem.message,
        Action.SKIP,
        problem.fix,
        code=row_code(problem.rule),
    )
