"""The demo Supabase project: sections 2 to 7 of supabase.md, answered as the reference says.

    project = SupabaseProject(people=60, seed=2026, devices=fleet.rows)
    project.employees[0]["status"] = "concediu"
    project.rest.max_rows = 100
    project.accounts.expires_in = 5
    project.fault = FaultPlan(Fault.SERVER_ERROR, only="angajati", times=2)

Faults (`faults`; over HTTP `control`) may be aimed at any `SupabasePlace` or table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.utils import formatdate
from enum import StrEnum

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.demo.http_system import Endpoint, HttpSystem
from app.demo.listing import Record
from app.demo.supabase.accounts import Accounts
from app.demo.supabase.database import Database, TableName
from app.demo.supabase.gateway import Gateway
from app.demo.supabase.refusals import Refusal
from app.demo.supabase.rest import Rest
from app.demo.supabase.storage import Storage, by_method
from app.demo.supabase.tokens import Tokens
from app.demo.supabase.workforce import BUCKET, build_workforce

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_Answer = Callable[[Request], Awaitable[Response]]


class SupabasePlace(StrEnum):
    """Where a fault may hit, beside each table by its name."""

    REST = "rest"
    AUTH = "auth"
    TOKEN = "token"
    """Sign-in and refresh."""
    STORAGE = "storage"
    SIGN = "sign"
    """Everything at signed addresses: making them, and fetching by them."""
    PICTURE = "picture"
    """Every file, by whichever address."""


class SupabaseProject(HttpSystem):
    """One project. Everything public may be changed while it serves.

    `people` employees are made from `seed`, and `devices` tells the rows of the terminals, when it is first opened.
    """

    def __init__(self, people: int = 60, *, seed: int = 2026, devices: Callable[[], list[Record]] = list) -> None:
        if people < 0:
            raise ValueError("A project has no negative number of employees.")
        self.tokens = Tokens(lambda: self.base_url)
        self.gateway = Gateway(self.tokens)
        self.accounts = Accounts(self.tokens)
        self.database = Database()
        self.rest = Rest(self.database, self.gateway)
        self.storage = Storage(self.gateway, self.tokens)
        self._people, self._seed, self._devices = people, seed, devices
        self._stocked = False
        super().__init__(self._endpoints())

    @property
    def employees(self) -> list[Record]:
        """Rows of `angajati`; change them in place."""
        return self.database.tables[TableName.EMPLOYEES].rows

    @property
    def biometrics(self) -> list[Record]:
        """Rows of `angajati_biometrie`; change them in place."""
        return self.database.tables[TableName.BIOMETRICS].rows

    @property
    def devices(self) -> list[Record]:
        """Rows of `dispozitive_pontaj`; change them in place."""
        return self.database.tables[TableName.DEVICES].rows

    @property
    def placements(self) -> list[Record]:
        """Rows of `angajati_biometrie_dispozitive`, none at first; change them in place."""
        return self.database.tables[TableName.PLACEMENTS].rows

    async def open(self) -> None:
        """Returns when the port accepts; the first time the tables are filled. Raises OSError when it cannot listen."""
        await super().open()
        if not self._stocked:
            firm = build_workforce(self._people, self._seed, self.base_url)
            self.employees.extend(firm.employees)
            self.biometrics.extend(firm.biometrics)
            self.storage.files.update(firm.photos)
            self.devices.extend(self._devices())
            self._stocked = True

    def describe(self) -> dict[str, str]:
        """What a connection needs, by the names of section 1. Raises RuntimeError before the start."""
        user = self.accounts.users[0]
        return {
            "url": self.base_url,
            "auth_mode": "user",
            "publishable_key": self.gateway.publishable_key,
            "email": user.email,
            "password": user.password,
            "service_key": self.gateway.secret_key,
            "photo_bucket": BUCKET,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI), with the date of the server's own clock."""

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["date"] = formatdate(self.tokens.now(), usegmt=True)
            await send(message)

        await super().__call__(scope, receive, send_dated)

    def _endpoints(self) -> list[Endpoint]:
        place, own = SupabasePlace, self.accounts
        auth: list[tuple[tuple[str, ...], str, _Answer, str]] = [
            ((place.TOKEN, place.AUTH), "token", own.token, "POST"),
            ((place.AUTH,), "user", own.user, "GET"),
            ((place.AUTH,), "logout", own.logout, "POST"),
            ((place.AUTH,), "health", own.health, "GET"),
            ((place.AUTH,), "settings", own.settings, "GET"),
        ]
        known = self._open(own.key_list)
        return [
            *(Endpoint(places, f"/auth/v1/{path}", self._keyed(answer), None, (method,))
              for places, path, answer, method in auth),
            Endpoint((place.AUTH,), "/auth/v1/.well-known/jwks.json", known),
            *(self._table_endpoint((table, place.REST), table) for table in TableName),
            Endpoint((place.REST,), "/rest/v1/{table}", self._keyed(self.rest.answer), None, METHODS),
            *self._file_endpoints(),
        ]  # fmt: skip

    def _file_endpoints(self) -> list[Endpoint]:
        place, files = SupabasePlace, self.storage
        signed = by_method(GET=self._open(files.signed_file), POST=self._keyed(files.sign))
        own, everyone = self._keyed(files.own_file), self._open(files.public_file)
        seen, made = (place.PICTURE, place.STORAGE), (place.SIGN, place.STORAGE)
        root, one = "/storage/v1/object", "{bucket}/{path:path}"
        return [
            Endpoint(seen, f"{root}/public/{one}", everyone),
            Endpoint(seen, f"{root}/authenticated/{one}", own),
            Endpoint((*made, place.PICTURE), f"{root}/sign/{one}", signed, None, ("GET", "POST")),
            Endpoint(made, f"{root}/sign/{{bucket}}", self._keyed(files.sign_many), None, ("POST",)),
        ]

    def _table_endpoint(self, places: tuple[str, ...], table: str) -> Endpoint:
        async def answer(request: Request) -> Response:
            request.path_params["table"] = table
            return await self.rest.answer(request)

        return Endpoint(places, f"/rest/v1/{table}", self._keyed(answer), _another_row, METHODS)

    def _open(self, answer: _Answer) -> _Answer:
        """The answer of a project that is up, refusals included."""

        async def checked(request: Request) -> Response:
            try:
                self.gateway.check_standing()
                return await answer(request)
            except Refusal as refusal:
                return refusal.answer(request)

        return checked

    def _keyed(self, answer: _Answer) -> _Answer:
        """The same, for those who bring an API key."""

        async def checked(request: Request) -> Response:
            self.gateway.check_key(request)
            return await answer(request)

        return self._open(checked)


def _another_row(record: Record, number: int) -> Record:
    return record | {"id": f"ffffffff-0000-4000-8000-{number:012x}"}
