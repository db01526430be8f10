"""Field mappings of a connection: show, try, change, reset; say what a value stands for (connections.md §1, §9).

A change is tried on the rows that came last before it is kept, through the code of a real run. One that would take a
required field's value away is refused, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import msgspec

from app.access import Permission
from app.domain.audit import AuditKind, AuditNote
from app.domain.connections import ConnectionStatus, checked_settings
from app.domain.kinds import ConnectionKind
from app.domain.mappings import (
    ENTITIES,
    VALUE_TABLES,
    Entity,
    Mapper,
    Rule,
    Rules,
    Trial,
    check_rules,
    find_entity,
    find_table,
    try_rules,
)
from app.domain.mappings.entities import plain_key
from app.domain.mappings.mapper import MOST_VALUE_CHARS
from app.domain.mappings.registers import registers_of
from app.domain.mappings.value_tables import POSITION_TYPES, TIME_TYPES
from app.errors import Held, UsageError
from app.events import ConnectionsChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.mapping_rows import entity_row, plain_rules, trial_row, views_of
from app.operations.mapping_values import keep_status, time_type_setting, unmapped_values
from app.operations.registry import NoParams, operation
from app.store import connections as stored_connections
from app.store import mappings as stored
from app.store.id_registers import id_registers
from app.store.values import now

MAPPED = tuple(ENTITIES)


@dataclass(frozen=True)
class RulesParams:
    """An entity and all its rules; a key without one is read from the key of the same name."""

    entity: str
    rows: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class EntityParams:
    """An entity of the connection."""

    entity: str


@dataclass(frozen=True)
class ValueParams:
    """A value of the source and the id of ours that it stands for; empty forgets what was said."""

    value: Annotated[str, msgspec.Meta(max_length=MOST_VALUE_CHARS)]
    target: str = ""


@operation(
    "connections.mappings", N_("Show the field mappings of a connection"), Permission.READ, NoParams,
    kinds=MAPPED, writes=False, history=False, remote=False, works_paused=True,
)  # fmt: skip
async def show_mappings(context: RunContext, _params: NoParams) -> None:
    """Every entity with its rows, live sample values, and values that nobody mapped, with counts."""
    connection = context.own_connection
    views = await context.workspace.store.read(views_of, connection.id, ENTITIES[connection.kind])
    context.found = views
    context.result["connection"] = connection.name
    context.result["entities"] = [entity_row(view) for view in views]
    context.result["values"] = await unmapped_values(context)


@operation(
    "mappings.try", N_("Try a field mapping on the last records"), Permission.READ, RulesParams,
    kinds=MAPPED, writes=False, history=False, remote=False, works_paused=True,
)  # fmt: skip
async def try_mapping(context: RunContext, params: RulesParams) -> None:
    """Say what rules would change in the rows that came last, field by field; nothing is kept."""
    trial = await _trial(context, params)
    context.found = trial
    context.result |= trial_row(find_entity(context.own_connection.kind, params.entity), trial)


@operation(
    "mappings.update", N_("Change a field mapping"), Permission.WRITE, RulesParams,
    kinds=MAPPED, remote=False, works_paused=True,
)  # fmt: skip
async def update_mapping(context: RunContext, params: RulesParams) -> None:
    """Keep rules after they were tried.

    Raises `UsageError` for rules that cannot be, `Held` when there is nothing to try them on, or when they would take
    a required field's value away, make several records one, or let no record through.
    """
    await _keep(context, params)


@operation(
    "mappings.reset", N_("Reset a field mapping"), Permission.WRITE, EntityParams,
    kinds=MAPPED, remote=False, works_paused=True,
)  # fmt: skip
async def reset_mapping(context: RunContext, params: EntityParams) -> None:
    """Read every key from the key of the same name again."""
    await _keep(context, RulesParams(params.entity))


@operation(
    "mappings.map_value", N_("Say what a value stands for"), Permission.WRITE, ValueParams,
    kinds=tuple(VALUE_TABLES), remote=False, works_paused=True,
)  # fmt: skip
async def map_value(context: RunContext, params: ValueParams) -> None:
    """Keep what a position type, a code of working time or a status stands for; readers use it from then on."""
    connection = context.own_connection
    table = find_table(connection.kind)
    value = params.value.strip()
    if not value:
        raise UsageError(_("Name the value of the source."))
    target = table.check(params.target)
    before = {one["value"]: one["target"] for one in await unmapped_values(context, mapped=True)}.get(value, "")
    note = _note(context, f"{table.id}.{value}", before, target)
    context.summary |= {"total": 1, "updated": int(before != target)}
    if context.dry_run or before == target:
        return
    if table.id == POSITION_TYPES:
        await _write(context, note, lambda: stored.say_value(connection.id, table.id, value, target))
    elif table.id == TIME_TYPES:
        setting = time_type_setting(connection, value, target)
        settings = checked_settings(connection.kind, {**connection.settings, "time_type_map": setting})
        changed = replace(connection, settings=settings)
        await _write(context, note, lambda: stored_connections.change_connection(changed))
    else:
        await _write(context, note, lambda: keep_status(connection.id, value, target))


async def _keep(context: RunContext, params: RulesParams) -> None:
    connection = context.own_connection
    entity = find_entity(connection.kind, params.entity)
    rules = check_rules(entity, params.rows)
    before = await context.workspace.store.read(_kept, connection.id, entity.id)
    context.summary |= {"total": len(entity.fields), "updated": int(before != rules)}
    if before == rules:
        return
    trial = await _trial(context, params)
    context.result |= trial_row(entity, trial)
    if rules:  # what is shipped can always be gone back to (§9)
        _refuse(entity, trial)
    if context.dry_run:
        return
    note = _note(context, entity.id, plain_rules(before), plain_rules(rules))
    await _write(context, note, lambda: stored.keep_rules(connection.id, entity.id, rules, context.run.actor))


def _refuse(entity: Entity, trial: Trial) -> None:
    if not trial.records:
        raise Held(
            _("There is no record yet to try this mapping on."),
            _("Fetch data from this connection once, then try again."),
        )
    if objection := trial.objection(entity):
        raise Held(objection.message, objection.remedy)


async def _trial(context: RunContext, params: RulesParams) -> Trial:
    connection = context.own_connection
    entity = find_entity(connection.kind, params.entity)
    tried = check_rules(entity, params.rows)
    kept = await context.workspace.store.read(_kept, connection.id, entity.id)
    registers = await context.workspace.store.read(id_registers, registers_of((kept, tried)))
    return try_rules(entity, await _rows_to_try_on(context, entity, tried), kept, tried, now(), registers)


async def _rows_to_try_on(context: RunContext, entity: Entity, tried: Rules) -> Sequence[Mapping[str, Any]]:
    """The rows that came last; where a source sends only columns that are asked for, and one is new, fresh ones."""
    connection = context.own_connection
    rows = (await context.workspace.store.read(stored.samples, connection.id, entity.id)).rows
    named = {source for rule in tried if rule.active for source in rule.sources}
    if connection.kind is not ConnectionKind.SUPABASE or connection.status is ConnectionStatus.INACTIVE:
        return rows
    if rows and all(any(plain_key(key) == plain_key(name) for key in rows[0]) for name in named):
        return rows
    client = await context.workspace.links.supabase(connection)
    return await client.sample(entity.id, Mapper({entity.id: tried}))


def _kept(connection_id: str, entity_id: str) -> Rules:
    found = stored.rules(connection_id).get(entity_id)
    return found.rules if found is not None else ()


async def _write(context: RunContext, note: AuditNote, work: Callable[[], object]) -> None:
    def write() -> None:
        work()
        context.note(note)

    await context.workspace.store.write(write)
    context.workspace.events.publish(ConnectionsChanged())


def _note(context: RunContext, what: str, before: Any, after: Any) -> AuditNote:
    connection = context.own_connection
    about = (context.run.operation, connection.name, connection.id)
    key = f"mapping.{what}"
    return AuditNote(
        AuditKind.SETTING_CHANGED, *about, before={key: before}, after={key: after}, run_id=context.run.run_id
    )
