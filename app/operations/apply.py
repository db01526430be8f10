"""Carries a plan out on the store: intent, one transaction, outcomes; or in a dry run only says what would happen."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.domain.causes import record_code
from app.domain.directory_plans import UNCHANGED, directory_summary, unchanged_summary
from app.domain.mappings.refusals import REFUSED, refused_outcome
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.domain.plans import Plan, Step
from app.errors import Cancelled
from app.events import DirectoryChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.phases import confirm, take
from app.store import directory_plans, listings, runs

_DONE = {
    Action.CREATE: N_("Created"),
    Action.UPDATE: N_("Updated"),
    Action.DEACTIVATE: N_("Deactivated"),
}
_PLANNED = {
    Action.CREATE: N_("Would be created"),
    Action.UPDATE: N_("Would be updated"),
    Action.DEACTIVATE: N_("Would be deactivated"),
}


async def carry_out(context: RunContext, plan: Plan[Any], digest: str = "") -> dict[str, int]:
    """Carry out one phase and return its summary.

    The phase is one transaction: rows, outcomes and the journal's confirmation are stored together or not at all
    (vitec-hub.md §9.2), so an interruption leaves it done or not begun. `digest` names the list that the plan was
    made from; `still_the_same` knows it again.
    """
    context.plans[plan.phase] = plan
    if context.dry_run:
        outcomes = [_outcome(plan, step, _PLANNED) for step in plan.steps]
        summary = directory_summary(plan, plan.counts())
    else:
        store = context.workspace.store
        await store.write(runs.journal_intent, context.run.run_id, plan.phase)
        outcomes, summary = await store.write(_commit, context, plan, digest, context.stop)
    _note(context, plan)
    context.report(outcomes)
    if not context.dry_run and (summary["created"] or summary["updated"] or plan.missing or plan.returned):
        context.workspace.events.publish(DirectoryChanged())
    return summary


async def still_the_same(context: RunContext, phase: str, digest: str) -> dict[str, int] | None:
    """Finish a phase at once when the source sent the very list of the last sync and nothing changed here since.

    Every record then compares as unchanged, which is what is reported; None when it has to be compared. A preview
    always compares.
    """
    store, connection = context.workspace.store, context.own_connection
    if context.dry_run:
        return None
    known = await store.read(listings.recall, connection.id, phase, digest)
    if known is None:
        return None
    outcomes = await asyncio.to_thread(_unchanged, phase, known.records)
    receipt = known.receipt | {"summary": unchanged_summary(phase, len(outcomes))}
    await store.write(confirm, context, phase, outcomes, receipt)
    take(context, phase, receipt)
    context.report(outcomes)
    return dict(receipt["summary"])


def _unchanged(phase: str, records: Sequence[tuple[str, str]]) -> list[Outcome]:
    like = (phase, "store", Status.SKIPPED, "store", UNCHANGED, Action.UNCHANGED)
    return [Outcome(name, record_id, *like) for record_id, name in records]


def _commit(
    context: RunContext, plan: Plan[Any], digest: str, stop: threading.Event
) -> tuple[list[Outcome], dict[str, int]]:
    moved = directory_plans.write_plan(plan, stop)
    outcomes = [
        _moved(plan, step, moved[step.record.id])
        if moved and step.record is not None and step.record.id in moved
        else _outcome(plan, step, _DONE)
        for step in plan.steps
    ]
    written = Counter(o.action for o in outcomes if o.status is Status.SUCCESS)
    summary = directory_summary(plan, written)
    receipt = {
        "summary": summary,
        "warnings": list(plan.warnings),
        "reasons": plan.reasons(),
        "result": phase_result(plan),
    }
    confirm(context, plan.phase, outcomes, receipt)
    complete = all(o.status is Status.SUCCESS or o.action is Action.UNCHANGED for o in outcomes)
    if digest and complete and not plan.missing:
        listings.remember(context.own_connection.id, plan.phase, digest, receipt)
    if stop.is_set():
        raise Cancelled(_("Cancelled. Nothing of this part was kept."))
    return outcomes, summary


def _note(context: RunContext, plan: Plan[Any]) -> None:
    context.warnings += plan.warnings
    context.reasons.update(plan.reasons())
    context.result[plan.phase] = phase_result(plan)


def phase_result(plan: Plan[Any]) -> dict[str, Any]:
    """What the comparison found beside the steps (vitec-hub.md §8.4, §9.3, §9.5)."""
    missing = [{"id": r.id, "name": r.name} for r in plan.missing]
    return {"not_in_vitec": missing, "suspicious": plan.suspicious, **plan.details}


def _outcome(plan: Plan[Any], step: Step[Any], words: dict[Action, str]) -> Outcome:
    if step.reason == REFUSED:
        return refused_outcome(step, plan.phase)
    status = Status.SUCCESS if step.writes else Status.SKIPPED
    message = step.message or _(words[step.action])
    record_id = step.record.id if step.record is not None else step.source_id
    return Outcome(
        step.subject, record_id, plan.phase, plan.target, status, "store", message, step.action, step.remedy,
        step.changes, code=record_code(step.reason) if status is Status.SKIPPED else "",
    )  # fmt: skip


def _moved(plan: Plan[Any], step: Step[Any], changes: tuple[FieldChange, ...]) -> Outcome:
    planned = _outcome(plan, step, _DONE)
    fields = ", ".join(change.field for change in changes)
    return replace(
        planned,
        status=Status.SKIPPED,
        action=Action.CONFLICT,
        code=record_code("changed_meanwhile"),
        message=_("Changed here since the preview: {fields}. Nothing was overwritten.").format(fields=fields),
        remedy=_("Run the preview again."),
        changes=changes,
    )
