"""Every operation under every profile, through the registry and on the command line (connections.md §2, §16.8)."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from app.access import GRANTS, Permission, Role
from app.errors import ExitCode, Forbidden, UsageError
from app.events import RoleChanged
from app.operations.registry import operations
from app.operations.runner import Request
from app.workspace import Workspace
from tests.support.command import QuickMuster
from tests.support.running import run

MATRIX: Mapping[Role, set[str]] = {
    Role.ADMINISTRATOR: {"integrations.read", "integrations.write", "integrations.sync", "integrations.admin"},
    Role.OPERATOR: {"integrations.read", "integrations.write", "integrations.sync"},
    Role.TECHNICIAN: {"integrations.read", "integrations.sync"},
    Role.VIEWER: {"integrations.read"},
}
NOWHERE = {"no such parameter": "1"}
"""What every operation refuses, right after it asked for the permission: nothing is ever run here."""
CODE = "correct horse"


def test_the_profiles_have_the_rights_of_the_reference() -> None:
    assert {role: set(rights) for role, rights in GRANTS.items()} == MATRIX


def test_every_operation_asks_for_one_of_the_four_permissions() -> None:
    assert {type(o.permission) for o in operations().values()} == {Permission}


@pytest.mark.parametrize("role", Role)
async def test_the_matrix_through_the_registry(workspace: Workspace, role: Role) -> None:
    workspace.settings_file.change(role=role)
    for found in operations().values():
        refusal = UsageError if found.permission in MATRIX[role] else Forbidden
        with pytest.raises(refusal) as told:
            await workspace.runner.start(Request(found.id, params=NOWHERE))
        if refusal is Forbidden:
            assert told.value.message == f"Your role ({role}) lacks the permission {found.permission}."
        else:
            assert "has no parameter no such parameter" in told.value.message


@pytest.mark.parametrize("role", Role)
def test_the_matrix_on_the_command_line(quick: QuickMuster, role: Role) -> None:
    (quick.home / "settings.json").parent.mkdir(parents=True, exist_ok=True)
    (quick.home / "settings.json").write_text(json.dumps({"role": role}))
    for found in operations().values():
        ran = quick("run", found.id, "--set", "no such parameter=1", "--json")
        if found.permission in MATRIX[role]:
            assert ran.code == ExitCode.USAGE, (found.id, ran)
        else:
            assert (ran.code, ran.json["error"]["kind"]) == (5, "forbidden"), (found.id, ran)
            assert found.permission in ran.json["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "permission"),
    [
        (("connections", "add", "x", "--kind", "vitec"), "integrations.admin"),
        (("devices", "add", "x", "--host", "10.0.0.1"), "integrations.write"),
        (("schedule", "add", "terminals.push_all"), "integrations.write"),
        (("roles", "set-passcode"), "integrations.admin"),
    ],
)
def test_commands_with_names_of_their_own_ask_as_well(
    quick: QuickMuster, arguments: tuple[str, ...], permission: str
) -> None:
    assert quick("roles", "set-profile", "viewer").code == 0
    ran = quick(*arguments, "--json", stdin="secret code\n")
    assert (ran.code, ran.json["error"]["kind"]) == (5, "forbidden")
    assert permission in ran.json["error"]["message"]


async def test_nobody_schedules_what_they_may_not_run(workspace: Workspace) -> None:
    workspace.settings_file.change(role=Role.OPERATOR)
    report = await run(workspace, "schedules.create", params={"operation": "connections.import_env"})
    assert isinstance(report.error, Forbidden)
    assert "integrations.admin" in report.error.message


class TestSwitching:
    async def test_without_a_passcode_it_is_free_and_says_so(self, workspace: Workspace) -> None:
        heard: list[RoleChanged] = []
        workspace.events.subscribe(RoleChanged, heard.append)
        report = await run(workspace, "roles.set_profile", params={"role": "viewer"})
        assert report.run.warnings == ("No passcode is set, so everybody may take on every profile.",)
        assert (workspace.role, [event.role for event in heard]) == (Role.VIEWER, [Role.VIEWER])
        assert (await run(workspace, "roles.set_profile", params={"role": "administrator"})).exit_code == 0

    async def test_with_one_going_up_needs_it(self, workspace: Workspace) -> None:
        assert (await run(workspace, "roles.set_passcode", secrets={"new_passcode": CODE})).exit_code == 0
        assert (await run(workspace, "roles.set_profile", params={"role": "viewer"})).exit_code == 0
        refused = await run(workspace, "roles.set_profile", params={"role": "operator"}, secrets={"passcode": "wrong"})
        assert (refused.exit_code, workspace.role) == (5, Role.VIEWER)
        with pytest.raises(Forbidden):
            await run(workspace, "roles.set_passcode", params={"remove": True}, secrets={"passcode": CODE})
        up = await run(workspace, "roles.set_profile", params={"role": "administrator"}, secrets={"passcode": CODE})
        assert (up.exit_code, workspace.role) == (0, Role.ADMINISTRATOR)
        removed = await run(workspace, "roles.set_passcode", params={"remove": True}, secrets={"passcode": CODE})
        assert isinstance(removed.run.result, dict)
        assert removed.run.result["passcode_set"] is False

    def test_on_the_command_line_it_is_piped_and_never_an_argument(self, quick: QuickMuster) -> None:
        assert quick("roles", "set-passcode", "--json", stdin=f"{CODE}\n").json["passcode_set"] is True
        assert quick("roles", "set-profile", "technician").code == 0
        settings = quick.home / "settings.json"
        settings.write_text(settings.read_text().replace("technician", "administrator").replace("true", "false"))
        assert quick("run", "connections.create", "--json").json["error"]["kind"] == "forbidden"
        assert quick("roles", "set-profile", "administrator", "--json", stdin="wrong\n").code == 5
        assert quick("roles", "show", "--json").json["role"] == "technician"
        given = {"MUSTER_SECRET_ADMINISTRATOR_PASSCODE": CODE}
        assert quick("roles", "set-profile", "administrator", "--json", env=given).json["role"] == "administrator"
        assert CODE not in (quick.home / "logs" / "muster.log").read_text()

    def test_an_unknown_profile_is_a_usage_error(self, quick: QuickMuster) -> None:
        ran = quick("roles", "set-profile", "emperor", "--json")
        assert (ran.code, ran.json["error"]["message"]) == (2, "There is no profile emperor.")
