"""Taking over settings from a `.env` file of an earlier installation (command-line.md, `import-env`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.access import Permission
from app.domain.kinds import KINDS, ConnectionKind, FieldSpec
from app.domain.kinds.supabase import AuthMode
from app.errors import UsageError
from app.i18n import N_, _
from app.operations.connections import CreateParams, Scalar, UpdateParams, create_connection, update_connection
from app.operations.context import RunContext
from app.operations.registry import operation
from app.operations.source_files import unread
from app.store import connections as stored


@dataclass(frozen=True)
class ImportParams:
    """The `.env` file to read."""

    file: str


@operation("connections.import_env", N_("Import settings from a .env file"), Permission.ADMIN, ImportParams)
async def import_env(context: RunContext, params: ImportParams) -> None:
    """Make or update one connection per kind found in the file, named after its kind (command-line.md)."""
    values = _read_env(Path(params.file))
    made: list[dict[str, Any]] = []
    for spec in KINDS.values():
        found = {f.key: value for f in spec.fields for name in reversed(f.env) if (value := values.get(name))}
        if not found:
            continue
        secrets = {k: v for k, v in found.items() if k in {f.key for f in spec.secrets}}
        settings: dict[str, Scalar] = {k: v for k, v in found.items() if k not in secrets}
        if spec.kind is ConnectionKind.CETEC and values.get("MYSQL_USER"):
            settings["backups"] = ConnectionKind.MYSQL.value  # the connection that this very file gives
        made.append(await _import_one(context, spec.kind, settings, secrets))
    if not made:
        names = ", ".join(name for spec in KINDS.values() for f in spec.fields for name in f.env)
        raise UsageError(
            _("The file holds no settings that Muster knows."), _("It looks for: {names}.").format(names=names)
        )
    context.result["connections"] = made
    if exposed := [f.env[0] for spec in KINDS.values() for f in spec.secrets if _was_in_a_browser(f, values)]:
        text = _("{name} was part of a web page, where anybody could read it: consider a new one.")
        context.warnings += [text.format(name=name) for name in exposed]


async def _import_one(
    context: RunContext, kind: ConnectionKind, settings: dict[str, Scalar], secrets: dict[str, str]
) -> dict[str, Any]:
    known = await context.workspace.store.read(stored.find_connection, kind.value)
    part = replace(context, secrets=secrets, connection=known, result={})
    if known is None:
        mode = _sign_in_mode(kind, {**settings, **secrets})
        await create_connection(part, CreateParams(kind.value, kind, settings | mode))
    else:
        await update_connection(part, UpdateParams(settings))
    return part.result


def _was_in_a_browser(spec: FieldSpec, values: Mapping[str, str | None]) -> bool:
    """Names that begin with VITE_ were compiled into the former web client (cetec-mysql.md §1.1)."""
    return any(name.startswith("VITE_") and values.get(name) for name in spec.env)


def _sign_in_mode(kind: ConnectionKind, found: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """A file with a service key and no user means the service key; no variable of its own says so (supabase.md §1)."""
    if kind is ConnectionKind.SUPABASE and "service_key" in found and not {"email", "password"} & set(found):
        return {"auth_mode": AuthMode.SERVICE_KEY.value}
    return {}


def _read_env(path: Path) -> Mapping[str, str | None]:
    from dotenv import dotenv_values

    try:
        with path.open(encoding="utf-8-sig") as file:
            return dotenv_values(stream=file, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise unread(path, error, _("Save it as UTF-8 text.")) from error
