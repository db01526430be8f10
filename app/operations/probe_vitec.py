"""The stages of a Vitec connection's test (vitec-hub.md §6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.domain.connections import Connection
from app.domain.health import masked
from app.domain.mappings.refusals import refused_warnings
from app.errors import ErrorKind, MusterError
from app.i18n import _, ngettext
from app.operations.links import make_vitec, read_secrets
from app.operations.probe import Probe, reach

if TYPE_CHECKING:
    from app.connectors.vitec import VitecHub


def facts(connection: Connection, details: Mapping[str, Any]) -> dict[str, Any]:
    """What the status of a Vitec connection adds (§6.1)."""
    return {
        "installation_id": masked(connection.setting("installation_id") or ""),
        "available_methods": details.get("available_methods", []),
    }


async def run_stages(probe: Probe) -> None:
    """Raises the error of the first stage that fails."""
    hub: VitecHub | None = None

    async def settings() -> str:
        nonlocal hub
        hub = make_vitec(probe.connection, await read_secrets(probe.connection, probe.secret), probe.session)
        hub.mapper = probe.mapper
        return _("All required fields are filled in.")

    await probe.staged.run("settings", settings)
    assert hub is not None
    async with hub:
        await reach(probe, hub.settings.base_url, hub.settings.route)
        await _ask(probe, hub)


async def _ask(probe: Probe, hub: VitecHub) -> None:
    async def sign_in() -> str:
        methods = probe.details["available_methods"] = list(await hub.methods())
        if not methods:
            return _("Signed in, but no functions are granted. Ask Vitec for the rights.")
        text = ngettext(
            "Signed in; {count} function is granted.", "Signed in; {count} functions are granted.", len(methods)
        )
        return text.format(count=len(methods))

    async def rights() -> str:
        try:
            snapshot = await (await hub.departments()).snapshot()
        except MusterError as error:
            if error.kind is ErrorKind.FORBIDDEN:
                raise error.within(_("The login is valid, but it has no right to this installation.")) from error
            raise
        probe.warnings += refused_warnings(len(snapshot.refused))
        count = probe.details["departments"] = len(snapshot.records)
        return ngettext("{count} department.", "{count} departments.", count).format(count=count)

    async def data() -> str:
        snapshot = await (await hub.employees()).snapshot()
        probe.warnings += refused_warnings(len(snapshot.refused))
        count = probe.details["employees"] = len(snapshot.records)
        return ngettext("{count} employee.", "{count} employees.", count).format(count=count)

    await probe.staged.run("sign_in", sign_in)
    if not hub.settings.installation_id:
        probe.warnings.append(_("No installation id yet: the login works, but a sync needs one."))
        return
    await probe.staged.run("rights", rights)
    await probe.staged.run("data", data)
