"""Removing a connection: with a history it is deactivated, and a second, confirmed step takes all of it
(connections.md §1).
"""

from __future__ import annotations

import pytest

from app.access import Role
from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.audit import AuditKind
from app.domain.connections import ConnectionStatus
from app.domain.outcomes import Run
from app.errors import ExitCode, Forbidden, Held
from app.store import connections, directory, runs
from app.vault import MemoryKeyring
from app.workspace import Workspace
from tests.support.running import run
from tests.support.trail import entries

PURGE = {"purge": True, "confirm": True}


@pytest.fixture
async def linked(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    """A workspace with the connection `vitec`, which was tested and nothing more."""
    await connect_demo(workspace, {"vitec": small_world.describe()["vitec"]})
    await run(workspace, "connections.test", "vitec")
    return workspace


@pytest.fixture
async def used(linked: Workspace) -> Workspace:
    """The same, and it fetched."""
    await run(linked, "directory.sync", "vitec")
    return linked


async def runs_of(workspace: Workspace, operation: str) -> list[Run]:
    return [r for r in await workspace.store.read(runs.runs) if r.operation == operation]


async def test_one_that_did_nothing_goes_at_once(linked: Workspace, keyring: MemoryKeyring) -> None:
    report = await run(linked, "connections.delete", "vitec")
    assert report.run.result["removed"] is True
    assert await linked.store.read(connections.connections) == []
    assert keyring._values == {}


async def test_one_with_a_history_is_deactivated_and_keeps_its_runs_and_no_key(
    used: Workspace, keyring: MemoryKeyring
) -> None:
    report = await run(used, "connections.delete", "vitec")
    assert (report.exit_code, report.run.result["removed"]) == (ExitCode.DONE, False)
    assert any("deactivated" in warning for warning in report.run.warnings)
    (kept,) = await used.store.read(connections.connections)
    assert (kept.status, kept.secrets) == (ConnectionStatus.INACTIVE, ())
    assert keyring._values == {}
    assert len(await runs_of(used, "directory.sync")) == 1
    changed = [e for e in await entries(used, AuditKind.SETTING_CHANGED) if e.operation == "connections.delete"]
    assert [(e.before, e.after) for e in changed] == [({"status": "active"}, {"status": "inactive"})]


async def test_its_history_goes_only_when_that_is_confirmed(used: Workspace) -> None:
    report = await run(used, "connections.delete", "vitec", params={"purge": True})
    assert isinstance(report.error, Held)
    assert report.exit_code is ExitCode.HELD
    assert report.run.result["runs"] == 1
    assert len(await used.store.read(connections.connections)) == 1
    assert len(await runs_of(used, "directory.sync")) == 1
    assert (await run(used, "offices.sync", "vitec")).error is None  # its key is still there


async def test_purged_it_is_gone_with_its_runs_and_the_audit_trail_stays(used: Workspace) -> None:
    trail = await entries(used)
    report = await run(used, "connections.delete", "vitec", params=PURGE)
    assert (report.error, report.run.result["removed"]) == (None, True)
    assert await used.store.read(connections.connections) == []
    assert await runs_of(used, "directory.sync") == []
    assert {p.connection for p in await used.store.read(directory.employees)} == {None}
    assert (await entries(used))[: len(trail)] == trail
    assert (await run(used, "audit.verify")).error is None


async def test_a_deactivated_one_can_be_purged_later(used: Workspace) -> None:
    await run(used, "connections.delete", "vitec")
    again = await run(used, "connections.delete", "vitec")
    assert again.run.result["removed"] is False
    await run(used, "connections.delete", "vitec", params=PURGE)
    assert await used.store.read(connections.connections) == []


async def test_a_dry_run_says_which_of_the_two_it_would_be(used: Workspace) -> None:
    for params, removed in (({}, False), ({"purge": True}, True)):
        report = await run(used, "connections.delete", "vitec", params=params, dry_run=True)
        assert (report.exit_code, report.run.result["removed"]) == (ExitCode.DONE, removed)
    (kept,) = await used.store.read(connections.connections)
    assert kept.status is ConnectionStatus.ACTIVE


async def test_only_an_administrator_removes(used: Workspace) -> None:
    await used.change_settings(role=Role.OPERATOR)
    with pytest.raises(Forbidden):
        await run(used, "connections.delete", "vitec", params=PURGE)


async def test_the_name_of_one_that_is_kept_is_taken_and_says_how_to_get_it(used: Workspace) -> None:
    await run(used, "connections.delete", "vitec")
    report = await run(used, "connections.create", params={"name": "vitec", "kind": "vitec"})
    assert report.error is not None
    assert report.error.remedy == "It is paused, with its history. Resume it, or remove it with its history first."
