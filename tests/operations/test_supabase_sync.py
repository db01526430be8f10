"""People and devices from a Supabase project that really answers: what is stored, kept secret and left alone."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.audit import AuditKind
from app.domain.devices import Device
from app.domain.directory import Employee
from app.domain.outcomes import Action, RunState
from app.errors import ExitCode
from app.operations.runner import Report, Request
from app.store import devices, directory
from app.store.values import to_json
from app.workspace import Workspace
from tests.support.trail import changes


@pytest.fixture
def project_world() -> Iterator[DemoWorld]:
    with DemoWorld(people=12, offices=3, terminals=2, workers=12) as world:
        yield world


@pytest.fixture
async def linked(workspace: Workspace, project_world: DemoWorld) -> Workspace:
    """A workspace connected to the small world, nothing fetched yet."""
    await connect_demo(workspace, project_world.describe())
    return workspace


async def run(
    workspace: Workspace, operation: str, *, dry_run: bool = False, params: Mapping[str, str] | None = None
) -> Report:
    return await (await workspace.runner.start(Request(operation, params=params or {}, dry_run=dry_run))).report()


async def people(workspace: Workspace) -> list[Employee]:
    return await workspace.store.read(directory.employees)


async def known_devices(workspace: Workspace) -> list[Device]:
    return await workspace.store.read(devices.devices)


class TestGuard:
    async def test_more_that_left_than_usual_are_held_back_and_the_run_says_so(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        await run(linked, "people.sync")
        for employee in project_world.supabase.employees[:8]:
            employee["status"] = "concediu"
        report = await run(linked, "people.sync")
        assert report.exit_code is ExitCode.HELD
        assert "more than usual" in report.held
        assert all(e.supabase_missing_since is None for e in await people(linked))

    async def test_a_person_may_say_that_they_really_left(self, linked: Workspace, project_world: DemoWorld) -> None:
        await run(linked, "people.sync")
        for employee in project_world.supabase.employees[:8]:
            employee["status"] = "concediu"
        left = {e["id"] for e in project_world.supabase.employees[:8]}
        report = await run(linked, "people.sync", params={"accept_missing": "true"})
        assert report.exit_code is ExitCode.DONE
        assert {e.supabase_id for e in await people(linked) if e.supabase_missing_since} <= left
        assert any(e.supabase_missing_since for e in await people(linked))

    async def test_an_empty_list_is_never_taken_for_everybody_leaving(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        await run(linked, "people.sync")
        project_world.supabase.employees.clear()
        await run(linked, "people.sync", params={"accept_missing": "true"})
        assert not any(e.supabase_missing_since for e in await people(linked))

    async def test_an_empty_list_is_a_warning_alone(self, linked: Workspace, project_world: DemoWorld) -> None:
        await run(linked, "people.sync")
        project_world.supabase.employees.clear()
        report = await run(linked, "people.sync")
        assert (report.exit_code, bool(report.run.warnings)) == (ExitCode.DONE, True)


class TestPeople:
    async def test_active_people_arrive_with_number_and_photo(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        report = await run(linked, "people.sync")
        active = [e for e in project_world.supabase.employees if e["status"] == "activ"]
        stored = await people(linked)
        assert report.run.state is RunState.FINISHED
        assert len(stored) == len(active) == report.run.summary["created"]
        assert {e.supabase_id for e in stored} == {e["id"] for e in active}
        assert any(e.employee_no is None for e in stored)
        assert any(e.photo_address for e in stored)

    async def test_a_second_sync_changes_nothing(self, linked: Workspace) -> None:
        await run(linked, "people.sync")
        report = await run(linked, "people.sync")
        assert report.exit_code is ExitCode.DONE
        assert {o.action for o in report.outcomes} == {Action.UNCHANGED}

    async def test_a_number_given_twice_marks_whoever_is_known_until_it_is_put_right(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        await run(linked, "people.sync")
        first, second = [e for e in await people(linked) if e.employee_no][:2]
        rows = {row["angajat_id"]: row for row in project_world.supabase.biometrics}
        rows[second.supabase_id]["employee_no"] = int(first.employee_no or 0)
        report = await run(linked, "people.sync")
        assert report.exit_code is ExitCode.INCOMPLETE
        shared = {e.id: e.number_shared_with for e in await people(linked) if e.number_shared_with}
        assert shared == {first.id: second.terminal_name, second.id: first.terminal_name}
        assert {e.id for e in await people(linked) if e.employee_no == first.employee_no} == {first.id}
        rows[second.supabase_id]["employee_no"] = int(second.employee_no or 0)
        await run(linked, "people.sync")
        assert not any(e.number_shared_with for e in await people(linked))

    async def test_a_dry_run_stores_nothing(self, linked: Workspace) -> None:
        report = await run(linked, "people.sync", dry_run=True)
        assert {o.action for o in report.outcomes} == {Action.CREATE}
        assert await people(linked) == []

    async def test_whoever_goes_on_leave_is_marked_and_comes_back(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        linked.settings_file.change(missing_limit_percent=50)
        await run(linked, "people.sync")
        person = next(e for e in project_world.supabase.employees if e["status"] == "activ")
        person["status"] = "concediu"
        report = await run(linked, "people.sync")
        (left,) = [e for e in await people(linked) if e.supabase_missing_since]
        assert left.supabase_id == person["id"]
        assert any("no longer active" in warning for warning in report.run.warnings)
        person["status"] = "activ"
        await run(linked, "people.sync")
        assert not any(e.supabase_missing_since for e in await people(linked))

    async def test_an_empty_list_marks_nobody_and_names_the_policy(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        await run(linked, "people.sync")
        for person in project_world.supabase.employees:
            person["status"] = "suspendat"
        report = await run(linked, "people.sync")
        assert not any(e.supabase_missing_since for e in await people(linked))
        assert any("policy" in warning for warning in report.run.warnings)

    async def test_people_of_vitec_stay_who_they_are(self, linked: Workspace) -> None:
        await run(linked, "directory.sync")
        before = {e.id: e for e in await people(linked)}
        await run(linked, "people.sync")
        after = {e.id: e for e in await people(linked)}
        assert all(after[key] == employee for key, employee in before.items())
        assert Counter(e.sources[0].value for e in after.values())["supabase"] > 0
        again = await run(linked, "employees.sync")
        assert (again.run.summary["created"], again.run.summary["updated"]) == (0, 0)


async def test_fifteen_hundred_people_arrive_although_the_source_cuts_at_a_thousand(workspace: Workspace) -> None:
    with DemoWorld(people=12, offices=3, terminals=0, workers=1_600) as world:
        await connect_demo(workspace, world.describe())
        for person in world.supabase.employees:
            person["status"] = "activ"
        assert world.supabase.rest.max_rows == 1_000
        report = await run(workspace, "people.sync")
        assert report.run.summary["total"] == 1_600
        assert len(await people(workspace)) == 1_600


class TestDevices:
    async def test_active_devices_arrive_with_their_password_in_the_keyring_only(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        report = await run(linked, "devices.sync")
        assert report.run.summary["created"] == 2
        for device, terminal in zip(
            sorted(await known_devices(linked), key=lambda d: d.port),
            sorted(project_world.terminals.terminals, key=lambda t: t.port),
            strict=True,
        ):
            assert (device.host, device.port, device.username) == (terminal.host, terminal.port, terminal.username)
            assert await linked.vault.get(device, "password") == terminal.password
            with closing(sqlite3.connect(linked.home.database)) as database:
                assert terminal.password not in "\n".join(database.iterdump())

    async def test_a_new_password_reaches_the_keyring_and_an_old_one_is_not_written_again(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        await run(linked, "devices.sync")
        project_world.supabase.devices[0]["password_encrypted"] = "Another-1"
        report = await run(linked, "devices.sync")
        assert (report.run.summary["updated"], report.run.summary["skipped"]) == (1, 1)
        passwords = {await linked.vault.get(d, "password") for d in await known_devices(linked)}
        assert "Another-1" in passwords
        noted = [e for e in await changes(linked, "devices.sync") if e.kind == AuditKind.SECRET_CHANGED]
        assert [e.after for e in noted] == [{"set": ["password"]}] * 3  # both of the first time, one of the second
        assert "Another-1" not in to_json(noted)

    async def test_a_device_that_is_no_longer_active_takes_no_pushes(
        self, linked: Workspace, project_world: DemoWorld
    ) -> None:
        linked.settings_file.change(missing_limit_percent=60)
        await run(linked, "devices.sync")
        project_world.supabase.devices[0]["status"] = "inactiv"
        await run(linked, "devices.sync")
        assert sum(d.takes_pushes for d in await known_devices(linked)) == 1


async def test_everybody_reaches_every_device_with_the_face_from_supabase(
    linked: Workspace, project_world: DemoWorld
) -> None:
    await run(linked, "devices.sync")
    await run(linked, "people.sync")
    request = Request("terminals.push_all", params={"pace": "fast"})
    report = await (await linked.runner.start(request)).report()
    summary = report.run.summary
    assert summary["fatal"] == summary["not_attempted"] == 0
    assert summary["verified"] == summary["success"] > 0
    first = project_world.terminals.terminals[0]
    assert len(first.people) == summary["total"] / 2 - summary["skipped"] / 2
    faces = [c.body or {} for c in first.calls if c.signed and c.path.endswith("FaceDataRecord")]
    assert any("faceURL" in body for body in faces)
