"""The demo CETEC: `GET /api/customer` and single records, answered as cetec-mysql.md section 2 says.

    world.cetec.customers[0]["domain"] = "other"      change them in place
    world.cetec.bad_token = BadToken.FORBIDDEN        how a wrong token is turned away
    world.cetec.filters_billable = False              `ok_to_bill=1` changes nothing any more
    world.cetec.fault = FaultPlan(Fault.HTML, times=1)

`id` and `external_key` find exact values, `name` every customer whose name contains it, letter case aside. `columns`
answers just the columns named, and without it all. Faults (`faults`; over HTTP `control`) may be aimed at any
`CetecPlace`. There is no path that writes.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.demo.cetec.clientele import Clientele
from app.demo.fault_answers import not_found
from app.demo.http_system import Endpoint, HttpSystem
from app.demo.listing import Record

_Answer = Callable[[Request], Awaitable[Response]]

SIGN_IN_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Cetec ERP Login</title></head>
<body><h1>Login</h1><form method="post" action="/auth/login">
<label>Username <input name="username"></label>
<label>Password <input name="password" type="password"></label>
<button>Log in</button></form></body></html>
"""


class CetecPlace(StrEnum):
    """Where a fault may hit."""

    CUSTOMERS = "customers"
    """The list."""
    CUSTOMER = "customer"
    """A single record."""


class BadToken(StrEnum):
    """What a wrong or missing token gets; the real answer is not documented (section 2.4)."""

    PAGE = "page"
    """200 with the page to sign in at."""
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    """403, as from an address that is not let in."""
    REDIRECT = "redirect"
    """302 to /auth/login."""
    MESSAGE = "message"
    """200 with an object whose `error` repeats the token."""


class DemoCetec(HttpSystem):
    """One installation. Everything public may be changed while it serves.

    `wrapped_in` names the key of an object that the list comes in, blank for a bare list; with `one_alone` a request
    for one `id` gets the record itself (section 2.2).
    """

    def __init__(self, clientele: Clientele) -> None:
        super().__init__(
            [
                Endpoint((CetecPlace.CUSTOMERS,), "/api/customer", self._known(self._list), _another_customer),
                Endpoint((CetecPlace.CUSTOMER,), "/api/customer/{id}", self._known(self._single)),
                Endpoint((), "/auth/login", _sign_in),
            ]
        )
        self.customers = clientele.customers
        self.preshared_token = "demo&%;|[token+1"
        self.bad_token = BadToken.PAGE
        self.filters_billable = True
        self.wrapped_in = ""
        self.one_alone = False

    def describe(self) -> dict[str, str]:
        """What a connection needs, by the names of section 1.1. Raises RuntimeError before the start."""
        return {"api_url": self.base_url, "preshared_token": self.preshared_token, "backups": "mysql"}

    def _known(self, answer: _Answer) -> _Answer:
        async def checked(request: Request) -> Response:
            token = request.query_params.get("preshared_token", "")
            known = secrets.compare_digest(token.encode(), self.preshared_token.encode())
            return await answer(request) if known else _turned_away(self.bad_token, token)

        return checked

    async def _list(self, request: Request) -> Response:
        asked = dict(request.query_params)
        found: list[Record] = [customer for customer in self.customers if self._fits(customer, asked)]
        if columns := [column.strip() for column in asked.get("columns", "").split(",") if column.strip()]:
            found = [{column: record[column] for column in columns if column in record} for record in found]
        if self.one_alone and asked.get("id") and len(found) == 1:
            return _json(found[0])
        return _json({self.wrapped_in: found} if self.wrapped_in else found)

    def _fits(self, customer: Record, asked: Mapping[str, str]) -> bool:
        if self.filters_billable and asked.get("ok_to_bill") == "1" and customer["ok_to_bill"] not in {1, "1"}:
            return False
        exact = all(str(customer.get(key)) == asked[key] for key in ("id", "external_key") if asked.get(key))
        return exact and asked.get("name", "").casefold() in str(customer["name"]).casefold()

    async def _single(self, request: Request) -> Response:
        key = request.path_params["id"]
        return next((_json(record) for record in self.customers if str(record["id"]) == key), not_found())


def _turned_away(how: BadToken, token: str) -> Response:
    if how is BadToken.PAGE:
        return HTMLResponse(SIGN_IN_PAGE)
    if how is BadToken.REDIRECT:
        return RedirectResponse("/auth/login", 302)
    if how is BadToken.MESSAGE:
        return JSONResponse({"error": f"preshared_token {token} is not valid"})
    if how is BadToken.FORBIDDEN:
        return JSONResponse({"error": "IP is not Authorized"}, 403)
    return JSONResponse({"error": "Unauthorized"}, 401)


async def _sign_in(_request: Request) -> Response:
    return HTMLResponse(SIGN_IN_PAGE)


def _json(payload: object) -> Response:
    return Response(msgspec.json.encode(payload), media_type="application/json")


def _another_customer(record: Record, number: int) -> Record:
    more = {"id": 1_000_000 + number, "domain": f"{record.get('domain')}{number}"}
    return record | {key: value for key, value in more.items() if key in record}
