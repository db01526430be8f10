"""Organisations: list them, add one, name one's own, choose which is opened (connections.md §3)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from app.access import Permission
from app.domain.audit import AuditKind, AuditNote
from app.domain.organizations import Organization, checked_name
from app.events import OrganizationChosen
from app.i18n import N_
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.store import organizations as stored


@dataclass(frozen=True)
class NameParams:
    """The name of an organisation; `default` stands for the first one."""

    name: str


@operation("organizations.list", N_("List organizations"), Permission.READ, NoParams, writes=False, history=False)
async def list_organizations(context: RunContext, _params: NoParams) -> None:
    """All organisations with a database that can be opened here; `current` is the one that is open."""
    workspace = context.workspace
    found = await asyncio.to_thread(stored.organizations, workspace.home, workspace.database_url)
    context.result["organizations"] = [_row(context, organization) for organization in found]


@operation("organizations.add", N_("Add an organization"), Permission.ADMIN, NameParams)
async def add_organization(context: RunContext, params: NameParams) -> None:
    """Make an empty database for an organisation; nothing of this one is in it."""
    workspace = context.workspace
    checked_name(params.name)
    if context.dry_run:
        return
    made = await asyncio.to_thread(stored.add_organization, workspace.home, workspace.database_url, params.name)
    about = (context.run.operation, made.name, made.key)
    note = AuditNote(AuditKind.SETTING_CHANGED, *about, after={"name": made.name}, run_id=context.run.run_id)
    await workspace.store.write(context.note, note)
    context.result |= _row(context, made)


@operation("organizations.rename", N_("Name this organization"), Permission.ADMIN, NameParams)
async def rename_organization(context: RunContext, params: NameParams) -> None:
    """Give the organisation that is open another name, which its exports carry from then on."""
    workspace = context.workspace
    checked_name(params.name)
    if context.dry_run:
        return
    own = workspace.organization.key
    await asyncio.to_thread(stored.refuse_taken, workspace.home, workspace.database_url, params.name, own)
    before = workspace.organization.name

    def rename() -> Organization:
        renamed = stored.rename_own(workspace.store, params.name)
        was, is_now = {"name": before}, {"name": renamed.name}
        about = (context.run.operation, renamed.name, renamed.key)
        context.note(AuditNote(AuditKind.SETTING_CHANGED, *about, was, is_now, run_id=context.run.run_id))
        return renamed

    workspace.organization = await workspace.store.write(rename)
    context.result |= _row(context, workspace.organization)


@operation("organizations.switch", N_("Switch to an organization"), Permission.READ, NameParams)
async def switch_organization(context: RunContext, params: NameParams) -> None:
    """Choose which organisation is opened from now on; a window closes this one and opens that one."""
    workspace = context.workspace
    found = await asyncio.to_thread(stored.find_organization, workspace.home, workspace.database_url, params.name)
    if not context.dry_run:
        await workspace.change_settings(organization=found.key)
        workspace.events.publish(OrganizationChosen(found))
    context.result |= _row(context, found)
    context.result["current"] |= not context.dry_run


def _row(context: RunContext, organization: Organization) -> dict[str, Any]:
    current = organization.key == context.workspace.organization.key
    return {"key": organization.key, "name": organization.name, "current": current}
