"""Taking a connection away with all it ever did: its runs, what it fetched and sent, then itself (connections.md §1).

Offices, people and devices stay, as other systems know them too, and are taken over by whichever connection lists them
again; so do customers whose backup was pulled, and the audit trail.
"""

from __future__ import annotations

from app.domain.connections import Connection
from app.store import copies, pruning
from app.store.connections import remove_connection
from app.store.contact_center_rows import CONTACT_CENTER_TABLES
from app.store.onec_rows import ONEC_TABLES, OneCDepartmentRow, OneCPersonRow
from app.store.outbox_rows import OUTBOX_TABLES
from app.store.sync_logs import SyncLogFilter, count_sync_logs

_STAY = (OneCPersonRow, OneCDepartmentRow)


def has_history(connection: Connection) -> bool:
    """Whether it ever did anything but being set up and tested."""
    return count_sync_logs(SyncLogFilter(connection.name, syncs_only=True)) > 0


def count_history(connection: Connection) -> int:
    """How many runs would go."""
    return pruning.count_runs_of(connection.name)


def purge_connection(connection: Connection) -> None:
    """Take it away with its history; a run of it that is not over stays."""
    pruning.drop_runs_of(connection.name)
    if connection.kind in copies.KINDS_WITH_COPIES:
        copies.clear_copies(connection.id, connection.kind)
    for table in (*ONEC_TABLES, *CONTACT_CENTER_TABLES, *OUTBOX_TABLES):
        if table not in _STAY:
            table.delete().where(table.connection == connection.id).execute()
    remove_connection(connection.id)
