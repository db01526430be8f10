"""Managing webhooks: list, show, create, update, delete, pause and resume, rotate the secret (webhooks.md §1)."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec

from app.access import Permission
from app.domain.audit import AuditNote
from app.domain.ids import new_id
from app.domain.kinds.sign_in import AuthenticationType
from app.domain.webhooks.addresses import Reach, reach
from app.domain.webhooks.endpoint import PREVIOUS_SECRET, SECRET, SIGN_IN_SECRETS, DisabledReason, WebhookEndpoint
from app.domain.webhooks.events import Event, wants
from app.domain.webhooks.signature import checked_secret, new_secret
from app.errors import UsageError
from app.events import WebhooksChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.setting_changes import webhook_notes
from app.operations.webhooks.params import CreateParams, UpdateParams, changed, changed_names, given_values
from app.operations.webhooks.rows import endpoint_row
from app.store import webhook_events, webhook_log, webhooks
from app.store.values import now
from app.store.webhook_inbox import inbox_ports
from app.vault import environment_name

if TYPE_CHECKING:
    from app.workspace import Workspace

_KNOWN_SECRETS = (SECRET, *SIGN_IN_SECRETS.values())


@dataclass(frozen=True)
class OneParams:
    """The webhook, by id or name."""

    id: str


@dataclass(frozen=True)
class ListParams:
    """Which webhooks: paused ones or not, those that are told of an event; a page of the list."""

    is_active: bool | None = None
    event_type: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True)
class RotateParams:
    """The webhook, and for how many hours its old secret still signs beside the new one."""

    id: str
    keep_hours: Annotated[float, msgspec.Meta(ge=0, le=720)] = 24


@dataclass(frozen=True)
class ResumeParams:
    """The webhook, and whether it is sent what happened while it was paused."""

    id: str
    send_missed: bool = False


@operation("webhooks.list", N_("List webhooks"), Permission.READ, ListParams, writes=False, history=False)
async def list_webhooks(context: RunContext, params: ListParams) -> None:
    """Endpoints with how they are doing."""
    found = [
        endpoint
        for endpoint in await context.workspace.store.read(webhooks.endpoints)
        if params.is_active in {None, endpoint.is_active}
        and (not params.event_type or wants(endpoint.event_types, params.event_type))
    ]
    context.summary["total"] = len(found)
    context.rows = [
        endpoint_row(endpoint, context.workspace.role)
        for endpoint in found[params.offset : params.offset + params.limit]
    ]


@operation("webhooks.show", N_("Show a webhook"), Permission.READ, OneParams, writes=False, history=False)
async def show_webhook(context: RunContext, params: OneParams) -> None:
    """One endpoint, and whether its last deliveries arrived."""
    endpoint = await find(context.workspace, params.id)
    context.result |= endpoint_row(endpoint, context.workspace.role)
    context.result["recent"] = await context.workspace.store.read(webhook_log.recent_results, endpoint.id)


@operation("webhooks.create", N_("Add a webhook"), Permission.ADMIN, CreateParams)
async def create_webhook(context: RunContext, params: CreateParams) -> None:
    """Store an endpoint and its secrets; the signing secret is shown this once."""
    workspace = context.workspace
    bare = WebhookEndpoint(new_id(), params.name, params.url, params.event_types, created_by=context.run.actor)
    endpoint = changed(bare, given_values(params))
    secrets = _checked_secrets(context.secrets)
    elsewhere = _in_environment(endpoint.name)
    made = "" if params.unsigned or SECRET in {*secrets, *elsewhere} else new_secret()
    if made:
        secrets[SECRET] = made
    endpoint = _paused(endpoint) if not params.is_active else endpoint
    endpoint = replace(endpoint, secrets=tuple(sorted({*secrets, *elsewhere})))
    _check_complete(endpoint)
    context.warnings += _cautions(endpoint, await workspace.store.read(inbox_ports))
    if await workspace.store.read(webhooks.find_endpoint, endpoint.name) is not None:
        raise UsageError(_("There is already a webhook named {name}.").format(name=endpoint.name))
    if context.dry_run:
        return
    await _keep_secrets(workspace, endpoint.id, secrets)  # first: without a keyring nothing is stored at all
    context.result |= endpoint_row(await workspace.store.write(_add, context, endpoint, secrets), workspace.role)
    if made:
        context.once["secret"] = made
    workspace.events.publish(WebhooksChanged())


@operation("webhooks.update", N_("Edit a webhook"), Permission.ADMIN, UpdateParams)
async def update_webhook(context: RunContext, params: UpdateParams) -> None:
    """Change what is given; a secret that is not given stays."""
    workspace = context.workspace
    old = await find(workspace, params.id)
    new = changed(old, given_values(params))
    secrets = _checked_secrets(context.secrets)
    if params.unsigned is False and SECRET not in {*old.secrets, *secrets, *_in_environment(old.name)}:
        raise UsageError(
            _("The webhook has no signing secret."),
            _("Make one with: muster webhooks rotate, or give one with --secret secret=-."),
        )
    lost = {SECRET, PREVIOUS_SECRET} if params.unsigned else set[str]()
    lost |= _worthless(old, new)
    new = replace(
        new, secrets=tuple(sorted({*old.secrets, *secrets, *_in_environment(new.name)} - (lost - set(secrets))))
    )
    if params.is_active is not None and params.is_active != old.is_active:
        new = _resumed(new) if params.is_active else _paused(new)
    _check_complete(new)
    context.warnings += _cautions(new, await workspace.store.read(inbox_ports))
    gone = (lost - set(secrets)) & set(old.secrets)
    context.result["changed_fields"] = [*changed_names(old, new), *sorted({*secrets, *gone})]
    if context.dry_run:
        return
    await _keep_secrets(workspace, old.id, secrets)
    notes = webhook_notes(context.run, old, new, given=secrets, lost=gone)
    forgiven = new.url != old.url or new.is_active != old.is_active
    stored = await workspace.store.write(_change, context, new, notes, forgiven=forgiven)
    for key in lost - set(secrets):
        await workspace.vault.delete(old.id, key)
    context.result |= endpoint_row(stored, workspace.role)
    _tell(workspace)


@operation("webhooks.delete", N_("Remove a webhook"), Permission.ADMIN, OneParams)
async def delete_webhook(context: RunContext, params: OneParams) -> None:
    """Remove an endpoint and its secrets; what waits is cancelled, the log stays."""
    workspace = context.workspace
    endpoint = await find(workspace, params.id)
    context.result |= {"id": endpoint.id, "name": endpoint.name}
    if context.dry_run:
        return
    context.result["cancelled"] = await workspace.store.write(_remove, context, endpoint)
    for key in endpoint.secrets:
        await workspace.vault.delete(endpoint.id, key)
    _tell(workspace)


@operation("webhooks.pause", N_("Pause a webhook"), Permission.ADMIN, OneParams)
async def pause_webhook(context: RunContext, params: OneParams) -> None:
    """Send nothing to it for now; what happens meanwhile can be sent later."""
    endpoint = await find(context.workspace, params.id)
    if not context.dry_run and endpoint.is_active:
        paused = _paused(endpoint)
        notes = webhook_notes(context.run, endpoint, paused)
        endpoint = await context.workspace.store.write(_change, context, paused, notes)
    context.result |= endpoint_row(endpoint, context.workspace.role)
    _tell(context.workspace)


@operation("webhooks.resume", N_("Resume a webhook"), Permission.ADMIN, ResumeParams)
async def resume_webhook(context: RunContext, params: ResumeParams) -> None:
    """Send to it again, and if wanted what it missed; a dry run says how many events that are."""
    workspace = context.workspace
    endpoint = await find(workspace, params.id)
    missed = await workspace.store.read(_missed, endpoint)
    context.result |= {"missed": len(missed), "sent": 0}
    if context.dry_run:
        return
    if params.send_missed:
        refuse_switched_off(workspace)
    resumed = _resumed(endpoint)
    notes = webhook_notes(context.run, endpoint, resumed)
    stored = await workspace.store.write(_change, context, resumed, notes, forgiven=True)
    if params.send_missed:
        context.result["sent"] = await workspace.store.write(
            webhook_events.queue_for, endpoint.id, endpoint.payload_format, missed
        )
        workspace.event_log.queued += len(missed)
    context.result |= endpoint_row(stored, workspace.role)
    _tell(workspace)


@operation("webhooks.rotate", N_("Give a webhook a new secret"), Permission.ADMIN, RotateParams)
async def rotate_secret(context: RunContext, params: RotateParams) -> None:
    """Make a new signing secret, or take the one that was typed; the old one goes on signing for a while."""
    workspace = context.workspace
    endpoint = await find(workspace, params.id)
    typed = context.secrets.get(SECRET, "")
    fresh = checked_secret(typed) if typed else new_secret()
    until = now() + timedelta(hours=params.keep_hours)
    context.result |= {"id": endpoint.id, "previous_secret_until": until.isoformat().replace("+00:00", "Z")}
    if context.dry_run:
        return
    old = await workspace.vault.get(endpoint, SECRET) if SECRET in endpoint.secrets else ""
    kept = {PREVIOUS_SECRET: old} if old and params.keep_hours else {}
    await _keep_secrets(workspace, endpoint.id, {**kept, SECRET: fresh})
    names = {*endpoint.secrets, *kept, SECRET}
    new = replace(endpoint, secrets=tuple(sorted(names)), previous_secret_until=until if kept else None)
    notes = webhook_notes(context.run, endpoint, new, given=[*kept, SECRET])
    context.result |= endpoint_row(await workspace.store.write(_change, context, new, notes), workspace.role)
    if not typed:
        context.once["secret"] = fresh
    _tell(workspace)


def refuse_switched_off(workspace: Workspace) -> None:
    """Queue nothing while the setting says so (webhooks.md §1, global switch).

    Raises `UsageError`.
    """
    if not workspace.event_log.enabled:
        raise UsageError(_("Webhooks are switched off."), _("Switch on the setting enable_webhooks."))


async def find(workspace: Workspace, name_or_id: str) -> WebhookEndpoint:
    """The endpoint of that id or name.

    Raises `UsageError` when there is none.
    """
    found = await workspace.store.read(webhooks.find_endpoint, name_or_id)
    if found is None:
        raise UsageError(
            _("There is no webhook {name}.").format(name=name_or_id), _("See them all with: muster webhooks list")
        )
    return found


def _missed(endpoint: WebhookEndpoint) -> list[Event]:
    if endpoint.is_active or endpoint.deactivated_at is None:
        return []
    return webhook_events.missed(endpoint.id, endpoint.event_types, endpoint.deactivated_at)


def _add(context: RunContext, endpoint: WebhookEndpoint, given: Iterable[str]) -> WebhookEndpoint:
    kept = webhooks.add_endpoint(endpoint)
    context.note(*webhook_notes(context.run, None, kept, given=given))
    return kept


def _change(
    context: RunContext, endpoint: WebhookEndpoint, notes: Iterable[AuditNote], *, forgiven: bool = False
) -> WebhookEndpoint:
    """Store it, and in the audit trail what that changed; `forgiven` forgets how it failed until now."""
    if forgiven:
        webhooks.forgive(endpoint.id)
    kept = webhooks.change_endpoint(endpoint)
    context.note(*notes)
    return kept


def _remove(context: RunContext, endpoint: WebhookEndpoint) -> int:
    cancelled = webhooks.remove_endpoint(endpoint.id)
    context.note(*webhook_notes(context.run, endpoint, None, lost=endpoint.secrets))
    return cancelled


def _paused(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return replace(endpoint, is_active=False, disabled_reason=DisabledReason.PAUSED.value, deactivated_at=now())


def _resumed(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return replace(endpoint, is_active=True, disabled_reason="", deactivated_at=None)


def _checked_secrets(given: Mapping[str, str]) -> dict[str, str]:
    """The secrets that were given, checked.

    Raises `UsageError` without repeating one.
    """
    if unknown := sorted(set(given) - set(_KNOWN_SECRETS)):
        raise UsageError(_("A webhook has no secret {key}.").format(key=unknown[0]))
    secrets = {key: value for key, value in given.items() if value}
    if SECRET in secrets:
        secrets[SECRET] = checked_secret(secrets[SECRET])
    return secrets


def _in_environment(name: str) -> set[str]:
    """Secrets that the environment holds for a webhook of that name; they are stored nowhere (command-line.md)."""
    return {key for key in _KNOWN_SECRETS if os.environ.get(environment_name(name, key))}


def _check_complete(endpoint: WebhookEndpoint) -> None:
    needed = SIGN_IN_SECRETS.get(endpoint.sign_in.auth_type, "")
    if needed and needed not in endpoint.secrets:
        raise UsageError(
            _("For this way of signing in the secret {key} is needed.").format(key=needed),
            _("Give it with --secret {key}=- from standard input.").format(key=needed),
        )


def _worthless(old: WebhookEndpoint, new: WebhookEndpoint) -> set[str]:
    """Secrets of a way of signing in that is no longer used."""
    in_use = SIGN_IN_SECRETS.get(new.sign_in.auth_type, "")
    return {key for key in SIGN_IN_SECRETS.values() if key in old.secrets and key != in_use}


def _cautions(endpoint: WebhookEndpoint, inboxes: Container[int]) -> Iterable[str]:
    """What an administrator should know of the choice (webhooks.md §5, §8); `inboxes` are ports of open inboxes."""
    if SECRET not in endpoint.secrets:
        yield _("Deliveries are not signed: the receiver cannot know that they come from here.")
    if endpoint.url.startswith("http://"):
        yield _("Plain http: everybody on the way can read what is sent.")
    if endpoint.allow_internal:
        yield _("Addresses of the own network are allowed for this webhook.")
    if endpoint.sign_in.auth_type is AuthenticationType.NONE and endpoint.secrets == ():
        yield _("The receiver asks for no sign-in either.")
    address = urlsplit(endpoint.url)
    try:
        where = reach(address.hostname or "")
    except ValueError:  # a name: it is looked up at every try
        return
    if address.hostname == "127.0.0.1" and address.port in inboxes:
        return
    if where is Reach.NEVER:
        yield _("This computer itself is sent nothing, except the built-in inbox: deliveries will be blocked.")
    elif where is Reach.INTERNAL and not endpoint.allow_internal:
        yield _("The address belongs to the own network, which is not allowed: deliveries will be blocked.")


async def _keep_secrets(workspace: Workspace, endpoint_id: str, secrets: Mapping[str, str]) -> None:
    for key, value in secrets.items():
        await workspace.vault.set(endpoint_id, key, value)


def _tell(workspace: Workspace) -> None:
    workspace.events.publish(WebhooksChanged())
