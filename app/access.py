"""Who may do what: four permissions, each including others (connections.md §2)."""

from __future__ import annotations

from enum import StrEnum

from app.errors import Forbidden
from app.i18n import _


class Permission(StrEnum):
    """A right that an operation asks for."""

    READ = "integrations.read"
    WRITE = "integrations.write"
    SYNC = "integrations.sync"
    ADMIN = "integrations.admin"


class Role(StrEnum):
    """A profile of rights."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    TECHNICIAN = "technician"
    VIEWER = "viewer"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.OPERATOR: frozenset({Permission.READ, Permission.WRITE, Permission.SYNC}),
    Role.TECHNICIAN: frozenset({Permission.READ, Permission.SYNC}),
    Role.VIEWER: frozenset({Permission.READ}),
}


def missing_permission(role: Role, needed: Permission) -> str:
    """Why `role` may not do it, in words; empty when it may."""
    if needed in GRANTS[role]:
        return ""
    return _("Your role ({role}) lacks the permission {permission}.").format(role=role, permission=needed)


def demand(role: Role, needed: Permission) -> None:
    """Refuse, naming the missing permission.

    Raises `Forbidden`.
    """
    if reason := missing_permission(role, needed):
        raise Forbidden(reason, _("Ask an administrator."))
