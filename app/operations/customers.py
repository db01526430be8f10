"""Customers: fetched from CETEC, filtered, stored, and each checked for its backup database (cetec-mysql.md §3).

The remote systems are only read, so a run that is taken up again simply does everything once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.access import Permission
from app.domain.causes import record_code
from app.domain.customer_plans import PHASE, Absent, absent, plan_customers
from app.domain.customer_texts import answer_remedy, answer_text
from app.domain.customers import (
    Customer,
    CustomerList,
    CustomerQuery,
    DatabaseAnswer,
    DatabaseStatus,
    MySqlStatus,
    database_summary,
)
from app.domain.directory_plans import PlanSettings
from app.domain.kinds import ConnectionKind
from app.domain.kinds.cetec import customer_ids
from app.domain.mappings.refusals import REFUSED, refused_outcome
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.domain.plans import Plan, Step
from app.errors import MusterError, UsageError
from app.events import CustomersChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.customer_rows import sync_result
from app.operations.database_checks import Answered, DatabaseCheck, database_check
from app.operations.registry import operation
from app.store import customers as stored
from app.store import runs
from app.store.values import now

CETEC = (ConnectionKind.CETEC,)
TARGET = "customers:{connection}"
_STEP = "mysql_enrichment"


@dataclass(frozen=True)
class SyncParams:
    """Which customers: one id, a name, an external key, or all; and which columns, or the usual ones."""

    id: str = ""
    name: str = ""
    external_key: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class CustomersParams:
    """Ids of customers, as CETEC has them."""

    customers: tuple[str, ...]


@operation("customers.sync", N_("Sync customers"), Permission.SYNC, SyncParams, kinds=CETEC, target=TARGET)
async def sync_customers(context: RunContext, params: SyncParams) -> None:
    """Fetch billable customers, store them, and answer for each whether its backup database is there."""
    connection = context.own_connection
    query = CustomerQuery(
        params.id, params.name, params.external_key, params.columns, bool(connection.setting("only_billable"))
    )
    context.progress(_("Fetching customers"))
    found = await (await context.workspace.links.cetec(connection)).customers(query)
    context.workspace.support_passwords.keep(connection.id, found.passwords)
    plan = context.chosen.get(PHASE) or await _plan(context, query, found)
    context.plans[PHASE] = plan
    context.warnings += plan.warnings
    if not context.dry_run:
        await context.workspace.store.write(_store_plan, context.run.run_id, plan)
        context.workspace.events.publish(CustomersChanged())
    context.outcomes.clear()  # of a run that is taken up again
    await _tell_refused(context, plan)
    check = await database_check(context)
    steps = {s.source_id: s for s in plan.steps if s.record is not None}
    checked = await _check(context, check, await _listed(context, plan), steps)
    context.reasons.update(plan.reasons())
    records = {record.id: record for record in found.records}
    context.result |= sync_result([c for c in checked if c.id in records], records, params.columns, check.status, now())
    context.summary |= context.result["metadata"]["summary"]


@operation(
    "customers.check", N_("Check databases again"), Permission.WRITE, CustomersParams, kinds=CETEC, target=TARGET
)
async def check_customers(context: RunContext, params: CustomersParams) -> None:
    """Ask the MySQL server again about single customers."""
    chosen = await chosen_customers(context, params.customers)
    check = await database_check(context, one_customer=True)
    unchanged = {c.id: Step(Action.UNCHANGED, c.name, c.id, c, c) for c in chosen}
    checked = await _check(context, check, chosen, unchanged)
    context.summary |= database_summary(c.database_status for c in checked if c.database_status)


async def chosen_customers(context: RunContext, ids: Sequence[str]) -> list[Customer]:
    """The stored customers of those ids.

    Raises `UsageError` for an id that is not there.
    """
    known = {c.id: c for c in await context.workspace.store.read(stored.customers, context.own_connection.id)}
    if unknown := [i for i in ids if i not in known]:
        raise UsageError(_("There is no record with the id {id}.").format(id=unknown[0]))
    return [known[i] for i in dict.fromkeys(ids)]


async def _plan(context: RunContext, query: CustomerQuery, found: CustomerList) -> Plan[Customer]:
    workspace, connection = context.workspace, context.own_connection
    here = await workspace.store.read(stored.customers, connection.id)
    gone: Absent | None = None
    if not query.narrowed and found.complete:
        gone = await _gone(context, query, found, here)
    return plan_customers(found, here, PlanSettings(connection.id, workspace.settings.missing_limit_percent), gone)


async def _gone(
    context: RunContext, query: CustomerQuery, found: CustomerList, here: Sequence[Customer]
) -> Absent | None:
    """Tell customers that are no longer billed from those that left: one more question, without the filter (§9)."""
    left = absent(found, here, context.own_connection.id)
    excluded = frozenset(customer_ids(context.own_connection.setting("excluded_customer_ids") or ""))
    if not query.only_billable or all(c.id in excluded for c in left):
        return Absent(excluded=excluded)
    cetec = await context.workspace.links.cetec(context.own_connection)
    try:
        everybody = await cetec.customers(CustomerQuery(only_billable=False))
    except MusterError as error:
        context.warnings.append(
            _("Who is no longer listed could not be found out: {cause}").format(cause=error.message)
        )
        return None
    if not everybody.complete:
        return None
    return Absent(frozenset(r.id for r in everybody.records if not r.ok_to_bill), excluded)


def _store_plan(run_id: str, plan: Plan[Customer]) -> None:
    runs.forget_outcomes(run_id)
    stored.write_plan(plan)


async def _tell_refused(context: RunContext, plan: Plan[Customer]) -> None:
    outcomes = [refused_outcome(step, PHASE) for step in plan.steps if step.reason == REFUSED]
    if outcomes and not context.dry_run:
        await context.workspace.store.write(runs.add_outcomes, context.run.run_id, 0, outcomes)
    context.report(outcomes)


async def _listed(context: RunContext, plan: Plan[Customer]) -> list[Customer]:
    """The customers to check, as they are now, in the order of the list."""
    wanted = [s.record for s in plan.steps if s.record is not None and not s.reason]
    if context.dry_run:
        return wanted
    here = {c.id: c for c in await context.workspace.store.read(stored.customers, context.own_connection.id)}
    return [here[c.id] for c in wanted if c.id in here]


async def _check(
    context: RunContext, check: DatabaseCheck, customers: Sequence[Customer], steps: Mapping[str, Step[Customer]]
) -> list[Customer]:
    """Check, storing and telling each batch as it comes; returns the customers with their answers, in their order."""
    checked: dict[str, Customer] = {}
    total = len(customers)
    context.progress(_("Checking databases"), 0, total)
    async for answered in check.answers(customers):
        moment = now()
        outcomes = [_outcome(steps[c.id], c, answer, check.server_name) for c, answer in answered]
        if not context.dry_run:
            first = len(context.outcomes)
            await context.workspace.store.write(_keep, context.run.run_id, first, answered, outcomes)
        context.report(outcomes)
        _warn_of_lost(context, answered)
        checked |= {
            c.id: replace(c, database_status=a.status, database_detail=a.detail, checked_at=moment) for c, a in answered
        }
        context.progress(_("Checking databases"), len(checked), total)
        if not context.dry_run:
            context.workspace.events.publish(CustomersChanged())
    context.warnings += check.warnings
    if check.status is MySqlStatus.FAILED:
        context.warnings.append(_("The MySQL server could not be used, so databases could not be checked."))
    return [checked[c.id] for c in customers]


def _keep(run_id: str, first: int, answered: Answered, outcomes: Sequence[Outcome]) -> None:
    stored.note_answers(answered, now())
    runs.add_outcomes(run_id, first, outcomes)


def _outcome(step: Step[Customer], customer: Customer, answer: DatabaseAnswer, server: str) -> Outcome:
    """One customer: what the list changed and what the server said; a failed check is a partial success."""
    changes = step.changes
    before = customer.good_status if answer.status.known else customer.database_status
    if step.action is not Action.CREATE and before is not answer.status:
        changes = (*changes, FieldChange("database_status", before, answer.status))
    action = Action.UPDATE if changes and step.action is Action.UNCHANGED else step.action
    status = Status.SKIPPED if action is Action.UNCHANGED else Status.SUCCESS
    if answer.status.failed:
        status = Status.PARTIAL
    return Outcome(
        customer.name, customer.id, "database", server, status, _STEP, answer_text(answer), action,
        answer_remedy(answer), changes, code=record_code(answer.status.value) if answer.status.failed else "",
    )  # fmt: skip


def _warn_of_lost(context: RunContext, answered: Answered) -> None:
    """A database that was there and is not any more is news; a check that failed is not (§9)."""
    for customer, answer in answered:
        if customer.good_status is DatabaseStatus.EXISTS and answer.status is DatabaseStatus.NO_DATABASE:
            context.warnings.append(_("The backup database of {name} disappeared.").format(name=customer.name))
