"""CETEC ERP: the connector (cetec-mysql.md §2). Reads customers, writes nothing.

async with Cetec(CetecSettings(...)) as cetec:
    found = await cetec.customers(CustomerQuery())

The token travels in the query, as CETEC wants it: no address with its query leaves this module.
"""

from __future__ import annotations

import asyncio
import html
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import quote, quote_plus, urlencode

from app.connectors.breaker import Breaker
from app.connectors.cetec_answers import PASSWORD_COLUMN, Wanted, read_customers
from app.connectors.cetec_refusals import SYSTEM, refusals
from app.connectors.http import Call, HttpClient, HttpSettings, RetryPolicy
from app.connectors.route import Route
from app.domain.customers import NEEDED_COLUMNS, CustomerList, CustomerQuery
from app.domain.mappings import Mapper
from app.errors import MusterError, NotConfigured, UsageError
from app.i18n import _
from app.redaction import register_secret

DEFAULT_COLUMNS = (
    "id", "name", "domain", "ok_to_bill", "priority_support", "resident_hosting", "test_environment",
    "itar_hosting_bc", "num_prod_users", "num_full_users", PASSWORD_COLUMN,
)  # fmt: skip
"""Asked for when the caller names none, in this order (§2.1); the last only where it is switched on."""
WORTH_REPEATING = frozenset({502, 503, 504})
MOST_LIST_BYTES = 50_000_000
MOST_QUERY_CHARS = 16_000
_READ_IN_THREAD_BYTES = 50_000


@dataclass(frozen=True)
class CetecSettings:
    """One installation; `preshared_token` is the secret, `excluded_ids` are customers that never appear.

    `fetch_passwords` asks for the log-ins of customer systems too (§2.1).
    """

    base_url: str
    preshared_token: str = field(repr=False)
    timeout_s: float = 30.0
    excluded_ids: tuple[str, ...] = ()
    fetch_passwords: bool = False
    route: Route = field(default_factory=Route, repr=False)


class Cetec(AbstractAsyncContextManager["Cetec"]):
    """One installation with one token; one request at a time (§2.1). Belongs to one event loop.

    Raises `NotConfigured` without an address or a token.
    """

    def __init__(self, settings: CetecSettings, retry: RetryPolicy | None = None) -> None:
        self.settings = settings
        self.mapper = Mapper()
        if not settings.base_url:
            raise NotConfigured(_("CETEC is not configured: neither address nor domain is filled in."))
        if not settings.preshared_token.strip():
            raise NotConfigured(_("CETEC is not configured: preshared_token is required."))
        _register_token(settings.preshared_token)
        self.http = HttpClient(
            HttpSettings(
                settings.base_url,
                SYSTEM,
                refusals(settings.base_url),
                timeout_s=settings.timeout_s,
                most_parallel=1,
                retry=replace(retry or RetryPolicy(), statuses=WORTH_REPEATING),
                route=settings.route,
            )
        )

    def __repr__(self) -> str:
        return f"Cetec({self.settings.base_url!r})"

    @property
    def breaker(self) -> Breaker:
        """Refuses calls while the installation is known to be down."""
        return self.http.breaker

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the pooled sockets."""
        await self.http.close()

    async def customers(self, query: CustomerQuery) -> CustomerList:
        """The customers that fit, filtered here once more, without those that are left out (§3).

        Raises an error of the closed family; none holds the token, in whatever form.
        """
        wanted = self._wanted(query)
        path = self._path(query, self.mapper.columns("customer", wanted.columns))
        try:
            body = (await self.http.send(Call(path, most_bytes=MOST_LIST_BYTES))).body
        except MusterError as error:
            error.__cause__ = error.__context__ = None  # the library's own errors hold the address with its query
            raise
        if len(body) < _READ_IN_THREAD_BYTES:
            return read_customers(body, wanted, self.mapper)
        return await asyncio.to_thread(read_customers, body, wanted, self.mapper)

    def _wanted(self, query: CustomerQuery) -> Wanted:
        return Wanted(
            columns_of(query.columns, fetch_passwords=self.settings.fetch_passwords),
            only_billable=query.only_billable,
            excluded_ids=frozenset(self.settings.excluded_ids),
            one_alone=bool(query.id),
        )

    def _path(self, query: CustomerQuery, columns: tuple[str, ...]) -> str:
        asked = {
            "id": query.id,
            "name": query.name,
            "external_key": query.external_key,
            "columns": ",".join(columns),
            "ok_to_bill": "1" if query.only_billable else "",
            "preshared_token": self.settings.preshared_token,
        }
        given = {name: value for name, value in asked.items() if value}
        text = urlencode(given, quote_via=quote, safe="", errors="replace")  # a blank as %20: + may mean either
        if len(text) > MOST_QUERY_CHARS:
            raise UsageError(_("The question to CETEC is too long."), _("Name fewer columns."))
        return f"api/customer?{text}"


def columns_of(chosen: tuple[str, ...], *, fetch_passwords: bool) -> tuple[str, ...]:
    """The columns to ask for: the usual ones, or the caller's and with them those that are always needed (§2.1).

    Support passwords are among them only where they are switched on.
    """
    named = [name.strip() for text in chosen for name in text.split(",") if name.strip()]
    columns = dict.fromkeys([*named, *NEEDED_COLUMNS] if named else DEFAULT_COLUMNS)
    return tuple(name for name in columns if fetch_passwords or name.lower() != PASSWORD_COLUMN)


def _register_token(token: str) -> None:
    """Blank the token in every form in which a page or a library may repeat it."""
    encoded = quote(token, safe="", errors="replace")
    register_secret(
        token, encoded, encoded.lower(), quote_plus(token, errors="replace"), quote(token), html.escape(token)
    )
