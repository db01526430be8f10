"""The stages of a MySQL connection's test, and the object that tells their result (cetec-mysql.md §6).

Neither texts nor object name host or user: they are shown where everybody may look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.domain.connections import LOOPBACK, Connection
from app.errors import MusterError, NotConfigured
from app.i18n import _, ngettext
from app.operations.links import make_mysql, read_secrets
from app.operations.probe import Probe

if TYPE_CHECKING:
    from app.connectors.mysql import MySqlServer

_FOUND = ("server_version", "visible_schemas", "schemas_with_usage_stats")


def facts(connection: Connection, details: Mapping[str, Any]) -> dict[str, Any]:
    """What the status of a MySQL connection adds: how it is connected, and what the last test saw."""
    return _way(connection) | {key: details.get(key) for key in _FOUND}


async def run_stages(probe: Probe) -> None:
    """Raises the error of the first stage that fails."""
    try:
        await _stages(probe)
    except MusterError as error:
        probe.details = _failure(error) | _way(probe.connection)
        raise
    message = "MySQL connection and query test successful"
    found = {key: probe.details[key] for key in _FOUND}
    probe.details = {"status": "success", "message": message} | _way(probe.connection) | found
    probe.details["warnings"] = list(probe.warnings)


def _way(connection: Connection) -> dict[str, Any]:
    """How the server is reached."""
    local = bool(connection.setting("socket"))
    return {
        "environment": connection.setting("environment"),
        "connection_method": "cloud_sql_proxy" if local else "direct_host",
        "connection_type": "unix_socket" if local else "tcp",
    }


def _failure(error: MusterError) -> dict[str, Any]:
    from app.connectors.mysql import code, errno

    status = "not_configured" if isinstance(error, NotConfigured) else "error"
    return {"status": status, "message": "MySQL connection failed", "code": code(error), "errno": errno(error)}


async def _stages(probe: Probe) -> None:
    server: MySqlServer | None = None

    async def settings() -> str:
        nonlocal server
        secrets = await read_secrets(probe.connection, probe.secret)
        server = make_mysql(probe.connection, secrets, probe.session)
        return _("All required fields are filled in.")

    await probe.staged.run("settings", settings)
    assert server is not None
    async with server:
        await _ask(probe, server)


async def _ask(probe: Probe, server: MySqlServer) -> None:
    async def address() -> str:
        await server.reach()
        if server.settings.socket:
            return _("The socket answers.")
        return _("The server answers on port {port}.").format(port=server.settings.port)

    async def sign_in() -> str:
        return await _signed_in(probe, server)

    async def rights() -> str:
        if await server.sees_all_names():
            return _("The account may see the names of all databases.")
        probe.warnings.append(
            _("The account lacks SHOW DATABASES, so a missing right looks just like a missing database.")
        )
        return _("The account may see the databases it has a right to.")

    async def data() -> str:
        return await _counted(probe, server)

    for name, stage in (("address", address), ("sign_in", sign_in), ("rights", rights), ("data", data)):
        await probe.staged.run(name, stage)


async def _signed_in(probe: Probe, server: MySqlServer) -> str:
    greeting = await server.greet()
    probe.details["server_version"] = greeting.version
    if greeting.encrypted:
        return _("Signed in, encrypted; version {version}.").format(version=greeting.version)
    if not server.settings.socket and server.settings.host not in LOOPBACK:
        probe.warnings.append(_("The connection is not encrypted: everybody on the way can read along."))
    return _("Signed in; version {version}.").format(version=greeting.version)


async def _counted(probe: Probe, server: MySqlServer) -> str:
    counts = await server.counts()
    probe.details |= {"visible_schemas": counts.schemas, "schemas_with_usage_stats": counts.marked}
    if not counts.own:
        probe.warnings.append(_("No database is visible: grant the account SELECT on the backup databases."))
    text = ngettext(
        "{count} database visible, {marked} with the table usage_stats.",
        "{count} databases visible, {marked} with the table usage_stats.",
        counts.schemas,
    )
    return text.format(count=counts.schemas, marked=counts.marked)
