"""The registry: every operation, declared once, from which button, form, command, check and history row are made.

@operation("offices.sync", N_("Sync offices"), Permission.SYNC, SyncParams, kinds=(ConnectionKind.VITEC,))
async def sync_offices(context: RunContext, params: SyncParams) -> None: ...
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from app.access import Permission
from app.domain.kinds import ConnectionKind
from app.errors import UsageError
from app.i18n import _

if TYPE_CHECKING:
    from app.operations.context import RunContext

FAMILIES = (
    "vitec",
    "directory",
    "pictures",
    "customers",
    "customer_marks",
    "audit",
    "history",
    "connections",
    "connection_state",
    "connection_import",
    "connection_life",
    "connection_removal",
    "connection_logs",
    "connection_copies",
    "sign_in_again",
    "mappings",
    "schedules",
    "roles",
    "settings",
    "organizations",
    "devices",
    "device_import",
    "device_test",
    "discovery",
    "photos",
    "supabase",
    "terminals",
    "contact_center.history",
    "contact_center.linking",
    "contact_center.live_limits",
    "contact_center.live_meaning",
    "contact_center.online",
    "contact_center.sending",
    "contact_center.upkeep",
    "exchange.imports",
    "exchange.exporting",
    "onec.personnel",
    "onec.hours",
    "onec.schedule",
    "onec.plan_changes",
    "onec.facts",
    "onec.worked",
    "onec.deviations",
    "onec.upkeep",
    "webhooks.endpoints",
    "webhooks.log",
    "webhooks.sending",
)
P = TypeVar("P")
Body = Callable[["RunContext", P], Awaitable[None]]


@dataclass(frozen=True)
class NoParams:
    """An operation without parameters."""


@dataclass(frozen=True)
class Operation:
    """What a person can start.

    `kinds` are the kinds of connection it works on, none for an operation on the store; `writes` says whether it can
    change anything; `history` whether a run of it is kept. `target` names what only one run may hold at a time, with
    `{connection}` standing for the connection's id; empty for none. `works_paused` lets it work on a paused connection.
    What is not `remote` asks the connection's system nothing, so how it ends says nothing about the connection.
    A run of one that `retries` can be taken up although it finished: what its journal does not confirm is tried again.
    """

    id: str
    title: str
    permission: Permission
    params: type[Any]
    body: Body[Any]
    kinds: tuple[ConnectionKind, ...] = ()
    writes: bool = True
    history: bool = True
    target: str = ""
    works_paused: bool = False
    remote: bool = True
    retries: bool = False

    @property
    def fetches(self) -> bool:
        """Whether it brings records here, so that how it ends says whether its connection works."""
        return self.permission is Permission.SYNC or (self.permission is Permission.READ and self.writes)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the parameters."""
        (schema,), components = msgspec.json.schema_components([self.params], ref_template="#/$defs/{name}")
        name = schema["$ref"].rpartition("/")[2]
        own: dict[str, Any] = components.pop(name)
        parts = {n: _closed(part) for n, part in components.items()}
        return own | {"additionalProperties": False} | ({"$defs": parts} if parts else {})

    def read_params(self, given: Mapping[str, Any]) -> Any:
        """Typed parameters from texts (command line) or values (window).

        Raises `UsageError` for an unknown name or an impossible value.
        """
        hints = get_type_hints(self.params)
        values = {name: _from_text(value, hints[name]) if name in hints else value for name, value in given.items()}
        if unknown := next(_unknown(values, self.params), None):
            name, kind = unknown
            raise UsageError(
                _("{operation} has no parameter {name}.").format(operation=self.id, name=name),
                _("Its parameters are: {names}.").format(names=", ".join(f.name for f in fields(kind)) or _("none")),
            )
        try:
            return msgspec.convert(values, self.params, strict=False)
        except msgspec.ValidationError as error:
            raise UsageError(_("{operation}: {cause}").format(operation=self.id, cause=error)) from error


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object that takes no other keys than its own."""
    return schema | {"additionalProperties": False} if "properties" in schema else schema


def _unknown(value: Any, hint: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Keys that nothing would read, also deep inside, with the class that has none of that name.

    A misspelt key that is left out in silence would send something else than what a person wrote.
    """
    parts = get_args(hint)
    if is_dataclass(hint) and isinstance(value, Mapping):
        hints, dot = _fields(cast("type", hint)), "." if where else ""
        if not value.keys() <= hints.keys():
            yield from ((f"{where}{dot}{name}", hint) for name in sorted(value.keys() - hints.keys()))
        inner = [(value[name], kind, f"{where}{dot}{name}") for name, kind in hints.items() if kind and name in value]
    elif isinstance(value, list) and get_origin(hint) in (tuple, list):
        inner = [(one, parts[0], f"{where}[{at}]") for at, one in enumerate(value)]
    elif isinstance(value, Mapping) and get_origin(hint) is dict:
        inner = [(one, parts[1], f"{where}.{name}") for name, one in value.items()]
    else:
        inner = [(value, part, where) for part in parts if get_origin(hint) in (Union, UnionType)]
    for one in inner:
        yield from _unknown(*one)


@cache
def _fields(kind: type) -> dict[str, Any]:
    """The fields of a class, with the kind of those that hold further classes, None for all others."""

    def holds_classes(hint: Any) -> bool:
        return is_dataclass(hint) or any(holds_classes(part) for part in get_args(hint))

    return {name: hint if holds_classes(hint) else None for name, hint in get_type_hints(kind).items()}


def _from_text(value: Any, hint: Any) -> Any:
    """Lists are comma-separated; objects and lists of objects are JSON (command-line.md, Parameters).

    A moment may be a day, or lack its seconds or its zone: what that means is the operation's to say.
    """
    if isinstance(value, str) and datetime in (hint, *get_args(hint)):
        with suppress(ValueError):
            return datetime.fromisoformat(value)
    if not isinstance(value, str) or not {get_origin(kind) for kind in (hint, *get_args(hint))} & {tuple, list, dict}:
        return value
    if value.lstrip().startswith(("[", "{")):
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UsageError(_("Not readable as JSON: {value}").format(value=value)) from error
    return [part.strip() for part in value.split(",") if part.strip()]


_operations: dict[str, Operation] = {}


def operation(
    id: str,  # noqa: A002 - the word of the contract
    title: str,
    permission: Permission,
    params: type[P],
    *,
    kinds: tuple[ConnectionKind, ...] = (),
    writes: bool = True,
    history: bool = True,
    target: str = "",
    works_paused: bool = False,
    remote: bool = True,
    retries: bool = False,
) -> Callable[[Body[P]], Body[P]]:
    """Register the decorated function as the body of an operation; see `Operation` for the words."""

    def register(body: Body[P]) -> Body[P]:
        _operations[id] = Operation(
            id, title, permission, params, body, kinds, writes, history, target, works_paused, remote, retries
        )
        return body

    return register


def operations() -> dict[str, Operation]:
    """All operations by id."""
    _load_families()
    return _operations


@cache
def _load_families() -> None:
    """Once: a table asks for the titles of a thousand runs."""
    for family in FAMILIES:
        importlib.import_module(f"app.operations.{family}")


def find_operation(operation_id: str) -> Operation:
    """The operation of that id.

    Raises `UsageError` when there is none.
    """
    # Only as many modules as it takes, the likeliest first: a command starts sooner.
    for family in sorted(FAMILIES, key=lambda family: not operation_id.startswith(family.partition(".")[0])):
        importlib.import_module(f"app.operations.{family}")
        if operation_id in _operations:
            return _operations[operation_id]
    raise UsageError(
        _("There is no operation {id}.").format(id=operation_id), _("See them all with: muster operations")
    )
