"""The demo Vitec Hub: sections 3 to 5, 7, 8 and 11 of vitec-hub.md, answered as the reference says.

Basic authentication, one installation, lists that come whole. The functions for customer data exist and
answer 403; `requests` proves that nobody called them. Faults (`faults`; over HTTP `control`) may be aimed at
any `VitecPlace`.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

from app.demo.fault_answers import Clone, forbidden, not_found, unauthorized
from app.demo.firm import Firm
from app.demo.http_system import Endpoint, HttpSystem
from app.demo.listing import Listing, Record, encoded

_Answer = Callable[[Request], Awaitable[Response]]


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

    `access_keys` are the two keys a product may have (section 2.3); the first is the one described. The sets
    `without_picture` and `without_banner` hold ids, as text, of employees and departments.
    """

    def __init__(self, firm: Firm) -> None:
        super().__init__(self._endpoints())
        self.installation_id = "MSFJORDTEST"
        self.product_login = "muster-demo"
        self.access_keys = ["Fj0rdheim-demo-key-1", "Fj0rdheim-demo-key-2"]
        self.methods: list[Record] = [{"name": name} for name in METHODS]
        self.without_picture = firm.without_picture
        self.without_banner = firm.without_banner
        self._departments = Listing(firm.departments)
        self._employees = Listing(firm.employees)

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

    def _endpoints(self) -> list[Endpoint]:
        rows: list[tuple[VitecPlace, str, _Answer, Clone | None]] = [
            (VitecPlace.DEPARTMENTS, "Departments", self._list_departments, _another_department),
            (VitecPlace.DEPARTMENT, "Departments/{id}", self._department, None),
            (VitecPlace.DEPARTMENT_PICTURE, "Departments/{id}/Picture", self._department_picture, None),
            (VitecPlace.EMPLOYEES, "Employees", self._list_employees, _another_employee),
            (VitecPlace.EMPLOYEE, "Employees/{id}", self._employee, None),
            (VitecPlace.EMPLOYEE_PICTURE, "Employees/{id}/Picture", self._employee_picture, None),
            *((VitecPlace.CUSTOMER_DATA, path, _refuse, None) for path in CUSTOMER_DATA),
        ]
        inside = [
            Endpoint((place, VitecPlace.INSTALLATION), f"/{{inst}}/{path}", self._inside(answer), clone)
            for place, path, answer, clone in rows
        ]
        methods = self._signed_in(self._methods)
        return [Endpoint((VitecPlace.METHODS,), "/Account/Methods", methods, _another_method), *inside]

    def _signed_in(self, answer: _Answer) -> _Answer:
        async def checked(request: Request) -> Response:
            return await answer(request) if self._knows(request) else unauthorized()

        return checked

    def _inside(self, answer: _Answer) -> _Answer:
        async def checked(request: Request) -> Response:
            known = request.path_params["inst"] == self.installation_id
            return await answer(request) if known else not_found()

        return self._signed_in(checked)

    def _knows(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        pairs = (f"{self.product_login}:{key}".encode() for key in self.access_keys)
        return scheme.lower() == "basic" and token.encode() in {base64.b64encode(pair) for pair in pairs}

    async def _methods(self, _request: Request) -> Response:
        return _json(encoded(self.methods))

    async def _list_departments(self, _request: Request) -> Response:
        return _json(self._departments.json())

    async def _list_employees(self, _request: Request) -> Response:
        return _json(self._employees.json())

    async def _department(self, request: Request) -> Response:
        found = self._departments.find("departmentId", request.path_params["id"])
        return _json(encoded(found)) if found else not_found()

    async def _employee(self, request: Request) -> Response:
        found = self._employees.find("employeeId", request.path_params["id"])
        return _json(encoded(found)) if found else not_found()

    async def _employee_picture(self, request: Request) -> Response:
        key = request.path_params["id"]
        found = self._employees.find("employeeId", key)
        if found is None or key in self.without_picture:
            return not_found()
        return Response(await asyncio.to_thread(_portrait, key, str(found["name"])), media_type="image/jpeg")

    async def _department_picture(self, request: Request) -> Response:
        key = request.path_params["id"]
        if self._departments.find("departmentId", key) is None or key in self.without_banner:
            return not_found()
        return Response(await asyncio.to_thread(_banner, key), media_type="image/jpeg")


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json; charset=utf-8")


async def _refuse(_request: Request) -> Response:
    return forbidden()


def _another_method(record: Record, number: int) -> Record:
    return record | {"name": f"{record['name']}{number}"}


def _another_department(record: Record, number: int) -> Record:
    name = f"Fjordheim {record['city']} {number}"
    return record | {"departmentId": 100_000 + number, "departmentNumber": number, "marketName": name}


def _another_employee(record: Record, number: int) -> Record:
    return record | {"employeeId": f"MORE{number}", "name": f"{record['name']} {number}", "email": None}


def _portrait(key: str, name: str) -> bytes:
    from app.demo.drawing.portrait import portrait  # Pillow is loaded when the first picture is asked for

    return portrait(key, name)


def _banner(key: str) -> bytes:
    from app.demo.drawing.banner import banner

    return banner(key)
