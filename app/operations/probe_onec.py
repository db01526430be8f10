"""The stages of a 1C connection's test (onec-zup.md §6.5): address, encryption, sign-in, and the contract by asking for
one day's people. Whoever runs the basic test leaves the contract out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.domain.connections import Connection
from app.domain.kinds.sign_in import TYPED_REFRESH_TOKEN, AuthenticationType
from app.domain.mappings.refusals import refused_warnings
from app.errors import ErrorKind, MusterError
from app.i18n import _, ngettext
from app.operations.links import make_onec, read_secrets
from app.operations.probe import Probe, reach
from app.operations.sign_ins import token_warning

if TYPE_CHECKING:
    from app.connectors.onec import OneC

STAGES = ("settings", "address", "tls", "sign_in", "data")
SLOW_S = 5.0


def facts(connection: Connection, details: Mapping[str, Any]) -> dict[str, Any]:
    """What the status of a 1C connection adds, as the last test saw it (§6.3)."""
    known = {key: details.get(key) for key in ("test_type", "response_time_ms", "recommendations", "people")}
    return {"timezone": connection.setting("timezone"), **known}


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
    onec: OneC | None = None

    async def settings() -> str:
        nonlocal onec
        secrets = await read_secrets(probe.connection, probe.secret)
        onec = make_onec(probe.connection, secrets, probe.session)
        onec.mapper = probe.mapper
        _look_at_settings(probe)
        if warning := token_warning(secrets):
            probe.recommend(warning)
        return _("All required fields are filled in.")

    await probe.staged.run("settings", settings)
    assert onec is not None
    async with onec:
        url = onec.settings.endpoint_url
        await reach(probe, url, onec.settings.route)
        if probe.ends_session and await _holds_typed_refresh_token(probe):
            probe.warnings.append(
                _("A refresh token may work only once, so it is not tried before the connection is saved.")
            )
            return
        await _ask(probe, onec, full=full)


async def _ask(probe: Probe, onec: OneC, *, full: bool) -> None:
    seconds = 0.0

    async def sign_in() -> str:
        nonlocal seconds
        seconds += (await onec.probe()).seconds
        return _("1C accepts the sign-in.")

    async def data() -> str:
        nonlocal seconds
        today = datetime.now(onec.settings.zone).date()
        answer, people = await onec.probe_agents(today)
        seconds += answer.seconds
        if people is None:
            return _("1C sends people; there are more than fit into a test.")
        probe.warnings += (*people.warnings, *refused_warnings(len(people.refused) + len(people.refused_parts)))
        count = probe.details["people"] = len(people.people)
        return ngettext("{count} person.", "{count} people.", count).format(count=count)

    await probe.staged.run("sign_in", sign_in)
    if full:
        await probe.staged.run("data", data)
    probe.details["response_time_ms"] = round(seconds * 1000)
    if seconds > SLOW_S:
        probe.recommend(_("1C is slow: let its administrator switch on the reuse of sessions in the publication."))


def _look_at_settings(probe: Probe) -> None:
    """What works and still deserves a look."""
    url = str(probe.connection.setting("endpoint_url") or "")
    if "/hs/" not in urlsplit(url).path + "/":
        probe.recommend(
            _("The address holds no /hs/: that of a 1C service usually is server, publication, /hs/, service.")
        )
    if url.startswith("http://"):
        probe.recommend(_("Data and password travel unencrypted; use https."))


async def _holds_typed_refresh_token(probe: Probe) -> bool:
    oauth = probe.connection.setting("authentication_type") == AuthenticationType.OAUTH2
    return oauth and bool(await probe.secret(TYPED_REFRESH_TOKEN))


def _after_failure(error: MusterError) -> list[str]:
    """What to look at, the likeliest first."""
    by_kind = {
        ErrorKind.REFUSED_SIGN_IN: _("Are user and password right, and is 1C authentication ticked for the user?"),
        ErrorKind.FORBIDDEN: _("Has the user the right to the service?"),
        ErrorKind.UNREACHABLE: _("Is the network open from here to the 1C server: name, firewall, VPN?"),
        ErrorKind.TIMED_OUT: _("Is the 1C server up and not locked for maintenance?"),
        ErrorKind.REMOTE_ERROR: _("Is the service published, and has the address server, publication, /hs/, service?"),
        ErrorKind.REDIRECTED: _("Is it the address that 1C leads on to? Often that is https in place of http."),
        ErrorKind.BAD_DATA: _(
            "Does the 1C service itself answer there, and not a proxy, a sign-in page or the client?"
        ),
    }
    licence = _("Is a licence free? Idle sessions of 1C hold theirs.")
    first = licence if error.code == "onec.no_licence" else by_kind.get(error.kind)
    general = by_kind[ErrorKind.TIMED_OUT], by_kind[ErrorKind.REMOTE_ERROR], licence
    return list(dict.fromkeys(text for text in (first, *general) if text)) if first else []
