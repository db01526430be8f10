"""The stages of a CETEC connection's test (cetec-mysql.md §2): the token is tried by the very question of a sync."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.domain.connections import LOOPBACK, Connection
from app.domain.customers import CustomerList, CustomerQuery
from app.domain.kinds.cetec import cetec_address
from app.domain.mappings.refusals import refused_warnings
from app.i18n import _, ngettext
from app.operations.links import make_cetec, read_secrets
from app.operations.probe import Probe, reach

if TYPE_CHECKING:
    from app.connectors.cetec import Cetec

_COLUMNS = ("id", "name", "domain")


def facts(connection: Connection, details: Mapping[str, Any]) -> dict[str, Any]:
    """What the status of a CETEC connection adds: which host, and which connection holds the backup databases."""
    return {
        "api_url": urlsplit(cetec_address(connection.settings)).hostname or "",
        "backups": connection.setting("backups"),
        "customers": details.get("customers"),
        "billable": details.get("billable"),
    }


async def run_stages(probe: Probe) -> None:
    """Raises the error of the first stage that fails."""
    cetec: Cetec | None = None

    async def settings() -> str:
        nonlocal cetec
        cetec = await _make(probe)
        cetec.mapper = probe.mapper
        return _("All required fields are filled in.")

    await probe.staged.run("settings", settings)
    assert cetec is not None
    async with cetec:
        _look_at_settings(probe, cetec)
        await reach(probe, cetec.settings.base_url, cetec.settings.route)
        await _ask(probe, cetec)


async def _make(probe: Probe) -> Cetec:
    """The client, without repetitions: a test has ten seconds in all."""
    from app.connectors.http import RetryPolicy

    secrets = await read_secrets(probe.connection, probe.secret)
    return make_cetec(probe.connection, secrets, probe.session, RetryPolicy(()))


def _look_at_settings(probe: Probe, cetec: Cetec) -> None:
    parts = urlsplit(cetec.settings.base_url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        probe.warnings.append(_("With http everybody on the way can read the token."))
    if not probe.connection.setting("backups"):
        probe.warnings.append(_("No MySQL connection is chosen, so no databases will be checked."))


async def _ask(probe: Probe, cetec: Cetec) -> None:
    found: CustomerList | None = None

    async def sign_in() -> str:
        nonlocal found
        found = await cetec.customers(CustomerQuery(columns=_COLUMNS, only_billable=False))
        return _("CETEC accepts the token.")

    async def data() -> str:
        assert found is not None
        count = probe.details["customers"] = len(found.records)
        billable = probe.details["billable"] = sum(record.ok_to_bill for record in found.records)
        probe.warnings += (*found.warnings, *refused_warnings(len(found.refused)))
        text = ngettext(
            "{count} customer, {billable} of them billable.", "{count} customers, {billable} of them billable.", count
        )
        return text.format(count=count, billable=billable)

    await probe.staged.run("sign_in", sign_in)
    await probe.staged.run("data", data)
