"""Sending the worked time of one shift: written down first, sent a single time, remembered however it ends (§5.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.causes import row_code
from app.domain.onec import FactDay
from app.domain.onec_receipts import FactReceipt, SentStatus
from app.domain.onec_worked import NOT_BEGUN
from app.domain.outcomes import Action, Outcome, Status
from app.errors import Held, MusterError, OutcomeUnknown
from app.events import WorkforceChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.onec.asking import SYSTEM, Asked, is_over, onec_of
from app.store import onec_sent, onec_worked, runs
from app.store.values import now

STEP = "fact"
NOT_BEGUN_TEXT = N_("The shift has not begun yet, so nothing was worked in it.")
NOT_BEGUN_FIX = N_("Enter worked time when it is known.")
SENT = N_("It was sent, and no answer of 1C has come.")
UNKNOWN = OutcomeUnknown.code
LOOK = N_("Check in 1C whether the document is there; only then send it again.")


async def begin(context: RunContext) -> None:
    """Forget what a run that is taken up again told before; it is told anew."""
    context.outcomes.clear()
    if not context.dry_run:
        await context.workspace.store.write(runs.forget_outcomes, context.run.run_id)


async def tell(context: RunContext, outcomes: Sequence[Outcome]) -> None:
    """Store and report outcomes after those told so far."""
    if not context.dry_run:
        await context.workspace.store.write(runs.add_outcomes, context.run.run_id, len(context.outcomes), outcomes)
    context.report(outcomes)
    _sum_up(context)


def _sum_up(context: RunContext) -> None:
    good = [o.action for o in context.outcomes if o.status is Status.SUCCESS]
    same, total = good.count(Action.UNCHANGED), len(context.outcomes)
    counts = {"created": len(good) - same, "updated": 0, "skipped": same, "failed": total - len(good)}
    context.summary |= {"total": total, **counts}
    context.workspace.events.publish(WorkforceChanged(context.own_connection.id))


def outcome_of(fact: FactDay, asked: Asked, status: Status, message: str, remedy: str = "", code: str = "") -> Outcome:
    """What became of the worked time of one shift."""
    subject, subject_id = asked.subject(fact.external_id)
    step = f"{STEP} {fact.shift_start.date().isoformat()}"
    place = (subject, subject_id, SYSTEM, fact.external_id)
    return Outcome(*place, status, step, message, Action.CREATE, remedy, code=code)


def not_begun(fact: FactDay, asked: Asked) -> Outcome | None:
    """Why the worked time of a shift that is still to come is not sent, nor shown as if it could be."""
    if is_over(fact.shift_start):
        return None
    return outcome_of(fact, asked, Status.SKIPPED, _(NOT_BEGUN_TEXT), _(NOT_BEGUN_FIX), row_code(NOT_BEGUN))


def sent_before(context: RunContext, before: FactReceipt | None, *, again: bool) -> Held | None:
    """Why it is not sent once more; None where nothing stands against it."""
    if before is None or not before.may_be_there:
        return None
    if before.run_id == context.run.run_id:
        return Held(_("It was sent in this run, and nobody knows whether 1C took it."), _(LOOK))
    if again:
        return None
    if before.status is SentStatus.SENT:
        return Held(
            _("The worked time of this shift was sent before; a second sending makes a second document."),
            _("Correct the document in 1C, or confirm that it is to be sent again."),
        )
    return Held(_("It was sent before, and nobody knows whether 1C took it."), _(LOOK))


async def send_once(context: RunContext, fact: FactDay, asked: Asked, before: FactReceipt | None) -> SentStatus:
    """Send it, keep the receipt and tell the outcome; what 1C confirmed is no longer kept as still to be sent.

    Raises what concerns not this person but everybody, and `OutcomeUnknown` where nobody knows whether 1C took it.
    """
    store, connection_id = context.workspace.store, context.own_connection.id
    onec = await onec_of(context)
    receipt = FactReceipt(
        fact.external_id, fact.shift_start.date(), fact.shift_start, fact.initiator_name, fact.slices,
        SentStatus.SENDING, None, "", context.run.run_id, now(),
    )  # fmt: skip
    await store.write(
        _note_sending, context, receipt, outcome_of(fact, asked, Status.UNKNOWN, _(SENT), _(LOOK), UNKNOWN)
    )
    try:
        reply = await onec.send_fact_work_time(fact)
    except (OutcomeUnknown, asyncio.CancelledError) as error:
        text = error.message if isinstance(error, OutcomeUnknown) else _("Cancelled before 1C answered.")
        unknown = replace(receipt, status=SentStatus.UNKNOWN, answer=text)
        await _keep(context, unknown, outcome_of(fact, asked, Status.UNKNOWN, text, _(LOOK), UNKNOWN))
        raise
    except MusterError as error:  # it never arrived, or was refused: as if it had not been sent
        refusal = outcome_of(fact, asked, Status.FATAL, error.message, error.remedy, error.code)
        await _revise(context, refusal, lambda: onec_sent.restore_fact(connection_id, receipt, before))
        if _concerns_one(error):
            return SentStatus.REFUSED
        raise
    if reply.accepted:
        text = reply.document or reply.text
        message = _("1C made a document: {document}").format(document=text) if text else _("1C took it.")
        sent = replace(receipt, status=SentStatus.SENT, document=reply.document, answer=reply.text)
        await _keep(context, sent, outcome_of(fact, asked, Status.SUCCESS, message))
        return SentStatus.SENT
    message = _("1C made no document. {text}").format(text=reply.text).strip()
    refused = replace(receipt, status=SentStatus.REFUSED, answer=reply.text)
    remedy = _("Compare plan and worked time of that day in 1C.")
    await _keep(context, refused, outcome_of(fact, asked, Status.PARTIAL, message, remedy, "onec.no_document"))
    return SentStatus.REFUSED


def _concerns_one(error: MusterError) -> bool:
    from app.connectors.onec import OneCBadRequest, OneCBusinessError

    return isinstance(error, OneCBusinessError | OneCBadRequest)


def _note_sending(context: RunContext, receipt: FactReceipt, outcome: Outcome) -> None:
    """Write down what is about to be sent, as not known how it ends: so it stands if the program ends meanwhile."""
    onec_sent.put_fact(context.own_connection.id, receipt)
    runs.add_outcomes(context.run.run_id, len(context.outcomes), [outcome])


async def _keep(context: RunContext, receipt: FactReceipt, outcome: Outcome) -> None:
    connection_id = context.own_connection.id
    context.result["status"] = receipt.status.value
    context.result["document"] = receipt.document

    def write() -> None:
        onec_sent.put_fact(connection_id, receipt)
        if receipt.status is SentStatus.SENT:
            onec_worked.forget_worked(connection_id, receipt.external_id, receipt.day)

    await _revise(context, outcome, write)


async def _revise(context: RunContext, outcome: Outcome, write: Callable[[], None]) -> None:
    """Store how the sending under way ended, in place of what `_note_sending` wrote, and report it."""
    number = len(context.outcomes)

    def work() -> None:
        write()
        runs.revise_outcomes(context.run.run_id, [(number, outcome)])

    await context.workspace.store.write(work)
    context.report([outcome])
    _sum_up(context)
