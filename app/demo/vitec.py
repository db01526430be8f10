"""The demo Vitec Hub: sections 3 to 5, 7, 8 and 11 of vitec-hub.md, answered as the reference says.

Basic authentication, one installation, lists that come whole. The functions for customer data exist and answer 403;
`requests` proves that nobody called them. Beside that the control path of `control`; a fault may be aimed at any
`VitecPlace`.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

from app.demo.fault_answers import forbidden, not_found, unauthorized
from app.demo.firm import Firm, Record
from app.demo.http_system import Endpoint, HttpSystem


class VitecPlace(StrEnum):
    """Where a fault may hit; `INSTALLATION` is everything but Account/Methods."""

    METHODS = "methods"
    INSTALLATION = "installation"
    DEPARTMENTS = "departments"
    DEPARTMENT = "department"
    DEPARTMENT_PICTURE = "department_picture"
    EMPLOYEES = "employees"
    EMPLOYEE = "employee"
    EMPLOYEE_PICTURE = "employee_picture"
    CUSTOMER_DATA = "customer_data"


CUSTOMER_DATA = (
    "Estates",
    "Estates/{estate_id}",
    "Estates/{estate_id}/ContactRelations",
    "Accounting/Estates",
    "Accounting/Transactions",
    "listings",
)
METHODS = (
    "GetDepartments",
    "GetDepartment",
    "GetDepartmentPicture",
    "GetEmployees",
    "GetEmployee",
    "GetEmployeePicture",
)
"""Invented: the real names are not public (section 6.1)."""


class VitecHub(HttpSystem):
    """The Hub with one firm in it. Everything public may be changed while it serves.

    `access_keys` are the two keys a product may have (section 2.3); the first is the one described.
    """

    def __init__(self, firm: Firm) -> None:
        super().__init__(self._endpoints())
        self.installation_id = "MSFJORDTEST"
        self.product_login = "muster-demo"
        self.access_keys = ["Fj0rdheim-demo-key-1", "Fj0rdheim-demo-key-2"]
        self.methods: list[Record] = [{"name": name} for name in METHODS]
        self.without_picture = {*firm.without_picture, *_without_banner(firm)}
        self._departments = _Listing(firm.departments)
        self._employees = _Listing(firm.employees)

    @property
    def departments(self) -> list[Record]:
        """The departments as they are sent; change them in place."""
        return self._departments.hand_out()

    @property
    def employees(self) -> list[Record]:
        """The employees as they are sent; change them in place."""
        return self._employees.hand_out()

    def describe(self) -> dict[str, str]:
        """What a connection needs, by the names of section 2.1. Raises RuntimeError before the start."""
        return {
            "base_url": self.base_url,
            "installation_id": self.installation_id,
            "product_login": self.product_login,
            "access_key": self.access_keys[0],
        }
