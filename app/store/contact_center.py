"""What contact centres said, stored without doubles: rows go in by their key, and out again by the run of them.

A row that is there already is skipped or replaced, and all three are counted. Rows come laid out as
`app.domain.exchange.rows.COLUMNS` says, each ending with what its source said beyond the columns, as JSON or None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import peewee

from app.domain.exchange.rows import COLUMNS, KEYS, Row
from app.domain.exchange.shapes import DataType
from app.store.base import BaseModel, database_proxy
from app.store.contact_center_rows import (
    AgentCallRow,
    AgentChatDayRow,
    AgentLoginRow,
    AgentRow,
    AgentStatusRow,
    GroupIntervalRow,
    GroupRow,
    QueueMetricsRow,
)
from app.store.database import fetch

T = TypeVar("T")
HISTORY: dict[DataType, type[BaseModel]] = {
    DataType.GROUP_METRICS: GroupIntervalRow,
    DataType.STATUS: AgentStatusRow,
    DataType.LOGIN: AgentLoginRow,
    DataType.CALLS: AgentCallRow,
    DataType.CHAT_TIME: AgentChatDayRow,
    DataType.QUEUE_METRICS: QueueMetricsRow,
}
_SLICE_ROWS = 500
# What a database or its driver says of a value that it cannot hold, as opposed to a bad day of its own.
_REFUSALS = (peewee.DataError, peewee.IntegrityError, peewee.InterfaceError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of rows; `refused` are places in the list of those that the database cannot hold, with its words."""

    inserted: int = 0
    replaced: int = 0
    skipped: int = 0
    refused: tuple[tuple[int, str], ...] = ()

    def __add__(self, other: Stored) -> Stored:
        return Stored(
            self.inserted + other.inserted,
            self.replaced + other.replaced,
            self.skipped + other.skipped,
            self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whose rows they are, which run brings them, and whether what is there already gives way to them."""

    data_type: DataType
    connection: str
    batch_id: str
    replace: bool = False


def store_rows(delivery: Delivery, rows: Sequence[Row]) -> Stored:
    """Store rows inside the caller's transaction; one that the database refuses costs no other."""
    whole = [(delivery.connection, *row[:-1], delivery.batch_id, row[-1]) for row in rows]
    return _store(delivery, whole, 0)


def _store(delivery: Delivery, rows: Sequence[Row], first: int) -> Stored:
    """Store all or, where the database refuses, each half by itself, down to the single rows it means."""
    try:
        with database_proxy.atomic():
            return _upsert(delivery, rows)
    except _REFUSALS as error:
        if len(rows) == 1:
            return Stored(refused=((first, str(error)),))
    half = len(rows) // 2
    return _store(delivery, rows[:half], first) + _store(delivery, rows[half:], first + half)


def _upsert(delivery: Delivery, rows: Sequence[Row]) -> Stored:
    inserted = _execute(_insert(delivery.data_type) + "NOTHING", rows)
    if inserted == len(rows) or not delivery.replace:
        return Stored(inserted, 0, len(rows) - inserted)
    replaced = _execute(_insert(delivery.data_type) + _update(delivery.data_type), rows)
    return Stored(inserted, replaced, len(rows) - inserted - replaced)


def _execute(sql: str, rows: Sequence[Row]) -> int:
    cursor = database_proxy.cursor()
    count = 0
    for start in range(0, len(rows), _SLICE_ROWS):
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # a cursor of the driver's own raises the driver's own errors
            cursor.executemany(sql, rows[start : start + _SLICE_ROWS])
            count += cursor.rowcount
    return count


def _insert(data_type: DataType) -> str:
    columns = ("connection", *COLUMNS[data_type], "batch_id", "extra")
    marks = ", ".join([database_proxy.param] * len(columns))
    key = ", ".join(columns[: KEYS[data_type] + 1])
    return f"INSERT INTO {_name(data_type)} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT ({key}) DO "


def _update(data_type: DataType) -> str:
    """Rows that are the same already stay what they are, of the run that brought them."""
    columns = (*COLUMNS[data_type][KEYS[data_type] :], "extra")
    name = _name(data_type)
    assignments = ", ".join(f"{c} = excluded.{c}" for c in (*columns, "batch_id"))
    is_not = "IS NOT" if isinstance(database_proxy.obj, peewee.SqliteDatabase) else "IS DISTINCT FROM"
    differing = " OR ".join(f"{name}.{c} {is_not} excluded.{c}" for c in columns)
    return f"UPDATE SET {assignments} WHERE {differing}"


def _name(data_type: DataType) -> str:
    return str(HISTORY[data_type]._meta.table_name)


def count_batch(connection_id: str, batch_id: str) -> int:
    """How many rows of that run are there."""
    return sum(
        table.select().where(table.connection == connection_id, table.batch_id == batch_id).count()
        for table in _tables()
    )


def delete_batch(connection_id: str, batch_id: str) -> int:
    """Forget what one run brought; returns how many rows that were."""
    return sum(
        int(table.delete().where(table.connection == connection_id, table.batch_id == batch_id).execute())
        for table in _tables()
    )


def _tables() -> list[Any]:
    return list(HISTORY.values())


def known_ids(connection_id: str) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of all groups and of all agents that the contact centre named; none before it was asked."""
    groups = fetch(GroupRow.select(GroupRow.group_id).where(GroupRow.connection == connection_id))
    agents = fetch(AgentRow.select(AgentRow.agent_id).where(AgentRow.connection == connection_id))
    return frozenset(i for (i,) in groups), frozenset(i for (i,) in agents)


def without_keeping(work: Callable[[], T]) -> T:
    """Do the work inside the caller's transaction and take it back; what it found out is returned."""
    with database_proxy.atomic() as transaction:
        found = work()
        transaction.rollback()
    return found
