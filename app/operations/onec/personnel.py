"""People and departments from 1C: read, or compared, shown as a plan and stored (onec-zup.md §5.1, §6.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from app.access import Permission
from app.domain.causes import CAUSES, record_code
from app.domain.mappings.refusals import REFUSED, refused_outcome
from app.domain.onec_people import KnownPerson, person_name
from app.domain.onec_plans import PERSONNEL, Personnel, PersonnelSettings, lost_everybody, plan_personnel
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.domain.plans import Plan, Step
from app.errors import BadData, Cancelled, Held, UsageError
from app.events import DirectoryChanged, WorkforceChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.onec.asking import (
    ONEC,
    SYSTEM,
    TARGET,
    check_order,
    department_names,
    onec_of,
    period,
    stored_summary,
    today,
    unreadable_rows,
)
from app.operations.onec.rows import person_row
from app.operations.onec.same_people import digest_of, recall, remember
from app.operations.phases import confirm, resumed
from app.operations.registry import operation
from app.store import onec as stored
from app.store import runs

if TYPE_CHECKING:
    from app.connectors.onec.client import Listing

_WORDS = {
    Action.CREATE: (N_("Created"), N_("Would be created")),
    Action.UPDATE: (N_("Updated"), N_("Would be updated")),
    Action.DEACTIVATE: (N_("Deactivated"), N_("Would be deactivated")),
}


@dataclass(frozen=True)
class AgentsParams:
    """The days that vacation balances are wanted of."""

    start_date: date | None = None
    end_date: date | None = None

    def __post_init__(self) -> None:
        check_order(self.start_date, self.end_date)


@dataclass(frozen=True)
class SyncParams:
    """The same; `full_sync` marks who is missing; `departments` are ids of those that are meant, none for all."""

    start_date: date | None = None
    end_date: date | None = None
    full_sync: bool = False
    departments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_order(self.start_date, self.end_date)


@dataclass(frozen=True)
class LinkParams:
    """Somebody of 1C by external id, and the employee they are by local id, empty for none."""

    person: str
    employee: str = ""


@operation("onec.agents", N_("People in 1C"), Permission.READ, AgentsParams, kinds=ONEC, writes=False)
async def read_agents(context: RunContext, params: AgentsParams) -> None:
    """Read people, departments and vacation balances; nothing is stored."""
    context.progress(_("Fetching people"))
    days = period(context.own_connection, params.start_date, params.end_date)
    found = await (await onec_of(context)).agents(*days)
    names = department_names(found.departments)
    known = {
        k.person.external_id: k for k in await context.workspace.store.read(stored.people, context.own_connection.id)
    }
    context.rows = [person_row(person, names) for person in found.people]
    context.warnings += found.warnings
    context.summary |= {"total": len(found.people), "departments": len(found.departments)}
    outcomes = []
    for person in found.people:
        here = known.get(person.external_id)
        local = here.employee_id if here else None
        like = (SYSTEM, person.external_id, Status.SUCCESS, "agents", _("Read"), Action.UNCHANGED)
        outcomes.append(Outcome(person_name(person), local or person.external_id, *like))
    names_by_id = {person.external_id: person_name(person) for person in found.people}
    cause = CAUSES[record_code("duplicate_id")]
    outcomes += [
        Outcome(names_by_id[i], i, SYSTEM, i, Status.SKIPPED, "agents", _(cause.title), Action.SKIP, _(cause.remedy),
                code=cause.code)
        for i in found.doubled
    ]  # fmt: skip
    outcomes += unreadable_rows(found.unreadable, "agents")
    context.refuse((*found.refused, *found.refused_parts))
    if not context.dry_run:
        await context.workspace.store.write(runs.add_outcomes, context.run.run_id, 0, outcomes)
    context.report(outcomes)


@operation("onec.sync_personnel", N_("Sync people from 1C"), Permission.SYNC, SyncParams, kinds=ONEC, target=TARGET)
async def sync_personnel(context: RunContext, params: SyncParams) -> None:
    """Bring people, departments and the employees they are in step with 1C."""
    if (done := resumed(context, PERSONNEL)) is not None:
        context.summary |= done
        _hold(context)
        return
    if context.own_connection.setting("personnel_mode") == "manual_only":
        raise Held(
            _("People are kept by hand in this connection, so none come from 1C."),
            _("Change how people come in the settings of the connection."),
        )
    if (chosen := context.chosen.get(PERSONNEL)) is not None:
        await _carry_out(context, chosen)
        return
    onec = await onec_of(context)
    context.progress(_("Fetching people"))
    listing = await onec.listing(*period(context.own_connection, params.start_date, params.end_date))
    digest = await asyncio.to_thread(digest_of, context, params, listing.body)
    if not context.dry_run:  # a preview always compares
        store = context.workspace.store
        if (known := await store.read(recall, context.own_connection.id, digest)) is not None:
            await store.write(confirm, context, PERSONNEL, *known)
            _tell(context, *known)
            return
    plan = await _plan(context, params, listing)
    await _carry_out(context, plan, "" if listing.asked_again else digest)


async def _carry_out(context: RunContext, plan: Plan[KnownPerson], digest: str = "") -> None:
    """Store what a plan says, or say what it would; `digest` names the answer that it was made from."""
    context.plans[PERSONNEL] = plan
    if context.dry_run:
        outcomes = [_outcome(step, planned=True) for step in plan.steps]
        receipt = _receipt(plan, outcomes)
    else:
        await context.workspace.store.write(runs.journal_intent, context.run.run_id, PERSONNEL)
        outcomes, receipt = await context.workspace.store.write(_commit, context, plan, digest)
    _tell(context, outcomes, receipt)
    if not context.dry_run and any(step.writes for step in plan.steps):
        context.workspace.events.publish(DirectoryChanged())


def _tell(context: RunContext, outcomes: Sequence[Outcome], receipt: Mapping[str, Any]) -> None:
    context.summary |= receipt["summary"]
    context.warnings += receipt["warnings"]
    context.reasons.update(receipt["reasons"])
    context.result[PERSONNEL] = receipt["result"]
    context.report(outcomes)
    _hold(context)
    if not context.dry_run:
        context.workspace.events.publish(WorkforceChanged(context.own_connection.id))


async def _plan(context: RunContext, params: SyncParams, listing: Listing) -> Plan[KnownPerson]:
    connection = context.own_connection
    workspace = context.workspace
    reading = workspace.tasks.start("personnel", workspace.store.read(stored.personnel, connection.id))
    found = await listing.people()
    here: Personnel = await reading
    if lost_everybody(found, here, full=params.full_sync):
        raise BadData(
            _("1C returned nobody; nothing was changed."),
            _("Check in 1C that the departments are still in the register of exchange, then try again."),
        )
    limit = context.workspace.settings.missing_limit_percent
    settings = PersonnelSettings(connection.id, today(connection), params.full_sync, params.departments, limit)
    return plan_personnel(found, here, settings)


def _commit(context: RunContext, plan: Plan[KnownPerson], digest: str) -> tuple[list[Outcome], dict[str, Any]]:
    connection = context.own_connection
    moved = stored.write_personnel(plan, connection.id, today(connection), context.stop)
    outcomes = [_outcome(step, moved=moved.get(step.source_id, ())) for step in plan.steps]
    receipt = _receipt(plan, outcomes)
    confirm(context, PERSONNEL, outcomes, receipt)
    if digest:
        remember(context, digest, outcomes, receipt)
    if context.stop.is_set():
        raise Cancelled(_("Cancelled. Nothing of this part was kept."))
    return outcomes, receipt


def _receipt(plan: Plan[KnownPerson], outcomes: list[Outcome]) -> dict[str, Any]:
    summary = stored_summary(outcomes)
    result = {
        "not_in_1c": [{"id": k.employee_id, "external_id": k.person.external_id, "name": k.name} for k in plan.missing],
        "suspicious": plan.suspicious,
        "departments": len(plan.details["departments"]),
    }
    return {"summary": summary, "warnings": list(plan.warnings), "reasons": plan.reasons(), "result": result}


def _hold(context: RunContext) -> None:
    if context.result[PERSONNEL]["suspicious"]:
        context.held = _("Too many people are missing to be sure; nobody was marked.")


def _outcome(step: Step[KnownPerson], moved: tuple[FieldChange, ...] = (), *, planned: bool = False) -> Outcome:
    known = step.record or step.before
    subject_id = (known.employee_id if known else None) or step.source_id
    place = (step.subject, subject_id, SYSTEM, step.source_id)
    if moved:
        text = _("Changed here since the preview: {fields}. Nothing was overwritten.")
        fields = ", ".join(change.field for change in moved)
        return Outcome(
            *place, Status.SKIPPED, PERSONNEL, text.format(fields=fields), Action.CONFLICT,
            _("Run the preview again."), moved, code=record_code("changed_meanwhile"),
        )  # fmt: skip
    if step.writes:
        message = _(_WORDS[step.action][planned])
        return Outcome(*place, Status.SUCCESS, PERSONNEL, message, step.action, changes=step.changes)
    if step.reason == REFUSED:
        return refused_outcome(step, PERSONNEL)
    code = record_code(step.reason)
    return Outcome(*place, Status.SKIPPED, PERSONNEL, step.message, step.action, step.remedy, code=code)


@operation("onec.link_person", N_("Link a person of 1C"), Permission.SYNC, LinkParams, kinds=ONEC, remote=False)
async def link_person(context: RunContext, params: LinkParams) -> None:
    """Say which employee somebody of 1C is, or that they are none; a later sync keeps to it (§6.1)."""
    store = context.workspace.store
    here: Personnel = await store.read(stored.personnel, context.own_connection.id)
    known = next((k for k in here.people if k.person.external_id == params.person), None)
    employee = next((e for e in here.employees if e.id == params.employee), None)
    if known is None or (params.employee and employee is None):
        missing = params.person if known is None else params.employee
        raise UsageError(_("There is no record with the id {id}.").format(id=missing))
    rival = next((k for k in here.people if k.employee_id == params.employee and k is not known), None)
    if employee is not None and (rival is not None or employee.id in here.linked):
        name = rival.name if rival else employee.name
        raise UsageError(_("{name} is already somebody of 1C.").format(name=name), _("Take that link back first."))
    change = FieldChange("employee_id", known.employee_id, params.employee or None)
    outcome = Outcome(
        known.name, params.employee or params.person, SYSTEM, params.person, Status.SUCCESS, "link",
        _("Linked") if params.employee else _("Not linked any more"), Action.UPDATE, changes=(change,),
    )  # fmt: skip
    if not context.dry_run:
        await store.write(_link, context.run.run_id, known, params.employee or None, outcome)
        context.workspace.events.publish(WorkforceChanged(context.own_connection.id))
    context.report([outcome])


def _link(run_id: str, known: KnownPerson, employee_id: str | None, outcome: Outcome) -> None:
    stored.link_person(known, employee_id)
    runs.add_outcomes(run_id, 0, [outcome])
