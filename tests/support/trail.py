"""The audit trail as tests look at it."""

from __future__ import annotations

from app.domain.audit import AuditEntry, AuditKind
from app.store import audit_entries
from app.store.audit_rows import AuditRow
from app.workspace import Workspace


async def entries(workspace: Workspace, *kinds: AuditKind) -> list[AuditEntry]:
    """Entries of these kinds, or all, oldest first."""
    found = await workspace.store.read(lambda: list(audit_entries.entries(AuditRow.select().order_by(AuditRow.seq))))
    return [entry for entry in found if not kinds or entry.kind in kinds]


async def changes(workspace: Workspace, family: str) -> list[AuditEntry]:
    """What operations of a family changed, oldest first."""
    found = await entries(workspace, AuditKind.SETTING_CHANGED, AuditKind.SECRET_CHANGED)
    return [entry for entry in found if entry.operation.startswith(family)]
