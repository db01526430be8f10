"""Devices kept by hand: added, edited with pin, paused, removed; the password in the keyring alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.access import Role
from app.domain.coverage import CoverageState, Placement
from app.domain.devices import Device, DeviceFacts, DeviceSource, DeviceStatus
from app.domain.outcomes import Action, RunState, Status
from app.errors import Busy, Forbidden, NoKeyring, UsageError
from app.events import DevicesChanged
from app.operations.devices import DEVICE_KEYS
from app.operations.runner import Report, Request
from app.store import devices, leases, runs
from app.store.leases import Claim
from app.store.models import LeaseRow
from app.store.values import now
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import dump, run

PASSWORD = "planted-device-password"


async def add(workspace: Workspace, name: str = "Main entrance", *, password: str = PASSWORD, **fields: Any) -> Report:
    params = {"name": name, "host": "192.168.1.64", "username": "admin"} | fields
    return await run(workspace, "devices.add", params=params, secrets={"password": password} if password else {})


async def edit(workspace: Workspace, device: str = "Main entrance", password: str = "", **fields: Any) -> Report:
    params = {"device": device} | fields
    return await run(workspace, "devices.edit", params=params, secrets={"password": password} if password else {})


async def only(workspace: Workspace) -> Device:
    (found,) = await workspace.store.read(devices.devices)
    return found


async def from_supabase(workspace: Workspace, **fields: Any) -> Device:
    device = Device(
        "d-1", "Gate", "10.0.0.5", username="admin", source=DeviceSource.SUPABASE, source_id="s-1", connection="c-1"
    )
    return await workspace.store.write(devices.add_device, replace(device, **fields))


async def after_a_good_test(workspace: Workspace) -> None:
    """As after a test that went well."""
    facts = DeviceFacts(serial="S1", people=3, tested_at=now(), test_ok=True, test_message="The device works.")
    await workspace.store.write(devices.note_facts, (await only(workspace)).id, facts)


class RefusingKeyring(MemoryKeyring):
    """Reads, but keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("the keyring is full")


class TestAdd:
    async def test_fields_go_to_the_store_and_the_password_to_the_keyring_alone(
        self, workspace: Workspace, keyring: MemoryKeyring
    ) -> None:
        report = await add(workspace, site="Hall 2")
        device = await only(workspace)
        assert (device.name, device.host, device.port, device.https, device.username, device.site) == (
            "Main entrance", "192.168.1.64", 80, False, "admin", "Hall 2",
        )  # fmt: skip
        assert (device.source, device.status, device.has_password) == (DeviceSource.LOCAL, DeviceStatus.ACTIVE, True)
        assert keyring.get_password("muster/integrations", f"{device.id}:password") == PASSWORD
        assert report.run.result["id"] == device.id
        assert tuple(report.run.result) == DEVICE_KEYS
        assert PASSWORD not in "\n".join(await dump(workspace))

    async def test_it_is_in_the_history_of_the_device(self, workspace: Workspace) -> None:
        await add(workspace)
        await edit(workspace, site="Hall 3")
        entries = await workspace.store.read(runs.history, (await only(workspace)).id)
        assert [(e.run.operation, e.outcome.message) for e in entries] == [
            ("devices.edit", "Stored"), ("devices.add", "Added"),
        ]  # fmt: skip
        (change,) = entries[0].outcome.changes
        assert (change.field, change.before, change.after) == ("site", None, "Hall 3")

    async def test_everybody_is_told(self, workspace: Workspace) -> None:
        heard: list[DevicesChanged] = []
        workspace.events.subscribe(DevicesChanged, heard.append)
        await add(workspace)
        assert len(heard) == 1

    async def test_https_has_its_own_usual_port(self, workspace: Workspace) -> None:
        await add(workspace, https=True, fingerprint="AB:" * 31 + "AB")
        device = await only(workspace)
        assert (device.port, device.fingerprint) == (443, "ab" * 32)

    async def test_a_dry_run_stores_nothing_anywhere(self, workspace: Workspace, keyring: MemoryKeyring) -> None:
        handle = await workspace.runner.start(
            Request("devices.add", params={"name": "A", "host": "door"}, dry_run=True, secrets={"password": PASSWORD})
        )
        report = await handle.report()
        assert [o.action for o in report.outcomes] == [Action.CREATE]
        assert await workspace.store.read(devices.devices) == []
        assert keyring._values == {}

    async def test_a_taken_name_is_refused_and_leaves_no_password_behind(
        self, workspace: Workspace, keyring: MemoryKeyring
    ) -> None:
        await add(workspace)
        before = dict(keyring._values)
        report = await add(workspace, host="192.168.1.65", password="another-password")
        assert (report.exit_code, report.error and report.error.message) == (
            2, "There is already a device named Main entrance.",
        )  # fmt: skip
        assert keyring._values == before

    @pytest.mark.parametrize("keyring", [RefusingKeyring()])
    async def test_without_keyring_nothing_is_stored_at_all(self, workspace: Workspace) -> None:
        report = await add(workspace)
        assert (report.exit_code, isinstance(report.error, NoKeyring)) == (5, True)
        assert await workspace.store.read(devices.devices) == []

    @pytest.mark.parametrize(
        "fields",
        [
            {"host": "http://192.168.1.64"}, {"host": f"admin:{PASSWORD}@192.168.1.64"}, {"port": 70_000},
            {"name": " "}, {"name": "all"}, {"host": ""}, {"fingerprint": "x"},
        ],
    )  # fmt: skip
    async def test_what_cannot_be_a_device(
        self, workspace: Workspace, keyring: MemoryKeyring, fields: dict[str, Any]
    ) -> None:
        report = await add(workspace, **fields)
        assert report.exit_code == 2
        assert await workspace.store.read(devices.devices) == []
        assert keyring._values == {}

    async def test_another_secret_than_the_password(self, workspace: Workspace) -> None:
        report = await run(workspace, "devices.add", params={"name": "A", "host": "door"}, secrets={"pin": "1234"})
        assert report.exit_code == 2

    @pytest.mark.parametrize(
        ("fields", "word"), [({"port": 8000}, "8000"), ({"host": "8.8.8.8"}, "private"), ({}, "Side door")]
    )
    async def test_what_is_possible_but_unusual_is_a_warning(
        self, workspace: Workspace, fields: dict[str, Any], word: str
    ) -> None:
        if not fields:  # the same address twice
            await add(workspace, "Side door")
        report = await add(workspace, **fields)
        assert report.exit_code == 0
        assert any(word in warning for warning in report.run.warnings)

    async def test_a_viewer_may_not(self, workspace: Workspace) -> None:
        workspace.settings_file.change(role=Role.VIEWER)
        with pytest.raises(Forbidden):
            await add(workspace)


class TestEdit:
    async def test_only_what_is_given_changes_and_the_password_stays(
        self, workspace: Workspace, keyring: MemoryKeyring
    ) -> None:
        await add(workspace)
        before = await only(workspace)
        await edit(workspace, host="192.168.1.70", port=8080)
        after = await only(workspace)
        assert (after.host, after.port, after.username, after.name) == ("192.168.1.70", 8080, "admin", before.name)
        assert await workspace.vault.get(after, "password") == PASSWORD
        assert after.pinned == ()  # nobody else decides a device added by hand

    async def test_a_new_name_keeps_id_password_and_history(self, workspace: Workspace) -> None:
        await add(workspace)
        before = await only(workspace)
        await edit(workspace, name="Back door")
        after = await only(workspace)
        assert (after.id, after.name) == (before.id, "Back door")
        assert await workspace.vault.get(after, "password") == PASSWORD
        assert len(await workspace.store.read(runs.history, after.id)) == 2

    async def test_a_name_that_is_taken(self, workspace: Workspace) -> None:
        await add(workspace)
        await add(workspace, "Back door", host="192.168.1.65")
        assert (await edit(workspace, "Back door", name="Main entrance")).exit_code == 2

    async def test_a_new_password_replaces_the_old_and_is_nowhere_else(self, workspace: Workspace) -> None:
        await add(workspace)
        report = await edit(workspace, password="planted-new-password")
        assert report.outcomes[0].message == "Stored with a new password"
        assert await workspace.vault.get(await only(workspace), "password") == "planted-new-password"
        assert "planted" not in "\n".join(await dump(workspace))

    @pytest.mark.parametrize(
        "change", [{"host": "192.168.1.9"}, {"port": 81}, {"username": "x"}, {"https": True}, {"password": "n" * 8}]
    )
    async def test_reached_another_way_the_last_test_says_nothing(
        self, workspace: Workspace, change: dict[str, Any]
    ) -> None:
        await add(workspace)
        await after_a_good_test(workspace)
        await edit(workspace, **change)
        facts = (await only(workspace)).facts
        assert (facts.tested_at, facts.test_ok, facts.test_message) == (None, None, "")
        assert facts.serial == "S1"  # another terminal at the new address is still noticed

    async def test_a_new_site_leaves_the_test_alone(self, workspace: Workspace) -> None:
        await add(workspace)
        await after_a_good_test(workspace)
        await edit(workspace, site="Hall 2")
        assert (await only(workspace)).facts.test_ok

    @pytest.mark.parametrize(("port", "then"), [(80, 443), (8080, 8080)])
    async def test_https_moves_the_usual_port_only(self, workspace: Workspace, port: int, then: int) -> None:
        await add(workspace, port=port)
        await edit(workspace, https=True)
        assert (await only(workspace)).port == then

    async def test_texts_of_the_command_line_are_understood(self, workspace: Workspace) -> None:
        await add(workspace)
        await edit(workspace, port="8443", https="true")
        device = await only(workspace)
        assert (device.port, device.https) == (8443, True)

    async def test_nothing_new_is_unchanged(self, workspace: Workspace) -> None:
        await add(workspace)
        report = await edit(workspace, host="192.168.1.64")
        assert (report.exit_code, report.outcomes[0].action, report.outcomes[0].status) == (
            0, Action.UNCHANGED, Status.SKIPPED,
        )  # fmt: skip

    async def test_a_device_that_does_not_exist(self, workspace: Workspace) -> None:
        assert (await edit(workspace, "nowhere", site="x")).exit_code == 2

    async def test_an_edited_field_of_a_supabase_device_is_pinned(self, workspace: Workspace) -> None:
        await from_supabase(workspace)
        await edit(workspace, "Gate", host="10.0.0.6", password=PASSWORD)
        assert (await only(workspace)).pinned == ("host", "password")
        await edit(workspace, "Gate", unpin="host")
        assert (await only(workspace)).pinned == ("password",)

    async def test_what_cannot_be_unpinned(self, workspace: Workspace) -> None:
        await from_supabase(workspace)
        assert (await edit(workspace, "Gate", unpin="colour")).exit_code == 2

    async def test_while_a_push_runs_its_line_is_not_cut(self, workspace: Workspace, keyring: MemoryKeyring) -> None:
        await add(workspace)
        await workspace.store.write(leases.take_lease, Claim("terminals", "r", "terminals.push_all", "ana"))
        report = await edit(workspace, password="planted-other")
        assert isinstance(report.error, Busy)
        assert "ana is already running terminals.push_all" in report.error.message
        assert PASSWORD in keyring._values.values()
        assert (await edit(workspace, site="Hall 2")).exit_code == 0


class TestPause:
    async def test_a_paused_device_takes_no_pushes_until_it_is_resumed(self, workspace: Workspace) -> None:
        await add(workspace)
        await run(workspace, "devices.pause", params={"device": "Main entrance"})
        assert not (await only(workspace)).takes_pushes
        again = await run(workspace, "devices.pause", params={"device": "Main entrance"})
        assert (again.exit_code, again.outcomes[0].message) == (0, "Already paused")
        await run(workspace, "devices.resume", params={"device": "Main entrance"})
        assert (await only(workspace)).takes_pushes


class TestRemove:
    async def remove(self, workspace: Workspace, name: str = "Main entrance") -> Report:
        return await run(workspace, "devices.remove", params={"device": name})

    async def test_the_password_leaves_the_keyring_and_history_stays(
        self, workspace: Workspace, keyring: MemoryKeyring
    ) -> None:
        await add(workspace)
        device = await only(workspace)
        placement = Placement(device.id, "person-1", "7", CoverageState.VERIFIED)
        await workspace.store.write(devices.note_placements, [placement])
        assert (await self.remove(workspace)).exit_code == 0
        assert keyring._values == {}
        assert await workspace.store.read(devices.devices) == []
        assert await workspace.store.read(devices.placements) == []
        assert len(await workspace.store.read(runs.history, device.id)) == 2

    async def test_one_that_supabase_lists_is_to_be_paused_instead(self, desk: Workspace) -> None:
        (vitec,) = [c for c in (await run(desk, "connections.list")).run.result["connections"] if c["kind"] == "vitec"]
        await from_supabase(desk, connection=vitec["id"])
        report = await self.remove(desk, "Gate")
        assert (report.exit_code, isinstance(report.error, UsageError)) == (2, True)
        assert "Pause it instead" in (report.error.remedy if report.error else "")
        assert len(await desk.store.read(devices.devices)) == 1

    async def test_one_that_supabase_no_longer_lists_may_go(self, workspace: Workspace) -> None:
        await from_supabase(workspace, missing_since=now())
        assert (await self.remove(workspace, "Gate")).exit_code == 0

    async def test_not_while_a_push_runs(self, workspace: Workspace) -> None:
        await add(workspace)
        await workspace.store.write(leases.take_lease, Claim("terminals", "r", "terminals.push_all", "ana"))
        with pytest.raises(Busy):
            await self.remove(workspace)
        assert len(await workspace.store.read(devices.devices)) == 1


async def test_the_list_has_every_field_of_the_contract_first(workspace: Workspace) -> None:
    await add(workspace)
    await after_a_good_test(workspace)
    (row,) = (await run(workspace, "devices.list")).run.result["devices"]
    assert list(row)[:8] == ["id", "name", "host", "port", "https", "username", "status", "source"]
    assert {"site", "model", "serial", "firmware", "people", "faces", "free_places", "drift_s", "missing_since"} <= set(
        row
    )
    assert row | {"people": 3, "has_password": True, "test_ok": True, "serial": "S1"} == row
    assert not any(isinstance(value, dict) for value in row.values())
    assert PASSWORD not in str(row)


async def test_a_lease_of_a_program_that_ended_holds_nothing(workspace: Workspace) -> None:
    await add(workspace)
    await workspace.store.write(leases.take_lease, Claim("terminals", "r", "terminals.push_all", "ana"))
    await workspace.store.write(lambda: LeaseRow.update(process="999999:1", beat_at=0).execute())
    report = await edit(workspace, host="192.168.1.9")
    assert (report.exit_code, report.run.state) == (0, RunState.FINISHED)
