"""Values of a source that nobody mapped yet, with counts, and where what a person says of one is kept (§9)."""

from __future__ import annotations

from typing import Any

import msgspec

from app.domain.connections import Connection
from app.domain.mappings import VALUE_TABLES
from app.domain.mappings.value_tables import POSITION_TYPES, TIME_TYPES
from app.domain.onec_time_types import DEFAULT_TIME_TYPES, TimeType, normalised, time_types
from app.i18n import _
from app.operations.context import RunContext
from app.store import contact_center_now
from app.store import mappings as stored
from app.store.contact_center_now import StatusMeaning
from app.store.mappings import SeenValue

_WORK = "work"


async def unmapped_values(context: RunContext, *, mapped: bool = False) -> list[dict[str, Any]]:
    """The values that nobody said anything of, the most frequent first; `mapped` lists the others too."""
    connection = context.own_connection
    table = VALUE_TABLES.get(connection.kind)
    if table is None:
        return []
    found = await context.workspace.store.read(_seen, connection)
    return [
        {
            "table": table.id,
            "title": _(table.title),
            "value": one.value,
            "count": one.count,
            "target": one.target,
            "choices": [{"id": choice.id, "title": _(choice.title)} for choice in table.choices],
        }
        for one in found
        if mapped or not one.target
    ]


def _seen(connection: Connection) -> list[SeenValue]:
    """The values of a connection with what they stand for, wherever that is kept."""
    table = VALUE_TABLES[connection.kind].id
    seen = stored.seen_values(connection.id, table)
    if table == POSITION_TYPES:
        return seen
    if table == TIME_TYPES:
        known = time_types(connection.setting("time_type_map") or "")
        codes = {one.value: normalised(one.value) for one in seen}
        return [SeenValue(one.value, one.count, code if (code := codes[one.value]) in known else "") for one in seen]
    meanings = {one.state_code: one for one in contact_center_now.meanings(connection.id)}
    counts = dict.fromkeys(meanings, 0) | {one.value: one.count for one in seen}
    unsaid = StatusMeaning("", "")
    said = [SeenValue(code, count, meanings.get(code, unsaid).meaning) for code, count in counts.items()]
    return sorted(said, key=lambda one: (-one.count, one.value))


def time_type_setting(connection: Connection, code: str, like: str) -> str:
    """The setting `time_type_map` with a code that counts like one of the form, or without what it said of it."""
    own = msgspec.json.decode(connection.setting("time_type_map") or "[]", type=list[TimeType])
    rows = [row for row in own if normalised(row.code) != normalised(code)]
    model = next((row for row in DEFAULT_TIME_TYPES if row.code == like), None)
    if model is not None:
        rows.append(TimeType(normalised(code), _(model.title), model.group, model.worked))
    return msgspec.json.encode(rows).decode() if rows else ""


def keep_status(connection_id: str, code: str, meaning: str) -> None:
    """Keep what a status counts as, where the live numbers look for it."""
    known = {one.state_code: one.state_name for one in contact_center_now.meanings(connection_id)}
    said = StatusMeaning(code, known.get(code, code), meaning, meaning == _WORK)
    contact_center_now.set_meaning(connection_id, said)
