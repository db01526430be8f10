"""The audit trail as tests look at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.audit import AuditEntry, AuditKind
from app.store import audit
from app.store.audit_rows import AuditRow
from app.store.database import fetch
from app.workspace import Workspace


async def entries(workspace: Workspace, *kinds: AuditKind) -> list[AuditEntry]:
    """Entries of these kinds, or all, oldest first."""
    rows: Sequence[Any] = await workspace.store.read(lambda: fetch(AuditRow.select().order_by(AuditRow.seq)))
    return [entry for entry in map(audit.entry_of, rows) if not kinds or entry.kind in kinds]


async def changes(workspace: Workspace, family: str) -> list[AuditEntry]:
    """What operations of a family changed, oldest first."""
    found = await entries(workspace, AuditKind.SETTING_CHANGED, AuditKind.SECRET_CHANGED)
    return [entry for entry in found if entry.operation.startswith(family)]
