"""Files of contact-centre data for tests, and a connection that they are imported into."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.connections import Connection, ConnectionStatus
from app.domain.kinds import ConnectionKind
from app.operations.runner import Report
from app.store import connections
from app.workspace import Workspace
from tests.support.running import run

CONNECTION = "cc-1"
NAME = "centre"
FIRST = datetime(2026, 3, 5, 6, tzinfo=UTC)
INTERVAL_KEYS = (
    "serviceId", "groupId", "startInterval", "endInterval", "notUniqueReceived", "notUniqueTreated",
    "notUniqueMissed", "receivedCalls", "treatedCalls", "missCalls", "aht", "postProcessing",
)  # fmt: skip


async def connect_centre(workspace: Workspace, **settings: Any) -> Connection:
    """A contact centre that nobody answers at."""
    values = {"endpoint_url": "http://127.0.0.1:9/api", **settings}
    centre = Connection(CONNECTION, NAME, ConnectionKind.CONTACT_CENTER, ConnectionStatus.ACTIVE, values)
    return await workspace.store.write(connections.add_connection, centre)


def stamp(moment: datetime) -> str:
    """As the platform writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def interval(number: int = 0, **fields: Any) -> dict[str, Any]:
    """An interval of one of eight groups, a row of group history (contact-center.md §5.2)."""
    start = FIRST + timedelta(minutes=5 * (number // 8))
    usual = ("1", f"g-{number % 8}", stamp(start), stamp(start + timedelta(minutes=5)), 14, 11, 3, 12, 10, 2)
    return dict(zip(INTERVAL_KEYS, (*usual, 287_000 + number, 12_000), strict=True)) | fields


def intervals(count: int) -> list[dict[str, Any]]:
    """Rows of group history, all different."""
    return [interval(number) for number in range(count)]


def as_csv(rows: list[dict[str, Any]], delimiter: str = ",") -> str:
    """A table with the keys of the first row."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


def write(folder: Path, content: str | bytes, name: str = "data.csv") -> str:
    """A file with that content; its path."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


async def import_rows(workspace: Workspace, folder: Path, content: str | bytes, **params: Any) -> Report:
    """Import a file of group history, or of what `params` say."""
    given = {"data_type": "service_group_metrics", "file": write(folder, content), **params}
    return await run(workspace, "cc.bulk_import", NAME, params=given)


async def validate_rows(workspace: Workspace, folder: Path, content: str | bytes, **params: Any) -> Report:
    """Check a file of group history, or of what `params` say."""
    given = {"data_type": "service_group_metrics", "file": write(folder, content), **params}
    return await run(workspace, "cc.validate_data", NAME, params=given)
