"""Copies of connections, files of their settings, calls that are held back: with a Hub that really answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.demo.world import DemoWorld
from app.demonstration import connect_demo
from app.domain.audit import Via
from app.domain.health import Health, connection_health
from app.errors import ErrorKind, ExitCode
from app.operations.pulse import circumstances
from app.store import connections
from app.workspace import Workspace
from tests.support.running import run


@pytest.fixture
async def linked(workspace: Workspace, small_world: DemoWorld) -> Workspace:
    """A workspace with the connection `vitec`."""
    await connect_demo(workspace, {"vitec": small_world.describe()["vitec"]})
    return workspace


class TestDuplicate:
    async def test_a_copy_has_the_settings_and_no_secret(self, linked: Workspace) -> None:
        report = await run(linked, "connections.duplicate", "vitec")
        assert report.exit_code is ExitCode.DONE
        original, copy = [await linked.store.read(connections.find_connection, n) for n in ("vitec", "vitec 2")]
        assert original is not None
        assert copy is not None
        assert copy.settings == original.settings
        assert copy.secrets == ()
        assert connection_health(copy, linked.vault.known_secrets(copy)).health is Health.NOT_CONFIGURED

    async def test_a_second_copy_gets_a_name_of_its_own(self, linked: Workspace) -> None:
        await run(linked, "connections.duplicate", "vitec")
        await run(linked, "connections.duplicate", "vitec")
        await run(linked, "connections.duplicate", "vitec", params={"name": "spare"})
        names = {c.name for c in await linked.store.read(connections.connections)}
        assert names == {"vitec", "vitec 2", "vitec 3", "spare"}


class TestFilesOfSettings:
    async def test_what_one_muster_writes_another_reads_without_any_secret(
        self, linked: Workspace, tmp_path: Path
    ) -> None:
        file = tmp_path / "connections.json"
        assert (await run(linked, "connections.export_settings", params={"file": str(file)})).error is None
        vitec = await linked.store.read(connections.find_connection, "vitec")
        assert vitec is not None
        secret = await linked.vault.get(vitec, "access_key")
        assert secret not in file.read_text(encoding="utf-8")
        await run(linked, "connections.update", "vitec", params={"name": "old"})
        report = await run(linked, "connections.import_settings", params={"file": str(file)})
        assert report.run.summary == {"total": 1, "created": 1, "skipped": 0}
        added = await linked.store.read(connections.find_connection, "vitec")
        assert added is not None
        assert (added.settings, added.secrets) == (vitec.settings, ())

    async def test_it_says_whose_settings_they_are_and_is_read_all_the_same(
        self, linked: Workspace, tmp_path: Path
    ) -> None:
        file = tmp_path / "connections.json"
        await run(linked, "organizations.rename", params={"name": "Acme AS"})
        await run(linked, "connections.export_settings", params={"file": str(file)})
        (saved,) = json.loads(file.read_text(encoding="utf-8"))
        assert saved["organization"] == "Acme AS"
        await run(linked, "connections.update", "vitec", params={"name": "old"})
        report = await run(linked, "connections.import_settings", params={"file": str(file)})
        assert report.run.summary["created"] == 1

    async def test_a_name_that_is_taken_stays_as_it_is_and_a_wrong_entry_costs_no_other(
        self, linked: Workspace, tmp_path: Path
    ) -> None:
        file = tmp_path / "connections.json"
        entries = [
            {"name": "vitec", "kind": "vitec", "settings": {"base_url": "https://elsewhere.example"}},
            {"name": "fax", "kind": "fax", "settings": {}},
            {"name": "keyed", "kind": "vitec", "settings": {"access_key": "planted"}},
            {"name": "good", "kind": "mysql", "settings": {"host": "db.example"}},
        ]
        file.write_text(json.dumps(entries), encoding="utf-8")
        report = await run(linked, "connections.import_settings", params={"file": str(file)})
        assert report.exit_code is ExitCode.INCOMPLETE
        assert [o.status.value for o in report.outcomes] == ["skipped", "fatal", "fatal", "success"]
        vitec = await linked.store.read(connections.find_connection, "vitec")
        assert vitec is not None
        assert "elsewhere" not in str(vitec.settings)

    @pytest.mark.parametrize("content", [b"", b"[", b'{"a": 1}', b'[{"name": 5}]', b"\xff\xfe", b"[" * 100_000])
    async def test_a_file_that_is_none_is_refused_with_its_cause(
        self, linked: Workspace, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "connections.json"
        file.write_bytes(content)
        report = await run(linked, "connections.import_settings", params={"file": str(file)})
        assert report.exit_code is ExitCode.USAGE
        assert report.run.error is not None
        assert "connections.json" in report.run.error.message


class TestHold:
    async def test_held_calls_do_not_reach_the_system_until_they_may_pass(
        self, linked: Workspace, small_world: DemoWorld
    ) -> None:
        linked.audit.via = Via.WINDOW
        await run(linked, "connections.hold", "vitec", params={"action": "hold"})
        asked = len(small_world.vitec.requests)
        report = await run(linked, "offices.sync")
        assert report.run.error is not None
        assert report.run.error.kind == ErrorKind.UNREACHABLE
        assert "held back" in report.run.error.message
        assert len(small_world.vitec.requests) == asked
        found = await linked.store.read(connections.connections)
        around = await circumstances(linked, found)
        assert connection_health(found[0], ("access_key",), around[found[0].id]).health is Health.ON_HOLD
        await run(linked, "connections.hold", "vitec", params={"action": "pass"})
        assert (await run(linked, "offices.sync")).error is None
