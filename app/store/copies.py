"""Local copies of what a connection fetched: how many there are, and taking them away to be fetched anew.

Only what nobody decided here counts: links, marks, plans and what was sent stay. Rows that mappings are tried on are
copies too; what the mappings say, and what values stand for, stays.
"""

from __future__ import annotations

from typing import Any

from peewee import fn

from app.domain.kinds import ConnectionKind
from app.store import contact_center_rows as center
from app.store import onec_rows as onec
from app.store.database import fetch
from app.store.mapping_rows import MappingSampleRow
from app.store.models import CustomerRow, ListingRow, PullRow

_TABLES: dict[ConnectionKind, tuple[Any, ...]] = {
    ConnectionKind.CETEC: (CustomerRow,),
    ConnectionKind.ONEC: (onec.OneCNormRow, onec.OneCTimesheetRow, onec.OneCDayRow),
    ConnectionKind.CONTACT_CENTER: (
        center.GroupIntervalRow, center.AgentStatusRow, center.AgentLoginRow, center.AgentCallRow,
        center.AgentChatDayRow, center.QueueMetricsRow, center.AgentNowRow, center.GroupNowRow,
    ),
}  # fmt: skip
KINDS_WITH_COPIES = tuple(_TABLES)


def count_copies(connection_id: str, kind: ConnectionKind) -> int:
    """How many records would go."""
    return sum(
        int(fetch(table.select(fn.COUNT(table.connection)).where(_goes(table, connection_id)))[0][0])
        for table in _tables(kind)
    )


def clear_copies(connection_id: str, kind: ConnectionKind) -> int:
    """Take them away; the next fetch compares with nothing. How many went."""
    gone = sum(int(table.delete().where(_goes(table, connection_id)).execute()) for table in _tables(kind))
    ListingRow.delete().where(ListingRow.connection == connection_id).execute()
    return gone


def _tables(kind: ConnectionKind) -> tuple[Any, ...]:
    return (*_TABLES[kind], MappingSampleRow)


def _goes(table: Any, connection_id: str) -> Any:
    """Customers whose backup was pulled stay: who pulled it, and when, would belong to nobody."""
    mine = table.connection == connection_id
    return mine & CustomerRow.key.not_in(PullRow.select(PullRow.customer)) if table is CustomerRow else mine
