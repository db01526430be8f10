"""What a person notes of customers: backups that were pulled, looks at a password, who is switched off.

See cetec-mysql.md §2.1, §7 and §9. None of these asks a remote system.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.access import Permission
from app.domain.audit import AuditKind, AuditNote
from app.domain.customers import Customer, CustomerStatus
from app.domain.outcomes import Action, FieldChange, Outcome, Status
from app.errors import BadData, Held, UsageError
from app.events import CustomersChanged
from app.i18n import N_, _, ngettext
from app.operations.context import RunContext
from app.operations.customers import CETEC, CustomersParams, chosen_customers
from app.operations.registry import operation
from app.operations.source_files import unread
from app.store import customers as stored
from app.store import runs
from app.store.customers import Pull
from app.store.values import now

_MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class CustomerParams:
    """The id of one customer."""

    customer: str


@dataclass(frozen=True)
class FileParams:
    """The file to read."""

    file: str


@operation("customers.mark_pulled", N_("Mark as pulled"), Permission.WRITE, CustomersParams, kinds=CETEC)
async def mark_pulled(context: RunContext, params: CustomersParams) -> None:
    """Note that the backups of these customers were pulled now."""
    moment = now()
    chosen = await chosen_customers(context, params.customers)
    pulls = [Pull(c.key, moment, context.run.actor, "marked") for c in chosen]
    outcomes = [_outcome(c, _("Marked as pulled"), FieldChange("last_pulled", c.last_pulled, moment)) for c in chosen]
    await _carry_out(context, lambda: stored.add_pulls(pulls), outcomes)


@operation("customers.unmark_pulled", N_("Take the newest mark back"), Permission.WRITE, CustomersParams, kinds=CETEC)
async def unmark_pulled(context: RunContext, params: CustomersParams) -> None:
    """Forget the newest pull of each of these customers."""
    chosen = [c for c in await chosen_customers(context, params.customers) if c.last_pulled is not None]
    outcomes = [_outcome(c, _("Mark taken back"), FieldChange("last_pulled", c.last_pulled, None)) for c in chosen]

    def write() -> None:
        for customer in chosen:
            stored.remove_newest_pull(customer.key)

    await _carry_out(context, write, outcomes)


@operation("customers.import_pulled", N_("Import pulls from a file"), Permission.WRITE, FileParams, kinds=CETEC)
async def import_pulled(context: RunContext, params: FileParams) -> None:
    """Take over the file that the former system kept: an object of customer ids with `lastPulled` (§7)."""
    entries = await asyncio.to_thread(_read_file, Path(params.file))
    known = {c.id: c for c in await context.workspace.store.read(stored.customers, context.own_connection.id)}
    pulls, outcomes, unreadable = [], [], 0
    for customer_id, entry in entries.items():
        moment = _moment(entry)
        if moment is None:
            unreadable += 1
        elif customer := known.get(customer_id):
            pulls.append(Pull(customer.key, moment, context.run.actor, "imported"))
            change = FieldChange("last_pulled", customer.last_pulled, moment)
            outcomes.append(_outcome(customer, _("Imported"), change))
        else:
            context.reasons["unknown_customer"] += 1
    if unreadable:
        text = ngettext("{count} entry has no readable time.", "{count} entries have no readable time.", unreadable)
        context.warnings.append(text.format(count=unreadable))
    await _carry_out(context, lambda: stored.add_pulls(pulls), outcomes)


@operation("customers.look_at_password", N_("Show the support password"), Permission.WRITE, CustomerParams, kinds=CETEC)
async def look_at_password(context: RunContext, params: CustomerParams) -> None:
    """Record that a person looks at a customer's password, which is in memory and never part of a result (§2.1)."""
    (customer,) = await chosen_customers(context, (params.customer,))
    if not context.own_connection.setting("support_passwords"):
        raise Held(
            _("Support passwords are not fetched."), _("Switch that on in the CETEC connection, then sync customers.")
        )
    if context.workspace.support_passwords.get(customer.key) is None:
        raise UsageError(
            _("There is no support password of {name} in memory.").format(name=customer.name),
            _("Sync customers first: passwords are gone when the program ends."),
        )
    about = ("customers.look_at_password", customer.name, customer.id)
    seen = AuditNote(AuditKind.SECRET_SEEN, *about, after={"secret": "support_password"}, run_id=context.run.run_id)
    outcome = _outcome(customer, _("The support password was shown"))
    await _carry_out(context, lambda: context.note(seen), [outcome])


@operation("customers.deactivate", N_("Deactivate customers"), Permission.WRITE, CustomersParams, kinds=CETEC)
async def deactivate_customers(context: RunContext, params: CustomersParams) -> None:
    """Switch customers off that are no longer listed; nothing is ever deleted (§9)."""
    chosen = await chosen_customers(context, params.customers)
    _refuse_unproven(chosen)
    await _switch(context, chosen, CustomerStatus.INACTIVE, _("Deactivated"), Action.DEACTIVATE)


@operation("customers.activate", N_("Activate customers"), Permission.WRITE, CustomersParams, kinds=CETEC)
async def activate_customers(context: RunContext, params: CustomersParams) -> None:
    """Switch customers on again."""
    chosen = await chosen_customers(context, params.customers)
    await _switch(context, chosen, CustomerStatus.ACTIVE, _("Activated"), Action.UPDATE)


async def _switch(
    context: RunContext, chosen: Sequence[Customer], status: CustomerStatus, message: str, action: Action
) -> None:
    changing = [c for c in chosen if c.status is not status]
    outcomes = [_outcome(c, message, FieldChange("status", c.status, status), action=action) for c in changing]
    keys = [c.key for c in changing]
    await _carry_out(context, lambda: stored.set_status(keys, status), outcomes)


def _refuse_unproven(chosen: Sequence[Customer]) -> None:
    """Several at once only when a complete list proved that they left (§9)."""
    if len(chosen) > 1 and any(c.missing_since is None for c in chosen):
        raise Held(
            _("CETEC still lists some of these customers, or the last list lacked too many to be sure."),
            _("Sync again; when the list is complete, the lock opens. A single record can still be deactivated."),
        )


async def _carry_out(context: RunContext, write: Callable[[], object], outcomes: Sequence[Outcome]) -> None:
    if outcomes and not context.dry_run:
        await context.workspace.store.write(_write, context.run.run_id, write, outcomes)
        context.workspace.events.publish(CustomersChanged())
    context.summary |= {"total": len(outcomes), "updated": len(outcomes)}
    context.report(outcomes)


def _write(run_id: str, write: Callable[[], object], outcomes: Sequence[Outcome]) -> None:
    write()
    runs.add_outcomes(run_id, 0, outcomes)


def _outcome(customer: Customer, message: str, *changes: FieldChange, action: Action = Action.UPDATE) -> Outcome:
    return Outcome(
        customer.name, customer.id, "customers", "store", Status.SUCCESS, "store", message, action, changes=changes
    )


def _read_file(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(_("The file {file} is too large.").format(file=path))
        return msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=dict[str, object])
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadData(_("The file {file} is not an object of customers.").format(file=path)) from error
    except OSError as error:
        raise unread(path, error) from error


def _moment(entry: object) -> datetime | None:
    """The time of an entry; None for what cannot be read."""
    text = entry.get("lastPulled") if isinstance(entry, dict) else None
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
