"""Managing connections: list, show, create, update, delete, pause, test, status, health, import (connections.md §1)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from app import __version__
from app.access import GRANTS, Permission
from app.domain.connections import Connection, ConnectionStatus, checked_settings, refuse_secrets
from app.domain.health import (
    Health,
    Stage,
    TestReport,
    connection_health,
    masked,
    overall_health,
    success_rate_percent,
)
from app.domain.ids import new_id
from app.domain.kinds import KINDS, ConnectionKind
from app.domain.outcomes import RunState
from app.errors import StoreError, UsageError
from app.events import ConnectionsChanged, StageReached
from app.i18n import N_, _
from app.operations.connection_test import check_vitec
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.operations.stages import Tell
from app.store import connections as stored
from app.store import runs
from app.store.values import now

if TYPE_CHECKING:
    from app.workspace import Workspace

ALL = tuple(KINDS)
_started = time.monotonic()
_RECENT = 10  # runs that rates are counted over (connections.md §7)
_LISTED = 5


@dataclass(frozen=True)
class CreateParams:
    """A new connection; its secrets are typed, piped or taken from a file, never parameters."""

    name: str
    kind: ConnectionKind
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_secrets(self.settings)


@dataclass(frozen=True)
class UpdateParams:
    """Changed settings only; an empty value goes back to the default. `name` renames, `paused` pauses or resumes."""

    settings: dict[str, str] = field(default_factory=dict)
    name: str = ""
    paused: bool | None = None

    def __post_init__(self) -> None:
        refuse_secrets(self.settings)


@dataclass(frozen=True)
class TryParams:
    """Values of a form that is not saved; `connection` is the id whose stored secrets fill blank ones."""

    kind: ConnectionKind
    settings: dict[str, str] = field(default_factory=dict)
    connection: str = ""


@dataclass(frozen=True)
class ImportParams:
    """The `.env` file to read."""

    file: str


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
    context.result |= _row(context.workspace, context.own_connection)


@operation("connections.create", N_("Add a connection"), Permission.ADMIN, CreateParams)
async def create_connection(context: RunContext, params: CreateParams) -> None:
    """Store a new connection and its secrets."""
    if not params.name.strip():
        raise UsageError(_("A connection needs a name."))
    connection = Connection(
        id=new_id(),
        name=params.name.strip(),
        kind=params.kind,
        status=ConnectionStatus.ACTIVE,
        settings=checked_settings(params.kind, params.settings),
        secrets=_secret_names(params.kind, context.secrets),
    )
    if await context.workspace.store.read(stored.find_connection, connection.name) is not None:
        raise UsageError(_("There is already a connection named {name}.").format(name=connection.name))
    if context.dry_run:
        return
    # The secrets first: without a keyring nothing is stored at all.
    await _keep_secrets(context, connection)
    context.result |= _row(context.workspace, await context.workspace.store.write(stored.add_connection, connection))
    context.workspace.events.publish(ConnectionsChanged())


@operation("connections.update", N_("Edit a connection"), Permission.ADMIN, UpdateParams, kinds=ALL, works_paused=True)
async def update_connection(context: RunContext, params: UpdateParams) -> None:
    """Change settings; a secret that is not given stays (connections.md §1)."""
    old = context.own_connection
    status = old.status
    if params.paused is not None:
        status = ConnectionStatus.INACTIVE if params.paused else ConnectionStatus.ACTIVE
    edited = bool(params.settings or context.secrets)
    if edited and status is ConnectionStatus.ERROR:
        status = ConnectionStatus.ACTIVE
    given = {**{k: str(v) for k, v in old.settings.items()}, **params.settings}
    new = replace(
        old,
        name=params.name.strip() or old.name,
        settings=checked_settings(old.kind, given),
        secrets=tuple(sorted({*old.secrets, *_secret_names(old.kind, context.secrets)})),
        status=status,
        last_error=None if edited else old.last_error,
    )
    if edited:  # the last test says nothing about the new values
        new = replace(new, last_test_at=None, last_test_ok=None, last_test=None)
    if context.dry_run:
        return
    await _keep_secrets(context, new)
    context.result |= _row(context.workspace, await context.workspace.store.write(stored.change_connection, new))
    await context.workspace.links.drop(old.id)
    context.workspace.events.publish(ConnectionsChanged())


@operation("connections.delete", N_("Remove a connection"), Permission.ADMIN, NoParams, kinds=ALL, works_paused=True)
async def delete_connection(context: RunContext, _params: NoParams) -> None:
    """Remove a connection and its secrets; records and history stay."""
    connection = context.own_connection
    if context.dry_run:
        return
    for key in connection.secrets:
        await context.workspace.vault.delete(connection.id, key)
    await context.workspace.store.write(stored.remove_connection, connection.id)
    await context.workspace.links.drop(connection.id)
    context.workspace.events.publish(ConnectionsChanged())


@operation(
    "connections.test", N_("Test a connection"), Permission.READ, NoParams,
    kinds=ALL, writes=False, history=False, works_paused=True,
)  # fmt: skip
async def check_connection(context: RunContext, _params: NoParams) -> None:
    """Test in stages and remember the result where the role may."""
    connection = context.own_connection
    vault = context.workspace.vault
    report, problem = await check_vitec(connection, lambda: vault.get(connection, "access_key"), _teller(context))
    context.result |= msgspec.to_builtins(report)
    if not context.dry_run and Permission.WRITE in GRANTS[context.workspace.settings.role]:
        error = problem.message if problem else None
        await context.workspace.store.write(
            stored.note_test, connection.id, context.result, ok=report.success, error=error
        )
        context.workspace.events.publish(ConnectionsChanged())
    if problem is None:
        await (await context.workspace.links.vitec(connection)).http.breaker.reset()
    else:
        raise problem


@operation(
    "connections.try", N_("Test settings before saving"), Permission.READ, TryParams, writes=False, history=False
)
async def try_settings(context: RunContext, params: TryParams) -> None:
    """The same test on values that are not saved."""
    settings = checked_settings(params.kind, params.settings)
    known = await context.workspace.store.read(stored.find_connection, params.connection) if params.connection else None
    draft = Connection(params.connection, known.name if known else "", params.kind, ConnectionStatus.ACTIVE, settings)

    async def access_key() -> str:
        typed = context.secrets.get("access_key", "")
        return typed or (await context.workspace.vault.get(known, "access_key") if known is not None else "")

    report, problem = await check_vitec(draft, access_key, _teller(context))
    context.result |= msgspec.to_builtins(report)
    if problem is not None:
        raise problem


def _teller(context: RunContext) -> Tell:
    def tell(name: str, stage: Stage | None) -> None:
        context.workspace.events.publish(StageReached(context.run.run_id, name, stage))

    return tell


@operation(
    "connections.status", N_("Status of a connection"), Permission.READ, NoParams,
    kinds=ALL, writes=False, history=False, works_paused=True,
)  # fmt: skip
async def show_status(context: RunContext, _params: NoParams) -> None:
    """What is known of a connection, without calling the remote system (connections.md §7)."""
    connection = context.own_connection
    health = connection_health(connection, context.workspace.vault.known_secrets(connection))
    own = [r for r in await context.workspace.store.read(runs.runs) if r.connection == connection.name]
    context.result |= _row(context.workspace, connection) | {
        "configured": health.health is not Health.NOT_CONFIGURED,
        "connected": health.health is Health.CONNECTED,
        "installation_id": masked(connection.setting("installation_id") or ""),
        "error": connection.last_error,
        "available_methods": (connection.last_test or {}).get("details", {}).get("available_methods", []),
        "checked_at": _time(health.evidence_at),
        "health": health.health.value,
        "cause": health.cause,
        "calls_refused_until": _time(context.workspace.links.refused_until(connection.id)),
        "error_count": sum(1 for r in own[:_RECENT] if r.error is not None),
        "success_rate": success_rate_percent(own[:_RECENT]),
        "performance_metrics": {
            "total_syncs": len(own),
            "successful_syncs": sum(r.state is RunState.FINISHED for r in own),
            "recent_syncs": [
                {"id": r.run_id, "type": r.operation, "status": r.state.value, "started_at": _time(r.started_at)}
                for r in own[:_LISTED]
            ],
        },
    }


@operation(
    "connections.health", N_("Health of all connections"), Permission.READ, NoParams, writes=False, history=False
)
async def show_health(context: RunContext, _params: NoParams) -> None:
    """All connections together (connections.md §7)."""
    found = await context.workspace.store.read(stored.connections)
    recent = await context.workspace.store.read(runs.runs, limit=100)
    active = [c for c in found if c.status is not ConnectionStatus.INACTIVE]
    context.result |= {
        "service": "muster",
        "status": overall_health(found).value,
        "version": __version__,
        "uptime_seconds": round(time.monotonic() - _started, 1),
        "active_connections": len(active),
        "last_sync_times": {c.name: _time(c.last_sync) for c in found},
        "performance_metrics": {
            "total_connections": len(found),
            "active_connections": len(active),
            "inactive_connections": len(found) - len(active),
            "recent_runs": len(recent),
            "success_rate": success_rate_percent(recent),
        },
        "timestamp": _time(now()),
    }


@operation("connections.import_env", N_("Import settings from a .env file"), Permission.ADMIN, ImportParams)
async def import_env(context: RunContext, params: ImportParams) -> None:
    """Make or update one connection per kind found in the file, named after its kind (command-line.md)."""
    values = _read_env(Path(params.file))
    made: list[dict[str, Any]] = []
    for spec in KINDS.values():
        found = {f.key: value for f in spec.fields for name in reversed(f.env) if (value := values.get(name))}
        if not found:
            continue
        settings = {k: v for k, v in found.items() if k not in {f.key for f in spec.secrets}}
        secrets = {k: v for k, v in found.items() if k not in settings}
        made.append(await _import_one(context, spec.kind, settings, secrets))
    if not made:
        names = ", ".join(name for spec in KINDS.values() for f in spec.fields for name in f.env)
        raise UsageError(
            _("The file holds no settings that Muster knows."), _("It looks for: {names}.").format(names=names)
        )
    context.result["connections"] = made


async def _import_one(
    context: RunContext, kind: ConnectionKind, settings: dict[str, str], secrets: dict[str, str]
) -> dict[str, Any]:
    known = await context.workspace.store.read(stored.find_connection, kind.value)
    part = replace(context, secrets=secrets, connection=known, result={})
    if known is None:
        await create_connection(part, CreateParams(kind.value, kind, settings))
    else:
        await update_connection(part, UpdateParams(settings))
    return part.result


def _read_env(path: Path) -> Mapping[str, str | None]:
    from dotenv import dotenv_values

    try:
        with path.open(encoding="utf-8-sig") as file:
            return dotenv_values(stream=file, interpolate=False)
    except FileNotFoundError as error:
        raise UsageError(_("There is no file {file}.").format(file=path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            _("The file {file} cannot be read: {cause}").format(file=path, cause=error), _("Save it as UTF-8 text.")
        ) from error


async def _keep_secrets(context: RunContext, connection: Connection) -> None:
    for key, value in context.secrets.items():
        if value:
            await context.workspace.vault.set(connection.id, key, value)


def _secret_names(kind: ConnectionKind, secrets: Mapping[str, str]) -> tuple[str, ...]:
    known = {f.key for f in KINDS[kind].secrets}
    if unknown := sorted(set(secrets) - known):
        raise UsageError(_("A {kind} connection has no secret {key}.").format(kind=kind, key=unknown[0]))
    return tuple(sorted(key for key, value in secrets.items() if value))


def stored_report(connection: Connection) -> TestReport | None:
    """The last test of a connection as it was shown; None without one, or when another version kept it differently."""
    return read_report(connection.last_test)


def read_report(result: Any) -> TestReport | None:
    """The report in the result of a run that tested a connection; None when it holds none."""
    try:
        return msgspec.convert(result, TestReport)
    except msgspec.ValidationError:
        return None


def standing_in(kind: ConnectionKind, settings: Mapping[str, object]) -> dict[str, str]:
    """What blank settings stand for, given the other ones: the address that the environment has (vitec-hub.md §2.2)."""
    from app.connectors.vitec import hub_address

    environment = next((f for f in KINDS[kind].settings if f.key == "environment"), None)
    if environment is None:
        return {}
    chosen = checked_settings(kind, {"environment": settings.get("environment")}).get("environment")
    return {"base_url": hub_address("", chosen or str(environment.default))}


def connection_rows(workspace: Workspace, found: Iterable[Connection]) -> list[dict[str, Any]]:
    """Connections as `muster list connections` names them; of secrets only whether they are set."""
    return [_row(workspace, connection) for connection in found]


def _row(workspace: Workspace, connection: Connection) -> dict[str, Any]:
    readable = workspace.vault.known_secrets(connection)
    return {
        "id": connection.id,
        "name": connection.name,
        "kind": connection.kind.value,
        "status": connection.status.value,
        "settings": connection.settings,
        "secrets": {f.key: f.key in readable for f in connection.spec.secrets},
        "last_sync": _time(connection.last_sync),
        "last_error": connection.last_error,
    }


def _time(value: Any) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value is not None else None
