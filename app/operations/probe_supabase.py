"""The stages of a Supabase connection's test (supabase.md §11): key and account, rights on each table, form of the
data, one photo; and what works but deserves a look, such as a full access key or a clock that is off.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.domain.connections import Connection
from app.domain.kinds.supabase import AuthMode, PhotoMode
from app.domain.supabase import PhotoPlace
from app.domain.supabase_keys import key_kind
from app.errors import BadData, Held, MusterError, NotConfigured
from app.i18n import N_, _, ngettext
from app.operations.links import make_supabase, read_secrets
from app.operations.probe import Probe, reach

if TYPE_CHECKING:
    from app.connectors.supabase import Supabase

log = logging.getLogger(__name__)

FULL_ACCESS = N_(
    "Full access key in use: it opens every table and photo of the project. Better sign in as a user with policies."
)
_LEGACY = N_("This key is of the old kind, which Supabase switches off at the end of 2026. Make a new one in time.")
_PLAIN_PASSWORDS = N_("The passwords of terminals are stored unencrypted in the project.")
_TABLES = ("angajati", "angajati_biometrie", "dispozitive_pontaj")
_SIGN_OUT_S = 2.0


def facts(connection: Connection, details: Mapping[str, Any]) -> dict[str, Any]:
    """What the status of a Supabase connection adds, as the last test saw it."""
    known = {key: details.get(key) for key in ("account", "role", "key_kind", "counts", "embed")}
    return {"auth_mode": connection.setting("auth_mode"), **known}


async def run_stages(probe: Probe) -> None:
    """Raises the error of the first stage that fails."""
    project: Supabase | None = None

    async def settings() -> str:
        nonlocal project
        project = await _make(probe)
        project.mapper = probe.mapper
        return _("All required fields are filled in.")

    await probe.staged.run("settings", settings)
    assert project is not None
    async with project:
        try:
            await reach(probe, project.settings.url, project.settings.route)
            await _ask(probe, project)
        finally:
            if probe.ends_session:
                await _sign_out(project)


async def _make(probe: Probe) -> Supabase:
    """The client, without repetitions: a test has ten seconds in all.

    Raises `NotConfigured` naming what is missing, the password too.
    """
    from app.connectors.http import RetryPolicy

    secrets = await read_secrets(probe.connection, probe.secret)
    project = make_supabase(probe.connection, secrets, probe.session, RetryPolicy(()))
    by_user = project.settings.auth_mode is AuthMode.USER
    if by_user and not (await probe.session.refresh_token() or await probe.session.password()):
        await project.close()
        raise NotConfigured(
            _("Supabase credentials are not configured. Missing: {fields}.").format(fields="password"),
            N_("Sign in: edit the connection and enter the password."),
        )
    return project


async def _ask(probe: Probe, project: Supabase) -> None:
    async def sign_in() -> str:
        await project.health()
        _look_at_key(probe, project)
        return await _signed_in(probe, project)

    async def rights() -> str:
        return await _counted(probe, project)

    async def data() -> str:
        return await _form(probe, project)

    async def photos() -> str:
        return await _one_photo(probe, project)

    for name, stage in (("sign_in", sign_in), ("rights", rights), ("data", data), ("photos", photos)):
        await probe.staged.run(name, stage)


def _look_at_key(probe: Probe, project: Supabase) -> None:
    kind = key_kind(project.settings.key)
    probe.details |= {"key_kind": kind.value, "key_legacy": kind.legacy}
    if project.settings.auth_mode is AuthMode.SERVICE_KEY:
        probe.warnings.append(_(FULL_ACCESS))
    if kind.legacy:
        probe.warnings.append(_(_LEGACY))


async def _signed_in(probe: Probe, project: Supabase) -> str:
    account = await project.account()
    if account is None:
        return _("The project takes the service key.")
    probe.details |= {"account": account.email, "role": account.role}
    if account.lacks_factor:
        probe.warnings.append(
            _("This account has a second factor, which Muster cannot ask for. Better use an account made for Muster.")
        )
    if not account.role:
        return _("Signed in as {email}, without a role.").format(email=account.email)
    return _("Signed in as {email}, role {role}.").format(email=account.email, role=account.role)


async def _counted(probe: Probe, project: Supabase) -> str:
    """Grant and policy of each table; a missing policy is an empty list without error (§2.3)."""
    counts = {table: await project.count(table) for table in _TABLES}
    probe.details["counts"] = counts
    probe.warnings += [
        _("0 rows visible in {table}: the table is empty, or a policy is missing.").format(table=table)
        for table, count in counts.items()
        if not count
    ]
    if counts["dispozitive_pontaj"]:
        probe.warnings.append(_(_PLAIN_PASSWORDS))
    people = ngettext("{count} employee", "{count} employees", counts["angajati"]).format(count=counts["angajati"])
    devices = ngettext("{count} device", "{count} devices", counts["dispozitive_pontaj"])
    text = _("Visible: {people}, {devices}.")
    return text.format(people=people, devices=devices.format(count=counts["dispozitive_pontaj"]))


async def _form(probe: Probe, project: Supabase) -> str:
    form = probe.details["embed"] = await project.embed_form()
    if form == "separate":
        return _("The project knows no relation between the tables, so they are read one after the other.")
    return _("Employees come together with their numbers and photos.")


async def _one_photo(probe: Probe, project: Supabase) -> str:
    """Bucket and policy, proved by one photo; a photo that is missing is no fault of the connection."""
    from app.connectors.supabase import PhotoMissing

    reference = await project.some_photo()
    if not reference:
        return _("No employee has a photo yet.")
    try:
        address = await project.photo_address(reference)
        if project.settings.photo_mode is PhotoMode.PUBLIC:
            await project.photo(reference)
    except (PhotoMissing, Held, BadData) as error:
        probe.warnings.append(error.message)
        return _("The first photo cannot be had; see the warning.")
    if address.place is PhotoPlace.OTHER_HOST:
        return _("Photos lie on another host, which is allowed.")
    probe.details["photos"] = "signed" if address.signed else "public"
    return _("Photos are read by signed addresses.") if address.signed else _("Photos are public.")


async def _sign_out(project: Supabase) -> None:
    """End the session of a sign-in that was only a test."""
    try:
        async with asyncio.timeout(_SIGN_OUT_S):
            await project.sign_out()
    except (MusterError, TimeoutError):
        log.info("The session of the test was not ended; it ends by itself", exc_info=True)
