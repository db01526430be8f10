"""Schedules to 1C: checked first, then one request per person and month, each with its receipt (onec-zup.md §5.3).

What fails for one person does not keep the others from being sent. Sending a month again does no harm, so what failed
or has no clear end is simply sent once more when the run is taken up again; what 1C took is not.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.access import Permission
from app.domain.causes import row_code
from app.domain.onec import OneCReply
from app.domain.onec_receipts import ScheduleReceipt, SentStatus, digest_of
from app.domain.onec_shifts import CheckedShifts, Piece, RowProblem
from app.domain.outcomes import Action, Outcome, Status
from app.errors import BadData, MusterError, TimedOut, Unreachable
from app.events import WorkforceChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.onec.asking import ONEC, SYSTEM, TARGET, Asked, finish, onec_of, stored_summary
from app.operations.onec.rows import plain
from app.operations.onec.shift_source import ShiftsParams, checked_shifts
from app.operations.registry import operation
from app.store import leases, onec_sent, runs
from app.store.values import now

_STEP = "schedule"
_HOUR_MS = 3_600_000
_MOST_FAILED_IN_A_ROW = 5


@dataclass(frozen=True)
class SendParams(ShiftsParams):
    """The same; `stored` sends the plan that is kept here, `again` also what 1C has already. Without days the plan is
    sent from this month on.

    `pieces` are the only ones that are sent, like `ID/2026-03`; none for all.
    """

    stored: bool = False
    again: bool = False
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanParams(ShiftsParams):
    """The same; `partly` also keeps the good shifts of a month in which others are wrong."""

    partly: bool = False


@operation(
    "onec.send_schedule", N_("Send schedules to 1C"), Permission.WRITE, SendParams, kinds=ONEC, target=TARGET,
    retries=True,
)  # fmt: skip
async def send_schedule(context: RunContext, params: SendParams) -> None:
    """Send planned shifts; a dry run shows how day and night hours come out and what is wrong."""
    checked, asked = await checked_shifts(context, params, stored=params.stored)
    checked = _only(checked, params.pieces)
    here = await _receipts(context, checked.pieces)
    context.rows = shift_rows(checked, asked)
    context.reasons.update(Counter(str(problem.rule) for problem in checked.problems))
    await _begin(context, [*_problem_outcomes(checked.problems, asked), *_held_outcomes(checked, asked)])
    sender = _Sender(context, asked, here, again=params.again)
    try:
        await _send_all(sender, checked.pieces, int(context.own_connection.setting("max_parallel")))
    except MusterError as error:
        await sender.not_attempted(checked.pieces, error)
        raise
    finally:
        sender.tell_all()
        context.summary |= stored_summary(context.outcomes)
        context.workspace.events.publish(WorkforceChanged(context.own_connection.id))


async def _send_all(sender: _Sender, pieces: Sequence[Piece], most: int) -> None:
    """Send to at most so many people side by side, the months of each one after the other.

    Raises what concerns everybody: it ends the run once the requests under way have their answers.
    """
    people = groupby(enumerate(pieces), key=lambda numbered: numbered[1].schedule.external_id)
    waiting = iter([list(own) for _external_id, own in people])
    stopped: list[MusterError] = []

    async def lane() -> None:
        for own in waiting:
            for number, piece in own:
                if stopped:
                    return
                try:
                    await sender.send(number, piece, len(pieces))
                except MusterError as error:
                    stopped.append(error)

    async with asyncio.TaskGroup() as group:
        for _lane in range(most):
            group.create_task(lane())
    if stopped:
        raise stopped[0]
    if sender.lost_all is not None:
        raise sender.lost_all


@operation("onec.plan_shifts", N_("Keep a plan of shifts"), Permission.WRITE, PlanParams, kinds=ONEC, remote=False)
async def plan_shifts(context: RunContext, params: PlanParams) -> None:
    """Check shifts and keep the good ones as the plan, without sending them; they replace those of their months."""
    checked, asked = await checked_shifts(context, params, stored=False, partly=params.partly)
    connection_id = context.own_connection.id
    context.rows = shift_rows(checked, asked)
    context.reasons.update(Counter(str(problem.rule) for problem in checked.problems))
    source = "file" if params.file else "entered"

    def write() -> dict[str, Action]:
        for piece in checked.pieces:
            _keep_plan(connection_id, piece, source)
        return {}

    def outcomes(_done: object) -> list[Outcome]:
        message = _("Would be kept") if context.dry_run else _("Kept")
        kept = [_outcome(p, asked, Status.SUCCESS, message, Action.UPDATE) for p in checked.pieces]
        return [*_problem_outcomes(checked.problems, asked), *_held_outcomes(checked, asked), *kept]

    await finish(context, write, outcomes)


def _only(checked: CheckedShifts, wanted: Sequence[str]) -> CheckedShifts:
    """What a person ticked, with what keeps a part of it from being sent."""
    if not wanted:
        return checked
    pieces, held = (tuple(p for p in found if piece_name(p) in wanted) for found in (checked.pieces, checked.held))
    people = {p.schedule.external_id for p in held}
    return CheckedShifts(pieces, tuple(p for p in checked.problems if p.agent in people), held)


class _Sender:
    """Sends pieces and keeps what came of each at once; outcomes are numbered and told in the order of the pieces."""

    def __init__(self, context: RunContext, asked: Asked, here: dict[str, ScheduleReceipt], *, again: bool) -> None:
        self._context = context
        self._asked = asked
        self._here = here
        self._again = again
        self._first = len(context.outcomes)
        self._done: dict[int, Outcome | None] = {}
        self._told = 0
        self._failed_in_a_row = 0
        self._answered = False
        self._lost: MusterError | None = None

    @property
    def lost_all(self) -> MusterError | None:
        """The error of the last request when not a single one got an answer: then the system is away."""
        return None if self._answered else self._lost

    async def send(self, number: int, piece: Piece, total: int) -> None:
        """Send a piece unless 1C has the very same, or confirmed it before the run was interrupted.

        Raises what concerns not this person but everybody.
        """
        context, key, digest = self._context, _key(piece), digest_of(piece.schedule)
        context.progress(_("Sending schedules"), len(self._done), total)
        if key in context.receipts:
            self._done[number] = None
            return
        before = self._here.get(key)
        if before is not None and before.digest == digest and before.status is SentStatus.SENT and not self._again:
            outcome = _outcome(piece, self._asked, Status.SKIPPED, _("1C has it already"), Action.UNCHANGED)
            await self._keep(number, piece, outcome, None)
            return
        action = Action.UPDATE if before is not None and before.status is SentStatus.SENT else Action.CREATE
        if context.dry_run:
            self._note(number, _outcome(piece, self._asked, Status.SUCCESS, _("Would be sent"), action))
            return
        await context.workspace.store.write(runs.journal_intent, context.run.run_id, key)
        try:
            reply = await (await onec_of(context)).send_schedule(piece.schedule)
        except MusterError as error:
            status, sent = _own_failure(error)
            if status is None:
                raise
            outcome = _outcome(piece, self._asked, status, error.message, action, error.remedy, error.code)
            await self._keep(number, piece, outcome, _receipt(context, piece, digest, sent, error.message))
            self._count(error, refused=sent is SentStatus.REFUSED)
            return
        self._answered, self._failed_in_a_row = True, 0
        await self._keep(
            number,
            piece,
            _answered(piece, self._asked, reply, action),
            _receipt(context, piece, digest, SentStatus.SENT if reply.accepted else SentStatus.REFUSED, reply.text),
        )

    def _count(self, error: MusterError, *, refused: bool) -> None:
        """So many failures one after the other are no longer those of single people."""
        if refused or isinstance(error, BadData):
            self._answered, self._failed_in_a_row = True, 0
            return
        self._failed_in_a_row += 1
        if isinstance(error, TimedOut | Unreachable):
            self._lost = error
        else:
            self._answered = True
        if self._failed_in_a_row >= _MOST_FAILED_IN_A_ROW:
            raise error

    async def not_attempted(self, pieces: Sequence[Piece], error: MusterError) -> None:
        """Say of everybody left that the run stopped before."""
        message = _("Not attempted: {cause}").format(cause=error.message)
        left = [(number, piece) for number, piece in enumerate(pieces) if number not in self._done]
        for number, piece in left:
            outcome = _outcome(piece, self._asked, Status.NOT_ATTEMPTED, message, Action.SKIP, code=error.code)
            self._done[number] = outcome
        if not self._context.dry_run:
            await self._context.workspace.store.write(self._store_left, [number for number, _piece in left])

    def _store_left(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            if (outcome := self._done[number]) is not None:
                runs.add_outcomes(self._context.run.run_id, self._first + number, [outcome])

    async def _keep(self, number: int, piece: Piece, outcome: Outcome, receipt: ScheduleReceipt | None) -> None:
        if not self._context.dry_run:
            at = self._first + number
            await self._context.workspace.store.write(_store, self._context, piece, at, outcome, receipt)
        self._note(number, outcome)

    def _note(self, number: int, outcome: Outcome) -> None:
        self._done[number] = outcome
        while self._told in self._done:
            self._tell(self._told)
            self._told += 1

    def tell_all(self) -> None:
        """Tell what still waits for an earlier one that will not come."""
        for number in sorted(n for n in self._done if n >= self._told):
            self._tell(number)
            self._told = number + 1

    def _tell(self, number: int) -> None:
        if (outcome := self._done[number]) is not None:
            self._context.report([outcome])


def _store(context: RunContext, piece: Piece, at: int, outcome: Outcome, receipt: ScheduleReceipt | None) -> None:
    connection_id, run_id = context.own_connection.id, context.run.run_id
    leases.beat(run_id)
    if receipt is not None:
        onec_sent.put_receipt(connection_id, receipt)
        if receipt.status is SentStatus.SENT:
            _keep_plan(connection_id, piece, "sent")
    runs.journal_intent(run_id, _key(piece))
    runs.add_outcomes(run_id, at, [outcome])
    if receipt is None or receipt.status is SentStatus.SENT:
        runs.journal_confirm(run_id, _key(piece), {})


def _keep_plan(connection_id: str, piece: Piece, source: str) -> None:
    schedule = piece.schedule
    days = (schedule.first, schedule.last)
    onec_sent.put_planned(connection_id, schedule.external_id, days, [s.shift for s in piece.shifts], source)


def _own_failure(error: MusterError) -> tuple[Status | None, SentStatus]:
    """What a failed request says of this one schedule; None where it concerns everybody.

    A request that never left, a sign-in that is refused or a locked infobase will be the same for the next one.
    """
    from app.connectors.http import may_have_arrived
    from app.connectors.onec import OneCBadRequest, OneCBusinessError, OneCFailed, OneCLost, OneCSessionLost

    if isinstance(error, OneCBusinessError | OneCBadRequest):
        return Status.FATAL, SentStatus.REFUSED
    if isinstance(error, OneCFailed):
        return Status.FATAL, SentStatus.UNKNOWN
    lost = isinstance(error, TimedOut | Unreachable) and may_have_arrived(error)
    return (
        Status.UNKNOWN if lost or isinstance(error, BadData | OneCLost | OneCSessionLost) else None
    ), SentStatus.UNKNOWN


async def _receipts(context: RunContext, pieces: Sequence[Piece]) -> dict[str, ScheduleReceipt]:
    """What was sent before of exactly these pieces."""
    if not pieces:
        return {}
    first, last = min(p.schedule.first for p in pieces), max(p.schedule.last for p in pieces)
    found = await context.workspace.store.read(onec_sent.receipts, context.own_connection.id, first, last)
    by_key = {(r.external_id, r.first, r.last): r for r in found}
    keys = {_key(p): (p.schedule.external_id, p.schedule.first, p.schedule.last) for p in pieces}
    return {key: by_key[own] for key, own in keys.items() if own in by_key}


async def _begin(context: RunContext, outcomes: Sequence[Outcome]) -> None:
    """Tell first what is not sent; of a run that is taken up again only what was confirmed stays."""
    confirmed = [o for o in context.outcomes if f"{o.target_id}/{o.step}" in context.receipts]
    told = [*outcomes, *confirmed]
    context.outcomes.clear()
    if not context.dry_run:
        await context.workspace.store.write(_renew, context.run.run_id, told)
    context.report(told)


def _renew(run_id: str, outcomes: Sequence[Outcome]) -> None:
    runs.forget_outcomes(run_id)
    runs.add_outcomes(run_id, 0, outcomes)


def _answered(piece: Piece, asked: Asked, reply: OneCReply, action: Action) -> Outcome:
    if reply.accepted:
        return _outcome(piece, asked, Status.SUCCESS, reply.text or _("Sent"), action)
    text = reply.text or _("1C refuses it without saying why.")
    remedy = _("Put right in 1C what it names, then send it again.")
    return _outcome(piece, asked, Status.FATAL, text, action, remedy, "onec.business")


def _receipt(context: RunContext, piece: Piece, digest: str, status: SentStatus, answer: str) -> ScheduleReceipt:
    s = piece.schedule
    return ScheduleReceipt(s.external_id, s.first, s.last, digest, s.shifts, status, answer, context.run.run_id, now())


def _key(piece: Piece) -> str:
    return f"{piece.schedule.external_id}/{_step(piece)}"


def piece_name(piece: Piece) -> str:
    """The name of a piece in parameters."""
    return f"{piece.schedule.external_id}/{piece.label}"


def _step(piece: Piece) -> str:
    return f"{_STEP} {piece.label}"


def _outcome(
    piece: Piece, asked: Asked, status: Status, message: str, action: Action, remedy: str = "", code: str = ""
) -> Outcome:
    external_id = piece.schedule.external_id
    place = (*asked.subject(external_id), SYSTEM, external_id)
    return Outcome(*place, status, _step(piece), message, action, remedy, code=code)


def _problem_outcomes(problems: Iterable[RowProblem], asked: Asked) -> list[Outcome]:
    """One per wrong row: its number, the field, what is wrong, how to put it right."""
    outcomes = []
    for problem in problems:
        place = (*asked.subject(problem.agent), SYSTEM, problem.agent)
        text = _("Row {row}, {field}: {problem}") if problem.field else _("Row {row}: {problem}")
        message = text.format(row=problem.row, field=problem.field, problem=problem.message)
        message = message if problem.row else problem.message
        step = f"check {problem.rule}"
        outcomes.append(
            Outcome(*place, Status.SKIPPED, step, message, Action.SKIP, problem.fix, code=row_code(problem.rule))
        )
    return outcomes


def _held_outcomes(checked: CheckedShifts, asked: Asked) -> list[Outcome]:
    message = _("Not sent, as a shift of it is wrong: its days without a shift would become days off.")
    code = row_code("held")
    return [_outcome(p, asked, Status.NOT_ATTEMPTED, message, Action.SKIP, code=code) for p in checked.held]


def shift_rows(checked: CheckedShifts, asked: Asked) -> list[dict[str, Any]]:
    """Every shift with its hours by day and by night, and after them what is wrong with which row."""
    rows = []
    for piece, sendable in [(p, True) for p in checked.pieces] + [(p, False) for p in checked.held]:
        for planned, counted in zip(piece.shifts, piece.schedule.shifts, strict=True):
            rows.append(
                {
                    "row": planned.row,
                    "agent_id": planned.external_id,
                    "name": asked.subject(planned.external_id)[0],
                    "period": piece.label,
                    "start": plain(planned.shift.start),
                    "end": plain(planned.shift.end),
                    "daily_hours": counted.day_ms / _HOUR_MS,
                    "night_hours": counted.night_ms / _HOUR_MS,
                    "sendable": sendable,
                }
            )
    wrong = [
        {"row": p.row, "agent_id": p.agent, "field": p.field, "rule": str(p.rule), "message": p.message, "fix": p.fix}
        for p in checked.problems
    ]
    return rows + [row | {"sendable": False} for row in wrong]
