"""Customers for tests: as CETEC sends them, as they are stored."""

from __future__ import annotations

from typing import Any

from app.domain.customer_plans import FIELDS
from app.domain.customers import Customer, CustomerList, CustomerRecord, DatabaseAnswer, DatabaseStatus

CONNECTION = "cetec-1"


def a_record(number: int = 1, **fields: Any) -> CustomerRecord:
    values: dict[str, Any] = {
        "name": f"Example Circuits {number}", "domain": f"example{number}", "ok_to_bill": True,
        "resident_hosting": False, "itar_hosting": False, "fields": frozenset(FIELDS), **fields,
    }  # fmt: skip
    return CustomerRecord(str(number), **values)


def a_list(*records: CustomerRecord, **fields: Any) -> CustomerList:
    return CustomerList(records, **fields)


def a_customer(number: int = 1, **fields: Any) -> Customer:
    values: dict[str, Any] = {"name": f"Example Circuits {number}", "domain": f"example{number}", **fields}
    return Customer(str(number), CONNECTION, **values)


YES = DatabaseAnswer(DatabaseStatus.EXISTS)
