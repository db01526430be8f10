"""Vitec Megler Hub: the connector (vitec-hub.md §2-§6, §11). Reads only; never asks for customer data.

async with VitecHub(VitecSettings(...)) as hub:
    offices = await hub.departments()
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar
from urllib.parse import quote

import httpx

from app import __version__
from app.connectors.breaker import Breaker
from app.connectors.http import Answer, HttpClient, HttpSettings, RetryPolicy, rate_limited, redirect_target
from app.connectors.route import Route
from app.connectors.vitec_answers import read_departments, read_employees, read_methods
from app.domain.mappings import Mapper
from app.domain.snapshots import Snapshot
from app.domain.vitec import VitecEmployee, VitecOffice
from app.errors import ExitCode, Forbidden, MusterError, NotConfigured, Redirected, RefusedSignIn, RemoteError
from app.i18n import _
from app.redaction import register_basic

R = TypeVar("R")
SYSTEM = "Vitec Hub"
MOST_PICTURE_BYTES = 25_000_000
_READ_IN_THREAD_BYTES = 100_000
_HOSTS = {"production": "https://hub.megler.vitec.net", "qa": "https://hub.qa.vitecnext.no"}


class UnknownInstallation(RemoteError):
    """404 on a list: the installation id or the path is not known there."""


@dataclass(frozen=True, repr=False)
class Listing(Generic[R]):
    """A whole list as bytes, not yet read: whoever knows its digest already need not read it."""

    body: bytes
    read: Callable[[bytes], Snapshot[R]]
    mapping: bytes = b""

    @property
    def digest(self) -> str:
        """Names these bytes as this version of the program reads them under this mapping."""
        key = __version__.encode() + self.mapping
        return hashlib.blake2b(self.body, digest_size=16, key=key).hexdigest()

    async def snapshot(self) -> Snapshot[R]:
        """The list, read; a large one off the event loop.

        Raises `BadData` when it is no list.
        """
        if len(self.body) < _READ_IN_THREAD_BYTES:
            return self.read(self.body)
        return await asyncio.to_thread(self.read, self.body)


@dataclass(frozen=True)
class VitecSettings:
    """Everything the Hub needs; `access_key` is the secret."""

    base_url: str
    installation_id: str
    product_login: str
    access_key: str
    timeout_s: float = 30.0
    max_rps: float = 50.0
    route: Route = field(default_factory=Route, repr=False)

    def __repr__(self) -> str:
        return f"VitecSettings({self.base_url!r}, {self.installation_id!r})"


def hub_address(base_url: str | None, environment: str | None) -> str:
    """The Hub's address: the given one, else the environment's, else empty (§2.2)."""
    return base_url or _HOSTS.get(environment or "", "")


class VitecHub(AbstractAsyncContextManager["VitecHub"]):
    """One Hub with one login."""

    def __init__(self, settings: VitecSettings, retry: RetryPolicy | None = None) -> None:
        self.settings = settings
        self.mapper = Mapper()
        if missing := [
            name
            for name, value in (
                ("base_url", settings.base_url),
                ("product_login", settings.product_login),
                ("access_key", settings.access_key),
            )
            if not value
        ]:
            raise NotConfigured(
                _("Vitec Hub credentials are not configured. Missing: {fields}.").format(fields=", ".join(missing))
            )
        register_basic(settings.product_login, settings.access_key)
        self.http = HttpClient(
            HttpSettings(
                base_url=settings.base_url,
                system=SYSTEM,
                classify=_classify,
                auth=httpx.BasicAuth(settings.product_login, settings.access_key),
                timeout_s=settings.timeout_s,
                most_per_second=settings.max_rps,
                retry=retry or RetryPolicy(),
                route=settings.route,
            )
        )

    @property
    def breaker(self) -> Breaker:
        """Refuses calls while the Hub is known to be down."""
        return self.http.breaker

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the pooled sockets."""
        await self.http.close()

    async def methods(self) -> tuple[str, ...]:
        """Names of the functions this login may call; the connection's own test, so sent once (§6.2)."""
        return read_methods((await self.http.get_once("Account/Methods")).body)

    async def departments(self) -> Listing[VitecOffice]:
        """All departments.

        Raises `NotConfigured` before any request when the installation id is missing.
        """
        return await self._listing("Departments", read_departments)

    async def employees(self) -> Listing[VitecEmployee]:
        """All employees, under the same rules as `departments`."""
        return await self._listing("Employees", read_employees)

    async def _listing(self, name: str, read: Callable[[bytes, Mapper], Snapshot[R]]) -> Listing[R]:
        body = (await self.http.get(self._path(name))).body
        return Listing(body, lambda body: read(body, self.mapper), self.mapper.fingerprint)

    async def employee_picture(self, employee_id: str) -> bytes | None:
        """The picture as sent, at most 25 MB; None when there is none (§11)."""
        path = self._path("Employees", employee_id, "Picture")
        try:
            answer = await self.http.get(path, accept="image/*", most_bytes=MOST_PICTURE_BYTES)
        except UnknownInstallation:
            return None
        return answer.body

    def _path(self, *parts: str) -> str:
        if not self.settings.installation_id:
            raise NotConfigured(
                _("VITEC_INSTALLATION_ID is not configured."), _("Fill in the installation id of the connection.")
            )
        return "/".join(quote(part, safe="") for part in (self.settings.installation_id, *parts))


def _classify(answer: Answer) -> MusterError | None:
    """The table of §5 from status to error."""
    if answer.status == 401:
        return RefusedSignIn(
            _("Vitec Hub unauthorized."),
            _(
                "Check the product login and the access key, and that key and address belong to the same environment: "
                "a QA key does not open production, nor the reverse."
            ),
        )
    if answer.status == 403:
        return Forbidden(
            _("Vitec Hub forbidden."),
            _("The product login has no right to this function or installation. Ask Vitec to grant it."),
        )
    if answer.status == 404:
        return UnknownInstallation(
            _("Vitec Hub does not know this installation id (or path)."),
            _("Check the installation id and the address of the connection."),
        )
    if 300 <= answer.status < 400:
        return _redirected(answer)
    if answer.status == 429:
        return rate_limited(answer, SYSTEM)
    return None


def _redirected(answer: Answer) -> MusterError:
    """A redirect carries nothing useful: the address is wrong (§4.2), so it counts as not configured."""
    error = Redirected(_("Vitec Hub redirects to {host}.").format(host=redirect_target(answer)))
    error.exit_code = ExitCode.NOT_CONFIGURED
    return error
