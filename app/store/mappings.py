"""Field mappings as stored: rules, the rows they are tried on, and values with what they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.mappings import Harvest, Rules
from app.domain.mappings.entities import VERSION
from app.domain.mappings.mapper import MOST_SAMPLES
from app.domain.mappings.registers import Registers, registers_of
from app.store.database import fetch, put_rows
from app.store.id_registers import id_registers
from app.store.listings import forget_listings
from app.store.mapping_rows import MAPPING_TABLES, MappingRow, MappingSampleRow, MappingValueRow
from app.store.values import from_json, from_time, now, to_json, to_time

Row = Mapping[str, Any]
_MOST_RECORDS_CHARS = 500_000


@dataclass(frozen=True, slots=True)
class KeptRules:
    """The rules of one entity, who made them and when."""

    rules: Rules
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True, slots=True)
class Samples:
    """Rows of one entity as they came last, and when that was."""

    rows: tuple[Row, ...] = ()
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenValue:
    """A value of a value table: how often it came last, and what it stands for (empty: nobody said)."""

    value: str
    count: int
    target: str = ""


def rules(connection_id: str) -> dict[str, KeptRules]:
    """What a person said of the entities of a connection."""
    m = MappingRow
    query = m.select(m.entity, m.rules, m.changed_at, m.changed_by).where(m.connection == connection_id)
    return {
        entity: KeptRules(from_json(text, Rules) or (), from_time(changed_at), changed_by)
        for entity, text, changed_at, changed_by in fetch(query)
    }


def in_use(connection_id: str) -> tuple[dict[str, Rules], dict[str, dict[str, str]], Registers]:
    """What a mapper works with: rules by entity, what values stand for by value table, and registers of ids."""
    v = MappingValueRow
    said: dict[str, dict[str, str]] = {}
    query = v.select(v.value_table, v.value, v.target).where(v.connection == connection_id, v.target != "")
    for table, value, target in fetch(query):
        said.setdefault(table, {})[value] = target
    own = {entity: kept.rules for entity, kept in rules(connection_id).items()}
    return own, said, id_registers(registers_of(own.values()))


def keep_rules(connection_id: str, entity: str, wanted: Rules, actor: str) -> None:
    """Keep the rules of one entity; none is the default. Lists that were read otherwise are read again."""
    m = MappingRow
    if wanted:
        put_rows(m, [(connection_id, entity, to_json(wanted), VERSION, to_time(now()), actor)])
    else:
        m.delete().where(m.connection == connection_id, m.entity == entity).execute()
    forget_listings()


def samples(connection_id: str, entity: str) -> Samples:
    """The rows of one entity as they came last."""
    s = MappingSampleRow
    found = fetch(s.select(s.records, s.taken_at).where(s.connection == connection_id, s.entity == entity))
    if not found:
        return Samples()
    records, taken_at = found[0]
    return Samples(tuple(from_json(records, list[dict[str, Any]]) or ()), from_time(taken_at))


def seen_values(connection_id: str, table: str) -> list[SeenValue]:
    """The values of a value table, the most frequent first."""
    v = MappingValueRow
    query = v.select(v.value, v.count, v.target).where(v.connection == connection_id, v.value_table == table)
    return [SeenValue(*row) for row in fetch(query.order_by(v.count.desc(), v.value))]


def say_value(connection_id: str, table: str, value: str, target: str) -> None:
    """Keep what a value stands for; empty forgets it. Lists that were read otherwise are read again."""
    known = {one.value: one.count for one in seen_values(connection_id, table)}
    put_rows(MappingValueRow, [(connection_id, table, value, known.get(value, 0), target)])
    forget_listings()


def keep_harvest(connection_id: str, harvest: Harvest) -> None:
    """Keep what a run saw. A run that saw only a few rows leaves earlier ones beside them."""
    moment = to_time(now())
    for entity, fresh in harvest.samples.items():
        if not fresh:
            continue
        earlier = samples(connection_id, entity).rows if len(fresh) < MOST_SAMPLES else ()
        records = _fitting([*fresh, *(row for row in earlier if row not in fresh)][:MOST_SAMPLES])
        put_rows(MappingSampleRow, [(connection_id, entity, moment, records)])
    for table, counts in harvest.values.items():
        said = {one.value: one.target for one in seen_values(connection_id, table)}
        kept = [(connection_id, table, value, 0, target) for value, target in said.items() if target]
        v = MappingValueRow
        v.delete().where(v.connection == connection_id, v.value_table == table).execute()
        put_rows(v, kept)
        put_rows(v, [(connection_id, table, value, n, said.get(value, "")) for value, n in counts.items()])


def forget_mappings(connection_id: str) -> None:
    """Forget everything of a connection that goes."""
    for table in MAPPING_TABLES:
        table.delete().where(table.connection == connection_id).execute()


def _fitting(rows: Sequence[Row]) -> str:
    """As many rows as have room, as JSON."""
    text = to_json(rows)
    while len(text) > _MOST_RECORDS_CHARS and len(rows) > 1:
        rows = rows[: len(rows) // 2]
        text = to_json(rows)
    return text
