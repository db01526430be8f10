"""Managing connections: list, show, create, update, delete, pause (connections.md §1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.access import Permission
from app.domain.audit import AuditNote
from app.domain.connections import (
    LOG_LEVEL,
    Connection,
    ConnectionStatus,
    check_secret,
    checked_settings,
    refuse_secrets,
)
from app.domain.ids import new_id
from app.domain.kinds import KINDS, ConnectionKind
from app.domain.kinds.cetec import cetec_address
from app.domain.webhooks.events import Event, EventType
from app.errors import UsageError
from app.events import ConnectionsChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.operations.setting_changes import connection_notes
from app.operations.webhooks.sources import changed_fields, connection_changed, status_changed
from app.store import connections as stored
from app.store.values import now

if TYPE_CHECKING:
    from app.workspace import Workspace

ALL = tuple(KINDS)
Scalar = str | int | float | bool
"""What a setting may be given as; the declaration of its field decides what it is kept as."""


@dataclass(frozen=True)
class CreateParams:
    """A new connection; its secrets are typed, piped or taken from a file, never parameters.

    `schedule` adds the schedules that its kind usually has, at its `sync_interval`.
    """

    name: str
    kind: ConnectionKind
    settings: dict[str, Scalar] = field(default_factory=dict)
    schedule: bool = False

    def __post_init__(self) -> None:
        refuse_secrets(self.settings)


@dataclass(frozen=True)
class UpdateParams:
    """Changed settings only; an empty value goes back to the default. `name` renames, `paused` pauses or resumes."""

    settings: dict[str, Scalar] = field(default_factory=dict)
    name: str = ""
    paused: bool | None = None

    def __post_init__(self) -> None:
        refuse_secrets(self.settings)


@operation("connections.list", N_("List connections"), Permission.READ, NoParams, writes=False, history=False)
async def list_connections(context: RunContext, _params: NoParams) -> None:
    """All connections with their settings and which secrets are set."""
    found = await context.workspace.store.read(stored.connections)
    context.result["connections"] = connection_rows(context.workspace, found)


@operation(
    "connections.show", N_("Show a connection"), Permission.READ, NoParams,
    kinds=ALL, writes=False, history=False, works_paused=True,
)  # fmt: skip
async def show_connection(context: RunContext, _params: NoParams) -> None:
    """One connection."""
    context.result |= connection_row(context.workspace, context.own_connection)


@operation("connections.create", N_("Add a connection"), Permission.ADMIN, CreateParams)
async def create_connection(context: RunContext, params: CreateParams) -> None:
    """Store a new connection and its secrets."""
    if not params.name.strip():
        raise UsageError(_("A connection needs a name."))
    settings = checked_settings(params.kind, params.settings)
    secrets = _checked_secrets(context, params.kind, settings)
    connection = Connection(
        id=new_id(),
        name=params.name.strip(),
        kind=params.kind,
        status=ConnectionStatus.ACTIVE,
        settings=settings,
        secrets=tuple(sorted(secrets)),
        detailed_since=now(),
    )
    if (there := await context.workspace.store.read(stored.find_connection, connection.name)) is not None:
        paused = there.status is ConnectionStatus.INACTIVE
        raise UsageError(
            _("There is already a connection named {name}.").format(name=connection.name),
            _("It is paused, with its history. Resume it, or remove it with its history first.") if paused else "",
        )
    if context.dry_run:
        return
    # The secrets first: without a keyring nothing is stored at all.
    await _keep_secrets(context, connection, secrets)
    notes = connection_notes(context.run, None, connection, given=secrets)
    told = [connection_changed(EventType.CONNECTION_CREATED, connection)]
    kept = await context.workspace.store.write(_store, context, stored.add_connection, connection, notes, told)
    context.result |= connection_row(context.workspace, kept)
    if params.schedule:
        from app.operations.schedules import schedule_usual

        context.result["schedules"] = [schedule.name for schedule in await schedule_usual(context, kept)]
    context.workspace.events.publish(ConnectionsChanged())


@operation("connections.update", N_("Edit a connection"), Permission.ADMIN, UpdateParams, kinds=ALL, works_paused=True)
async def update_connection(context: RunContext, params: UpdateParams) -> None:
    """Change settings; a secret that is not given stays (connections.md §1)."""
    old = context.own_connection
    status = old.status
    if params.paused is not None:
        status = ConnectionStatus.INACTIVE if params.paused else ConnectionStatus.ACTIVE
    # How much is logged is no matter of the line: the last test, the client and its breaker stay.
    edited = bool(set(params.settings) - {LOG_LEVEL} or context.secrets)
    if edited and status is ConnectionStatus.ERROR:
        status = ConnectionStatus.ACTIVE
    known = {spec.key for spec in old.spec.settings}
    unknown = {key: value for key, value in old.settings.items() if key not in known}  # a newer Muster's: kept (§12)
    given = {**{k: str(v) for k, v in old.settings.items() if k in known}, **params.settings}
    settings = checked_settings(old.kind, given) | unknown
    secrets = _checked_secrets(context, old.kind, settings)
    lost = _worthless_secrets(old, settings, secrets)
    new = replace(
        old,
        name=params.name.strip() or old.name,
        settings=settings,
        secrets=tuple(sorted({*old.secrets, *secrets} - lost)),
        status=status,
        last_error=None if edited else old.last_error,
        last_error_kind=None if edited else old.last_error_kind,
    )
    if edited:  # the last test says nothing about the new values
        new = replace(new, last_test_at=None, last_test_ok=None, last_test=None)
    if params.settings.get(LOG_LEVEL) is not None:
        new = replace(new, detailed_since=now())
    if context.dry_run:
        return
    if edited or params.paused is not None:
        await context.workspace.links.drop(old.id)
    await _keep_secrets(context, new, secrets)
    notes = connection_notes(context.run, old, new, given=secrets, lost=lost)
    told = [connection_changed(EventType.CONNECTION_UPDATED, new, changed_fields(old, new, secrets))]
    if new.status is not old.status:
        told.append(status_changed(old.id, old.status.value, new.status.value, "edited"))
    changed = await context.workspace.store.write(_store, context, stored.change_connection, new, notes, told)
    for key in lost:
        await context.workspace.vault.delete(old.id, key)
    if new.settings.get("sync_interval") != old.settings.get("sync_interval"):
        from app.operations.scheduler import replan_following

        await replan_following(context.workspace, old.id)
    context.result |= connection_row(context.workspace, changed)
    context.workspace.events.publish(ConnectionsChanged())


def _worthless_secrets(old: Connection, settings: Mapping[str, Any], given: Mapping[str, str]) -> set[str]:
    """Secrets that are set and of no use with the new values.

    Those that belong to another way of signing in, a full access key above all, and what a sign-in gave, once another
    account, another system or a new password is meant.
    """
    in_use = {f.key for f in old.spec.in_use(settings)}
    unused = {f.key for f in old.spec.secrets} - in_use
    signs_in_anew = any(settings.get(key) != old.settings.get(key) for key in old.spec.account) or any(
        f.traded_for and f.key in given for f in old.spec.secrets
    )
    earned = set(old.spec.earned_secrets) if signs_in_anew else set()
    return (unused | earned) & set(old.secrets)


def _store(
    context: RunContext,
    work: Callable[[Connection], Connection],
    connection: Connection,
    notes: Iterable[AuditNote],
    told: Sequence[Event],
) -> Connection:
    """Store a connection, in the audit trail what that changed, and what webhooks tell of it."""
    kept = work(connection)
    context.note(*notes)
    context.workspace.event_log.add(told)
    return kept


async def _keep_secrets(context: RunContext, connection: Connection, secrets: Mapping[str, str]) -> None:
    for key, value in secrets.items():
        await context.workspace.vault.set(connection.id, key, value)


def _checked_secrets(context: RunContext, kind: ConnectionKind, settings: Mapping[str, Any]) -> dict[str, str]:
    """The secrets that were given and are of use with these settings; the run says which are not.

    Raises `UsageError` for one the kind does not have, and for a key in the wrong field.
    """
    spec = KINDS[kind]
    check_secrets(kind, context.secrets)
    in_use = {f.key for f in spec.in_use(settings)}
    given = {key: value for key, value in context.secrets.items() if value}
    for key in sorted(set(given) - in_use):
        text = _("The secret {key} is of no use with these settings, so it was not stored.")
        context.warnings.append(text.format(key=key))
    return {key: value for key, value in given.items() if key in in_use}


def check_secrets(kind: ConnectionKind, secrets: Mapping[str, str]) -> None:
    """Refuse secrets that the kind does not have, and keys in the wrong field.

    Raises `UsageError` without repeating a value.
    """
    fields = {f.key: f for f in KINDS[kind].secrets}
    if unknown := sorted(set(secrets) - set(fields)):
        raise UsageError(_("A {kind} connection has no secret {key}.").format(kind=kind, key=unknown[0]))
    for key, value in secrets.items():
        check_secret(fields[key], value)


def standing_in(kind: ConnectionKind, settings: Mapping[str, object]) -> dict[str, str]:
    """What blank settings stand for, given the other ones, such as the address that an environment has."""
    derive = _DERIVED.get(kind)
    return derive(settings) if derive is not None else {}


def _vitec_address(settings: Mapping[str, object]) -> dict[str, str]:
    """The address of the environment (vitec-hub.md §2.2)."""
    from app.connectors.vitec import hub_address

    kind = ConnectionKind.VITEC
    chosen = checked_settings(kind, {"environment": settings.get("environment")}).get("environment")
    return {"base_url": hub_address("", chosen or str(KINDS[kind].field("environment").default))}


def _supabase_addresses(settings: Mapping[str, object]) -> dict[str, str]:
    """The project's own key list (supabase.md §1)."""
    url = checked_settings(ConnectionKind.SUPABASE, {"url": settings.get("url")}).get("url")
    return {"jwks_url": f"{url}/auth/v1/.well-known/jwks.json" if url else ""}


def _cetec_api_url(settings: Mapping[str, object]) -> dict[str, str]:
    """The address that domain and protocol make (cetec-mysql.md §1.1)."""
    named = {key: settings.get(key) for key in ("domain", "protocol")}
    return {"api_url": cetec_address(checked_settings(ConnectionKind.CETEC, named))}


_DERIVED: Mapping[ConnectionKind, Callable[[Mapping[str, object]], dict[str, str]]] = {
    ConnectionKind.VITEC: _vitec_address,
    ConnectionKind.SUPABASE: _supabase_addresses,
    ConnectionKind.CETEC: _cetec_api_url,
}


def connection_rows(workspace: Workspace, found: Iterable[Connection]) -> list[dict[str, Any]]:
    """Connections as `muster list connections` names them; of secrets only whether they are set."""
    return [connection_row(workspace, connection) for connection in found]


def connection_row(workspace: Workspace, connection: Connection) -> dict[str, Any]:
    """One connection as `muster list connections` names it."""
    readable = workspace.vault.known_secrets(connection)
    return {
        "id": connection.id,
        "name": connection.name,
        "kind": connection.kind.value,
        "status": connection.status.value,
        "settings": connection.settings,
        # Of the secrets few connections need only those that are there.
        "secrets": {f.key: f.key in readable for f in connection.spec.secrets if not f.advanced or f.key in readable},
        "last_sync": time_text(connection.last_sync),
        "last_error": connection.last_error,
    }


def time_text(value: datetime | None) -> str | None:
    """A moment as the command line writes it."""
    return value.isoformat().replace("+00:00", "Z") if value is not None else None
