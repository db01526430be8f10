"""The stages of a contact centre's test (contact-center.md §7.6): address, encryption, sign-in by asking who is there,
and the contract by asking for services and agents. No status is ever sent by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.domain.connections import Connection
from app.domain.kinds.sign_in import TYPED_REFRESH_TOKEN, AuthenticationType
from app.domain.mappings.refusals import refused_warnings
from app.errors import ErrorKind, MusterError, RemoteError
from app.i18n import _, ngettext
from app.operations.links import make_contact_center, read_secrets
from app.operations.probe import Probe, reach
from app.operations.sign_ins import token_warning

if TYPE_CHECKING:
    from app.connectors.contact_center import ContactCenter

STAGES = ("settings", "address", "tls", "sign_in", "data")
SLOW_S = 5.0


def facts(connection: Connection, details: Mapping[str, Any]) -> dict[str, Any]:
    """What the status of a contact centre adds, as the last test saw it (§7.4)."""
    known = ("test_type", "response_time_ms", "recommendations", "services", "groups", "agents")
    return {"timezone": connection.setting("timezone"), **{key: details.get(key) for key in known}}


async def run_stages(probe: Probe) -> None:
    """The full test. Raises the error of the first stage that fails."""
    await _run(probe, "full")


async def run_basic_stages(probe: Probe) -> None:
    """The test without the contract, under the same rules."""
    await _run(probe, "basic")


async def _run(probe: Probe, test_type: str) -> None:
    probe.details |= {
        "connection_id": probe.connection.id,
        "test_type": test_type,
        "response_time_ms": None,
        "recommendations": [],
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    try:
        await _through_stages(probe, full=test_type == "full")
    except MusterError as error:
        probe.details["recommendations"] = _after_failure(error)
        raise
    finally:
        probe.details["test_results"] = {stage.name: stage.ok for stage in probe.staged.stages}


async def _through_stages(probe: Probe, *, full: bool) -> None:
    center: ContactCenter | None = None

    async def settings() -> str:
        nonlocal center
        secrets = await read_secrets(probe.connection, probe.secret)
        center = make_contact_center(probe.connection, secrets, probe.session)
        center.mapper = probe.mapper
        _look_at_settings(probe)
        if warning := token_warning(secrets):
            probe.recommend(warning)
        return _("All required fields are filled in.")

    await probe.staged.run("settings", settings)
    assert center is not None
    async with center:
        url = center.settings.endpoint_url
        await reach(probe, url, center.settings.route)
        if probe.ends_session and await _holds_typed_refresh_token(probe):
            probe.warnings.append(
                _("A refresh token may work only once, so it is not tried before the connection is saved.")
            )
            return
        await _ask(probe, center, full=full)


async def _ask(probe: Probe, center: ContactCenter, *, full: bool) -> None:
    from app.connectors.contact_center import NoData

    seconds = 0.0
    knows_agents = False

    async def sign_in() -> str:
        nonlocal seconds, knows_agents
        try:
            seconds += (await center.probe_online()).seconds
        except NoData:
            return _("The contact centre answers, without data.")
        knows_agents = True
        return _("The contact centre accepts the sign-in.")

    async def data() -> str:
        nonlocal seconds
        try:
            answer, personnel = await center.probe_personnel()
        except NoData as error:
            if not knows_agents:
                raise _wrong_address() from error
            probe.warnings.append(_("The contact centre names no services and agents, so their ids have to be known."))
            return _("There is no list of services and agents.")
        seconds += answer.seconds
        found = {"services": personnel.services, "groups": personnel.groups, "agents": personnel.agents}
        probe.details |= {name: len(records) for name, records in found.items()}
        probe.warnings += refused_warnings(len(personnel.refused))
        count = len(personnel.agents)
        return ngettext("{count} agent.", "{count} agents.", count).format(count=count)

    await probe.staged.run("sign_in", sign_in)
    if full:
        await probe.staged.run("data", data)
    elif not knows_agents:
        probe.warnings.append(_("Only the full test tells whether the address is the right one."))
    probe.details["response_time_ms"] = round(seconds * 1000)
    if seconds > SLOW_S:
        probe.recommend(_("The contact centre is slow: ask for smaller portions, or at quieter hours."))


def _wrong_address() -> RemoteError:
    return RemoteError(
        _("The address can be reached, but this does not look like the integration API."),
        _("Check the address: often it ends in /api or /services."),
    )


def _look_at_settings(probe: Probe) -> None:
    """What works and still deserves a look."""
    url = str(probe.connection.setting("endpoint_url") or "")
    if url.startswith("http://"):
        probe.recommend(_("Data and sign-in travel unencrypted; use https."))


async def _holds_typed_refresh_token(probe: Probe) -> bool:
    oauth = probe.connection.setting("authentication_type") == AuthenticationType.OAUTH2
    return oauth and bool(await probe.secret(TYPED_REFRESH_TOKEN))


def _after_failure(error: MusterError) -> list[str]:
    """What to look at, the likeliest first."""
    by_kind = {
        ErrorKind.REFUSED_SIGN_IN: _("Are type of sign-in and token right, and has the token not ended?"),
        ErrorKind.FORBIDDEN: _("Has the sign-in the right to read the integration interface?"),
        ErrorKind.UNREACHABLE: _("Is the network open from here to the platform: name, firewall, VPN?"),
        ErrorKind.TIMED_OUT: _("Is the platform up?"),
        ErrorKind.REMOTE_ERROR: _("Is it the address of the integration API? Often it ends in /api or /services."),
        ErrorKind.REDIRECTED: _(
            "Is it the address that the platform leads on to? Often that is https in place of http."
        ),
        ErrorKind.BAD_DATA: _("Does the platform itself answer there, and not a proxy or a sign-in page?"),
    }
    first = by_kind.get(error.kind)
    general = by_kind[ErrorKind.TIMED_OUT], by_kind[ErrorKind.REMOTE_ERROR]
    return list(dict.fromkeys(text for text in (first, *general) if text)) if first else []
