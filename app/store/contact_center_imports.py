"""The imports of contact-centre data there were: read from the runs, without the long lists of what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.outcomes import RunState
from app.store.database import fetch
from app.store.models import RunRow
from app.store.values import from_json, from_time

IMPORT, UNDO = "cc.bulk_import", "cc.undo_import"


@dataclass(frozen=True, slots=True)
class PastImport:
    """One import: what, when, by whom, how it ended with which counts, and when it was taken back."""

    run_id: str
    started_at: datetime
    actor: str
    state: RunState
    file: str
    data_type: str
    summary: dict[str, Any] = field(default_factory=dict)
    taken_back_at: datetime | None = None

    @property
    def written(self) -> int:
        """How many rows it added or replaced."""
        return int(self.summary.get("created", 0)) + int(self.summary.get("updated", 0))


def past_imports(connection: str, *, limit: int = 500) -> list[PastImport]:
    """The imports of the connection of that name, the newest first."""
    r = RunRow
    columns = (r.run_id, r.started_at, r.actor, r.state, r.params, r.summary)
    rows = fetch(
        r.select(*columns)
        .where(r.operation == IMPORT, r.connection == connection)
        .order_by(r.started_at.desc())
        .limit(limit)
    )
    undone = _taken_back(connection)
    return [_past_import(row, undone) for row in rows]


def _past_import(row: tuple[Any, ...], undone: dict[str, datetime]) -> PastImport:
    run_id, started, actor, state, packed, summary = row
    params = from_json(packed, dict[str, Any]) or {}
    moment = from_time(started)
    assert moment is not None
    return PastImport(
        run_id, moment, actor, RunState(state), str(params.get("file", "")), str(params.get("data_type", "")),
        from_json(summary, dict[str, Any]) or {}, undone.get(run_id),
    )  # fmt: skip


def _taken_back(connection: str) -> dict[str, datetime]:
    """When each import was taken back last."""
    r = RunRow
    rows = fetch(
        r.select(r.params, r.started_at)
        .where(r.operation == UNDO, r.connection == connection, r.state == RunState.FINISHED.value)
        .order_by(r.started_at)
    )
    pairs = ((from_json(packed, dict[str, Any]) or {}, from_time(at)) for packed, at in rows)
    return {str(params.get("batch_id", "")): at for params, at in pairs if at is not None}
