"""What Muster writes into its audit trail by itself: runs, refusals, changes of settings, looks at a secret."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest

from app.access import Role
from app.domain.audit import AuditKind, Via
from app.domain.outcomes import RunState, Trigger
from app.errors import Forbidden, MusterError
from app.operations.runner import Report, Request
from app.places import Home
from app.settings import Theme
from app.store import runs
from app.store.models import RunRow
from app.store.values import to_json
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.trail import entries

MARKER = "planted-marker-9731"
VITEC = {"base_url": "http://127.0.0.1:9", "installation_id": "M1", "product_login": "p"}


async def run(workspace: Workspace, operation: str, connection: str = "", **rest: Any) -> Report:
    handle = await workspace.runner.start(Request(operation, connection, **rest))
    return await handle.report()


async def add_vitec(workspace: Workspace) -> Report:
    params = {"name": "vitec", "kind": "vitec", "settings": VITEC}
    return await run(workspace, "connections.create", params=params, secrets={"access_key": MARKER})


class TestRuns:
    async def test_a_run_is_recorded_when_it_begins_and_when_it_ends(self, workspace: Workspace) -> None:
        report = await add_vitec(workspace)
        begun, ended = await entries(workspace, AuditKind.RUN_STARTED, AuditKind.RUN_ENDED)
        assert begun.run_id == ended.run_id == report.run.run_id
        assert (begun.operation, begun.after["name"]) == ("connections.create", "vitec")
        assert (ended.result, ended.actor, ended.host) == ("finished", report.run.actor, runs.HOST)
        assert ended.via == Via.COMMAND_LINE

    async def test_why_a_run_ended_early_is_recorded(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        await run(workspace, "offices.sync")
        ended = (await entries(workspace, AuditKind.RUN_ENDED))[-1]
        assert (ended.result, ended.object) == ("stopped", "vitec")
        assert ended.after["error"]["kind"] == "unreachable"

    async def test_a_run_of_a_schedule_says_so(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        await run(workspace, "offices.sync", trigger=Trigger.SCHEDULE)
        assert {e.via for e in await entries(workspace) if e.operation == "offices.sync"} == {Via.SCHEDULE}

    async def test_a_window_says_so(self, home: Home, keyring: MemoryKeyring) -> None:
        async with await Workspace.open(home, keyring=keyring, via=Via.WINDOW) as workspace:
            await add_vitec(workspace)
            assert {e.via for e in await entries(workspace)} == {Via.WINDOW}

    async def test_a_dry_run_and_a_read_leave_no_entry(self, workspace: Workspace) -> None:
        await run(workspace, "connections.list")
        params = {"name": "vitec", "kind": "vitec", "settings": VITEC}
        await run(workspace, "connections.create", params=params, dry_run=True)
        assert await entries(workspace) == []

    async def test_a_run_whose_program_was_killed_is_recorded_as_interrupted(self, workspace: Workspace) -> None:
        report = await add_vitec(workspace)
        gone = replace(report.run, state=RunState.RUNNING)

        def kill() -> None:
            runs.begin_run(gone)
            RunRow.update(process=f"{os.getpid()}:1.00").execute()

        await workspace.store.write(kill)
        await workspace.runner.interrupted()
        await workspace.runner.interrupted()
        ended = await entries(workspace, AuditKind.RUN_ENDED)
        assert [e.result for e in ended] == ["finished", "interrupted"]
        assert ended[-1].actor == report.run.actor


class TestRefusals:
    async def test_who_asked_without_the_permission_is_recorded(self, workspace: Workspace) -> None:
        await workspace.change_settings(role=Role.VIEWER)
        with pytest.raises(Forbidden):
            await add_vitec(workspace)
        (refused,) = await entries(workspace, AuditKind.REFUSED)
        assert refused.operation == "connections.create"
        assert "integrations.admin" in refused.result
        assert await entries(workspace, AuditKind.RUN_STARTED) == []


class TestSettings:
    async def test_a_changed_setting_is_recorded_with_before_and_after(self, workspace: Workspace) -> None:
        await workspace.change_settings(theme=Theme.DARK)
        (entry,) = await entries(workspace)
        assert (entry.kind, entry.before, entry.after) == ("setting.changed", {"theme": "system"}, {"theme": "dark"})

    async def test_the_same_value_again_is_no_change(self, workspace: Workspace) -> None:
        await workspace.change_settings(theme=Theme.SYSTEM)
        assert await entries(workspace) == []

    async def test_another_role_is_an_entry_of_its_own(self, workspace: Workspace) -> None:
        await workspace.change_settings(role=Role.TECHNICIAN, theme=Theme.LIGHT)
        assert [e.kind for e in await entries(workspace)] == [AuditKind.ROLE_CHANGED, AuditKind.SETTING_CHANGED]

    async def test_a_new_connection_is_recorded_with_the_names_of_its_secrets(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        added, secret = await entries(workspace, AuditKind.SETTING_CHANGED, AuditKind.SECRET_CHANGED)
        assert (added.object, added.after["settings.installation_id"]) == ("vitec", "M1")
        assert added.before["name"] is None
        assert secret.after == {"set": ["access_key"]}

    async def test_an_edit_names_the_changed_fields_only(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        await run(workspace, "connections.update", "vitec", params={"settings": {"installation_id": "M2"}})
        entry = (await entries(workspace, AuditKind.SETTING_CHANGED))[-1]
        assert (entry.before, entry.after) == (
            {"settings.installation_id": "M1"}, {"settings.installation_id": "M2"},
        )  # fmt: skip

    async def test_pausing_and_removing_are_recorded(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        await run(workspace, "connections.update", "vitec", params={"paused": True})
        await run(workspace, "connections.delete", "vitec")
        _added, paused, removed = await entries(workspace, AuditKind.SETTING_CHANGED)
        assert paused.after == {"status": "inactive"}
        assert (removed.before["name"], removed.after["name"]) == ("vitec", None)
        assert (await entries(workspace, AuditKind.SECRET_CHANGED))[-1].after == {"forgotten": ["access_key"]}

    async def test_a_device_is_recorded_from_its_first_day_to_its_last(self, workspace: Workspace) -> None:
        params = {"name": "Door", "host": "10.0.0.9", "username": "admin"}
        await run(workspace, "devices.add", params=params, secrets={"password": MARKER})
        await run(workspace, "devices.edit", params={"device": "Door", "site": "North"})
        await run(workspace, "devices.pause", params={"device": "Door"})
        await run(workspace, "devices.remove", params={"device": "Door"})
        changes = await entries(workspace, AuditKind.SETTING_CHANGED)
        assert [e.operation for e in changes] == ["devices.add", "devices.edit", "devices.pause", "devices.remove"]
        assert changes[1].after == {"site": "North"}
        said = [e.after for e in await entries(workspace, AuditKind.SECRET_CHANGED)]
        assert said == [{"set": ["password"]}, {"forgotten": ["password"]}]

    async def test_no_secret_is_ever_in_an_entry(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        await run(workspace, "connections.update", "vitec", secrets={"access_key": MARKER + "-2"})
        assert MARKER not in to_json(await entries(workspace))

    async def test_a_change_that_fails_leaves_no_entry_of_it(self, workspace: Workspace) -> None:
        await add_vitec(workspace)
        before = len(await entries(workspace, AuditKind.SETTING_CHANGED))
        report = await add_vitec(workspace)
        assert isinstance(report.error, MusterError)
        assert len(await entries(workspace, AuditKind.SETTING_CHANGED)) == before
