"""The staged test of a connection: address, TLS, sign-in, rights, data; the first that fails names cause and remedy.

It uses the very client of the real operations and sends nothing of ours (connections.md §6, vitec-hub.md §6.2). One
budget of ten seconds holds for everything.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from app.connectors.vitec import VitecHub
from app.domain.connections import Connection
from app.domain.health import TestReport, masked
from app.errors import ErrorKind, MusterError, NotConfigured
from app.i18n import N_, _, ngettext
from app.operations.links import make_vitec
from app.operations.stages import Staged, Tell, connect
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


async def check_vitec(
    connection: Connection, access_key: Callable[[], Awaitable[str]], tell: Tell
) -> tuple[TestReport, MusterError | None]:
    """Test a Vitec connection; returns what is shown and the error that decides the exit code."""
    staged, details = Staged(tell, BUDGET_S, _("No answer within ten seconds.")), dict[str, Any]()
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
    staged: Staged, connection: Connection, access_key: Callable[[], Awaitable[str]], details: dict[str, Any]
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


async def _ask_vitec(staged: Staged, hub: VitecHub, details: dict[str, Any]) -> None:
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


async def _reach(staged: Staged, base_url: str) -> None:
    """Resolve and connect, then, over https, shake hands; each its own stage so that the cause is plain."""
    parts = urlsplit(base_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    async def address() -> str:
        await connect(host, port, None)
        return _("{host} answers on port {port}.").format(host=host, port=port)

    async def tls() -> str:
        import truststore

        await connect(host, port, truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return _("The certificate is valid.")

    await staged.run("address", address)
    if parts.scheme == "https":
        await staged.run("tls", tls)


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
