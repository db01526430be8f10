"""Customers as stored, what is known of their backup databases, and pulls of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import fn

from app.domain.customers import (
    Customer,
    CustomerStatus,
    DatabaseAnswer,
    DatabaseStatus,
    SupportLevel,
)
from app.domain.outcomes import Action
from app.domain.plans import Plan
from app.store.database import fetch, insert_rows, update_rows
from app.store.models import CustomerRow, PullRow
from app.store.values import from_time, now, to_time

_SLICE = 500


@dataclass(frozen=True, slots=True)
class Pull:
    """A backup that was pulled: of which customer (its key), when, who said so, and how it went."""

    customer: str
    pulled_at: datetime
    user: str
    result: str


def customers(connection_id: str | None = None) -> list[Customer]:
    """All customers by name, or those of one connection."""
    query = CustomerRow.select().order_by(fn.LOWER(CustomerRow.name), CustomerRow.key)
    if connection_id is not None:
        query = query.where(CustomerRow.connection == connection_id)
    newest = fetch(PullRow.select(PullRow.customer, fn.MAX(PullRow.pulled_at)).group_by(PullRow.customer))
    pulled = dict(newest)
    return [_to_customer(row, pulled.get(row[0])) for row in fetch(query)]


def write_plan(plan: Plan[Customer]) -> None:
    """Store what the list said; what is known of databases stays as it is now."""
    moment = now()
    present = {c.key: c for c in customers()}
    created, updated = [], []
    for step in plan.steps:
        record = step.record
        if not step.writes or record is None:
            continue
        current = present.get(record.key)
        if current is None:
            created.append(_row(replace(record, created_at=moment, updated_at=moment)))
            continue
        fields = {change.field: change.after for change in step.changes}
        if step.action is Action.CREATE:  # made by somebody else since the preview
            kept = ("database_status", "database_detail", "checked_at", "good_status", "good_at", "created_at")
            current = replace(record, **{name: getattr(current, name) for name in kept})
        updated.append(_row(replace(current, **fields, updated_at=moment)))
    insert_rows(CustomerRow, created)
    update_rows(CustomerRow, updated)
    if not plan.suspicious:
        _mark_missing([c.key for c in plan.missing if c.missing_since is None], moment)
    _mark_missing([c.key for c in plan.returned], None)


def _mark_missing(keys: Sequence[str], moment: datetime | None) -> None:
    for start in range(0, len(keys), _SLICE):
        chunk = list(keys[start : start + _SLICE])
        CustomerRow.update(missing_since=to_time(moment)).where(CustomerRow.key.in_(chunk)).execute()


def note_answers(answers: Iterable[tuple[Customer, DatabaseAnswer]], moment: datetime) -> None:
    """Remember how checks ended; only what a server said takes the place of the last good answer (§9)."""
    stamp = to_time(moment)
    c = CustomerRow
    for customer, answer in answers:
        values: dict[str, Any] = {
            "database_status": answer.status.value, "database_detail": answer.detail, "checked_at": stamp,
        }  # fmt: skip
        if answer.status.known:
            values |= {"good_status": answer.status.value, "good_at": stamp}
        c.update(values).where(c.key == customer.key).execute()


def set_status(keys: Sequence[str], status: CustomerStatus) -> None:
    """Switch customers off or on, as a person decided."""
    for start in range(0, len(keys), _SLICE):
        chunk = list(keys[start : start + _SLICE])
        changed = {"status": status.value, "updated_at": to_time(now())}
        CustomerRow.update(changed).where(CustomerRow.key.in_(chunk)).execute()


def pulls(key: str) -> list[Pull]:
    """Pulls of one customer, the newest first."""
    query = PullRow.select(PullRow.customer, PullRow.pulled_at, PullRow.user, PullRow.result)
    found = fetch(query.where(PullRow.customer == key).order_by(PullRow.pulled_at.desc(), PullRow.id.desc()))
    return [Pull(customer, _moment(at), user, result) for customer, at, user, result in found]


def add_pulls(made: Iterable[Pull]) -> int:
    """Note pulls that are not noted yet; returns how many."""
    known = set(fetch(PullRow.select(PullRow.customer, PullRow.pulled_at)))
    new = [p for p in dict.fromkeys(made) if (p.customer, to_time(p.pulled_at)) not in known]
    for p in new:
        PullRow.insert(customer=p.customer, pulled_at=to_time(p.pulled_at), user=p.user, result=p.result).execute()
    return len(new)


def remove_newest_pull(key: str) -> Pull | None:
    """Take the newest note of a pull back; returns it, None when there is none."""
    newest = PullRow.select().where(PullRow.customer == key).order_by(PullRow.pulled_at.desc(), PullRow.id.desc())
    row = newest.first()
    if row is None:
        return None
    row.delete_instance()
    return Pull(key, _moment(row.pulled_at), row.user, row.result)


def _moment(text: str) -> datetime:
    moment = from_time(text)
    assert moment is not None
    return moment


def _row(c: Customer) -> tuple[Any, ...]:
    return (
        c.key,
        c.id,
        c.connection,
        c.name,
        c.domain,
        c.ok_to_bill,
        c.priority_support.value if c.priority_support else None,
        c.resident_hosting,
        c.test_environment,
        c.itar_hosting,
        c.itar_text,
        c.num_prod_users,
        c.num_full_users,
        c.external_key,
        c.status.value,
        c.database_status.value if c.database_status else None,
        c.database_detail,
        to_time(c.checked_at),
        c.good_status.value if c.good_status else None,
        to_time(c.good_at),
        to_time(c.missing_since),
        to_time(c.created_at),
        to_time(c.updated_at),
    )


def _to_customer(row: tuple[Any, ...], pulled: str | None) -> Customer:
    (
        _key, customer_id, connection, name, domain, billed, level, resident, test, itar, itar_text, prod, full,
        external, status, checked, detail, checked_at, good, good_at, missing_since, created_at, updated_at,
    ) = row  # fmt: skip
    return Customer(
        customer_id,
        connection,
        name,
        domain,
        bool(billed),
        SupportLevel(level) if level else None,
        bool(resident),
        test,
        bool(itar),
        itar_text,
        prod,
        full,
        external,
        CustomerStatus(status),
        DatabaseStatus(checked) if checked else None,
        detail,
        from_time(checked_at),
        DatabaseStatus(good) if good else None,
        from_time(good_at),
        from_time(pulled),
        from_time(missing_since),
        from_time(created_at),
        from_time(updated_at),
    )
