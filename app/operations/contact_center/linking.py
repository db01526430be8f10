"""Which people the accounts of a contact centre belong to: by personnel number, or as a person decides
(contact-center.md §5.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.access import Permission
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.errors import UsageError
from app.events import ContactCenterDataChanged
from app.i18n import N_, _
from app.operations.contact_center.asking import CONTACT_CENTER, agent_name
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.store import contact_center_links as links
from app.store import contact_center_now as stored
from app.store import directory, runs


@dataclass(frozen=True)
class LinkParams:
    """The id of an account, and of the employee it belongs to; without one it belongs to nobody.

    `by_number` gives the decision back to the personnel number instead.
    """

    agent_id: str
    employee_id: str = ""
    by_number: bool = False

    def __post_init__(self) -> None:
        if self.by_number and self.employee_id:
            raise UsageError(_("A person is named, or the number decides: not both."))


@operation(
    "cc.link_account", N_("Link an account to a person"), Permission.SYNC, LinkParams,
    kinds=CONTACT_CENTER, works_paused=True, remote=False,
)  # fmt: skip
async def link_account(context: RunContext, params: LinkParams) -> None:
    """Say whose account it is; that stays until somebody says otherwise, whatever its number becomes."""
    store, connection_id = context.workspace.store, context.own_connection.id
    accounts = {a.agent.agent_id: a for a in await store.read(stored.accounts, connection_id)}
    people = {e.id: e.name for e in await store.read(directory.employees)}
    account = accounts.get(params.agent_id)
    if account is None:
        raise UsageError(_("There is no account {id}.").format(id=params.agent_id))
    if params.employee_id and params.employee_id not in people:
        raise UsageError(_("There is no employee {id}.").format(id=params.employee_id))
    if not context.dry_run:
        hand = not params.by_number
        await store.write(links.link_account, connection_id, params.agent_id, params.employee_id or None, by_hand=hand)
        if params.by_number:
            await store.write(links.link_by_number, connection_id)
        accounts = {a.agent.agent_id: a for a in await store.read(stored.accounts, connection_id)}
        context.workspace.events.publish(ContactCenterDataChanged(connection_id))
    after = params.employee_id or None if context.dry_run else accounts[params.agent_id].employee_id
    who = people.get(after or "", "")
    text = _("Linked to {person}").format(person=who) if who else _("Linked to nobody")
    change = FieldChange("employee_id", account.employee_id, after)
    outcome = Outcome(
        agent_name(account.agent), params.agent_id, "account", connection_id, Status.SUCCESS, "link", text,
        Action.UPDATE if change.before != change.after else Action.UNCHANGED, changes=(change,),
    )  # fmt: skip
    await _report(context, [outcome])


@operation(
    "cc.link_accounts", N_("Link accounts by personnel number"), Permission.SYNC, NoParams,
    kinds=CONTACT_CENTER, works_paused=True, remote=False,
)  # fmt: skip
async def link_accounts(context: RunContext, _params: NoParams) -> None:
    """Link every account whose personnel number is that of one person, and unlink those whose number is no longer."""
    store, connection_id = context.workspace.store, context.own_connection.id
    accounts = {a.agent.agent_id: a for a in await store.read(stored.accounts, connection_id)}
    people = {e.id: e.name for e in await store.read(directory.employees)}
    if context.dry_run:
        found = await store.read(links.would_link, connection_id)
    else:
        found = await store.write(links.link_by_number, connection_id)
        context.workspace.events.publish(ContactCenterDataChanged(connection_id))

    def outcome(agent_id: str, text: str, after: str | None) -> Outcome:
        account = accounts[agent_id]
        return Outcome(
            agent_name(account.agent), agent_id, "account", connection_id, Status.SUCCESS, "link", text,
            Action.UPDATE, changes=(FieldChange("employee_id", account.employee_id, after),),
        )  # fmt: skip

    outcomes = [
        *(outcome(i, _("Linked to {person}").format(person=people.get(e, e)), e) for i, e in found.linked.items()),
        *(outcome(i, _("Linked to nobody"), None) for i in found.unlinked),
    ]
    context.summary |= {"total": len(accounts), "updated": len(outcomes)}
    if found.doubtful:
        names = ", ".join(agent_name(accounts[i].agent) for i in found.doubtful[:5])
        context.warnings.append(
            _("Their personnel number is not theirs alone, so they were not linked: {names}.").format(names=names)
        )
    await _report(context, outcomes)


async def _report(context: RunContext, outcomes: list[Outcome]) -> None:
    if outcomes and not context.dry_run:
        await context.workspace.store.write(runs.add_outcomes, context.run.run_id, 0, outcomes)
    context.report(outcomes)
