"""The staged test of a connection: address, TLS, sign-in, rights, data; the first that fails names cause and remedy.

It uses the very client of the real operations and sends nothing of ours (connections.md §6, vitec-hub.md §6.2). One
budget of ten seconds holds for everything.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from app.connectors.vitec import VitecHub
from app.domain.connections import Connection
from app.domain.health import Stage, TestReport, masked
from app.errors import ErrorKind, MusterError, NotConfigured, TimedOut, Unreachable
from app.i18n import N_, _, ngettext
from app.operations.links import make_vitec
from app.store.values import now

BUDGET_S = 10.0
STAGE_TITLES = {
    "settings": N_("Settings"),
    "address": N_("Address"),
    "tls": N_("Encryption"),
    "sign_in": N_("Sign-in"),
    "rights": N_("Rights"),
    "data": N_("Data"),
}
_CATEGORIES = {
    ErrorKind.NOT_CONFIGURED: "credentials_missing",
    ErrorKind.NO_KEYRING: "credentials_missing",
    ErrorKind.REFUSED_SIGN_IN: "authentication_error",
    ErrorKind.FORBIDDEN: "authentication_error",
}
Tell = Callable[[str, Stage | None], None]
"""Hears of a stage when it begins (None) and when it has ended."""


class _Staged:
    """Runs stages one after another within one budget of time, remembers how each went and tells it at once."""

    def __init__(self, tell: Tell) -> None:
        self.stages: list[Stage] = []
        self._tell = tell
        self._deadline = asyncio.get_running_loop().time() + BUDGET_S

    async def run(self, name: str, work: Callable[[], Awaitable[str]]) -> None:
        begun = time.monotonic()
        self._tell(name, None)
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await work()
        except MusterError as error:
            self._add(name, False, error.message, begun)
            raise
        except TimeoutError as error:
            late = TimedOut(_("No answer within ten seconds."))
            self._add(name, False, late.message, begun)
            raise late from error
        self._add(name, True, message, begun)

    def _add(self, name: str, ok: bool, message: str, begun: float) -> None:
        stage = Stage(name, ok, message, round((time.monotonic() - begun) * 1000))
        self.stages.append(stage)
        self._tell(name, stage)


async def check_vitec(
    connection: Connection, access_key: Callable[[], Awaitable[str]], tell: Tell
) -> tuple[TestReport, MusterError | None]:
    """Test a Vitec connection; returns what is shown and the error that decides the exit code."""
    staged, details = _Staged(tell), dict[str, Any]()
    problem: MusterError | None = None
    try:
        await _vitec_stages(staged, connection, access_key, details)
    except MusterError as error:
        problem = error
    details["status"] = _vitec_status(connection, problem, details)
    message = problem.message if problem else _("Connected.")
    category = _CATEGORIES.get(problem.kind, "other_error") if problem else "works"
    remedy = problem.remedy if problem else ""
    report = TestReport(problem is None, tuple(staged.stages), message, remedy, category, details)
    return report, problem


async def _vitec_stages(
    staged: _Staged, connection: Connection, access_key: Callable[[], Awaitable[str]], details: dict[str, Any]
) -> None:
    hub: VitecHub | None = None

    async def settings() -> str:
        nonlocal hub
        hub = make_vitec(connection, await access_key())
        return _("All required fields are filled in.")

    await staged.run("settings", settings)
    assert hub is not None
    async with hub:
        await _reach(staged, hub.settings.base_url)
        await _ask_vitec(staged, hub, details)


async def _ask_vitec(staged: _Staged, hub: VitecHub, details: dict[str, Any]) -> None:
    async def sign_in() -> str:
        details["available_methods"] = list(await hub.methods())
        count = len(details["available_methods"])
        if not count:
            return _("Signed in, but no functions are granted. Ask Vitec for the rights.")
        text = ngettext("Signed in; {count} function is granted.", "Signed in; {count} functions are granted.", count)
        return text.format(count=count)

    async def rights() -> str:
        try:
            snapshot = await (await hub.departments()).snapshot()
        except MusterError as error:
            if error.kind is ErrorKind.FORBIDDEN:
                raise error.within(_("The login is valid, but it has no right to this installation.")) from error
            raise
        details["departments"] = len(snapshot.records)
        count = details["departments"]
        return ngettext("{count} department.", "{count} departments.", count).format(count=count)

    async def data() -> str:
        count = details["employees"] = len((await (await hub.employees()).snapshot()).records)
        return ngettext("{count} employee.", "{count} employees.", count).format(count=count)

    await staged.run("sign_in", sign_in)
    if not hub.settings.installation_id:
        details["warning"] = _("No installation id yet: the login works, but a sync needs one.")
        return
    await staged.run("rights", rights)
    await staged.run("data", data)


async def _reach(staged: _Staged, base_url: str) -> None:
    """Resolve and connect, then, over https, shake hands; each its own stage so that the cause is plain."""
    parts = urlsplit(base_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    async def address() -> str:
        await _connect(host, port, None)
        return _("{host} answers on port {port}.").format(host=host, port=port)

    async def tls() -> str:
        import truststore

        await _connect(host, port, truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return _("The certificate is valid.")

    await staged.run("address", address)
    if parts.scheme == "https":
        await staged.run("tls", tls)


async def _connect(host: str, port: int, context: ssl.SSLContext | None) -> None:
    try:
        _reader, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as error:
        raise Unreachable(
            _("The certificate of {host} is not trusted: {cause}").format(host=host, cause=error.reason or error),
            _("Check the address; behind a company proxy, add its certificate to the system's store."),
        ) from error
    except OSError as error:
        text = _("{host} cannot be reached: {cause}").format(host=host, cause=_cause(error, port))
        raise Unreachable(text) from error
    writer.close()
    with suppress(OSError):  # the other side may already be gone, which is fine
        await writer.wait_closed()


def _cause(error: OSError, port: int) -> str:
    """The system's reason in words; the commonest two in ours, as theirs name error numbers."""
    if isinstance(error, socket.gaierror):
        return _("no computer has this name.")
    if isinstance(error, ConnectionRefusedError):
        return _("nothing answers on port {port}.").format(port=port)
    return error.strerror or str(error)


def _vitec_status(connection: Connection, problem: MusterError | None, details: dict[str, Any]) -> dict[str, Any]:
    """The status value of vitec-hub.md §6.1."""
    return {
        "configured": not isinstance(problem, NotConfigured),
        "connected": problem is None,
        "installation_id": masked(connection.setting("installation_id") or ""),
        "error": problem.message if problem else None,
        "available_methods": details.get("available_methods", []),
        "checked_at": now().isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
