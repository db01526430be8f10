"""Customers as other programs read them: the object of a sync (cetec-mysql.md §5) and the rows of `muster list`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.customers import NEEDED_COLUMNS, Customer, CustomerRecord, MySqlStatus, database_summary

_DATABASE_KEYS = frozenset({"database_exists", "database_detail", "lastPulled"})
CUSTOMER_KEYS = (
    "id", "name", "domain", "database_exists", "ok_to_bill", "priority_support", "resident_hosting",
    "test_environment", "itar_hosting_bc", "num_prod_users", "num_full_users", "external_key", "lastPulled",
    "database_detail", "status", "checked_at", "last_good", "last_good_at", "connection",
)  # fmt: skip


def customer_row(customer: Customer) -> dict[str, Any]:
    """One customer of `muster list customers`; its `id` is text, as every local key is."""
    return _fields(customer) | {
        "status": customer.status.value,
        "checked_at": utc_text(customer.checked_at),
        "last_good": customer.good_status.in_json if customer.good_status else None,
        "last_good_at": utc_text(customer.good_at),
        "connection": customer.connection,
    }


def sync_result(
    checked: Sequence[Customer],
    records: Mapping[str, CustomerRecord],
    columns: Collection[str],
    mysql: MySqlStatus,
    moment: datetime,
) -> dict[str, Any]:
    """The object of §5. With `columns` of the caller's own, each customer has those, the needed ones and the answer."""
    statuses = [c.database_status for c in checked if c.database_status is not None]
    return {
        "customers": [_result_row(c, records[c.id], columns) for c in checked],
        "metadata": {
            "total_customers": len(checked),
            "mysql_status": mysql.value,
            "mysql_enabled": mysql is not MySqlStatus.DISABLED,
            "timestamp": utc_text(moment),
            "summary": database_summary(statuses),
            "processing_steps": {
                "api_fetch": "completed",
                "billing_filter": "completed",
                "mysql_enrichment": mysql.value,
            },
        },
    }


def _result_row(customer: Customer, record: CustomerRecord, columns: Collection[str]) -> dict[str, Any]:
    row = _fields(customer) | {"id": _plain_id(customer.id)}
    if columns:
        wanted = {*columns, *NEEDED_COLUMNS, *_DATABASE_KEYS}
        row = {key: value for key, value in row.items() if key in wanted}
    elif "external_key" not in record.fields:
        del row["external_key"]
    return row | dict(record.extra)


def _fields(c: Customer) -> dict[str, Any]:
    return {
        "id": c.id,
        "name": c.name,
        "domain": c.domain,
        "database_exists": c.database_status.in_json if c.database_status else None,
        "ok_to_bill": int(c.ok_to_bill),
        "priority_support": c.priority_support.value if c.priority_support else None,
        "resident_hosting": c.resident_hosting,
        "test_environment": c.test_environment,
        "itar_hosting_bc": c.itar_hosting,
        "num_prod_users": _number(c.num_prod_users),
        "num_full_users": _number(c.num_full_users),
        "external_key": c.external_key,
        "lastPulled": utc_text(c.last_pulled),
        "database_detail": c.database_detail,
    }


def customer_rows(found: Iterable[Customer]) -> list[dict[str, Any]]:
    """Rows of `muster list customers`."""
    return [customer_row(c) for c in found]


def utc_text(moment: datetime | None) -> str | None:
    """ISO time in UTC with milliseconds and Z (§5)."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain_id(text: str) -> int | str:
    """The id as CETEC writes it: a number, where it is one."""
    return int(text) if text.isdecimal() and text == str(int(text)) else text


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
