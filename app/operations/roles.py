"""Who may do what here: show it, take on another profile, set the administrator's passcode (connections.md §2)."""

from __future__ import annotations

import os
from dataclasses import dataclass

from app.access import GRANTS, Permission, Role
from app.errors import UsageError
from app.events import RoleChanged
from app.i18n import N_, _
from app.operations.context import RunContext
from app.operations.registry import NoParams, operation
from app.vault import environment_name

PASSCODE, NEW_PASSCODE = "passcode", "new_passcode"
"""The secrets that these operations take; from the environment as `MUSTER_SECRET_ADMINISTRATOR_PASSCODE` and so on."""

TITLES = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.OPERATOR: N_("Operator"),
    Role.TECHNICIAN: N_("Technician"),
    Role.VIEWER: N_("Viewer"),
}


@dataclass(frozen=True)
class ProfileParams:
    """The profile to take on."""

    role: Role


@dataclass(frozen=True)
class PasscodeParams:
    """The passcodes are secrets and never parameters; `remove` takes the passcode away."""

    remove: bool = False


@operation("roles.show", N_("Show the profile"), Permission.READ, NoParams, writes=False, history=False)
async def show_roles(context: RunContext, _params: NoParams) -> None:
    """The profile in force, what it may do, and whether a passcode guards the higher ones."""
    profile = context.workspace.profile
    await profile.load()
    context.result |= {
        "role": profile.role.value,
        "permissions": sorted(GRANTS[profile.role]),
        "passcode_set": profile.guarded,
        "problem": profile.problem,
        "profiles": [
            {"role": role.value, "title": _(title), "permissions": sorted(GRANTS[role])}
            for role, title in TITLES.items()
        ],
    }
    if not profile.guarded:
        context.warnings.append(_("No passcode is set, so everybody may take on every profile."))


@operation("roles.set_profile", N_("Change the profile"), Permission.READ, ProfileParams)
async def set_profile(context: RunContext, params: ProfileParams) -> None:
    """Take on a profile: a lower one freely, a higher one with the passcode where one is set.

    Raises `Forbidden` for a missing or wrong passcode.
    """
    workspace = context.workspace
    await workspace.profile.check_switch(params.role, _secret(context, PASSCODE))
    if not context.dry_run:
        await workspace.profile.switch(params.role)
        await workspace.change_settings(role=params.role)
        workspace.events.publish(RoleChanged(params.role))
    await show_roles(context, NoParams())


@operation("roles.set_passcode", N_("Set the administrator's passcode"), Permission.ADMIN, PasscodeParams)
async def set_passcode(context: RunContext, params: PasscodeParams) -> None:
    """Set, change or remove the passcode; where one is set it is asked for first.

    Raises `UsageError` without a new one, `Forbidden` for a wrong old one, `NoKeyring` without a keyring.
    """
    workspace, new = context.workspace, _secret(context, NEW_PASSCODE)
    if not params.remove and not new:
        raise UsageError(_("There is no new passcode."), _("Type it, or pipe it to standard input."))
    if context.dry_run:
        return
    old_role = workspace.role
    await workspace.profile.set_passcode("" if params.remove else new, _secret(context, PASSCODE))
    await workspace.change_settings(role=old_role, role_guarded=not params.remove)
    await show_roles(context, NoParams())


def _secret(context: RunContext, key: str) -> str:
    return context.secrets.get(key, "") or os.environ.get(environment_name("administrator", key), "")
