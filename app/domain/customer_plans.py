"""What a list from CETEC would change in the stored customers (cetec-mysql.md §9). Pure functions.

Customers match by CETEC's id. Nobody is removed here: who left the list is no longer billable or no longer listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.customers import Customer, CustomerList, CustomerRecord, CustomerStatus
from app.domain.directory_plans import PlanSettings
from app.domain.kinds import ConnectionKind
from app.domain.mappings.refusals import refused_step
from app.domain.outcomes import Action, FieldChange
from app.domain.plans import Plan, Step
from app.i18n import _, ngettext

PHASE = "customers"
FIELDS = (
    "name", "domain", "ok_to_bill", "priority_support", "resident_hosting", "test_environment", "itar_hosting",
    "itar_text", "num_prod_users", "num_full_users", "external_key",
)  # fmt: skip


@dataclass(frozen=True)
class Absent:
    """Why a whole list lacks stored customers, by id: no longer billed, or left out by a setting; others are gone."""

    not_billable: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()


def absent(found: CustomerList, stored: Sequence[Customer], connection: str) -> list[Customer]:
    """Stored customers of this connection that still count and that the list lacks."""
    listed = {record.id for record in found.records}
    return [c for c in stored if _counts(c, connection) and c.id not in listed]


def _counts(customer: Customer, connection: str) -> bool:
    return customer.connection == connection and customer.status is CustomerStatus.ACTIVE


def plan_customers(
    found: CustomerList, stored: Sequence[Customer], settings: PlanSettings, gone: Absent | None = None
) -> Plan[Customer]:
    """The plan; `gone` says of absent customers which are merely not billable, None when absence proves nothing."""
    known = {c.id: c for c in stored if c.connection == settings.connection}
    steps = [_step(record, known.get(record.id), settings.connection) for record in found.records]
    steps += [refused_step(ConnectionKind.CETEC, problem) for problem in found.refused]
    missing: tuple[Customer, ...] = ()
    suspicious = False
    warnings = found.warnings
    if gone is not None:
        left = absent(found, stored, settings.connection)
        steps += [_left_out(c) for c in left if c.id in gone.excluded]
        steps += [_no_longer_billed(c) for c in left if c.id in gone.not_billable - gone.excluded]
        missing = tuple(c for c in left if c.id not in gone.not_billable | gone.excluded)
        ours = [c for c in known.values() if c.status is CustomerStatus.ACTIVE]
        suspicious = _suspicious(len(missing), len(ours), settings, complete=bool(found.records) and found.complete)
        warnings += _missing_warnings(len(missing), suspicious=suspicious)
    returned = tuple(s.before for s in steps if s.before is not None and s.before.missing_since is not None)
    return Plan(PHASE, "database", tuple(steps), warnings, missing, returned, suspicious)


def _step(record: CustomerRecord, known: Customer | None, connection: str) -> Step[Customer]:
    values = {name: getattr(record, name) for name in FIELDS if name in record.fields or name == "name"}
    if known is None:
        new = Customer(record.id, connection, **values)
        return Step(Action.CREATE, new.name, record.id, new, match_method="new")
    if known.status is CustomerStatus.NOT_BILLABLE and record.ok_to_bill:
        values["status"] = CustomerStatus.ACTIVE
    changes = tuple(
        FieldChange(name, before, value) for name, value in values.items() if (before := getattr(known, name)) != value
    )
    if not changes:
        return Step(Action.UNCHANGED, known.name, record.id, known, known, message=_("No changes"))
    return Step(Action.UPDATE, record.name, record.id, replace(known, **_after(changes)), known, changes)


def _no_longer_billed(customer: Customer) -> Step[Customer]:
    changes = (
        FieldChange("ok_to_bill", customer.ok_to_bill, False),
        FieldChange("status", customer.status, CustomerStatus.NOT_BILLABLE),
    )
    message = _("No longer billable. Not listed here any more, and not removed.")
    changed = replace(customer, **_after(changes))
    return Step(Action.UPDATE, customer.name, customer.id, changed, customer, changes, "not_billable", message)


def _left_out(customer: Customer) -> Step[Customer]:
    change = FieldChange("status", customer.status, CustomerStatus.INACTIVE)
    message = _("Left out by a setting of the connection.")
    changed = replace(customer, status=CustomerStatus.INACTIVE)
    return Step(Action.UPDATE, customer.name, customer.id, changed, customer, (change,), "excluded", message)


def _after(changes: Sequence[FieldChange]) -> Mapping[str, Any]:
    return {change.field: change.after for change in changes}


def _suspicious(missing: int, ours: int, settings: PlanSettings, *, complete: bool) -> bool:
    return bool(ours) and (not complete or missing * 100 > ours * settings.missing_limit_percent)


def _missing_warnings(missing: int, *, suspicious: bool) -> tuple[str, ...]:
    if not missing:
        return ()
    text = ngettext(
        "{count} customer is no longer listed by CETEC.", "{count} customers are no longer listed by CETEC.", missing
    )
    said = (text.format(count=missing),)
    if suspicious:
        return (*said, _("That is more than usual, so they stay as they are until the list is complete again."))
    return said
